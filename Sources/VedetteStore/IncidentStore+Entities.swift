import GRDB
public import VedetteEvent
public import VedetteFindings

extension IncidentStore {
  /// Lists what is known of entities: the incidents that they take part in.
  ///
  /// - Parameters:
  ///   - entity: Only this one, `type:value` or a value; `nil` for all.
  ///   - since: Incidents last seen before are left out, unless one entity is asked for.
  /// - Returns: The entities, by type and value; those that no incident names are left out.
  /// - Throws: ``StoreError`` if the database can't be read.
  public func entities(
    _ entity: String? = nil,
    since: EventTime
  ) throws(StoreError) -> [EntityStanding] {
    try read { db in
      var condition = "incident.last_seen >= ?"
      var values: [(any DatabaseValueConvertible)?] = [since.stored]
      if let entity { (condition, values) = Self.condition(entity) }
      let sql = """
        SELECT entity.type, entity.value, entity.first_seen AS entity_first,
          entity.last_seen AS entity_last, incident_entity.role, incident.*
        FROM entity JOIN incident_entity USING (entity_key) JOIN incident USING (incident_key)
        WHERE \(condition) AND is_folded = 0
        ORDER BY entity.type, entity.value, risk DESC, incident.last_seen DESC, id
        """
      var found: [EntityStanding] = []
      for row in try db.rows(sql, values) {
        let one = try Entity(row)
        let part = EntityStanding.Part(
          incident: try row.id("id"),
          title: row.text("title"),
          risk: row.int("risk"),
          role: one.role,
          lastSeen: row.time("last_seen"),
          triage: try Triage(row)
        )
        if found.last?.entity == one.key {
          found[found.count - 1].parts.append(part)
        } else {
          found.append(
            EntityStanding(
              entity: one.key,
              firstSeen: row.time("entity_first"),
              lastSeen: row.time("entity_last"),
              parts: [part]
            )
          )
        }
      }
      return found
    }
  }

  /// What one entity is asked for by: `type:value`, a value, or a key as a terminal shows it.
  private static func condition(
    _ entity: String
  ) -> (sql: String, values: [(any DatabaseValueConvertible)?]) {
    let key = EntityKey(entity)
    let value = key?.value ?? entity
    var sql = "entity.value = ?"
    var values: [(any DatabaseValueConvertible)?] = [value.stored]
    if let masked = MaskedValue(value) {
      sql =
        "(entity.value = ? OR (substr(entity.value, 1, ?) = ? AND substr(entity.value, -?) = ?))"
      values += [masked.start.count, masked.start, masked.end.count, masked.end]
    }
    guard let key else { return (sql, values) }
    return (sql + " AND entity.type = ?", values + [key.type.rawValue])
  }

  /// Returns the time of the newest event that any source or incident has, or `nil` without any.
  ///
  /// - Throws: ``StoreError`` if the database can't be read.
  public func newestEventTime() throws(StoreError) -> EventTime? {
    try read { db in
      let sql = """
        SELECT max(coalesce((SELECT max(last_event) FROM source_status), 0),
          coalesce((SELECT max(last_seen) FROM incident), 0)) AS newest
        """
      guard let row = try db.row(sql, []), row.int("newest") > 0 else { return nil }
      return row.time("newest")
    }
  }
}
