import Glibc

/// One line of a CSV file, cut into cells; nothing is copied.
///
/// RFC 4180 with what people write: spaces around a cell, `;` or a tab between them. A quoted cell
/// ends on its line.
struct CSVCells {
  /// What a cell holds, for whoever wants numbers.
  enum Value: Equatable {
    case number(Double)
    /// Nothing, or a word for it: `NA`, `NaN`, `null`, `none`, `?`.
    case missing
    case text
  }

  private static let quote = UInt8(ascii: "\"")

  /// The bytes that the ranges are of.
  private(set) var bytes: [UInt8] = []
  /// The cells, without their quotes and the spaces around them.
  private(set) var ranges: [Range<Int>] = []
  /// The first byte of each cell, from 0 in its line.
  private(set) var columns: [Int] = []
  /// Whether a quote was opened and not closed.
  private(set) var isBroken = false

  var count: Int { ranges.count }

  /// Cuts a line.
  ///
  /// - Parameters:
  ///   - bytes: Bytes that hold the line.
  ///   - line: Where in them it lies.
  ///   - separator: What stands between cells.
  mutating func cut(_ bytes: [UInt8], _ line: Range<Int>, separator: UInt8) {
    self.bytes = bytes
    ranges.removeAll(keepingCapacity: true)
    columns.removeAll(keepingCapacity: true)
    isBroken = false
    var start = line.lowerBound
    while true {
      let end = endOfCell(start, line.upperBound, separator)
      columns.append(start - line.lowerBound)
      ranges.append(trimmed(start..<end))
      guard end < line.upperBound else { return }
      start = end + 1
    }
  }

  /// The text of a cell.
  func text(_ cell: Int) -> String {
    let range = ranges[cell]
    let text = String(decoding: bytes[range], as: UTF8.self)
    let isQuoted = range.lowerBound > 0 && bytes[range.lowerBound - 1] == Self.quote
    return isQuoted && text.contains("\"\"") ? text.replacing("\"\"", with: "\"") : text
  }

  /// The value of a cell.
  func value(_ cell: Int) -> Value {
    let range = ranges[cell]
    if let number = DecimalText.number(bytes, range) { return .number(number) }
    guard range.count <= 5 else { return number(spelledOut: cell) ?? .text }
    if range.isEmpty { return .missing }
    switch String(decoding: bytes[range], as: UTF8.self).lowercased() {
    case "na", "n/a", "nan", "-nan", "null", "none", "nil", "?", "<na>": return .missing
    default: return number(spelledOut: cell) ?? .text
    }
  }

  /// An infinity, or a number in a form that is too rare to be read fast.
  private func number(spelledOut cell: Int) -> Value? {
    let text = String(decoding: bytes[ranges[cell]], as: UTF8.self)
    guard let number = Double(text), !number.isNaN else { return nil }
    return .number(number)
  }

  private mutating func endOfCell(_ start: Int, _ end: Int, _ separator: UInt8) -> Int {
    var index = start
    while index < end, bytes[index] == 0x20 { index += 1 }
    guard index < end, bytes[index] == Self.quote else {
      while index < end, bytes[index] != separator { index += 1 }
      return index
    }
    index += 1
    while true {
      while index < end, bytes[index] != Self.quote { index += 1 }
      guard index < end else {
        isBroken = true
        return end
      }
      guard index + 1 < end, bytes[index + 1] == Self.quote else { break }
      index += 2
    }
    while index < end, bytes[index] != separator { index += 1 }
    return index
  }

  private func trimmed(_ cell: Range<Int>) -> Range<Int> {
    var (start, end) = (cell.lowerBound, cell.upperBound)
    while start < end, bytes[start] == 0x20 || bytes[start] == 0x0d { start += 1 }
    while start < end, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x0d { end -= 1 }
    if end - start >= 2, bytes[start] == Self.quote, bytes[end - 1] == Self.quote {
      return start + 1..<end - 1
    }
    return start..<end
  }
}

/// Decimal numbers, straight from the bytes.
enum DecimalText {
  /// Powers of ten that a double holds exactly.
  private static let powers: [Double] = (0...22).map { pow(10, Double($0)) }

  /// Reads a number, or returns `nil` if the bytes are none in plain decimal form.
  ///
  /// - Parameters:
  ///   - bytes: Bytes that hold the text.
  ///   - range: Where in them it lies.
  /// - Returns: The nearest double; an infinity beyond the largest.
  static func number(_ bytes: [UInt8], _ range: Range<Int>) -> Double? {
    var index = range.lowerBound
    let end = range.upperBound
    guard index < end else { return nil }
    let isNegative = bytes[index] == UInt8(ascii: "-")
    if isNegative || bytes[index] == UInt8(ascii: "+") { index += 1 }
    var mantissa: UInt64 = 0
    var digits = 0
    var exponent = 0
    var hasPoint = false
    while index < end {
      let digit = bytes[index] &- 0x30
      if digit < 10 {
        mantissa = mantissa &* 10 &+ UInt64(digit)
        digits += 1
        if hasPoint { exponent -= 1 }
      } else if bytes[index] == UInt8(ascii: "."), !hasPoint {
        hasPoint = true
      } else {
        break
      }
      index += 1
    }
    guard digits > 0 else { return nil }
    if index < end {
      guard let written = self.exponent(bytes, index..<end) else { return nil }
      exponent += written
    }
    // Up to 2^53 the mantissa is exact, up to 10^22 the power is: one rounding, so the nearest.
    guard digits <= 19, mantissa <= 1 << 53, exponent.magnitude <= 22 else {
      return Double(String(decoding: bytes[range], as: UTF8.self))
    }
    let power = powers[Int(exponent.magnitude)]
    let size = exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
    return isNegative ? -size : size
  }

  private static func exponent(_ bytes: [UInt8], _ range: Range<Int>) -> Int? {
    var index = range.lowerBound
    guard bytes[index] | 0x20 == UInt8(ascii: "e") else { return nil }
    index += 1
    var isNegative = false
    if index < range.upperBound,
      bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+")
    {
      isNegative = bytes[index] == UInt8(ascii: "-")
      index += 1
    }
    guard index < range.upperBound else { return nil }
    var value = 0
    while index < range.upperBound {
      let digit = bytes[index] &- 0x30
      guard digit < 10 else { return nil }
      value = min(value * 10 + Int(digit), 100_000)
      index += 1
    }
    return isNegative ? -value : value
  }
}
