import GRDB
import VedetteFindings

/// Writes what the detectors know.
struct StateWriter {
  private let db: Database

  init(_ db: Database) { self.db = db }

  /// Writes rows and returns the bytes of state among them.
  ///
  /// What a detector learned under other digests goes as soon as it has something newer to say.
  func write(_ rows: [StateRow], _ digests: [String: StateDigests]) throws -> Int {
    var versions: [String: Int64] = [:]
    var byteCount = 0
    for row in rows {
      let version: Int64
      if let known = versions[row.detector] {
        version = known
      } else {
        let unstated = StateDigests(rules: "", configuration: "", format: "")
        version = try self.version(of: row.detector, digests[row.detector] ?? unstated)
        versions[row.detector] = version
      }
      try write(row, version)
      byteCount += row.bytes?.count ?? 0
    }
    return byteCount
  }

  private func write(_ row: StateRow, _ version: Int64) throws {
    guard let bytes = row.bytes else {
      let sql = "DELETE FROM detector_state WHERE detector = ? AND shard = ? AND entity = ?"
      return try db.run(sql, [row.detector, row.shard, row.key.stored])
    }
    let sql = """
      INSERT INTO detector_state (detector, shard, entity, version_key, state)
      VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (detector, shard, entity)
      DO UPDATE SET state = excluded.state, version_key = excluded.version_key
      """
    try db.run(sql, [row.detector, row.shard, row.key.stored, version, bytes.stored])
  }

  private func version(of detector: String, _ digests: StateDigests) throws -> Int64 {
    let sql = "SELECT * FROM state_version WHERE detector = ?"
    if let row = try db.row(sql, [detector]) {
      let key: Int64 = row["version_key"]
      guard StateDigests(row) != digests else { return key }
      try db.run("DELETE FROM detector_state WHERE version_key = ?", [key])
      let update = """
        UPDATE state_version SET rules_digest = ?, config_digest = ?, format_digest = ?
        WHERE version_key = ?
        """
      try db.run(update, [digests.rules, digests.configuration, digests.format, key])
      return key
    }
    let insert = """
      INSERT INTO state_version (detector, rules_digest, config_digest, format_digest)
      VALUES (?, ?, ?, ?)
      """
    try db.run(insert, [detector, digests.rules, digests.configuration, digests.format])
    return db.lastInsertedRowID
  }
}

extension StateDigests {
  /// Reads what is stored.
  init(_ row: Row) {
    self.init(
      rules: row.text("rules_digest"),
      configuration: row.text("config_digest"),
      format: row.text("format_digest")
    )
  }
}
