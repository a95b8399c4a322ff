public import VedetteEvent

/// Fills a batch row by row.
///
/// One builder belongs to one parser thread and one logical source's format. It keeps its columns,
/// names and dictionaries from batch to batch, so that what repeats is encoded once.
///
/// ```swift
/// let user = builder.slot("user.name", type: .text)
/// builder.beginRow(record)
/// builder.append(bytes, to: user)
/// builder.endRow(time: time, logSource: sshd)
/// let batch = builder.finish(source: source, path: path, raw: chunk.bytes)
/// ```
@safe
public final class EventBatchBuilder {
  // Safety: `open` is allocated in `init`, freed in `deinit` and touched by the one owning thread.
  // It is behind a pointer because the checks of exclusive access to a class's properties cost as
  // much as writing a value.

  /// The columns and the row that is being written.
  private struct Open {
    var columns: [ColumnBuilder] = []
    var row = 0
    var touched: [Int] = []
    var refusedFieldCount = 0

    /// Notes that the row wrote to the column, unless the row has too many fields.
    @inline(__always)
    mutating func admit(_ slot: Int) -> Bool {
      if touched.last == slot { return true }
      guard touched.count < Limits.fieldsPerEventMax else {
        refusedFieldCount += 1
        return false
      }
      touched.append(slot)
      return true
    }
  }

  /// The number of field names or values refused because a limit was reached, since the last batch.
  public var droppedFieldCount: Int {
    refusedValueCount + (unsafe open.pointee.refusedFieldCount)
  }

  /// The number of columns refused because a limit was reached, since the last batch.
  public private(set) var refusedColumnCount = 0

  private let open: UnsafeMutablePointer<Open>
  private var refusedValueCount = 0
  private var schema = BatchSchema()
  private var times: [Int64] = []
  private var timed = Bitmap()
  private var yearless = Bitmap()
  private var logSources: [LogSource] = []
  private var logSourceCodes: [UInt8] = []
  private var records: [RecordChunk.Record] = []

  /// Creates an empty builder.
  public init() {
    unsafe open = .allocate(capacity: 1)
    unsafe open.initialize(to: Open())
  }

  deinit {
    unsafe open.deinitialize(count: 1)
    unsafe open.deallocate()
  }

  /// The number of columns made so far; they stay from batch to batch.
  public var columnCount: Int { unsafe open.pointee.columns.count }

  /// The number of finished rows.
  public var rowCount: Int { unsafe open.pointee.row }

  /// Whether the row that is being written has as many fields as it may.
  public var isRowFull: Bool { unsafe open.pointee.touched.count >= Limits.fieldsPerEventMax }

  /// Returns the column of a name, making it if there is room.
  ///
  /// - Parameters:
  ///   - name: The normalized name, or the raw one where there is no other.
  ///   - type: What the column holds.
  /// - Returns: The column's index, or `nil` past ``Limits/columnsPerBatchMax``: the field is then
  ///   dropped and counted, as it is where the row has ``Limits/fieldsPerEventMax`` already.
  public func slot(_ name: String, type: FieldType = .text) -> Int? {
    if let index = exactIndex(name) { return index }
    // A row with too many fields must not take the room of others.
    guard !isRowFull else {
      unsafe open.pointee.refusedFieldCount += 1
      return nil
    }
    guard columnCount < Limits.columnsPerBatchMax else {
      refusedValueCount += 1
      refusedColumnCount += 1
      return nil
    }
    let index = schema.add(name)
    unsafe open.pointee.columns.append(ColumnBuilder(type: type))
    return index
  }

  /// Makes a raw name reach a column too.
  ///
  /// - Parameters:
  ///   - name: The raw name.
  ///   - slot: The column's index.
  public func link(_ name: String, to slot: Int) { schema.link(name, to: slot) }

  /// Starts a row.
  ///
  /// - Parameter record: Where the row's record lies.
  public func beginRow(_ record: RecordChunk.Record) {
    records.append(record)
    unsafe open.pointee.touched.removeAll(keepingCapacity: true)
  }

  /// Writes a value; a second one for the same row is a further element of an array.
  ///
  /// - Parameters:
  ///   - bytes: The value's bytes, UTF-8 as far as possible.
  ///   - slot: The column's index.
  @unsafe
  public func append(_ bytes: UnsafeBufferPointer<UInt8>, to slot: Int) {
    guard unsafe open.pointee.admit(slot) else { return }
    unsafe open.pointee.columns[slot].append(bytes, row: open.pointee.row)
  }

  /// Writes a text.
  ///
  /// - Parameters:
  ///   - text: The value.
  ///   - slot: The column's index.
  public func append(_ text: String, to slot: Int) {
    var text = text
    text.withUTF8 { unsafe append($0, to: slot) }
  }

  /// Writes a text that is known when the program is compiled.
  ///
  /// - Parameters:
  ///   - text: The value.
  ///   - slot: The column's index.
  public func append(_ text: StaticString, to slot: Int) {
    let bytes = unsafe UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    unsafe append(bytes, to: slot)
    unsafe open.pointee.columns[slot].noteDerived(row: open.pointee.row)
  }

  /// Writes a whole number.
  ///
  /// - Parameters:
  ///   - integer: The value.
  ///   - slot: The column's index.
  public func append(_ integer: Int64, to slot: Int) {
    guard unsafe open.pointee.admit(slot) else { return }
    unsafe open.pointee.columns[slot].append(integer: integer, row: open.pointee.row)
  }

  /// Writes a number with a fraction.
  ///
  /// - Parameters:
  ///   - number: The value.
  ///   - slot: The column's index.
  public func append(_ number: Double, to slot: Int) {
    guard unsafe open.pointee.admit(slot) else { return }
    unsafe open.pointee.columns[slot].append(number: number, row: open.pointee.row)
  }

  /// Notes that the field is there and null.
  ///
  /// - Parameter slot: The column's index.
  public func appendNull(to slot: Int) {
    guard unsafe open.pointee.admit(slot) else { return }
    unsafe open.pointee.columns[slot].appendNull(row: open.pointee.row)
  }

  /// Notes that the field is an object or an array with nothing in it.
  ///
  /// - Parameter slot: The column's index.
  public func appendEmpty(to slot: Int) {
    guard unsafe open.pointee.admit(slot) else { return }
    unsafe open.pointee.columns[slot].appendEmpty(row: open.pointee.row)
  }

  /// Finishes a row.
  ///
  /// - Parameters:
  ///   - time: When the event happened, or `nil` if that could not be read.
  ///   - isYearless: Whether the time lacked a year and is given in the year 2000.
  ///   - logSource: Where the event comes from.
  public func endRow(time: EventTime?, isYearless: Bool = false, logSource: LogSource) {
    let row = rowCount
    if time != nil { timed.set(row) }
    if isYearless { yearless.set(row) }
    times.append(time?.nanosecondsSinceEpoch ?? 0)
    logSourceCodes.append(code(of: logSource))
    unsafe open.pointee.row += 1
  }

  /// Takes back the row that was begun: its record turned out to be a dead letter.
  public func cancelRow() {
    let row = rowCount
    guard records.count > row else { return }
    records.removeLast()
    clearRow()
  }

  /// Takes back what was written to the row that was begun: it was read as something it is not.
  public func clearRow() {
    let row = rowCount
    for slot in unsafe open.pointee.touched { unsafe open.pointee.columns[slot].removeRow(row) }
    unsafe open.pointee.touched.removeAll(keepingCapacity: true)
  }

  /// Seals the finished rows as a batch and starts the next.
  ///
  /// - Parameters:
  ///   - source: The logical source.
  ///   - path: The file.
  ///   - senders: Who sent the records, where that is not the file.
  ///   - raw: The bytes that the rows' records lie in.
  /// - Returns: The batch; it may have no rows.
  public func finish(
    source: SourceID,
    path: String,
    senders: [RecordChunk.Sender] = [],
    raw: [UInt8]
  ) -> EventBatch {
    cancelRow()
    var sealed: [Column] = []
    sealed.reserveCapacity(columnCount)
    for index in 0..<columnCount {
      unsafe sealed.append(open.pointee.columns[index].finish(rowCount: open.pointee.row))
    }
    let schema = self.schema.resolvingVariants(in: &sealed)
    let batch = EventBatch(
      source: source,
      path: path,
      senders: senders,
      schema: schema,
      columns: sealed,
      times: times,
      timed: timed,
      yearless: yearless,
      logSources: logSources,
      logSourceCodes: logSourceCodes,
      records: records,
      raw: raw
    )
    times = []
    timed = Bitmap()
    yearless = Bitmap()
    logSources = []
    logSourceCodes = []
    records = []
    unsafe open.pointee.row = 0
    unsafe open.pointee.refusedFieldCount = 0
    refusedValueCount = 0
    refusedColumnCount = 0
    return batch
  }

  private func exactIndex(_ name: String) -> Int? { schema.exactIndex(of: name) }

  private func code(of logSource: LogSource) -> UInt8 {
    // Most rows are of the log source of the row before.
    if let last = logSourceCodes.last, logSources[Int(last)] == logSource { return last }
    if let index = logSources.firstIndex(of: logSource) { return UInt8(index) }
    guard logSources.count < 255 else { return 254 }
    logSources.append(logSource)
    return UInt8(logSources.count - 1)
  }
}
