// Records that carry the line of another program: Docker's json-file and systemd's journal.
//
// What is carried is read as what it is by itself, into the same row; the time is that of the
// carrier, which knows the year and the zone.

import VedetteColumns
import VedetteEvent

/// Reads the lines that records carry.
struct CarriedLines {
  private let builder: EventBatchBuilder
  private let context: ReadContext
  private var readers: [LogFormat: any FormatReader] = [:]
  /// Whether the last line held content.
  private(set) var hasContent = false
  /// Whether all that was written to the row was taken back.
  private(set) var hasCleared = false

  init(builder: EventBatchBuilder, context: ReadContext) {
    self.builder = builder
    self.context = context
  }

  /// Reads a line as what it looks like, or returns `nil` if it can't be; nothing is written then.
  ///
  /// - Parameters:
  ///   - line: The line.
  ///   - formats: The formats that it may be of.
  /// - Returns: What became of it.
  mutating func read(_ line: Span<UInt8>, formats: (LogFormat) -> Bool) -> ReadOutcome? {
    hasContent = false
    hasCleared = false
    guard let format = FormatDetector.detectOne(line), formats(format), format != .docker,
      format != .journald
    else { return nil }
    var reader =
      readers[format] ?? FormatReaders.make(format, builder: builder, context: context)
    var part = line.all
    if var splitter = reader as? any SplittingReader {
      let parts = splitter.split(line)
      reader = splitter
      // An envelope of several events makes no row of one carrier's: only that it came is known.
      guard parts.count <= 1 else {
        hasContent = format.carriesContent
        return nil
      }
      part = parts.first ?? part
    }
    // Safety: the reader uses the bytes during the call only.
    let outcome = unsafe line.extracting(part).withUnsafeBufferPointer {
      unsafe reader.read($0, into: builder)
    }
    readers[format] = reader
    hasContent = !reader.contentSpans.isEmpty
    guard case .event = outcome else {
      builder.clearRow()
      hasCleared = true
      hasContent = format.carriesContent
      return nil
    }
    return outcome
  }

  /// What the readers of carried lines left out.
  mutating func takeDropped() -> DroppedValues {
    var sum = DroppedValues()
    for format in LogFormat.allCases {
      guard let dropped = (readers[format] as? any DroppingReader)?.takeDropped() else { continue }
      sum.fields += dropped.fields
      sum.duplicateKeys += dropped.duplicateKeys
      sum.isFull = sum.isFull || dropped.isFull
    }
    return sum
  }
}

/// What of a record's carried line is known.
private struct CarriedFields {
  var message = DerivedField("message")
  var stream = DerivedField("stream")
  var container = DerivedField("container.id")
  var host = DerivedField("host.name")
  var process = DerivedField("process.name")
  var processID = DerivedField("process.pid")
  var level = DerivedField("log.level")
}

/// Reads Docker's json-file driver.
///
/// A line of the program that Docker cut into several records is put together again: a record here
/// may be several lines.
final class DockerReader: FormatReader {
  private let context: ReadContext
  private var scanner: JSONScanner
  private var lines: CarriedLines
  private var fields = CarriedFields()
  private(set) var contentSpans: [Range<Int>] = []

  private static let log = 0
  private static let stream = 1
  private static let time = 2

  init(builder: EventBatchBuilder, context: ReadContext) {
    self.context = context
    var plan = JSONPlan()
    plan.map(FormatMappings.of(.docker).fields)
    plan.capture([("log", Self.log), ("stream", Self.stream), ("time", Self.time)])
    plan.uncolumned = ["log", "stream", "time"]
    scanner = JSONScanner(plan: plan, builder: builder)
    lines = CarriedLines(builder: builder, context: context)
  }

  @unsafe
  func read(_ record: UnsafeBufferPointer<UInt8>, into builder: EventBatchBuilder) -> ReadOutcome {
    contentSpans = []
    var message: [UInt8] = []
    var places: [Range<Int>] = []
    var time: EventTime?
    var stream = ""
    var start = 0
    while start < record.count {
      var end = start
      while end < record.count, unsafe record[end] != 0x0a { end += 1 }
      let line = unsafe UnsafeBufferPointer(rebasing: record[start..<end])
      if !line.isEmpty {
        let fault = unsafe scanner.scan(line)
        guard fault == .none else { return .deadLetter(reason: fault.reason) }
        guard scanner.values.hasValue(Self.log), scanner.values.hasValue(Self.time) else {
          return .deadLetter(reason: "not a record of docker")
        }
        let log = scanner.values[Self.log]
        scanner.values.withText(Self.log) { message += $0.copied }
        places.append(start + Int(log.start)..<start + Int(log.end))
        if time == nil { time = scanner.values.withText(Self.time) { context.time($0) } }
        stream = scanner.values.text(Self.stream) ?? stream
      }
      start = end + 1
    }
    while let last = message.last, last == 0x0a || last == 0x0d { message.removeLast() }
    let outcome = lines.read(message.span) { $0 != .csv }
    if lines.hasCleared { unsafe rescan(record) }
    if lines.hasContent { contentSpans = places }
    guard case .event(let own, let isYearless, let logSource)? = outcome else {
      if !lines.hasContent { appendMessage(message, places, to: builder) }
      return finish(time, false, context.logSource ?? LogSource(), stream, builder)
    }
    return finish(time ?? own, time == nil && isYearless, logSource, stream, builder)
  }

  /// Writes a line of no known form, up to where it says what was said to a model.
  private func appendMessage(
    _ message: [UInt8],
    _ places: [Range<Int>],
    to builder: EventBatchBuilder
  ) {
    guard !context.keepsContent,
      let content = PromptLine.content(message.span, 0..<message.count)
    else { return fields.message.append(message.span, to: builder) }
    contentSpans = places
    guard content.lowerBound > 0 else { return }
    fields.message.append(message.span.extracting(0..<content.lowerBound), to: builder)
  }

  /// Writes the columns of Docker's own again.
  @unsafe
  private func rescan(_ record: UnsafeBufferPointer<UInt8>) {
    var end = 0
    while end < record.count, unsafe record[end] != 0x0a { end += 1 }
    _ = unsafe scanner.scan(UnsafeBufferPointer(rebasing: record[..<end]))
  }

  private func finish(
    _ time: EventTime?,
    _ isYearless: Bool,
    _ logSource: LogSource,
    _ stream: String,
    _ builder: EventBatchBuilder
  ) -> ReadOutcome {
    fields.stream.append(stream, to: builder)
    return .event(time: time, isYearless: isYearless, logSource: logSource)
  }
}

extension DockerReader: DroppingReader {
  func takeDropped() -> DroppedValues {
    let own = scanner.takeDropped()
    var sum = lines.takeDropped()
    sum.fields += own.fields
    sum.duplicateKeys += own.duplicateKeys
    return sum
  }
}

/// Reads systemd's journal as JSON.
///
/// `MESSAGE` is a text, or a list of bytes where it is none, or null where it was too long for the
/// writer. The messages of sshd, sudo and the others that syslog has are read as there.
final class JournalReader: FormatReader {
  private enum Capture {
    static let message = 0
    static let identifier = 1
    static let processID = 2
    static let host = 3
    static let priority = 4
    static let realtime = 5
    static let command = 6
    static let source = 7
  }

  private let context: ReadContext
  private var scanner: JSONScanner
  private var lines: CarriedLines
  private var syslog: SyslogReader
  private var fields = CarriedFields()
  private var text: [UInt8] = []
  private(set) var contentSpans: [Range<Int>] = []

  init(builder: EventBatchBuilder, context: ReadContext) {
    self.context = context
    var plan = JSONPlan()
    plan.map(FormatMappings.of(.journald).fields)
    plan.capture([
      ("MESSAGE", Capture.message), ("SYSLOG_IDENTIFIER", Capture.identifier),
      ("_PID", Capture.processID), ("SYSLOG_PID", Capture.processID), ("_HOSTNAME", Capture.host),
      ("PRIORITY", Capture.priority), ("__REALTIME_TIMESTAMP", Capture.realtime),
      ("_COMM", Capture.command), ("_SOURCE_REALTIME_TIMESTAMP", Capture.source),
    ])
    plan.uncolumned = ["MESSAGE"]
    scanner = JSONScanner(plan: plan, builder: builder)
    lines = CarriedLines(builder: builder, context: context)
    syslog = SyslogReader(builder: builder, context: context)
  }

  @unsafe
  func read(_ record: UnsafeBufferPointer<UInt8>, into builder: EventBatchBuilder) -> ReadOutcome {
    contentSpans = []
    let fault = unsafe scanner.scan(record)
    guard fault == .none else { return .deadLetter(reason: fault.reason) }
    guard scanner.values.hasValue(Capture.realtime),
      scanner.values.has(Capture.message) || scanner.values.hasValue(Capture.identifier)
    else { return .deadLetter(reason: "not a record of the journal") }
    let time = time()
    let logSource = unsafe readMessage(record, to: builder)
    return .event(time: time, isYearless: false, logSource: context.logSource ?? logSource)
  }

  /// When it was logged, in microseconds since 1970; when it happened, where the source says that.
  private func time() -> EventTime? {
    for number in [Capture.source, Capture.realtime] where scanner.values.hasValue(number) {
      if let time = scanner.values.withText(number, { context.time($0) }) { return time }
    }
    return nil
  }

  @unsafe
  private func readMessage(
    _ record: UnsafeBufferPointer<UInt8>,
    to builder: EventBatchBuilder
  ) -> LogSource {
    self.text.removeAll(keepingCapacity: true)
    let name =
      scanner.values.hasValue(Capture.identifier) ? Capture.identifier : Capture.command
    scanner.values.withText(name) { self.text += $0.copied }
    let program = self.text.count
    appendMessage()
    while self.text.count > program, self.text.last == 0x0a { self.text.removeLast() }
    let text = self.text
    let known = SyslogProgram(text.span, program > 0 ? 0..<program : nil)
    if case .other = known, text.count > program {
      let line = Array(text[program...])
      let carried = lines.read(line.span) { Self.carries($0) }
      if lines.hasCleared { _ = unsafe scanner.scan(record) }
      if lines.hasContent { contentSpans = messageSpans(record.count) }
      if case .event(_, _, let logSource)? = carried {
        appendHead(program, to: builder)
        return logSource
      }
      // A broken record of a kind that carries prompts: what it says is not kept.
      if lines.hasContent {
        appendHead(program, to: builder)
        return known.logSource
      }
    }
    appendHead(program, to: builder)
    guard text.count > program else { return known.logSource }
    var message = text.span.trimmed(program..<text.count)
    if !context.keepsContent, let content = PromptLine.content(text.span, message) {
      contentSpans = messageSpans(record.count)
      message = message.lowerBound..<content.lowerBound
    }
    fields.message.append(text.span.extracting(message), to: builder)
    return syslog.readMessage(text.span, message, program: program > 0 ? 0..<program : nil)
      .logSource
  }

  /// Where the message lies; of one with more bytes than are captured all that follows it too.
  private func messageSpans(_ end: Int) -> [Range<Int>] {
    let places = scanner.values.places(Capture.message)
    guard places.count >= Limits.jsonCapturesMax, let first = places.first else { return places }
    return [first.lowerBound..<end]
  }

  /// Programs under systemd write access lines and JSON of their own.
  private static func carries(_ format: LogFormat) -> Bool {
    switch format {
    case .syslog, .text, .csv, .kv, .auditd: false
    default: true
    }
  }

  private func appendHead(_ program: Int, to builder: EventBatchBuilder) {
    if program > 0 {
      fields.process.append(text.span.extracting(0..<program), to: builder)
    }
    if let id = scanner.values.integer(Capture.processID) {
      fields.processID.append(id, to: builder)
    }
    fields.host.append(Capture.host, of: scanner.values, to: builder)
    if let priority = scanner.values.integer(Capture.priority), (0...7).contains(priority) {
      fields.level.append(SyslogReader.level(Int(priority)), to: builder)
    }
  }

  private func appendMessage() {
    let first = scanner.values[Capture.message]
    guard first.kind == .number else {
      scanner.values.withText(Capture.message) { text += $0.copied }
      return
    }
    let bytes = scanner.values.integers(Capture.message)
    for number in bytes { text.append(UInt8(truncatingIfNeeded: number)) }
    // What is longer than the captures hold lost its end.
    if bytes.count >= Limits.jsonCapturesMax { scanner.droppedCount += 1 }
  }
}

extension JournalReader: DroppingReader {
  func takeDropped() -> DroppedValues {
    let own = scanner.takeDropped()
    var sum = lines.takeDropped()
    sum.fields += own.fields
    sum.duplicateKeys += own.duplicateKeys
    return sum
  }
}
