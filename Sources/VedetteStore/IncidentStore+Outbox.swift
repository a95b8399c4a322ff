import GRDB
public import VedetteEvent
public import VedetteFindings

extension IncidentStore {
  /// Returns what a target was told of incidents.
  ///
  /// - Parameters:
  ///   - ids: The incidents, each with its earlier ids: what was told under any of them counts.
  ///   - target: The target's name.
  /// - Returns: The worst severity that was told, for each incident of which anything was.
  /// - Throws: ``StoreError`` if the database can't be read.
  public func notified(
    of ids: [FindingID: [FindingID]],
    target: String
  ) throws(StoreError) -> [FindingID: NotifiedSeverity] {
    try read { db in
      var told: [FindingID: NotifiedSeverity] = [:]
      for (id, aliases) in ids {
        for one in [id] + aliases {
          let sql = "SELECT * FROM incident_notified WHERE incident_id = ? AND target = ?"
          guard let row = try db.row(sql, [one.hex, target.stored]) else { continue }
          let severity = try row.severity("severity")
          let isReopened = row.int("is_reopened") != 0
          let known = told[id]
          told[id] = NotifiedSeverity(
            severity: max(severity, known?.severity ?? severity),
            isReopened: isReopened || known?.isReopened == true
          )
        }
      }
      return told
    }
  }

  /// Lists the incidents that were taken up again and of which a target has not been told so.
  ///
  /// - Parameter target: The target's name.
  /// - Returns: The incidents, by id.
  /// - Throws: ``StoreError`` if the database can't be read.
  public func reopened(target: String) throws(StoreError) -> [FindingID] {
    try read { db in
      let sql = """
        SELECT incident_id FROM incident_notified WHERE is_reopened = 1 AND target = ?
        ORDER BY incident_id LIMIT 1000
        """
      return try db.rows(sql, [target.stored]).map { try $0.id("incident_id") }
    }
  }

  /// Puts messages into the outbox by themselves: for what no commit of the pipeline brings.
  ///
  /// - Parameters:
  ///   - notifications: The messages.
  ///   - time: When, by the clock on the wall.
  /// - Throws: ``StoreError`` if the database can't be written.
  public func add(_ notifications: [IncidentNotice], at time: EventTime) throws(StoreError) {
    try write { db in try OutboxWriter(db).write(notifications, at: time) }
  }

  /// Lists the messages that are due, oldest first.
  ///
  /// - Parameters:
  ///   - time: The clock on the wall.
  ///   - limit: The most to return.
  /// - Returns: The messages.
  /// - Throws: ``StoreError`` if the database can't be read.
  public func dueNotifications(
    at time: EventTime,
    limit: Int
  ) throws(StoreError) -> [WaitingNotification] {
    try read { db in
      let sql = """
        SELECT * FROM notification WHERE next_attempt <= ? ORDER BY notification_key LIMIT ?
        """
      return try db.rows(sql, [time.stored, limit]).map(WaitingNotification.init)
    }
  }

  /// Counts the messages that wait, and says why the last one that failed did.
  ///
  /// - Returns: How many wait; an error, if any of them failed.
  /// - Throws: ``StoreError`` if the database can't be read.
  public func waitingNotifications() throws(StoreError) -> (count: Int, lastError: String?) {
    try read { db in
      let sql = """
        SELECT last_error FROM notification WHERE last_error IS NOT NULL
        ORDER BY next_attempt DESC LIMIT 1
        """
      let count = Int(try db.number("SELECT count(*) FROM notification", []) ?? 0)
      return (count, try db.row(sql, [])?.optionalText("last_error"))
    }
  }

  /// Counts the messages that were never made or sent.
  ///
  /// - Returns: Incidents that nobody was told of because they were last seen over an hour before,
  ///   and messages that were dropped because too many waited.
  /// - Throws: ``StoreError`` if the database can't be read.
  public func unsentNotifications() throws(StoreError) -> (tooOld: Int, dropped: Int) {
    try read { db in
      func value(_ name: String) throws -> Int {
        Int(try db.number("SELECT value FROM metric WHERE name = ?", [name]) ?? 0)
      }
      return (try value(OutboxWriter.untoldMetric), try value(OutboxWriter.droppedMetric))
    }
  }

  /// Takes a message that was sent out of the outbox.
  ///
  /// - Parameter number: The message.
  /// - Throws: ``StoreError`` if the database can't be written; it will be sent again then.
  public func finishNotification(_ number: Int64) throws(StoreError) {
    try write { db in
      try db.run("DELETE FROM notification WHERE notification_key = ?", [number])
    }
  }

  /// Says that sending a message did not work.
  ///
  /// - Parameters:
  ///   - number: The message.
  ///   - error: Why.
  ///   - next: When to try again.
  /// - Throws: ``StoreError`` if the database can't be written.
  public func delayNotification(
    _ number: Int64,
    error: String,
    until next: EventTime
  ) throws(StoreError) {
    try write { db in
      let sql = """
        UPDATE notification SET attempts = attempts + 1, last_error = ?, next_attempt = ?
        WHERE notification_key = ?
        """
      try db.run(sql, [String(error.prefix(500)).stored, next.stored, number])
    }
  }
}

/// Writes messages, and remembers what each target was told.
struct OutboxWriter {
  static let droppedMetric = "notifications_dropped"
  static let untoldMetric = "notifications_too_old"
  private let db: Database

  init(_ db: Database) { self.db = db }

  func write(_ notifications: [IncidentNotice], at time: EventTime) throws {
    guard !notifications.isEmpty else { return }
    for one in notifications {
      try db.run(
        """
        INSERT INTO notification (target, incident_id, reason, made, body, next_attempt)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
        [
          one.target.stored, one.incident.hex, one.reason.rawValue, time.stored, one.body.stored,
          time.stored,
        ]
      )
      guard one.reason != .test else { continue }
      try db.run(
        """
        INSERT INTO incident_notified VALUES (?, ?, ?, 0)
        ON CONFLICT (incident_id, target)
        DO UPDATE SET severity = excluded.severity, is_reopened = 0
        """,
        [one.incident.hex, one.target.stored, one.severity.name]
      )
    }
    try dropOldest()
  }

  /// A target that never answers must not fill the disk; what is dropped is counted.
  private func dropOldest() throws {
    let count = Int(try db.number("SELECT count(*) FROM notification", []) ?? 0)
    let excess = count - Limits.notificationsKeptMax
    guard excess > 0 else { return }
    let sql = """
      DELETE FROM notification WHERE notification_key IN (
        SELECT notification_key FROM notification ORDER BY notification_key LIMIT ?)
      """
    try db.run(sql, [excess])
    try add(excess, to: Self.droppedMetric)
  }

  /// Counts incidents that nobody is told of because they were last seen too long ago.
  func count(untold: Int) throws {
    if untold > 0 { try add(untold, to: Self.untoldMetric) }
  }

  private func add(_ number: Int, to name: String) throws {
    let upsert = """
      INSERT INTO metric VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value
      """
    try db.run(upsert, [name, Double(number)])
  }
}

extension WaitingNotification {
  fileprivate init(_ row: Row) throws {
    self.init(
      number: row["notification_key"],
      target: row.text("target"),
      incident: try row.id("incident_id"),
      body: row.text("body"),
      made: row.time("made"),
      attempts: row.int("attempts"),
      lastError: row.optionalText("last_error")
    )
  }
}
