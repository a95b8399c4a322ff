// Linux' audit log. The lines of one serial are one event.
//
//   type=SYSCALL msg=audit(1767225600.123:4711): arch=c000003e syscall=59 success=yes .. key="exec"
//   type=EXECVE msg=audit(1767225600.123:4711): argc=2 a0="cat" a1=2F6574632F706173737764
//
// What has blanks, quotes or bytes that can't be printed is written as hexadecimal digits without
// quotes. The format ENRICHED has names behind the byte 0x1D: `SYSCALL=execve UID="root"`. A record
// may hold the lines of several events, if they came interleaved; each is read by itself.

import VedetteEvent

/// Writes events of auditd anew.
struct AuditRewriter: RecordRewriter, RecordSplitter {
  private struct Value {
    /// Where the name stands, or nothing for a name of ours.
    var key: Range<Int>
    var name: StaticString?
    var value: Range<Int>
    var made: [UInt8]?
    /// Whether it is who logged in.
    var isUser = false
  }

  /// The serial of each part of the record that was split, in order.
  private var parts: [(range: Range<Int>, serial: Range<Int>)] = []

  mutating func split(_ record: Span<UInt8>) -> [Range<Int>] {
    parts = []
    Self.forEachLine(record) { line in
      guard let head = AuditHead(record, line) else { return }
      if let known = parts.lastIndex(where: { record.areEqual($0.serial, head.serial) }) {
        parts[known].range = parts[known].range.lowerBound..<line.upperBound
      } else {
        parts.append((line, head.serial))
      }
    }
    return parts.map(\.range)
  }

  mutating func rewrite(
    _ record: Span<UInt8>,
    into rewrite: inout RecordRewrite
  ) -> RewriteOutcome {
    var first: AuditHead?
    var values: [Value] = []
    var types: [Range<Int>] = []
    var arguments: [Value] = []
    Self.forEachLine(record) { line in
      guard let head = AuditHead(record, line),
        first.map({ record.areEqual($0.serial, head.serial) }) ?? true
      else { return }
      if first == nil { first = head }
      if record.equals("EOE", head.type) { return }
      types.append(head.type)
      let start = values.count
      read(record, head, into: &values)
      if record.equals("EXECVE", head.type) {
        arguments += values[start...].filter { isArgument(record, $0.key) }
      }
    }
    guard let first else { return .deadLetter(reason: "not a record of auditd") }
    // The mark of an event's end, away from its event.
    if types.isEmpty { return .noEvent }
    rewrite.open()
    rewrite.name("@time")
    rewrite.text(record, first.time)
    rewrite.name("@serial")
    rewrite.text(record, first.number)
    if let node = first.node {
      rewrite.name("node")
      rewrite.text(record, node)
    }
    rewrite.name("type")
    rewrite.raw("[")
    for (index, type) in types.enumerated() {
      if index > 0 { rewrite.raw(",") }
      rewrite.text(record, type)
    }
    rewrite.raw("]")
    if !arguments.isEmpty {
      var command: [UInt8] = []
      for argument in arguments {
        if !command.isEmpty { command.append(.space) }
        command += argument.made ?? record.extracting(argument.value).copied
      }
      rewrite.name("@command")
      rewrite.text(made: command, from: arguments[0].value)
    }
    write(values, record, to: &rewrite)
    rewrite.close()
    return .written
  }

  private static func forEachLine(_ record: Span<UInt8>, _ body: (Range<Int>) -> Void) {
    var start = 0
    while start < record.count {
      let end = record.offset(of: 0x0a, from: start)
      if end > start { body(start..<end) }
      start = end + 1
    }
  }

  /// Writes each name once, with all its values.
  private func write(_ values: [Value], _ record: Span<UInt8>, to rewrite: inout RecordRewrite) {
    var isWritten = [Bool](repeating: false, count: values.count)
    for index in values.indices where !isWritten[index] {
      if let name = values[index].name {
        rewrite.name(name)
        rewrite.text(made: values[index].made ?? [], from: values[index].value)
        isWritten[index] = true
        continue
      }
      rewrite.name(record, values[index].key)
      var isFirst = true
      rewrite.raw("[")
      for other in index..<values.count
      where !isWritten[other] && values[other].name == nil
        && record.areEqual(values[other].key, values[index].key)
      {
        isWritten[other] = true
        if !isFirst { rewrite.raw(",") }
        isFirst = false
        if let made = values[other].made {
          rewrite.text(made: made, from: values[other].value)
        } else {
          rewrite.text(record, values[other].value)
        }
      }
      rewrite.raw("]")
    }
  }

  private func read(_ record: Span<UInt8>, _ head: AuditHead, into values: inout [Value]) {
    var scanner = PairScanner(head.rest)
    while values.count < Limits.fieldsPerEventMax, let pair = scanner.next(record) {
      // What user space sends is quoted as a whole: msg='op=login acct="root" res=success'.
      if pair.quote == UInt8(ascii: "'"), record.equals("msg", pair.key) {
        var inner = PairScanner(pair.value)
        while values.count < Limits.fieldsPerEventMax, let pair = inner.next(record) {
          take(pair, record, head, into: &values)
        }
      } else if record.equals("SADDR", pair.key) || record.hasPrefix("{", pair.value) {
        // SADDR={ saddr_fam=inet laddr=10.0.0.1 lport=22 }: the pairs inside come next.
        continue
      } else {
        take(pair, record, head, into: &values)
      }
    }
  }

  private func take(
    _ pair: Pair,
    _ record: Span<UInt8>,
    _ head: AuditHead,
    into values: inout [Value]
  ) {
    guard !pair.value.isEmpty, !record.equals("(null)", pair.value),
      !record.equals("?", pair.value), !record.equals("}", pair.value)
    else { return }
    var value = Value(key: pair.key, value: pair.value)
    if pair.quote == 0, isHexadecimal(record, pair, head) {
      var bytes = record.extracting(pair.value).fromHexadecimal
      // Several keys of one rule are parted by 0x01.
      for index in bytes.indices where bytes[index] == 1 { bytes[index] = UInt8(ascii: ",") }
      value.made = bytes
    }
    values.append(value)
    if record.equals("saddr", pair.key) { takeAddress(record, pair, into: &values) }
    if record.equals("auid", pair.key) { takeUser(record, pair, into: &values) }
  }

  /// Whether a value without quotes may be bytes as digits: only fields that hold people's text.
  private func isHexadecimal(_ record: Span<UInt8>, _ pair: Pair, _ head: AuditHead) -> Bool {
    guard pair.value.count >= 2, pair.value.count % 2 == 0 else { return false }
    if isArgument(record, pair.key) { return record.equals("EXECVE", head.type) }
    return Self.texts.contains { record.equals($0, pair.key) }
  }

  private static let texts: [StaticString] = [
    "comm", "exe", "name", "cwd", "proctitle", "key", "acct", "cmd", "data", "path", "dir", "file",
    "vm", "device", "grp", "exe_path", "ocomm", "hostname",
  ]

  /// `a0` to `a99` and `a1[0]`.
  private func isArgument(_ record: Span<UInt8>, _ key: Range<Int>) -> Bool {
    key.count >= 2 && record[key.lowerBound] == UInt8(ascii: "a")
      && record[key.lowerBound + 1].isDigit && !record.hasSuffix("_len", key)
  }

  /// `auid=1000`: who logged in, in the way in which sudo writes an account that has no name.
  private func takeUser(_ record: Span<UInt8>, _ pair: Pair, into values: inout [Value]) {
    guard let number = record.number(pair.value), number < Int64(UInt32.max),
      !values.contains(where: { $0.isUser })
    else { return }
    let none = pair.key.lowerBound..<pair.key.lowerBound
    values.append(
      Value(
        key: none,
        name: "@user",
        value: pair.value,
        made: Array("#\(number)".utf8),
        isUser: true
      )
    )
  }

  /// `saddr=02000016C0A80001..`: family, port and address as the kernel has them.
  private func takeAddress(_ record: Span<UInt8>, _ pair: Pair, into values: inout [Value]) {
    let digits = record.extracting(pair.value)
    guard digits.count >= 16, digits.hasPrefix("0200") else { return }
    var bytes: [UInt8] = []
    for index in stride(from: 4, to: 16, by: 2) {
      guard let high = digits[index].hexValue, let low = digits[index + 1].hexValue else { return }
      bytes.append(high << 4 | low)
    }
    let address = bytes[2...].map { String($0) }.joined(separator: ".")
    let port = String(Int(bytes[0]) << 8 | Int(bytes[1]))
    let none = pair.key.lowerBound..<pair.key.lowerBound
    values.append(
      Value(key: none, name: "@address", value: pair.value, made: Array(address.utf8))
    )
    values.append(Value(key: none, name: "@port", value: pair.value, made: Array(port.utf8)))
  }
}

/// The head of one line.
struct AuditHead {
  let node: Range<Int>?
  let type: Range<Int>
  /// Seconds since 1970 with a fraction.
  let time: Range<Int>
  let number: Range<Int>
  /// Time and number: what the lines of one event have in common.
  let serial: Range<Int>
  /// What follows.
  let rest: Range<Int>

  /// Reads the head of a line, or returns `nil` if it has none.
  init?(_ record: Span<UInt8>, _ line: Range<Int>) {
    var rest = record.trimmed(line)
    var node: Range<Int>?
    if record.skip("node=", &rest) { node = record.word(&rest) }
    guard record.skip("type=", &rest) else { return nil }
    let type = record.word(&rest)
    guard record.skip("msg=audit(", &rest), let close = record.first(UInt8(ascii: ")"), rest),
      let colon = record.last(.colon, rest.lowerBound..<close)
    else { return nil }
    self.node = node
    self.type = type
    time = rest.lowerBound..<colon
    number = colon + 1..<close
    serial = rest.lowerBound..<close
    guard record.number(number) != nil, record[time.lowerBound].isDigit else { return nil }
    var after = close + 1..<rest.upperBound
    _ = record.skip(":", &after)
    self.rest = after
  }
}
