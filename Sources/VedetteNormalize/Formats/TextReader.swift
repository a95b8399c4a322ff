// Lines of no known format that start with a time, or with one word and a time.
//
//   2026-03-02 10:14:07,120 INFO started
//   [2026-03-02T10:14:07Z] [warn] disk is nearly full
//   nova-api.log 2017-05-16 00:00:00.008 25746 INFO nova.osapi_compute.wsgi.server [req-..] message
//
// The last is OpenStack's (oslo.log), behind the name of the file that a collector put first.

package import VedetteColumns
import VedetteEvent

/// Reads lines that start with a time.
package struct TextReader: SpanReader {
  private var writer: FieldWriter
  private let context: ReadContext
  private let times: TimestampScanner
  /// What the last line has of prompts and answers, empty in nearly all lines.
  private var content = 0..<0

  /// Creates a reader.
  ///
  /// - Parameters:
  ///   - builder: Where the rows go.
  ///   - context: What must be known beside the bytes.
  package init(builder: EventBatchBuilder, context: ReadContext) {
    writer = FieldWriter(builder: builder)
    self.context = context
    times = TimestampScanner(zone: context.zone)
  }

  /// What the last line has of prompts and answers.
  package var contentSpans: [Range<Int>] { content.isEmpty ? [] : [content] }

  /// Reads one line.
  ///
  /// - Parameter record: The line.
  /// - Returns: An event, unless there is no time where it should be.
  package mutating func read(_ record: Span<UInt8>) -> ReadOutcome {
    content = 0..<0
    let whole = record.content
    guard let (first, time) = Self.findTime(record, whole, times) else {
      return .deadLetter(reason: "no time at the start of the line")
    }
    var rest = time.end..<whole.upperBound
    if LevelWord.isLevel(record, first) {
      writer.write(.level, record, first)
      skipMarks(record, &rest)
    } else {
      readLead(record, &rest)
    }
    if !context.keepsContent, let said = PromptLine.content(record, rest) {
      content = said.lowerBound..<record.count
      rest = rest.lowerBound..<said.lowerBound
    }
    writer.write(.message, record, rest)
    readRequest(record, rest)
    return .event(
      time: time.time,
      isYearless: time.isYearless,
      logSource: context.logSource ?? LogSource()
    )
  }

  /// Finds the time at the start of a line, or after its first word.
  static func findTime(
    _ record: Span<UInt8>,
    _ whole: Range<Int>,
    _ times: TimestampScanner
  ) -> (first: Range<Int>, time: ScannedTime)? {
    let none = whole.lowerBound..<whole.lowerBound
    if let time = times.scan(record, at: whole.lowerBound),
      endsWord(record, time.end, whole.upperBound)
    {
      return (none, time)
    }
    var rest = whole
    let first = record.word(&rest)
    record.skipAll(.space, &rest)
    guard !rest.isEmpty, let time = times.scan(record, at: rest.lowerBound),
      endsWord(record, time.end, whole.upperBound)
    else { return nil }
    return (first, time)
  }

  /// Whether a time that ends at a place is not the start of something longer.
  private static func endsWord(_ record: Span<UInt8>, _ end: Int, _ limit: Int) -> Bool {
    guard end < limit else { return true }
    let next = record[end]
    return !next.isLetter && !next.isDigit && next != UInt8(ascii: "-")
  }

  /// Takes what stands between time and message: a process id, a level, a logger.
  private mutating func readLead(_ record: Span<UInt8>, _ rest: inout Range<Int>) {
    skipMarks(record, &rest)
    var ahead = rest
    let id = record.word(&ahead)
    let hasID = id.count <= 10 && record.number(id) != nil
    let start = hasID ? ahead : rest
    guard let (level, afterLevel) = takeLevel(record, start) else { return }
    writer.write(.level, record, level)
    rest = afterLevel
    guard hasID else { return }
    writer.write(.processID, record, id)
    ahead = rest
    let logger = record.word(&ahead)
    if !logger.isEmpty, !record.hasPrefix("[", logger) {
      writer.write(.processName, record, logger)
      rest = ahead
    }
  }

  /// Takes `INFO`, `[INFO]`, `INFO:` or `- INFO -`.
  private func takeLevel(
    _ record: Span<UInt8>,
    _ range: Range<Int>
  ) -> (level: Range<Int>, rest: Range<Int>)? {
    var rest = range
    var level = record.word(&rest)
    _ = record.skip("[", &level)
    if !record.drop("]:", &level), !record.drop("]", &level) { _ = record.drop(":", &level) }
    guard LevelWord.isLevel(record, level) else { return nil }
    skipMarks(record, &rest)
    return (level, rest)
  }

  /// Moves past blanks and the marks that stand between the parts of a line.
  private func skipMarks(_ record: Span<UInt8>, _ rest: inout Range<Int>) {
    var start = rest.lowerBound
    while start < rest.upperBound {
      let byte = record[start]
      let isMark = byte == UInt8(ascii: "-") || byte == UInt8(ascii: "|") || byte == .colon
      let isAlone = start + 1 == rest.upperBound || record[start + 1].isBlank
      guard byte.isBlank || isMark && isAlone else { break }
      start += 1
    }
    rest = start..<rest.upperBound
  }

  /// Reads `[req-..] 10.0.0.1 "GET /path HTTP/1.1" status: 200`, where the address is certain.
  ///
  /// Of `10.0.0.2,10.0.0.1` the first is what a client said of itself, so neither is taken.
  private mutating func readRequest(_ record: Span<UInt8>, _ message: Range<Int>) {
    var rest = message
    if record.hasPrefix("[", rest), let close = record.first("] ", rest) {
      rest = close + 2..<rest.upperBound
    }
    let client = record.word(&rest)
    guard record.hasPrefix("\"", rest), record.address(client) != nil else { return }
    _ = writer.writeAddress(.sourceIP, record, client)
    guard let request = AccessReader.quoted(record, &rest) else { return }
    writer.writeRequest(record, request)
    if record.skip("status: ", &rest) {
      let end = record.endOfDigits(rest.lowerBound, rest.upperBound)
      if let status = record.number(rest.lowerBound..<end) { writer.write(.status, status) }
    }
  }
}
