// The part of a syslog line that says when, where and who.
//
//   RFC 3164   [<PRI>] time [host] tag ["[" pid "]"] ":" message
//   RFC 5424   <PRI>1 time host app pid msgid (data | "-") [message]
//
// Neither is kept to by all who write it. The time may be RFC 3339 (rsyslog's high-precision form,
// journalctl), carry a year (Cisco) or be absent after a PRI; the host may be missing; a tag may
// name a PAM module (`sshd(pam_unix)[19939]:`), hold blanks, or not be there at all. A line whose
// PRI or time can be told is a syslog line; what follows is found as well as it can be.

import VedetteEvent

/// The parts of a syslog line.
struct SyslogHeader {
  /// Facility times eight plus severity.
  var priority: Int?
  /// Whether it is of RFC 5424.
  var isModern = false
  var time: ScannedTime?
  var host: Range<Int>?
  var program: Range<Int>?
  var processID: Range<Int>?
  var messageID: Range<Int>?
  var structuredData: Range<Int>?
  var message: Range<Int>

  /// Reads the header of a line.
  ///
  /// - Parameters:
  ///   - record: The line.
  ///   - times: Reads its time.
  /// - Returns: The parts, or `nil` if the line starts with neither a priority nor a time.
  static func scan(_ record: Span<UInt8>, _ times: TimestampScanner) -> SyslogHeader? {
    var header = SyslogHeader(message: record.content)
    header.takePriority(record)
    if header.priority != nil, header.takeVersion(record) {
      var modern = header
      if modern.takeModern(record, times) {
        modern.isModern = true
        return modern
      }
    }
    // Cisco: `<189>29: *Mar  1 18:46:11.123: %SYS-5-..`.
    header.skipCiscoPrefix(record)
    header.time = times.scanNamedOrISO(record, at: header.message.lowerBound)
    guard let time = header.time else {
      guard header.priority != nil else { return nil }
      header.takeTag(record)
      return header
    }
    let hadColon = time.end < record.count && record[time.end] == .colon
    let next = hadColon ? time.end + 1 : time.end
    guard next >= header.message.upperBound || record[next] == .space else { return nil }
    header.message = next..<max(next, header.message.upperBound)
    record.skipOne(.space, &header.message)
    if !hadColon, !header.startsWithTag(record) { header.takeHost(record) }
    header.takeTag(record)
    return header
  }

  private mutating func takePriority(_ record: Span<UInt8>) {
    let start = message.lowerBound
    guard start < message.upperBound, record[start] == UInt8(ascii: "<") else { return }
    let end = record.endOfDigits(start + 1, message.upperBound)
    guard (2...4).contains(end - start), end < message.upperBound,
      record[end] == UInt8(ascii: ">"), let number = record.number(start + 1..<end),
      number <= 191
    else { return }
    priority = Int(number)
    message = end + 1..<message.upperBound
  }

  /// Moves past the version of RFC 5424.
  private mutating func takeVersion(_ record: Span<UInt8>) -> Bool {
    let end = record.endOfDigits(message.lowerBound, message.upperBound)
    guard (1...2).contains(end - message.lowerBound), end < message.upperBound,
      record[end] == .space
    else { return false }
    message = end + 1..<message.upperBound
    return true
  }

  private mutating func takeModern(_ record: Span<UInt8>, _ times: TimestampScanner) -> Bool {
    let stamp = record.word(&message)
    if !record.equals("-", stamp) {
      guard let scanned = times.scanISO(record, at: stamp.lowerBound),
        scanned.end == stamp.upperBound
      else { return false }
      time = scanned
    }
    host = present(record, record.word(&message))
    program = present(record, record.word(&message))
    processID = present(record, record.word(&message))
    messageID = present(record, record.word(&message))
    if record.hasPrefix("[", message), let end = StructuredData.end(record, message) {
      structuredData = message.lowerBound..<end
      message = end..<message.upperBound
      record.skipOne(.space, &message)
    } else if record.equals("-", message) || record.hasPrefix("- ", message) {
      _ = record.word(&message)
    }
    if record.hasPrefix("\u{FEFF}", message) { _ = record.skip("\u{FEFF}", &message) }
    message = record.trimmed(message)
    return true
  }

  private func present(_ record: Span<UInt8>, _ word: Range<Int>) -> Range<Int>? {
    word.isEmpty || record.equals("-", word) ? nil : word
  }

  private mutating func skipCiscoPrefix(_ record: Span<UInt8>) {
    record.skipAll(.space, &message)
    let end = record.endOfDigits(message.lowerBound, message.upperBound)
    if end > message.lowerBound, record.hasPrefix(": ", end..<message.upperBound) {
      message = end + 2..<message.upperBound
    }
    if record.hasPrefix("*", message) || record.hasPrefix(".", message) {
      message = message.lowerBound + 1..<message.upperBound
    }
  }

  /// Whether the text starts with `tag:` or `tag[pid]` and there is no host.
  private func startsWithTag(_ record: Span<UInt8>) -> Bool {
    var rest = message
    let word = record.word(&rest)
    guard word.count > 1 else { return false }
    if record.hasSuffix(":", word) { return record[word.lowerBound] != .colon }
    return record.hasSuffix("]", word) && bracket(record, word) != nil
  }

  private mutating func takeHost(_ record: Span<UInt8>) {
    var rest = message
    let word = record.word(&rest)
    guard !word.isEmpty else { return }
    host = word
    message = rest
  }

  /// Finds program and process id before the first colon.
  private mutating func takeTag(_ record: Span<UInt8>) {
    record.skipAll(.space, &message)
    let limit = min(message.lowerBound + Limits.syslogTagBytesMax, message.upperBound)
    var rest = message.lowerBound..<limit
    let word = record.word(&rest)
    defer { message = record.trimmed(message) }
    if let colon = tagColon(record, word) {
      setTag(record, message.lowerBound..<colon)
      message = colon + 1..<message.upperBound
    } else if record.hasSuffix("]", word), bracket(record, word) != nil {
      setTag(record, word)
      message = word.upperBound..<message.upperBound
    } else if let colon = record.first(": ", rest.lowerBound..<limit),
      record.hasSuffix("]", message.lowerBound..<colon),
      bracket(record, message.lowerBound..<colon) != nil
    {
      setTag(record, message.lowerBound..<colon)
      message = colon + 1..<message.upperBound
    } else if let first = word.isEmpty ? nil : record[word.lowerBound], first.isLetter,
      rest.lowerBound < limit, record[rest.lowerBound].isDigit,
      record.hasSuffix(":", record.word(&rest))
    {
      // `syslogd 1.4.1: restart.`
      program = word
      message = word.upperBound..<message.upperBound
    }
  }

  /// The colon that ends a tag: one at the word's end or after a `]`, as in `tag[1]:text`.
  private func tagColon(_ record: Span<UInt8>, _ word: Range<Int>) -> Int? {
    guard let colon = record.first(.colon, word), colon > word.lowerBound else { return nil }
    if record[colon - 1] == UInt8(ascii: "]") { return colon }
    if colon + 1 == word.upperBound { return colon }
    // `Foo::Bar: text`
    return record.hasSuffix(":", word) ? word.upperBound - 1 : nil
  }

  private mutating func setTag(_ record: Span<UInt8>, _ tag: Range<Int>) {
    var name = tag
    if record.hasSuffix("]", tag), let open = bracket(record, tag) {
      processID = open + 1..<tag.upperBound - 1
      name = tag.lowerBound..<open
    }
    // `sshd(pam_unix)`: the module is in the message too, or says nothing about the program.
    if record.hasSuffix(")", name), let open = record.first(UInt8(ascii: "("), name),
      open > name.lowerBound
    {
      name = name.lowerBound..<open
    }
    program = name.isEmpty ? nil : name
  }

  /// The bracket before a process id at the end of a range.
  private func bracket(_ record: Span<UInt8>, _ range: Range<Int>) -> Int? {
    guard let open = record.last(UInt8(ascii: "["), range), open > range.lowerBound else {
      return nil
    }
    return record.number(open + 1..<range.upperBound - 1) == nil ? nil : open
  }
}

extension TimestampScanner {
  /// Reads the times that start a syslog line.
  func scanNamedOrISO(_ record: Span<UInt8>, at start: Int) -> ScannedTime? {
    guard start < record.count else { return nil }
    return record[start].isDigit ? scanISO(record, at: start) : scanNamed(record, at: start)
  }
}

extension Span<UInt8> {
  /// Moves a range past one byte if it starts with it.
  func skipOne(_ byte: UInt8, _ range: inout Range<Int>) {
    guard !range.isEmpty, self[range.lowerBound] == byte else { return }
    range = range.lowerBound + 1..<range.upperBound
  }
}
