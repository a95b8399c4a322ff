// Lines that are one record together.
//
// auditd writes an event as several lines with one serial, `msg=audit(1767225600.123:4711)`, and
// Docker cuts a long line of a program into several of its own. Whether a line belongs to those
// before it follows from the lines alone, so that cuts of the input and restarts change nothing:
// the record begins with the first of them, and reading goes on there.
//
// A table's quoted field may hold line ends; which file is a table its first line tells.
//
// Two events of auditd may come interleaved. Then they are one record until both have ended.

import VedetteEvent

/// Tells which consecutive lines are one record.
struct LineGrouping: Sendable {
  /// What a line is to the lines before it.
  enum Place: Sendable, Equatable {
    /// A record of its own, which ends the one before.
    case alone
    /// The first of a record, which ends the one before.
    case begins
    /// One more line of the record.
    case goesOn
    /// The last line of the record.
    case ends
  }

  private enum Kind: Sendable, Equatable {
    case none, audit
    /// A table's record whose quoted field is open.
    case table
    /// Docker's, with the hash of what the stream is called.
    case docker(stream: UInt64)
  }

  /// An audit event that may go on.
  private struct Serial: Sendable {
    var hash: UInt64
    /// Whether it has a system call, which is followed by more.
    var hasCall: Bool
    var isDone: Bool
  }

  /// What the first line says of the others, if the file is a table.
  var table: TableHead?
  private var kind = Kind.none
  private var serials: [Serial] = []
  private var lineCount = 0

  /// Whether a line that begins with a byte may be one of several.
  @inline(__always)
  static func mayGroup(_ first: UInt8) -> Bool {
    first == UInt8(ascii: "t") || first == UInt8(ascii: "n") || first == ASCII.openBrace
  }

  /// Forgets the record that was open.
  mutating func clear() {
    kind = .none
    serials.removeAll(keepingCapacity: true)
    lineCount = 0
  }

  /// Places the next line.
  mutating func take(_ line: Span<UInt8>) -> Place {
    if let table { return take(line, of: table) }
    if let record = AuditLine(line) { return take(record) }
    if let record = DockerLine(line) { return take(record) }
    return .alone
  }

  private mutating func take(_ line: Span<UInt8>, of table: TableHead) -> Place {
    let wasOpen = kind == .table
    let isOpen = table.isOpen(after: line, isOpen: wasOpen)
    guard wasOpen || isOpen else { return .alone }
    if !wasOpen { clear() }
    kind = .table
    lineCount += 1
    guard wasOpen else { return .begins }
    return isOpen && lineCount < Limits.groupLinesMax ? .goesOn : .ends
  }

  private mutating func take(_ line: AuditLine) -> Place {
    let isOpen = kind == .audit
    if isOpen, let known = serials.firstIndex(where: { $0.hash == line.serial }) {
      lineCount += 1
      serials[known].hasCall = serials[known].hasCall || line.isCall
      serials[known].isDone = line.isLast || line.isWhole
      return isOver ? .ends : .goesOn
    }
    // Without a system call nothing tells the end of an event but the next one.
    for index in serials.indices where !serials[index].hasCall { serials[index].isDone = true }
    let joins = isOpen && !isOver && serials.count < Limits.groupSerialsMax
    if !joins {
      clear()
      if line.isWhole { return .alone }
    }
    kind = .audit
    lineCount += 1
    serials.append(
      Serial(hash: line.serial, hasCall: line.isCall, isDone: line.isLast || line.isWhole)
    )
    return joins ? (isOver ? .ends : .goesOn) : .begins
  }

  private mutating func take(_ line: DockerLine) -> Place {
    if case .docker(line.stream) = kind {
      lineCount += 1
      return line.isWhole || lineCount >= Limits.groupLinesMax ? .ends : .goesOn
    }
    clear()
    guard !line.isWhole else { return .alone }
    kind = .docker(stream: line.stream)
    lineCount = 1
    return .begins
  }

  private var isOver: Bool {
    lineCount >= Limits.groupLinesMax || serials.allSatisfy(\.isDone)
  }
}

/// The head of a line of auditd: `[node=NAME ]type=TYPE msg=audit(SECONDS:SERIAL):`.
private struct AuditLine {
  /// A hash of the time and serial, and of the node.
  let serial: UInt64
  /// Whether the event has no other line, as all that user space sends.
  let isWhole: Bool
  /// Whether no line of the event follows.
  let isLast: Bool
  let isCall: Bool

  private static let headBytesMax = 256

  init?(_ line: Span<UInt8>) {
    let head = line.extracting((0..<line.count).limited(to: Self.headBytesMax))
    var start = 0
    if head.starts(with: "node=", at: 0) {
      let end = firstIndex(of: ASCII.space, in: head, from: 0)
      guard let end else { return nil }
      start = end + 1
    }
    guard head.starts(with: "type=", at: start),
      let typeEnd = firstIndex(of: ASCII.space, in: head, from: start),
      head.starts(with: " msg=audit(", at: typeEnd),
      let close = firstIndex(of: UInt8(ascii: ")"), in: head, from: typeEnd)
    else { return nil }
    let type = start + 5..<typeEnd
    serial = head.hash(0..<start) ^ head.hash(typeEnd + 11..<close)
    isCall = head.equals("SYSCALL", type)
    isLast = head.equals("PROCTITLE", type) || head.equals("EOE", type)
    isWhole = Self.wholeTypes.contains { head.starts(with: $0, at: type.lowerBound) }
  }

  /// The beginnings of the types that user space sends, each an event of its own.
  private static let wholeTypes: [StaticString] = [
    "USER_", "CRED_", "SERVICE_", "SYSTEM_", "DAEMON_", "ADD_", "DEL_", "GRP_", "ACCT_", "ROLE_",
    "CHGRP_", "CHUSER_", "CRYPTO_", "VIRT_", "SOFTWARE_", "TRUSTED_APP", "USYS_", "LABEL_", "DEV_",
  ]
}

/// A line of Docker's json-file driver: `{"log":"..","stream":"stdout","time":".."}`.
private struct DockerLine {
  /// Whether the program's line ends with this one.
  let isWhole: Bool
  /// A hash of the stream's name.
  let stream: UInt64

  init?(_ line: Span<UInt8>) {
    guard line.starts(with: "{\"log\":\"", at: 0) else { return nil }
    var index = 8
    var endsWithLineFeed = false
    while index < line.count, line[index] != ASCII.quote {
      if line[index] == UInt8(ascii: "\\"), index + 1 < line.count {
        endsWithLineFeed = line[index + 1] == UInt8(ascii: "n")
        index += 2
      } else {
        endsWithLineFeed = false
        index += 1
      }
    }
    // A torn line waits for nothing.
    guard line.starts(with: "\",\"stream\":\"", at: index) else { return nil }
    let start = index + 12
    guard let end = firstIndex(of: ASCII.quote, in: line, from: start) else { return nil }
    isWhole = endsWithLineFeed
    stream = line.hash(start..<end)
  }
}

extension Span<UInt8> {
  fileprivate func starts(with text: StaticString, at start: Int) -> Bool {
    let length = text.utf8CodeUnitCount
    guard start >= 0, start <= count, count - start >= length else { return false }
    // Safety: a static string has `utf8CodeUnitCount` bytes, and the span checks its own index.
    let bytes = unsafe text.utf8Start
    for offset in 0..<length where unsafe self[start + offset] != bytes[offset] { return false }
    return true
  }

  fileprivate func equals(_ text: StaticString, _ range: Range<Int>) -> Bool {
    range.count == text.utf8CodeUnitCount && starts(with: text, at: range.lowerBound)
  }

  /// FNV-1a: only lines next to each other are compared.
  fileprivate func hash(_ range: Range<Int>) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for index in range { hash = (hash ^ UInt64(self[index])) &* 0x100_0000_01b3 }
    return hash
  }
}
