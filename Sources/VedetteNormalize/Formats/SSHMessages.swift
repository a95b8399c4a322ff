// The messages of sshd.
//
// Whoever connects chooses the user name, and sshd writes it as it came: a name may read
// `root from 10.0.0.1 port 22 ssh2`. What sshd itself writes comes after it, so the source is the
// last ` from ` that is followed by exactly what sshd writes there to the end of the message. The
// one thing of the client's that can come still later is the id of a certificate; when that makes
// two sources possible, none is taken.

import VedetteEvent

extension SyslogReader {
  /// Reads a message of sshd.
  mutating func readSSH(_ record: Span<UInt8>, _ whole: Range<Int>) {
    var message = whole
    if !record.skip("error: ", &message) { _ = record.skip("fatal: ", &message) }
    if readPAM(record, message, isSwitch: false) { return }
    writer.write(.category, "authentication")
    _ = record.drop(" [preauth]", &message)
    guard !message.isEmpty else { return writer.write(.action, "ssh_other") }
    switch record[message.lowerBound] {
    case UInt8(ascii: "F"), UInt8(ascii: "A"):
      if readAttempt(record, message) || readAddressMaps(record, message) { return }
    case UInt8(ascii: "I"), UInt8(ascii: "i"):
      if readInvalidUser(record, message) { return }
    case UInt8(ascii: "C"), UInt8(ascii: "D"), UInt8(ascii: "R"):
      if readDisconnect(record, message) || readNoIdentification(record, message) { return }
    case UInt8(ascii: "r"):
      if readReverseMapping(record, message) { return }
    case UInt8(ascii: "m"):
      if readMaximumAttempts(record, message) { return }
    default: break
    }
    writer.write(.action, "ssh_other")
    readOtherPeer(record, message)
  }

  /// `Accepted password for NAME from ADDR port N ssh2`, and `Failed`.
  private mutating func readAttempt(_ record: Span<UInt8>, _ message: Range<Int>) -> Bool {
    var rest = message
    let isAccepted = record.skip("Accepted ", &rest)
    guard isAccepted || record.skip("Failed ", &rest) else { return false }
    let method = record.word(&rest)
    guard record.skip("for ", &rest), let source = SSHSource.find(record, rest) else {
      return false
    }
    writer.write(.action, "ssh_login")
    writer.write(.outcome, isAccepted ? "success" : "failure")
    writer.write(.sshMethod, record, method)
    writeUser(record, source.user)
    write(record, source)
    return true
  }

  /// `Invalid user NAME from ADDR port N`.
  ///
  /// The same attempt's `input_userauth_request: invalid user NAME` is only an other message, or
  /// it would count twice.
  private mutating func readInvalidUser(_ record: Span<UInt8>, _ message: Range<Int>) -> Bool {
    var rest = message
    if record.skip("Invalid user ", &rest) || record.skip("Illegal user ", &rest) {
      guard let source = SSHSource.find(record, rest) else { return false }
      writer.write(.action, "ssh_invalid_user")
      writer.write(.outcome, "failure")
      writer.write(.userName, record, source.user)
      writer.write(.userInvalid, "true")
      write(record, source)
      return true
    }
    guard record.skip("input_userauth_request: invalid user ", &rest) else { return false }
    writer.write(.action, "ssh_other")
    writer.write(.userName, record, rest)
    writer.write(.userInvalid, "true")
    return true
  }

  /// `error: maximum authentication attempts exceeded for NAME from ADDR port N ssh2`.
  private mutating func readMaximumAttempts(
    _ record: Span<UInt8>,
    _ message: Range<Int>
  ) -> Bool {
    var rest = message
    guard record.skip("maximum authentication attempts exceeded for ", &rest),
      let source = SSHSource.find(record, rest)
    else { return false }
    writer.write(.action, "ssh_max_auth_attempts")
    writer.write(.outcome, "failure")
    writeUser(record, source.user)
    write(record, source)
    return true
  }

  private mutating func readReverseMapping(
    _ record: Span<UInt8>,
    _ message: Range<Int>
  ) -> Bool {
    var rest = message
    guard record.skip("reverse mapping checking getaddrinfo for ", &rest),
      let end = record.last("] failed", rest),
      let start = record.last(UInt8(ascii: "["), rest.lowerBound..<end)
    else { return false }
    writer.write(.action, "ssh_reverse_mapping_failed")
    writePeer(record, start + 1..<end)
    return true
  }

  /// `Address ADDR maps to NAME, but this does not map back to the address`.
  private mutating func readAddressMaps(_ record: Span<UInt8>, _ message: Range<Int>) -> Bool {
    var rest = message
    guard record.skip("Address ", &rest) else { return false }
    let peer = record.word(&rest)
    guard record.hasPrefix("maps to ", rest), record.address(peer) != nil else { return false }
    writer.write(.action, "ssh_reverse_mapping_failed")
    writePeer(record, peer)
    return true
  }

  private mutating func readNoIdentification(
    _ record: Span<UInt8>,
    _ message: Range<Int>
  ) -> Bool {
    var rest = message
    guard record.skip("Did not receive identification string from ", &rest) else { return false }
    writer.write(.action, "ssh_no_identification")
    if let source = SSHSource.peer(record, rest) { write(record, source) }
    return true
  }

  /// Finds a certain source in a message of no shape of its own.
  private mutating func readOtherPeer(_ record: Span<UInt8>, _ message: Range<Int>) {
    var rest = message
    if record.skip("User ", &rest), let end = record.last(" not allowed because ", rest),
      let from = record.last(" from ", rest.lowerBound..<end)
    {
      writer.write(.outcome, "failure")
      writer.write(.userName, record, rest.lowerBound..<from)
      writePeer(record, from + 6..<end)
      return
    }
    for start in SSHSource.otherStarts where record.skip(start, &rest) {
      if let source = SSHSource.leadingPeer(record, rest) { write(record, source) }
      return
    }
    for start in ["Postponed ", "Partial "] as [StaticString] where record.skip(start, &rest) {
      _ = record.word(&rest)
      guard record.skip("for ", &rest), let source = SSHSource.find(record, rest) else { return }
      writeUser(record, source.user)
      write(record, source)
      return
    }
    if record.hasPrefix("Bad protocol version identification ", message),
      let source = SSHSource.find(record, message)
    {
      write(record, source)
    }
  }

  /// Writes a tried account, `invalid user NAME` being one that does not exist.
  mutating func writeUser(_ record: Span<UInt8>, _ user: Range<Int>) {
    var name = user
    if record.skip("invalid user ", &name) || record.skip("illegal user ", &name) {
      writer.write(.userInvalid, "true")
    }
    writer.write(.userName, record, name)
  }

  /// Writes a source's address and port.
  mutating func write(_ record: Span<UInt8>, _ source: SSHSource) {
    writePeer(record, source.peer)
    if let port = source.port { writer.write(.sourcePort, record, port) }
  }
}
