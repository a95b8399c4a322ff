/// A 64-bit hash that is the same in every process and on every machine.
///
/// For whatever is sharded, stored or shown: Swift's own hash is seeded anew in each process. It is
/// FNV-1a (Fowler, Noll, Vo) with the finalizer of MurmurHash3, so that all bits can be used. It is
/// not for untrusted keys of an open hash table and not for proofs: for those there is SHA-256.
public struct StableHash: Sendable {
  private var state: UInt64

  /// Creates a hash of nothing.
  ///
  /// - Parameter seed: Separates uses that must not collide with each other.
  public init(seed: UInt64 = 0) {
    state = 0xcbf2_9ce4_8422_2325 ^ seed
  }

  /// Adds bytes.
  ///
  /// - Parameter bytes: What to hash. The length is not added: see ``combine(_:)-(String)``.
  public mutating func combine(bytes: some Sequence<UInt8>) {
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }

  /// Adds a text and its length, so that ("ab", "c") and ("a", "bc") differ.
  ///
  /// - Parameter text: The text, hashed as UTF-8.
  public mutating func combine(_ text: String) {
    combine(bytes: text.utf8)
    combine(UInt64(text.utf8.count))
  }

  /// Adds a number as eight little-endian bytes.
  ///
  /// - Parameter number: The number.
  public mutating func combine(_ number: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      state = (state ^ (number >> shift & 0xff)) &* 0x100_0000_01b3
    }
  }

  /// The hash of what was added so far.
  public var value: UInt64 {
    var mixed = state
    mixed ^= mixed >> 33
    mixed &*= 0xff51_afd7_ed55_8ccd
    mixed ^= mixed >> 33
    mixed &*= 0xc4ce_b9fe_1a85_ec53
    mixed ^= mixed >> 33
    return mixed
  }

  /// Hashes bytes.
  ///
  /// - Parameter bytes: What to hash.
  /// - Returns: The hash.
  public static func of(bytes: some Sequence<UInt8>) -> UInt64 {
    var hash = StableHash()
    hash.combine(bytes: bytes)
    return hash.value
  }

  /// Hashes a text.
  ///
  /// - Parameter text: What to hash.
  /// - Returns: The hash.
  public static func of(_ text: String) -> UInt64 {
    var hash = StableHash()
    hash.combine(text)
    return hash.value
  }
}
