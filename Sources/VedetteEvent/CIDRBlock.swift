/// A network: the addresses that share a prefix.
///
/// IPv4 and IPv6 never contain each other; an IPv4-mapped block (`::ffff:10.0.0.0/104`) is the IPv4
/// block it stands for.
public struct CIDRBlock: Sendable, Hashable {
  /// The first address: its bits past the prefix are zero.
  public let base: IPAddress
  /// The number of bits that are shared.
  public let prefixLength: Int

  /// Creates the network of an address.
  ///
  /// - Parameters:
  ///   - address: Any address of the network.
  ///   - prefixLength: The bits that are shared, held between 0 and the address's width.
  public init(_ address: IPAddress, prefixLength: Int) {
    self.prefixLength = min(max(prefixLength, 0), address.bitWidth)
    let shared = Self.mask(prefixLength: self.prefixLength, isIPv4: address.isIPv4)
    base =
      address.isIPv4
      ? IPAddress(ipv4: UInt32(truncatingIfNeeded: address.low & shared.low))
      : IPAddress(high: address.high & shared.high, low: address.low & shared.low)
  }

  /// Reads `10.0.0.0/8`, `2001:db8::/32` or a single address, or returns `nil` for anything else.
  ///
  /// Bits past the prefix are cleared, as people write `10.1.2.3/8` for the network of that host.
  ///
  /// - Parameter text: An address, and a slash and a prefix length unless it stands for itself.
  public init?(_ text: String) {
    let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard let first = parts.first, parts.count <= 2, let written = String(first),
      let address = IPAddress(written)
    else { return nil }
    guard parts.count == 2 else {
      self.init(address, prefixLength: address.bitWidth)
      return
    }
    guard let digits = String(parts[1]), (1...3).contains(digits.utf8.count),
      digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let length = Int(digits)
    else { return nil }
    // An IPv4-mapped address has become IPv4, its prefix counts from the same place.
    let isMapped = address.isIPv4 && written.utf8.contains(UInt8(ascii: ":"))
    let ownLength = isMapped ? length - 96 : length
    guard (0...address.bitWidth).contains(ownLength) else { return nil }
    self.init(address, prefixLength: ownLength)
  }

  /// Whether an address lies in the network.
  ///
  /// - Parameter address: The address.
  /// - Returns: Whether it shares the prefix.
  public func contains(_ address: IPAddress) -> Bool {
    guard address.isIPv4 == base.isIPv4 else { return false }
    let shared = Self.mask(prefixLength: prefixLength, isIPv4: base.isIPv4)
    return (address.high ^ base.high) & shared.high == 0
      && (address.low ^ base.low) & shared.low == 0
  }

  private static func mask(prefixLength: Int, isIPv4: Bool) -> (high: UInt64, low: UInt64) {
    guard !isIPv4 else {
      return (0, prefixLength == 0 ? 0 : UInt64(UInt32.max << UInt32(32 - prefixLength)))
    }
    let high = prefixLength == 0 ? 0 : UInt64.max << UInt64(max(64 - prefixLength, 0))
    let low = prefixLength <= 64 ? 0 : UInt64.max << UInt64(128 - prefixLength)
    return (high, low)
  }
}

extension CIDRBlock: CustomStringConvertible {
  /// The first address per RFC 5952, a slash and the prefix length.
  public var description: String { "\(base)/\(prefixLength)" }
}
