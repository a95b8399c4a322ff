// The rows of a batch while they are filled.
//
// One value, so that the builder, a class, is checked for exclusive access once a write: with each
// part a property of the class the checks took a third of the time of reading a syslog line.

import VedetteEvent

/// The columns and rows of a builder.
struct BatchRows {
  var columns: [ColumnBuilder] = []
  /// The number of fields that rows were refused since the last batch.
  var droppedFieldCount = 0
  private(set) var times: [Int64] = []
  private(set) var timed = Bitmap()
  private(set) var yearless = Bitmap()
  private(set) var logSources: [LogSource] = []
  private(set) var logSourceCodes: [UInt8] = []
  private(set) var records: [RecordChunk.Record] = []
  private(set) var row = 0
  private var touched: [Int] = []

  mutating func begin(_ record: RecordChunk.Record) {
    records.append(record)
    touched.removeAll(keepingCapacity: true)
  }

  @unsafe
  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>, to slot: Int) {
    guard admit(slot) else { return }
    unsafe columns[slot].append(bytes, row: row)
  }

  mutating func append(_ integer: Int64, to slot: Int) {
    guard admit(slot) else { return }
    columns[slot].append(integer: integer, row: row)
  }

  mutating func append(_ number: Double, to slot: Int) {
    guard admit(slot) else { return }
    columns[slot].append(number: number, row: row)
  }

  mutating func appendNull(to slot: Int) {
    guard admit(slot) else { return }
    columns[slot].appendNull(row: row)
  }

  mutating func end(time: EventTime?, isYearless: Bool, logSource: LogSource) {
    if time != nil { timed.set(row) }
    if isYearless { yearless.set(row) }
    times.append(time?.nanosecondsSinceEpoch ?? 0)
    logSourceCodes.append(code(of: logSource))
    row += 1
  }

  mutating func cancel() {
    guard records.count > row else { return }
    records.removeLast()
    for slot in touched { columns[slot].removeRow(row) }
    touched.removeAll(keepingCapacity: true)
  }

  /// Seals the columns; the rest is read before ``restart()``.
  mutating func sealColumns() -> [Column] {
    var sealed: [Column] = []
    sealed.reserveCapacity(columns.count)
    for index in columns.indices { sealed.append(columns[index].finish(rowCount: row)) }
    return sealed
  }

  /// Starts the next batch with the same columns.
  mutating func restart() {
    times = []
    timed = Bitmap()
    yearless = Bitmap()
    logSources = []
    logSourceCodes = []
    records = []
    row = 0
    droppedFieldCount = 0
  }

  /// Notes that the row wrote to the column, unless the row has too many fields.
  @inline(__always)
  private mutating func admit(_ slot: Int) -> Bool {
    if touched.last == slot { return true }
    guard touched.count < Limits.fieldsPerEventMax else {
      droppedFieldCount += 1
      return false
    }
    touched.append(slot)
    return true
  }

  private mutating func code(of logSource: LogSource) -> UInt8 {
    if let last = logSourceCodes.last, logSources[Int(last)] == logSource { return last }
    if let index = logSources.firstIndex(of: logSource) { return UInt8(index) }
    guard logSources.count < 255 else { return 254 }
    logSources.append(logSource)
    return UInt8(logSources.count - 1)
  }
}
