import VedetteEvent

// Scalars of ``PlainReader``: each leaves the reader at what comes next, or gives up.
extension PlainReader {
  static let depthMax = Limits.documentDepthMax
  /// A key ends within 1,024 characters (YAML 1.2.2, section 7.4); this is surely less.
  private static let keyBytesMax = 1_000

  /// What may begin on a line.
  enum Opening {
    /// A key; the reader is behind its colon.
    case key(String)
    /// A quoted text that is no key; the reader is behind its quote.
    case quoted(String)
    /// Something else; the reader has not moved.
    case neither
  }

  /// Reads a key or a quoted text.
  mutating func keyOrQuoted() throws(NotPlain) -> Opening {
    switch byte(0) {
    case UInt8(ascii: "'"), UInt8(ascii: "\""):
      let start = index
      let before = line
      let text = try quoted()
      var end = index
      while end < bytes.count, bytes[end] == UInt8(ascii: " ") { end += 1 }
      guard end < bytes.count, bytes[end] == UInt8(ascii: ":"), isBlank(end + 1) else {
        return .quoted(text)
      }
      guard line == before, end - start <= Self.keyBytesMax else { throw NotPlain() }
      index = end + 1
      return .key(text)
    case UInt8(ascii: "["): return .neither
    default:
      guard startsPlain else { throw NotPlain() }
      guard let end = plainLineEnd(index), end.isKey else { return .neither }
      guard end.place - index <= Self.keyBytesMax else { throw NotPlain() }
      let text = self.text(index, trimmed(index, end.place))
      index = end.place + 1
      return .key(text)
    }
  }

  /// Whether a plain scalar begins here; rarer ways to begin one are left to the general reader.
  private var startsPlain: Bool {
    switch byte(0) {
    case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"),
      UInt8(ascii: "}"), UInt8(ascii: "#"), UInt8(ascii: "&"), UInt8(ascii: "*"),
      UInt8(ascii: "!"), UInt8(ascii: "|"), UInt8(ascii: ">"), UInt8(ascii: "'"),
      UInt8(ascii: "\""), UInt8(ascii: "%"), UInt8(ascii: "@"), UInt8(ascii: "`"),
      UInt8(ascii: "?"), UInt8(ascii: ":"), 0:
      false
    // Three hyphens or dots at the start of a line are about documents.
    case UInt8(ascii: "-"): !isBlank(index + 1) && !isAtMarker
    case UInt8(ascii: "."): column > 0
    default: true
    }
  }

  /// Where the plain text of a line ends: at a colon, before a comment, or with the line.
  private func plainLineEnd(_ start: Int) -> (place: Int, isKey: Bool, isComment: Bool)? {
    var place = start
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\n"): return (place, false, false)
      case UInt8(ascii: ":") where isBlank(place + 1): return (place, true, false)
      case UInt8(ascii: "#") where place > start && bytes[place - 1] == UInt8(ascii: " "):
        return (place, false, true)
      default: place += 1
      }
    }
    return (place, false, false)
  }

  /// Reads a plain scalar; lines that are indented deeper than what it is in belong to it.
  mutating func plain(indent: Int, depth: Int) throws(NotPlain) -> Node {
    guard startsPlain else { throw NotPlain() }
    try count(depth)
    let position = position(index)
    guard var end = plainLineEnd(index), !end.isKey else { throw NotPlain() }
    let first = (start: index, end: trimmed(index, end.place))
    index = end.place
    var folded: [UInt8]?
    while !end.isComment, let next = continuation(indent: indent) {
      if folded == nil { folded = Array(bytes[first.start..<first.end]) }
      folded?.append(contentsOf: next.breaks == 1 ? [space] : breaks(next.breaks - 1))
      line += next.breaks
      lineStart = next.lineStart
      guard let lineEnd = plainLineEnd(next.place), !lineEnd.isKey else { throw NotPlain() }
      end = lineEnd
      folded?.append(contentsOf: bytes[next.place..<trimmed(next.place, end.place)])
      index = end.place
    }
    try endLine()
    let text =
      folded.map { String(decoding: $0, as: UTF8.self) } ?? self.text(first.start, first.end)
    return Node(position: position, content: .scalar(Scalar(text: text, isPlain: true)))
  }

  /// The next line that has text, if a plain scalar goes on there.
  private func continuation(indent: Int) -> (place: Int, lineStart: Int, breaks: Int)? {
    var place = index
    var lineStart = index
    var breaks = 0
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: " "): place += 1
      case UInt8(ascii: "\n"):
        place += 1
        lineStart = place
        breaks += 1
      case UInt8(ascii: "#"): return nil
      default: return place - lineStart > indent ? (place, lineStart, breaks) : nil
      }
    }
    return nil
  }

  /// Reads a quoted text, and goes behind its quote.
  mutating func quoted() throws(NotPlain) -> String {
    let quote = bytes[index]
    index += 1
    let start = index
    // Most have no escapes and end on their line.
    while index < bytes.count {
      let byte = bytes[index]
      if byte == quote {
        guard quote == UInt8(ascii: "'"), self.byte(1) == quote else {
          index += 1
          return text(start, index - 1)
        }
        break
      }
      if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\\") && quote != UInt8(ascii: "'") {
        break
      }
      index += 1
    }
    index = start
    return String(decoding: try quotedBytes(quote), as: UTF8.self)
  }

  /// Reads a quoted text with escapes or several lines: blanks around a break are no part of it,
  /// one break is a blank, more are one less.
  private mutating func quotedBytes(_ quote: UInt8) throws(NotPlain) -> [UInt8] {
    var text: [UInt8] = []
    var blanks = 0
    var breakCount = 0
    while index < bytes.count {
      var byte = bytes[index]
      switch byte {
      case UInt8(ascii: " "):
        if breakCount == 0 { blanks += 1 }
        index += 1
        continue
      case UInt8(ascii: "\n"):
        blanks = 0
        breakCount += 1
        nextLine()
        continue
      default: break
      }
      // A marker of documents ends all; other text there is rare.
      guard breakCount == 0 || column > 0 else { throw NotPlain() }
      if breakCount == 1 {
        text.append(space)
      } else if breakCount > 1 {
        text.append(contentsOf: breaks(breakCount - 1))
      } else if blanks > 0 {
        text.append(contentsOf: repeatElement(space, count: blanks))
      }
      blanks = 0
      breakCount = 0
      index += 1
      if byte == quote {
        guard quote == UInt8(ascii: "'"), self.byte(0) == quote else { return text }
        index += 1
      } else if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        byte = try escaped()
      }
      text.append(byte)
    }
    throw NotPlain()
  }

  private mutating func escaped() throws(NotPlain) -> UInt8 {
    defer { index += 1 }
    switch byte(0) {
    case UInt8(ascii: "\\"): return UInt8(ascii: "\\")
    case UInt8(ascii: "\""): return UInt8(ascii: "\"")
    case UInt8(ascii: "/"): return UInt8(ascii: "/")
    case UInt8(ascii: "n"): return UInt8(ascii: "\n")
    case UInt8(ascii: "r"): return UInt8(ascii: "\r")
    case UInt8(ascii: "t"): return UInt8(ascii: "\t")
    default: throw NotPlain()
    }
  }

  private var space: UInt8 { UInt8(ascii: " ") }

  func breaks(_ count: Int) -> [UInt8] { [UInt8](repeating: UInt8(ascii: "\n"), count: count) }

  func text(_ start: Int, _ end: Int) -> String {
    String(decoding: bytes[start..<end], as: UTF8.self)
  }

  /// The end of a text without the blanks before it.
  private func trimmed(_ start: Int, _ end: Int) -> Int {
    var end = end
    while end > start, bytes[end - 1] == UInt8(ascii: " ") { end -= 1 }
    return end
  }
}
