public import VedetteEvent

/// Up to 8,192 normalized events of one source as columns: immutable, shared between stages.
///
/// Row `r` of every column, of ``times``, ``logSourceCodes`` and ``records`` is the same event. A
/// batch is made from one chunk; its rows are in the order of the file, without the dead letters.
public final class EventBatch: Sendable {
  /// The logical source.
  public let source: SourceID
  /// The file as given or found.
  public let path: String
  /// Who sent the records, where that is not ``path``.
  let senders: [RecordChunk.Sender]
  /// Which column holds which field.
  public let schema: BatchSchema
  /// The columns, in the schema's order.
  public let columns: [Column]
  /// Event times in nanoseconds since 1970; zero where ``timed`` has no bit.
  public let times: [Int64]
  /// The rows whose time could be read.
  public let timed: Bitmap
  /// The rows whose time lacked a year: ``times`` holds them in the year 2000, to be moved.
  public let yearless: Bitmap
  /// The log sources that occur.
  public let logSources: [LogSource]
  /// Each row's index into ``logSources``.
  public let logSourceCodes: [UInt8]
  /// Each row's place in ``raw`` and in its file.
  public let records: [RecordChunk.Record]
  /// The chunk's bytes, or nothing once they were given up to save memory.
  public let raw: [UInt8]

  /// Creates a batch.
  ///
  /// - Parameters:
  ///   - source: The logical source.
  ///   - path: The file.
  ///   - senders: Who sent the records, where that is not the file.
  ///   - schema: Which column holds which field.
  ///   - columns: The columns, in the schema's order.
  ///   - times: Event times, one a row.
  ///   - timed: The rows whose time could be read.
  ///   - yearless: The rows whose time lacked a year.
  ///   - logSources: The log sources that occur.
  ///   - logSourceCodes: Each row's index into them.
  ///   - records: Each row's place.
  ///   - raw: The chunk's bytes.
  package init(
    source: SourceID,
    path: String,
    senders: [RecordChunk.Sender],
    schema: BatchSchema,
    columns: [Column],
    times: [Int64],
    timed: Bitmap,
    yearless: Bitmap,
    logSources: [LogSource],
    logSourceCodes: [UInt8],
    records: [RecordChunk.Record],
    raw: [UInt8]
  ) {
    precondition(times.count == records.count && logSourceCodes.count == records.count)
    self.source = source
    self.path = path
    self.senders = senders
    self.schema = schema
    self.columns = columns
    self.times = times
    self.timed = timed
    self.yearless = yearless
    self.logSources = logSources
    self.logSourceCodes = logSourceCodes
    self.records = records
    self.raw = raw
  }

  /// The number of events.
  public var rowCount: Int { records.count }

  /// Returns the column that a normalized or raw name reaches, or `nil` if no event has the field.
  public func column(_ name: String) -> Column? {
    schema.index(of: name).map { columns[$0] }
  }

  /// Returns a field of one event as text, or `nil` if it has no value.
  public func text(_ name: String, row: Int) -> String? {
    column(name)?.text(row)
  }

  /// Returns when an event happened, or `nil` if its time could not be read.
  public func time(_ row: Int) -> EventTime? {
    timed[row] ? EventTime(nanosecondsSinceEpoch: times[row]) : nil
  }

  /// Returns where an event came from.
  public func logSource(_ row: Int) -> LogSource {
    logSources[Int(logSourceCodes[row])]
  }

  /// Returns where an event was read.
  public func origin(_ row: Int) -> RecordOrigin {
    let record = records[row]
    return RecordOrigin(
      path: senders.path(at: record.start) ?? path,
      line: record.line,
      offset: record.offset,
      length: record.length
    )
  }

  /// Returns an event's own bytes, or nothing if they were given up.
  public func rawBytes(_ row: Int) -> ArraySlice<UInt8> {
    let record = records[row]
    guard record.start + record.length <= raw.count else { return [] }
    return raw[record.start..<record.start + record.length]
  }

  /// Returns the batch without its raw bytes, to be kept for queries.
  public func withoutRaw() -> EventBatch {
    copy(times: times, timed: timed, yearless: yearless, raw: [])
  }

  /// Returns the batch with its years known.
  ///
  /// - Parameter times: Event times, one a row.
  /// - Returns: The batch with these times, none of them lacking a year.
  public func with(times: [Int64]) -> EventBatch { with(times: times, timed: timed) }

  /// Returns the batch with its years known, where some turned out to have no such day.
  ///
  /// - Parameters:
  ///   - times: Event times, one a row.
  ///   - timed: The rows whose time could be read.
  /// - Returns: The batch with these times, none of them lacking a year.
  public func with(times: [Int64], timed: Bitmap) -> EventBatch {
    copy(times: times, timed: timed, yearless: Bitmap(), raw: raw)
  }

  /// Returns the batch with other times or bytes, or with other columns and the names that go with
  /// them.
  func copy(
    schema: BatchSchema? = nil,
    columns: [Column]? = nil,
    times: [Int64],
    timed: Bitmap,
    yearless: Bitmap,
    raw: [UInt8]
  ) -> EventBatch {
    EventBatch(
      source: source,
      path: path,
      senders: senders,
      schema: schema ?? self.schema,
      columns: columns ?? self.columns,
      times: times,
      timed: timed,
      yearless: yearless,
      logSources: logSources,
      logSourceCodes: logSourceCodes,
      records: records,
      raw: raw
    )
  }
}
