/// What a finding is known by: 128 bits that hash what happened, never where it was read.
///
/// Live and replayed, plain and rotated and compressed, the same happening has the same id.
public struct FindingID: Sendable, Hashable, Comparable {
  /// The first 64 bits.
  public let high: UInt64
  /// The last 64 bits.
  public let low: UInt64

  /// Creates an id.
  ///
  /// - Parameters:
  ///   - high: The first 64 bits.
  ///   - low: The last 64 bits.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Creates an id from its 32 hex digits, or returns `nil` if they are not.
  ///
  /// - Parameter hex: 32 hex digits.
  public init?(hex: String) {
    guard hex.utf8.count == 32, let high = UInt64(hex.prefix(16), radix: 16),
      let low = UInt64(hex.suffix(16), radix: 16)
    else { return nil }
    self.init(high: high, low: low)
  }

  /// 32 hex digits, the form that is stored.
  public var hex: String { digits(high) + digits(low) }

  /// Orders by the digits.
  ///
  /// - Parameters:
  ///   - lhs: An id.
  ///   - rhs: Another.
  /// - Returns: Whether the left one comes first.
  public static func < (lhs: FindingID, rhs: FindingID) -> Bool {
    (lhs.high, lhs.low) < (rhs.high, rhs.low)
  }

  private func digits(_ word: UInt64) -> String {
    let text = String(word, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
}

/// Turns what happened into an id: a cryptographic hash, passed to whoever makes findings.
public struct FindingIdentifier: Sendable {
  private let digest: @Sendable ([UInt8]) -> (high: UInt64, low: UInt64)

  /// Creates an identifier.
  ///
  /// - Parameter digest: Returns 128 bits of a hash of its argument. It must resist collisions,
  ///   because an attacker writes part of what is hashed.
  public init(_ digest: @escaping @Sendable ([UInt8]) -> (high: UInt64, low: UInt64)) {
    self.digest = digest
  }

  /// Returns the id of a happening.
  public func id(of parts: [String], raw: ArraySlice<UInt8> = []) -> FindingID {
    var bytes: [UInt8] = []
    for part in parts {
      bytes.append(contentsOf: String(part.utf8.count).utf8)
      bytes.append(UInt8(ascii: ":"))
      bytes.append(contentsOf: part.utf8)
    }
    bytes.append(0)
    bytes.append(contentsOf: raw)
    let (high, low) = digest(bytes)
    return FindingID(high: high, low: low)
  }
}
