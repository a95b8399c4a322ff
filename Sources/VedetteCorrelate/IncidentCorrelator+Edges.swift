import VedetteEvent
import VedetteFindings

// What makes two findings one incident's: the keys that they have in common.
extension IncidentCorrelator {
  /// So many findings of one rule and source in one window are left by themselves; more of them are
  /// one incident, which names and counts them all.
  static let findingsByRuleMax = 100

  /// Returns the keys by which a finding joins others.
  func keys(of finding: Finding, _ sharing: SharedEntities) -> [JoinMark] {
    let time = finding.time.nanosecondsSinceEpoch
    let known = finding.sources.filter { sharing.hasShared(in: $0) }
    func isShared(_ key: EntityKey) -> Bool {
      known.contains { sharing.isShared(key, in: $0, at: time) }
    }
    func joins(_ key: EntityKey) -> Bool {
      known.count < finding.sources.count || finding.sources.isEmpty
        || !known.allSatisfy { sharing.isShared(key, in: $0, at: time) }
    }
    var keys = JoinKey.all(finding.entities, joins: joins, isShared: isShared)
      .map { JoinMark(.actor, $0) }
    if finding.entities.contains(where: { $0.type == .ip && $0.isActing }) {
      let targets = JoinKey.targets(finding.entities)
      keys += targets.map { JoinMark(.tried, $0) }
      // Where there are too many addresses to name them all, the account says who belongs to it.
      if finding.entities.count >= Limits.entitiesPerFindingMax {
        keys += targets.map { JoinMark(.spread, $0) }
      }
    }
    if RiskAccumulator.isBehavior(finding) {
      guard finding.entities.count == 1 else { return keys }
      let subject = finding.entities[0].key
      return [joins(subject) ? JoinMark(.about, subject.description) : JoinMark(.shared, "")] + keys
    }
    if opens(finding), let rule = finding.rule {
      keys += finding.entities.map { JoinMark(.has, $0.key.description) }
      let stretch = time / max(1, windowNanoseconds)
      keys += finding.sources.map { JoinMark(.many, "\(rule.id) \($0.name) \(stretch)") }
    }
    var seen: Set<JoinMark> = []
    return keys.filter { seen.insert($0).inserted }
  }

  /// Makes the keys a finding's, and returns the findings that are too many with it.
  mutating func note(_ joining: [JoinMark], of id: FindingID) -> [FindingID] {
    let before = keys[id] ?? []
    guard joining != before else { return [] }
    keys[id] = joining
    let (old, new) = (Set(before), Set(joining))
    for key in before where !new.contains(key) { remove(id, from: key) }
    var crowded: Set<FindingID> = []
    for key in joining where !old.contains(key) {
      index[key, default: []].append(id)
      guard key.kind == .many, let all = index[key], all.count == Self.findingsByRuleMax + 1 else {
        continue
      }
      crowded.formUnion(all)
    }
    crowded.remove(id)
    return crowded.sorted()
  }

  /// Lets the keys of a finding go.
  mutating func unnote(_ id: FindingID) {
    for key in keys.removeValue(forKey: id) ?? [] { remove(id, from: key) }
  }

  private mutating func remove(_ id: FindingID, from key: JoinMark) {
    if let place = index[key]?.firstIndex(of: id) { index[key]?.remove(at: place) }
    if index[key]?.isEmpty == true { index[key] = nil }
  }

  /// Returns the findings that a finding has an edge to, in a stable order.
  ///
  /// Of findings that are too many, which have edges to each other already, one stands for all.
  func neighbours(of finding: Finding) -> [FindingID] {
    var found: Set<FindingID> = []
    for key in keys[finding.id] ?? [] {
      switch key.kind {
      case .actor: add(key, of: finding, .story, to: &found)
      case .spread:
        add(key, of: finding, .near, to: &found)
        add(key.of(.tried), of: finding, .near, to: &found)
      case .tried: add(key.of(.spread), of: finding, .near, to: &found)
      case .has: add(key.of(.about), of: finding, .explained, to: &found)
      case .about:
        add(key, of: finding, .near, to: &found)
        add(key.of(.has), of: finding, .explaining, to: &found)
      case .many:
        guard let all = index[key], all.count > Self.findingsByRuleMax else { continue }
        if let one = all.first(where: { $0 != finding.id && component[$0] != nil }),
          let known = findings[one], isNear(known, finding)
        {
          found.insert(one)
        }
      case .shared: break
      }
    }
    return found.sorted()
  }

  /// When two findings with a key in common have an edge.
  private enum Nearness {
    case near, story
    /// The other is of behaviour, which the finding explains.
    case explained
    /// The other is of a rule, and explains the finding.
    case explaining
  }

  /// Adds the findings of a key that are near enough.
  ///
  /// A method and no closure: what a closure knows of a correlator is a copy of it.
  private func add(
    _ key: JoinMark,
    of finding: Finding,
    _ nearness: Nearness,
    to found: inout Set<FindingID>
  ) {
    guard let all = index[key] else { return }
    for other in all where other != finding.id && !found.contains(other) {
      guard let known = findings[other] else { continue }
      let hasEdge =
        switch nearness {
        case .near: isNear(known, finding)
        case .story: isStory(known, finding)
        case .explained: explains(finding, known)
        case .explaining: explains(known, finding)
        }
      if hasEdge { found.insert(other) }
    }
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
