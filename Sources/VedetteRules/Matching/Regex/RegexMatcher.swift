import VedetteEvent

/// What one thread needs to match one regular expression: its automaton, as far as it is known.
///
/// The automaton grows with the texts seen, up to a limit, and makes later texts faster; it never
/// changes an answer. When it outgrows the limit it is forgotten and grown again, and when that
/// happens too often within a text, the rest of that text is matched without it.
public struct RegexMatcher: Sendable {
  /// The regular expression matched.
  public let regex: LinearRegex
  /// The bytes read and instructions visited so far, which measure the work done.
  package private(set) var workCount = 0
  /// The number of times the automaton outgrew its limit so far.
  package private(set) var overflowCount = 0
  /// The number of texts of which a part was matched without the automaton.
  package private(set) var simulatedCount = 0

  private var simulation: RegexSimulation
  private var cache: RegexStateCache
  /// The state at the start of a text, once known.
  private var startState = RegexStateCache.unknown
  /// The start state, if few bytes lead out of it.
  private var resting = RestingState()
  private let firstBytes: [UInt8]
  private let finalNewline: Int
  private let end: Int
  /// Where texts with stray bytes are copied to.
  private var scratch: [UInt8] = []

  /// Bytes an automaton must last, for each of its states, to be worth growing again.
  private static let bytesPerStateMin = 8

  /// Creates a matcher that keeps up to `Limits.regexCacheBytesMax` of its automaton.
  ///
  /// - Parameter regex: The regular expression to match.
  public init(_ regex: LinearRegex) {
    self.init(regex, cacheBytesMax: Limits.regexCacheBytesMax)
  }

  /// Creates a matcher.
  ///
  /// - Parameters:
  ///   - regex: The regular expression to match.
  ///   - cacheBytesMax: Bytes of its automaton to keep; however few, it keeps four states.
  public init(_ regex: LinearRegex, cacheBytesMax: Int) {
    self.regex = regex
    simulation = RegexSimulation(regex.program)
    finalNewline = regex.program.finalNewline
    end = regex.program.end
    firstBytes = simulation.firstBytes()
    cache = RegexStateCache(regex.program, bytesMax: cacheBytesMax)
  }

  /// Returns whether a text holds a match, anywhere in it.
  ///
  /// The text should be UTF-8. A byte that is no part of well-formed UTF-8 counts as a character
  /// of its own, which `.` and negated classes match and nothing else does.
  ///
  /// - Parameter bytes: The text.
  /// - Returns: Whether there is a match. There always is an answer.
  /// - Complexity: O(*n*), where *n* is the number of bytes.
  public mutating func matches(in bytes: Span<UInt8>) -> Bool {
    guard bytes.count >= regex.program.byteCountMin else { return false }
    let firstHigh = firstNonASCII(in: bytes)
    let firstStray = firstStrayByte(in: bytes, from: firstHigh)
    guard firstStray < bytes.count else { return search(bytes) }

    // Taken out while it is read, and put back for its room.
    var marked: [UInt8] = []
    swap(&marked, &scratch)
    copyMarkingStrayBytes(of: bytes, from: firstStray, into: &marked)
    let isMatch = search(marked.span)
    swap(&marked, &scratch)
    return isMatch
  }

  /// Copies a text with each stray byte replaced by 0xFF, which is in no well-formed sequence.
  private func copyMarkingStrayBytes(
    of bytes: Span<UInt8>,
    from firstStray: Int,
    into marked: inout [UInt8]
  ) {
    marked.removeAll(keepingCapacity: true)
    marked.reserveCapacity(bytes.count)
    for index in bytes.indices { marked.append(bytes[index]) }
    var index = firstStray
    while index < bytes.count {
      marked[index] = 0xFF
      index = firstStrayByte(in: bytes, from: index + 1)
    }
  }

  /// Returns whether there is a match in a text whose stray bytes are marked.
  private mutating func search(_ bytes: Span<UInt8>) -> Bool {
    if startState == RegexStateCache.unknown { enterStart() }
    var state = startState
    guard state != RegexStateCache.matched else { return true }
    guard state != RegexStateCache.dead else { return false }

    let hasFinalNewline = bytes.count > 0 && bytes[bytes.count - 1] == 0x0A
    let end = hasFinalNewline ? bytes.count - 1 : bytes.count
    var search = Search(end: end, overflowPosition: nil)
    while search.position < end {
      let first = search.position
      let entry = runStates(
        over: bytes,
        to: end,
        cache.table.span,
        regex.program.symbols.span,
        resting: resting,
        state: &state,
        position: &search.position
      )
      workCount &+= search.position - first + 1
      if search.position == end { break }
      guard entry == RegexStateCache.unknown else { return entry == RegexStateCache.matched }

      let symbol = Int(regex.program.symbols[Int(bytes[search.position])])
      switch advance(from: state, on: symbol, &search) {
      case .decided(let isMatch): return isMatch
      case .state(let next): state = next
      case .thrashing: return simulate(bytes, search)
      }
      search.position += 1
    }
    return finish(from: state, hasFinalNewline, &search)
  }

  /// A search under way.
  private struct Search {
    var position = 0
    /// Where the last byte is that is not a final line feed, plus one.
    let end: Int
    /// Where the automaton last outgrew its limit.
    var overflowPosition: Int?
  }

  private enum Step {
    case decided(Bool)
    case state(RegexStateCache.Entry)
    /// The simulation is behind the symbol, and no state is.
    case thrashing
  }

  private mutating func enterStart() {
    switch simulation.begin(at: .textStart) {
    case .matched: startState = RegexStateCache.matched
    case .dead: startState = RegexStateCache.dead
    case .running:
      startState = cache.state(of: simulation) ?? cache.restart(at: simulation)
      resting.note(startState, exits: firstBytes)
    }
  }

  /// Works out what a state does on a symbol, and notes it.
  private mutating func advance(
    from state: RegexStateCache.Entry,
    on symbol: Int,
    _ search: inout Search
  ) -> Step {
    cache.restore(state, into: &simulation)
    switch step(over: symbol) {
    case .matched:
      cache.note(RegexStateCache.matched, for: state, on: symbol)
      return .decided(true)
    case .dead:
      cache.note(RegexStateCache.dead, for: state, on: symbol)
      return .decided(false)
    case .running:
      if let next = cache.state(of: simulation) {
        cache.note(next, for: state, on: symbol)
        return .state(next)
      }
    }

    overflowCount &+= 1
    let bytesMin = cache.stateCount * Self.bytesPerStateMin
    startState = RegexStateCache.unknown
    resting = RestingState()
    let next = cache.restart(at: simulation)
    defer { search.overflowPosition = search.position }
    guard let last = search.overflowPosition, search.position - last < bytesMin else {
      return .state(next)
    }
    return .thrashing
  }

  /// Matches the rest of a text from where the simulation is, keeping no states.
  private mutating func simulate(_ bytes: Span<UInt8>, _ search: Search) -> Bool {
    simulatedCount &+= 1
    var index = search.position + 1
    while index < bytes.count {
      let isFinal = index == search.end
      let symbol = isFinal ? finalNewline : Int(regex.program.symbols[Int(bytes[index])])
      workCount &+= 1
      switch step(over: symbol) {
      case .matched: return true
      case .dead: return false
      case .running: break
      }
      index += 1
    }
    guard case .matched = step(over: end) else { return false }
    return true
  }

  /// Reads what is behind the last byte but a final line feed.
  private mutating func finish(
    from state: RegexStateCache.Entry,
    _ hasFinalNewline: Bool,
    _ search: inout Search
  ) -> Bool {
    // The end matters only to an assertion that waits for it.
    let first = hasFinalNewline ? finalNewline : end
    let last = regex.program.looksAhead ? end : finalNewline
    guard first <= last else { return false }
    var state = state
    for symbol in first...last {
      let entry = cache.table[Int(state) + symbol]
      if entry < 0x8000_0000 {
        state = entry
        continue
      }
      guard entry == RegexStateCache.unknown else { return entry == RegexStateCache.matched }
      switch advance(from: state, on: symbol, &search) {
      case .decided(let isMatch): return isMatch
      case .state(let next): state = next
      case .thrashing:
        guard case .matched = step(over: end) else { return false }
        return true
      }
    }
    return false
  }

  private mutating func step(over symbol: Int) -> RegexSimulation.Outcome {
    let before = simulation.visitCount
    let outcome = simulation.step(over: symbol)
    workCount &+= simulation.visitCount - before
    return outcome
  }
}
