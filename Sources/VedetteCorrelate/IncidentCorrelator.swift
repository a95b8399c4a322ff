// Which findings are one incident.
//
// Two findings belong together if they share an entity that joins and no more than the group window
// lies between them. Findings of at least the opening severity are the nodes of a graph with these
// edges; its connected components are the incidents. Lesser findings open none and link none: each
// is attached to one incident it has an edge to. As findings only grow, components only grow and
// merge, so the graph can be kept as it comes; that it equals the plain function of the set of
// findings is what the tests check.

public import VedetteEvent
public import VedetteFindings

/// What happened to incidents.
public enum IncidentChange: Sendable, Hashable {
  /// An incident is new or has grown; with the findings that changed with it.
  case upsert(Incident)
  /// An incident became part of another; its id stays an alias.
  case merged(FindingID, into: FindingID)
}

/// Groups findings into incidents, as they come.
public struct IncidentCorrelator {
  let windowNanoseconds: Int64
  let openingSeverity: Severity
  /// Findings that may still be joined, by id.
  var findings: [FindingID: Finding] = [:]
  /// Each join key's findings.
  var index: [String: Set<FindingID>] = [:]
  /// Each opening finding's incident; the incident's name here is any one of its openers.
  var component: [FindingID: FindingID] = [:]
  /// The opening findings of each component.
  var members: [FindingID: Set<FindingID>] = [:]
  /// The id under which a component was last published, and earlier ones.
  var publishedIDs: [FindingID: [FindingID]] = [:]
  var attached: [FindingID: FindingID] = [:]
  /// The opening finding that each attached one has its incident from.
  var homes: [FindingID: FindingID] = [:]
  var context: [FindingID: Set<FindingID>] = [:]
  /// What is left of a component's findings that nothing can join any more.
  var settled: [FindingID: IncidentDigest] = [:]
  /// The worst finding of each title of the incidents that were last returned.
  private var representatives: [FindingID: [Finding]] = [:]
  var newest = Int64.min
  var lastSweep = Int64.min
  var dirty: Set<FindingID> = []
  var changed: Set<FindingID> = []
  /// The components whose ids or ``settled`` changed since the state was last saved.
  var changedComponents: Set<FindingID> = []

  /// Creates a correlator without findings.
  ///
  /// - Parameters:
  ///   - windowNanoseconds: The longest pause between two findings of one entity that leaves them
  ///     one incident.
  ///   - openingSeverity: The least severity that opens an incident.
  public init(windowNanoseconds: Int64, openingSeverity: Severity) {
    self.windowNanoseconds = windowNanoseconds
    self.openingSeverity = openingSeverity
  }

  /// The number of findings that may still be joined.
  public var findingCount: Int { findings.count }

  /// The ids of the incidents that may still grow or merge, with their earlier ids.
  public var heldIncidents: Set<FindingID> { Set(publishedIDs.values.joined()) }

  /// Returns a finding that may still be joined or moved, as it is now.
  ///
  /// - Parameter id: A finding's id.
  /// - Returns: The finding without its evidence, or `nil` if nothing can join it any more.
  public func finding(_ id: FindingID) -> Finding? { findings[id] }

  /// Takes what detectors say has changed.
  ///
  /// - Parameter changes: New, grown and merged findings.
  /// - Returns: The incidents that are new, have grown or were merged, in a stable order.
  public mutating func take(_ changes: [FindingChange]) -> [IncidentChange] {
    for change in changes {
      switch change {
      case .upsert(let finding): upsert(finding)
      case .merged(let old, let heir): replace(old, by: heir)
      }
    }
    let result = publish()
    forgetOld()
    return result
  }

  /// Returns what an incident is told by, of those that were last returned.
  ///
  /// - Parameter incident: The incident's id.
  /// - Returns: The worst finding of each title, in the order in which the titles first occurred.
  public func representatives(of incident: FindingID) -> [Finding] {
    representatives[incident] ?? []
  }

  /// Returns the incident that a finding is part of, if any.
  public func incident(of finding: FindingID) -> FindingID? {
    guard let root = component[finding] ?? attached[finding] else { return nil }
    return publishedIDs[root]?.last
  }

  mutating func upsert(_ finding: Finding) {
    let isNew = findings[finding.id] == nil
    // What is shown of its events is in the store, and of no use here.
    var finding = finding
    finding.evidence = []
    findings[finding.id] = finding
    changed.insert(finding.id)
    newest = max(newest, finding.lastTime.nanosecondsSinceEpoch)
    for key in JoinKey.all(finding.entities) { index[key, default: []].insert(finding.id) }
    if opens(finding) {
      if isNew, component[finding.id] == nil {
        component[finding.id] = finding.id
        members[finding.id] = [finding.id]
      }
      connect(finding)
    } else {
      attach(finding)
    }
  }

  private func opens(_ finding: Finding) -> Bool { finding.severity >= openingSeverity }

  private mutating func connect(_ finding: Finding) {
    guard var root = component[finding.id] else { return }
    dirty.insert(root)
    for other in neighbours(of: finding) {
      guard let neighbour = findings[other] else { continue }
      guard opens(neighbour) else {
        attach(neighbour, ifBetter: finding)
        continue
      }
      guard let otherRoot = component[other], otherRoot != root else { continue }
      root = merge(root, otherRoot)
    }
  }

  /// Joins two components under the root that comes first.
  private mutating func merge(_ left: FindingID, _ right: FindingID) -> FindingID {
    let (root, gone) = left < right ? (left, right) : (right, left)
    for member in members[gone] ?? [] { component[member] = root }
    members[root, default: []].formUnion(members[gone] ?? [])
    members[gone] = nil
    for finding in context[gone] ?? [] { attached[finding] = root }
    context[root, default: []].formUnion(context[gone] ?? [])
    context[gone] = nil
    if let ids = publishedIDs.removeValue(forKey: gone) {
      publishedIDs[root] = ids + (publishedIDs[root] ?? [])
    }
    moveSettled(from: gone, to: root)
    changedComponents.formUnion([gone, root])
    dirty.remove(gone)
    dirty.insert(root)
    return root
  }

  /// Attaches a lesser finding to the incident, of those it has an edge to, that began first.
  private mutating func attach(_ finding: Finding) {
    var best: (start: EventTime, id: FindingID)?
    for other in neighbours(of: finding) {
      guard component[other] != nil, let start = findings[other]?.time else { continue }
      if let known = best, (known.start, known.id) <= (start, other) { continue }
      best = (start, other)
    }
    attach(finding.id, to: best?.id)
  }

  /// Attaches a lesser finding anew if a neighbour began before what it is attached to.
  ///
  /// The neighbour is new or has grown. Findings only grow, so that no other can have become first.
  private mutating func attach(_ finding: Finding, ifBetter neighbour: Finding) {
    guard let home = homes[finding.id], let known = findings[home] else { return attach(finding) }
    guard home != neighbour.id, (neighbour.time, neighbour.id) < (known.time, known.id) else {
      return
    }
    attach(finding.id, to: neighbour.id)
  }

  private mutating func attach(_ finding: FindingID, to home: FindingID?) {
    let root = home.flatMap { component[$0] }
    if let old = attached[finding], old != root {
      context[old]?.remove(finding)
      dirty.insert(old)
    }
    homes[finding] = home
    attached[finding] = root
    if let root {
      context[root, default: []].insert(finding)
      dirty.insert(root)
    }
  }

  private func neighbours(of finding: Finding) -> [FindingID] {
    var found: Set<FindingID> = []
    for key in JoinKey.all(finding.entities) {
      for other in index[key] ?? [] where other != finding.id && !found.contains(other) {
        if let known = findings[other], isNear(known, finding) { found.insert(other) }
      }
    }
    return found.sorted()
  }

  private func isNear(_ left: Finding, _ right: Finding) -> Bool {
    left.time.nanoseconds(since: right.lastTime) <= windowNanoseconds
      && right.time.nanoseconds(since: left.lastTime) <= windowNanoseconds
  }

  /// A finding turned out to be part of another: its place in the graph goes to the heir.
  private mutating func replace(_ old: FindingID, by heir: FindingID) {
    changed.insert(old)
    guard let gone = findings.removeValue(forKey: old) else { return }
    for key in JoinKey.all(gone.entities) { index[key]?.remove(old) }
    homes[old] = nil
    if let root = attached.removeValue(forKey: old) {
      context[root]?.remove(old)
      dirty.insert(root)
    }
    guard let root = component.removeValue(forKey: old) else { return }
    if component[heir] == nil {
      component[heir] = root
      members[root, default: []].insert(heir)
    } else if let heirRoot = component[heir], heirRoot != root {
      _ = merge(root, heirRoot)
    }
    let kept = component[heir] ?? root
    members[kept]?.remove(old)
    dirty.insert(kept)
    if kept == old { rename(old, to: heir) }
  }

  private mutating func moveSettled(from gone: FindingID, to root: FindingID) {
    guard let digest = settled.removeValue(forKey: gone) else { return }
    settled[root, default: IncidentDigest()].add(digest)
    settled[root]?.trim()
  }

  /// A component is called after one of its members: when that goes, after another.
  mutating func rename(_ root: FindingID, to new: FindingID) {
    let own = members.removeValue(forKey: root) ?? []
    for member in own { component[member] = new }
    members[new] = own
    for finding in context[root] ?? [] { attached[finding] = new }
    if let moved = context.removeValue(forKey: root) { context[new] = moved }
    if let ids = publishedIDs.removeValue(forKey: root) { publishedIDs[new] = ids }
    moveSettled(from: root, to: new)
    changedComponents.formUnion([root, new])
    if dirty.remove(root) != nil { dirty.insert(new) }
  }

  mutating func publish() -> [IncidentChange] {
    var result: [IncidentChange] = []
    representatives = [:]
    for root in dirty.sorted() {
      let openers = (members[root] ?? []).compactMap { findings[$0] }
      let lesser = (context[root] ?? []).compactMap { findings[$0] }
      let known = publishedIDs[root] ?? []
      guard
        let (incident, kinds) = IncidentBuilder.incident(
          openers: openers,
          context: lesser,
          aliases: known,
          settled: settled[root] ?? IncidentDigest()
        )
      else { continue }
      representatives[incident.id] = kinds
      for old in known where old != incident.id {
        result.append(.merged(old, into: incident.id))
      }
      if known.last != incident.id {
        publishedIDs[root] = known.filter { $0 != incident.id } + [incident.id]
        changedComponents.insert(root)
      }
      result.append(.upsert(incident))
    }
    dirty.removeAll(keepingCapacity: true)
    return result
  }
}
