// Addresses as logs write them.
//
// The naive way, comparing texts, takes `2001:DB8::1` and `2001:db8:0:0::1` for two clients, and
// `::ffff:192.0.2.1`, which a dual-stack server writes for an IPv4 client, for a third kind. Here
// an address is a number and has one text (RFC 5952); an IPv4-mapped address is the IPv4 address it
// stands for, so that one client is one entity however the server listens.

/// An IPv4 or IPv6 address.
///
/// ```swift
/// IPAddress("2001:DB8:0:0::1")?.description  // "2001:db8::1"
/// IPAddress("::ffff:192.0.2.1")?.description  // "192.0.2.1"
/// ```
public struct IPAddress: Sendable, Hashable {
  /// Whether it is an IPv4 address.
  public let isIPv4: Bool
  /// The upper half of an IPv6 address; zero for IPv4.
  let high: UInt64
  /// The lower half of an IPv6 address; an IPv4 address is its lower 32 bits.
  let low: UInt64

  /// Creates an IPv4 address.
  ///
  /// - Parameter ipv4: The four bytes, the first in the highest bits.
  public init(ipv4: UInt32) {
    isIPv4 = true
    high = 0
    low = UInt64(ipv4)
  }

  /// Creates an address from 128 bits; an IPv4-mapped one becomes IPv4.
  ///
  /// - Parameters:
  ///   - high: The first eight bytes.
  ///   - low: The last eight bytes.
  public init(high: UInt64, low: UInt64) {
    isIPv4 = high == 0 && low >> 32 == 0xffff
    self.high = high
    self.low = isIPv4 ? low & 0xffff_ffff : low
  }

  /// The bytes as they go over the network: 4 of an IPv4 address, 16 of an IPv6 address.
  public var bytes: [UInt8] {
    isIPv4
      ? (0..<4).map { UInt8(truncatingIfNeeded: low >> UInt64(24 - 8 * $0)) }
      : [high, low].flatMap { half in
        (0..<8).map { UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * $0)) }
      }
  }

  /// Whether it never leaves the machine: 127.0.0.0/8 or `::1`.
  public var isLoopback: Bool { isIPv4 ? low >> 24 == 127 : high == 0 && low == 1 }

  /// Reads an address, or returns `nil` if the whole text is not one.
  ///
  /// IPv4 is four decimal numbers without leading zeros; IPv6 is any form of RFC 4291. A zone
  /// (`%eth0`) is read over: it says something about the machine that logged, not about the peer.
  ///
  /// - Parameter text: The text.
  public init?(_ text: String) {
    self.init(utf8: text.utf8.span)
  }

  /// Reads an address, or returns `nil` if the bytes are not one from the first to the last.
  ///
  /// - Parameter bytes: The text's bytes.
  /// - Complexity: O(1): no address is longer than 45 bytes and a zone.
  public init?(utf8 bytes: Span<UInt8>) {
    if let ipv4 = Self.scanIPv4(bytes, 0..<bytes.count) {
      self.init(ipv4: ipv4)
    } else if let (high, low) = Self.scanIPv6(bytes) {
      self.init(high: high, low: low)
    } else {
      return nil
    }
  }

  /// Returns the network that the address lies in.
  ///
  /// - Parameter prefixLength: The network's bits; more than the address has count as all.
  /// - Returns: The network.
  public func network(prefixLength: Int) -> CIDRBlock {
    CIDRBlock(self, prefixLength: prefixLength)
  }

  /// The number of bits: 32 or 128.
  public var bitWidth: Int { isIPv4 ? 32 : 128 }
}

extension IPAddress: Comparable {
  /// Orders IPv4 before IPv6, then by number.
  ///
  /// - Parameters:
  ///   - lhs: An address.
  ///   - rhs: Another.
  /// - Returns: Whether the left one comes first.
  public static func < (lhs: IPAddress, rhs: IPAddress) -> Bool {
    guard lhs.isIPv4 == rhs.isIPv4 else { return lhs.isIPv4 }
    return (lhs.high, lhs.low) < (rhs.high, rhs.low)
  }
}

extension IPAddress: CustomStringConvertible {
  /// The one text of the address, per RFC 5952.
  public var description: String {
    guard isIPv4 else { return ipv6Text }
    return "\(low >> 24).\(low >> 16 & 0xff).\(low >> 8 & 0xff).\(low & 0xff)"
  }

  private var ipv6Text: String {
    let zeros = longestZeroRun
    var text = ""
    text.reserveCapacity(39)
    var index = 0
    while index < 8 {
      if index == zeros.lowerBound, !zeros.isEmpty {
        text.append("::")
        index = zeros.upperBound
      } else {
        if index > 0, index != zeros.upperBound || zeros.isEmpty { text.append(":") }
        text.append(String(group(index), radix: 16))
        index += 1
      }
    }
    return text
  }

  private func group(_ index: Int) -> UInt64 {
    let half = index < 4 ? high : low
    return half >> UInt64(48 - index % 4 * 16) & 0xffff
  }

  /// The first of the longest runs of at least two zero groups (RFC 5952 §4.2.3).
  private var longestZeroRun: Range<Int> {
    var longest = 0..<0
    var start = 0
    for index in 0...8 where index == 8 || group(index) != 0 {
      if index - start > max(longest.count, 1) { longest = start..<index }
      start = index + 1
    }
    return longest
  }
}

extension IPAddress {
  private static func scanIPv4(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt32? {
    guard (7...15).contains(range.count) else { return nil }
    var address: UInt32 = 0
    var part: UInt32 = 0
    var digits = 0
    var parts = 0
    for index in range {
      let byte = bytes[index]
      if byte == UInt8(ascii: ".") {
        guard digits > 0, parts < 3 else { return nil }
        address = address &<< 8 | part
        parts += 1
        part = 0
        digits = 0
      } else {
        let digit = byte &- UInt8(ascii: "0")
        // A leading zero is octal to some readers and decimal to others: not an address.
        guard digit <= 9, digits == 0 || part != 0 else { return nil }
        part = part * 10 + UInt32(digit)
        digits += 1
        guard part <= 255 else { return nil }
      }
    }
    guard digits > 0, parts == 3 else { return nil }
    return address &<< 8 | part
  }

  private static func scanIPv6(_ bytes: Span<UInt8>) -> (high: UInt64, low: UInt64)? {
    var end = 0
    while end < bytes.count, bytes[end] != UInt8(ascii: "%") { end += 1 }
    if end < bytes.count, end + 1 == bytes.count { return nil }
    guard (2...45).contains(end) else { return nil }
    var groups = GroupScanner()
    var index = 0
    if bytes[0] == UInt8(ascii: ":") {
      guard bytes[1] == UInt8(ascii: ":") else { return nil }
      groups.gap = 0
      index = 2
    }
    while index < end {
      var value: UInt64 = 0
      let start = index
      while index < end, let digit = hexDigit(bytes[index]) {
        guard index - start < 4 else { return nil }
        value = value << 4 | digit
        index += 1
      }
      if index < end, bytes[index] == UInt8(ascii: ".") {
        guard let ipv4 = scanIPv4(bytes, start..<end) else { return nil }
        guard groups.add(UInt64(ipv4 >> 16)), groups.add(UInt64(ipv4 & 0xffff)) else { return nil }
        index = end
        break
      }
      guard index > start, groups.add(value) else { return nil }
      guard index < end else { break }
      guard bytes[index] == UInt8(ascii: ":"), index + 1 < end else { return nil }
      index += 1
      if bytes[index] == UInt8(ascii: ":") {
        guard groups.gap == nil else { return nil }
        groups.gap = groups.count
        index += 1
      }
    }
    return groups.address
  }

  private static func hexDigit(_ byte: UInt8) -> UInt64? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A")) + 10
    default: nil
    }
  }
}

/// The groups of an IPv6 address as they are read, before and after a `::`.
private struct GroupScanner {
  private(set) var count = 0
  /// The number of groups before the `::`.
  var gap: Int?
  private var high: UInt64 = 0
  private var low: UInt64 = 0

  /// Adds a group at the end; `false` if there are eight already.
  mutating func add(_ group: UInt64) -> Bool {
    guard count < 8 else { return false }
    high = high << 16 | low >> 48
    low = low << 16 | group
    count += 1
    return true
  }

  /// The whole address, or `nil` if the groups are too few or the `::` stands for none.
  var address: (high: UInt64, low: UInt64)? {
    guard let gap else { return count == 8 ? (high, low) : nil }
    guard count < 8 else { return nil }
    let after = count - gap
    // The groups are at the low end: those after the gap stay there, the others go to the top.
    let all = UInt128(high) << 64 | UInt128(low)
    let tail = after == 0 ? 0 : all & (UInt128.max >> UInt128(128 - after * 16))
    let head = gap == 0 ? 0 : (all >> UInt128(after * 16)) << UInt128(128 - gap * 16)
    let joined = head | tail
    return (UInt64(truncatingIfNeeded: joined >> 64), UInt64(truncatingIfNeeded: joined))
  }
}
