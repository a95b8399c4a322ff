// Who connected, in a message whose user name may say anything.

/// A user, an address and a port in a message of sshd.
struct SSHSource {
  /// What stands before the source; empty where nothing can.
  var user: Range<Int>
  /// An address, or the name `UNKNOWN` and the like that sshd writes for none.
  var peer: Range<Int>
  var port: Range<Int>?

  /// The most bytes of a blank, a peer and its port.
  static let bytesMax = 1 + nameBytesMax + " port 65535".utf8.count
  /// The most bytes of a host's name (RFC 1035).
  private static let nameBytesMax = 253

  /// Messages that name the peer right after a fixed start.
  static let otherStarts: [StaticString] = [
    "Unable to negotiate with ", "Connection from ", "banner exchange: Connection from ",
    "Timeout before authentication for ", "Read error from remote host ",
    "ssh_dispatch_run_fatal: Connection from ", "Protocol major versions differ for ",
    "refused connect from ",
  ]

  /// Finds `USER from ADDR[ port N[ ssh2[: KEY]]]` up to the end of a range.
  ///
  /// - Returns: The source, or `nil` if there is none or a certificate's id makes two possible.
  static func find(_ record: Span<UInt8>, _ range: Range<Int>) -> SSHSource? {
    var end = range.upperBound
    while let from = record.last(" from ", range.lowerBound..<end) {
      let user = range.lowerBound..<from
      let place = from + 6..<range.upperBound
      if let found = tail(record, place) {
        let source = SSHSource(user: user, peer: found.peer, port: found.port)
        if found.isCertain { return source }
        return isOnly(record, range.lowerBound..<from, range.upperBound) ? source : nil
      }
      end = from
    }
    return nil
  }

  /// Whether no other source could be meant before a place.
  private static func isOnly(_ record: Span<UInt8>, _ range: Range<Int>, _ limit: Int) -> Bool {
    var end = range.upperBound
    while let from = record.last(" from ", range.lowerBound..<end) {
      if tail(record, from + 6..<limit) != nil { return false }
      end = from
    }
    return true
  }

  private struct Tail {
    var peer: Range<Int>
    var port: Range<Int>?
    var isCertain: Bool
  }

  /// Reads what sshd writes after ` from `, which must reach the end.
  private static func tail(_ record: Span<UInt8>, _ range: Range<Int>) -> Tail? {
    var rest = range
    let peer = record.word(&rest)
    guard isPeer(record, peer) else { return nil }
    if rest.isEmpty { return Tail(peer: peer, port: nil, isCertain: true) }
    guard record.skip("port ", &rest) else { return nil }
    let port = record.word(&rest)
    guard record.number(port) != nil else { return nil }
    if rest.isEmpty { return Tail(peer: peer, port: port, isCertain: true) }
    var protocolName = record.word(&rest)
    guard record.hasPrefix("ssh", protocolName) else { return nil }
    if rest.isEmpty, !record.hasSuffix(":", protocolName) {
      return Tail(peer: peer, port: port, isCertain: true)
    }
    guard record.drop(":", &protocolName) else { return nil }
    let keyType = record.word(&rest)
    let fingerprint = record.word(&rest)
    if rest.isEmpty { return Tail(peer: peer, port: port, isCertain: true) }
    // `RSA-CERT SHA256:.. ID NAME (serial 0) CA ..`, `RSA SHA256:.., client user "NAME", ..`.
    guard record.hasSuffix("-CERT", keyType) || record.hasSuffix(",", fingerprint) else {
      return nil
    }
    return Tail(peer: peer, port: port, isCertain: false)
  }

  /// Reads `ADDR[ port N]` that is all of a range.
  static func peer(_ record: Span<UInt8>, _ range: Range<Int>) -> SSHSource? {
    guard let source = trailingPeer(record, range), source.user.isEmpty else { return nil }
    return source
  }

  /// Reads `[USER ]ADDR[ port N]` from the end of a range.
  static func trailingPeer(_ record: Span<UInt8>, _ range: Range<Int>) -> SSHSource? {
    var rest = range
    var port: Range<Int>?
    if let place = record.last(" port ", range), record.number(place + 6..<range.upperBound) != nil
    {
      port = place + 6..<range.upperBound
      rest = range.lowerBound..<place
    }
    let blank = record.last(.space, rest)
    let start = blank.map { $0 + 1 } ?? rest.lowerBound
    guard isPeer(record, start..<rest.upperBound) else { return nil }
    let user = rest.lowerBound..<(blank ?? rest.lowerBound)
    return SSHSource(user: user, peer: start..<rest.upperBound, port: port)
  }

  /// Reads `ADDR[ port N]` at the start of a range, whatever follows.
  static func leadingPeer(_ record: Span<UInt8>, _ range: Range<Int>) -> SSHSource? {
    var rest = range
    var peer = record.word(&rest)
    while let last = peer.last, record[last] == .colon || record[last] == UInt8(ascii: ".") {
      peer = peer.dropLast()
    }
    guard record.address(peer) != nil else { return nil }
    var port: Range<Int>?
    if record.skip("port ", &rest) {
      let end = record.endOfDigits(rest.lowerBound, rest.upperBound)
      if end > rest.lowerBound { port = rest.lowerBound..<end }
    }
    return SSHSource(user: range.lowerBound..<range.lowerBound, peer: peer, port: port)
  }

  private static func isPeer(_ record: Span<UInt8>, _ peer: Range<Int>) -> Bool {
    record.address(peer) != nil || record.equals("UNKNOWN", peer)
      || isDomain(record, peer)
  }

  /// Whether a word can be the name of a host, which old versions of sshd log with `UseDNS`.
  private static func isDomain(_ record: Span<UInt8>, _ word: Range<Int>) -> Bool {
    guard word.count <= nameBytesMax, let dot = record.first(UInt8(ascii: "."), word),
      dot > word.lowerBound, dot + 1 < word.upperBound
    else { return false }
    for index in word {
      let byte = record[index]
      guard
        byte.isLetter || byte.isDigit || byte == UInt8(ascii: ".")
          || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
      else { return false }
    }
    return true
  }
}
