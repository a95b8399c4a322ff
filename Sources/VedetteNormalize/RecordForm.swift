/// How a record looks.
enum RecordForm: Hashable {
  /// A JSON record of a product, or of none that is known.
  case json(LogFormat)
  case auditd
  case cef
  case leef
  case zeek
  case syslogPriority
  case syslogModern
  case syslog
  case syslogISO
  case access
  case apacheError
  case nginxError
  case uvicorn
  case gin
  case glog
  case kv
  case text

  /// Tells a record's form from its first bytes, and from its keys if it is JSON.
  ///
  /// - Parameter record: The record.
  init?(_ record: Span<UInt8>) {
    let whole = record.content
    guard let first = whole.isEmpty ? nil : record[whole.lowerBound] else { return nil }
    let form: RecordForm?
    switch first {
    case UInt8(ascii: "{"): form = .json(Self.object(record, whole))
    case UInt8(ascii: "["):
      form =
        JSONFamily.isArray(record, whole)
        ? .json(JSONFamily.format(record, whole)) : Self.bracketed(record, whole)
    default: form = Self.marked(record, whole) ?? Self.line(record, whole, first)
    }
    guard let form else { return nil }
    self = form
  }

  /// The format of an object; of a page that of its first record.
  private static func object(_ record: Span<UInt8>, _ whole: Range<Int>) -> LogFormat {
    let format = JSONFamily.format(record, whole)
    guard format == .json, let first = JSONPage.first(record, whole) else { return format }
    return JSONFamily.format(record, first)
  }

  /// The format that reads it.
  var format: LogFormat {
    switch self {
    case .json(let format): format
    case .auditd: .auditd
    case .cef: .cef
    case .leef: .leef
    case .zeek: .zeek
    case .syslogPriority, .syslogModern, .syslog, .syslogISO: .syslog
    case .access: .access
    case .apacheError, .nginxError: .webError
    case .uvicorn: .vllm
    case .gin: .ollama
    case .glog: .triton
    case .kv: .kv
    case .text: .text
    }
  }

  /// The place in the order in which equally frequent forms are preferred.
  var rank: Int {
    switch self {
    case .json(.json): 1_000
    case .json(let format): LogFormat.allCases.firstIndex(of: format) ?? 0
    case .auditd: 1_001
    case .cef: 1_002
    case .leef: 1_003
    case .zeek: 1_004
    case .syslogPriority: 1_005
    case .syslogModern: 1_006
    case .syslog: 1_007
    case .syslogISO: 1_008
    case .access: 1_009
    case .apacheError: 1_010
    case .nginxError: 1_011
    case .uvicorn: 1_012
    case .gin: 1_013
    case .glog: 1_014
    case .kv: 1_015
    case .text: 1_016
    }
  }

  /// Whether it is one of the JSON formats.
  var isJSON: Bool {
    guard case .json = self else { return false }
    return true
  }

  /// What several such records do.
  var pluralClause: String { isJSON ? "are \(what)" : "start like \(what)" }

  /// What one such record does.
  var singularClause: String { isJSON ? "is \(what)" : "starts like \(what)" }

  private var what: String {
    switch self {
    case .json(.cloudtrail): "JSON with CloudTrail's keys"
    case .json(.json): "JSON of no known product"
    case .json(let format): "JSON with the keys of \(FormatMappings.of(format).title)"
    case .auditd: "records of auditd"
    case .cef: "CEF"
    case .leef: "LEEF"
    case .zeek: "a table of Zeek"
    case .syslogPriority: "syslog with a priority"
    case .syslogModern: "RFC 5424 syslog"
    case .syslog: "RFC 3164 syslog"
    case .syslogISO: "syslog with an RFC 3339 time"
    case .access: "an access log of a web server"
    case .apacheError: "an error log of Apache"
    case .nginxError: "an error log of nginx"
    case .uvicorn: "access lines of vLLM (uvicorn)"
    case .gin: "access lines of Ollama (gin)"
    case .glog: "requests in Triton's log"
    case .kv: "key=value pairs"
    case .text: "text with a time"
    }
  }

  /// Forms with a mark of their own, which may stand behind a syslog header.
  private static func marked(_ record: Span<UInt8>, _ whole: Range<Int>) -> RecordForm? {
    if AuditHead(record, whole.lowerBound..<record.offset(of: 0x0a, from: whole.lowerBound)) != nil
    {
      return .auditd
    }
    if CommonEventRewriter.start(record, isLEEF: false) != nil { return .cef }
    if CommonEventRewriter.start(record, isLEEF: true) != nil { return .leef }
    if record.hasPrefix("#", whole), isZeekHeader(record, whole) { return .zeek }
    return nil
  }

  private static func isZeekHeader(_ record: Span<UInt8>, _ whole: Range<Int>) -> Bool {
    for start in [
      "#separator ", "#set_separator", "#empty_field", "#unset_field", "#path", "#fields",
      "#types", "#open", "#close",
    ] as [StaticString] where record.hasPrefix(start, whole) {
      return true
    }
    return false
  }

  private static func line(
    _ record: Span<UInt8>,
    _ whole: Range<Int>,
    _ first: UInt8
  ) -> RecordForm? {
    if UvicornLine(record) != nil { return .uvicorn }
    let form = first == UInt8(ascii: "<") ? withPriority(record) : plain(record, whole)
    if form == nil || form == .syslogPriority, PairRewriter.isPairs(record) { return .kv }
    return form
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
    if GinLine(record) != nil { return .gin }
    if UvicornLine(record) != nil { return .uvicorn }
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
    if GlogLine(record) != nil { return .glog }
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
