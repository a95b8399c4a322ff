/// Finds where a mapping has a key again, of which the reader of YAML says only that it has.
enum RepeatedKey {
  /// Returns the second place of a key in a mapping that has a line for each key.
  ///
  /// - Parameters:
  ///   - key: The key.
  ///   - text: The text.
  ///   - start: Where the mapping starts, which is its first key.
  /// - Returns: The place, or `nil` if it is not found, as in a mapping in braces.
  static func position(of key: String, in text: String, from start: Position) -> Position? {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    guard start.line <= lines.count else { return nil }
    var count = 0
    for number in start.line...lines.count {
      let line = lines[number - 1]
      // What stands before the first key, as a hyphen, does not stand before the others.
      let before = line.unicodeScalars.prefix(start.column - 1)
      let rest = Substring(line.unicodeScalars.dropFirst(start.column - 1))
      let first = line.first { !$0.isWhitespace }
      if first == nil || first == "#" { continue }
      guard number == start.line || before.allSatisfy({ $0 == " " }) else { return nil }
      guard isKey(key, rest) else { continue }
      count += 1
      if count == 2 { return Position(line: number, column: start.column) }
    }
    return nil
  }

  private static func isKey(_ key: String, _ line: Substring) -> Bool {
    ["", "'", "\""].contains { quote in
      let written = quote + key + quote
      return line.hasPrefix(written)
        && line.dropFirst(written.count).drop { $0 == " " }.first == ":"
    }
  }
}
