import VedetteEvent
public import VedetteFindings

extension IncidentCorrelator {
  /// What the state rows of an incident correlator are saved under.
  public static let stateName = "incidents"

  private static let version = 1

  /// Lets components go that nothing can join any more: a day and the window behind the newest.
  mutating func forgetOld() {
    let day: Int64 = 86_400_000_000_000
    let oldest = newest.subtractingClamped(windowNanoseconds.addingClamped(day))
    guard lastSweep < oldest.subtractingClamped(day / 24) else { return }
    lastSweep = oldest
    for (root, own) in members where isOver(own.union(context[root] ?? []), before: oldest) {
      for finding in own.union(context[root] ?? []) { forget(finding) }
      members[root] = nil
      context[root] = nil
      publishedIDs[root] = nil
    }
    for (id, finding) in findings
    where component[id] == nil && attached[id] == nil
      && finding.lastTime.nanosecondsSinceEpoch < oldest
    {
      forget(id)
    }
  }

  private func isOver(_ ids: Set<FindingID>, before oldest: Int64) -> Bool {
    ids.allSatisfy { (findings[$0]?.lastTime.nanosecondsSinceEpoch ?? .min) < oldest }
  }

  private mutating func forget(_ id: FindingID) {
    guard let finding = findings.removeValue(forKey: id) else { return }
    for key in JoinKey.all(finding.entities) {
      index[key]?.remove(id)
      if index[key]?.isEmpty == true { index[key] = nil }
    }
    component[id] = nil
    attached[id] = nil
    homes[id] = nil
    changed.insert(id)
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
          finding.writeWithoutEvidence(to: &writer)
          let root = component[id] ?? attached[id]
          writer.write(root.flatMap { publishedIDs[$0] } ?? []) { $0.write($1) }
          return writer.bytes
        }
      )
    }
    changed.removeAll(keepingCapacity: true)
    return rows
  }

  /// Lets go of what ``changes()`` would return, where state is not saved.
  public mutating func forgetChanges() { changed.removeAll(keepingCapacity: true) }

  /// Takes up saved state; the findings come back without their evidence, which is in the store.
  ///
  /// - Parameter rows: All rows that ``changes()`` ever gave, each as it was last.
  /// - Throws: ``StateError`` if a row is damaged or of another version.
  public mutating func restore(_ rows: [StateRow]) throws(StateError) {
    var ids: [FindingID: [FindingID]] = [:]
    var saved: [FindingChange] = []
    for row in rows.sorted(by: { $0.key < $1.key }) {
      guard let bytes = row.bytes else { continue }
      var reader = StateReader(bytes)
      let version = try reader.integer()
      guard version == Self.version else { throw .version(version) }
      let finding = try Finding(withoutEvidenceFrom: &reader)
      ids[finding.id] = try reader.list { reader throws(StateError) in try reader.findingID() }
      saved.append(.upsert(finding))
    }
    _ = take(saved)
    for (id, known) in ids where !known.isEmpty {
      guard let root = component[id] else { continue }
      publishedIDs[root] = known
    }
    changed.removeAll()
  }
}

extension Finding {
  fileprivate func writeWithoutEvidence(to writer: inout StateWriter) {
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
      writer.write(term.value) { $0.write($1) }
    }
    writer.write(explanation.nearestNormal) { writer, fact in
      writer.write(fact.name)
      writer.write(fact.value)
    }
  }

  fileprivate init(withoutEvidenceFrom reader: inout StateReader) throws(StateError) {
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
        value: try reader.optional { reader throws(StateError) in try reader.text() }
      )
    }
    let facts = try reader.list { reader throws(StateError) in
      ExplanationFact(name: try reader.text(), value: try reader.text())
    }
    return Explanation(summary: summary, terms: terms, nearestNormal: facts)
  }
}
