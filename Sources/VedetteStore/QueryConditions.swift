import GRDB
import VedetteEvent
import VedetteFindings

/// A query as SQL: what is typed by a user or stands in a log is an argument, never part of it.
struct QueryConditions {
  /// What must hold of an incident's own row and of what belongs to it.
  private(set) var sql = "merged_into IS NULL"
  private(set) var arguments: [(any DatabaseValueConvertible)?] = []
  /// What must hold of something that belongs to it: of any part of an incident that was merged.
  private(set) var partSQL = "TRUE"
  private(set) var partArguments: [(any DatabaseValueConvertible)?] = []
  let order: String

  init(_ query: IncidentQuery) {
    order =
      switch query.order {
      case .risk: "risk DESC, last_seen DESC, id"
      case .time: "last_seen DESC, id"
      }
    if let since = query.since { add("last_seen >= ?", [since.stored]) }
    if let until = query.until { add("first_seen <= ?", [until.stored]) }
    if !query.statuses.isEmpty {
      add(oneOf("status", query.statuses.count), query.statuses.map(\.rawValue))
    }
    if let severity = query.severity { add("severity = ?", [severity.name]) }
    if let least = query.minSeverity {
      // A severity is a band of the risk, by which there is an index.
      add("risk >= ?", [(0...100).first { Severity(risk: $0) >= least } ?? 100])
    }
    if let entity = query.entity { add(entity: entity) }
    if let technique = query.technique {
      let name = technique.uppercased()
      addPart(
        """
        incident_key IN (SELECT incident_key FROM incident_technique
          WHERE technique = ? OR (technique > ? AND technique < ?))
        """,
        [name.stored, (name + ".").stored, (name + "/").stored]
      )
    }
    if let rule = query.rule {
      addPart("incident_key IN (SELECT incident_key FROM finding WHERE rule_id = ?)", [rule.stored])
    }
    sql += " AND \(partSQL)"
    arguments += partArguments
  }

  private mutating func add(
    _ condition: String,
    _ values: [(any DatabaseValueConvertible)?]
  ) {
    sql += " AND " + condition
    arguments += values
  }

  private mutating func addPart(
    _ condition: String,
    _ values: [(any DatabaseValueConvertible)?]
  ) {
    partSQL += " AND " + condition
    partArguments += values
  }

  private mutating func add(entity text: String) {
    let key = EntityKey(text)
    let value = key?.value ?? text
    var condition = "value = ?"
    var values: [(any DatabaseValueConvertible)?] = [value.stored]
    if let masked = MaskedValue(value) {
      condition = "(value = ? OR (substr(value, 1, ?) = ? AND substr(value, -?) = ?))"
      values += [masked.start.count, masked.start, masked.end.count, masked.end]
    }
    if let key {
      condition += " AND type = ?"
      values.append(key.type.rawValue)
    }
    addPart(
      """
      incident_key IN (SELECT incident_key FROM incident_entity
        WHERE entity_key IN (SELECT entity_key FROM entity WHERE \(condition)))
      """,
      values
    )
  }

  private func oneOf(_ column: String, _ count: Int) -> String {
    "\(column) IN (\(Array(repeating: "?", count: count).joined(separator: ", ")))"
  }
}

/// The start and end of a key as a terminal shows it, `AKIA..7Q`.
struct MaskedValue {
  let start: String
  let end: String

  init?(_ text: String) {
    let characters = Array(text)
    guard characters.count == 8, characters[4] == ".", characters[5] == "." else { return nil }
    start = String(characters[..<4])
    end = String(characters[6...])
  }
}
