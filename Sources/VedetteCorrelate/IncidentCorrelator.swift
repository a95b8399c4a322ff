// Which findings are one incident.
//
// Findings of rules that are at least of the opening severity are the nodes of a graph: two have an
// edge if they share an entity that joins, are of one campaign, or are too many of one rule and
// source, and no more than the group window lies between them; of one rule and actor, no more than a
// day. Its connected components are incidents. Lesser findings open none and link none: each is
// attached to one incident that it has an edge to. Findings of behaviour link none either: each is
// attached to a signature's incident that it has an edge to, and only those that have none are
// incidents by themselves. As findings only grow, components only grow and merge, so the graph can
// be kept as it comes; that it equals the plain function of the set of findings is what the tests
// check.

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
  /// How critical entities are.
  let assets: AssetTable
  /// Findings that may still be joined, by id.
  var findings: [FindingID: Finding] = [:]
  /// The join keys of each finding.
  var keys: [FindingID: [JoinMark]] = [:]
  /// Each join key's findings.
  var index: [JoinMark: [FindingID]] = [:]
  /// Each opening finding's incident; the incident's name here is any one of its openers.
  var component: [FindingID: FindingID] = [:]
  /// The opening findings of each component.
  var members: [FindingID: Set<FindingID>] = [:]
  /// The id under which a component was last published, and earlier ones.
  var publishedIDs: [FindingID: [FindingID]] = [:]
  var attached: [FindingID: FindingID] = [:]
  /// The opening finding that each attached one has its incident from.
  var homes: [FindingID: FindingID] = [:]
  /// Attached ones that have an edge only to behaviour.
  var throughLeaf: Set<FindingID> = []
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
  ///   - assets: How critical entities are.
  public init(
    windowNanoseconds: Int64,
    openingSeverity: Severity,
    assets: AssetTable = AssetTable()
  ) {
    self.windowNanoseconds = windowNanoseconds
    self.assets = assets
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
  /// - Parameters:
  ///   - changes: New, grown and merged findings.
  ///   - sharing: Which addresses and keys many share.
  /// - Returns: The incidents that are new, have grown or were merged, in a stable order.
  public mutating func take(
    _ changes: [FindingChange],
    sharing: SharedEntities = SharedEntities()
  ) -> [IncidentChange] {
    for change in changes {
      switch change {
      case .upsert(let finding): upsert(finding, keys: keys(of: finding, sharing))
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
    guard let root = attached[finding] ?? component[finding] else { return nil }
    return publishedIDs[root]?.last
  }

  mutating func upsert(_ finding: Finding, keys joining: [JoinMark]) {
    // What is shown of its events is in the store, and of no use here.
    var finding = finding
    finding.evidence = []
    findings[finding.id] = finding
    changed.insert(finding.id)
    newest = max(newest, finding.lastTime.nanosecondsSinceEpoch)
    let crowded = note(joining, of: finding.id)
    let standing = standing(finding)
    if standing != .lesser, component[finding.id] == nil {
      detach(finding.id)
      component[finding.id] = finding.id
      members[finding.id] = [finding.id]
    }
    switch standing {
    case .opener: connect(finding)
    case .leaf: connectLeaf(finding)
    case .lesser: attach(finding)
    }
    for other in crowded {
      guard let root = component[finding.id], let otherRoot = component[other] else { continue }
      if root != otherRoot { _ = merge(root, otherRoot) }
    }
  }

  /// Makes what a finding of a rule has edges to one incident.
  private mutating func connect(_ finding: Finding) {
    guard var root = component[finding.id] else { return }
    dirty.insert(root)
    for other in neighbours(of: finding) {
      guard let neighbour = findings[other] else { continue }
      guard case .opener = standing(neighbour) else {
        attach(neighbour, ifBetter: finding)
        continue
      }
      guard let otherRoot = component[other], otherRoot != root else { continue }
      root = merge(root, otherRoot)
    }
  }

  /// Makes a finding of behaviour one with others, and attaches it where there is a signature.
  private mutating func connectLeaf(_ finding: Finding) {
    guard var root = component[finding.id] else { return }
    dirty.insert(root)
    for other in neighbours(of: finding) {
      guard let neighbour = findings[other], case .leaf = standing(neighbour),
        let otherRoot = component[other], otherRoot != root
      else { continue }
      root = merge(root, otherRoot)
    }
    attach(finding)
    attachLesser(around: finding)
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

  /// A finding turned out to be part of another: its place in the graph goes to the heir.
  private mutating func replace(_ old: FindingID, by heir: FindingID) {
    changed.insert(old)
    guard findings.removeValue(forKey: old) != nil else { return }
    unnote(old)
    detach(old)
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
    moveAttachedIDs()
    for root in dirty.sorted() {
      let openers = (members[root] ?? []).filter { attached[$0] == nil }.compactMap { findings[$0] }
      let lesser = (context[root] ?? []).compactMap { findings[$0] }
      let known = publishedIDs[root] ?? []
      guard
        let (incident, kinds) = IncidentBuilder.incident(
          openers: openers,
          context: lesser,
          aliases: known,
          settled: settled[root] ?? IncidentDigest(),
          assets: assets
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

  /// The ids of incidents of behaviour alone, all of which a signature explains now, become those of
  /// the signature's.
  private mutating func moveAttachedIDs() {
    for root in dirty.sorted() {
      guard let ids = publishedIDs[root], settled[root] == nil, let own = members[root],
        own.allSatisfy({ attached[$0] != nil }), let home = own.min().flatMap({ attached[$0] })
      else { continue }
      publishedIDs[root] = nil
      publishedIDs[home] = ids + (publishedIDs[home] ?? [])
      changedComponents.formUnion([root, home])
      dirty.insert(home)
    }
  }
}
