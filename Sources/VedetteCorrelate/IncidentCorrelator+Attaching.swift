import VedetteEvent
import VedetteFindings

// Findings that belong to an incident and do not make it.
extension IncidentCorrelator {
  /// What a finding does to incidents.
  enum Standing {
    /// It opens one and links others.
    case opener
    /// It opens one where there is none of a rule.
    case leaf
    /// It only belongs to one, if there is one.
    case lesser
  }

  func standing(_ finding: Finding) -> Standing {
    guard opens(finding), keys[finding.id]?.first?.kind != .shared else { return .lesser }
    return RiskAccumulator.isBehavior(finding) ? .leaf : .opener
  }

  func opens(_ finding: Finding) -> Bool { finding.severity >= openingSeverity }

  /// Attaches a finding to the incident of the finding that explains it best, of those it has an edge
  /// to.
  ///
  /// Those of rules come first. A lesser one without any is where the finding of behaviour is that
  /// it has an edge to.
  mutating func attach(_ finding: Finding) {
    var best: (fit: Fit, id: FindingID)?
    var leaf: (fit: Fit, id: FindingID)?
    let isLesser = !opens(finding)
    for other in neighbours(of: finding) {
      guard component[other] != nil, let neighbour = findings[other] else { continue }
      let place = (fit: Fit(finding, neighbour), id: other)
      switch standing(neighbour) {
      case .opener: if best.map({ (place.fit, other) < ($0.fit, $0.id) }) ?? true { best = place }
      case .leaf:
        if isLesser, leaf.map({ (place.fit, other) < ($0.fit, $0.id) }) ?? true { leaf = place }
      case .lesser: break
      }
    }
    attach(finding.id, to: best?.id ?? leaf.map { homes[$0.id] ?? $0.id })
    if best == nil, leaf != nil {
      throughLeaf.insert(finding.id)
    } else {
      throughLeaf.remove(finding.id)
    }
  }

  /// Attaches a finding anew if a finding of a rule explains it better than what it is attached to.
  ///
  /// The neighbour is new or has grown.
  mutating func attach(_ finding: Finding, ifBetter neighbour: Finding) {
    guard let home = homes[finding.id], let known = findings[home], case .opener = standing(known),
      home != neighbour.id, component[home] != nil, !throughLeaf.contains(finding.id)
    else {
      attach(finding)
      if opens(finding) { attachLesser(around: finding) }
      return
    }
    let isBetter =
      (Fit(finding, neighbour), neighbour.id) < (Fit(finding, known), home)
    guard isBetter else { return }
    attach(finding.id, to: neighbour.id)
    if opens(finding) { attachLesser(around: finding) }
  }

  /// Attaches the lesser findings around one of behaviour where it is.
  mutating func attachLesser(around leaf: Finding) {
    for other in neighbours(of: leaf) {
      if let finding = findings[other], case .lesser = standing(finding) { attach(finding) }
    }
  }

  /// Takes a finding out of the incident that it is attached to.
  mutating func detach(_ finding: FindingID) {
    homes[finding] = nil
    throughLeaf.remove(finding)
    guard let root = attached.removeValue(forKey: finding) else { return }
    context[root]?.remove(finding)
    dirty.insert(root)
  }

  private mutating func attach(_ finding: FindingID, to home: FindingID?) {
    let root = home.flatMap { component[$0] }
    if let old = attached[finding], old != root {
      context[old]?.remove(finding)
      dirty.insert(old)
    }
    if let own = component[finding], attached[finding] != root { dirty.insert(own) }
    homes[finding] = home
    attached[finding] = root
    if let root {
      context[root, default: []].insert(finding)
      dirty.insert(root)
    }
  }

  /// How well one finding explains another: less is better.
  ///
  /// One at the same time comes before others, then one of many events before one of few, then the
  /// one that began nearest.
  private struct Fit: Comparable {
    var isApart: Bool
    var count: Int
    var distance: Int64

    init(_ finding: Finding, _ neighbour: Finding) {
      isApart = finding.time > neighbour.lastTime || neighbour.time > finding.lastTime
      count = neighbour.count
      let gap = finding.time.nanoseconds(since: neighbour.time)
      distance = gap < 0 ? 0 &- gap : gap
    }

    static func < (left: Fit, right: Fit) -> Bool {
      if left.isApart != right.isApart { return right.isApart }
      if left.count != right.count { return left.count > right.count }
      return left.distance < right.distance
    }
  }
}
