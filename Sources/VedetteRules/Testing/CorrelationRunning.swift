public import VedetteColumns
public import VedetteFindings

/// Runs the correlations of a rule set: whoever knows both the rules and the correlator.
public protocol CorrelationRunning {
  /// Finds the correlations that come true.
  ///
  /// - Parameters:
  ///   - rules: The rules: descriptors and plans.
  ///   - batches: The events, in order.
  ///   - matches: For each batch the matches of the rules.
  /// - Returns: The indices of the correlations that came true at least once.
  func correlationsThatFire(
    _ rules: RuleSet,
    batches: [EventBatch],
    matches: [[RuleMatch]]
  ) -> Set<Int>
}
