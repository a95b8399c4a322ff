// Access logs of web servers: common, combined, with a virtual host in front, with more behind.
//
//   [vhost[:port]] client ident user [time] "request" status bytes ["referrer" "agent" more...]
//
// Client, user, request, referrer and agent are the client's words. Servers escape quotes inside
// quotes, so the time is the first one that is followed by a quote: a user name can hold a bracket
// and a time, but no quote.

package import VedetteColumns
import VedetteEvent

/// Reads access logs of nginx and Apache.
///
/// A request that is none (`-`, the bytes of a TLS handshake) is an event whose target is the text.
package struct AccessReader: SpanReader {
  private var writer: FieldWriter
  private let context: ReadContext
  private let times: TimestampScanner

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

  /// Reads one line.
  ///
  /// - Parameter record: The line.
  /// - Returns: An event, unless the line has no time in brackets.
  package mutating func read(_ record: Span<UInt8>) -> ReadOutcome {
    var rest = record.content
    // An object that holds such a line is no such line: the client would be its beginning.
    guard !record.hasPrefix("{", rest), let (open, time) = Self.findTime(record, rest, times) else {
      return .deadLetter(reason: "no access log time")
    }
    writer.write(.category, "web")
    let hasDomain = readClient(record, record.trimmed(rest.lowerBound..<open))
    rest = time.end + 1..<rest.upperBound
    record.skipAll(.space, &rest)
    if let request = Self.quoted(record, &rest) {
      writer.writeRequest(record, request, hasDomain: hasDomain)
    }
    readResponse(record, &rest)
    if let referrer = Self.quoted(record, &rest) {
      writePresent(.referrer, record, referrer)
      if let agent = Self.quoted(record, &rest) { writePresent(.userAgent, record, agent) }
    }
    readMore(record, rest)
    return .event(
      time: time.time,
      isYearless: false,
      logSource: context.logSource ?? LogSource(category: "webserver")
    )
  }

  /// Finds the bracket before the time.
  static func findTime(
    _ record: Span<UInt8>,
    _ range: Range<Int>,
    _ times: TimestampScanner
  ) -> (open: Int, time: ScannedTime)? {
    var start = range.lowerBound
    var unquoted: (Int, ScannedTime)?
    while let open = record.first(UInt8(ascii: "["), start..<range.upperBound) {
      start = open + 1
      guard let time = times.scanCommon(record, at: start),
        record.hasPrefix("]", time.end..<range.upperBound)
      else { continue }
      if record.hasPrefix("] \"", time.end..<range.upperBound) { return (open, time) }
      if unquoted == nil { unquoted = (open, time) }
    }
    return unquoted
  }

  /// Takes what is in quotes at the start of a range, and the blanks after it.
  static func quoted(_ record: Span<UInt8>, _ rest: inout Range<Int>) -> Range<Int>? {
    guard record.hasPrefix("\"", rest) else { return nil }
    let start = rest.lowerBound + 1
    var index = record.first(.quote, start..<rest.upperBound) ?? rest.upperBound
    if record.first(.backslash, start..<index) != nil { index = start }
    while index < rest.upperBound, record[index] != .quote {
      index += record[index] == .backslash ? 2 : 1
    }
    // A line that was cut has no closing quote.
    let end = min(index, rest.upperBound)
    rest = min(end + 1, rest.upperBound)..<rest.upperBound
    record.skipAll(.space, &rest)
    return start..<end
  }

  /// Reads what is before the time; whether a virtual host is.
  private mutating func readClient(_ record: Span<UInt8>, _ range: Range<Int>) -> Bool {
    var rest = range
    var hasDomain = false
    var client = record.word(&rest)
    var ident = record.word(&rest)
    if record.address(client) == nil, record.address(ident) != nil {
      let port = record.last(.colon, client)
      let name = client.lowerBound..<(port ?? client.upperBound)
      writer.write(.urlDomain, record, name)
      hasDomain = true
      client = ident
      ident = record.word(&rest)
    }
    if !writer.writeAddress(.sourceIP, record, client), !record.equals("-", client),
      !client.isEmpty, !record.hasSuffix(",", client)
    {
      writer.write(.sourceDomain, record, client)
    }
    if !rest.isEmpty { writePresent(.userName, record, record.trimmed(rest)) }
    return hasDomain
  }

  private mutating func readResponse(_ record: Span<UInt8>, _ rest: inout Range<Int>) {
    let status = record.word(&rest)
    if let number = record.number(status), status.count == 3 {
      writer.write(.status, number)
      writer.write(.outcome, number >= 400 ? "failure" : "success")
    }
    var ahead = rest
    let bytes = record.word(&ahead)
    if let number = record.number(bytes) { writer.write(.bodyBytes, number) }
    if !record.hasPrefix("\"", bytes) { rest = ahead }
    record.skipAll(.space, &rest)
  }

  /// Reads what people add at the end: the time taken in seconds, and who the proxy spoke for.
  private mutating func readMore(_ record: Span<UInt8>, _ range: Range<Int>) {
    var rest = range
    var hasDuration = false
    var hasForwarded = false
    while !rest.isEmpty {
      if let value = Self.quoted(record, &rest) {
        let end = record.first(UInt8(ascii: ","), value) ?? value.upperBound
        if !hasForwarded, record.address(value.lowerBound..<end) != nil {
          writer.write(.forwardedFor, record, value)
          hasForwarded = true
        }
        continue
      }
      let word = record.word(&rest)
      if !hasDuration, let nanoseconds = Self.nanoseconds(record, word) {
        writer.write(.duration, nanoseconds)
        hasDuration = true
      }
      record.skipAll(.space, &rest)
    }
  }

  /// The nanoseconds of `0.123`; a number without a fraction may be of any unit and is none.
  private static func nanoseconds(_ record: Span<UInt8>, _ word: Range<Int>) -> Int64? {
    let end = record.endOfDigits(word.lowerBound, word.upperBound)
    guard (1...9).contains(end - word.lowerBound),
      let seconds = record.number(word.lowerBound..<end)
    else { return nil }
    var cursor = FieldCursor(index: end, end: word.upperBound)
    let fraction = cursor.fraction(record)
    guard cursor.index == word.upperBound, cursor.index > end else { return nil }
    return seconds * 1_000_000_000 + Int64(fraction)
  }

  private mutating func writePresent(
    _ field: TextField,
    _ record: Span<UInt8>,
    _ value: Range<Int>
  ) {
    guard !value.isEmpty, !record.equals("-", value), !record.equals("\"\"", value) else { return }
    writer.writeUnescaped(field, record, value)
  }
}
