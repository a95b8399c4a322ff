import GRDB
import VedetteEvent
import VedetteFindings

/// Keeps what analysts decided about closed incidents while the pipeline goes on.
///
/// One that was closed as an attack, or undecided, is taken up again by any new finding. One that
/// was closed as benign or as a false positive takes up more of the same, which is counted there, and
/// is taken up again only by a rule that was not part of it, by a higher severity or by an actor
/// that was not part of it. An incident that is nothing but the same again, no later than thirty days
/// after, is shown as part of the closed one until it is more than that.
struct VerdictKeeper {
  private static let foldedNanoseconds: Int64 = 30 * 86_400_000_000_000

  private let db: Database
  private let time: EventTime
  private let user = "vedette"
  /// Incidents of the batch that were closed before it, by their keys.
  private var closed: [Int64: Content] = [:]
  private var written: [FindingID] = []

  /// What an incident is made of.
  private struct Content {
    var classification: Classification?
    var severity: Severity
    var rules: Set<String>
    var actors: Set<Int64>
    var findingCount: Int
  }

  /// Looks at the incidents of a batch before it is written.
  init(_ db: Database, _ batch: CommitBatch) throws {
    self.db = db
    time = batch.time
    written = batch.incidents.map(\.id)
    for incident in batch.incidents {
      for id in [incident.id] + incident.aliases {
        let sql = "SELECT * FROM incident WHERE id = ? AND status = 'closed'"
        guard let row = try db.row(sql, [id.hex]) else { continue }
        closed[row["incident_key"]] = try content(row)
      }
    }
  }

  /// Decides what the batch does to verdicts, after it was written.
  ///
  /// - Returns: The incidents of the batch that nobody is to be told of, because they are part of a
  ///   closed one.
  func finish() throws -> Set<FindingID> {
    for (key, before) in closed.sorted(by: { $0.key < $1.key }) { try keep(key, before) }
    var folded: Set<FindingID> = []
    let hasVerdicts =
      try db.number(
        """
        SELECT 1 FROM incident WHERE classification IN ('benign', 'false-positive')
          AND status = 'closed' LIMIT 1
        """,
        []
      ) != nil
    for id in written {
      guard let row = try db.row("SELECT * FROM incident WHERE id = ?", [id.hex]) else { continue }
      if row.int("is_folded") == 1 {
        if try staysFolded(row) { folded.insert(id) }
      } else if hasVerdicts, try fold(row) {
        folded.insert(id)
      } else if try staysQuiet(row) {
        folded.insert(id)
      }
    }
    return folded
  }

  /// Opens a closed incident again, or counts what came.
  private func keep(_ key: Int64, _ before: Content) throws {
    let sql = "SELECT * FROM incident WHERE incident_key = ? AND status = 'closed'"
    guard let row = try db.row(sql, [key]) else { return }
    let now = try content(row)
    let id = try row.id("id")
    guard isDismissal(before.classification) else {
      guard now.findingCount > before.findingCount else { return }
      return try reopen(key, id, "\(words(now.findingCount - before.findingCount)) came")
    }
    if let reason = news(in: now, since: before) { return try reopen(key, id, reason) }
    guard now.findingCount > before.findingCount else { return }
    try count(now.findingCount - before.findingCount, in: key)
  }

  /// Says what of one is more than the same again.
  private func news(in now: Content, since before: Content) -> String? {
    if now.severity > before.severity {
      return "its severity rose from \(before.severity.name) to \(now.severity.name)"
    }
    if !now.rules.isSubset(of: before.rules) { return "a rule that was not part of it matched" }
    if !now.actors.isSubset(of: before.actors) { return "somebody who was not part of it acted" }
    return nil
  }

  private func reopen(_ key: Int64, _ id: FindingID, _ reason: String) throws {
    try db.run(
      "UPDATE incident SET status = 'active', classification = NULL WHERE incident_key = ?",
      [key]
    )
    try ActivityWriter(db, user: user, time: time).append("reopen", reason, to: id)
    try db.run("UPDATE incident_notified SET is_reopened = 1 WHERE incident_id = ?", [id.hex])
  }

  private func count(_ findings: Int, in key: Int64) throws {
    let sql = "UPDATE incident SET folded_count = folded_count + ? WHERE incident_key = ?"
    try db.run(sql, [findings, key])
  }

  /// Whether an incident is closed as nothing, and nobody is to be told that it grew.
  private func staysQuiet(_ row: Row) throws -> Bool {
    let triage = try Triage(row)
    return triage.status == .closed && isDismissal(triage.classification)
  }

  private func isDismissal(_ classification: Classification?) -> Bool {
    classification == .benign || classification == .falsePositive
  }

  private func words(_ findings: Int) -> String {
    findings == 1 ? "a new finding" : "\(findings) new findings"
  }

  private func content(_ row: Row) throws -> Content {
    let key: Int64 = row["incident_key"]
    let rules = try db.rows(
      "SELECT DISTINCT coalesce(rule_id, title) AS rule FROM finding WHERE incident_key = ?",
      [key]
    ).map { $0.text("rule") }
    let actors = try db.rows(
      "SELECT entity_key FROM incident_entity WHERE incident_key = ? AND role = 'actor'",
      [key]
    ).map { $0["entity_key"] as Int64 }
    let count = try db.number("SELECT count(*) FROM finding WHERE incident_key = ?", [key])
    return Content(
      classification: try Triage(row).classification,
      severity: try row.severity("severity"),
      rules: Set(rules),
      actors: Set(actors),
      findingCount: Int(count ?? 0)
    )
  }
}

extension VerdictKeeper {
  /// Makes a new incident part of a closed one that it only repeats; returns whether there is one.
  private func fold(_ row: Row) throws -> Bool {
    let key: Int64 = row["incident_key"]
    let isUntouched = try Triage(row) == Triage() && row.optionalInt("merged_into") == nil
    guard isUntouched else { return false }
    let now = try content(row)
    guard !now.actors.isEmpty else { return false }
    let sql = """
      SELECT DISTINCT incident.* FROM incident JOIN incident_entity USING (incident_key)
      WHERE classification IN ('benign', 'false-positive') AND status = 'closed'
        AND merged_into IS NULL AND incident_key <> ?1 AND role = 'actor'
        AND last_seen BETWEEN ?2 AND ?3 AND entity_key IN (
          SELECT entity_key FROM incident_entity WHERE incident_key = ?1 AND role = 'actor')
      ORDER BY last_seen DESC, id LIMIT 50
      """
    let first = row.time("first_seen")
    let since = first.advanced(byNanoseconds: -Self.foldedNanoseconds)
    for verdict in try db.rows(sql, [key, since.stored, first.stored])
    where news(in: now, since: try whole(verdict)) == nil {
      let target: Int64 = verdict["incident_key"]
      try db.run(
        "UPDATE incident SET merged_into = ?, is_folded = 1 WHERE incident_key = ?",
        [target, key]
      )
      try count(now.findingCount, in: target)
      let text = "INC-\(try row.id("id").hex) is the same rule and entity again: counted here"
      try ActivityWriter(db, user: user, time: time).append("fold", text, to: verdict.id("id"))
      return true
    }
    return false
  }

  /// Keeps an incident in the closed one that it repeats, or takes it out when it is more.
  private func staysFolded(_ row: Row) throws -> Bool {
    let key: Int64 = row["incident_key"]
    let target = row.optionalInt("merged_into").map(Int64.init)
    let sql = "SELECT * FROM incident WHERE incident_key = ?"
    if let target, let verdict = try db.row(sql, [target]) {
      // Taken up again, the closed one shows what was folded as part of it.
      guard try staysQuiet(verdict) else { return false }
      guard news(in: try content(row), since: try whole(verdict)) != nil else { return true }
    }
    try db.run(
      "UPDATE incident SET merged_into = NULL, is_folded = 0 WHERE incident_key = ?",
      [key]
    )
    let text = "no longer only what was closed before: on its own"
    try ActivityWriter(db, user: user, time: time).append("unfold", text, to: row.id("id"))
    return false
  }

  /// A closed incident with all that an analyst merged into it, but not what was folded.
  private func whole(_ row: Row) throws -> Content {
    var content = try content(row)
    let key: Int64 = row["incident_key"]
    let sql = "SELECT * FROM incident WHERE merged_into = ? AND is_folded = 0"
    for part in try db.rows(sql, [key]) {
      let other = try self.content(part)
      content.rules.formUnion(other.rules)
      content.actors.formUnion(other.actors)
      content.severity = max(content.severity, other.severity)
    }
    return content
  }
}
