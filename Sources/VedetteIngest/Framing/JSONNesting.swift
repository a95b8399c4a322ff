/// Follows the nesting of JSON without building anything: where a value ends, and where it breaks.
///
/// It knows brackets, strings, and that two values need something between them; numbers and literals
/// are not looked into. That is enough to notice a torn document before it swallows what follows:
/// an unfinished string meets a line feed, an unfinished object meets a value where a comma belongs.
struct JSONNesting: Sendable {
  /// What a stretch of bytes came to.
  enum Outcome: Sendable, Equatable {
    /// The bytes ended first.
    case needsMore
    /// The nesting came back to the floor; the index is behind the closing bracket.
    case closed
    /// The byte at the index can't stand there.
    case broken
  }

  private(set) var depth = 0
  private(set) var isInString = false
  private var lineFeeds = 0
  private var isEscaped = false
  /// Whether a string or a bracket ended, and no comma or colon came since.
  private var followsValue = false
  /// One bit for each of the 64 outermost levels, set for an object; deeper ones are not told apart.
  private var objectBits: UInt64 = 0

  init() {}

  /// Returns the number of line feeds outside strings since this was last asked.
  mutating func takeLineFeeds() -> Int {
    defer { lineFeeds = 0 }
    return lineFeeds
  }

  /// Whether bytes are one JSON value with brackets, and nothing but white space behind it.
  static func isWhole(_ bytes: Span<UInt8>) -> Bool {
    var nesting = JSONNesting()
    var (index, outcome) = nesting.scan(bytes, from: 0, floor: 0)
    guard outcome == .closed else { return false }
    while index < bytes.count {
      switch bytes[index] {
      case ASCII.space, ASCII.tab, ASCII.carriageReturn: index += 1
      default: return false
      }
    }
    return true
  }

  /// Reads until the nesting is down to `floor`, something breaks, or the bytes end.
  mutating func scan(
    _ piece: Span<UInt8>,
    from start: Int,
    floor: Int
  ) -> (index: Int, outcome: Outcome) {
    var index = start
    while index < piece.count {
      if isInString {
        index = skipString(piece, from: index)
        guard index < piece.count else { break }
        guard !isInString else { return (index, .broken) }
        index += 1
        continue
      }
      switch step(piece[index]) {
      case .needsMore: index += 1
      case .closed where depth > floor: index += 1
      case .closed: return (index + 1, .closed)
      case .broken: return (index, .broken)
      }
    }
    return (index, .needsMore)
  }

  /// Takes one byte that is not inside a string.
  mutating func step(_ byte: UInt8) -> Outcome {
    switch byte {
    case ASCII.quote:
      guard !followsValue else { return .broken }
      isInString = true
    case ASCII.openBrace, ASCII.openBracket:
      guard !followsValue else { return .broken }
      open(isObject: byte == ASCII.openBrace)
    case ASCII.closeBrace, ASCII.closeBracket:
      return close(isObject: byte == ASCII.closeBrace)
    case ASCII.comma, ASCII.colon:
      followsValue = false
    case ASCII.lineFeed:
      lineFeeds &+= 1
    case ASCII.space, ASCII.tab, ASCII.carriageReturn, ASCII.null:
      break
    default:
      guard !followsValue else { return .broken }
    }
    return .needsMore
  }

  /// Returns the index of the quote that ends the string, of a line feed that breaks it, or the end.
  mutating func skipString(_ piece: Span<UInt8>, from start: Int) -> Int {
    var index = start
    if isEscaped, index < piece.count {
      // A line feed breaks the string also behind a backslash.
      guard piece[index] != ASCII.lineFeed else { return index }
      isEscaped = false
      index += 1
    }
    while index < piece.count {
      let byte = piece[index]
      if byte == ASCII.quote {
        isInString = false
        followsValue = true
        return index
      }
      if byte == ASCII.lineFeed { return index }
      if byte == ASCII.backslash {
        guard index + 1 < piece.count else {
          isEscaped = true
          return piece.count
        }
        if piece[index + 1] == ASCII.lineFeed { return index + 1 }
        index += 2
      } else {
        index += 1
      }
    }
    return index
  }

  private mutating func open(isObject: Bool) {
    if depth < 64 {
      let bit = UInt64(1) << UInt64(depth)
      objectBits = isObject ? objectBits | bit : objectBits & ~bit
    }
    depth += 1
  }

  private mutating func close(isObject: Bool) -> Outcome {
    guard depth > 0 else { return .broken }
    if depth <= 64 {
      let wasObject = objectBits >> UInt64(depth - 1) & 1 == 1
      guard wasObject == isObject else { return .broken }
    }
    depth -= 1
    followsValue = true
    return .closed
  }
}
