/// Sets of items, each with a number; the empty set is zero.
///
/// Verdicts repeat far more than values do: nearly all values of a field are nothing to any rule.
struct VerdictPool {
  private var starts: [Int32] = [0, 0]
  private var items: [Int32] = []
  private var memo = TupleMemo()
  private var unions: [UInt64: UInt32] = [:]

  /// The number of items in all sets: what the pool's memory goes by.
  var itemTotal: Int { items.count + unions.count }

  /// Returns the number of a set.
  ///
  /// - Parameter set: Its items, in order, each once.
  /// - Returns: The number.
  mutating func intern(_ set: [Int32]) -> UInt32 {
    guard !set.isEmpty else { return 0 }
    let key = set.map { UInt32(bitPattern: $0) }
    if let known = memo.value(key) { return UInt32(bitPattern: known) }
    let number = UInt32(starts.count - 1)
    items += set
    starts.append(Int32(items.count))
    memo.insert(key, Int32(bitPattern: number))
    return number
  }

  /// Returns the items of a set.
  func items(_ number: UInt32) -> ArraySlice<Int32> {
    items[Int(starts[Int(number)])..<Int(starts[Int(number) + 1])]
  }

  /// Returns the number of the set that has the items of two.
  mutating func union(_ left: UInt32, _ right: UInt32) -> UInt32 {
    if left == right || right == 0 { return left }
    if left == 0 { return right }
    let key = UInt64(min(left, right)) << 32 | UInt64(max(left, right))
    if let known = unions[key] { return known }
    let merged = Set(items(left)).union(items(right)).sorted()
    let number = intern(merged)
    unions[key] = number
    return number
  }
}
