// The access lines of servers that people run models on themselves.
//
//   (APIServer pid=1) INFO:     172.18.0.1:59468 - "POST /v1/chat/completions HTTP/1.1" 200 OK
//   [2026-09-11 23:47:03] INFO:     127.0.0.1:34002 - "POST /v1/chat/completions HTTP/1.1" 200 OK
//   [GIN] 2025/10/03 - 13:18:05 | 200 |  1.125268431s |             ::1 | POST     "/api/generate"
//   I0304 11:43:47.985271 1 http_server.cc:4509] HTTP request: 2 /v2/models/glm_ocr/infer
//
// vLLM's (uvicorn's) have no time: it is that of what carried them, Docker or the journal. Ollama's
// (gin's) time is local and names no zone, and its durations are Go's: `462.583µs`, `4m14s`. Triton's
// (glog's) names no year and no client, and newer ones quote the message.

package import VedetteColumns
import VedetteEvent

/// Reads access lines of vLLM, Ollama and Triton.
package struct ModelServerReader: SpanReader {
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

  /// Reads one line of any of them.
  ///
  /// - Parameter record: The line.
  /// - Returns: An event, unless the line is of none of these forms.
  package mutating func read(_ record: Span<UInt8>) -> ReadOutcome {
    if let line = UvicornLine(record) { return read(record, line) }
    if let line = GinLine(record) { return read(record, line) }
    if let line = GlogLine(record) { return read(record, line) }
    return .deadLetter(reason: "no access line of a model server")
  }

  private mutating func read(_ record: Span<UInt8>, _ line: UvicornLine) -> ReadOutcome {
    writer.write(.category, "web")
    writer.write(.gateway, "vllm")
    writePeer(record, line.peer)
    writer.writeRequest(record, line.request)
    writeStatus(record, line.status)
    writeOperation(record, line.path, isOllama: false)
    let time = line.time.flatMap { times.scan(record, at: $0) }
    return .event(time: time?.time, isYearless: false, logSource: logSource("vllm"))
  }

  private mutating func read(_ record: Span<UInt8>, _ line: GinLine) -> ReadOutcome {
    writer.write(.category, "web")
    writer.write(.gateway, "ollama")
    if !writer.writeAddress(.sourceIP, record, line.peer), !line.peer.isEmpty {
      writer.write(.sourceDomain, record, line.peer)
    }
    writer.write(.requestMethod, record, line.method)
    let mark = record.first(UInt8(ascii: "?"), line.target)
    let path = line.target.lowerBound..<(mark ?? line.target.upperBound)
    writer.write(.urlOriginal, record, line.target)
    writer.write(.urlPath, record, path)
    if let mark { writer.write(.urlQuery, record, mark + 1..<line.target.upperBound) }
    writeStatus(record, line.status)
    if let duration = GoDuration.nanoseconds(record, line.duration) {
      writer.write(.duration, duration)
    }
    writeOperation(record, path, isOllama: true)
    return .event(
      time: line.time(context.zone),
      isYearless: false,
      logSource: logSource("ollama")
    )
  }

  private mutating func read(_ record: Span<UInt8>, _ line: GlogLine) -> ReadOutcome {
    writer.write(.category, "web")
    writer.write(.gateway, "triton")
    writer.write(.urlOriginal, record, line.target)
    writer.write(.urlPath, record, line.target)
    writer.write(.processID, record, line.thread)
    if let model = GlogLine.model(record, line.target) {
      writer.write(.model, record, model)
    }
    if record.hasSuffix("/infer", line.target) || record.hasSuffix("/generate", line.target)
      || record.hasSuffix("/generate_stream", line.target)
    {
      writer.write(.action, "infer")
      writer.write(.modelOperation, "text_completion")
    } else if record.hasSuffix("/load", line.target) {
      writer.write(.action, "model_load")
    } else if record.hasSuffix("/unload", line.target) {
      writer.write(.action, "model_unload")
    }
    return .event(time: line.time, isYearless: true, logSource: logSource("triton"))
  }

  private func logSource(_ product: String) -> LogSource {
    context.logSource ?? LogSource(product: product, category: "model_access")
  }

  /// `172.18.0.1:59468` or `[::1]:59468`, the port after the last colon.
  private mutating func writePeer(_ record: Span<UInt8>, _ peer: Range<Int>) {
    guard let colon = record.last(.colon, peer) else { return }
    var address = peer.lowerBound..<colon
    if record.skip("[", &address) { _ = record.drop("]", &address) }
    if writer.writeAddress(.sourceIP, record, address),
      let port = record.number(colon + 1..<peer.upperBound)
    {
      writer.write(.sourcePort, port)
    }
  }

  private mutating func writeStatus(_ record: Span<UInt8>, _ status: Range<Int>) {
    guard let number = record.number(status) else { return }
    writer.write(.status, number)
    writer.write(.outcome, number >= 400 ? "failure" : "success")
  }

  /// What a path does, by the API that it is of.
  private mutating func writeOperation(_ record: Span<UInt8>, _ path: Range<Int>, isOllama: Bool) {
    for (text, operation) in Self.operations where record.equals(text, path) {
      writer.write(.modelOperation, operation)
      return
    }
    guard isOllama else { return }
    for (text, action) in Self.changes where record.equals(text, path) {
      writer.write(.action, action)
      return
    }
  }

  private static let operations: [(StaticString, StaticString)] = [
    ("/v1/chat/completions", "chat"), ("/v1/completions", "text_completion"),
    ("/v1/embeddings", "embeddings"), ("/v1/responses", "chat"), ("/v1/messages", "chat"),
    ("/api/chat", "chat"), ("/api/generate", "text_completion"), ("/api/embed", "embeddings"),
    ("/api/embeddings", "embeddings"), ("/generate", "text_completion"), ("/pooling", "embeddings"),
    ("/v1/rerank", "retrieval"), ("/rerank", "retrieval"),
  ]

  private static let changes: [(StaticString, StaticString)] = [
    ("/api/pull", "model_pull"), ("/api/push", "model_push"), ("/api/create", "model_create"),
    ("/api/delete", "model_delete"), ("/api/copy", "model_copy"), ("/api/tags", "model_list"),
    ("/api/show", "model_show"), ("/api/ps", "model_list"),
  ]
}

/// A line of uvicorn's access log.
struct UvicornLine {
  let peer: Range<Int>
  let request: Range<Int>
  let path: Range<Int>
  let status: Range<Int>
  /// Where the time begins, if there is one.
  let time: Int?

  /// Reads a line, or returns `nil` if it is none.
  init?(_ record: Span<UInt8>) {
    let whole = record.content
    let start = whole.lowerBound
    guard let mark = record.first("INFO:", start..<min(whole.upperBound, start + 128)) else {
      return nil
    }
    let lead = record.trimmed(whole.lowerBound..<mark)
    var rest = mark + 5..<whole.upperBound
    record.skipAll(.space, &rest)
    peer = record.word(&rest)
    guard let colon = record.last(.colon, peer), record.number(colon + 1..<peer.upperBound) != nil,
      record.skip("- ", &rest), let request = AccessReader.quoted(record, &rest)
    else { return nil }
    let word = record.word(&rest)
    guard word.count == 3, record.number(word) != nil else { return nil }
    self.request = request
    status = word
    var parts = request
    _ = record.word(&parts)
    let target = record.word(&parts)
    path = target.lowerBound..<(record.first(UInt8(ascii: "?"), target) ?? target.upperBound)
    let isTime = record.hasPrefix("[2", lead) || record.hasPrefix("2", lead)
    time = isTime ? lead.lowerBound : nil
  }
}

/// A line of gin's access log, as Ollama has it.
struct GinLine {
  let status: Range<Int>
  let duration: Range<Int>
  let peer: Range<Int>
  let method: Range<Int>
  let target: Range<Int>
  private let local: EventTime

  /// Reads a line, or returns `nil` if it is none.
  init?(_ record: Span<UInt8>) {
    var rest = record.content
    guard record.skip("[GIN] ", &rest) else { return nil }
    var cursor = FieldCursor(index: rest.lowerBound, end: rest.upperBound)
    let slash = UInt8(ascii: "/")
    guard let year = cursor.number(record, digits: 4...4), cursor.take(slash, record),
      let month = cursor.number(record, digits: 2...2), cursor.take(slash, record),
      let day = cursor.number(record, digits: 2...2), cursor.take(.space, record),
      cursor.take(UInt8(ascii: "-"), record), cursor.take(.space, record),
      let clock = cursor.clock(record),
      let local = EventTime(
        year: year,
        month: month,
        day: day,
        hour: clock.hour,
        minute: clock.minute,
        second: clock.second,
        nanosecond: clock.nanosecond,
        offsetSeconds: 0
      )
    else { return nil }
    self.local = local
    var parts: [Range<Int>] = []
    var index = cursor.index
    // The target may hold bars: only the first four are the log's own.
    while parts.count < 4, let bar = record.first(UInt8(ascii: "|"), index..<rest.upperBound) {
      parts.append(record.trimmed(index..<bar))
      index = bar + 1
    }
    guard parts.count == 4, parts[0].isEmpty, parts[1].count == 3,
      record.number(parts[1]) != nil
    else { return nil }
    (status, duration, peer) = (parts[1], parts[2], parts[3])
    var last = record.trimmed(index..<rest.upperBound)
    method = record.word(&last)
    var quoted = record.trimmed(last)
    guard let target = AccessReader.quoted(record, &quoted) else { return nil }
    self.target = target
  }

  /// When it was, in UTC.
  func time(_ zone: (EventTime) -> Int) -> EventTime? {
    local.advanced(byNanoseconds: Int64(zone(local)) * -1_000_000_000)
  }
}

/// A line of glog about a request, as Triton has it.
struct GlogLine {
  let thread: Range<Int>
  let target: Range<Int>
  /// When it was, local and in the year 2000: the year is not written.
  let time: EventTime?

  /// Reads a line, or returns `nil` if it is none.
  init?(_ record: Span<UInt8>) {
    var rest = record.content
    guard !rest.isEmpty, [UInt8(ascii: "I"), 0x57, 0x45].contains(record[rest.lowerBound]) else {
      return nil
    }
    var cursor = FieldCursor(index: rest.lowerBound + 1, end: rest.upperBound)
    guard let date = cursor.number(record, digits: 4...4), cursor.take(.space, record),
      let clock = cursor.clock(record)
    else { return nil }
    time = EventTime(
      year: 2000,
      month: date / 100,
      day: date % 100,
      hour: clock.hour,
      minute: clock.minute,
      second: clock.second,
      nanosecond: clock.nanosecond,
      offsetSeconds: 0
    )
    rest = record.trimmed(cursor.index..<rest.upperBound)
    thread = record.word(&rest)
    guard time != nil, record.number(thread) != nil,
      let close = record.first("] ", rest.lowerBound..<min(rest.upperBound, rest.lowerBound + 128))
    else { return nil }
    rest = close + 2..<rest.upperBound
    if record.skip("\"", &rest) { _ = record.drop("\"", &rest) }
    guard record.skip("HTTP request: ", &rest) else { return nil }
    let number = record.word(&rest)
    guard record.number(number) != nil, record.hasPrefix("/", rest) else { return nil }
    target = record.word(&rest)
  }

  /// The model of `/v2/models/NAME/..` and `/v2/repository/models/NAME/..`.
  static func model(_ record: Span<UInt8>, _ target: Range<Int>) -> Range<Int>? {
    guard let start = record.first("/models/", target) else { return nil }
    let rest = start + 8..<target.upperBound
    let end = record.first(UInt8(ascii: "/"), rest) ?? rest.upperBound
    return end > rest.lowerBound ? rest.lowerBound..<end : nil
  }
}

/// Durations as Go writes them: `1.125268431s`, `462.583µs`, `4m14s`, `1h2m3.5s`.
enum GoDuration {
  /// Returns the nanoseconds, or `nil` for what is no duration.
  static func nanoseconds(_ record: Span<UInt8>, _ range: Range<Int>) -> Int64? {
    var index = range.lowerBound
    var total: Int64 = 0
    guard !range.isEmpty else { return nil }
    while index < range.upperBound {
      var end = index
      while end < range.upperBound, record[end].isDigit || record[end] == UInt8(ascii: ".") {
        end += 1
      }
      guard end > index else { return nil }
      var unit = end
      while unit < range.upperBound, !record[unit].isDigit { unit += 1 }
      guard let scale = scale(record, end..<unit) else { return nil }
      let number = record.extracting(index..<end)
      guard let billionths = number.decimal(timesPowerOfTen: 9) else { return nil }
      let (high, low) = billionths.multipliedFullWidth(by: scale)
      guard billionths >= 0, high < 1_000_000_000 / 2 else { return nil }
      let (whole, _) = Int64(1_000_000_000).dividingFullWidth((high, low))
      let (sum, overflow) = total.addingReportingOverflow(whole)
      guard !overflow else { return nil }
      total = sum
      index = unit
    }
    return total
  }

  private static func scale(_ record: Span<UInt8>, _ unit: Range<Int>) -> Int64? {
    if record.equals("s", unit) { return 1_000_000_000 }
    if record.equals("ms", unit) { return 1_000_000 }
    if record.equals("µs", unit) || record.equals("us", unit) || record.equals("μs", unit) {
      return 1_000
    }
    if record.equals("ns", unit) { return 1 }
    if record.equals("m", unit) { return 60_000_000_000 }
    if record.equals("h", unit) { return 3_600_000_000_000 }
    return nil
  }
}
