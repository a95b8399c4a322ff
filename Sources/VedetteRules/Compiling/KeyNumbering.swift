/// Numbers distinct keys from zero, in the order in which they come.
///
/// A dictionary hashes a key to look for it, once more to insert it, and all keys again each time
/// it grows: for the values of thousands of rules, a quarter of the time in which they are compiled.
/// This hashes each once and keeps what came out.
struct KeyNumbering<Key: Hashable> {
  /// The keys, by number.
  private(set) var keys: [Key] = []
  private var hashes: [Int] = []
  /// Numbers plus one, by hash; zero where none is.
  private var slots = [Int32](repeating: 0, count: 16)

  /// Returns the number of a key, a new one for a key that was not seen.
  ///
  /// - Parameter key: The key.
  /// - Returns: The number, and whether the key is new.
  /// - Complexity: O(1) on average.
  mutating func number(_ key: Key) -> (number: Int32, isNew: Bool) {
    let hash = key.hashValue
    var slot = hash & (slots.count - 1)
    while slots[slot] != 0 {
      let number = Int(slots[slot]) - 1
      if hashes[number] == hash, keys[number] == key { return (Int32(number), false) }
      slot = (slot + 1) & (slots.count - 1)
    }
    keys.append(key)
    hashes.append(hash)
    slots[slot] = Int32(keys.count)
    if keys.count * 2 > slots.count { grow() }
    return (Int32(keys.count - 1), true)
  }

  private mutating func grow() {
    let mask = slots.count * 2 - 1
    slots = [Int32](repeating: 0, count: mask + 1)
    for (number, hash) in hashes.enumerated() {
      var slot = hash & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(number + 1)
    }
  }
}
