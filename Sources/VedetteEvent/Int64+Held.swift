/// Whole numbers from anywhere, added without a crash: times and spans can be at the ends.
extension Int64 {
  /// Adds, held at the ends.
  ///
  /// - Parameter other: What to add.
  /// - Returns: The sum.
  @inlinable
  public func addingHeld(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }

  /// Subtracts, held at the ends.
  ///
  /// - Parameter other: What to subtract.
  /// - Returns: The difference.
  @inlinable
  public func subtractingHeld(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other < 0 ? .max : .min) : difference
  }
}
