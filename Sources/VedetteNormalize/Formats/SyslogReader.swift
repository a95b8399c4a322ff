package import VedetteColumns
import VedetteEvent

/// Reads syslog lines, RFC 3164 and RFC 5424, and the messages of the programs that decide who may
/// log in: sshd, PAM, sudo, su, cron, logind and the account tools.
///
/// Every line with a header is an event; a message of no known shape is `<program>_other`.
package struct SyslogReader: SpanReader {
  var writer: FieldWriter
  /// How often the message happened, if the line says so.
  private var repeatCount: Int64 = 1
  private var hasCount = false
  /// The readers of CEF and LEEF, which come by syslog.
  private var common: [LogFormat: any FormatReader] = [:]
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
  /// - Returns: An event, unless the line starts with neither a priority nor a time.
  package mutating func read(_ record: Span<UInt8>) -> ReadOutcome {
    content = 0..<0
    guard let header = SyslogHeader.scan(record, times) else {
      return .deadLetter(reason: "no syslog header")
    }
    if let carried = readCarried(record, header) { return carried }
    writeHeader(record, header)
    let program = readMessage(record, header.message, program: header.program)
    return .event(
      time: header.time?.time,
      isYearless: header.time?.isYearless ?? false,
      logSource: context.logSource ?? program.logSource
    )
  }

  /// Reads CEF and LEEF behind a header as what they are, or returns `nil` for any other message.
  private mutating func readCarried(
    _ record: Span<UInt8>,
    _ header: SyslogHeader
  ) -> ReadOutcome? {
    let mark = header.program ?? header.message
    let isLEEF = record.hasPrefix("LEEF", mark)
    guard isLEEF || record.hasPrefix("CEF", mark),
      CommonEventRewriter.start(record, isLEEF: isLEEF) != nil
    else { return nil }
    let format = isLEEF ? LogFormat.leef : .cef
    var reader =
      common[format] ?? FormatReaders.make(format, builder: writer.builder, context: context)
    defer { common[format] = reader }
    // Safety: the reader uses the bytes during the call only.
    let outcome = unsafe record.withUnsafeBufferPointer {
      unsafe reader.read($0, into: writer.builder)
    }
    guard case .event = outcome else {
      writer.builder.clearRow()
      return nil
    }
    return outcome
  }

  /// Reads the message of a program, wherever it was found.
  ///
  /// - Parameters:
  ///   - record: The bytes that hold both.
  ///   - whole: The message.
  ///   - name: The program's name, or `nil` if it is not known.
  /// - Returns: What program it is.
  @inline(__always)
  mutating func readMessage(
    _ record: Span<UInt8>,
    _ whole: Range<Int>,
    program name: Range<Int>?
  ) -> SyslogProgram {
    let program = SyslogProgram(record, name)
    var message = whole
    readRepeated(record, &message)
    hasCount = false
    switch program {
    case .sshd: readSSH(record, message)
    case .sudo: readSudo(record, message)
    case .su: readSu(record, message)
    case .cron: readCron(record, message)
    case .accountTool: readAccountTool(record, message, program: name)
    case .login: readLogin(record, message, program: name)
    case .kernel, .named(_), .cisco, .other:
      readOther(record, message, program: name)
    }
    if repeatCount > 1, !hasCount { writer.write(.count, repeatCount) }
    return program
  }

  private mutating func writeHeader(_ record: Span<UInt8>, _ header: SyslogHeader) {
    if let host = header.host { writer.write(.hostName, record, host) }
    if let program = header.program { writer.write(.processName, record, program) }
    if let id = header.processID, record.number(id) != nil {
      writer.write(.processID, record, id)
    }
    if let id = header.messageID { writer.write(.code, record, id) }
    if let priority = header.priority { writer.write(.level, Self.level(priority)) }
    if let data = header.structuredData {
      StructuredData.forEach(record, data) { id, name, value in
        let own = String(copying: record, id) + "." + String(copying: record, name)
        // What a sender calls `source.ip` is not what we found to be the source.
        let isTaken = FieldCatalog.contains(own) || TextField.names.contains(own)
        writer.writeRaw(isTaken ? "structured_data." + own : own, record, value)
      }
    }
    writer.write(.message, record, shown(record, header))
  }

  /// The message without what it has of prompts and answers, which is noted.
  private mutating func shown(_ record: Span<UInt8>, _ header: SyslogHeader) -> Range<Int> {
    let message = header.message
    if let program = header.program, record.hasPrefix("sshd", program) { return message }
    guard !context.keepsContent, let said = PromptLine.content(record, message) else {
      return message
    }
    content = said.lowerBound..<record.count
    return message.lowerBound..<said.lowerBound
  }

  /// RFC 5424 table 2, in the short words of syslog.conf.
  static func level(_ priority: Int) -> StaticString {
    switch priority % 8 {
    case 0: "emerg"
    case 1: "alert"
    case 2: "crit"
    case 3: "err"
    case 4: "warning"
    case 5: "notice"
    case 6: "info"
    default: "debug"
    }
  }

  /// `message repeated 5 times: [ Failed password ..]`: the message inside, that often.
  private mutating func readRepeated(_ record: Span<UInt8>, _ message: inout Range<Int>) {
    repeatCount = 1
    var rest = message
    guard record.skip("message repeated ", &rest),
      let count = record.number(record.word(&rest)), count > 0, record.skip("times: [ ", &rest),
      record.drop("]", &rest)
    else { return }
    repeatCount = count
    message = record.trimmed(rest)
  }

  /// Writes how often something happened that the message itself counts.
  mutating func writeCount(_ count: Int64) {
    let (product, overflow) = count.multipliedReportingOverflow(by: repeatCount)
    writer.write(.count, overflow ? .max : product)
    hasCount = true
  }

  /// A message of a program that has no reader of its own; PAM speaks for many of those.
  mutating func readOther(
    _ record: Span<UInt8>,
    _ message: Range<Int>,
    program: Range<Int>?
  ) {
    if readPAM(record, message, isSwitch: false) { return }
    writeOther(record, program)
    for start in ["connection from ", "Authentication failed from "] as [StaticString] {
      var rest = message
      if record.skip(start, &rest) {
        writePeer(record, record.word(&rest))
        return
      }
    }
  }

  /// `event.action` of a message of no known shape.
  mutating func writeOther(_ record: Span<UInt8>, _ program: Range<Int>?) {
    guard let program else { return writer.write(.action, "syslog_other") }
    let name = SyslogProgram.baseName(record, program)
    writer.writeWord(.action, record, name, suffix: "_other")
  }

  /// Writes where something came from: an address, or a name where that is what is there.
  mutating func writePeer(_ record: Span<UInt8>, _ peer: Range<Int>) {
    guard !peer.isEmpty else { return }
    if !writer.writeAddress(.sourceIP, record, peer) {
      writer.write(.sourceDomain, record, peer)
    }
  }
}

extension SyslogReader: DroppingReader {
  func takeDropped() -> DroppedValues {
    var sum = DroppedValues()
    for format in [LogFormat.cef, .leef] {
      guard let dropped = (common[format] as? any DroppingReader)?.takeDropped() else { continue }
      sum.fields += dropped.fields
      sum.duplicateKeys += dropped.duplicateKeys
      sum.isFull = sum.isFull || dropped.isFull
    }
    return sum
  }
}
