// From a record's bytes into the builder's columns.
//
// A column is made when the first event has its field, so that a file of sshd lines does not carry
// the columns of a web server.

import VedetteColumns
import VedetteEvent

/// Writes the fields of text formats into the current row of a builder.
struct FieldWriter {
  /// Where the rows go.
  let builder: EventBatchBuilder
  private var slots: [Int]
  private var scratch: [UInt8] = []

  private static let unmade = -1

  /// Creates a writer.
  ///
  /// - Parameter builder: Where the rows go.
  init(builder: EventBatchBuilder) {
    self.builder = builder
    slots = [Int](repeating: Self.unmade, count: TextField.allCases.count)
  }

  /// Writes a part of the record.
  @inline(__always)
  mutating func write(_ field: TextField, _ record: Span<UInt8>, _ range: Range<Int>) {
    guard let slot = slot(field) else { return }
    append(record.extracting(range), to: slot)
  }

  /// Writes a word of ours.
  @inline(__always)
  mutating func write(_ field: TextField, _ text: StaticString) {
    guard let slot = slot(field) else { return }
    builder.append(text, to: slot)
  }

  /// Writes a number.
  @inline(__always)
  mutating func write(_ field: TextField, _ number: Int64) {
    guard let slot = slot(field) else { return }
    builder.append(number, to: slot)
  }

  /// Writes an address per RFC 5952, and nothing if it is none.
  ///
  /// - Returns: Whether it was an address.
  @inline(__always)
  mutating func writeAddress(
    _ field: TextField,
    _ record: Span<UInt8>,
    _ range: Range<Int>
  ) -> Bool {
    guard let address = record.address(range) else { return false }
    guard let slot = slot(field) else { return true }
    // Dotted IPv4 is read only in the one form that is also its text.
    if address.isIPv4, record.first(.colon, range) == nil {
      append(record.extracting(range), to: slot)
    } else {
      builder.append(address.description, to: slot)
    }
    return true
  }

  /// Writes a part of the record in lower case with a word of ours after it, `cron` `_other`.
  ///
  /// What is not a letter or digit is left out at the start and an underscore after it.
  mutating func writeWord(
    _ field: TextField,
    _ record: Span<UInt8>,
    _ range: Range<Int>,
    suffix: StaticString
  ) {
    guard let slot = slot(field) else { return }
    scratch.removeAll(keepingCapacity: true)
    for index in range.prefix(64) {
      let byte = record[index]
      if scratch.isEmpty, !byte.isDigit, !byte.isLetter { continue }
      scratch.append(byte.isDigit ? byte : byte.isLetter ? byte | 0x20 : UInt8(ascii: "_"))
    }
    for offset in 0..<suffix.utf8CodeUnitCount {
      scratch.append(suffix.byte(offset))
    }
    append(scratch.span, to: slot)
  }

  /// Writes a quoted part of the record with its escapes undone: `\"`, `\\` and `\x` of what is no
  /// control character, which stays as it was logged.
  mutating func writeUnescaped(_ field: TextField, _ record: Span<UInt8>, _ range: Range<Int>) {
    guard let slash = record.first(.backslash, range) else {
      return write(field, record, range)
    }
    guard let slot = slot(field) else { return }
    scratch.removeAll(keepingCapacity: true)
    for index in range.lowerBound..<slash { scratch.append(record[index]) }
    var index = slash
    while index < range.upperBound {
      index += unescape(record, index, range.upperBound)
    }
    append(scratch.span, to: slot)
  }

  /// Writes a name of the source's own that no field stands for.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - record: The record.
  ///   - range: The value, with backslashes before quotes, backslashes and brackets.
  mutating func writeRaw(_ name: String, _ record: Span<UInt8>, _ range: Range<Int>) {
    guard let slot = builder.slot(name, type: FieldCatalog.type(of: name)) else { return }
    guard record.first(.backslash, range) != nil else {
      return append(record.extracting(range), to: slot)
    }
    scratch.removeAll(keepingCapacity: true)
    var index = range.lowerBound
    while index < range.upperBound {
      // RFC 5424 §6.3.3: only these three are escaped, any other backslash is itself.
      if record[index] == .backslash, index + 1 < range.upperBound,
        [.quote, .backslash, UInt8(ascii: "]")].contains(record[index + 1])
      {
        index += 1
      }
      scratch.append(record[index])
      index += 1
    }
    append(scratch.span, to: slot)
  }

  /// Adds the byte or escape at a place to the scratch and returns how long it is.
  private mutating func unescape(_ record: Span<UInt8>, _ index: Int, _ end: Int) -> Int {
    let byte = record[index]
    guard byte == .backslash, index + 1 < end else {
      scratch.append(byte)
      return 1
    }
    let next = record[index + 1]
    if next == .quote || next == .backslash {
      scratch.append(next)
      return 2
    }
    if next == UInt8(ascii: "x"), index + 3 < end, let high = record[index + 2].hexValue,
      let low = record[index + 3].hexValue
    {
      let value = high << 4 | low
      if value >= 0x20, value != 0x7f {
        scratch.append(value)
        return 4
      }
    }
    scratch.append(byte)
    return 1
  }

  @inline(__always)
  private mutating func slot(_ field: TextField) -> Int? {
    let slot = slots[field.rawValue]
    return slot >= 0 ? slot : makeSlot(field)
  }

  private mutating func makeSlot(_ field: TextField) -> Int? {
    let slot = builder.slot(field.name, type: FieldCatalog.type(of: field.name))
    // A column that is refused is asked for again, so that each value left out is counted.
    guard let slot else { return nil }
    slots[field.rawValue] = slot
    for name in field.rawNames { builder.link(name, to: slot) }
    return slot
  }

  @inline(__always)
  private func append(_ bytes: Span<UInt8>, to slot: Int) {
    // Safety: the builder copies the bytes before it returns.
    unsafe bytes.withUnsafeBufferPointer { unsafe builder.append($0, to: slot) }
  }
}
