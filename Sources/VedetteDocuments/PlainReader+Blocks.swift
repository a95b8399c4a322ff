// Literal and folded blocks, and flow lists, of ``PlainReader``.
extension PlainReader {
  /// Which line breaks at its end a block keeps.
  private enum Chomping { case clip, strip, keep }

  /// Reads a literal or folded block; an indent that is written out is left to the general reader.
  mutating func block(indent: Int, depth: Int) throws(NotPlain) -> Node {
    try count(depth)
    let position = position(index)
    let isLiteral = bytes[index] == UInt8(ascii: "|")
    index += 1
    var chomping = Chomping.clip
    switch byte(0) {
    case UInt8(ascii: "-"): chomping = .strip
    case UInt8(ascii: "+"): chomping = .keep
    default: break
    }
    if chomping != .clip { index += 1 }
    try endHeader()
    var fold = BlockFold(isLiteral: isLiteral)
    let inner = try blockIndent(&fold)
    guard inner > indent else { throw NotPlain() }
    while index < bytes.count {
      var place = index
      while place < bytes.count, place - index < inner, bytes[place] == UInt8(ascii: " ") {
        place += 1
      }
      if place < bytes.count, bytes[place] == UInt8(ascii: "\n") {
        fold.breakCount += 1
        index = place
        nextLine()
        continue
      }
      guard place - index == inner, place < bytes.count else { break }
      var end = place
      while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
      fold.add(bytes[place..<end], endsWithBreak: end < bytes.count)
      index = end
      if end < bytes.count { nextLine() }
    }
    if chomping != .strip, fold.hasBreak { fold.text.append(UInt8(ascii: "\n")) }
    if chomping == .keep { fold.text.append(contentsOf: breaks(fold.breakCount)) }
    try skipToContent()
    let text = String(decoding: fold.text, as: UTF8.self)
    return Node(position: position, content: .scalar(Scalar(text: text, isPlain: false)))
  }

  /// Goes to the line behind a block's header, on which only a comment may follow.
  private mutating func endHeader() throws(NotPlain) {
    while byte(0) == UInt8(ascii: " ") { index += 1 }
    if byte(0) == UInt8(ascii: "#") {
      guard bytes[index - 1] == UInt8(ascii: " ") else { throw NotPlain() }
      while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
    }
    guard byte(0) == UInt8(ascii: "\n") else { throw NotPlain() }
    nextLine()
  }

  /// The indent of a block's first line that has text; empty lines before it are counted.
  private mutating func blockIndent(_ fold: inout BlockFold) throws(NotPlain) -> Int {
    var widest = 0
    while index < bytes.count {
      var place = index
      while place < bytes.count, bytes[place] == UInt8(ascii: " ") { place += 1 }
      guard place < bytes.count else { throw NotPlain() }
      let width = place - index
      guard bytes[place] == UInt8(ascii: "\n") else {
        guard widest <= width else { throw NotPlain() }
        return width
      }
      widest = max(widest, width)
      fold.breakCount += 1
      index = place
      nextLine()
    }
    throw NotPlain()
  }

  /// Reads a list in brackets on one line whose elements are quoted or of simple characters.
  mutating func flowList(depth: Int) throws(NotPlain) -> Node {
    try count(depth)
    let position = position(index)
    let before = line
    var nodes: [Node] = []
    index += 1
    skipBlanks()
    if byte(0) == UInt8(ascii: "]") {
      index += 1
      return Node(position: position, content: .sequence([]))
    }
    while true {
      let start = self.position(index)
      try count(depth + 1)
      let isQuoted = byte(0) == UInt8(ascii: "'") || byte(0) == UInt8(ascii: "\"")
      let text = isQuoted ? try quoted() : try flowPlain()
      guard line == before else { throw NotPlain() }
      nodes.append(
        Node(position: start, content: .scalar(Scalar(text: text, isPlain: !isQuoted)))
      )
      skipBlanks()
      let byte = byte(0)
      index += 1
      if byte == UInt8(ascii: "]") { break }
      guard byte == UInt8(ascii: ",") else { throw NotPlain() }
      skipBlanks()
    }
    return Node(position: position, content: .sequence(nodes))
  }

  private mutating func skipBlanks() {
    while byte(0) == UInt8(ascii: " ") { index += 1 }
  }

  private mutating func flowPlain() throws(NotPlain) -> String {
    let start = index
    var end = index
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
        UInt8(ascii: "/"), UInt8(ascii: "\\"):
        index += 1
        end = index
      case UInt8(ascii: "-") where index > start:
        index += 1
        end = index
      case UInt8(ascii: " ") where index > start: index += 1
      case UInt8(ascii: ","), UInt8(ascii: "]"):
        guard end > start else { throw NotPlain() }
        return text(start, end)
      default: throw NotPlain()
      }
    }
    throw NotPlain()
  }
}

/// Joins the lines of a block: in a folded one a break between two lines that are not indented
/// deeper is a blank, or nothing where empty lines follow.
private struct BlockFold {
  let isLiteral: Bool
  var text: [UInt8] = []
  /// The empty lines since the last line.
  var breakCount = 0
  /// Whether a line that ended with a break came before.
  var hasBreak = false
  private var isDeeper = false

  init(isLiteral: Bool) { self.isLiteral = isLiteral }

  mutating func add(_ line: ArraySlice<UInt8>, endsWithBreak: Bool) {
    let isThisDeeper = line.first == UInt8(ascii: " ")
    if hasBreak, !isLiteral, !isDeeper, !isThisDeeper {
      if breakCount == 0 { text.append(UInt8(ascii: " ")) }
    } else if hasBreak {
      text.append(UInt8(ascii: "\n"))
    }
    for _ in 0..<breakCount { text.append(UInt8(ascii: "\n")) }
    breakCount = 0
    isDeeper = isThisDeeper
    text.append(contentsOf: line)
    hasBreak = endsWithBreak
  }
}
