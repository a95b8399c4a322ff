import GRDB
import VedetteFindings

/// Finds what is meant by the start of an id.
struct IDResolver {
  private let db: Database
  private let path: String

  init(_ db: Database, path: String) {
    self.db = db
    self.path = path
  }

  /// Returns the key of the incident that a text names: `INC-7f3a`, `7f3a`, or `F-9c1e` for the
  /// incident of a finding.
  func incident(_ text: String) throws -> Int64 {
    let (digits, isFinding) = try parse(text)
    let sql =
      isFinding
      ? """
      SELECT id, incident_key FROM finding WHERE id >= ?1 AND id < ?2
      UNION ALL SELECT alias, incident_key FROM finding_alias JOIN finding USING (finding_key)
        WHERE alias >= ?1 AND alias < ?2
      """
      : """
      SELECT id, incident_key FROM incident WHERE id >= ?1 AND id < ?2
      UNION ALL SELECT alias, incident_key FROM incident_alias WHERE alias >= ?1 AND alias < ?2
      """
    var candidates: [(id: String, key: Int64)] = []
    // 'g' comes after every digit. An exact id comes first, and then nothing else matters.
    for row in try db.rows(sql + " ORDER BY 1 LIMIT 50", [digits, digits + "g"]) {
      guard let key: Int64 = row["incident_key"] else { continue }
      candidates.append((row.text("id"), try root(of: key)))
    }
    guard let first = candidates.first else { throw StoreError(.unknownID(text), path: path) }
    let others = candidates.filter { $0.key != first.key }
    guard others.isEmpty || first.id == digits else {
      let prefix = isFinding ? "F-" : "INC-"
      let length = Self.shownLength(
        of: candidates.prefix(5).map(\.id),
        atLeast: digits.count + 1
      )
      throw StoreError(
        .ambiguousID(
          text,
          candidates: candidates.prefix(5).map { prefix + $0.id.prefix(length) }
        ),
        path: path
      )
    }
    return first.key
  }

  /// Returns how many digits tell an id from all others.
  func prefixLength(of id: FindingID, atLeast least: Int) throws -> Int {
    let sql = """
      SELECT max(id) FROM (
        SELECT max(id) AS id FROM incident WHERE id < ?1
        UNION ALL SELECT max(alias) FROM incident_alias WHERE alias < ?1)
      UNION ALL SELECT min(id) FROM (
        SELECT min(id) AS id FROM incident WHERE id > ?1
        UNION ALL SELECT min(alias) FROM incident_alias WHERE alias > ?1)
      """
    let neighbours = try String?.fetchAll(db, sql: sql, arguments: [id.hex])
    return Self.shownLength(of: [id.hex] + neighbours.compactMap(\.self), atLeast: least)
  }

  /// Follows what an analyst merged.
  private func root(of key: Int64) throws -> Int64 {
    let sql = "SELECT merged_into FROM incident WHERE incident_key = ?"
    var key = key
    while let next = try db.number(sql, [key]) { key = next }
    return key
  }

  private func parse(_ text: String) throws -> (digits: String, isFinding: Bool) {
    let folded = text.lowercased()
    let isFinding = folded.hasPrefix("f-")
    let digits =
      folded.hasPrefix("inc-") ? folded.dropFirst(4) : folded.dropFirst(isFinding ? 2 : 0)
    let isHex = digits.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    guard !digits.isEmpty, digits.utf8.count <= 32, isHex else {
      throw StoreError(.unknownID(text), path: path)
    }
    return (String(digits), isFinding)
  }

  /// Returns one digit more than the first id shares with any of the others.
  private static func shownLength(of ids: [String], atLeast least: Int) -> Int {
    let first = ids.first ?? ""
    let shared = ids.dropFirst().map { zip(first, $0).prefix { $0 == $1 }.count }.max() ?? 0
    return min(32, max(least, shared + 1))
  }
}
