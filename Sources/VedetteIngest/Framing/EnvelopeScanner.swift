/// Reads one top-level JSON object and notices when it is only an envelope around many records.
///
/// An envelope has its records in an array under one of ``containerKeys``: `{"Records":[{…},{…}]}`
/// is how CloudTrail writes, `{"value":[…]}` and `{"records":[…]}` are Azure's. The array counts
/// only if its first element is an object.
struct EnvelopeScanner: Sendable {
  /// What a stretch of bytes came to.
  enum Outcome: Sendable, Equatable {
    /// The bytes ended first.
    case needsMore
    /// The object ended; the index is behind its brace.
    case closed
    /// The byte at the index can't stand there.
    case broken
    /// The object is an envelope, and its first record begins at the index.
    case element
  }

  /// The names under which an envelope has its records.
  static let containerKeys: [[UInt8]] = ["Records", "records", "value", "events"].map {
    Array($0.utf8)
  }
  private static let keyBytesMax = 7

  /// What comes next in the outermost object.
  private enum Place {
    case outside, beforeKey, inKey, afterKey, beforeValue, inContainer, elsewhere
  }

  var nesting = JSONNesting()
  /// Members begun so far.
  private(set) var memberCount = 0
  private var hasEmptyContainer = false
  private var place = Place.outside
  private var key: [UInt8] = []

  init() {}

  /// Whether the object that ended has nothing but an empty array of records.
  var isEmptyEnvelope: Bool { hasEmptyContainer && memberCount == 1 }

  /// Reads until the object ends, turns out to be an envelope, or breaks.
  ///
  /// Begins at the object's opening brace.
  mutating func scan(_ piece: Span<UInt8>, from start: Int) -> (index: Int, outcome: Outcome) {
    var index = start
    while index < piece.count {
      if nesting.isInString {
        let end = nesting.skipString(piece, from: index)
        if place == .inKey { keepKey(piece, index..<end) }
        guard end < piece.count else { return (piece.count, .needsMore) }
        guard !nesting.isInString else { return (end, .broken) }
        if place == .inKey { place = .afterKey }
        index = end + 1
      } else if nesting.depth > 1, place != .inContainer {
        let (next, outcome) = nesting.scan(piece, from: index, floor: 1)
        guard outcome == .closed else { return (next, outcome == .broken ? .broken : .needsMore) }
        index = next
      } else {
        let byte = piece[index]
        if place == .inContainer, byte == ASCII.openBrace { return (index, .element) }
        notePlace(byte)
        switch nesting.step(byte) {
        case .needsMore: index += 1
        case .closed where nesting.depth > 0: index += 1
        case .closed: return (index + 1, .closed)
        case .broken: return (index, .broken)
        }
      }
    }
    return (index, .needsMore)
  }

  /// Follows keys and values of the outermost object.
  private mutating func notePlace(_ byte: UInt8) {
    switch (place, byte) {
    case (_, ASCII.space), (_, ASCII.tab), (_, ASCII.carriageReturn), (_, ASCII.lineFeed):
      break
    case (.inContainer, _):
      if byte == ASCII.closeBracket { hasEmptyContainer = true }
      place = .elsewhere
    case (.outside, _), (_, ASCII.comma):
      place = .beforeKey
    case (.beforeKey, ASCII.quote):
      place = .inKey
      memberCount += 1
      key.removeAll(keepingCapacity: true)
    case (.afterKey, ASCII.colon):
      place = .beforeValue
    case (.beforeValue, ASCII.openBracket):
      place = Self.containerKeys.contains(key) ? .inContainer : .elsewhere
    default:
      place = .elsewhere
    }
  }

  private mutating func keepKey(_ piece: Span<UInt8>, _ range: Range<Int>) {
    // One byte more than the longest key is enough to see that it is none of them.
    for index in range.limited(to: Self.keyBytesMax + 1 - key.count) { key.append(piece[index]) }
  }
}
