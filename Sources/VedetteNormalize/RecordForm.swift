/// How a record looks, in the order in which equally frequent forms are preferred.
enum RecordForm: Int, CaseIterable {
  case cloudtrail
  case bedrock
  case litellm
  case windows
  case json
  case syslogPriority
  case syslogModern
  case syslog
  case syslogISO
  case access
  case apacheError
  case nginxError
  case text

  /// Tells a record's form from its first bytes, and from its keys if it is JSON.
  ///
  /// - Parameter record: The record.
  init?(_ record: Span<UInt8>) {
    let whole = record.content
    guard let first = whole.isEmpty ? nil : record[whole.lowerBound] else { return nil }
    let form: RecordForm?
    switch first {
    case UInt8(ascii: "{"): form = JSONFamily.form(record, whole)
    case UInt8(ascii: "["):
      form =
        JSONFamily.isArray(record, whole)
        ? JSONFamily.form(record, whole) : Self.bracketed(record, whole)
    case UInt8(ascii: "<"): form = Self.withPriority(record)
    default: form = Self.plain(record, whole)
    }
    guard let form else { return nil }
    self = form
  }

  /// The format that reads it.
  var format: LogFormat {
    switch self {
    case .cloudtrail: .cloudtrail
    case .bedrock: .bedrock
    case .litellm: .litellm
    case .windows: .windows
    case .json: .json
    case .syslogPriority, .syslogModern, .syslog, .syslogISO: .syslog
    case .access: .access
    case .apacheError, .nginxError: .webError
    case .text: .text
    }
  }

  /// Whether it is one of the JSON formats.
  var isJSON: Bool { rawValue <= Self.json.rawValue }

  /// What several such records do.
  var pluralClause: String { isJSON ? "are \(what)" : "start like \(what)" }

  /// What one such record does.
  var singularClause: String { isJSON ? "is \(what)" : "starts like \(what)" }

  private var what: String {
    switch self {
    case .cloudtrail: "JSON with CloudTrail's keys"
    case .bedrock: "JSON with the keys of a Bedrock invocation log"
    case .litellm: "JSON with the keys of a LiteLLM payload"
    case .windows: "JSON with the keys of a Windows event"
    case .json: "JSON of no known product"
    case .syslogPriority: "syslog with a priority"
    case .syslogModern: "RFC 5424 syslog"
    case .syslog: "RFC 3164 syslog"
    case .syslogISO: "syslog with an RFC 3339 time"
    case .access: "an access log of a web server"
    case .apacheError: "an error log of Apache"
    case .nginxError: "an error log of nginx"
    case .text: "text with a time"
    }
  }

  private static func withPriority(_ record: Span<UInt8>) -> RecordForm? {
    guard let header = SyslogHeader.scan(record, TimestampScanner()), header.priority != nil else {
      return nil
    }
    return header.isModern ? .syslogModern : .syslogPriority
  }

  /// `[Sun Dec 04 04:47:44 2005] [error] ..`, or a line with its time in brackets.
  private static func bracketed(_ record: Span<UInt8>, _ whole: Range<Int>) -> RecordForm? {
    let times = TimestampScanner()
    guard let time = times.scan(record, at: whole.lowerBound) else { return nil }
    let isApache =
      record[whole.lowerBound + 1].isLetter
      && record.hasPrefix(" [", time.end..<whole.upperBound)
    guard !isApache else { return .apacheError }
    return TextReader.findTime(record, whole, times) == nil ? nil : .text
  }

  private static func plain(_ record: Span<UInt8>, _ whole: Range<Int>) -> RecordForm? {
    let times = TimestampScanner()
    let start = whole.lowerBound
    let isDigit = record[start].isDigit
    // Cisco marks an unsynchronized clock by `*` or `.` before the month.
    if !isDigit, let header = SyslogHeader.scan(record, times), let time = header.time,
      time.isYearless || header.program != nil
    {
      return .syslog
    }
    if isDigit, let time = times.scanISO(record, at: start) {
      return isoForm(record, whole, time, times)
    }
    if isAccess(record, whole, times) { return .access }
    return TextReader.findTime(record, whole, times) == nil ? nil : .text
  }

  /// Tells nginx's error log, syslog and other lines with the date first apart.
  private static func isoForm(
    _ record: Span<UInt8>,
    _ whole: Range<Int>,
    _ time: ScannedTime,
    _ times: TimestampScanner
  ) -> RecordForm? {
    var rest = time.end..<whole.upperBound
    if record[whole.lowerBound + 4] == UInt8(ascii: "/"), record.skip(" [", &rest),
      let close = record.first(UInt8(ascii: "]"), rest),
      WebErrorReader.isLevel(record, rest.lowerBound..<close)
    {
      return .nginxError
    }
    let hasT = record[whole.lowerBound + 10] | 0x20 == UInt8(ascii: "t")
    if hasT, let header = SyslogHeader.scan(record, times), header.program != nil,
      let host = header.host, !LevelWord.isLevel(record, host),
      !record.hasPrefix("[", host)
    {
      return .syslogISO
    }
    return TextReader.findTime(record, whole, times) == nil ? nil : .text
  }

  /// Whether a line has the common log format's time in brackets where it should be.
  private static func isAccess(
    _ record: Span<UInt8>,
    _ whole: Range<Int>,
    _ times: TimestampScanner
  ) -> Bool {
    let limit = min(whole.upperBound, whole.lowerBound + 1_024)
    return AccessReader.findTime(record, whole.lowerBound..<limit, times) != nil
  }
}
