import GRDB
import VedetteEvent

/// Writes who takes part in incidents and findings; one for each commit.
final class EntityWriter {
  private struct Known {
    var key: Int64
    var seen: ClosedRange<EventTime>
    /// Whether the stored times are not these.
    var isStretched = false
  }

  private struct Part: Equatable {
    var entity: Int64
    var role: String
  }

  private let db: Database
  private let insertion: RowStatement
  private let change: RowStatement
  private let part: RowStatement
  private var known: [Known] = []
  /// Where each entity is among ``known``.
  private var places: [EntityKey: Int] = [:]

  init(_ db: Database) throws {
    self.db = db
    insertion = try RowStatement(
      db,
      "INSERT INTO entity (value, type, first_seen, last_seen) VALUES (?, ?, ?, ?)"
    )
    change = try RowStatement(
      db,
      "UPDATE entity SET first_seen = ?, last_seen = ? WHERE entity_key = ?"
    )
    part = try RowStatement(
      db,
      "INSERT INTO incident_entity (incident_key, position, entity_key, role) VALUES (?, ?, ?, ?)"
    )
  }

  /// Makes entities those of an incident; writes nothing if they are already.
  func write(
    _ entities: [Entity],
    incident: Int64,
    isNew: Bool,
    seen: ClosedRange<EventTime>
  ) throws {
    let parts = try entities.map { entity in
      Part(entity: try key(of: entity.key, seen: seen), role: entity.role.rawValue)
    }
    if !isNew {
      let sql = """
        SELECT entity_key, role FROM incident_entity WHERE incident_key = ? ORDER BY position
        """
      let stored = try db.rows(sql, [incident]).map { row in
        Part(entity: row["entity_key"], role: row.text("role"))
      }
      guard parts != stored else { return }
      try db.run("DELETE FROM incident_entity WHERE incident_key = ?", [incident])
    }
    for (position, one) in parts.enumerated() {
      try part.run([
        .integer(incident), .number(position), .integer(one.entity), .text(one.role),
      ])
    }
  }

  /// Returns what a finding keeps of its entities: a list of key and role, as JSON.
  ///
  /// A finding has a dozen and is found by its incident: rows of their own would be half of what is
  /// written.
  func list(_ entities: [Entity], seen: ClosedRange<EventTime>) throws -> String {
    var json = JSONWriter()
    try json.array { json in
      for entity in entities {
        let key = try key(of: entity.key, seen: seen)
        json.array { json in
          json.raw(String(key))
          json.string(entity.role.rawValue)
        }
      }
    }
    return json.text
  }

  /// Returns an entity's key and stretches the time in which it was seen.
  private func key(of entity: EntityKey, seen: ClosedRange<EventTime>) throws -> Int64 {
    guard let place = try place(of: entity) else {
      try insertion.run([
        .text(entity.value), .text(entity.type.rawValue), .time(seen.lowerBound),
        .time(seen.upperBound),
      ])
      let key = db.lastInsertedRowID
      places[entity] = known.count
      known.append(Known(key: key, seen: seen))
      return key
    }
    let before = known[place].seen
    if seen.lowerBound < before.lowerBound || seen.upperBound > before.upperBound {
      known[place].seen =
        min(before.lowerBound, seen.lowerBound)...max(before.upperBound, seen.upperBound)
      known[place].isStretched = true
    }
    return known[place].key
  }

  private func place(of entity: EntityKey) throws -> Int? {
    if let place = places[entity] { return place }
    guard let found = try stored(entity) else { return nil }
    places[entity] = known.count
    known.append(found)
    return known.count - 1
  }

  /// Writes the times of the entities that were seen earlier or later than is stored.
  func finish() throws {
    let stretched = known.filter(\.isStretched).sorted { $0.key < $1.key }
    for entity in stretched {
      try change.run([
        .time(entity.seen.lowerBound), .time(entity.seen.upperBound), .integer(entity.key),
      ])
    }
  }

  private func stored(_ entity: EntityKey) throws -> Known? {
    let sql = """
      SELECT entity_key, first_seen, last_seen FROM entity WHERE value = ? AND type = ?
      """
    return try db.row(sql, [entity.value.stored, entity.type.rawValue]).map { row in
      let first = row.time("first_seen")
      return Known(key: row["entity_key"], seen: first...max(first, row.time("last_seen")))
    }
  }
}
