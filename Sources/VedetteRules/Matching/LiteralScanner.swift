// Which of many texts are in a value, in one pass over the value.
//
// The naive way looks for each text in turn: 10,000 passes. An automaton over all of them (Aho and
// Corasick) reads the value once but is larger than the caches: 2.5 us for a command line. Here
// each text is known by its rarest four bytes. The pass loads four bytes at each place and asks a
// bitmap that fits the first cache whether any text has them; nearly always none has. What passes
// is looked up in a table and compared as a whole. A few texts that are all long, as keywords are,
// are known by several grams each, so that the pass may leave out bytes: whichever place it looks
// at, one of the grams is there if the text is. Texts of one to three bytes have tables of
// their own, which a scanner without such texts does not look at.
//
// Invariants: a text is in exactly one table; a candidate's `offset` is where its gram is in its
// text; the haystack has at least four bytes of padding, which no comparison reads.

/// Where in a value a text was found, as flags.
struct LiteralPlaces: OptionSet, Sendable {
  let rawValue: UInt8
  /// Somewhere.
  static let anywhere = LiteralPlaces(rawValue: 1)
  /// At the start.
  static let start = LiteralPlaces(rawValue: 2)
  /// At the end.
  static let end = LiteralPlaces(rawValue: 4)
}

/// What a scan found, and the memory it needs; reused from value to value.
struct LiteralHits {
  /// The texts that were found, each once.
  private(set) var literals: [Int32] = []
  /// For each text the scan it was last found in, times eight, and the places.
  private var marks: [UInt32]
  private var scan: UInt32 = 0
  /// For each byte the scan that last saw it.
  private var bytes = [UInt32](repeating: 0, count: 256)

  init(literalCount: Int) {
    marks = [UInt32](repeating: 0, count: literalCount)
  }

  mutating func begin() {
    literals.removeAll(keepingCapacity: true)
    scan += 1
    guard scan == 1 << 28 else { return }
    scan = 1
    for index in marks.indices { marks[index] = 0 }
    for index in bytes.indices { bytes[index] = 0 }
  }

  @inline(__always)
  mutating func note(_ byte: UInt8) { bytes[Int(byte)] = scan }

  func isPresent(_ byte: UInt8) -> Bool { bytes[Int(byte)] == scan }

  func places(_ literal: Int32) -> LiteralPlaces {
    let mark = marks[Int(literal)]
    return mark >> 3 == scan ? LiteralPlaces(rawValue: UInt8(mark & 7)) : []
  }

  mutating func add(_ literal: Int32, _ places: LiteralPlaces) {
    let mark = marks[Int(literal)]
    if mark >> 3 == scan {
      marks[Int(literal)] = mark | UInt32(places.rawValue)
    } else {
      marks[Int(literal)] = scan << 3 | UInt32(places.rawValue)
      literals.append(literal)
    }
  }
}

/// Many texts to look for at once.
struct LiteralScanner: Sendable {
  /// The bytes after a haystack that may be read.
  static let padding = 8

  /// The texts, one after the other.
  private var bytes: [UInt8] = []
  /// Where each text starts; one more than there are texts.
  private var starts: [Int32] = [0]
  private var four = GramTable(width: 4)
  /// The pass looks at every so manieth place for texts of four bytes and more.
  private var step = 1
  private var three = GramTable(width: 3)
  private var two = GramTable(width: 2)
  /// The texts of one byte.
  private var one: [(byte: UInt8, literal: Int32)] = []

  /// The number of texts.
  var count: Int { starts.count - 1 }

  /// Prepares the search for texts.
  ///
  /// - Parameter literals: Distinct texts, none of them empty; a text is known by its index.
  init(_ literals: [[UInt8]]) {
    var counts = [UInt16](repeating: 0, count: 1 << 16)
    for literal in literals where literal.count >= 4 {
      for offset in 0...(literal.count - 4) {
        let slot = Self.countSlot(Self.gram(literal, offset, 4))
        counts[slot] = counts[slot] &+ (counts[slot] < .max ? 1 : 0)
      }
    }
    step = Self.step(literals)
    for (index, literal) in literals.enumerated() {
      bytes += literal
      starts.append(Int32(bytes.count))
      let number = Int32(index)
      switch literal.count {
      case 1: one.append((literal[0], number))
      case 2: two.add(Self.gram(literal, 0, 2), number, offset: 0)
      case 3: three.add(Self.gram(literal, 0, 3), number, offset: 0)
      case _ where step > 1:
        for offset in 0..<step { four.add(Self.gram(literal, offset, 4), number, offset: offset) }
      default:
        let offset = Self.rarestGram(literal, counts)
        four.add(Self.gram(literal, offset, 4), number, offset: offset)
      }
    }
    four.seal()
    three.seal()
    two.seal()
  }

  /// Looks for all texts in a value.
  ///
  /// - Parameters:
  ///   - haystack: The value, with ``padding`` bytes after it.
  ///   - length: The value's length without the padding.
  ///   - hits: Where to put what is found.
  func scan(_ haystack: Span<UInt8>, length: Int, into hits: inout LiteralHits) {
    precondition(haystack.count >= length + Self.padding)
    hits.begin()
    if !four.isEmpty {
      if step > 1 { leap(haystack, length, &hits) } else { scan(four, haystack, length, &hits) }
    }
    if !three.isEmpty { scan(three, haystack, length, &hits) }
    if !two.isEmpty { scan(two, haystack, length, &hits) }
    if !one.isEmpty { scanBytes(haystack, length, &hits) }
  }

  @inline(__always)
  private func scan(
    _ table: borrowing GramTable,
    _ haystack: Span<UInt8>,
    _ length: Int,
    _ hits: inout LiteralHits
  ) {
    guard length >= table.width else { return }
    let filter = table.filter.span
    let shift = table.filterShift
    let mask = table.gramMask
    let bytes = unsafe haystack.bytes
    // Safety: `index + 4 <= length + 1 < haystack.count`, and a filter has 2^(32 - shift) bits, of
    // which `hash` is one.
    for index in 0...(length - table.width) {
      let gram =
        unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt32.self) & mask
      let hash = Int((gram &* GramTable.multiplier) >> shift)
      let word = unsafe filter[unchecked: hash >> 6]
      if word >> UInt64(truncatingIfNeeded: hash & 63) & 1 != 0 {
        probe(table, gram, index, haystack, length, &hits)
      }
    }
  }

  /// Looks at every ``step``th place.
  private func leap(_ haystack: Span<UInt8>, _ length: Int, _ hits: inout LiteralHits) {
    let filter = four.filter.span
    let shift = four.filterShift
    let bytes = unsafe haystack.bytes
    var index = 0
    // Safety: `index + 4 <= length < haystack.count`, and a filter has 2^(32 - shift) bits, of which
    // `hash` is one.
    while index + 4 <= length {
      let gram =
        unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt32.self)
      let hash = Int((gram &* GramTable.multiplier) >> shift)
      let word = unsafe filter[unchecked: hash >> 6]
      if word >> UInt64(truncatingIfNeeded: hash & 63) & 1 != 0 {
        probe(four, gram, index, haystack, length, &hits)
      }
      index &+= step
    }
  }

  /// How many bytes the pass may go on at a time.
  ///
  /// A text of so many bytes and three has a gram at whichever place is looked at. Many texts would
  /// fill the bitmap with the grams of all places.
  private static func step(_ literals: [[UInt8]]) -> Int {
    let long = literals.lazy.filter { $0.count >= 4 }
    guard let shortest = long.map(\.count).min(), long.count <= 256 else { return 1 }
    return min(8, shortest - 3)
  }

  @inline(never)
  private func probe(
    _ table: borrowing GramTable,
    _ gram: UInt32,
    _ index: Int,
    _ haystack: Span<UInt8>,
    _ length: Int,
    _ hits: inout LiteralHits
  ) {
    for candidate in table.candidates(gram) {
      let start = index - Int(candidate.offset)
      let first = Int(starts[Int(candidate.literal)])
      let count = Int(starts[Int(candidate.literal) + 1]) - first
      guard start >= 0, start + count <= length else { continue }
      var places = LiteralPlaces.anywhere
      if start == 0 { places.insert(.start) }
      if start + count == length { places.insert(.end) }
      // A text that repeats is compared only where its place says something new.
      if hits.places(candidate.literal).isSuperset(of: places) { continue }
      if isEqual(haystack, start, first, count) { hits.add(candidate.literal, places) }
    }
  }

  private func isEqual(_ haystack: Span<UInt8>, _ start: Int, _ first: Int, _ count: Int) -> Bool {
    for offset in 0..<count where haystack[start + offset] != bytes[first + offset] {
      return false
    }
    return true
  }

  private func scanBytes(_ haystack: Span<UInt8>, _ length: Int, _ hits: inout LiteralHits) {
    guard length > 0 else { return }
    for index in 0..<length { hits.note(haystack[index]) }
    for (byte, literal) in one where hits.isPresent(byte) {
      var places = LiteralPlaces.anywhere
      if haystack[0] == byte { places.insert(.start) }
      if haystack[length - 1] == byte { places.insert(.end) }
      hits.add(literal, places)
    }
  }

  private static func gram(_ literal: [UInt8], _ offset: Int, _ width: Int) -> UInt32 {
    var gram: UInt32 = 0
    for index in 0..<width { gram |= UInt32(literal[offset + index]) << UInt32(8 * index) }
    return gram
  }

  private static func countSlot(_ gram: UInt32) -> Int {
    Int((gram &* GramTable.multiplier) >> 16)
  }

  /// The place of the gram that the fewest texts have; among equals the one with the most bytes
  /// that are neither letters nor digits, which are rarer in values too.
  private static func rarestGram(_ literal: [UInt8], _ counts: [UInt16]) -> Int {
    var best = 0
    var bestScore = Int.max
    for offset in 0...(literal.count - 4) {
      let gram = gram(literal, offset, 4)
      let common = (0..<4).count { isCommon(literal[offset + $0]) }
      let score = Int(counts[countSlot(gram)]) * 8 + common
      if score < bestScore {
        bestScore = score
        best = offset
      }
    }
    return best
  }

  private static func isCommon(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "\\"), UInt8(ascii: "."), UInt8(ascii: " "), UInt8(ascii: ":"):
      true
    default: false
    }
  }
}
