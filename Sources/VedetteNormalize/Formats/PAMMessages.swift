// What PAM modules log in the name of the program that asked them.
//
//   pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=A  user=U
//   PAM 5 more authentication failures; logname= .. rhost=A  user=U
//   pam_unix(su:session): session opened for user root(uid=0) by alice(uid=1000)
//
// `user=` is last and may hold anything, so of each key the first is the true one.

extension SyslogReader {
  /// Reads a message of PAM.
  ///
  /// - Parameters:
  ///   - record: The line.
  ///   - whole: The message.
  ///   - isSwitch: Whether the program (su, sudo) makes one account act as another.
  /// - Returns: Whether it was a message of a known shape.
  mutating func readPAM(_ record: Span<UInt8>, _ whole: Range<Int>, isSwitch: Bool) -> Bool {
    var message = whole
    if record.hasPrefix("pam_", message), let end = record.first("): ", message) {
      message = end + 3..<message.upperBound
    }
    guard !message.isEmpty else { return false }
    switch record[message.lowerBound] {
    case UInt8(ascii: "a"):
      var rest = message
      guard record.skip("authentication failure; ", &rest) else { return false }
      readPAMFailure(record, rest, isSwitch: isSwitch)
      return true
    case UInt8(ascii: "s"): return readPAMSession(record, message, isSwitch: isSwitch)
    case UInt8(ascii: "P"): return readPAMCount(record, message, isSwitch: isSwitch)
    case UInt8(ascii: "p"):
      var rest = message
      guard record.skip("password changed for ", &rest) else { return false }
      writer.write(.category, "iam")
      writer.write(.action, "password_changed")
      writer.write(.targetUser, record, rest)
      return true
    default: return false
    }
  }

  private mutating func readPAMCount(
    _ record: Span<UInt8>,
    _ message: Range<Int>,
    isSwitch: Bool
  ) -> Bool {
    var rest = message
    if record.skip("PAM: Authentication failure for ", &rest) {
      writer.write(.category, "authentication")
      writer.write(.action, "pam_auth_failure")
      writer.write(.outcome, "failure")
      guard let source = SSHSource.find(record, rest) else { return true }
      writeUser(record, source.user)
      write(record, source)
      return true
    }
    guard record.skip("PAM ", &rest), let count = record.number(record.word(&rest)),
      record.skip("more authentication failure", &rest)
    else { return false }
    _ = record.skip("s", &rest)
    guard record.skip("; ", &rest) else { return false }
    writeCount(count)
    readPAMFailure(record, rest, isSwitch: isSwitch)
    return true
  }

  /// Reads `logname=.. uid=.. euid=.. tty=.. ruser=.. rhost=..  user=..`.
  private mutating func readPAMFailure(
    _ record: Span<UInt8>,
    _ fields: Range<Int>,
    isSwitch: Bool
  ) {
    writer.write(.category, "authentication")
    writer.write(.action, "pam_auth_failure")
    writer.write(.outcome, "failure")
    var rest = fields
    if let terminal = value("tty=", record, &rest) { writer.write(.terminal, record, terminal) }
    let asking = value("ruser=", record, &rest)
    if let host = value("rhost=", record, &rest) { writePeer(record, host) }
    record.skipAll(.space, &rest)
    let tried = record.skip("user=", &rest) && !rest.isEmpty ? rest : nil
    if isSwitch, let asking {
      writer.write(.userName, record, asking)
      if let tried, !record.areEqual(tried, asking) { writer.write(.targetUser, record, tried) }
    } else if let tried {
      writer.write(.userName, record, tried)
    }
  }

  /// The value of the first such key, and the range after it.
  private func value(
    _ key: StaticString,
    _ record: Span<UInt8>,
    _ rest: inout Range<Int>
  ) -> Range<Int>? {
    guard let start = record.first(key, rest) else { return nil }
    rest = start + key.utf8CodeUnitCount..<rest.upperBound
    let word = record.word(&rest)
    return word.isEmpty ? nil : word
  }

  /// Reads `session opened for user NAME[(uid=N)] by [NAME](uid=N)` and `session closed ..`.
  private mutating func readPAMSession(
    _ record: Span<UInt8>,
    _ message: Range<Int>,
    isSwitch: Bool
  ) -> Bool {
    var rest = message
    let isOpened = record.skip("session opened for user ", &rest)
    guard isOpened || record.skip("session closed for user ", &rest) else { return false }
    writer.write(.category, "authentication")
    writer.write(.action, isOpened ? "session_opened" : "session_closed")
    if isOpened { writer.write(.outcome, "success") }
    let by = isOpened ? record.first(" by ", rest) : nil
    let user = withoutID(record, rest.lowerBound..<(by ?? rest.upperBound))
    let actor = by.map { withoutID(record, $0 + 4..<rest.upperBound) } ?? 0..<0
    if isSwitch, !actor.isEmpty {
      writer.write(.userName, record, actor)
      writer.write(.targetUser, record, user)
    } else if isSwitch {
      writer.write(.targetUser, record, user)
    } else {
      writer.write(.userName, record, user)
    }
    return true
  }

  /// A name without the `(uid=0)` that stands behind it.
  private func withoutID(_ record: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    guard let id = record.last("(uid=", range) else { return range }
    return range.lowerBound..<id
  }
}
