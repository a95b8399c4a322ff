/// Tactics in the order in which attacks go through them.
///
/// The order is that of the columns of ATT&CK, with those of ATLAS where they belong. Attacks leave
/// steps out and go back: a chain is the longest list of tactics, each of which first occurred after
/// the one before and comes later in the order.
enum TacticChain {
  private static let stages: [String: Int] = {
    let order = [
      ["reconnaissance"], ["resource-development"],
      ["initial-access", "ai-model-access", "ml-model-access"], ["execution"], ["persistence"],
      ["privilege-escalation"], ["defense-evasion", "stealth", "defense-impairment"],
      ["credential-access"], ["discovery"], ["lateral-movement"], ["collection"],
      ["ai-attack-staging", "ml-attack-staging"], ["command-and-control"], ["exfiltration"],
      ["impact"],
    ]
    var stages: [String: Int] = [:]
    for (stage, tactics) in order.enumerated() { for tactic in tactics { stages[tactic] = stage } }
    // Guessing a password comes before the access that it gives.
    stages["credential-access"] = stages["resource-development"]
    return stages
  }()

  /// Returns the longest chain; of several the one that is first in time.
  ///
  /// - Parameter tactics: Tactics in the order in which they first occurred.
  /// - Returns: The chain, a part of them.
  /// - Complexity: O(*n*²) for *n* tactics, of which there are fifteen.
  static func longest(_ tactics: [String]) -> [String] {
    let known = tactics.compactMap { name in stages[name].map { (name: name, stage: $0) } }
    var chains: [[Int]] = []
    for index in known.indices {
      var best: [Int] = []
      for before in 0..<index
      where known[before].stage < known[index].stage && chains[before].count > best.count {
        best = chains[before]
      }
      chains.append(best + [index])
    }
    var longest: [Int] = []
    for chain in chains where chain.count > longest.count { longest = chain }
    return longest.map { known[$0].name }
  }
}
