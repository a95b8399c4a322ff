/// Which texts have a gram, a run of a few bytes, with a bitmap before it that says mostly no.
struct GramTable: Sendable {
  /// A text that has the gram, and where.
  struct Candidate: Sendable {
    var literal: Int32
    var offset: Int32
  }

  /// Knuth's multiplicative hash.
  static let multiplier: UInt32 = 0x9e37_79b1
  private static let filterBitsMin = 12
  private static let filterBitsMax = 18

  let width: Int
  let gramMask: UInt32
  /// A bit for each hash that some gram has.
  private(set) var filter: [UInt64] = []
  /// Hashes are the upper bits of a product: what to shift it by.
  private(set) var filterShift: UInt32 = 0

  private var pending: [(gram: UInt32, candidate: Candidate)] = []
  private var slots: [(gram: UInt32, first: Int32, end: Int32)] = []
  private var slotMask = 0
  private var all: [Candidate] = []

  init(width: Int) {
    self.width = width
    gramMask = width == 4 ? .max : (1 << UInt32(8 * width)) - 1
  }

  var isEmpty: Bool { all.isEmpty }

  mutating func add(_ gram: UInt32, _ literal: Int32, offset: Int) {
    pending.append((gram, Candidate(literal: literal, offset: Int32(offset))))
  }

  /// Builds the tables of what was added.
  mutating func seal() {
    guard !pending.isEmpty else { return }
    pending.sort { ($0.gram, $0.candidate.literal) < ($1.gram, $1.candidate.literal) }
    var bits = Self.filterBitsMin
    while bits < Self.filterBitsMax, 1 << bits < pending.count * 32 { bits += 1 }
    filterShift = UInt32(32 - bits)
    filter = [UInt64](repeating: 0, count: 1 << (bits - 6))
    var size = 16
    while size < pending.count * 2 { size *= 2 }
    slotMask = size - 1
    slots = [(UInt32, Int32, Int32)](repeating: (0, 0, 0), count: size)
    all.reserveCapacity(pending.count)
    var index = 0
    while index < pending.count {
      let gram = pending[index].gram
      let first = all.count
      while index < pending.count, pending[index].gram == gram {
        all.append(pending[index].candidate)
        index += 1
      }
      let hash = Int((gram &* Self.multiplier) >> filterShift)
      filter[hash >> 6] |= 1 << UInt64(hash & 63)
      var slot = slot(gram)
      while slots[slot].end != 0 { slot = (slot + 1) & slotMask }
      slots[slot] = (gram, Int32(first), Int32(all.count))
    }
    pending = []
  }

  /// The texts that have a gram.
  func candidates(_ gram: UInt32) -> ArraySlice<Candidate> {
    var slot = slot(gram)
    while slots[slot].end != 0 {
      if slots[slot].gram == gram { return all[Int(slots[slot].first)..<Int(slots[slot].end)] }
      slot = (slot + 1) & slotMask
    }
    return []
  }

  private func slot(_ gram: UInt32) -> Int {
    Int(truncatingIfNeeded: (UInt64(gram) &* 0x9e37_79b9_7f4a_7c15) >> 32) & slotMask
  }
}
