import VedetteEvent
public import VedetteFindings

extension IncidentCorrelator {
  /// What the state rows of an incident correlator are saved under.
  public static let stateName = "incidents"

  private static let version = 3

  /// Lets findings go that nothing can join any more: a day and the window behind the newest.
  ///
  /// Of a component that goes on, what they say stays as a digest.
  mutating func forgetOld() {
    let day: Int64 = 86_400_000_000_000
    let oldest = newest.subtractingHeld(windowNanoseconds.addingHeld(day))
    guard lastSweep < oldest.subtractingHeld(day / 24) else { return }
    lastSweep = oldest
    for (root, all) in members.sorted(by: { $0.key < $1.key }) {
      // Behaviour that is part of another incident goes with that.
      let own = all.filter { attached[$0] == nil }
      guard !own.isEmpty else { continue }
      let lesser = context[root] ?? []
      let old = own.filter { isOld($0, before: oldest) }
      let oldLesser = lesser.filter { isOld($0, before: oldest) }
      if old.count == own.count, oldLesser.count == lesser.count {
        drop(root, own.union(lesser))
      } else {
        settle(root, old, oldLesser)
      }
    }
    for (id, finding) in findings
    where component[id] == nil && attached[id] == nil
      && finding.lastTime.nanosecondsSinceEpoch < oldest
    {
      forget(id)
    }
  }

  private func isOld(_ id: FindingID, before oldest: Int64) -> Bool {
    (findings[id]?.lastTime.nanosecondsSinceEpoch ?? .min) < oldest
  }

  private mutating func drop(_ root: FindingID, _ ids: Set<FindingID>) {
    changedComponents.insert(root)
    context[root] = nil
    publishedIDs[root] = nil
    settled[root] = nil
    // Behaviour that is part of other incidents stays for as long as those.
    if let rest = members[root]?.subtracting(ids).min(), ids.contains(root) {
      rename(root, to: rest)
    }
    for finding in ids { forget(finding) }
  }

  private mutating func settle(
    _ root: FindingID,
    _ openers: Set<FindingID>,
    _ lesser: Set<FindingID>
  ) {
    // The component needs a name, and so a member: the last one stays.
    let own = (members[root] ?? []).filter { attached[$0] == nil }
    let kept = own.subtracting(openers).min() ?? openers.max()
    guard let kept, !(openers.subtracting([kept]).isEmpty && lesser.isEmpty) else { return }
    var (root, digest) = (root, settled[root] ?? IncidentDigest())
    // So that it does not go with the one that it is called after.
    if openers.contains(root), root != kept {
      rename(root, to: kept)
      root = kept
    }
    for id in openers where id != kept {
      if let finding = findings[id] { digest.add(finding, opens: true) }
      forget(id)
    }
    for id in lesser {
      if let finding = findings[id] { digest.add(finding, opens: false) }
      forget(id)
    }
    digest.trim()
    settled[root] = digest
    changedComponents.insert(root)
  }

  private mutating func forget(_ id: FindingID) {
    guard findings.removeValue(forKey: id) != nil else { return }
    unnote(id)
    homes[id] = nil
    throughLeaf.remove(id)
    changed.insert(id)
    if let root = attached.removeValue(forKey: id) { context[root]?.remove(id) }
    guard let root = component.removeValue(forKey: id) else { return }
    members[root]?.remove(id)
    guard let next = members[root]?.min() else {
      members[root] = nil
      context[root] = nil
      publishedIDs[root] = nil
      settled[root] = nil
      changedComponents.insert(root)
      return
    }
    if root == id { rename(root, to: next) }
  }

  /// Returns the state that changed since the last call, in a stable order.
  public mutating func changes() -> [StateRow] {
    let rows = changed.sorted().map { id in
      StateRow(
        detector: Self.stateName,
        shard: Int(id.high % 64),
        key: id.hex,
        bytes: findings[id].map { finding in
          var writer = StateWriter()
          writer.write(Self.version)
          writer.write(keys[id] ?? []) { $0.write($1.value) }
          finding.writeWithoutEvidence(to: &writer)
          return writer.bytes
        }
      )
    }
    changed.removeAll(keepingCapacity: true)
    let all = rows + componentRows()
    return all.isEmpty ? [] : all + [clockRow()]
  }

  private static let componentMark = "incident "
  private static let clockKey = "clock"

  /// When findings were last let go: so that a restored correlator lets go of the same ones.
  private func clockRow() -> StateRow {
    var writer = StateWriter()
    writer.write(Self.version)
    writer.write(lastSweep)
    return StateRow(detector: Self.stateName, shard: 0, key: Self.clockKey, bytes: writer.bytes)
  }

  private mutating func componentRows() -> [StateRow] {
    let rows = changedComponents.sorted().map { root in
      StateRow(
        detector: Self.stateName,
        shard: Int(root.high % 64),
        key: Self.componentMark + root.hex,
        bytes: publishedIDs[root].map { ids in
          var writer = StateWriter()
          writer.write(Self.version)
          writer.write(root)
          writer.write(ids) { $0.write($1) }
          writer.write(settled[root]) { $1.write(to: &$0) }
          return writer.bytes
        }
      )
    }
    changedComponents.removeAll(keepingCapacity: true)
    return rows
  }

  /// Lets go of what ``changes()`` would return, where state is not saved.
  public mutating func forgetChanges() {
    changed.removeAll(keepingCapacity: true)
    changedComponents.removeAll(keepingCapacity: true)
  }

  /// Takes up saved state; the findings come back without their evidence, which is in the store.
  ///
  /// - Parameter rows: All rows that ``changes()`` ever gave, each as it was last.
  /// - Throws: ``StateError`` if a row is damaged or of another version.
  public mutating func restore(_ rows: [StateRow]) throws(StateError) {
    var incidents: [SavedComponent] = []
    for row in rows.sorted(by: { $0.key < $1.key }) {
      guard let bytes = row.bytes else { continue }
      var reader = StateReader(bytes)
      let version = try reader.integer()
      guard version == Self.version else { throw .version(version) }
      guard row.key != Self.clockKey else {
        lastSweep = try reader.signed()
        continue
      }
      guard !row.key.hasPrefix(Self.componentMark) else {
        incidents.append(try Self.component(from: &reader))
        continue
      }
      let keys = try reader.list { reader throws(StateError) in
        JoinMark(value: try reader.unsigned())
      }
      upsert(try Finding(withoutEvidenceFrom: &reader), keys: keys)
    }
    _ = publish()
    for saved in incidents {
      guard let root = component[saved.root] else { continue }
      publishedIDs[root] = saved.ids
      settled[root] = saved.digest
    }
    forgetChanges()
  }

  private typealias SavedComponent = (
    root: FindingID, ids: [FindingID], digest: IncidentDigest?
  )

  private static func component(
    from reader: inout StateReader
  ) throws(StateError) -> SavedComponent {
    (
      try reader.findingID(),
      try reader.list { reader throws(StateError) in try reader.findingID() },
      try reader.optional { reader throws(StateError) in try IncidentDigest(from: &reader) }
    )
  }
}

extension Finding {
  func writeWithoutEvidence(to writer: inout StateWriter) {
    writer.write(id)
    writer.write(time.nanosecondsSinceEpoch)
    writer.write(lastTime.nanosecondsSinceEpoch)
    writer.write(detectedTime.nanosecondsSinceEpoch)
    writer.write(detector.rawValue)
    writer.write(title)
    writer.write(rule) { writer, rule in
      writer.write(rule.id)
      writer.write(rule.title)
      writer.write(rule.level.rawValue)
      writer.write(rule.path)
    }
    writer.write(severity.rawValue)
    writer.write(score)
    writer.write(entities) { $0.write($1) }
    writer.write(techniques) { $0.write($1) }
    writer.write(tactics) { $0.write($1) }
    writer.write(sources) { $0.write($1.name) }
    writer.write(count)
    writer.write(basis) { writer, part in
      writer.write(part.name)
      writer.write(part.count)
      writer.write(part.fingerprint)
    }
    writer.write(explanation.summary)
    writer.write(explanation.terms) { writer, term in
      writer.write(term.feature)
      writer.write(term.observed)
      writer.write(term.expected) { $0.write($1) }
      writer.write(term.scale) { $0.write($1) }
      writer.write(term.contribution)
      writer.write(term.bound) { $0.write($1) }
      writer.write(term.value) { $0.write($1) }
    }
    writer.write(explanation.nearestNormal) { writer, fact in
      writer.write(fact.name)
      writer.write(fact.value)
    }
  }

  init(withoutEvidenceFrom reader: inout StateReader) throws(StateError) {
    let id = try reader.findingID()
    let time = EventTime(nanosecondsSinceEpoch: try reader.signed())
    let lastTime = EventTime(nanosecondsSinceEpoch: try reader.signed())
    let detectedTime = EventTime(nanosecondsSinceEpoch: try reader.signed())
    guard let detector = DetectorKind(rawValue: try reader.text()) else { throw .malformed }
    let title = try reader.text()
    let rule = try reader.optional { reader throws(StateError) in
      let (id, title) = (try reader.text(), try reader.text())
      guard let level = Severity(rawValue: try reader.integer()) else { throw .malformed }
      return RuleReference(id: id, title: title, level: level, path: try reader.text())
    }
    guard let severity = Severity(rawValue: try reader.integer()) else { throw .malformed }
    self.init(
      id: id,
      time: time,
      lastTime: lastTime,
      detectedTime: detectedTime,
      detector: detector,
      title: title,
      rule: rule,
      severity: severity,
      score: try reader.integer(),
      entities: try reader.list { reader throws(StateError) in try reader.entity() },
      techniques: try reader.list { reader throws(StateError) in try reader.text() },
      tactics: try reader.list { reader throws(StateError) in try reader.text() },
      sources: try reader.list { reader throws(StateError) in SourceID(try reader.text()) },
      count: try reader.integer(),
      basis: try reader.list { reader throws(StateError) in
        FindingBasis(
          name: try reader.text(),
          count: try reader.integer(),
          fingerprint: try reader.unsigned()
        )
      },
      evidence: [],
      explanation: try Self.explanation(from: &reader)
    )
  }

  private static func explanation(
    from reader: inout StateReader
  ) throws(StateError) -> Explanation {
    let summary = try reader.text()
    let terms = try reader.list { reader throws(StateError) in
      ExplanationTerm(
        feature: try reader.text(),
        observed: try reader.double(),
        expected: try reader.optional { reader throws(StateError) in try reader.double() },
        scale: try reader.optional { reader throws(StateError) in try reader.double() },
        contribution: try reader.double(),
        bound: try reader.optional { reader throws(StateError) in try reader.double() },
        value: try reader.optional { reader throws(StateError) in try reader.text() }
      )
    }
    let facts = try reader.list { reader throws(StateError) in
      ExplanationFact(name: try reader.text(), value: try reader.text())
    }
    return Explanation(summary: summary, terms: terms, nearestNormal: facts)
  }
}
