extension RuleFile {
  /// Returns what stands under a key of a document, as it is written.
  ///
  /// It is for people: the text is cut at keys that begin a line, so it is for documents in YAML's
  /// block style, as rules are.
  ///
  /// - Parameters:
  ///   - key: A key of the document itself.
  ///   - line: The line on which the document begins, from one.
  /// - Returns: The lines below the key with their common indentation taken off, or `nil` if the
  ///   key begins no line of the document.
  public func section(_ key: String, from line: Int) -> [String]? {
    let lines = String(decoding: bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.last == "\r" ? $0.dropLast() : $0 }
      .dropFirst(max(0, line - 1))
    let end = lines.dropFirst().firstIndex { $0.hasPrefix("---") } ?? lines.endIndex
    let document = lines[..<end]
    guard let start = document.firstIndex(where: { $0.hasPrefix(key + ":") }) else { return nil }
    let section = document[(start + 1)...].prefix { line in
      guard let first = line.first else { return true }
      // A list may stand at the column of its key.
      return first == " " || first == "\t" || first == "#" || first == "-"
    }
    var kept = section.map(String.init)
    while let last = kept.last, last.allSatisfy(\.isWhitespace) || last.hasPrefix("#") {
      kept.removeLast()
    }
    let indentation = kept.filter { !$0.allSatisfy(\.isWhitespace) }
      .map { $0.prefix { $0 == " " }.count }.min()
    return kept.map { String($0.dropFirst(min(indentation ?? 0, $0.count))) }
  }
}
