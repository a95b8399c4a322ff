import GRDB
public import VedetteEvent
public import VedetteFindings

extension IncidentStore {
  /// Carries out a decision about an incident and remembers who made it.
  ///
  /// - Parameters:
  ///   - action: What was decided.
  ///   - id: The start of the incident's id.
  ///   - user: Who decided.
  ///   - time: When, by the clock on the wall.
  /// - Returns: The incident's id and what holds now.
  /// - Throws: ``StoreError`` if there is no such incident or the decision changes nothing.
  @discardableResult
  public func apply(
    _ action: TriageAction,
    to id: String,
    by user: String,
    at time: EventTime
  ) throws(StoreError) -> (id: FindingID, triage: Triage) {
    try write { db in
      try TriageAction.check(user: user)
      let (key, incident, before) = try triage(of: id, db)
      let after = try action.applied(to: before)
      if after != before { try set(after, of: key, db) }
      try ActivityWriter(db, user: user, time: time)
        .append(action.name, action.detail, to: incident)
      if case .reopen = action {
        // Whoever was told of it is told again, by the run that sends.
        let sql = "UPDATE incident_notified SET is_reopened = 1 WHERE incident_id = ?"
        try db.run(sql, [incident.hex])
      }
      return (incident, after)
    }
  }

  /// Makes an incident part of another, for whoever reads it: the pipeline goes on as before.
  ///
  /// - Parameters:
  ///   - id: The start of the id of the one that becomes part.
  ///   - target: The start of the id of the one it becomes part of.
  ///   - user: Who decided.
  ///   - time: When, by the clock on the wall.
  /// - Returns: The id of the one that remains.
  /// - Throws: ``StoreError`` if one is not there or both are the same.
  @discardableResult
  public func merge(
    _ id: String,
    into target: String,
    by user: String,
    at time: EventTime
  ) throws(StoreError) -> FindingID {
    try write { db in
      try TriageAction.check(user: user)
      let part = try triage(of: id, db)
      let whole = try triage(of: target, db)
      guard part.key != whole.key else { throw TriageError.sameIncident }
      let after = whole.triage.joined(with: part.triage)
      if after != whole.triage { try set(after, of: whole.key, db) }
      try db.run(
        "UPDATE incident SET merged_into = ? WHERE incident_key = ?",
        [whole.key, part.key]
      )
      let activity = ActivityWriter(db, user: user, time: time)
      let state = part.triage.words
      try activity.append("merge", "became part of INC-\(whole.id.hex)", to: part.id)
      try activity.append(
        "merge",
        "INC-\(part.id.hex) (\(state)) became part of this",
        to: whole.id
      )
      return whole.id
    }
  }

  private func triage(
    of id: String,
    _ db: Database
  ) throws -> (key: Int64, id: FindingID, triage: Triage) {
    let key = try IDResolver(db, path: path).incident(id)
    let sql = "SELECT id, status, classification, owner FROM incident WHERE incident_key = ?"
    guard let row = try db.row(sql, [key]) else { throw StoreError(.unknownID(id), path: path) }
    return (key, try row.id("id"), try Triage(row))
  }

  private func set(_ triage: Triage, of key: Int64, _ db: Database) throws {
    try db.run(
      "UPDATE incident SET status = ?, classification = ?, owner = ? WHERE incident_key = ?",
      [triage.status.rawValue, triage.classification?.rawValue, triage.owner?.stored, key]
    )
  }
}
