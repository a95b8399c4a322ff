/// A table from short lists of numbers to a number, in flat memory.
struct TupleMemo {
  private struct Entry {
    var hash: UInt64
    var start: Int32
    var count: Int32
    var value: Int32
  }

  private var keys: [UInt32] = []
  private var entries: [Entry] = []
  /// Indices into ``entries`` plus one, by hash; zero where none is.
  private var slots = [Int32](repeating: 0, count: 16)

  /// The number of lists.
  var count: Int { entries.count }
  /// The numbers in all lists: what the table's memory goes by.
  var keyTotal: Int { keys.count }

  /// Returns what a list stands for, or `nil` if it is not in the table.
  func value(_ key: [UInt32]) -> Int32? {
    let hash = Self.hash(key)
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      let entry = entries[Int(slots[slot]) - 1]
      if entry.hash == hash, isEqual(key, entry) { return entry.value }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// Adds a list that is not in the table.
  mutating func insert(_ key: [UInt32], _ value: Int32) {
    let hash = Self.hash(key)
    entries.append(
      Entry(hash: hash, start: Int32(keys.count), count: Int32(key.count), value: value)
    )
    keys += key
    if entries.count * 2 > slots.count { grow() } else { link(entries.count, hash) }
  }

  private mutating func grow() {
    slots = [Int32](repeating: 0, count: slots.count * 2)
    for (index, entry) in entries.enumerated() { link(index + 1, entry.hash) }
  }

  private mutating func link(_ number: Int, _ hash: UInt64) {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = Int32(number)
  }

  private func isEqual(_ key: [UInt32], _ entry: Entry) -> Bool {
    guard key.count == Int(entry.count) else { return false }
    let start = Int(entry.start)
    for index in 0..<key.count where key[index] != keys[start + index] { return false }
    return true
  }

  private static func hash(_ key: [UInt32]) -> UInt64 {
    var state = UInt64(key.count) &* 0x9e37_79b9_7f4a_7c15
    for number in key {
      state = (state ^ UInt64(number)) &* 0xa076_1d64_78bd_642f
      state ^= state >> 32
    }
    return state
  }
}
