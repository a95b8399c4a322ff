import VedetteColumns
import VedetteEvent

@testable import VedetteNormalize

/// Lines of text as the chunk that a reader of files would make of them.
func chunk(_ lines: [String], source: String = "test") -> RecordChunk {
  chunk(lines.map { Array($0.utf8) }, source: source)
}

/// Records as one chunk, a line feed between them.
func chunk(_ records: [[UInt8]], source: String = "test") -> RecordChunk {
  var bytes: [UInt8] = []
  var places: [RecordChunk.Record] = []
  for (index, record) in records.enumerated() {
    places.append(
      RecordChunk.Record(
        start: bytes.count,
        length: record.count,
        line: index + 1,
        offset: Int64(bytes.count)
      )
    )
    bytes += record
    bytes.append(0x0a)
  }
  return RecordChunk(source: SourceID(source), path: source, bytes: bytes, records: places)
}

/// A normalizer whose hash of content is its length, and which detects nothing unless told.
func makeNormalizer(
  keepsContent: Bool = false,
  detect: @escaping @Sendable (String) -> LogFormat? = { _ in nil }
) -> Normalizer {
  Normalizer(
    configuration: unsafe NormalizerConfiguration(
      detect: { unsafe detect(String(decoding: $0, as: UTF8.self)) },
      keepsContent: keepsContent,
      contentHash: { "hash-of-\($0.count)" },
      secretHash: { "secret-of-\($0.count)" }
    )
  )
}

/// Reads lines as one chunk.
func normalize(
  _ lines: [String],
  as format: LogFormat,
  keepsContent: Bool = false,
  detectsEachRecord: Bool = true
) -> NormalizedChunk {
  makeNormalizer(keepsContent: keepsContent).normalize(
    chunk(lines),
    as: format,
    settings: SourceSettings(detectsEachRecord: detectsEachRecord)
  )
}

extension EventBatch {
  /// All fields of a row: the column's name, and its values, null as `null` in angle brackets.
  func fields(_ row: Int) -> [String: [String]] {
    var fields: [String: [String]] = [:]
    for (index, name) in schema.names.enumerated() where name != BatchSchema.joinedName {
      let texts = columns[index].texts(row)
      if !texts.isEmpty {
        fields[name] = texts
      } else if columns[index].null[row] {
        fields[name] = ["<null>"]
      }
    }
    return fields
  }

  /// A row with all that must not depend on how it came to be read.
  func summary(_ row: Int) -> String {
    let fields = fields(row).sorted { $0.key < $1.key }
      .map { "\($0.key)=\($0.value.joined(separator: "|"))" }
    let time = time(row).map { "\($0)" } ?? "no time"
    return "\(time) \(logSource(row)) \(records[row].line) " + fields.joined(separator: ", ")
  }
}
