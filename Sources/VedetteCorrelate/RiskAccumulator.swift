import VedetteEvent
import VedetteFindings

/// Adds a risk up from findings: every term is printed, and the terms are the risk.
///
/// The worst finding gives its score. Each further kind of finding adds a part of its own, each
/// further tactic a little, each entity's unusual behaviour a little; a cap is a term of its own. A
/// behaviour finding alone stays under 40: no signature stands behind it.
struct RiskAccumulator {
  private static let behaviorAloneMax = 39

  /// Returns the terms, the largest first as they were added.
  ///
  /// - Parameters:
  ///   - kinds: The worst finding of each title.
  ///   - tacticCount: The number of tactics in all findings.
  /// - Returns: Terms that add up to the risk.
  static func terms(_ kinds: [Finding], tacticCount: Int) -> [RiskTerm] {
    let ranked = kinds.sorted { isWorse($0, $1) }
    guard let first = ranked.first else { return [] }
    var terms = [RiskTerm(label: first.title, points: points(first))]
    var corroboration = 0
    for finding in ranked.dropFirst().prefix(6) {
      let extra = min(share(finding), 24 - corroboration)
      guard extra > 0 else { break }
      corroboration += extra
      terms.append(RiskTerm(label: finding.title, points: extra))
    }
    if tacticCount > 1 {
      terms.append(
        RiskTerm(label: "\(tacticCount) tactics", points: min(3 * (tacticCount - 1), 12))
      )
    }
    if !isBehavior(first), let cap = excess(terms, over: 100) {
      terms.append(RiskTerm(label: "cap at 100", points: cap))
    }
    if isBehavior(first), let cap = excess(terms, over: behaviorAloneMax) {
      terms.append(RiskTerm(label: "behaviour alone", points: cap))
    }
    return terms
  }

  /// A signature outranks behaviour whatever the scores are.
  static func isWorse(_ left: Finding, _ right: Finding) -> Bool {
    if isBehavior(left) != isBehavior(right) { return !isBehavior(left) }
    if left.severity != right.severity { return left.severity > right.severity }
    if left.score != right.score { return left.score > right.score }
    if (left.detector == .correlation) != (right.detector == .correlation) {
      return left.detector == .correlation
    }
    return (left.title, left.time, left.id) < (right.title, right.time, right.id)
  }

  static func isBehavior(_ finding: Finding) -> Bool {
    switch finding.detector {
    case .rule, .correlation: false
    case .newValue, .baseline, .outlier: true
    }
  }

  private static func points(_ finding: Finding) -> Int { min(finding.score, 95) }

  private static func share(_ finding: Finding) -> Int {
    isBehavior(finding) ? min(finding.score / 12, 6) : finding.score / 6
  }

  private static func excess(_ terms: [RiskTerm], over limit: Int) -> Int? {
    let sum = terms.reduce(0) { $0 + $1.points }
    return sum > limit ? limit - sum : nil
  }
}
