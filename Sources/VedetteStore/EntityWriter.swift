import GRDB
import VedetteEvent

/// Writes who takes part in incidents and findings; one for each commit.
final class EntityWriter {
  enum Owner: String {
    case incident
    case finding
  }

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
  private let parts: [Owner: RowStatement]
  private var known: [EntityKey: Known] = [:]

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
    parts = try Dictionary(
      uniqueKeysWithValues: [Owner.incident, .finding].map { owner in
        let sql = """
          INSERT INTO \(owner.rawValue)_entity (\(owner.rawValue)_key, position, entity_key, role)
          VALUES (?, ?, ?, ?)
          """
        return (owner, try RowStatement(db, sql))
      }
    )
  }

  /// Makes entities those of an incident or finding; writes nothing if they are already.
  func write(
    _ entities: [Entity],
    owner: Owner,
    key: Int64,
    isNew: Bool,
    seen: ClosedRange<EventTime>
  ) throws {
    let parts = try entities.map { entity in
      Part(entity: try self.key(of: entity.key, seen: seen), role: entity.role.rawValue)
    }
    let table = "\(owner.rawValue)_entity"
    let column = "\(owner.rawValue)_key"
    if !isNew {
      let sql = "SELECT entity_key, role FROM \(table) WHERE \(column) = ? ORDER BY position"
      let stored = try db.rows(sql, [key]).map { row in
        Part(entity: row["entity_key"], role: row.text("role"))
      }
      guard parts != stored else { return }
      try db.run("DELETE FROM \(table) WHERE \(column) = ?", [key])
    }
    guard let insertion = self.parts[owner] else { return }
    for (position, part) in parts.enumerated() {
      try insertion.run([
        .integer(key), .number(position), .integer(part.entity), .text(part.role),
      ])
    }
  }

  /// Returns an entity's key and stretches the time in which it was seen.
  private func key(of entity: EntityKey, seen: ClosedRange<EventTime>) throws -> Int64 {
    guard var found = try known[entity] ?? stored(entity) else {
      try insertion.run([
        .text(entity.value), .text(entity.type.rawValue), .time(seen.lowerBound),
        .time(seen.upperBound),
      ])
      known[entity] = Known(key: db.lastInsertedRowID, seen: seen)
      return db.lastInsertedRowID
    }
    let first = min(found.seen.lowerBound, seen.lowerBound)
    let last = max(found.seen.upperBound, seen.upperBound)
    if first...last != found.seen { (found.seen, found.isStretched) = (first...last, true) }
    known[entity] = found
    return found.key
  }

  /// Writes the times of the entities that were seen earlier or later than is stored.
  func finish() throws {
    let stretched = known.values.filter(\.isStretched).sorted { $0.key < $1.key }
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
