import VedetteDocuments

/// A change of a text: bytes, and what stands in their place.
struct LintEdit: Sendable, Hashable {
  var range: Range<Int>
  var replacement: [UInt8]
}

/// A way to mend what a check found.
struct LintFix: Sendable, Hashable {
  var edits: [LintEdit]
}

/// The text of a rule file, in which a place of a document can be found again and changed.
///
/// Every way to change it gives up, with `nil`, where a value is written in a way that it does not
/// know: over several lines, with escapes, behind an anchor or a tag, or on a line so long that
/// nobody wrote it by hand.
struct LintSource: Sendable {
  /// The longest line on which a place is looked for, byte by byte for each value.
  private static let lineBytesMax = 4_096

  let bytes: [UInt8]
  /// Where each line starts, by YAML's idea of a line.
  private let lineStarts: [Int]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var starts = [bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0]
    var index = 0
    while index < bytes.count {
      let length = Self.lineBreakLength(bytes, index)
      index += max(1, length)
      if length > 0 { starts.append(index) }
    }
    lineStarts = starts
  }

  /// The number of lines.
  var lineCount: Int { lineStarts.count }

  /// The bytes of a line with its end, or `nil` if there is no such line.
  func lineRange(_ line: Int) -> Range<Int>? {
    guard lineStarts.indices.contains(line - 1) else { return nil }
    return lineStarts[line - 1]..<(line < lineStarts.count ? lineStarts[line] : bytes.count)
  }

  /// Replaces a value, keeping its quotes.
  func replacement(of node: Node, with text: String) -> LintFix? {
    guard let scalar = node.scalar else { return nil }
    return replacement(at: node.position, scalar.text, with: text)
  }

  /// Replaces a text at a place, keeping its quotes.
  func replacement(at position: Position, _ old: String, with text: String) -> LintFix? {
    guard let token = token(at: position, old), token.inner.count > 0,
      !text.contains(where: { "'\"\\\n\r".contains($0) })
    else { return nil }
    return LintFix(edits: [LintEdit(range: token.inner, replacement: Array(text.utf8))])
  }

  /// Puts quotes around a value that has none.
  func quoted(_ position: Position, _ text: String) -> LintFix? {
    guard let token = token(at: position, text), token.inner == token.outer,
      !text.contains("'")
    else { return nil }
    return LintFix(edits: [LintEdit(range: token.inner, replacement: Array("'\(text)'".utf8))])
  }

  /// Makes a value the only element of a list.
  func wrapped(_ node: Node) -> LintFix? {
    guard let text = node.scalar?.text, let token = token(at: node.position, text),
      token.inner != token.outer
        || !text.contains(where: { ",[]{}".contains($0) }) && !text.contains(": ")
          && !text.contains(" #") && !text.hasSuffix(":")
    else { return nil }
    return LintFix(edits: [
      LintEdit(range: token.outer.lowerBound..<token.outer.lowerBound, replacement: [0x5b]),
      LintEdit(range: token.outer.upperBound..<token.outer.upperBound, replacement: [0x5d]),
    ])
  }

  /// Removes the line of an element of a list that has its line to itself.
  func removal(of node: Node) -> LintFix? {
    guard let scalar = node.scalar else { return nil }
    return removal(at: node.position, scalar.text)
  }

  /// Removes the line of an element of a list that has its line to itself.
  func removal(at position: Position, _ text: String) -> LintFix? {
    guard let line = lineRange(position.line), let token = token(at: position, text),
      bytes[(line.upperBound - 1)] == UInt8(ascii: "\n")
    else { return nil }
    let before = bytes[line.lowerBound..<token.outer.lowerBound].filter { $0 != 0x20 }
    let after = bytes[token.outer.upperBound..<line.upperBound]
    guard before == [UInt8(ascii: "-")],
      after.allSatisfy({ $0 == 0x20 || $0 == 0x0d || $0 == 0x0a })
    else { return nil }
    return LintFix(edits: [LintEdit(range: line, replacement: [])])
  }

  /// Where a text stands, with and without its quotes.
  private func token(
    at position: Position,
    _ text: String
  ) -> (outer: Range<Int>, inner: Range<Int>)? {
    guard let start = offset(position), start < bytes.count else { return nil }
    let written = Array(text.utf8)
    guard !written.isEmpty, !written.contains(0x0a) else { return nil }
    let quote = bytes[start]
    let isQuoted = quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"")
    let first = isQuoted ? start + 1 : start
    let end = first + written.count
    guard end <= bytes.count, bytes[first..<end].elementsEqual(written) else { return nil }
    guard isQuoted else { return (start..<end, start..<end) }
    // Inside of quotes the text must be what is written: no escapes.
    guard end < bytes.count, bytes[end] == quote,
      quote == UInt8(ascii: "'") || !written.contains(UInt8(ascii: "\\"))
    else { return nil }
    return (start..<(end + 1), first..<end)
  }

  private func offset(_ position: Position) -> Int? {
    guard let line = lineRange(position.line), line.count <= Self.lineBytesMax else { return nil }
    var column = 1
    for index in line where bytes[index] & 0xc0 != 0x80 {
      if column == position.column { return index }
      column += 1
    }
    return nil
  }

  /// LF, CR, CR LF, NEL, LS and PS end a line.
  private static func lineBreakLength(_ bytes: [UInt8], _ index: Int) -> Int {
    func byte(_ offset: Int) -> UInt8 {
      index + offset < bytes.count ? bytes[index + offset] : 0
    }
    switch bytes[index] {
    case 0x0a: return 1
    case 0x0d: return byte(1) == 0x0a ? 2 : 1
    case 0xc2: return byte(1) == 0x85 ? 2 : 0
    case 0xe2: return byte(1) == 0x80 && (byte(2) == 0xa8 || byte(2) == 0xa9) ? 3 : 0
    default: return 0
    }
  }
}

extension LintSource {
  /// The first line that holds some bytes.
  func line(of needle: [UInt8]) -> Int? {
    guard let first = needle.first else { return nil }
    var index = 0
    while index + needle.count <= bytes.count {
      if bytes[index] == first, bytes[index...].starts(with: needle) {
        return (lineStarts.firstIndex { $0 > index } ?? lineStarts.count)
      }
      index += 1
    }
    return nil
  }
}
