import GRDB
import VedetteDigest
import VedetteEvent
import VedetteFindings

/// Writes findings with their evidence.
struct FindingWriter {
  private let db: Database
  private var entities: EntityWriter

  init(_ db: Database) {
    self.db = db
    self.entities = EntityWriter(db)
  }

  /// Writes a finding and returns how many evidence rows were added.
  mutating func write(_ finding: Finding, incident: Int64?) throws -> Int {
    try db.run("DELETE FROM finding_alias WHERE alias = ?", [finding.id.hex])
    let known = try db.number("SELECT finding_key FROM finding WHERE id = ?", [finding.id.hex])
    let key = try known.map { try update($0, finding, incident) } ?? insert(finding, incident)
    try entities.write(
      finding.entities,
      owner: .finding,
      key: key,
      seen: finding.time...max(finding.time, finding.lastTime)
    )
    return try EvidenceWriter(db, finding: key, isNew: known == nil).write(finding.evidence)
  }

  /// Makes a finding part of another.
  func merge(_ id: FindingID, into target: FindingID) throws {
    guard id != target else { return }
    let sql = """
      SELECT finding_key FROM finding WHERE id = ?1
      UNION ALL SELECT finding_key FROM finding_alias WHERE alias = ?1
      """
    guard let key = try db.number(sql, [target.hex]) else {
      throw UnexpectedValue(column: "target of a finding's alias", value: target.hex)
    }
    if let old = try db.number("SELECT finding_key FROM finding WHERE id = ?", [id.hex]) {
      guard old != key else { return }
      try db.run("UPDATE finding_alias SET finding_key = ? WHERE finding_key = ?", [key, old])
      try db.run("DELETE FROM finding WHERE finding_key = ?", [old])
    }
    let upsert = """
      INSERT INTO finding_alias VALUES (?, ?)
      ON CONFLICT (alias) DO UPDATE SET finding_key = excluded.finding_key
      """
    try db.run(upsert, [id.hex, key])
  }

  private func update(_ key: Int64, _ finding: Finding, _ incident: Int64?) throws -> Int64 {
    let sql = """
      UPDATE finding SET incident_key = ?, time = ?, last_time = ?, detected_time = ?, detector = ?, title = ?,
        rule_id = ?, rule_title = ?, rule_level = ?, rule_path = ?, severity = ?, score = ?,
        techniques = ?, tactics = ?, sources = ?, count = ?, explanation = ?
      WHERE finding_key = ?
      """
    try db.run(sql, columns(finding, incident) + [key])
    return key
  }

  private func insert(_ finding: Finding, _ incident: Int64?) throws -> Int64 {
    let sql = """
      INSERT INTO finding (incident_key, time, last_time, detected_time, detector, title, rule_id,
        rule_title, rule_level, rule_path, severity, score, techniques, tactics, sources, count,
        explanation, id)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """
    try db.run(sql, columns(finding, incident) + [finding.id.hex])
    return db.lastInsertedRowID
  }

  private func columns(
    _ finding: Finding,
    _ incident: Int64?
  ) -> [(any DatabaseValueConvertible)?] {
    [
      incident, finding.time.stored, finding.lastTime.stored, finding.detectedTime.stored,
      finding.detector.rawValue,
      finding.title.stored, finding.rule?.id.stored, finding.rule?.title.stored,
      finding.rule?.level.name, finding.rule?.path.stored, finding.severity.name, finding.score,
      StoredJSON.list(finding.techniques), StoredJSON.list(finding.tactics),
      StoredJSON.list(finding.sources.map(\.name)), finding.count,
      StoredJSON.explanation(finding.explanation),
    ]
  }
}

/// Writes the evidence of one finding: only what is not there yet.
private struct EvidenceWriter {
  let db: Database
  let finding: Int64
  let isNew: Bool

  /// What tells one piece of evidence from another: bytes, time and place.
  private struct Identity: Hashable {
    var sha256: [UInt8]
    var time: EventTime?
    var origin: RecordOrigin
  }

  init(_ db: Database, finding: Int64, isNew: Bool) {
    self.db = db
    self.finding = finding
    self.isNew = isNew
  }

  func write(_ evidence: [Evidence]) throws -> Int {
    var stored = isNew ? [:] : try storedRows()
    var added = 0
    for (position, one) in evidence.prefix(Limits.evidenceRecordsMax).enumerated() {
      let identity = Identity(
        sha256: one.originalSHA256 ?? Digest.of(one.raw).bytes,
        time: one.time,
        origin: one.origin
      )
      if var rows = stored[identity], let row = rows.popLast() {
        stored[identity] = rows
        guard row.position != position else { continue }
        let sql = "UPDATE finding_event SET position = ? WHERE finding_event_key = ?"
        try db.run(sql, [position, row.key])
      } else {
        try insert(one, identity, position: position)
        added += 1
      }
    }
    for rows in stored.values {
      for row in rows {
        try db.run("DELETE FROM finding_event WHERE finding_event_key = ?", [row.key])
      }
    }
    return added
  }

  private func storedRows() throws -> [Identity: [(key: Int64, position: Int)]] {
    let sql = """
      SELECT finding_event_key, position, time, file, line, offset, length, sha256
      FROM finding_event WHERE finding_key = ?
      """
    var stored: [Identity: [(key: Int64, position: Int)]] = [:]
    for row in try db.rows(sql, [finding]) {
      let identity = Identity(
        sha256: row.bytes("sha256"),
        time: row.optionalTime("time"),
        origin: RecordOrigin(row)
      )
      stored[identity, default: []].append((row["finding_event_key"], row.int("position")))
    }
    return stored
  }

  private func insert(_ evidence: Evidence, _ identity: Identity, position: Int) throws {
    let sql = """
      INSERT INTO finding_event (finding_key, position, time, file, line, offset, length, sha256,
        is_whole, raw)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """
    let raw = Array(evidence.raw.prefix(Limits.evidenceBytesMax))
    let isWhole = evidence.originalSHA256 == nil && raw.count == evidence.raw.count
    try db.run(
      sql,
      [
        finding, position, evidence.time?.stored, evidence.origin.path.stored,
        evidence.origin.line, evidence.origin.offset, evidence.origin.length,
        identity.sha256.stored, isWhole, raw.stored,
      ]
    )
  }
}
