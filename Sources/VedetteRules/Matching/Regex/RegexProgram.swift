/// A compiled pattern: a nondeterministic automaton over bytes, and what a search needs to know.
///
/// The automaton reads *symbols*. A symbol is a class of bytes that no part of the pattern tells
/// apart, or one of two that are not bytes: a line feed that ends the text, and the end itself.
/// With those two as symbols, `$` needs no more than the next symbol to be decided.
///
/// Text is assumed to be UTF-8 in which each stray byte has been replaced by 0xFF, so a character
/// is either a well-formed sequence or 0xFF, never both, and the automaton need not check.
struct RegexProgram: Sendable {
  var instructions: [RegexInstruction] = []
  /// The transitions of the `.consume` instructions; bytes until `assignSymbols` makes them symbols.
  var transitions: [RegexTransition] = []
  /// Where a match begins.
  var start: UInt32 = 0

  /// The symbol of each byte.
  private(set) var symbols = [UInt8](repeating: 0, count: 256)
  /// What each symbol is, the two that are not bytes last.
  private(set) var symbolTraits: [SymbolTraits] = []

  /// Bytes of the shortest text that matches.
  var byteCountMin = 0
  /// Whether an assertion depends on what comes next, so that a state waits for it.
  private(set) var looksAhead = false
  /// The kinds of place that a waiting assertion tells apart from `.other`.
  private(set) var distinctPlaces: UInt8 = 0

  /// The symbol for a line feed that is the last byte of the text.
  var finalNewline: Int { symbolTraits.count - 2 }
  /// The symbol for the end of the text.
  var end: Int { symbolTraits.count - 1 }
}

/// One step of the automaton.
struct RegexInstruction: Sendable {
  enum Operation: UInt8, Sendable {
    /// Reads a symbol; `first..<second` are its transitions, in order of their symbols.
    case consume
    /// Goes on at `first` and at `second`.
    case split
    /// Goes on at `second` where the assertion numbered `first` holds.
    case assertion
    /// Ends a match.
    case match
  }

  var operation: Operation
  var first: UInt32 = 0
  var second: UInt32 = 0
}

/// A way out of a `.consume` instruction: to `next` on the symbols or bytes `lower...upper`.
struct RegexTransition: Sendable, Hashable {
  var lower: UInt8
  var upper: UInt8
  var next: UInt32
}

/// What assertions ask of a symbol.
struct SymbolTraits: Sendable {
  var isWord = false
  var isNewline = false
  var isFinalNewline = false
  var isEnd = false
  /// Whether the symbol is a byte inside a character, before which no assertion holds.
  var isContinuation = false
  /// The place behind the symbol.
  var placeBehind = Place.other
}

/// What assertions ask of the text before a place.
enum Place: UInt8, Sendable, CaseIterable {
  /// At the start of the text.
  case textStart
  /// Behind a line feed that is not the last byte.
  case newline
  /// Behind a word character.
  case word
  /// Behind anything else.
  case other
}

extension RegexProgram {
  /// Divides the bytes into symbols, and rewrites the transitions in terms of them.
  ///
  /// - Precondition: the instructions are complete, and this is called once.
  mutating func assignSymbols() {
    let assertions = instructions.filter { $0.operation == .assertion }
      .compactMap { RegexAssertion(rawValue: $0.first) }
    looksAhead = assertions.contains { !$0.looksBehindOnly }

    var isFirst = [Bool](repeating: false, count: 257)
    for transition in transitions {
      isFirst[Int(transition.lower)] = true
      isFirst[Int(transition.upper) + 1] = true
    }
    var bounds: [Int] = []
    if looksAhead { bounds += [0x80, 0xC0] }
    if assertions.contains(where: \.tellsWords) {
      bounds += [0x30, 0x3A, 0x41, 0x5B, 0x5F, 0x60, 0x61, 0x7B]
    }
    if assertions.contains(where: \.tellsLines) { bounds += [0x0A, 0x0B] }
    for bound in bounds { isFirst[bound] = true }

    var symbol = 0
    for byte in 0..<256 {
      if byte > 0, isFirst[byte] { symbol += 1 }
      symbols[byte] = UInt8(truncatingIfNeeded: symbol)
      if symbol == symbolTraits.count { symbolTraits.append(Self.traits(of: UInt8(byte))) }
    }
    symbolTraits.append(SymbolTraits(isNewline: true, isFinalNewline: true))
    symbolTraits.append(SymbolTraits(isEnd: true))

    for index in transitions.indices {
      transitions[index].lower = symbols[Int(transitions[index].lower)]
      transitions[index].upper = symbols[Int(transitions[index].upper)]
    }
    noteDistinctPlaces(assertions)
  }

  /// Notes which places a state must remember while an assertion waits for the next symbol.
  private mutating func noteDistinctPlaces(_ assertions: [RegexAssertion]) {
    guard looksAhead else { return }
    if assertions.contains(where: \.tellsWords) {
      distinctPlaces |= 1 << Place.word.rawValue
    }
    if assertions.contains(.lineStart) { distinctPlaces |= 1 << Place.newline.rawValue }
    if assertions.contains(where: \.looksBehindOnly) {
      distinctPlaces |= 1 << Place.textStart.rawValue
    }
  }

  /// Returns the place a state remembers: `.other` where the difference can't matter.
  func remembered(_ place: Place) -> Place {
    distinctPlaces >> place.rawValue & 1 == 1 ? place : .other
  }

  private static func traits(of byte: UInt8) -> SymbolTraits {
    let isWord = ScalarSet.wordCharacters.contains(UInt32(byte))
    let isNewline = byte == 0x0A
    return SymbolTraits(
      isWord: isWord,
      isNewline: isNewline,
      isContinuation: (0x80...0xBF).contains(byte),
      placeBehind: isWord ? .word : isNewline ? .newline : .other
    )
  }
}

extension RegexAssertion {
  /// Whether the assertion tells word characters from others.
  fileprivate var tellsWords: Bool { self == .wordBoundary || self == .notWordBoundary }

  /// Whether the assertion tells line feeds from other characters.
  fileprivate var tellsLines: Bool {
    switch self {
    case .lineStart, .lineEnd, .textEndOrFinalNewline: true
    case .textStart, .textEnd, .wordBoundary, .notWordBoundary: false
    }
  }

  /// Returns whether the assertion holds between a place and a symbol.
  func holds(at place: Place, before next: SymbolTraits) -> Bool {
    switch self {
    case .textStart: place == .textStart
    case .lineStart: place == .textStart || place == .newline
    case .textEnd: next.isEnd
    case .textEndOrFinalNewline: next.isEnd || next.isFinalNewline
    case .lineEnd: next.isEnd || next.isNewline
    case .wordBoundary: !next.isContinuation && (place == .word) != next.isWord
    case .notWordBoundary: !next.isContinuation && (place == .word) == next.isWord
    }
  }
}
