/// What is kept of an entity in 32 bytes while it is not worth more.
public struct SlotSummary: Sendable, Equatable {
  /// The number of values.
  public var count: UInt32
  /// Their faded mean and variance.
  public var mean: Float
  /// The faded variance; 0 or more.
  public var variance: Float
  /// The highest value.
  public var peak: Float
  /// A number of the owner's own, such as since when it is known.
  public var mark: UInt32

  /// Creates a summary.
  ///
  /// - Parameters:
  ///   - count: The number of values.
  ///   - mean: Their mean.
  ///   - variance: Their variance.
  ///   - peak: The highest.
  ///   - mark: A number of the owner's own.
  public init(count: UInt32, mean: Float, variance: Float, peak: Float, mark: UInt32) {
    self.count = count
    self.mean = mean
    self.variance = variance
    self.peak = peak
    self.mark = mark
  }

  /// Whether all of it is finite, and the variance is one.
  public var isSound: Bool {
    mean.isFinite && peak.isFinite && variance >= 0 && variance.isFinite
  }
}

extension SlotTable {
  /// Puts what is known of an entity into its slot, in place of what was there.
  ///
  /// - Parameters:
  ///   - summary: What is known.
  ///   - key: The entity's hash.
  /// - Returns: Whether there was room; else it is counted as refused.
  @discardableResult
  public mutating func put(_ summary: SlotSummary, for key: UInt64) -> Bool {
    guard summary.isSound else { return false }
    return store(
      EntitySlot(
        key: key == 0 ? 1 : key,
        mean: summary.mean,
        variance: summary.variance,
        recent: summary.mean,
        peak: summary.peak,
        count: summary.count,
        mark: summary.mark
      )
    )
  }

  /// Takes an entity out of the table.
  ///
  /// - Parameter key: The entity's hash.
  /// - Returns: What was known of it, or `nil` if it has no slot.
  public mutating func take(_ key: UInt64) -> SlotSummary? {
    remove(key == 0 ? 1 : key).map(SlotSummary.init)
  }

  /// Lets go of the entities that were seen least: as many as have no more values than those that
  /// must go.
  ///
  /// - Parameter wanted: How many must go at least.
  /// - Returns: The hashes of those that went.
  /// - Complexity: O(*n* log *n*) in the number of entities.
  public mutating func forget(atLeast wanted: Int) -> [UInt64] {
    let counts = summaries.map(\.summary.count).sorted()
    guard wanted > 0, !counts.isEmpty else { return [] }
    let most = counts[min(wanted, counts.count) - 1]
    let gone = summaries.filter { $0.summary.count <= most }.map(\.key)
    for key in gone { _ = remove(key) }
    return gone
  }
}

extension SlotSummary {
  init(_ slot: EntitySlot) {
    self.init(
      count: slot.count,
      mean: slot.mean,
      variance: slot.variance,
      peak: slot.peak,
      mark: slot.mark
    )
  }
}
