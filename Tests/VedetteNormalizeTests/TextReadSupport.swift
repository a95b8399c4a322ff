import Foundation
import Testing
import VedetteColumns
import VedetteEvent

@testable import VedetteNormalize

/// One line as a reader of a text format told it.
struct TextRow: Sendable {
  let fields: [String: String]
  let time: EventTime?
  let isYearless: Bool
  let logSource: LogSource

  /// The fields without those that every line of the format has.
  func without(_ names: Set<String>) -> [String: String] {
    fields.filter { !names.contains($0.key) }
  }
}

/// A line that was a dead letter, or what it became.
enum TextResult: Sendable {
  case event(TextRow)
  case deadLetter(String)

  var row: TextRow? {
    guard case .event(let row) = self else { return nil }
    return row
  }

  var deadLetter: String? {
    guard case .deadLetter(let reason) = self else { return nil }
    return reason
  }
}

/// A context whose zone is UTC.
func textContext(
  zone: @escaping @Sendable (EventTime) -> Int = { _ in 0 },
  logSource: LogSource? = nil
) -> ReadContext {
  ReadContext(zone: zone, logSource: logSource, contentHash: { _ in "" }, secretHash: { _ in "" })
}

/// Reads lines through a reader and a builder into a batch.
func readBatch<Reader: SpanReader>(
  _ lines: [[UInt8]],
  as type: Reader.Type,
  context: ReadContext = textContext()
) -> (batch: EventBatch, deadLetters: [Int: String]) {
  let builder = EventBatchBuilder()
  var reader = Reader(builder: builder, context: context)
  var deadLetters: [Int: String] = [:]
  for (index, line) in lines.enumerated() {
    let record = RecordChunk.Record(start: 0, length: line.count, line: index, offset: 0)
    builder.beginRow(record)
    let outcome = unsafe line.withUnsafeBufferPointer { unsafe reader.read($0, into: builder) }
    switch outcome {
    case .event(let time, let isYearless, let logSource):
      builder.endRow(time: time, isYearless: isYearless, logSource: logSource)
    case .noEvent: builder.cancelRow()
    case .deadLetter(let reason):
      builder.cancelRow()
      deadLetters[index] = reason
    }
  }
  let batch = builder.finish(source: SourceID("test"), path: "test", raw: [])
  return (batch, deadLetters)
}

/// Reads lines through a reader and tells what became of each.
func readText<Reader: SpanReader>(
  _ lines: [String],
  as type: Reader.Type,
  context: ReadContext = textContext()
) -> [TextResult] {
  let (batch, deadLetters) = readBatch(lines.map { Array($0.utf8) }, as: type, context: context)
  var row = 0
  return lines.indices.map { index in
    if let reason = deadLetters[index] { return .deadLetter(reason) }
    defer { row += 1 }
    var fields: [String: String] = [:]
    for (place, name) in batch.schema.names.enumerated() where name != BatchSchema.joinedName {
      // A field that was written twice shows as two values.
      let texts = batch.columns[place].texts(row)
      if !texts.isEmpty { fields[name] = texts.joined(separator: " + ") }
    }
    return .event(
      TextRow(
        fields: fields,
        time: batch.time(row),
        isYearless: batch.yearless[row],
        logSource: batch.logSource(row)
      )
    )
  }
}

/// Reads the time that a text starts with.
func scanTime(_ text: String, _ scanner: TimestampScanner = TimestampScanner()) -> ScannedTime? {
  scanner.scan(Array(text.utf8).span, at: 0)
}

/// Reads a zone's file from its bytes.
func parseZone(_ bytes: some Collection<UInt8>) -> TimeZoneTable? {
  ZoneFile.parse(Array(bytes).span)
}

/// Whether this machine has the zones that tests compare with.
let hasZones = FileManager.default.fileExists(atPath: "/usr/share/zoneinfo/Europe/Berlin")
