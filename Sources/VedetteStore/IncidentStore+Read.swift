import GRDB
public import VedetteFindings

extension IncidentStore {
  /// Lists incidents.
  ///
  /// - Parameter query: Which, and in which order.
  /// - Returns: The incidents; of those that an analyst merged only the one they are part of.
  /// - Throws: ``StoreError`` if the database can't be read.
  public func incidents(_ query: IncidentQuery) throws(StoreError) -> [TriagedIncident] {
    try read { db in try IncidentReader(db).list(query) }
  }

  /// Counts incidents, whatever the limit of the query.
  ///
  /// - Parameter query: Which.
  /// - Returns: How many there are.
  /// - Throws: ``StoreError`` if the database can't be read.
  public func incidentCount(_ query: IncidentQuery) throws(StoreError) -> Int {
    try read { db in try IncidentReader(db).count(query) }
  }

  /// Finds one incident with its findings, their evidence and what was done about it.
  ///
  /// - Parameter id: The start of its id, with or without `INC-`; of an earlier id of it; or of the
  ///   id of one of its findings, with `F-`.
  /// - Returns: The incident; those that an analyst merged into it are part of it.
  /// - Throws: ``StoreError`` if there is none or several.
  public func incident(_ id: String) throws(StoreError) -> IncidentDetail {
    try read { db in
      let key = try IDResolver(db, path: path).incident(id)
      return try IncidentReader(db).detail(key, joining: true)
    }
  }

  /// Passes on every incident as the pipeline made it, by first seen, then id: what is exported.
  ///
  /// What an analyst merged is passed on in parts. All comes from one view of the database, one
  /// incident at a time in memory.
  ///
  /// - Parameter body: Takes one incident.
  /// - Throws: ``StoreError`` if the database can't be read, or what `body` throws as one.
  public func forEachIncident(_ body: (IncidentDetail) throws -> Void) throws(StoreError) {
    try read { db in
      let reader = IncidentReader(db)
      let sql = "SELECT incident_key FROM incident ORDER BY first_seen, id"
      for key in try Int64.fetchAll(db, sql: sql) {
        try body(try reader.detail(key, joining: false))
      }
    }
  }

  /// Counts the digits that tell an id from all others, for what is printed.
  ///
  /// - Parameters:
  ///   - id: An incident's id.
  ///   - least: The fewest digits to show.
  /// - Returns: `least`, or more where ids begin alike.
  /// - Throws: ``StoreError`` if the database can't be read.
  public func prefixLength(of id: FindingID, atLeast least: Int) throws(StoreError) -> Int {
    try read { db in try IDResolver(db, path: path).prefixLength(of: id, atLeast: least) }
  }

  /// Returns the end of the activity as it is now: what to keep elsewhere.
  ///
  /// - Returns: The number of the last line and its digest.
  /// - Throws: ``StoreError`` if the database can't be read.
  public func activityHead() throws(StoreError) -> ActivityHead {
    try read { db in try ActivityChain.head(db) }
  }

  /// Checks that no line of activity was changed or left out.
  ///
  /// - Parameter kept: A head that was printed earlier: without one neither a missing end nor a
  ///   whole that was written anew shows.
  /// - Returns: What is wrong first, if anything, and the head now.
  /// - Throws: ``StoreError`` if the database can't be read.
  /// - Complexity: O(lines)
  public func verifyActivity(against kept: ActivityHead?) throws(StoreError) -> ActivityReport {
    try read { db in try ActivityChain.check(db, kept: kept) }
  }
}
