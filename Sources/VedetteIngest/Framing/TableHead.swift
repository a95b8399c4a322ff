import VedetteEvent

/// A table's first line, and whether a quoted field is open at the end of another.
///
/// A field may hold line ends only where it is quoted (RFC 4180), and a quote means something only at
/// the beginning of a field: an inch mark in the middle of one opens nothing.
struct TableHead: Sendable, Equatable {
  private static let delimiters = [ASCII.comma, UInt8(ascii: ";"), ASCII.tab, UInt8(ascii: "|")]
  private static let nameBytesMax = 64
  /// Two names with a space in one are a sentence with a comma.
  private static let spacedNamesMin = 3

  /// What stands between two fields.
  let delimiter: UInt8

  /// Reads a first line, or returns `nil` if it names no columns.
  init?(_ line: Span<UInt8>) {
    let end =
      line.count > 0 && line[line.count - 1] == ASCII.carriageReturn
      ? line.count - 1 : line.count
    guard end <= Limits.headerBytesMax,
      let delimiter = Self.delimiters.first(where: { Self.namesColumns(line, 0..<end, $0) })
    else { return nil }
    self.delimiter = delimiter
  }

  private static func namesColumns(
    _ line: Span<UInt8>,
    _ range: Range<Int>,
    _ delimiter: UInt8
  ) -> Bool {
    var names = 0
    var hasSpace = false
    var start = range.lowerBound
    while start <= range.upperBound {
      var end = start
      while end < range.upperBound, line[end] != delimiter { end += 1 }
      guard isName(line, start..<end) else { return false }
      names += 1
      hasSpace = hasSpace || (start..<end).contains { line[$0] == ASCII.space }
      start = end + 1
    }
    return names >= (hasSpace ? spacedNamesMin : 2)
  }

  /// A letter, then letters, digits and what people put between them; in quotes or not.
  private static func isName(_ line: Span<UInt8>, _ range: Range<Int>) -> Bool {
    var range = range
    if range.count > 2, line[range.lowerBound] == ASCII.quote,
      line[range.upperBound - 1] == ASCII.quote
    {
      range = range.lowerBound + 1..<range.upperBound - 1
    }
    while let first = range.first, line[first] == ASCII.space { range.removeFirst() }
    guard let first = range.first, range.count <= nameBytesMax, isLetter(line[first]) else {
      return false
    }
    return range.allSatisfy { index in
      let byte = line[index]
      return isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || [ASCII.space, ASCII.minus, UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "(")]
          .contains(byte)
        || byte == UInt8(ascii: ")")
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || byte == UInt8(ascii: "@") || byte >= 0x80
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  /// Whether a quoted field is open at the end of a line.
  ///
  /// - Parameters:
  ///   - line: The line.
  ///   - isOpen: Whether one was open at the end of the line before.
  /// - Returns: Whether the record goes on.
  /// - Complexity: O(*n*) where the line has a quote, else that of a search for one.
  func isOpen(after line: Span<UInt8>, isOpen: Bool) -> Bool {
    guard isOpen || firstIndex(of: ASCII.quote, in: line, from: 0) != nil else { return false }
    var isInside = isOpen
    var isAtStart = !isOpen
    var index = 0
    while index < line.count {
      let byte = line[index]
      if isInside {
        if byte == ASCII.quote {
          if index + 1 < line.count, line[index + 1] == ASCII.quote {
            index += 1
          } else {
            isInside = false
          }
        }
      } else if byte == delimiter {
        isAtStart = true
      } else if byte == ASCII.quote, isAtStart {
        isInside = true
        isAtStart = false
      } else {
        isAtStart = false
      }
      index += 1
    }
    return isInside
  }
}
