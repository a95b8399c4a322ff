import VedetteEvent
import VedetteFindings

// What makes two findings one incident's, as keys that they have in common.
//
// "= KEY"       whoever acts: see JoinKey
// "spread KEY"  an account that more addresses of one finding try than are named: a campaign
// "tried KEY"   an account that an address tries: joins a campaign, but not another of its kind
// "many KEY"    a rule, a source and a stretch of time: joins where there are too many
// "has KEY"     an entity of a finding of a rule: joins behaviour about it, but not another rule's
// "about KEY"   the one entity that a finding of behaviour is about
// "shared"      a finding of behaviour about what many share, which says nothing of any of them: it is
//               part of no incident
extension IncidentCorrelator {
  /// So many findings of one rule and source in one window are left by themselves; more of them are
  /// one incident, which names and counts them all.
  static let findingsByRuleMax = 100

  /// The key of a finding of behaviour about what many share.
  static let sharedKey = "shared"

  /// Returns the keys by which a finding joins others.
  func keys(of finding: Finding, _ sharing: SharedEntities) -> [String] {
    let time = finding.time.nanosecondsSinceEpoch
    let known = finding.sources.filter { sharing.hasShared(in: $0) }
    func isShared(_ key: EntityKey) -> Bool {
      known.contains { sharing.isShared(key, in: $0, at: time) }
    }
    func joins(_ key: EntityKey) -> Bool {
      known.count < finding.sources.count || finding.sources.isEmpty
        || !known.allSatisfy { sharing.isShared(key, in: $0, at: time) }
    }
    var keys = JoinKey.all(finding.entities, joins: joins, isShared: isShared).map { "= " + $0 }
    if finding.entities.contains(where: { $0.type == .ip && $0.isActing }) {
      let targets = JoinKey.targets(finding.entities)
      keys += targets.map { "tried " + $0 }
      // Where there are too many addresses to name them all, the account says who belongs to it.
      if finding.entities.count >= Limits.entitiesPerFindingMax {
        keys += targets.map { "spread " + $0 }
      }
    }
    if RiskAccumulator.isBehavior(finding) {
      guard finding.entities.count == 1 else { return keys }
      let subject = finding.entities[0].key
      return joins(subject) ? keys + ["about \(subject)"] : [Self.sharedKey]
    }
    if opens(finding), let rule = finding.rule {
      keys += Set(finding.entities.map { "has \($0.key)" }).sorted()
      let stretch = time / max(1, windowNanoseconds)
      keys += finding.sources.map { "many \(rule.id) \($0.name) \(stretch)" }
    }
    return keys
  }

  /// Makes the keys a finding's, and returns the findings that are too many with it.
  mutating func note(_ joining: [String], of id: FindingID) -> [FindingID] {
    let before = keys[id] ?? []
    guard joining != before else { return [] }
    keys[id] = joining
    for key in before where !joining.contains(key) { remove(id, from: key) }
    var crowded: Set<FindingID> = []
    for key in joining {
      let isNew = index[key, default: []].insert(id).inserted
      guard isNew, key.hasPrefix("many "), let all = index[key],
        all.count == Self.findingsByRuleMax + 1
      else { continue }
      crowded.formUnion(all)
    }
    crowded.remove(id)
    return crowded.sorted()
  }

  /// Lets the keys of a finding go.
  mutating func unnote(_ id: FindingID) {
    for key in keys.removeValue(forKey: id) ?? [] { remove(id, from: key) }
  }

  private mutating func remove(_ id: FindingID, from key: String) {
    index[key]?.remove(id)
    if index[key]?.isEmpty == true { index[key] = nil }
  }

  /// Returns the findings that a finding has an edge to, in a stable order.
  ///
  /// Of findings that are too many, which have edges to each other already, one stands for all.
  func neighbours(of finding: Finding) -> [FindingID] {
    var found: Set<FindingID> = []
    func add(_ others: Set<FindingID>?, _ areNear: (Finding, Finding) -> Bool) {
      for other in others ?? [] where other != finding.id && !found.contains(other) {
        if let known = findings[other], areNear(known, finding) { found.insert(other) }
      }
    }
    for key in keys[finding.id] ?? [] where key != Self.sharedKey {
      if key.hasPrefix("spread ") {
        add(index[key], isNear)
        add(index["tried " + key.dropFirst(7)], isNear)
      } else if key.hasPrefix("tried ") {
        add(index["spread " + key.dropFirst(6)], isNear)
      } else if key.hasPrefix("has ") {
        add(index["about " + key.dropFirst(4)]) { explains($1, $0) }
      } else if key.hasPrefix("about ") {
        add(index[key], isNear)
        add(index["has " + key.dropFirst(6)], explains)
      } else if key.hasPrefix("many ") {
        guard let all = index[key], all.count > Self.findingsByRuleMax else { continue }
        let one = all.first { $0 != finding.id && component[$0] != nil }
        add(one.map { [$0] }, isNear)
      } else {
        add(index[key], isStory)
      }
    }
    return found.sorted()
  }
}

extension IncidentCorrelator {
  private static let dayNanoseconds: Int64 = 86_400_000_000_000

  /// Whether no more than the group window lies between two findings.
  func isNear(_ left: Finding, _ right: Finding) -> Bool {
    isNear(left, right, within: windowNanoseconds)
  }

  /// Whether no more than the group window lies between two findings of one actor; a day if the same
  /// rule says the same of him again.
  private func isStory(_ left: Finding, _ right: Finding) -> Bool {
    if let rule = left.rule, rule.id == right.rule?.id {
      return isNear(left, right, within: max(windowNanoseconds, Self.dayNanoseconds))
    }
    return isNear(left, right)
  }

  /// Whether a finding of a rule may be why an entity behaved as another says.
  ///
  /// An account that was tried now and then by somebody is not unusual because of that.
  private func explains(_ rule: Finding, _ behavior: Finding) -> Bool {
    isNear(rule, behavior)
      && (behavior.entities.first?.type != .user || 2 * rule.count >= behavior.count)
  }

  private func isNear(_ left: Finding, _ right: Finding, within nanoseconds: Int64) -> Bool {
    left.time.nanoseconds(since: right.lastTime) <= nanoseconds
      && right.time.nanoseconds(since: left.lastTime) <= nanoseconds
  }
}
