import VedetteColumns

extension Span<UInt8> {
  /// Whether the bytes are those of a text.
  @inline(__always)
  func equals(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    let other = unsafe UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    for index in indices where unsafe self[index] != other[index] { return false }
    return true
  }

  /// Whether the bytes start with those of a text.
  @inline(__always)
  func hasPrefix(_ text: StaticString) -> Bool {
    count >= text.utf8CodeUnitCount && extracting(first: text.utf8CodeUnitCount).equals(text)
  }

  /// Whether the bytes end with those of a text.
  @inline(__always)
  func hasSuffix(_ text: StaticString) -> Bool {
    count >= text.utf8CodeUnitCount && extracting(last: text.utf8CodeUnitCount).equals(text)
  }

  /// The offset of the first byte of a value at or after another, or the count.
  @inline(__always)
  func offset(of byte: UInt8, from start: Int = 0) -> Int {
    var index = start
    while index < count, self[index] != byte { index += 1 }
    return index
  }

  /// The offset after the last byte of a value, or 0 if there is none.
  @inline(__always)
  func offset(afterLast byte: UInt8) -> Int {
    var index = count
    while index > 0, self[index - 1] != byte { index -= 1 }
    return index
  }

  /// The whole number that the bytes write in decimal digits, or `nil`.
  var integer: Int64? {
    guard count > 0, count <= 20 else { return nil }
    let isNegative = self[0] == UInt8(ascii: "-")
    var index = isNegative ? 1 : 0
    guard index < count else { return nil }
    var value: Int64 = 0
    while index < count {
      let digit = self[index] &- 0x30
      guard digit <= 9 else { return nil }
      let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, sumOverflow) = scaled.addingReportingOverflow(Int64(digit))
      if overflow || sumOverflow { return nil }
      value = sum
      index += 1
    }
    return isNegative ? -value : value
  }

  /// Writes the bytes to a column.
  @inline(__always)
  func append(to slot: Int, of builder: EventBatchBuilder) {
    unsafe withUnsafeBufferPointer { unsafe builder.append($0, to: slot) }
  }
}

extension String {
  /// Creates a text from bytes, with what is not UTF-8 repaired.
  init(_ bytes: Span<UInt8>) {
    self = unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }
}
