// Addresses as texts: which bytes are one, and the one way to write it (RFC 5952).

/// An address in the form that RFC 5952 asks for.
enum AddressText {
  /// Whether bytes are an IPv4 address in four decimal numbers without leading zeros.
  static func isIPv4(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count >= 7, bytes.count <= 15 else { return false }
    var part = 0
    var digits = 0
    var points = 0
    for index in bytes.indices {
      let byte = bytes[index]
      if byte == UInt8(ascii: ".") {
        guard digits > 0 else { return false }
        points += 1
        part = 0
        digits = 0
      } else {
        let digit = byte &- 0x30
        guard digit <= 9, digits == 0 || part > 0 else { return false }
        part = part * 10 + Int(digit)
        digits += 1
        guard part <= 255 else { return false }
      }
    }
    return points == 3 && digits > 0
  }

  /// Returns an IPv6 address as RFC 5952 writes it, or `nil` if the bytes are none.
  ///
  /// A mapped IPv4 address, `::ffff:192.0.2.1`, becomes that IPv4 address, and a zone is left out.
  static func ipv6(_ bytes: Span<UInt8>) -> String? {
    let end = bytes.offset(of: UInt8(ascii: "%"))
    guard end >= 2, end <= 45, let groups = groups(bytes.extracting(0..<end)) else { return nil }
    if groups[0..<5].allSatisfy({ $0 == 0 }), groups[5] == 0xffff {
      return "\(groups[6] >> 8).\(groups[6] & 255).\(groups[7] >> 8).\(groups[7] & 255)"
    }
    return text(groups)
  }

  private static func groups(_ bytes: Span<UInt8>) -> [UInt16]? {
    var head: [UInt16] = []
    var tail: [UInt16] = []
    var isCompressed = false
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: ":") {
        let isDouble = index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: ":")
        if isDouble {
          guard !isCompressed else { return nil }
          isCompressed = true
          index += 2
          continue
        }
        guard index > 0, index + 1 < bytes.count, bytes[index - 1] != UInt8(ascii: ":") else {
          return nil
        }
        index += 1
      }
      guard let group = group(bytes, &index) else { return nil }
      if isCompressed { tail += group } else { head += group }
      guard index == bytes.count || bytes[index] == UInt8(ascii: ":") else { return nil }
    }
    let count = head.count + tail.count
    guard isCompressed ? count <= 7 : count == 8 else { return nil }
    return head + [UInt16](repeating: 0, count: 8 - count) + tail
  }

  /// One group, or the two that an IPv4 address at the end makes.
  private static func group(_ bytes: Span<UInt8>, _ index: inout Int) -> [UInt16]? {
    let rest = bytes.extracting(index..<bytes.count)
    if isIPv4(rest) {
      index = bytes.count
      var parts: [UInt16] = [0]
      for offset in rest.indices {
        if rest[offset] == UInt8(ascii: ".") {
          parts.append(0)
        } else {
          parts[parts.count - 1] = parts[parts.count - 1] * 10 + UInt16(rest[offset] &- 0x30)
        }
      }
      return [parts[0] << 8 | parts[1], parts[2] << 8 | parts[3]]
    }
    var value: UInt16 = 0
    var digits = 0
    while index < bytes.count, let digit = hexadecimal(bytes[index]) {
      guard digits < 4 else { return nil }
      value = value << 4 | digit
      digits += 1
      index += 1
    }
    return digits > 0 ? [value] : nil
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt16? {
    switch byte {
    case 0x30...0x39: UInt16(byte - 0x30)
    case 0x41...0x46: UInt16(byte - 0x37)
    case 0x61...0x66: UInt16(byte - 0x57)
    default: nil
    }
  }

  /// RFC 5952 section 4: the longest run of two or more zero groups, the first of equals, as `::`.
  private static func text(_ groups: [UInt16]) -> String {
    var best = 0..<0
    var index = 0
    while index < 8 {
      var end = index
      while end < 8, groups[end] == 0 { end += 1 }
      if end - index >= 2, end - index > best.count { best = index..<end }
      index = max(end, index + 1)
    }
    let digits = groups.map { String($0, radix: 16) }
    guard !best.isEmpty else { return digits.joined(separator: ":") }
    return digits[..<best.lowerBound].joined(separator: ":") + "::"
      + digits[best.upperBound...].joined(separator: ":")
  }
}
