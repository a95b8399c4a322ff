// Filling one column, row by row, with gaps.
//
// A row that lacks the field costs nothing: values are padded only when the next one comes. Typed
// columns hold what is written canonically (`-12`, not `012`), because a rule compares texts; the
// first value that is not turns the column into texts for the rest of the batch, exactly.

import VedetteEvent

/// One column while its batch is filled.
@safe
struct ColumnBuilder {
  // Safety: `lastBytes` points into `dictionary` and is forgotten when that is replaced.

  private var codes: [UInt32] = []
  private var integers: [Int64] = []
  private var numbers: [Double] = []
  private var valid = Bitmap()
  private var null = Bitmap()
  private var empty = Bitmap()
  private var derived = Bitmap()
  private var further: [Column.Element] = []
  private let type: FieldType
  private var storage: FieldType
  private var dictionary = StringDictionary()
  private var isPlain = false
  private var batchesUntilRetry = 0
  private var batchesBetweenTries = 16
  private var filledSinceReplaced = 0
  private var lastRow = -1
  private var lastBytes: UnsafePointer<UInt8>?
  private var lastLength = 0
  private var lastCode: UInt32 = 0

  init(type: FieldType) {
    self.type = type
    self.storage = type.isStoredAsText ? .text : type
  }

  @unsafe
  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>, row: Int) {
    switch storage {
    case .integer:
      if row != lastRow, let value = unsafe canonicalInteger(bytes) {
        return append(integer: value, row: row)
      }
      becomeText()
    case .number:
      if row != lastRow, let value = unsafe canonicalNumber(bytes) {
        return append(number: value, row: row)
      }
      becomeText()
    default: break
    }
    unsafe appendText(bytes, row: row)
  }

  mutating func append(integer: Int64, row: Int) {
    guard storage == .integer, row != lastRow else {
      return appendText(String(integer), row: row)
    }
    while integers.count < row { integers.append(0) }
    integers.append(integer)
    valid.set(row)
    lastRow = row
  }

  mutating func append(number: Double, row: Int) {
    guard storage == .number, row != lastRow else {
      return appendText(String(number), row: row)
    }
    while numbers.count < row { numbers.append(0) }
    numbers.append(number)
    valid.set(row)
    lastRow = row
  }

  mutating func appendNull(row: Int) {
    guard row != lastRow else { return }
    null.set(row)
    lastRow = row
  }

  /// Notes an object or array with nothing in it, which a value of the same row takes the place of.
  mutating func appendEmpty(row: Int) { empty.set(row) }

  /// Notes that the row's value is not in its record.
  mutating func noteDerived(row: Int) { derived.set(row) }

  mutating func appendText(_ text: String, row: Int) {
    if storage != .text { becomeText() }
    var text = text
    text.withUTF8 { unsafe appendText($0, row: row) }
  }

  /// Takes back whatever the row has written.
  mutating func removeRow(_ row: Int) {
    empty.clear(row)
    derived.clear(row)
    guard lastRow == row else { return }
    if valid[row] {
      switch storage {
      case .integer: integers.removeLast()
      case .number: numbers.removeLast()
      default: codes.removeLast()
      }
    }
    valid.clear(row)
    null.clear(row)
    while further.last?.row == row { further.removeLast() }
    // The row before may have had no value: then the arrays are shorter than it, which is fine.
    lastRow = -2
  }

  private mutating func appendText(_ bytes: UnsafeBufferPointer<UInt8>, row: Int) {
    let code = unsafe code(of: bytes)
    if row == lastRow, valid[row] {
      further.append(Column.Element(row: row, code: code))
      return
    }
    while codes.count < row { codes.append(0) }
    codes.append(code)
    valid.set(row)
    null.clear(row)
    lastRow = row
  }

  /// The value's code; often it is the one before, which costs no hash.
  @inline(__always)
  private mutating func code(of bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
    if let known = unsafe lastBytes, bytes.count == lastLength,
      unsafe StringDictionary.areEqual(UnsafeBufferPointer(start: known, count: lastLength), bytes)
    {
      return lastCode
    }
    if dictionary.isFull { restartDictionary() }
    if isPlain { return unsafe dictionary.append(bytes) }
    lastCode = unsafe dictionary.code(of: bytes)
    unsafe lastBytes = dictionary[lastCode].baseAddress
    lastLength = bytes.count
    return lastCode
  }

  private mutating func replaceDictionary() {
    dictionary = StringDictionary()
    filledSinceReplaced = 0
    unsafe lastBytes = nil
  }

  private mutating func becomeText() {
    guard storage != .text else { return }
    let wasInteger = storage == .integer
    storage = .text
    let rows = valid
    codes = []
    rows.forEachRow { row in
      var text = wasInteger ? String(integers[row]) : String(numbers[row])
      while codes.count < row { codes.append(0) }
      codes.append(text.withUTF8 { unsafe dictionary.code(of: $0) })
    }
    integers = []
    numbers = []
  }

  /// A full dictionary in the middle of a batch: its values of this batch move into a new one.
  private mutating func restartDictionary() {
    let old = dictionary
    replaceDictionary()
    var moved: [UInt32: UInt32] = [:]
    func move(_ code: UInt32, _ fresh: StringDictionary) -> UInt32 {
      if let known = moved[code] { return known }
      let new = unsafe fresh.code(of: old[code])
      moved[code] = new
      return new
    }
    let fresh = dictionary
    valid.forEachRow { row in codes[row] = move(codes[row], fresh) }
    further = further.map { Column.Element(row: $0.row, code: move($0.code, fresh)) }
  }

  /// Seals the rows filled so far and starts over, keeping the dictionary where it pays.
  mutating func finish(rowCount: Int) -> Column {
    let values: Column.Values
    switch storage {
    case .integer:
      integers.append(contentsOf: repeatElement(0, count: rowCount - integers.count))
      values = .integers(integers)
    case .number:
      numbers.append(contentsOf: repeatElement(0, count: rowCount - numbers.count))
      values = .numbers(numbers)
    default:
      codes.append(contentsOf: repeatElement(0, count: rowCount - codes.count))
      values = .texts(codes: codes, dictionary: dictionary)
    }
    let column = Column(
      values: values,
      valid: valid,
      null: null,
      empty: empty,
      derived: derived,
      further: further
    )
    adapt(filled: valid.count + further.count)
    codes = []
    integers = []
    numbers = []
    valid = Bitmap()
    null = Bitmap()
    empty = Bitmap()
    derived = Bitmap()
    further = []
    storage = type.isStoredAsText ? .text : type
    lastRow = -1
    return column
  }

  /// Stops encoding a column that hardly repeats, and tries again after ever more batches.
  ///
  /// On CloudTrail, encoding the two columns of unique ids took a third of the time and held nearly
  /// all entries. A plain column's values live and die with their batch. A megabyte of large records
  /// is a batch of a few hundred rows, so that several are counted before a column is judged.
  private mutating func adapt(filled: Int) {
    filledSinceReplaced += filled
    if isPlain {
      batchesUntilRetry -= 1
      if batchesUntilRetry <= 0 { isPlain = false }
      replaceDictionary()
    } else if filledSinceReplaced >= Limits.batchRowsMax,
      dictionary.count * 2 > filledSinceReplaced
    {
      isPlain = true
      batchesUntilRetry = batchesBetweenTries
      batchesBetweenTries = min(batchesBetweenTries * 2, 1_024)
      replaceDictionary()
    } else if dictionary.isFull {
      replaceDictionary()
    }
  }
}

/// The number that bytes write in the one way that prints back the same, or `nil`.
@unsafe
private func canonicalInteger(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
  guard (1...19).contains(bytes.count) else { return nil }
  var index = 0
  let isNegative = unsafe bytes[0] == UInt8(ascii: "-")
  if isNegative { index = 1 }
  guard index < bytes.count else { return nil }
  if unsafe bytes[index] == UInt8(ascii: "0") { return bytes.count == 1 ? 0 : nil }
  var value: Int64 = 0
  while index < bytes.count {
    let digit = unsafe bytes[index] &- UInt8(ascii: "0")
    guard digit <= 9 else { return nil }
    let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
    let (sum, sumOverflow) = scaled.addingReportingOverflow(Int64(digit))
    if overflow || sumOverflow { return nil }
    value = sum
    index += 1
  }
  return isNegative ? -value : value
}

@unsafe
private func canonicalNumber(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
  guard bytes.count <= 32 else { return nil }
  let text = unsafe String(decoding: bytes, as: UTF8.self)
  guard let value = Double(text), value.isFinite, String(value) == text else { return nil }
  return value
}
