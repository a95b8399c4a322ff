/// Finds texts in which an alias may be part of a key.
///
/// A key is a scalar, an alias before a colon, a flow list or mapping before a colon, or whatever
/// follows a question mark. The search looks at bytes, not at YAML, and so may see an alias where a
/// quoted text is; but it misses none, and it needs an anchor, an alias and such a key to speak up.
/// None of SigmaHQ's 3,780 files has all three.
enum AliasedKey {
  /// Returns the line of a key that may hold an alias, or `nil` if there is none.
  ///
  /// - Parameter text: The text.
  /// - Returns: The line, from one.
  static func line(in text: String) -> Int? { line(in: text.utf8.span) }

  private static func line(in bytes: Span<UInt8>) -> Int? {
    var hasAnchor = false
    var hasAlias = false
    var keyLine: Int?
    var line = 1
    for index in 0..<bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\n"): line += 1
      case UInt8(ascii: "&"):
        hasAnchor = hasAnchor || startsToken(index, bytes)
      case UInt8(ascii: "*"):
        guard startsToken(index, bytes) else { continue }
        hasAlias = true
        if keyLine == nil, isKey(nameEnd(index + 1, bytes), bytes) { keyLine = line }
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        if keyLine == nil, isKey(index + 1, bytes) { keyLine = line }
      case UInt8(ascii: "?"):
        let isIndicator = startsToken(index, bytes) && isSpace(at: index + 1, bytes)
        if keyLine == nil, isIndicator { keyLine = line }
      default: continue
      }
    }
    return hasAnchor && hasAlias ? keyLine : nil
  }

  private static func startsToken(_ index: Int, _ bytes: Span<UInt8>) -> Bool {
    guard index > 0 else { return true }
    return switch bytes[index - 1] {
    case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: ","), UInt8(ascii: ":"): true
    default: isSpace(at: index - 1, bytes)
    }
  }

  /// The end of a file counts as space.
  private static func isSpace(at index: Int, _ bytes: Span<UInt8>) -> Bool {
    guard index < bytes.count else { return true }
    return switch bytes[index] {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): true
    default: false
    }
  }

  private static func nameEnd(_ start: Int, _ bytes: Span<UInt8>) -> Int {
    var index = start
    while index < bytes.count, !isSpace(at: index, bytes), bytes[index] != UInt8(ascii: ":") {
      index += 1
    }
    return index
  }

  /// Whether a colon follows, with blanks before it or not.
  private static func isKey(_ start: Int, _ bytes: Span<UInt8>) -> Bool {
    var index = start
    while index < bytes.count,
      bytes[index] == UInt8(ascii: " ") || bytes[index] == UInt8(ascii: "\t")
    {
      index += 1
    }
    return index < bytes.count && bytes[index] == UInt8(ascii: ":")
  }
}
