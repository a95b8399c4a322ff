/// A score of an ``IsolationForest``, taken apart by feature.
public struct IsolationAttribution: Sendable, Equatable {
  /// The row's score.
  public var score: Double
  /// The score of a row about which nothing is known.
  public var baseline: Double
  /// What each feature adds; they add up to the score less the baseline.
  public var contributions: [Double]

  /// Creates an attribution.
  ///
  /// - Parameters:
  ///   - score: The row's score.
  ///   - baseline: The score without any feature.
  ///   - contributions: What each feature adds.
  public init(score: Double, baseline: Double, contributions: [Double]) {
    self.score = score
    self.baseline = baseline
    self.contributions = contributions
  }
}
