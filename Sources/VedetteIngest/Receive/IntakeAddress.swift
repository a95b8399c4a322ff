public import VedetteEvent

/// What is received rather than read from a file: messages over a network, or the journal.
///
/// ```swift
/// try IntakeAddress("udp://127.0.0.1:5514")
/// try IntakeAddress("tcp://[::]:6514")
/// try IntakeAddress("journald:_SYSTEMD_UNIT=ssh.service")
/// ```
public enum IntakeAddress: Sendable, Hashable {
  /// Syslog messages that others send.
  case listener(ListenAddress)
  /// The journal of this host, as `journalctl` tells it: all of it, or what its matches let through.
  case journal(matches: [String])

  /// Why a text is no address to receive at.
  public struct Problem: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, and what to write instead.
    public let description: String
    init(_ description: String) { self.description = description }
  }

  static let journalScheme = "journald:"
  private static let listenerSchemes = ["udp://", "tcp://"]

  /// Whether a path is meant as an address, whether or not it is a good one.
  ///
  /// - Parameter path: What somebody gave as a source.
  /// - Returns: Whether it has one of the schemes.
  public static func isMeant(by path: String) -> Bool {
    path.hasPrefix(journalScheme) || listenerSchemes.contains { path.hasPrefix($0) }
  }

  /// Reads an address.
  ///
  /// - Parameter text: `udp://ADDRESS:PORT`, `tcp://ADDRESS:PORT` or `journald:` with matches as
  ///   `journalctl` takes them, between spaces.
  /// - Throws: ``Problem`` if it is none.
  public init(_ text: String) throws(Problem) {
    guard text.hasPrefix(Self.journalScheme) else {
      self = .listener(try ListenAddress(text))
      return
    }
    let matches = text.dropFirst(Self.journalScheme.count).split(separator: " ").map(String.init)
    try self.init(journalMatches: matches)
  }

  /// Creates the address of the journal.
  ///
  /// - Parameter matches: Matches as `_SYSTEMD_UNIT=ssh.service`; `+` stands for or.
  /// - Throws: ``Problem`` if one is neither.
  public init(journalMatches matches: [String]) throws(Problem) {
    for match in matches where match != "+" {
      let name = match.prefix { $0 != "=" }
      let isName = name.utf8.allSatisfy {
        $0 == UInt8(ascii: "_") || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
      }
      guard isName, !name.isEmpty, name.count < match.count, !match.contains(" ") else {
        throw Problem("'\(match)' is no match of the journal; write _SYSTEMD_UNIT=ssh.service")
      }
    }
    self = .journal(matches: matches)
  }

  /// The logical source that its records belong to.
  public var source: SourceID { SourceID(description) }
}

extension IntakeAddress: CustomStringConvertible {
  /// The address as it is read.
  public var description: String {
    switch self {
    case .listener(let address): address.description
    case .journal(let matches): Self.journalScheme + matches.joined(separator: " ")
    }
  }
}

/// Where syslog messages are waited for.
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
  /// How messages come.
  public enum Transport: String, Sendable {
    /// A message a datagram (RFC 5426).
    case udp
    /// Messages on connections (RFC 6587).
    case tcp
  }

  /// How messages come.
  public let transport: Transport
  /// The address of this host that they come to; `0.0.0.0` and `::` stand for all.
  public let host: IPAddress
  /// The port; 0 for any that is free.
  public let port: UInt16

  /// Creates an address.
  ///
  /// - Parameters:
  ///   - transport: How messages come.
  ///   - host: The address of this host.
  ///   - port: The port; 0 for any that is free.
  public init(_ transport: Transport, host: IPAddress, port: UInt16) {
    self.transport = transport
    self.host = host
    self.port = port
  }

  /// Reads an address.
  ///
  /// - Parameter text: `udp://ADDRESS:PORT` or `tcp://ADDRESS:PORT`; IPv6 in brackets.
  /// - Throws: ``IntakeAddress/Problem`` if it is none.
  public init(_ text: String) throws(IntakeAddress.Problem) {
    let wanted = "; write udp://127.0.0.1:5514, or tcp://[::]:5514"
    guard let colon = text.firstRange(of: "://"),
      let transport = Transport(rawValue: String(text[..<colon.lowerBound]))
    else { throw IntakeAddress.Problem("'\(text)' is no address to listen at\(wanted)") }
    let place = text[colon.upperBound...]
    guard let last = place.lastIndex(of: ":"),
      let port = UInt16(place[place.index(after: last)...]), port > 0
    else { throw IntakeAddress.Problem("'\(text)' lacks a port of 1 to 65535\(wanted)") }
    var name = place[..<last]
    let isBracketed = name.hasPrefix("[") && name.hasSuffix("]")
    if isBracketed { name = name.dropFirst().dropLast() }
    let host = name == "localhost" ? IPAddress("127.0.0.1") : IPAddress(String(name))
    guard let host, host.isIPv4 != isBracketed || name == "localhost" else {
      throw IntakeAddress.Problem(
        "'\(name)' is no address of this host, by number\(wanted)"
      )
    }
    self.init(transport, host: host, port: port)
  }

  /// The address as it is read.
  public var description: String {
    "\(transport.rawValue)://\(host.isIPv4 ? "\(host)" : "[\(host)]"):\(port)"
  }
}
