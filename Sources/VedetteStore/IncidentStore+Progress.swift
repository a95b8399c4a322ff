import GRDB
public import VedetteEvent
public import VedetteFindings

/// What a detector knew when the last commit was made.
public struct StoredState: Sendable, Hashable {
  /// The rows, by shard, then key; empty if they were learned under other digests.
  public var rows: [StateRow]
  /// What is different from then, in words; if anything is, the detector learns anew.
  public var differences: [String]

  /// Creates what a detector knew.
  ///
  /// - Parameters:
  ///   - rows: The rows.
  ///   - differences: What is different from then.
  public init(rows: [StateRow], differences: [String]) {
    self.rows = rows
    self.differences = differences
  }
}

extension IncidentStore {
  /// Lists how far each file was read, by source, then path, then inode.
  ///
  /// - Returns: The checkpoints.
  /// - Throws: ``StoreError`` if the database can't be read.
  public func checkpoints() throws(StoreError) -> [Checkpoint] {
    try read { db in
      try db.rows("SELECT * FROM checkpoint ORDER BY source, part")
        .map(Checkpoint.init)
    }
  }

  /// Reads what a detector knew.
  ///
  /// - Parameters:
  ///   - detector: The detector.
  ///   - digests: What its state must have been learned under.
  /// - Returns: Its rows, or what is different.
  /// - Throws: ``StoreError`` if the database can't be read.
  public func state(
    of detector: String,
    under digests: StateDigests
  ) throws(StoreError) -> StoredState {
    try read { db in
      let sql = "SELECT * FROM state_version WHERE detector = ?"
      guard let version = try db.row(sql, [detector]) else {
        return StoredState(rows: [], differences: [])
      }
      let differences = digests.differences(from: StateDigests(version))
      guard differences.isEmpty else { return StoredState(rows: [], differences: differences) }
      let rows = try db.rows(
        "SELECT * FROM detector_state WHERE detector = ? ORDER BY shard, entity",
        [detector]
      )
      return StoredState(
        rows: rows.map { row in
          StateRow(
            detector: detector,
            shard: row.int("shard"),
            key: row.text("entity"),
            bytes: row.bytes("state")
          )
        },
        differences: []
      )
    }
  }

  /// Lists how far each source is, by source.
  ///
  /// - Returns: The statuses.
  /// - Throws: ``StoreError`` if the database can't be read.
  public func sourceStatus() throws(StoreError) -> [SourceStatus] {
    try read { db in
      try db.rows("SELECT * FROM source_status ORDER BY source").map { row in
        var status = SourceStatus(row)
        let sql = "SELECT * FROM dead_letter_count WHERE source = ? ORDER BY reason"
        status.deadLetters = try db.rows(sql, [status.source.name.stored]).map { row in
          SourceStatus.ReasonCount(reason: row.text("reason"), count: row.int("count"))
        }
        return status
      }
    }
  }

  /// Lists the dead letters that are kept, oldest first.
  ///
  /// - Parameter source: Only those of one source, or `nil` for all, by source.
  /// - Returns: The dead letters.
  /// - Throws: ``StoreError`` if the database can't be read.
  public func deadLetters(of source: SourceID?) throws(StoreError) -> [KeptDeadLetter] {
    try read { db in
      let sql = """
        SELECT * FROM dead_letter WHERE ?1 IS NULL OR source = ?1
        ORDER BY source, dead_letter_key
        """
      return try db.rows(sql, [source?.name.stored]).map { row in
        KeptDeadLetter(
          source: SourceID(row.text("source")),
          reason: row.text("reason"),
          origin: RecordOrigin(row),
          raw: row.bytes("raw")
        )
      }
    }
  }

  /// Lists the numbers that the pipeline keeps, by name.
  ///
  /// - Returns: The metrics.
  /// - Throws: ``StoreError`` if the database can't be read.
  public func metrics() throws(StoreError) -> [CommitBatch.Metric] {
    try read { db in
      try db.rows("SELECT * FROM metric ORDER BY name").map { row in
        CommitBatch.Metric(name: row.text("name"), value: row["value"])
      }
    }
  }
}

extension Checkpoint {
  fileprivate init(_ row: Row) {
    self.init(
      source: SourceID(row.text("source")),
      path: row.text("path"),
      device: row.bits("device"),
      inode: row.bits("inode"),
      fingerprintLength: row.int("fingerprint_length"),
      fingerprint: row.bits("fingerprint"),
      offset: Int64(row.int("offset")),
      line: row.int("line"),
      markerLength: row.int("marker_length"),
      marker: row.bits("marker"),
      isFinished: row.int("is_finished") != 0
    )
  }
}

extension SourceStatus {
  fileprivate init(_ row: Row) {
    self.init(source: SourceID(row.text("source")))
    format = row.text("format")
    formatReason = row.text("format_reason")
    problem = row.optionalText("problem")
    records = row.int("records")
    events = row.int("events")
    bytes = row.int("bytes")
    lateEvents = row.int("late_events")
    firstEvent = row.optionalTime("first_event")
    lastEvent = row.optionalTime("last_event")
    watermark = row.optionalTime("watermark")
    lastRead = row.optionalTime("last_read")
  }
}
