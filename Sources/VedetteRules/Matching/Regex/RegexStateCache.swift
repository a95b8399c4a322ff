// The deterministic automaton, as far as texts have led into it. A state is a set of the
// simulation that has been given a number; what a state does on a symbol is worked out once and
// then read from a table. The whole automaton may have exponentially many states, so there is a
// limit, and the owner decides what happens there.

/// The states seen so far and the table of what they do.
struct RegexStateCache: Sendable {
  /// An entry of the table: the offset of a state's row, or one of the values below.
  typealias Entry = UInt32

  /// Not worked out yet.
  ///
  /// This and the next two are no states; all have the highest bit, so that one test finds them.
  static let unknown: Entry = 0xFFFF_FFFF
  /// A match has been seen.
  static let matched: Entry = 0xFFFF_FFFE
  /// No match can follow.
  static let dead: Entry = 0xFFFF_FFFD

  /// For each state a row with an entry for each symbol.
  private(set) var table: [Entry] = []
  /// The number of states.
  private(set) var stateCount = 0

  /// For each state its place, and its set.
  private var sets: [UInt64] = []
  /// The states by the hash of their sets, open addressing; `unknown` is free.
  private var slots: [Entry] = []

  private let symbolCount: Int
  private let wordCount: Int
  private let stateCountMax: Int

  /// The states a cache can hold at least, whatever its limit on bytes.
  static let stateCountFloor = 4

  init(_ program: RegexProgram, bytesMax: Int) {
    symbolCount = program.symbolTraits.count
    wordCount = (program.instructions.count + 63) / 64
    // Four slots for each state at most: a table twice as large as the states, doubled.
    let bytesPerState = symbolCount * 4 + (wordCount + 1) * 8 + 4 * 4
    let fitting = bytesMax / bytesPerState
    stateCountMax = min(max(Self.stateCountFloor, fitting), Int(Self.dead >> 1) / symbolCount)
    clear()
  }

  /// Forgets all states.
  mutating func clear() {
    table.removeAll(keepingCapacity: true)
    sets.removeAll(keepingCapacity: true)
    slots = [Entry](repeating: Self.unknown, count: 16)
    stateCount = 0
  }

  /// Notes what a state does on a symbol.
  mutating func note(_ entry: Entry, for state: Entry, on symbol: Int) {
    table[Int(state) + symbol] = entry
  }

  /// Returns the state of the set a simulation is at, or nil if there is no room for another.
  mutating func state(of simulation: RegexSimulation) -> Entry? {
    var slot = slot(of: simulation.current, simulation.place)
    if slots[slot] != Self.unknown { return slots[slot] }
    guard stateCount < stateCountMax else { return nil }

    let state = Entry(table.count)
    table.append(contentsOf: repeatElement(Self.unknown, count: symbolCount))
    sets.append(UInt64(simulation.place.rawValue))
    sets.append(contentsOf: simulation.current)
    stateCount += 1
    if stateCount * 2 > slots.count {
      growSlots()
      slot = self.slot(of: simulation.current, simulation.place)
    }
    slots[slot] = state
    return state
  }

  /// Forgets all states but that of a simulation, and returns it.
  mutating func restart(at simulation: RegexSimulation) -> Entry {
    clear()
    guard let state = state(of: simulation) else {
      preconditionFailure("a cache has room for its first state")
    }
    return state
  }

  /// Puts a simulation where a state is.
  func restore(_ state: Entry, into simulation: inout RegexSimulation) {
    let first = Int(state) / symbolCount * (wordCount + 1)
    simulation.place = Place(rawValue: UInt8(truncatingIfNeeded: sets[first])) ?? .other
    for word in 0..<wordCount { simulation.current[word] = sets[first + 1 + word] }
  }

  /// Returns the slot that holds a set, or the free one where it belongs.
  private func slot(of set: [UInt64], _ place: Place) -> Int {
    var hash = Self.mixed(UInt64(place.rawValue), 0x9E37_79B9_7F4A_7C15)
    for word in set { hash = Self.mixed(word, hash) }
    var slot = Int(truncatingIfNeeded: hash >> 32) & (slots.count - 1)
    while slots[slot] != Self.unknown, !isEqual(slots[slot], set, place) {
      slot = (slot + 1) & (slots.count - 1)
    }
    return slot
  }

  private func isEqual(_ state: Entry, _ set: [UInt64], _ place: Place) -> Bool {
    let first = Int(state) / symbolCount * (wordCount + 1)
    guard sets[first] == UInt64(place.rawValue) else { return false }
    for word in 0..<wordCount where sets[first + 1 + word] != set[word] { return false }
    return true
  }

  private mutating func growSlots() {
    slots = [Entry](repeating: Self.unknown, count: slots.count * 2)
    // All but the newest, which its caller is about to place.
    for index in 0..<stateCount - 1 {
      let first = index * (wordCount + 1)
      let place = Place(rawValue: UInt8(truncatingIfNeeded: sets[first])) ?? .other
      let set = Array(sets[first + 1..<first + 1 + wordCount])
      slots[slot(of: set, place)] = Entry(index * symbolCount)
    }
  }

  private static func mixed(_ word: UInt64, _ hash: UInt64) -> UInt64 {
    let product = (word ^ hash).multipliedFullWidth(by: 0xFF51_AFD7_ED55_8CCD)
    return product.low ^ product.high &+ hash
  }
}
