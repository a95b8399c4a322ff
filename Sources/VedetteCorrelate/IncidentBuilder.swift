import VedetteEvent
import VedetteFindings

/// Makes an incident of its findings: a pure function of them.
struct IncidentBuilder {
  private static let entitiesMax = 256

  /// Makes the incident of findings that belong together.
  ///
  /// - Parameters:
  ///   - openers: The findings that are bad enough to open an incident; not empty.
  ///   - context: The findings that only belong to it.
  ///   - aliases: Ids that were used before for what is now this incident.
  /// - Returns: The incident, or `nil` if nothing opens one.
  static func incident(
    openers: [Finding],
    context: [Finding],
    aliases: [FindingID]
  ) -> Incident? {
    guard let founder = openers.min(by: { ($0.time, $0.id) < ($1.time, $1.id) }) else {
      return nil
    }
    let all = (openers + context).sorted { ($0.time, $0.id) < ($1.time, $1.id) }
    let terms = RiskAccumulator.terms(all)
    let worst = openers.min { RiskAccumulator.isWorse($0, $1) } ?? founder
    return Incident(
      id: founder.id,
      title: worst.title,
      risk: terms.reduce(0) { $0 + $1.points },
      riskTerms: terms,
      firstSeen: all.map(\.time).min() ?? founder.time,
      lastSeen: all.map(\.lastTime).max() ?? founder.lastTime,
      entities: entities(all),
      techniques: Array(Set(all.flatMap(\.techniques))).sorted(),
      tactics: inOrder(all.flatMap(\.tactics)),
      findings: all.map(\.id),
      eventCount: eventCount(all),
      sources: Array(Set(all.flatMap(\.sources))).sorted(),
      narrative: "",
      aliases: aliases.filter { $0 != founder.id }.sorted()
    )
  }

  private static func entities(_ findings: [Finding]) -> [Entity] {
    var roles: [EntityKey: EntityRole] = [:]
    for entity in findings.lazy.flatMap(\.entities) {
      if let known = roles[entity.key], known.order <= entity.role.order { continue }
      roles[entity.key] = entity.role
    }
    let sorted = roles.sorted { ($0.value.order, $0.key) < ($1.value.order, $1.key) }
    return sorted.prefix(entitiesMax).map {
      Entity(type: $0.key.type, value: $0.key.value, role: $0.value)
    }
  }

  private static func inOrder(_ words: [String]) -> [String] {
    var seen: Set<String> = []
    return words.filter { seen.insert($0).inserted }
  }

  /// Counts each basis once, by the detector that says most of it in all its findings.
  ///
  /// Rules that matched the same events are one basis; what behaviour
  /// detectors rest on counts only where no rule says anything.
  private static func eventCount(_ findings: [Finding]) -> Int {
    var sums: [String: [String: (count: Int, fingerprint: UInt64)]] = [:]
    for finding in findings {
      for part in finding.basis {
        let known = sums[part.name]?[finding.rule?.id ?? finding.title] ?? (0, 0)
        sums[part.name, default: [:]][finding.rule?.id ?? finding.title] = (
          known.count + part.count, known.fingerprint &+ part.fingerprint
        )
      }
    }
    guard !sums.isEmpty else { return findings.map(\.count).max() ?? 0 }
    var seen: Set<UInt64> = []
    return sums.sorted { $0.key < $1.key }.reduce(0) { total, basis in
      guard
        let most = basis.value.values.max(by: {
          ($0.count, $0.fingerprint) < ($1.count, $1.fingerprint)
        }),
        seen.insert(most.fingerprint).inserted
      else { return total }
      return total + most.count
    }
  }
}
