import GRDB
import VedetteEvent

/// Writes who takes part in incidents and findings.
struct EntityWriter {
  enum Owner: String {
    case incident
    case finding
  }

  private struct Known {
    var key: Int64
    var seen: ClosedRange<EventTime>
  }

  private struct Part: Equatable {
    var entity: Int64
    var role: String
  }

  private let db: Database
  private var known: [EntityKey: Known] = [:]

  init(_ db: Database) { self.db = db }

  /// Makes entities those of an incident or finding; writes nothing if they are already.
  mutating func write(
    _ entities: [Entity],
    owner: Owner,
    key: Int64,
    seen: ClosedRange<EventTime>
  ) throws {
    let parts = try entities.map { entity in
      Part(entity: try self.key(of: entity.key, seen: seen), role: entity.role.rawValue)
    }
    let table = "\(owner.rawValue)_entity"
    let column = "\(owner.rawValue)_key"
    let sql = "SELECT entity_key, role FROM \(table) WHERE \(column) = ? ORDER BY position"
    let stored = try db.rows(sql, [key]).map { row in
      Part(entity: row["entity_key"], role: row.text("role"))
    }
    guard parts != stored else { return }
    try db.run("DELETE FROM \(table) WHERE \(column) = ?", [key])
    let insert = """
      INSERT INTO \(table) (\(column), position, entity_key, role) VALUES (?, ?, ?, ?)
      """
    for (position, part) in parts.enumerated() {
      try db.run(insert, [key, position, part.entity, part.role])
    }
  }

  /// Returns an entity's key and stretches the time in which it was seen.
  private mutating func key(of entity: EntityKey, seen: ClosedRange<EventTime>) throws -> Int64 {
    guard let found = try known[entity] ?? stored(entity) else {
      let sql = "INSERT INTO entity (value, type, first_seen, last_seen) VALUES (?, ?, ?, ?)"
      try db.run(
        sql,
        [
          entity.value.stored, entity.type.rawValue, seen.lowerBound.stored,
          seen.upperBound.stored,
        ]
      )
      known[entity] = Known(key: db.lastInsertedRowID, seen: seen)
      return db.lastInsertedRowID
    }
    let first = min(found.seen.lowerBound, seen.lowerBound)
    let last = max(found.seen.upperBound, seen.upperBound)
    if first...last != found.seen {
      let sql = "UPDATE entity SET first_seen = ?, last_seen = ? WHERE entity_key = ?"
      try db.run(sql, [first.stored, last.stored, found.key])
    }
    known[entity] = Known(key: found.key, seen: first...last)
    return found.key
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
