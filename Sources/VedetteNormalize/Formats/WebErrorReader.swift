// Error logs of web servers.
//
//   Apache 2.2   [Sun Dec 04 04:47:44 2005] [error] [client 10.0.0.1] message
//   Apache 2.4   [Fri Sep 09 10:42:29.902022 2011] [core:error] [pid 3:tid 4] [client 10.0.0.1:80] ..
//   nginx        2026/03/02 10:14:07 [error] 1234#1234: *5 message, client: 10.0.0.1, server: _, ..

package import VedetteColumns
import VedetteEvent

/// Reads error logs of nginx and Apache.
package struct WebErrorReader: SpanReader {
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
  /// - Returns: An event, unless the line does not start with a time in one of the forms above.
  package mutating func read(_ record: Span<UInt8>) -> ReadOutcome {
    let whole = record.content
    guard let time = times.scan(record, at: whole.lowerBound) else {
      return .deadLetter(reason: "no web error log time")
    }
    writer.write(.category, "web")
    var rest = time.end..<whole.upperBound
    record.skipAll(.space, &rest)
    let isApache = record[whole.lowerBound] == UInt8(ascii: "[")
    if isApache { readApache(record, &rest) } else { readNginx(record, &rest) }
    writer.write(.message, record, rest)
    let server = isApache ? "apache" : "nginx"
    let logSource = LogSource(product: server, category: "webserver", service: server)
    return .event(
      time: time.time,
      isYearless: time.isYearless,
      logSource: context.logSource ?? logSource
    )
  }

  private mutating func readApache(_ record: Span<UInt8>, _ rest: inout Range<Int>) {
    var hasPort = false
    if let (level, after) = Self.bracket(record, rest), Self.isLevel(record, level) {
      rest = after
      let colon = record.last(.colon, level)
      let word = (colon.map { $0 + 1 } ?? level.lowerBound)..<level.upperBound
      writer.write(.level, record, word)
      if let colon, colon > level.lowerBound {
        writer.write(.logger, record, level.lowerBound..<colon)
      }
      hasPort = colon != nil
    }
    if let (id, after) = Self.bracket(record, rest), record.hasPrefix("pid ", id) {
      rest = after
      let end = record.endOfDigits(id.lowerBound + 4, id.upperBound)
      if end > id.lowerBound + 4 { writer.write(.processID, record, id.lowerBound + 4..<end) }
    }
    if let (client, after) = Self.bracket(record, rest),
      record.hasPrefix("client ", client) || record.hasPrefix("remote ", client)
    {
      rest = after
      writeClient(record, client.lowerBound + 7..<client.upperBound, hasPort: hasPort)
    }
  }

  /// Writes `10.0.0.1`, `10.0.0.1:5678` or, from version 2.4 on, `2001:db8::1:5678`.
  private mutating func writeClient(
    _ record: Span<UInt8>,
    _ client: Range<Int>,
    hasPort: Bool
  ) {
    if let colon = record.last(.colon, client), record.number(colon + 1..<client.upperBound) != nil,
      hasPort || record.address(client) == nil,
      writer.writeAddress(.sourceIP, record, client.lowerBound..<colon)
    {
      writer.write(.sourcePort, record, colon + 1..<client.upperBound)
    } else if !writer.writeAddress(.sourceIP, record, client), !client.isEmpty {
      writer.write(.sourceDomain, record, client)
    }
  }

  private mutating func readNginx(_ record: Span<UInt8>, _ rest: inout Range<Int>) {
    if let (level, after) = Self.bracket(record, rest), Self.isLevel(record, level) {
      rest = after
      writer.write(.level, record, level)
    }
    let idEnd = record.endOfDigits(rest.lowerBound, rest.upperBound)
    if idEnd > rest.lowerBound, record.hasPrefix("#", idEnd..<rest.upperBound) {
      let threadEnd = record.endOfDigits(idEnd + 1, rest.upperBound)
      if record.hasPrefix(": ", threadEnd..<rest.upperBound) {
        writer.write(.processID, record, rest.lowerBound..<idEnd)
        rest = threadEnd + 2..<rest.upperBound
      }
    }
    if let client = onlyClient(record, rest) {
      _ = writer.writeAddress(.sourceIP, record, client)
    }
  }

  /// The client that nginx names, if the line names one only: the path before it and the request
  /// after it are the client's own words and may name others.
  private func onlyClient(_ record: Span<UInt8>, _ range: Range<Int>) -> Range<Int>? {
    var found: Range<Int>?
    var start = range.lowerBound
    while let place = record.first(", client: ", start..<range.upperBound) {
      start = place + 10
      let end = record.first(UInt8(ascii: ","), start..<range.upperBound) ?? range.upperBound
      let client = start..<end
      guard record.address(client) != nil else { continue }
      if let found, !record.areEqual(found, client) { return nil }
      found = client
    }
    return found
  }

  /// What is in the bracket that a range starts with, and the range after it and its blanks.
  private static func bracket(
    _ record: Span<UInt8>,
    _ range: Range<Int>
  ) -> (content: Range<Int>, rest: Range<Int>)? {
    guard record.hasPrefix("[", range), let close = record.first(UInt8(ascii: "]"), range)
    else { return nil }
    var rest = close + 1..<range.upperBound
    record.skipAll(.space, &rest)
    return (range.lowerBound + 1..<close, rest)
  }

  /// Whether a word, after a module's name and a colon, is a level.
  static func isLevel(_ record: Span<UInt8>, _ range: Range<Int>) -> Bool {
    let start = record.last(.colon, range).map { $0 + 1 } ?? range.lowerBound
    return LevelWord.isLevel(record, start..<range.upperBound)
  }
}
