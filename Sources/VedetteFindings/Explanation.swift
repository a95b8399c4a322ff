/// Why a finding was made, in terms that add up.
public struct Explanation: Sendable, Hashable {
  /// One sentence in plain words and natural units.
  public var summary: String
  /// The terms; of a behaviour finding the contributions add up to the score.
  public var terms: [ExplanationTerm]
  /// The closest window of the same entity that was usual: what it was and where it differs.
  public var nearestNormal: [ExplanationFact]

  /// Creates an explanation.
  ///
  /// - Parameters:
  ///   - summary: One sentence.
  ///   - terms: The terms.
  ///   - nearestNormal: The closest usual window, fact by fact.
  public init(
    summary: String,
    terms: [ExplanationTerm] = [],
    nearestNormal: [ExplanationFact] = []
  ) {
    self.summary = summary
    self.terms = terms
    self.nearestNormal = nearestNormal
  }
}

/// One feature's part in a finding.
public struct ExplanationTerm: Sendable, Hashable {
  /// The feature, as `failed_logins`.
  public var feature: String
  /// What was seen, in the feature's natural unit.
  public var observed: Double
  /// What is usual, or the threshold of a rule; absent where neither exists.
  public var expected: Double?
  /// How much it usually varies, in the same unit; absent where unknown.
  public var scale: Double?
  /// How much of the score is due to it.
  public var contribution: Double
  /// The bound that would have passed.
  ///
  /// With this observed instead, all else as it was, there would be no finding. Absent where no bound
  /// of this feature alone would do.
  public var bound: Double?
  /// The value in words where it is not a number.
  public var value: String?

  /// Creates a term.
  ///
  /// - Parameters:
  ///   - feature: The feature's name.
  ///   - observed: What was seen.
  ///   - expected: What is usual, or the threshold.
  ///   - scale: How much it usually varies.
  ///   - contribution: How much of the score is due to it.
  ///   - bound: What would have passed, observed instead.
  ///   - value: The value in words where it is not a number.
  public init(
    feature: String,
    observed: Double,
    expected: Double? = nil,
    scale: Double? = nil,
    contribution: Double,
    bound: Double? = nil,
    value: String? = nil
  ) {
    self.feature = feature
    self.observed = observed
    self.expected = expected
    self.scale = scale
    self.contribution = contribution
    self.bound = bound
    self.value = value
  }
}

/// A name and a value, kept in order.
public struct ExplanationFact: Sendable, Hashable {
  /// The name.
  public var name: String
  /// The value.
  public var value: String

  /// Creates a fact.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - value: The value.
  public init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}
