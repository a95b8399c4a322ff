import VedetteEvent
import VedetteFindings

/// Adds a risk up from findings: every term is printed, and the terms are the risk.
///
/// - The worst finding gives its score, at most 95.
/// - Each of the six next worst kinds of finding adds a sixth of its score, behaviour a twelfth and
///   at most 6; together at most 24.
/// - Each further tactic adds 3, at most 12.
/// - Tactics whose first findings came in the order of an attack are a chain: each step past the
///   second adds 2, at most 8.
/// - A chain, or any two tactics, across infrastructure and model access adds 10.
/// - The most critical entity that takes part adds what its criticality says.
/// - What is over 100 is taken off by a term of its own; behaviour alone stays under 40: no
///   signature stands behind it.
struct RiskAccumulator {
  private static let behaviorAloneMax = 39

  /// What an incident's findings come to beside their scores.
  struct Circumstances {
    /// The tactics in the order in which they first occurred.
    var tactics: [String] = []
    /// Whether there are findings of model access and others.
    var crossesToModels = false
    /// The most critical entity that takes part.
    var asset: (entity: EntityKey, criticality: AssetCriticality)?
  }

  /// Returns the terms, the largest first as they were added.
  ///
  /// - Parameters:
  ///   - kinds: The worst finding of each title.
  ///   - circumstances: What there is beside their scores.
  /// - Returns: Terms that add up to the risk.
  static func terms(_ kinds: [Finding], _ circumstances: Circumstances) -> [RiskTerm] {
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
    terms += stages(circumstances)
    if let (entity, criticality) = circumstances.asset, criticality.points > 0 {
      let label = "\(criticality.rawValue) asset \(entity.value)"
      terms.append(RiskTerm(label: label, points: criticality.points))
    }
    if !isBehavior(first), let cap = excess(terms, over: 100) {
      terms.append(RiskTerm(label: "cap at 100", points: cap))
    }
    if isBehavior(first), let cap = excess(terms, over: behaviorAloneMax) {
      terms.append(RiskTerm(label: "behaviour alone", points: cap))
    }
    return terms
  }

  private static func stages(_ circumstances: Circumstances) -> [RiskTerm] {
    let count = circumstances.tactics.count
    guard count > 1 else { return [] }
    var terms = [RiskTerm(label: "\(count) tactics", points: min(3 * (count - 1), 12))]
    let chain = TacticChain.longest(circumstances.tactics).count
    if chain > 2 {
      terms.append(RiskTerm(label: "chain of \(chain)", points: min(2 * (chain - 2), 8)))
    }
    if circumstances.crossesToModels {
      terms.append(RiskTerm(label: "infrastructure and model access", points: 10))
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
