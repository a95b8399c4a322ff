import GRDB
import VedetteEvent
import VedetteFindings

/// Puts incidents together from the tables they are kept in.
struct IncidentReader {
  private let db: Database

  init(_ db: Database) { self.db = db }

  /// Returns the incidents that a query asks for, in its order.
  ///
  /// One that others were merged into is judged and placed as it is shown: with those.
  func list(_ query: IncidentQuery) throws -> [TriagedIncident] {
    let conditions = QueryConditions(query)
    let targets = try mergeTargets(conditions).filter { query.admits($0) }
    let sql = """
      SELECT * FROM incident WHERE \(conditions.sql) AND NOT \(Self.isTarget)
      ORDER BY \(conditions.order) LIMIT ?
      """
    let rows = try db.rows(sql, conditions.arguments + [query.limit ?? -1])
    let plain = try rows.map { row in
      TriagedIncident(incident: try incident(row), triage: try Triage(row))
    }
    guard !targets.isEmpty else { return plain }
    let all = (plain + targets).sorted { query.precedes($0.incident, $1.incident) }
    return Array(all.prefix(query.limit ?? all.count))
  }

  /// Counts the incidents that a query asks for, whatever its limit.
  func count(_ query: IncidentQuery) throws -> Int {
    let conditions = QueryConditions(query)
    let sql = "SELECT count(*) FROM incident WHERE \(conditions.sql) AND NOT \(Self.isTarget)"
    let plain = Int(try db.number(sql, conditions.arguments) ?? 0)
    return try plain + mergeTargets(conditions).count { query.admits($0) }
  }

  private static let isTarget = """
    EXISTS (SELECT 1 FROM incident AS part WHERE part.merged_into = incident.incident_key)
    """

  /// Returns the incidents that others were merged into, with those, of which any part has what the
  /// conditions ask of parts: as few as people merged.
  private func mergeTargets(_ conditions: QueryConditions) throws -> [TriagedIncident] {
    let sql = """
      SELECT * FROM incident WHERE merged_into IS NULL AND incident_key IN (
        SELECT merged_into FROM incident WHERE merged_into IS NOT NULL)
      """
    return try db.rows(sql, []).compactMap { row in
      let key: Int64 = row["incident_key"]
      let parts = try parts(of: key)
      let keys = [key] + parts.map { $0["incident_key"] as Int64 }
      let holds = try keys.contains { key in
        let sql = "SELECT 1 FROM incident WHERE incident_key = ? AND \(conditions.partSQL)"
        return try db.number(sql, [key] + conditions.partArguments) != nil
      }
      guard holds else { return nil }
      var joined = try incident(row)
      for part in parts { joined = joined.joined(with: try incident(part)) }
      joined.eventCount -= try sharedRecords(of: keys)
      return TriagedIncident(incident: joined, triage: try Triage(row))
    }
  }

  /// Returns an incident with all that belongs to it; joining, with those that an analyst merged
  /// into it.
  func detail(_ key: Int64, joining: Bool) throws -> IncidentDetail {
    guard let row = try db.row("SELECT * FROM incident WHERE incident_key = ?", [key]) else {
      throw UnexpectedValue(column: "incident_key", value: String(key))
    }
    var keys = [key]
    var incident = try incident(row)
    if joining {
      for part in try parts(of: key) {
        keys.append(part["incident_key"])
        incident = incident.joined(with: try self.incident(part))
      }
    }
    if keys.count > 1 { incident.eventCount -= try sharedRecords(of: keys) }
    var findings: [Finding] = []
    for key in keys { findings += try self.findings(of: key) }
    if keys.count > 1 { findings.sort { ($0.time, $0.id) < ($1.time, $1.id) } }
    return IncidentDetail(
      incident: incident,
      triage: try Triage(row),
      findings: findings,
      activity: try activity(of: [incident.id] + incident.aliases)
    )
  }

  /// Counts the records that several incidents rest on, as often as they are there too much: as far
  /// as their findings kept them.
  private func sharedRecords(of keys: [Int64]) throws -> Int {
    let sql = """
      SELECT coalesce(sum(incidents - 1), 0) FROM (
        SELECT count(DISTINCT incident_key) AS incidents
        FROM finding JOIN finding_event USING (finding_key)
        WHERE incident_key IN (SELECT value FROM json_each(?))
        GROUP BY file, line, offset, sha256)
      """
    let list = "[" + keys.map(String.init).joined(separator: ",") + "]"
    return Int(try db.number(sql, [list]) ?? 0)
  }

  /// Returns the row of each incident that was merged into one, or into one of those.
  private func parts(of key: Int64) throws -> [Row] {
    let sql = """
      WITH RECURSIVE part (incident_key) AS (
        SELECT incident_key FROM incident WHERE merged_into = ?
        UNION SELECT incident.incident_key FROM incident
          JOIN part ON incident.merged_into = part.incident_key
      )
      SELECT * FROM incident JOIN part USING (incident_key) ORDER BY first_seen, id
      """
    return try db.rows(sql, [key])
  }

  private func incident(_ row: Row) throws -> Incident {
    let key: Int64 = row["incident_key"]
    var incident = try Incident(row)
    incident.entities = try entities(ofIncident: key)
    incident.findings = try db.rows(
      "SELECT id FROM finding WHERE incident_key = ? ORDER BY time, id",
      [key]
    ).map { try $0.id("id") }
    incident.findingCount = incident.findings.count
    incident.aliases = try db.rows(
      "SELECT alias FROM incident_alias WHERE incident_key = ? ORDER BY alias",
      [key]
    ).map { try $0.id("alias") }
    return incident
  }

  private func findings(of incident: Int64) throws -> [Finding] {
    let sql = "SELECT * FROM finding WHERE incident_key = ? ORDER BY time, id"
    return try db.rows(sql, [incident]).map { row in try finding(row) }
  }

  /// Reads a finding without its evidence.
  func findingAlone(_ row: Row) throws -> Finding {
    var finding = try Finding(row)
    finding.entities = try entities(ofFinding: row["finding_key"])
    return finding
  }

  private func finding(_ row: Row) throws -> Finding {
    let key: Int64 = row["finding_key"]
    var finding = try findingAlone(row)
    finding.evidence = try db.rows(
      "SELECT * FROM finding_event WHERE finding_key = ? ORDER BY position",
      [key]
    ).map(Evidence.init)
    return finding
  }

  private func entities(ofFinding key: Int64) throws -> [Entity] {
    let sql = """
      SELECT entity.type, entity.value, json_extract(part.value, '$[1]') AS role
      FROM finding JOIN json_each(finding.entities) AS part
        JOIN entity ON entity_key = json_extract(part.value, '$[0]')
      WHERE finding_key = ? ORDER BY part.key
      """
    return try db.rows(sql, [key]).map { try Entity($0) }
  }

  private func entities(ofIncident key: Int64) throws -> [Entity] {
    let sql = """
      SELECT type, value, role FROM incident_entity JOIN entity USING (entity_key)
      WHERE incident_key = ? ORDER BY position
      """
    return try db.rows(sql, [key]).map { try Entity($0) }
  }

  private func activity(of ids: [FindingID]) throws -> [Activity] {
    let sql = """
      SELECT * FROM activity WHERE incident_id IN (SELECT value FROM json_each(?))
      ORDER BY activity_key
      """
    return try db.rows(sql, [StoredJSON.list(ids.map(\.hex))]).map { try Activity($0) }
  }
}

extension Incident {
  /// Shows an incident and one that an analyst merged into it as one: everything of both, at the
  /// higher risk with its sum and its title.
  fileprivate func joined(with part: Incident) -> Incident {
    let worse = part.risk > risk ? part : self
    return Incident(
      id: id,
      title: worse.title,
      risk: worse.risk,
      riskTerms: worse.riskTerms,
      firstSeen: min(firstSeen, part.firstSeen),
      lastSeen: max(lastSeen, part.lastSeen),
      entities: entities + part.entities.filter { !entities.contains($0) },
      techniques: Set(techniques + part.techniques).sorted(),
      tactics: tactics + part.tactics.filter { !tactics.contains($0) },
      findings: findings + part.findings,
      eventCount: eventCount + part.eventCount,
      sources: Set(sources + part.sources).sorted(),
      narrative: [narrative, part.narrative].filter { !$0.isEmpty }.joined(separator: " "),
      aliases: (aliases + [part.id] + part.aliases).sorted()
    )
  }
}

extension IncidentQuery {
  /// Whether what it asks of an incident itself holds of one.
  fileprivate func admits(_ one: TriagedIncident) -> Bool {
    let incident = one.incident
    if let since, incident.lastSeen < since { return false }
    if let until, incident.firstSeen > until { return false }
    if !statuses.isEmpty, !statuses.contains(one.triage.status) { return false }
    if let severity, incident.severity != severity { return false }
    if let minSeverity, incident.severity < minSeverity { return false }
    return true
  }

  /// Whether one incident comes before another in the order that is asked for.
  fileprivate func precedes(_ left: Incident, _ right: Incident) -> Bool {
    if case .risk = order, left.risk != right.risk { return left.risk > right.risk }
    if left.lastSeen != right.lastSeen { return left.lastSeen > right.lastSeen }
    return left.id < right.id
  }
}
