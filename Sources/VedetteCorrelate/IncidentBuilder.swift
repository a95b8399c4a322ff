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

  /// Counts each basis once: what a detector says of it in all its findings together, by the
  /// detector that says most.
  private static func eventCount(_ findings: [Finding]) -> Int {
    var sums: [String: [String: Int]] = [:]
    for finding in findings {
      let detector = finding.rule?.id ?? finding.title
      let basis =
        finding.basis.isEmpty ? [FindingBasis(name: "", count: finding.count)] : finding.basis
      for part in basis { sums[part.name, default: [:]][detector, default: 0] += part.count }
    }
    return sums.values.reduce(0) { $0 + ($1.values.max() ?? 0) }
  }
}
