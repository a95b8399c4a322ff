import GRDB
public import VedetteEvent
public import VedetteFindings

/// What an exception has kept out of incidents.
public struct ExceptionHits: Sendable, Hashable {
  /// The exception's id.
  public var exception: String
  /// Findings it hides.
  public var findings: Int
  /// Events these rest on.
  public var events: Int
  /// When the last of them happened.
  public var last: EventTime
}

extension IncidentStore {
  /// Counts what each exception hides, by the exception's id.
  ///
  /// - Returns: The counts, of those that hide anything.
  /// - Throws: ``StoreError`` if the database can't be read.
  public func exceptionHits() throws(StoreError) -> [ExceptionHits] {
    try read { db in
      let sql = """
        SELECT hidden_by, count(*) AS findings, sum(count) AS events, max(last_time) AS last
        FROM finding WHERE hidden_by IS NOT NULL GROUP BY hidden_by ORDER BY hidden_by
        """
      return try db.rows(sql).map { row in
        ExceptionHits(
          exception: row.text("hidden_by"),
          findings: row.int("findings"),
          events: row.int("events"),
          last: row.time("last")
        )
      }
    }
  }

  /// Passes on every finding, without evidence, with the incident it is part of, if any.
  ///
  /// - Parameter body: Takes one finding, its incident, and the exception that hides it.
  /// - Throws: ``StoreError`` if the database can't be read, or what `body` throws as one.
  public func forEachFinding(
    _ body: (Finding, _ incident: FindingID?, _ exception: String?) throws -> Void
  ) throws(StoreError) {
    try read { db in
      let reader = IncidentReader(db)
      let sql = """
        SELECT finding.*, incident.id AS incident_id FROM finding
        LEFT JOIN incident USING (incident_key) ORDER BY finding.time, finding.id
        """
      let rows = try Row.fetchCursor(db, sql: sql)
      while let row = try rows.next() {
        let incident = row.optionalText("incident_id").flatMap { FindingID(hex: $0) }
        try body(try reader.findingAlone(row), incident, row.optionalText("hidden_by"))
      }
    }
  }
}
