import GRDB
public import VedetteEvent
public import VedetteFindings

extension IncidentStore {
  /// Takes incidents away for good, with all that belongs to them, and says so in the activity.
  ///
  /// The file is written anew afterwards, so that nothing of it stays in free pages or in the log
  /// beside the file. What a running pipeline remembers would come back: open the database with
  /// ``Purpose/maintenance``, which nobody can while one runs.
  ///
  /// - Parameters:
  ///   - scope: What goes.
  ///   - user: Who decided.
  ///   - time: When, by the clock on the wall.
  /// - Returns: What was taken away.
  /// - Throws: ``StoreError`` if the database can't be written; everything is as it was then.
  @discardableResult
  public func purge(
    _ scope: PurgeScope,
    by user: String,
    at time: EventTime
  ) throws(StoreError) -> PurgeCounts {
    let counts = try write { db in
      try TriageAction.check(user: user)
      return try Purge(db, user: user, time: time).run(scope, incidentsMax: .max)
    }
    try rewrite()
    return counts
  }

  /// Says what a purge would take away, and leaves everything as it is.
  ///
  /// - Parameters:
  ///   - scope: What would go.
  ///   - time: When, by the clock on the wall.
  /// - Returns: What it would take away.
  /// - Throws: ``StoreError`` if the database can't be written.
  public func purgePreview(
    _ scope: PurgeScope,
    at time: EventTime
  ) throws(StoreError) -> PurgeCounts {
    try write(keeps: false) { db in
      try Purge(db, user: "preview", time: time).run(scope, incidentsMax: .max)
    }
  }

  /// Takes away what is older than is to be kept, while a pipeline runs: some at a time.
  ///
  /// - Parameters:
  ///   - cut: Incidents last seen before this go.
  ///   - held: Incidents that the pipeline may still write, which stay.
  ///   - time: When, by the clock on the wall.
  /// - Returns: What was taken away; call again if it is ``Limits/purgedIncidentsMax`` incidents.
  /// - Throws: ``StoreError`` if the database can't be written; nothing was taken away then.
  public func retain(
    since cut: EventTime,
    except held: Set<FindingID>,
    at time: EventTime
  ) throws(StoreError) -> PurgeCounts {
    // What was deleted is overwritten: it is not to be found in pages that are free.
    try execute("PRAGMA secure_delete = ON")
    let counts = try write { db in
      try Purge(db, user: "vedette", time: time, held: held).run(
        .before(cut),
        incidentsMax: Limits.purgedIncidentsMax
      )
    }
    try execute("PRAGMA secure_delete = OFF; PRAGMA wal_checkpoint(TRUNCATE)")
    return counts
  }
}

/// Takes rows away, inside one transaction.
struct Purge {
  private let db: Database
  private let user: String
  private let time: EventTime
  private let held: Set<FindingID>

  init(_ db: Database, user: String, time: EventTime, held: Set<FindingID> = []) {
    self.db = db
    self.user = user
    self.time = time
    self.held = held
  }

  func run(_ scope: PurgeScope, incidentsMax: Int) throws -> PurgeCounts {
    try db.execute(sql: "CREATE TEMP TABLE IF NOT EXISTS gone_incident (key INTEGER PRIMARY KEY)")
    try db.execute(sql: "CREATE TEMP TABLE IF NOT EXISTS gone_finding (key INTEGER PRIMARY KEY)")
    try db.execute(sql: "DELETE FROM gone_incident; DELETE FROM gone_finding")
    var counts = PurgeCounts()
    var names: [String] = []
    let what: String
    switch scope {
    case .entity(let text):
      let key = EntityKey(text)
      names = [key?.value ?? text]
      try chooseEntity(value: key?.value ?? text, type: key?.type.rawValue)
      what = "an entity" + (key.map { " of type \($0.type.rawValue)" } ?? "")
    case .before(let cut):
      try chooseOld(cut, incidentsMax: incidentsMax)
      what = "incidents last seen before \(cut)"
    }
    try count(&counts)
    let ids = try goneIDs()
    counts.stateRows = try deleteState(names, ids)
    try deleteRows(ids, &counts)
    for name in names { counts.blankedTexts += try MentionBlanker(db, name).blank() }
    counts.notifications += try deleteNotifications(names, ids)
    let lines = try activityLines(names, ids)
    counts.activity = lines.count
    if !counts.isEmpty { counts.tombstone = try bury(lines, counts, what) }
    return counts
  }

  private func chooseEntity(value: String, type: String?) throws {
    try db.run(
      """
      INSERT OR IGNORE INTO gone_finding SELECT finding_key
        FROM finding JOIN json_each(finding.entities) AS part
          JOIN entity ON entity_key = json_extract(part.value, '$[0]')
        WHERE entity.value = ?1 AND (?2 IS NULL OR entity.type = ?2)
      """,
      [value.stored, type]
    )
    try db.run(
      """
      INSERT OR IGNORE INTO gone_incident SELECT incident_key FROM incident_entity
        JOIN entity USING (entity_key) WHERE value = ?1 AND (?2 IS NULL OR type = ?2)
      """,
      [value.stored, type]
    )
    try db.run(
      """
      INSERT OR IGNORE INTO gone_incident SELECT incident_key FROM finding
        WHERE finding_key IN (SELECT key FROM gone_finding) AND incident_key IS NOT NULL
      """,
      []
    )
    try chooseFindings()
  }

  private func chooseOld(_ cut: EventTime, incidentsMax: Int) throws {
    // Those merged into one that stays belong to its story; they go with it.
    let sql = """
      SELECT incident_key, id FROM incident WHERE last_seen < ?1 AND (
        merged_into IS NULL OR merged_into IN (SELECT incident_key FROM incident AS whole
          WHERE whole.last_seen < ?1))
      ORDER BY last_seen, id LIMIT ?2
      """
    for row in try db.rows(sql, [cut.stored, min(incidentsMax, Int(Int32.max)) + held.count])
    where !held.contains(try row.id("id")) {
      let key: Int64 = row["incident_key"]
      try db.run("INSERT OR IGNORE INTO gone_incident VALUES (?)", [key])
    }
    try db.run(
      """
      INSERT OR IGNORE INTO gone_finding SELECT finding_key FROM finding
        WHERE incident_key IS NULL AND last_time < ? LIMIT ?
      """,
      [cut.stored, incidentsMax == .max ? -1 : 100 * incidentsMax]
    )
    try chooseFindings()
  }

  private func chooseFindings() throws {
    try db.run(
      """
      INSERT OR IGNORE INTO gone_finding SELECT finding_key FROM finding
        WHERE incident_key IN (SELECT key FROM gone_incident)
      """,
      []
    )
  }

  private func count(_ counts: inout PurgeCounts) throws {
    func number(_ sql: String) throws -> Int { Int(try db.number(sql, []) ?? 0) }
    counts.incidents = try number("SELECT count(*) FROM gone_incident")
    counts.openIncidents = try number(
      """
      SELECT count(*) FROM incident WHERE status <> 'closed' AND incident_key IN gone_incident
      """
    )
    counts.findings = try number("SELECT count(*) FROM gone_finding")
    counts.records = try number(
      "SELECT count(*) FROM finding_event WHERE finding_key IN gone_finding"
    )
    counts.firstIncidents = try db.rows(
      """
      SELECT id FROM incident WHERE incident_key IN gone_incident ORDER BY first_seen, id LIMIT 20
      """
    ).map { try $0.id("id") }
  }

  /// The ids of what goes, and earlier ones of it: as activity, state and notifications name them.
  private func goneIDs() throws -> Set<String> {
    let sql = """
      SELECT id FROM incident WHERE incident_key IN gone_incident
      UNION SELECT alias FROM incident_alias WHERE incident_key IN gone_incident
      UNION SELECT id FROM finding WHERE finding_key IN gone_finding
      UNION SELECT alias FROM finding_alias WHERE finding_key IN gone_finding
      """
    return Set(try db.rows(sql).map { $0.text("id") })
  }

  private func deleteRows(_ ids: Set<String>, _ counts: inout PurgeCounts) throws {
    for statement in [
      "DELETE FROM finding_alias WHERE finding_key IN gone_finding",
      "DELETE FROM finding WHERE finding_key IN gone_finding",
      "UPDATE incident SET merged_into = NULL WHERE merged_into IN gone_incident",
      "DELETE FROM incident_alias WHERE incident_key IN gone_incident",
      "DELETE FROM incident WHERE incident_key IN gone_incident",
      """
      DELETE FROM entity WHERE entity_key NOT IN (SELECT entity_key FROM incident_entity)
        AND entity_key NOT IN (SELECT json_extract(part.value, '$[0]')
          FROM finding JOIN json_each(finding.entities) AS part)
      """,
    ] {
      try db.run(statement, [])
    }
  }

  /// What a detector knows of a name, or of a finding that goes, it must not bring back.
  private func deleteState(_ names: [String], _ ids: Set<String>) throws -> [String: Int] {
    var gone: [(detector: String, shard: Int, entity: String)] = []
    let rows = try Row.fetchCursor(db, sql: "SELECT * FROM detector_state")
    while let row = try rows.next() {
      let key = row.text("entity")
      let isOfGone = key.split(separator: " ").last.map { ids.contains(String($0)) } ?? false
      let state = row.bytes("state")
      let names = names.map { Array($0.utf8) }
      let mentions = names.contains { name in
        Mentions.occurs(name, in: Array(key.utf8)) || Mentions.occurs(name, in: state)
      }
      if isOfGone || mentions { gone.append((row.text("detector"), row.int("shard"), key)) }
    }
    for one in gone {
      try db.run(
        "DELETE FROM detector_state WHERE detector = ? AND shard = ? AND entity = ?",
        [one.detector, one.shard, one.entity.stored]
      )
    }
    return Dictionary(gone.map { ($0.detector, 1) }) { $0 + $1 }
  }

  private func deleteNotifications(_ names: [String], _ ids: Set<String>) throws -> Int {
    var count = 0
    let names = names.map { Array($0.utf8) }
    for row in try db.rows("SELECT notification_key, incident_id, body FROM notification") {
      let body = Array(row.text("body").utf8)
      let mentions = names.contains { Mentions.occurs($0, in: body) }
      guard mentions || ids.contains(row.text("incident_id")) else { continue }
      let key: Int64 = row["notification_key"]
      try db.run("DELETE FROM notification WHERE notification_key = ?", [key])
      count += 1
    }
    for id in ids { try db.run("DELETE FROM incident_notified WHERE incident_id = ?", [id]) }
    return count
  }

  /// The lines whose text is about what goes.
  private func activityLines(_ names: [String], _ ids: Set<String>) throws -> [Int] {
    let names = names.map { Array($0.utf8) }
    var lines: [Int] = []
    let sql = """
      SELECT activity_key, incident_id, detail FROM activity
      WHERE purged_by IS NULL AND action <> 'purge' ORDER BY activity_key
      """
    let rows = try Row.fetchCursor(db, sql: sql)
    while let row = try rows.next() {
      let detail = Array(row.text("detail").utf8)
      if ids.contains(row.text("incident_id"))
        || names.contains(where: { Mentions.occurs($0, in: detail) })
      {
        lines.append(row.int("activity_key"))
      }
    }
    return lines
  }

  /// Adds the tombstone, which must not name what it buries, and blanks the lines it vouches for.
  private func bury(
    _ lines: [Int],
    _ counts: PurgeCounts,
    _ what: String
  ) throws -> ActivityHead {
    let text =
      "\(what): \(counts.incidents) incidents (\(counts.openIncidents) of them not closed), "
      + "\(counts.findings) findings, \(counts.records) records, "
      + "\(counts.blankedTexts) other texts; \(ActivityChain.seal(lines))"
    let head = try ActivityWriter(db, user: user, time: time)
      .append(ActivityChain.purge, text, to: ActivityChain.noIncident)
    for line in lines {
      try db.run(
        "UPDATE activity SET detail = '', salt = x'', purged_by = ? WHERE activity_key = ?",
        [head.number, line]
      )
    }
    return head
  }
}
