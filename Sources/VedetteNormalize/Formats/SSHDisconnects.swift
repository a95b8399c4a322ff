// How connections to sshd end: the older forms name the address, the newer ones also the account
// that was tried, which stands before the address and may say anything.

extension SyslogReader {
  /// Reads `Connection closed by ..`, `Received disconnect from ..`, `Disconnected from ..` and
  /// `Disconnecting ..`.
  mutating func readDisconnect(_ record: Span<UInt8>, _ message: Range<Int>) -> Bool {
    var rest = message
    if record.skip("Connection closed by ", &rest) || record.skip("Connection reset by ", &rest) {
      writer.write(.action, "ssh_connection_closed")
      writePeerWithUser(record, rest)
      return true
    }
    if record.skip("Received disconnect from ", &rest) {
      writer.write(.action, "ssh_disconnect")
      // The reason after it is the client's, the address before it is not.
      if let source = SSHSource.leadingPeer(record, rest) { write(record, source) }
      return true
    }
    if record.skip("Disconnected from ", &rest) {
      writer.write(.action, "ssh_disconnect")
      writePeerWithUser(record, rest)
      return true
    }
    if record.skip("Disconnecting: ", &rest) {
      readDisconnectReason(record, rest)
      return true
    }
    guard record.skip("Disconnecting ", &rest) else { return false }
    if record.drop(": Too many authentication failures", &rest) {
      writer.write(.action, "ssh_max_auth_attempts")
      writer.write(.outcome, "failure")
      writePeerWithUser(record, rest)
    } else {
      writer.write(.action, "ssh_disconnect")
      if let end = onlyPeerEnd(record, rest) {
        writePeerWithUser(record, rest.lowerBound..<end)
      }
    }
    return true
  }

  /// `Too many authentication failures for root`, of versions that name no address.
  private mutating func readDisconnectReason(_ record: Span<UInt8>, _ reason: Range<Int>) {
    var rest = reason
    guard record.skip("Too many authentication failures", &rest) else {
      return writer.write(.action, "ssh_disconnect")
    }
    writer.write(.action, "ssh_max_auth_attempts")
    writer.write(.outcome, "failure")
    if record.skip(" for ", &rest) { writeUser(record, rest) }
  }

  /// Reads `[invalid user NAME |authenticating user NAME |user NAME ]ADDR[ port N]`.
  private mutating func writePeerWithUser(_ record: Span<UInt8>, _ range: Range<Int>) {
    guard let source = SSHSource.trailingPeer(record, range) else { return }
    write(record, source)
    var user = source.user
    if record.skip("invalid user", &user) {
      writer.write(.userInvalid, "true")
    } else if record.skip("authenticating user", &user) {
      writer.write(.userUnverified, "true")
    } else if !record.skip("user", &user) {
      return
    }
    record.skipOne(.space, &user)
    writer.write(.userName, record, user)
  }

  /// The end of a peer before a colon, if there is one place only where that can be: the name
  /// before it and the reason after it may both hold text of the client's.
  private func onlyPeerEnd(_ record: Span<UInt8>, _ range: Range<Int>) -> Int? {
    var found: Int?
    var start = range.lowerBound
    while let colon = record.first(": ", start..<range.upperBound) {
      // A peer is no longer than the longest name and port; looking further back for each colon
      // would take the square of the line's length.
      let near = max(range.lowerBound, colon - SSHSource.bytesMax)..<colon
      if SSHSource.trailingPeer(record, near) != nil {
        guard found == nil else { return nil }
        found = colon
      }
      start = colon + 2
    }
    return found
  }
}
