import GRDB

extension IncidentStore {
  /// How much of a detector's state there is.
  public struct StateSize: Sendable, Hashable {
    /// The rows.
    public var rows: Int
    /// The bytes of state in them.
    public var bytes: Int
  }

  /// Forgets what a detector knew, under whatever digests.
  ///
  /// - Parameter detector: The detector.
  /// - Returns: How much there was.
  /// - Throws: ``StoreError`` if the database can't be written.
  public func removeState(of detector: String) throws(StoreError) -> StateSize {
    try write { db in
      let sql = """
        SELECT COUNT(*) AS rows, COALESCE(SUM(LENGTH(state)), 0) AS bytes
        FROM detector_state WHERE detector = ?
        """
      let size = try db.row(sql, [detector]).map {
        StateSize(rows: $0.int("rows"), bytes: $0.int("bytes"))
      }
      try db.run("DELETE FROM detector_state WHERE detector = ?", [detector])
      return size ?? StateSize(rows: 0, bytes: 0)
    }
  }
}
