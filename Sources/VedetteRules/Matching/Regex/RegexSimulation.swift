// The automaton run in all its states at once. This is what makes matching linear: however many
// ways there are to match, each instruction is visited at most twice for a byte of text.
//
// A set of instructions is a bitmap, so that a set has one form and can be looked up. It holds
// those that read a symbol and the assertions that wait for one; splits, and assertions that look
// behind, are gone through on the way. Since any match will do, the first one ends the search.

/// The sets a search is in and goes to, and the room to work between them.
struct RegexSimulation: Sendable {
  /// The instructions the search is at.
  var current: [UInt64]
  /// The place `current` is at; `.other` where it makes no difference.
  var place = Place.other
  /// The number of instructions visited so far, which measures the work done.
  private(set) var visitCount = 0

  private let program: RegexProgram
  private var next: [UInt64]
  private var visited: [UInt64]
  private var pending: [UInt32] = []
  /// For each place, the set a match may begin with there, or nil if it has matched already.
  private let starts: [[UInt64]?]
  /// The assertions among the instructions.
  private let assertions: [UInt64]
  /// Whether a match may begin behind the start of the text.
  private let beginsLater: Bool

  /// What a symbol leads to.
  enum Outcome {
    /// A match has been seen.
    case matched
    /// No match can follow.
    case dead
    /// The search goes on at `current`.
    case running
  }

  init(_ program: RegexProgram) {
    self.program = program
    let empty = [UInt64](repeating: 0, count: (program.instructions.count + 63) / 64)
    current = empty
    next = empty
    visited = empty
    var starts: [[UInt64]?] = []
    var pending: [UInt32] = []
    for place in Place.allCases {
      var set = empty
      var visited = empty
      var visitCount = 0
      pending = [program.start]
      let isMatch = program.follow(
        at: place,
        before: nil,
        &pending,
        &visited,
        into: &set,
        &visitCount
      )
      starts.append(isMatch ? nil : set)
    }
    self.starts = starts
    var assertions = empty
    for (index, instruction) in program.instructions.enumerated()
    where instruction.operation == .assertion {
      assertions[index >> 6] |= 1 << UInt64(index & 63)
    }
    self.assertions = assertions
    beginsLater = starts.indices.contains { place in
      guard place != Int(Place.textStart.rawValue), let set = starts[place] else {
        return starts[place] == nil
      }
      return set.contains { $0 != 0 }
    }
  }

  /// The bytes a match may begin with; empty if that depends on the place or it may begin with
  /// nothing at all.
  ///
  /// On any other byte a search that is only at the beginning stays there.
  func firstBytes() -> [UInt8] {
    guard let set = starts[0], starts.allSatisfy({ $0 == set }) else { return [] }
    let members = program.instructions.indices.filter { set[$0 >> 6] >> UInt64($0 & 63) & 1 == 1 }
    let instructions = members.map { program.instructions[$0] }
    guard instructions.allSatisfy({ $0.operation == .consume }) else { return [] }
    return (UInt8.min...UInt8.max).filter { byte in
      let symbol = program.symbols[Int(byte)]
      return instructions.contains {
        destination(of: $0, on: symbol, program.transitions.span) != nil
      }
    }
  }

  /// Makes `current` the set of a search that begins at a place.
  ///
  /// - Returns: What there is to know before a symbol is read.
  mutating func begin(at place: Place) -> Outcome {
    guard let set = starts[Int(place.rawValue)] else { return .matched }
    current = set
    self.place = program.remembered(place)
    return outcome
  }

  /// Reads one symbol: moves `current` and `place` over it.
  mutating func step(over symbol: Int) -> Outcome {
    let traits = program.symbolTraits[symbol]
    if program.looksAhead, resolveAssertions(before: traits) { return .matched }
    if traits.isEnd { return .dead }

    let placeBehind = traits.placeBehind
    guard let start = starts[Int(placeBehind.rawValue)] else { return .matched }
    // A match may begin anywhere, so every set holds the beginning.
    next = start
    for word in visited.indices { visited[word] = 0 }
    if consume(UInt8(truncatingIfNeeded: byteSymbol(symbol)), to: placeBehind) { return .matched }

    swap(&current, &next)
    place = program.remembered(placeBehind)
    return outcome
  }

  /// What `current` allows: nothing, if it is empty and no match begins later either.
  private var outcome: Outcome {
    !beginsLater && current.allSatisfy { $0 == 0 } ? .dead : .running
  }

  /// Returns the symbol a symbol is read as: a final line feed is a line feed.
  private func byteSymbol(_ symbol: Int) -> Int {
    symbol == program.finalNewline ? Int(program.symbols[0x0A]) : symbol
  }

  /// Adds to `current` what the waiting assertions that hold lead to; returns whether it matches.
  private mutating func resolveAssertions(before traits: SymbolTraits) -> Bool {
    for word in visited.indices { visited[word] = 0 }
    pending.removeAll(keepingCapacity: true)
    for word in current.indices {
      var bits = current[word] & assertions[word]
      while bits != 0 {
        pending.append(UInt32(word << 6 | bits.trailingZeroBitCount))
        bits &= bits &- 1
      }
    }
    return program.follow(
      at: place,
      before: traits,
      &pending,
      &visited,
      into: &current,
      &visitCount
    )
  }

  /// Moves every instruction of `current` that reads the symbol; returns whether that matches.
  private mutating func consume(_ symbol: UInt8, to placeBehind: Place) -> Bool {
    pending.removeAll(keepingCapacity: true)
    visitCount &+= stepInstructions(
      of: current,
      over: symbol,
      program.instructions,
      program.transitions,
      into: &next,
      pending: &pending
    )
    return program.follow(
      at: placeBehind,
      before: nil,
      &pending,
      &visited,
      into: &next,
      &visitCount
    )
  }
}

extension RegexProgram {
  /// Adds to `set` every instruction that is reached from `pending` without reading a symbol.
  ///
  /// Assertions that look ahead wait in the set while `symbol` is nil, and are decided if not.
  ///
  /// - Returns: Whether a match is reached.
  fileprivate func follow(
    at place: Place,
    before symbol: SymbolTraits?,
    _ pending: inout [UInt32],
    _ visited: inout [UInt64],
    into set: inout [UInt64],
    _ visitCount: inout Int
  ) -> Bool {
    while let index = pending.popLast() {
      let word = Int(index >> 6)
      let bit: UInt64 = 1 << UInt64(index & 63)
      visitCount &+= 1
      guard visited[word] & bit == 0 else { continue }
      visited[word] |= bit
      let instruction = instructions[Int(index)]
      switch instruction.operation {
      case .match:
        return true
      case .consume:
        set[word] |= bit
      case .split:
        pending.append(instruction.second)
        pending.append(instruction.first)
      case .assertion:
        guard let assertion = RegexAssertion(rawValue: instruction.first) else { continue }
        if let symbol {
          if assertion.holds(at: place, before: symbol) { pending.append(instruction.second) }
        } else if !assertion.looksBehindOnly {
          set[word] |= bit
        } else if assertion.holds(at: place, before: SymbolTraits()) {
          pending.append(instruction.second)
        }
      }
    }
    return false
  }
}
