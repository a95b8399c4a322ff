import VedetteColumns
import VedetteEvent

/// What one thread knows of one slot: its judge, and the verdicts on values it has judged.
///
/// A verdict is kept by the code of the value in its dictionary, so that a value is judged once
/// however often it occurs and in however many batches.
struct SlotState {
  private struct CodeCache {
    /// Verdicts plus one by code; zero where the value is not judged yet.
    var verdicts: [UInt32] = []
    var lastUse = 0
  }

  private var judge: FieldJudge
  private var codeCaches: [UInt64: CodeCache] = [:]
  private var numberCache: [UInt64: UInt32] = [:]
  private let absentItems: [Int32]
  private let nullItems: [Int32]
  private let memberItems: [Int32]
  /// The verdict where the field is absent.
  private(set) var absent: UInt32 = 0
  /// The verdict where the field is null.
  private(set) var null: UInt32 = 0
  /// The verdict where the field is an object or array, which has members but no value.
  private(set) var members: UInt32 = 0

  /// What judging cost so far, where that is measured.
  var profile: MatchProfile.Slot { judge.profile }

  init(_ matcher: FieldMatcher, _ pool: inout VerdictPool, clock: ProfileClock?) {
    judge = FieldJudge(matcher, clock: clock)
    absentItems = matcher.absentItems.sorted()
    nullItems = matcher.nullItems.sorted()
    memberItems = matcher.memberItems.sorted()
    forget(&pool)
  }

  /// Forgets every verdict: the pool is a new one.
  mutating func forget(_ pool: inout VerdictPool) {
    codeCaches = [:]
    numberCache = [:]
    absent = pool.intern(absentItems)
    null = pool.intern(nullItems)
    members = pool.intern(memberItems)
  }

  /// The number of verdicts kept: what the memory goes by.
  var cachedCount: Int {
    codeCaches.values.reduce(numberCache.count) { $0 + $1.verdicts.count }
  }

  /// Forgets verdicts on dictionaries that were not used since a batch.
  mutating func evict(notUsedSince batch: Int) {
    codeCaches = codeCaches.filter { $0.value.lastUse >= batch }
    if numberCache.count > Limits.verdictsPerSlotMax { numberCache = [:] }
  }

  /// Finds the verdict on a value that is not in a column.
  mutating func verdict(_ value: Span<UInt8>, _ pool: inout VerdictPool) -> UInt32 {
    judge.judge(value)
    return pool.intern(judge.items)
  }

  /// Finds the verdicts on a column's values.
  ///
  /// - Parameters:
  ///   - column: The column.
  ///   - rows: The rows, in order.
  ///   - membered: The rows in which the field has members.
  ///   - batch: The number of the batch.
  ///   - pool: Where verdicts are kept.
  ///   - output: For each row the verdict, as many as there are rows.
  mutating func verdicts(
    _ column: Column,
    rows: [Int32],
    membered: Bitmap = Bitmap(),
    batch: Int,
    _ pool: inout VerdictPool,
    into output: inout [UInt32]
  ) {
    func withoutValue(_ row: Int) -> UInt32 {
      if column.null[row] { return null }
      return column.empty[row] || membered[row] ? members : absent
    }
    switch column.values {
    case .texts(let codes, let dictionary):
      var cache = codeCaches.removeValue(forKey: dictionary.identity) ?? CodeCache()
      cache.lastUse = batch
      for position in rows.indices {
        let row = Int(rows[position])
        output[position] =
          column.valid[row]
          ? verdict(codes[row], dictionary, &cache, &pool) : withoutValue(row)
      }
      if !column.further.isEmpty {
        addFurther(column.further, rows, dictionary, &cache, &pool, &output)
      }
      codeCaches[dictionary.identity] = cache
    case .integers(let numbers):
      for position in rows.indices {
        let row = Int(rows[position])
        output[position] =
          column.valid[row]
          ? verdict(UInt64(bitPattern: numbers[row]), &pool) { String(numbers[row]) }
          : withoutValue(row)
      }
    case .numbers(let numbers):
      for position in rows.indices {
        let row = Int(rows[position])
        output[position] =
          column.valid[row]
          ? verdict(numbers[row].bitPattern, &pool) { String(numbers[row]) }
          : withoutValue(row)
      }
    }
  }

  @inline(__always)
  private mutating func verdict(
    _ code: UInt32,
    _ dictionary: StringDictionary,
    _ cache: inout CodeCache,
    _ pool: inout VerdictPool
  ) -> UInt32 {
    let index = Int(code)
    if index < cache.verdicts.count {
      let known = cache.verdicts[index]
      if known != 0 { return known - 1 }
    }
    return judge(code, dictionary, &cache, &pool)
  }

  @inline(never)
  private mutating func judge(
    _ code: UInt32,
    _ dictionary: StringDictionary,
    _ cache: inout CodeCache,
    _ pool: inout VerdictPool
  ) -> UInt32 {
    let index = Int(code)
    if index >= cache.verdicts.count {
      let count = max(index + 1, min(cache.verdicts.count * 2, Limits.dictionaryEntriesMax))
      cache.verdicts.append(contentsOf: repeatElement(0, count: count - cache.verdicts.count))
    }
    // Safety: the dictionary lives while the batch does, and never moves what it holds.
    let bytes = unsafe dictionary[code]
    let value = unsafe Span(_unsafeElements: bytes)
    let verdict = verdict(value, &pool)
    cache.verdicts[index] = verdict + 1
    return verdict
  }

  private mutating func verdict(
    _ bits: UInt64,
    _ pool: inout VerdictPool,
    _ text: () -> String
  ) -> UInt32 {
    if let known = numberCache[bits] { return known }
    let text = text()
    let verdict = verdict(text.utf8.span, &pool)
    if numberCache.count >= Limits.verdictsPerSlotMax { numberCache = [:] }
    numberCache[bits] = verdict
    return verdict
  }

  /// Adds the items that hold for further elements of arrays: any element will do.
  private mutating func addFurther(
    _ further: [Column.Element],
    _ rows: [Int32],
    _ dictionary: StringDictionary,
    _ cache: inout CodeCache,
    _ pool: inout VerdictPool,
    _ output: inout [UInt32]
  ) {
    var position = 0
    for element in further {
      while position < rows.count, Int(rows[position]) < element.row { position += 1 }
      guard position < rows.count else { return }
      guard Int(rows[position]) == element.row else { continue }
      let more = verdict(element.code, dictionary, &cache, &pool)
      output[position] = pool.union(output[position], more)
    }
  }
}
