public import VedetteEvent

/// Where messages about incidents go, as the configuration has it.
public struct Notifier: Sendable, Hashable {
  /// How a message gets there.
  public enum Kind: Sendable, Hashable {
    /// An HTTP POST, signed with a secret if there is one.
    case webhook(url: WebAddress, secret: [UInt8])
    /// A program and its arguments, without a shell; the message is on its standard input.
    case command([String])
    /// A line at the end of a file.
    case file(String)
  }

  /// What it is called in lists and errors.
  public var name: String
  /// How a message gets there.
  public var kind: Kind
  /// The least severity that is told.
  public var minSeverity: Severity

  /// Creates a target.
  ///
  /// - Parameters:
  ///   - name: What it is called.
  ///   - kind: How a message gets there.
  ///   - minSeverity: The least severity that is told.
  public init(name: String, kind: Kind, minSeverity: Severity) {
    self.name = name
    self.kind = kind
    self.minSeverity = minSeverity
  }
}

/// The address of a webhook: `http://host:port/path` or `https://...`.
public struct WebAddress: Sendable, Hashable, CustomStringConvertible {
  /// Whether the connection is encrypted.
  public let isSecure: Bool
  /// The host's name or address, an IPv6 address without its brackets.
  public let host: String
  /// The port.
  public let port: Int
  /// The path with the query, from the first slash.
  public let path: String
  /// The address as it was given.
  public let description: String

  /// Reads an address, or returns `nil` if it is none that a message can be posted to.
  ///
  /// - Parameter text: The address; without user, password and fragment.
  public init?(_ text: String) {
    let isPlain = text.utf8.allSatisfy { (0x21..<0x7f).contains($0) }
    guard isPlain, let mark = text.range(ofScheme: ["http://", "https://"]) else { return nil }
    let rest = text[mark...]
    let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
    var host = String(rest[..<end])
    isSecure = text.hasPrefix("https")
    var port = isSecure ? 443 : 80
    if let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") {
      guard let number = Int(host[host.index(after: colon)...]), (1...65_535).contains(number)
      else { return nil }
      port = number
      host = String(host[..<colon])
    }
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    guard !host.isEmpty, !host.contains("@"), !text.contains("#") else { return nil }
    self.host = host
    self.port = port
    path = rest[end...].hasPrefix("/") ? String(rest[end...]) : "/" + rest[end...]
    description = text
  }

  /// What an HTTP request calls the host.
  var hostHeader: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
  }
}

extension String {
  /// Where the rest begins after one of some beginnings.
  fileprivate func range(ofScheme schemes: [String]) -> Index? {
    schemes.first { hasPrefix($0) }.map { index(startIndex, offsetBy: $0.count) }
  }
}
