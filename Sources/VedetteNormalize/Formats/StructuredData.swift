// RFC 5424's structured data: `[id name="value" name="value"][id ...]`, in values a backslash
// before `"`, `\` and `]`.

import VedetteEvent

enum StructuredData {
  /// The end of the elements that a range starts with, or `nil` if they are not well formed.
  static func end(_ record: Span<UInt8>, _ range: Range<Int>) -> Int? {
    var end = range.lowerBound
    while record.hasPrefix("[", end..<range.upperBound) {
      guard let next = scan(record, end..<range.upperBound, { _, _, _ in }) else { return nil }
      end = next
    }
    let isAlone = end == range.upperBound || record[end] == .space
    return isAlone && end > range.lowerBound ? end : nil
  }

  /// Calls a closure with the id, name and value of each parameter of well-formed elements.
  static func forEach(
    _ record: Span<UInt8>,
    _ range: Range<Int>,
    _ body: (_ id: Range<Int>, _ name: Range<Int>, _ value: Range<Int>) -> Void
  ) {
    var rest = range
    while let end = scan(record, rest, body) { rest = end..<range.upperBound }
  }

  /// Reads one element and returns its end.
  private static func scan(
    _ record: Span<UInt8>,
    _ range: Range<Int>,
    _ body: (Range<Int>, Range<Int>, Range<Int>) -> Void
  ) -> Int? {
    guard record.hasPrefix("[", range) else { return nil }
    var index = range.lowerBound + 1
    guard let id = name(record, &index, range.upperBound) else { return nil }
    while index < range.upperBound {
      if record[index] == UInt8(ascii: "]") { return index + 1 }
      guard record[index] == .space else { return nil }
      index += 1
      guard let name = name(record, &index, range.upperBound),
        record.hasPrefix("=\"", index..<range.upperBound)
      else { return nil }
      let start = index + 2
      index = start
      while index < range.upperBound, record[index] != .quote {
        index += record[index] == .backslash ? 2 : 1
      }
      guard index < range.upperBound else { return nil }
      body(id, name, start..<index)
      index += 1
    }
    return nil
  }

  /// A name: printable, without a blank, `=`, `]` and `"`.
  private static func name(_ record: Span<UInt8>, _ index: inout Int, _ end: Int) -> Range<Int>? {
    let start = index
    while index < end, record[index] > .space, record[index] < 0x7f,
      record[index] != UInt8(ascii: "="), record[index] != UInt8(ascii: "]"),
      record[index] != .quote
    {
      index += 1
    }
    guard (1...Limits.structuredNameBytesMax).contains(index - start) else { return nil }
    return start..<index
  }
}
