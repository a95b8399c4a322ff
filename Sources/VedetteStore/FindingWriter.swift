import GRDB
import VedetteDigest
import VedetteEvent
import VedetteFindings

/// Writes findings with their evidence.
struct FindingWriter {
  private let db: Database
  private let entities: EntityWriter
  private let insertion: RowStatement
  private let change: RowStatement
  private let evidence: EvidenceWriter

  init(_ db: Database, _ entities: EntityWriter) throws {
    self.db = db
    self.entities = entities
    insertion = try RowStatement(db, Self.insertSQL)
    change = try RowStatement(db, Self.updateSQL)
    evidence = try EvidenceWriter(db)
  }

  /// Writes a finding and returns how many evidence rows were added.
  func write(_ finding: Finding, incident: Int64?, hiddenBy exception: String?) throws -> Int {
    let hex = finding.id.hex
    try db.run("DELETE FROM finding_alias WHERE alias = ?", [hex])
    let known = try db.number("SELECT finding_key FROM finding WHERE id = ?", [hex])
    var values = columns(finding, incident) + [.text(exception)]
    let seen = finding.time...max(finding.time, finding.lastTime)
    values.append(.text(try entities.list(finding.entities, seen: seen)))
    let key: Int64
    if let known {
      values.append(.integer(known))
      try change.run(values)
      key = known
    } else {
      values.append(.text(hex))
      try insertion.run(values)
      key = db.lastInsertedRowID
    }
    return try evidence.write(finding.evidence, of: key, isNew: known == nil)
  }

  /// Makes a stored finding one of another incident.
  func move(_ id: FindingID, to incident: Int64?) throws {
    try db.run("UPDATE finding SET incident_key = ? WHERE id = ?", [incident, id.hex])
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

  private static let updateSQL = """
    UPDATE finding SET incident_key = ?, time = ?, last_time = ?, detected_time = ?, detector = ?, title = ?,
      rule_id = ?, rule_title = ?, rule_level = ?, rule_path = ?, severity = ?, score = ?,
      techniques = ?, tactics = ?, sources = ?, count = ?, explanation = ?, hidden_by = ?,
      entities = ?
    WHERE finding_key = ?
    """

  private static let insertSQL = """
    INSERT INTO finding (incident_key, time, last_time, detected_time, detector, title, rule_id,
      rule_title, rule_level, rule_path, severity, score, techniques, tactics, sources, count,
      explanation, hidden_by, entities, id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    """

  private func columns(_ finding: Finding, _ incident: Int64?) -> [RowStatement.Value] {
    [
      .key(incident), .time(finding.time), .time(finding.lastTime), .time(finding.detectedTime),
      .text(finding.detector.rawValue), .text(finding.title), .text(finding.rule?.id),
      .text(finding.rule?.title), .text(finding.rule?.level.name), .text(finding.rule?.path),
      .text(finding.severity.name), .number(finding.score),
      .text(StoredJSON.list(finding.techniques)), .text(StoredJSON.list(finding.tactics)),
      .text(StoredJSON.list(finding.sources.map(\.name))), .number(finding.count),
      .text(StoredJSON.explanation(finding.explanation)),
    ]
  }
}

/// Writes the evidence of findings: only what is not there yet.
private final class EvidenceWriter {
  /// Slots, a power of two, of records that are hashed once though several findings show them.
  private static let hashedMax = 8_192
  private static let hashedBytesMax = 1_024

  private let db: Database
  private var hashed = [(raw: [UInt8], sha256: [UInt8])](repeating: ([], []), count: hashedMax)
  private let insertion: RowStatement

  /// What tells one piece of evidence from another: bytes, time and place.
  private struct Identity: Hashable {
    var sha256: [UInt8]
    var time: EventTime?
    var origin: RecordOrigin
  }

  init(_ db: Database) throws {
    self.db = db
    insertion = try RowStatement(
      db,
      """
      INSERT INTO finding_event (finding_key, position, time, file, line, offset, length, sha256,
        is_whole, raw)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """
    )
  }

  func write(_ evidence: [Evidence], of finding: Int64, isNew: Bool) throws -> Int {
    var stored = isNew ? [:] : try storedRows(of: finding)
    var added = 0
    for (position, one) in evidence.prefix(Limits.evidenceRecordsMax).enumerated() {
      let identity = Identity(
        sha256: one.originalSHA256 ?? sha256(of: one),
        time: one.time,
        origin: one.origin
      )
      if !stored.isEmpty, var rows = stored[identity], let row = rows.popLast() {
        stored[identity] = rows
        guard row.position != position else { continue }
        let sql = "UPDATE finding_event SET position = ? WHERE finding_event_key = ?"
        try db.run(sql, [position, row.key])
      } else {
        try insert(one, identity, of: finding, position: position)
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

  private func sha256(of evidence: Evidence) -> [UInt8] {
    guard evidence.raw.count <= Self.hashedBytesMax else { return Digest.of(evidence.raw).bytes }
    // Where a record lies spreads records well; its bytes say whether it is the same.
    let place = UInt64(bitPattern: evidence.origin.offset) &* 0x9e37_79b9_7f4a_7c15
    let slot = Int(truncatingIfNeeded: place >> 32) & (Self.hashedMax - 1)
    if !hashed[slot].raw.isEmpty, hashed[slot].raw == evidence.raw { return hashed[slot].sha256 }
    let sha256 = Digest.of(evidence.raw).bytes
    hashed[slot] = (evidence.raw, sha256)
    return sha256
  }

  private func storedRows(of finding: Int64) throws -> [Identity: [(key: Int64, position: Int)]] {
    let sql = """
      SELECT finding_event_key, position, time, file, line, offset, length, sha256
      FROM finding_event WHERE finding_key = ?
      """
    var stored: [Identity: [(key: Int64, position: Int)]] = [:]
    // One row after the other: a list of rows is a list of copies.
    let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: [finding])
    while let row = try rows.next() {
      let identity = Identity(
        sha256: row.bytes("sha256"),
        time: row.optionalTime("time"),
        origin: RecordOrigin(row)
      )
      stored[identity, default: []].append((row["finding_event_key"], row.int("position")))
    }
    return stored
  }

  private func insert(
    _ evidence: Evidence,
    _ identity: Identity,
    of finding: Int64,
    position: Int
  ) throws {
    let fits = evidence.raw.count <= Limits.evidenceBytesMax
    let raw = fits ? evidence.raw : Array(evidence.raw.prefix(Limits.evidenceBytesMax))
    try insertion.run([
      .integer(finding), .number(position), .time(evidence.time), .text(evidence.origin.path),
      .number(evidence.origin.line), .integer(evidence.origin.offset),
      .number(evidence.origin.length), .bytes(identity.sha256),
      .flag(fits && evidence.originalSHA256 == nil), .bytes(raw),
    ])
  }
}
