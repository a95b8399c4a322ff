import GRDB
import VedetteEvent
import VedetteFindings

extension IncidentStore {
  /// Writes what the pipeline has to say in one transaction: all of it or nothing.
  ///
  /// What an analyst decided is left as it is, also if that was a moment ago in another process;
  /// only a closed incident is opened again by what is new in it.
  ///
  /// - Parameter batch: What is new or has changed.
  /// - Returns: How much was written.
  /// - Throws: ``StoreError``; the commit before is intact, and the batch can be tried again.
  @discardableResult
  public func commit(_ batch: CommitBatch) throws(StoreError) -> CommitCounts {
    try write { db in
      var counts = CommitCounts()
      let entities = try EntityWriter(db)
      let verdicts = try VerdictKeeper(db, batch)
      let incidents = IncidentWriter(db, entities, time: batch.time)
      for incident in batch.incidents { try incidents.write(incident) }
      for alias in batch.mergedIncidents { try incidents.merge(alias.id, into: alias.target) }
      let findings = try FindingWriter(db, entities)
      for placed in batch.findings {
        let incident = try placed.incident.map { try incidents.key(of: $0) }
        counts.evidence += try findings.write(
          placed.finding,
          incident: incident,
          hiddenBy: placed.exception
        )
      }
      for moved in batch.movedFindings {
        try findings.move(moved.id, to: try moved.incident.map { try incidents.key(of: $0) })
      }
      for alias in batch.mergedFindings { try findings.merge(alias.id, into: alias.target) }
      try entities.finish()
      let quiet = try verdicts.finish()
      try ProgressWriter(db).write(batch)
      let notifications = batch.notifications.filter { !quiet.contains($0.incident) }
      try OutboxWriter(db).write(notifications, at: batch.time)
      try OutboxWriter(db).count(untold: batch.untoldCount)
      counts.stateBytes = try StateWriter(db).write(batch.stateRows, batch.stateDigests)
      counts.incidents = batch.incidents.count
      counts.findings = batch.findings.count
      return counts
    }
  }
}

/// Writes incidents: the pipeline's columns, never those of triage.
struct IncidentWriter {
  private let db: Database
  private let time: EventTime
  private let entities: EntityWriter

  init(_ db: Database, _ entities: EntityWriter, time: EventTime) {
    self.db = db
    self.time = time
    self.entities = entities
  }

  func write(_ incident: Incident) throws {
    // The pipeline knows best what is an incident of its own.
    try db.run("DELETE FROM incident_alias WHERE alias = ?", [incident.id.hex])
    let known = try db.number("SELECT incident_key FROM incident WHERE id = ?", [incident.id.hex])
    let key = try known.map { try update($0, incident) } ?? insert(incident)
    try writeTechniques(incident.techniques, of: key)
    try entities.write(
      incident.entities,
      incident: key,
      isNew: known == nil,
      seen: incident.firstSeen...max(incident.firstSeen, incident.lastSeen)
    )
    // An incident that begins earlier than was known gets another id, and nobody must notice.
    var isFresh = known == nil
    for alias in incident.aliases where alias != incident.id {
      isFresh = try !absorb(alias, into: key, named: incident.id, isFresh: isFresh) && isFresh
    }
  }

  /// Makes one incident part of another.
  func merge(_ id: FindingID, into target: FindingID) throws {
    guard id != target else { return }
    _ = try absorb(id, into: try key(of: target), named: target, isFresh: false)
  }

  /// Returns the key of an incident by its id or an alias.
  func key(of id: FindingID) throws -> Int64 {
    let sql = """
      SELECT incident_key FROM incident WHERE id = ?1
      UNION ALL SELECT incident_key FROM incident_alias WHERE alias = ?1
      """
    guard let key = try db.number(sql, [id.hex]) else {
      throw UnexpectedValue(column: "incident of a finding or alias", value: id.hex)
    }
    return key
  }

  private func update(_ key: Int64, _ incident: Incident) throws -> Int64 {
    let sql = """
      UPDATE incident SET title = ?, severity = ?, risk = ?, risk_terms = ?, first_seen = ?,
        last_seen = ?, techniques = ?, tactics = ?, sources = ?, finding_count = ?,
        event_count = ?, narrative = ?
      WHERE incident_key = ?
      """
    try db.run(sql, columns(incident) + [key])
    return key
  }

  private func insert(_ incident: Incident) throws -> Int64 {
    let sql = """
      INSERT INTO incident (title, severity, risk, risk_terms, first_seen, last_seen, techniques,
        tactics, sources, finding_count, event_count, narrative, id)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """
    try db.run(sql, columns(incident) + [incident.id.hex])
    return db.lastInsertedRowID
  }

  private func columns(_ incident: Incident) -> [(any DatabaseValueConvertible)?] {
    [
      incident.title.stored, incident.severity.name, incident.risk,
      StoredJSON.riskTerms(incident.riskTerms), incident.firstSeen.stored,
      incident.lastSeen.stored, StoredJSON.list(incident.techniques),
      StoredJSON.list(incident.tactics), StoredJSON.list(incident.sources.map(\.name)),
      incident.findingCount, incident.eventCount, incident.narrative.stored,
    ]
  }

  private func writeTechniques(_ techniques: [String], of key: Int64) throws {
    for technique in techniques {
      try db.run("INSERT OR IGNORE INTO incident_technique VALUES (?, ?)", [technique.stored, key])
    }
    try db.run(
      """
      DELETE FROM incident_technique WHERE incident_key = ?
        AND technique NOT IN (SELECT value FROM json_each(?))
      """,
      [key, StoredJSON.list(techniques)]
    )
  }

  /// Makes an id an alias and, if it was an incident, moves all it had; returns whether it was one.
  private func absorb(
    _ id: FindingID,
    into key: Int64,
    named target: FindingID,
    isFresh: Bool
  ) throws -> Bool {
    let sql = "SELECT incident_key, status, classification, owner FROM incident WHERE id = ?"
    let row = try db.row(sql, [id.hex])
    if let row {
      let absorbed: Int64 = row["incident_key"]
      guard absorbed != key else { return false }
      try moveTriage(of: id, try Triage(row), into: key, named: target, isFresh: isFresh)
      if isFresh {
        let sql = """
          UPDATE incident SET merged_into =
            (SELECT merged_into FROM incident WHERE incident_key = ?) WHERE incident_key = ?
          """
        try db.run(sql, [absorbed, key])
      }
      try move(absorbed, into: key)
    }
    let upsert = """
      INSERT INTO incident_alias VALUES (?, ?)
      ON CONFLICT (alias) DO UPDATE SET incident_key = excluded.incident_key
      """
    try db.run(upsert, [id.hex, key])
    return row != nil
  }

  /// Moves what was decided about an incident to the one it becomes part of.
  private func moveTriage(
    of id: FindingID,
    _ triage: Triage,
    into key: Int64,
    named target: FindingID,
    isFresh: Bool
  ) throws {
    let sql = "SELECT status, classification, owner FROM incident WHERE incident_key = ?"
    guard let row = try db.row(sql, [key]) else { return }
    let before = try Triage(row)
    // A fresh one is the same incident under another id: what was decided about it stays decided.
    let after = isFresh ? triage : before.joined(with: triage)
    guard triage != Triage() || after != before else { return }
    try db.run(
      "UPDATE incident SET status = ?, classification = ?, owner = ? WHERE incident_key = ?",
      [after.status.rawValue, after.classification?.rawValue, after.owner?.stored, key]
    )
    let activity = ActivityWriter(db, user: "vedette", time: time)
    try activity.append(
      "merge",
      "INC-\(id.hex) (\(triage.words)) became part of this",
      to: target
    )
  }

  private func move(_ key: Int64, into target: Int64) throws {
    try db.run("UPDATE finding SET incident_key = ? WHERE incident_key = ?", [target, key])
    try db.run("UPDATE incident_alias SET incident_key = ? WHERE incident_key = ?", [target, key])
    let sql = "UPDATE incident SET merged_into = nullif(?1, incident_key) WHERE merged_into = ?2"
    try db.run(sql, [target, key])
    try db.run("DELETE FROM incident WHERE incident_key = ?", [key])
  }
}

extension Triage {
  /// What was decided, in a few words.
  var words: String {
    [status.rawValue, classification?.rawValue, owner].compactMap(\.self).joined(separator: ", ")
  }
}
