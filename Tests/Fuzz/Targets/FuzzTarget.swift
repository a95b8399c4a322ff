// What is asked of the readers for any bytes: that they end, that they do not trap, and that they say
// the same however the bytes came. The same questions are asked by libFuzzer (`make fuzz`), which
// looks for new paths, and by a short run of `make test`, which goes over the corpus and changes it.

#if !FUZZ_READERS
import Vedette
#endif
import VedetteColumns
import VedetteEvent
import VedetteIngest
import VedetteNormalize

/// A reader of bytes that others write.
public enum FuzzTarget: String, Sendable, CaseIterable {
  /// Cutting a file into records.
  case framer
  /// Cutting a connection into messages.
  case stream
  /// Reading records of every format.
  case formats
  /// Reading a time.
  case timestamp
  #if !FUZZ_READERS
  /// Reading `vedette.yml`.
  case configuration
  #endif
  /// Finding the cursor of a journal's entry.
  case journal

  private static let bytesMax = 1 << 20

  /// Asks the target for its answer to some bytes, and traps if it contradicts itself.
  ///
  /// - Parameter bytes: The bytes; of more than a mebibyte only the first count.
  public func run(_ bytes: [UInt8]) {
    let bytes = Array(bytes.prefix(Self.bytesMax))
    switch self {
    case .framer: FramerQuestions.ask(bytes)
    case .stream: StreamQuestions.ask(bytes)
    case .formats: FormatQuestions.ask(bytes)
    case .timestamp: TimestampQuestions.ask(bytes)
    #if !FUZZ_READERS
    case .configuration: ConfigurationQuestions.ask(bytes)
    #endif
    case .journal: _ = JournalCursor.find(in: bytes.span)
    }
  }
}

enum FramerQuestions {
  private struct Answer: Equatable {
    var records: [[UInt8]] = []
    var places: [Int64] = []
    var lines: [Int] = []
    var counts = IngestCounts()
  }

  /// The first byte says in which pieces the others come.
  static func ask(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    let content = Array(bytes.dropFirst())
    let whole = answer([content])
    let size = Int(first % 67) + 1
    let pieces = stride(from: 0, to: content.count, by: size).map { start in
      Array(content[start..<min(start + size, content.count)])
    }
    let cut = answer(pieces)
    precondition(whole == cut, "records depend on how the bytes came")
  }

  private static func answer(_ pieces: [[UInt8]]) -> Answer {
    var framer = RecordFramer(source: SourceID("a"), path: "a", framing: nil)
    var answer = Answer()
    func take() {
      while let framed = framer.takeChunk() {
        precondition(framed.chunk.records.count <= Limits.batchRowsMax)
        precondition(framed.chunk.bytes.count <= Limits.chunkBytesMax)
        for record in framed.chunk.records {
          let end = record.start + record.length
          answer.records.append(Array(framed.chunk.bytes[record.start..<end]))
          answer.places.append(record.offset)
          answer.lines.append(record.line)
        }
      }
    }
    for piece in pieces {
      framer.consume(piece.span)
      take()
    }
    framer.finish(isTorn: false)
    take()
    answer.counts = framer.counts
    return answer
  }
}

enum StreamQuestions {
  private struct Answer: Equatable {
    var messages: [[UInt8]] = []
    var others = 0
  }

  static func ask(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    let content = Array(bytes.dropFirst())
    let size = Int(first % 67) + 1
    let pieces = stride(from: 0, to: content.count, by: size).map { start in
      Array(content[start..<min(start + size, content.count)])
    }
    precondition(answer([content]) == answer(pieces), "messages depend on how the bytes came")
  }

  private static func answer(_ pieces: [[UInt8]]) -> Answer {
    var framer = SyslogStreamFramer()
    var answer = Answer()
    func take(_ output: SyslogStreamFramer.Output) {
      if case .message(let bytes, _) = output {
        answer.messages.append(bytes)
      } else {
        answer.others += 1
      }
    }
    for piece in pieces { framer.consume(piece.span, take) }
    framer.finish(take)
    return answer
  }
}

enum FormatQuestions {
  /// The first byte says which format, or that it is to be told.
  static func ask(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    let content = Array(bytes.dropFirst())
    let formats = LogFormat.allCases
    let number = Int(first) % (formats.count + 1)
    var framer = RecordFramer(source: SourceID("a"), path: "a", framing: nil)
    framer.consume(content.span)
    framer.finish(isTorn: false)
    let normalizer = Normalizer(
      detectingFormats: (),
      keepsContent: first & 0x40 != 0,
      contentHash: { "\($0.count)" },
      secretHash: { "\($0.count)" }
    )
    var settings = SourceSettings(zone: { _ in 3_600 }, logSource: nil, detectsEachRecord: true)
    settings.header = nil
    while let framed = framer.takeChunk() {
      let chunk = framed.chunk
      let format =
        number < formats.count ? formats[number] : FormatDetector.detect(chunk: chunk).format
      let read = normalizer.normalize(chunk, as: format, settings: settings)
      check(read, of: chunk)
      let again = normalizer.normalize(chunk, as: format, settings: settings)
      precondition(read.batch.rowCount == again.batch.rowCount, "the second time is another")
      precondition(read.deadLetterCount == again.deadLetterCount)
    }
  }

  private static func check(_ read: NormalizedChunk, of chunk: RecordChunk) {
    let refused = read.countsByReason.reduce(0) { $0 + $1.count }
    precondition(refused == read.deadLetterCount)
    precondition(read.batch.rowCount + refused == read.recordCount, "a record is not accounted for")
    for row in 0..<read.batch.rowCount {
      precondition(read.batch.origin(row).length >= 0)
      _ = read.batch.rawBytes(row)
      for column in read.batch.columns { _ = column.text(row) }
    }
  }
}

enum TimestampQuestions {
  private static let placesMax = 64

  static func ask(_ bytes: [UInt8]) {
    let scanner = TimestampScanner(zone: { _ in -7_200 })
    for start in 0..<min(bytes.count, placesMax) {
      guard let found = scanner.scan(bytes.span, at: start) else { continue }
      precondition(found.end > start && found.end <= bytes.count, "a time ends where it can't")
      _ = found.time.description
    }
  }
}

#if !FUZZ_READERS
enum ConfigurationQuestions {
  private static let bytesMax = 64 << 10

  static func ask(_ bytes: [UInt8]) {
    do throws(ConfigurationError) {
      _ = try ConfigurationLoader(path: "vedette.yml").load(Array(bytes.prefix(bytesMax)))
    } catch {
      precondition(!"\(error)".isEmpty)
    }
  }
}
#endif
