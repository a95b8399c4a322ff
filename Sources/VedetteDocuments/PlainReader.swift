// The part of YAML in which nearly all rules are written, read in one pass over the bytes.
//
// A general reader makes tokens of the text, events of the tokens, a tree of the events and, of
// that, the tree with positions that we want: half of the time in which thousands of rules were
// loaded. This one goes straight to the tree, and knows block mappings and lists, plain and quoted
// scalars, literal and folded blocks, comments and flow lists of scalars on one line.
//
// It never says that a text is wrong. Wherever it is not sure what the general reader would say
// (anchors, tags, merge keys, tabs, carriage returns, a key that occurs twice, anything malformed)
// it gives up, and that one reads the text from the start. So the two can't differ in what they
// refuse, and `PlainReaderTests` compares what both accept, positions included.

/// The reason why ``PlainReader`` leaves a text to the general reader: it is not sure of it.
struct NotPlain: Error {}

/// Reads the plain part of YAML; see the head of the file.
struct PlainReader {
  let bytes: [UInt8]
  let isASCII: Bool
  /// The next byte.
  var index = 0
  /// Where the line of ``index`` starts, and its number from one.
  var lineStart = 0
  var line = 1
  var nodesLeft: Int
  /// A place on this line and its column, so that a long line is counted once.
  private var counted = (place: 0, column: 1)

  private init(bytes: [UInt8], isASCII: Bool, nodesLeft: Int) {
    self.bytes = bytes
    self.isASCII = isASCII
    self.nodesLeft = nodesLeft
  }

  /// Reads every document of a text, or returns `nil` if the text is not plain.
  ///
  /// - Parameters:
  ///   - bytes: The text; it may be anything.
  ///   - nodesMax: The most nodes that the documents may have.
  /// - Returns: The documents' roots, in order; `nil` for the general reader to look.
  /// - Complexity: Linear in the length of the text.
  static func read(_ bytes: [UInt8], nodesMax: Int) -> [Node]? {
    guard let isASCII = PlainText.isASCII(bytes.span) else { return nil }
    guard isASCII || String(validating: bytes, as: UTF8.self) != nil else { return nil }
    var reader = PlainReader(bytes: bytes, isASCII: isASCII, nodesLeft: nodesMax)
    return try? reader.documents()
  }

  private mutating func documents() throws(NotPlain) -> [Node] {
    var roots: [Node] = []
    try skipToContent()
    if isAtMarker { try skipMarker() }
    while true {
      guard index < bytes.count, column == 0 else { throw NotPlain() }
      roots.append(try node(indent: -1, depth: 0))
      guard index < bytes.count else { return roots }
      guard isAtMarker else { throw NotPlain() }
      try skipMarker()
    }
  }

  /// Whether `---` stands at the start of the line with nothing that belongs to it.
  var isAtMarker: Bool {
    column == 0 && byte(0) == UInt8(ascii: "-") && byte(1) == UInt8(ascii: "-")
      && byte(2) == UInt8(ascii: "-") && isBlank(index + 3)
  }

  private mutating func skipMarker() throws(NotPlain) {
    let markerLine = line
    index += 3
    try skipToContent()
    // Content behind the marker is indented in a way of its own.
    guard line != markerLine else { throw NotPlain() }
  }

  /// Reads what begins here on a line of its own, or behind a hyphen.
  private mutating func node(indent: Int, depth: Int) throws(NotPlain) -> Node {
    if isAtHyphen { return try sequence(column: column, isIndentless: false, depth: depth) }
    let start = position(index)
    switch try keyOrQuoted() {
    case .key(let key):
      return try mapping(column: column(of: start), key: key, position: start, depth: depth)
    case .quoted(let text):
      guard indent >= 0 else { throw NotPlain() }
      try count(depth)
      try endLine()
      return Node(position: start, content: .scalar(Scalar(text: text, isPlain: false)))
    case .neither:
      guard indent >= 0 else { throw NotPlain() }
      return try value(indent: indent, depth: depth)
    }
  }

  private mutating func mapping(
    column start: Int,
    key first: String,
    position: Position,
    depth: Int
  ) throws(NotPlain) -> Node {
    try count(depth)
    var entries: [Mapping.Entry] = []
    var known: Set<String> = []
    var key = first
    var keyPosition = position
    while true {
      guard key != "<<" else { throw NotPlain() }
      // Comparing a few keys is cheaper than hashing them.
      if entries.count < 16 {
        for entry in entries where entry.key == key { throw NotPlain() }
      } else {
        if known.isEmpty { known = Set(entries.map(\.key)) }
        guard known.insert(key).inserted else { throw NotPlain() }
      }
      let value = try valueOfKey(indent: start, depth: depth + 1)
      entries.append(Mapping.Entry(key: key, keyPosition: keyPosition, value: value))
      if index >= bytes.count || column < start || isAtMarker { break }
      guard column == start else { throw NotPlain() }
      keyPosition = self.position(index)
      guard case .key(let next) = try keyOrQuoted() else { throw NotPlain() }
      key = next
    }
    return Node(position: position, content: .mapping(Mapping(entries: entries)))
  }

  /// Reads a list whose hyphens stand in one column; without an indent of its own it ends where
  /// the mapping that it is a value of goes on.
  private mutating func sequence(
    column start: Int,
    isIndentless: Bool,
    depth: Int
  ) throws(NotPlain) -> Node {
    try count(depth)
    let position = position(index)
    var nodes: [Node] = []
    while true {
      index += 1
      let before = line
      try skipToContent()
      guard index < bytes.count, line == before || column > start else { throw NotPlain() }
      if line == before, byte(0) == UInt8(ascii: "|") || byte(0) == UInt8(ascii: ">") {
        nodes.append(try block(indent: start, depth: depth + 1))
      } else {
        nodes.append(try node(indent: start, depth: depth + 1))
      }
      if index >= bytes.count || column < start { break }
      guard column == start else { throw NotPlain() }
      if isAtHyphen { continue }
      guard isIndentless || isAtMarker else { throw NotPlain() }
      break
    }
    return Node(position: position, content: .sequence(nodes))
  }

  /// Reads what stands behind the colon of a key, there or on the lines below.
  private mutating func valueOfKey(indent: Int, depth: Int) throws(NotPlain) -> Node {
    let before = line
    let empty = position(index)
    try skipToContent()
    if index < bytes.count, line == before {
      switch bytes[index] {
      case UInt8(ascii: "|"), UInt8(ascii: ">"): return try block(indent: indent, depth: depth)
      case UInt8(ascii: "'"), UInt8(ascii: "\""):
        let start = position(index)
        try count(depth)
        let text = try quoted()
        try endLine()
        return Node(position: start, content: .scalar(Scalar(text: text, isPlain: false)))
      default: return try value(indent: indent, depth: depth)
      }
    }
    if index < bytes.count, column > indent { return try node(indent: indent, depth: depth) }
    if index < bytes.count, column == indent, isAtHyphen {
      return try sequence(column: indent, isIndentless: true, depth: depth)
    }
    try count(depth)
    return Node(position: empty, content: .scalar(Scalar(text: "", isPlain: true)))
  }

  /// Reads a plain scalar or a flow list.
  private mutating func value(indent: Int, depth: Int) throws(NotPlain) -> Node {
    guard byte(0) == UInt8(ascii: "[") else { return try plain(indent: indent, depth: depth) }
    let node = try flowList(depth: depth)
    try endLine()
    return node
  }
}

// Places.
extension PlainReader {
  /// The column from zero; exact where only blanks and hyphens stand before.
  var column: Int { index - lineStart }

  private func column(of position: Position) -> Int { position.column - 1 }

  /// The byte so far behind ``index``, or 0 at the end.
  func byte(_ offset: Int) -> UInt8 {
    index + offset < bytes.count ? bytes[index + offset] : 0
  }

  /// Whether a blank, the end of a line or the end of the text is there.
  func isBlank(_ place: Int) -> Bool {
    place >= bytes.count || bytes[place] == UInt8(ascii: " ") || bytes[place] == UInt8(ascii: "\n")
  }

  /// Whether a hyphen stands here that begins an element.
  private var isAtHyphen: Bool { byte(0) == UInt8(ascii: "-") && isBlank(index + 1) }

  /// The position of a byte in the line of ``index``, in scalars.
  mutating func position(_ place: Int) -> Position {
    guard !isASCII else { return Position(line: line, column: place - lineStart + 1) }
    if counted.place < lineStart || counted.place > place { counted = (lineStart, 1) }
    for index in counted.place..<place where bytes[index] & 0xc0 != 0x80 { counted.column += 1 }
    counted.place = place
    return Position(line: line, column: counted.column)
  }

  /// Takes one node from the budget.
  mutating func count(_ depth: Int) throws(NotPlain) {
    nodesLeft -= 1
    guard nodesLeft >= 0, depth <= Self.depthMax else { throw NotPlain() }
  }

  /// Goes to the next byte that is no blank and in no comment.
  mutating func skipToContent() throws(NotPlain) {
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: " "): index += 1
      case UInt8(ascii: "\n"): nextLine()
      case UInt8(ascii: "#"):
        guard index == lineStart || bytes[index - 1] == UInt8(ascii: " ") else { throw NotPlain() }
        while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
      default: return
      }
    }
  }

  mutating func nextLine() {
    index += 1
    lineStart = index
    line += 1
  }

  /// Makes sure that nothing but a comment follows on the line, and goes to what comes next.
  mutating func endLine() throws(NotPlain) {
    let before = line
    try skipToContent()
    guard index >= bytes.count || line != before else { throw NotPlain() }
  }
}
