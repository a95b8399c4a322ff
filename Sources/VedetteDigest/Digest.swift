import Crypto
import FoundationEssentials

/// The SHA-256 (FIPS 180-4) of some bytes, or their HMAC-SHA-256.
///
/// For what an attacker may choose the input of, or what has to be proved later: ids, evidence, the
/// chain of activity. Whatever is only spread or shown is `StableHash`'s, which is much faster.
///
/// ```swift
/// Digest.of("abc").hex  // "ba7816bf...f20015ad"
/// ```
public struct Digest: Sendable, Hashable, CustomStringConvertible {
  /// The number of bytes of every digest.
  public static let byteCount = 32

  /// The 32 bytes.
  public let bytes: [UInt8]

  /// Creates a digest from bytes that were kept, or returns `nil` if they are not 32.
  ///
  /// - Parameter bytes: 32 bytes.
  public init?(bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  /// Hashes bytes.
  ///
  /// - Parameter bytes: What to hash.
  /// - Returns: Their SHA-256.
  public static func of(_ bytes: [UInt8]) -> Digest { Digest(SHA256.hash(data: bytes)) }

  /// Hashes bytes.
  ///
  /// - Parameter bytes: What to hash.
  /// - Returns: Their SHA-256.
  public static func of(_ bytes: ArraySlice<UInt8>) -> Digest { Digest(SHA256.hash(data: bytes)) }

  /// Hashes a text as UTF-8.
  ///
  /// - Parameter text: What to hash.
  /// - Returns: The SHA-256 of its bytes.
  public static func of(_ text: String) -> Digest { of(Array(text.utf8)) }

  /// 64 hex digits in lower case.
  public var hex: String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(2 * Self.byteCount)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The first 128 bits, big-endian: what an id is made of.
  public var first128Bits: (high: UInt64, low: UInt64) { (word(at: 0), word(at: 8)) }

  /// The same as ``hex``.
  public var description: String { hex }

  init(_ hash: some Sequence<UInt8>) { self.bytes = Array(hash) }

  private func word(at start: Int) -> UInt64 {
    bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
  }
}
