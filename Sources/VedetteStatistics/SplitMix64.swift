/// A small seeded random generator: the same seed gives the same numbers everywhere.
///
/// Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators" (OOPSLA 2014). Good for
/// sampling, splitting and tests; not for secrets.
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Creates a generator.
  ///
  /// - Parameter seed: Any number; different seeds give unrelated streams.
  public init(seed: UInt64) { state = seed }

  /// Returns the next 64 random bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// Returns a number at least 0 and below 1, from 53 random bits.
  public mutating func nextUnit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }

  /// Draws a whole number below a bound.
  ///
  /// Lemire's multiplication without the rejection step: the bias is below `bound` / 2^64, and one
  /// draw is always one step of the generator. The standard library's own method is not promised
  /// to stay the same from one release to the next.
  ///
  /// - Parameter bound: The first number that is too large; must be positive.
  /// - Returns: A number at least 0 and below the bound.
  public mutating func nextBelow(_ bound: Int) -> Int {
    precondition(bound > 0, "there is no number below \(bound)")
    return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }
}
