import GRDB
import VedetteEvent
import VedetteFindings

extension Triage {
  /// Reads what was decided from a row of `incident`.
  init(_ row: Row) throws {
    self.init(
      status: try row.word("status"),
      classification: row.optionalText("classification") == nil
        ? nil : try row.word("classification"),
      owner: row.optionalText("owner")
    )
    foldedCount = status == .closed ? row.optionalInt("folded_count") ?? 0 : 0
  }
}

extension Incident {
  /// Reads a row of `incident`; what is in other tables is added later.
  init(_ row: Row) throws {
    self.init(
      id: try row.id("id"),
      title: row.text("title"),
      risk: row.int("risk"),
      riskTerms: try StoredJSON.riskTerms(from: row.text("risk_terms")),
      firstSeen: row.time("first_seen"),
      lastSeen: row.time("last_seen"),
      entities: [],
      techniques: try StoredJSON.list(from: row.text("techniques")),
      tactics: try StoredJSON.list(from: row.text("tactics")),
      findings: [],
      eventCount: row.int("event_count"),
      sources: try StoredJSON.list(from: row.text("sources")).map(SourceID.init),
      narrative: row.text("narrative"),
      aliases: []
    )
  }
}

extension Finding {
  /// Reads a row of `finding`; what is in other tables is added later.
  init(_ row: Row) throws {
    self.init(
      id: try row.id("id"),
      time: row.time("time"),
      lastTime: row.time("last_time"),
      detectedTime: row.time("detected_time"),
      detector: try row.word("detector"),
      title: row.text("title"),
      rule: try RuleReference(row),
      severity: try row.severity("severity"),
      score: row.int("score"),
      entities: [],
      techniques: try StoredJSON.list(from: row.text("techniques")),
      tactics: try StoredJSON.list(from: row.text("tactics")),
      sources: try StoredJSON.list(from: row.text("sources")).map(SourceID.init),
      count: row.int("count"),
      evidence: [],
      explanation: try StoredJSON.explanation(from: row.text("explanation"))
    )
  }
}

extension RuleReference {
  /// Reads the rule of a row of `finding`, if it has one.
  fileprivate init?(_ row: Row) throws {
    guard let id = row.optionalText("rule_id") else { return nil }
    self.init(
      id: id,
      title: row.text("rule_title"),
      level: try row.severity("rule_level"),
      path: row.text("rule_path")
    )
  }
}

extension RecordOrigin {
  /// Reads a place from a row of `finding_event` or `dead_letter`.
  init(_ row: Row) {
    self.init(
      path: row.text("file"),
      line: row.int("line"),
      offset: Int64(row.int("offset")),
      length: row.int("length")
    )
  }
}

extension Evidence {
  /// Reads a row of `finding_event`.
  init(_ row: Row) {
    self.init(
      time: row.optionalTime("time"),
      origin: RecordOrigin(row),
      raw: row.bytes("raw"),
      originalSHA256: row.int("is_whole") == 1 ? nil : row.bytes("sha256")
    )
  }
}

extension Entity {
  /// Reads a row of `entity` joined with a role.
  init(_ row: Row) throws {
    self.init(type: try row.word("type"), value: row.text("value"), role: try row.word("role"))
  }
}

extension Activity {
  /// Reads a row of `activity` as it is shown: a text that was taken away says so.
  init(_ row: Row) throws {
    try self.init(unchanged: row)
    if let tombstone = row.optionalInt("purged_by") { detail = "(purged, see line \(tombstone))" }
  }

  /// Reads a row of `activity` as it is stored.
  init(unchanged row: Row) throws {
    self.init(
      number: row.int("activity_key"),
      incident: try row.id("incident_id"),
      time: row.time("time"),
      user: row.text("user"),
      action: row.text("action"),
      detail: row.text("detail")
    )
  }
}
