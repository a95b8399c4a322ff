public import VedetteColumns
import VedetteEvent
public import VedetteFindings

// Which rules hold on which rows.
//
// The naive way asks every rule of every row: 3,700 conditions an event. Here a row's log source,
// channel and event id choose the rules that look at such events at all (its route set), and with
// them the fields that matter. Each value of these fields has a verdict, the set of items that hold
// for it, which is known if the value was seen before. What rules hold depends on the verdicts
// alone, so their list is looked up too: most rows are like one before. Only for a new list are
// conditions evaluated, and only of rules one of whose required items is in it.

/// Matches rules on batches; belongs to one thread.
///
/// Its answers depend on the batch alone: what it remembers from earlier batches makes it faster and
/// is bounded.
public final class RuleDetector {
  /// The rules that look at events of one kind.
  private struct RouteSet {
    var slots: [Int32] = []
    var pairs: [Int32] = []
    var keywordSlots: [Int32] = []
    /// A bit for each variant.
    var active: [UInt64] = []
    var unwitnessed: [Int32] = []
    /// For a list of verdicts an index into ``results``.
    var memo = TupleMemo()
    var results: [[Int32]] = []
    var isEmpty: Bool { slots.isEmpty && pairs.isEmpty && keywordSlots.isEmpty }
  }

  /// How much a detector remembers; whatever is forgotten is found again.
  struct Memory {
    var itemsMax = Limits.verdictItemsMax
    var cachedVerdictsMax = Limits.cachedVerdictsMax
    var routeSetsMax = Limits.routeSetsMax
  }

  private let plan: RulePlan
  private let memory: Memory
  private var pool = VerdictPool()
  private var slots: [SlotState] = []
  private var routingSlots: [SlotState] = []
  private var routeSets: [RouteSet] = []
  private var routeMemo = TupleMemo()
  private var logSources: [LogSource: UInt32] = [:]
  private var batchNumber = 0
  private var round: UInt32 = 0
  private var itemRounds: [UInt32]
  private var variantRounds: [UInt32]
  private var binding = ColumnBinding()
  /// For each slot of keywords those found in the batch, by row.
  private var foundKeywords: [Int32: [UInt32]] = [:]
  /// A bit for each variant whose events came by.
  private var reachedVariants: [UInt64]
  /// How often it was looked which rules look at a kind of event; grows with what is reached.
  public private(set) var reachCount = 0
  private let clock: ProfileClock?
  private var evaluations: MatchProfile

  /// Creates a detector.
  ///
  /// - Parameter plan: The rules.
  public convenience init(_ plan: RulePlan) { self.init(plan, memory: Memory(), clock: nil) }

  /// Creates a detector that measures what matching costs.
  ///
  /// - Parameters:
  ///   - plan: The rules.
  ///   - clock: The clock to measure by.
  public convenience init(_ plan: RulePlan, profilingBy clock: ProfileClock) {
    self.init(plan, memory: Memory(), clock: clock)
  }

  /// Creates a detector that remembers as much as it is told.
  convenience init(_ plan: RulePlan, memory: Memory) {
    self.init(plan, memory: memory, clock: nil)
  }

  private init(_ plan: RulePlan, memory: Memory, clock: ProfileClock?) {
    self.plan = plan
    self.memory = memory
    self.clock = clock
    evaluations = MatchProfile(variantCount: clock == nil ? 0 : plan.variants.count)
    itemRounds = [UInt32](repeating: 0, count: plan.itemCount)
    variantRounds = [UInt32](repeating: 0, count: plan.variants.count)
    reachedVariants = [UInt64](repeating: 0, count: (plan.variants.count + 63) / 64)
    slots = plan.slots.map { SlotState($0.matcher, &pool, clock: clock) }
    routingSlots = plan.routingSlots.map { SlotState($0.matcher, &pool, clock: nil) }
  }

  /// What matching cost so far; nothing unless the detector was made to measure it.
  public var profile: MatchProfile {
    var profile = evaluations
    profile.slots = slots.map(\.profile)
    return profile
  }

  /// The rules to whose log source an event so far belonged, as indices in their set.
  public var reachedRules: Set<Int> {
    var rules: Set<Int> = []
    for (index, variant) in plan.variants.enumerated()
    where reachedVariants[index >> 6] >> UInt64(index & 63) & 1 == 1 {
      rules.insert(Int(variant.rule))
    }
    return rules
  }

  /// Finds the rules that hold on a batch's rows.
  ///
  /// - Parameter batch: The batch.
  /// - Returns: The matches by row, then rule; also of rules that are silent by themselves.
  public func match(_ batch: EventBatch) -> [RuleMatch] {
    guard batch.rowCount > 0, !plan.variants.isEmpty else { return [] }
    batchNumber += 1
    boundMemory()
    binding.bind(batch.schema, plan)
    var matches: [RuleMatch] = []
    let groups = rowsByRouteSet(batch)
    findKeywords(batch, groups)
    for (routeSet, rows) in groups {
      if clock != nil { count(rows.count, routeSet) }
      match(batch, rows, routeSet, &matches)
    }
    matches.sort()
    return matches
  }

  // MARK: Routes

  /// The rows of each route set that has rules, in the order of route sets.
  private func rowsByRouteSet(_ batch: EventBatch) -> [(routeSet: Int, rows: [Int32])] {
    let all = (0..<Int32(batch.rowCount)).map { $0 }
    let sources = batch.logSources.map(number)
    // A verdict of zero is no item, and an item is of one slot: what is not zero tells the rest. No
    // route asks for a field to be absent, so a slot without a column says nothing.
    var verdicts: [[UInt32]] = []
    for index in routingSlots.indices {
      guard let bound = binding.routing[index] else { continue }
      var column = [UInt32](repeating: 0, count: all.count)
      routingSlots[index].verdicts(
        batch.columns[bound],
        rows: all,
        batch: batchNumber,
        &pool,
        into: &column
      )
      verdicts.append(column)
    }
    var rows: [[Int32]] = []
    var key: [UInt32] = []
    for row in all {
      key.removeAll(keepingCapacity: true)
      key.append(sources[Int(batch.logSourceCodes[Int(row)])])
      for column in verdicts where column[Int(row)] != 0 { key.append(column[Int(row)]) }
      let routeSet = routeSet(key, batch.logSource(Int(row)))
      while rows.count <= routeSet { rows.append([]) }
      if !routeSets[routeSet].isEmpty { rows[routeSet].append(row) }
    }
    return rows.enumerated().compactMap { $1.isEmpty ? nil : ($0, $1) }
  }

  private func number(_ source: LogSource) -> UInt32 {
    if let known = logSources[source] { return known }
    let number = UInt32(logSources.count)
    logSources[source] = number
    return number
  }

  private func routeSet(_ key: [UInt32], _ source: LogSource) -> Int {
    if let known = routeMemo.value(key) { return Int(known) }
    var items: Set<Int32> = []
    for verdict in key.dropFirst() { items.formUnion(pool.items(verdict)) }
    let folded = LogSource(
      product: source.product?.lowercased(),
      category: source.category?.lowercased(),
      service: source.service?.lowercased()
    )
    let passes = plan.routes.map { $0.route.admits(folded) && $0.items.allSatisfy(items.contains) }
    var set = RouteSet()
    var slots: Set<Int32> = []
    var pairs: Set<Int32> = []
    set.active = [UInt64](repeating: 0, count: (plan.variants.count + 63) / 64)
    for (index, variant) in plan.variants.enumerated()
    where variant.routes.contains(where: { passes[Int($0)] }) {
      set.active[index >> 6] |= 1 << UInt64(index & 63)
      slots.formUnion(variant.slots)
      pairs.formUnion(variant.pairs)
      if !variant.hasWitness { set.unwitnessed.append(Int32(index)) }
    }
    set.keywordSlots = slots.filter { plan.slots[Int($0)].name == nil }.sorted()
    set.slots = slots.filter { plan.slots[Int($0)].name != nil }.sorted()
    set.pairs = pairs.sorted()
    for index in reachedVariants.indices { reachedVariants[index] |= set.active[index] }
    reachCount += 1
    routeSets.append(set)
    routeMemo.insert(key, Int32(routeSets.count - 1))
    return routeSets.count - 1
  }

  // MARK: Rows

  private func match(
    _ batch: EventBatch,
    _ rows: [Int32],
    _ routeSet: Int,
    _ matches: inout [RuleMatch]
  ) {
    let (columns, constant) = verdicts(batch, rows, routeSet)
    var key: [UInt32] = []
    for position in rows.indices {
      key.removeAll(keepingCapacity: true)
      key.append(contentsOf: constant)
      for column in columns where column[position] != 0 { key.append(column[position]) }
      let row = Int(rows[position])
      for pair in routeSets[routeSet].pairs {
        let pair = plan.pairs[Int(pair)]
        if PairComparison.holds(pair, batch, row: row) { key.append(pool.intern([pair.item])) }
      }
      let result: Int32
      if let known = routeSets[routeSet].memo.value(key) {
        result = known
      } else {
        let start = clock?.read()
        result = evaluate(key, routeSet)
        if let clock, let start {
          evaluations.evaluationNanoseconds += clock.elapsed(since: start)
        }
      }
      guard result > 0 else { continue }
      for rule in routeSets[routeSet].results[Int(result)] {
        matches.append(RuleMatch(row: row, rule: Int(rule)))
      }
    }
  }

  /// The verdicts of each slot whose column is there, and those of the slots whose column is not,
  /// which are the same for every row.
  private func verdicts(
    _ batch: EventBatch,
    _ rows: [Int32],
    _ routeSet: Int
  ) -> (columns: [[UInt32]], constant: [UInt32]) {
    var columns: [[UInt32]] = []
    var constant: [UInt32] = []
    for slot in routeSets[routeSet].slots {
      let index = Int(slot)
      if let bound = binding.slots[index] {
        var column = [UInt32](repeating: 0, count: rows.count)
        slots[index].verdicts(
          batch.columns[bound],
          rows: rows,
          membered: binding.membered(batch, slot: index),
          batch: batchNumber,
          &pool,
          into: &column
        )
        columns.append(column)
      } else if !binding.members[index].isEmpty {
        let there = binding.membered(batch, slot: index)
        columns.append(rows.map { there[Int($0)] ? slots[index].members : slots[index].absent })
      } else if plan.slots[index].name == ColumnBinding.timeName {
        columns.append(times(batch, rows, index))
      } else if slots[index].absent != 0 {
        constant.append(slots[index].absent)
      }
    }
    for slot in routeSets[routeSet].keywordSlots {
      guard let found = foundKeywords[slot] else { continue }
      columns.append(rows.map { found[Int($0)] })
    }
    return (columns, constant)
  }

  /// The verdicts on the events' own times.
  private func times(_ batch: EventBatch, _ rows: [Int32], _ slot: Int) -> [UInt32] {
    rows.map { row in
      guard let time = batch.time(Int(row)) else { return slots[slot].absent }
      return slots[slot].verdict(time.description.utf8.span, &pool)
    }
  }

  /// Finds the keywords that are in any field of the events, for all route sets at once: they are
  /// many and columns are many more, so that going through them for each would cost more than the
  /// search.
  private func findKeywords(_ batch: EventBatch, _ groups: [(routeSet: Int, rows: [Int32])]) {
    foundKeywords.removeAll(keepingCapacity: true)
    var rowsBySlot: [Int32: [Int32]] = [:]
    for (routeSet, rows) in groups {
      for slot in routeSets[routeSet].keywordSlots { rowsBySlot[slot, default: []] += rows }
    }
    for (slot, rows) in rowsBySlot.sorted(by: { $0.key < $1.key }) {
      foundKeywords[slot] = keywords(batch, rows.sorted(), Int(slot))
    }
  }

  /// For each row of the batch the keywords of a slot that are in any of its fields.
  private func keywords(_ batch: EventBatch, _ rows: [Int32], _ slot: Int) -> [UInt32] {
    var output = [UInt32](repeating: 0, count: batch.rowCount)
    var column = [UInt32](repeating: 0, count: rows.count)
    let looksAtIntegers = plan.slots[slot].matcher.mayHoldForIntegers
    for index in binding.keywordColumns {
      if !looksAtIntegers, case .integers = batch.columns[index].values { continue }
      slots[slot].verdicts(
        batch.columns[index],
        rows: rows,
        batch: batchNumber,
        &pool,
        into: &column
      )
      for position in rows.indices where column[position] != 0 {
        let row = Int(rows[position])
        // A word of ours is no text of the event.
        guard !batch.columns[index].derived[row] else { continue }
        output[row] = pool.union(output[row], column[position])
      }
    }
    return output
  }

  /// Evaluates the conditions that may hold for a list of verdicts, and remembers the result.
  private func evaluate(_ key: [UInt32], _ routeSet: Int) -> Int32 {
    round &+= 1
    if round == 0 { restartRounds() }
    for verdict in key {
      for item in pool.items(verdict) { itemRounds[Int(item)] = round }
    }
    var rules: [Int32] = []
    for verdict in key {
      for item in pool.items(verdict) {
        let first = Int(plan.witnessStarts[Int(item)])
        let end = Int(plan.witnessStarts[Int(item) + 1])
        for index in first..<end { consider(plan.witnessVariants[index], routeSet, &rules) }
      }
    }
    for variant in routeSets[routeSet].unwitnessed { consider(variant, routeSet, &rules) }
    rules.sort()
    var unique: [Int32] = []
    for rule in rules where unique.last != rule { unique.append(rule) }
    if routeSets[routeSet].results.isEmpty { routeSets[routeSet].results.append([]) }
    var result: Int32 = 0
    if !unique.isEmpty {
      result = Int32(routeSets[routeSet].results.count)
      routeSets[routeSet].results.append(unique)
    }
    routeSets[routeSet].memo.insert(key, result)
    return result
  }

  private func consider(_ variant: Int32, _ routeSet: Int, _ rules: inout [Int32]) {
    let index = Int(variant)
    guard variantRounds[index] != round,
      routeSets[routeSet].active[index >> 6] >> UInt64(index & 63) & 1 == 1
    else { return }
    variantRounds[index] = round
    if clock != nil { evaluations.evaluationCounts[index] &+= 1 }
    if plan.holds(plan.variants[index].entry, itemRounds, round) {
      rules.append(plan.variants[index].rule)
    }
  }

  private func restartRounds() {
    round = 1
    for index in itemRounds.indices { itemRounds[index] = 0 }
    for index in variantRounds.indices { variantRounds[index] = 0 }
  }

  /// Counts events for the variants that look at them.
  private func count(_ rows: Int, _ routeSet: Int) {
    for index in plan.variants.indices
    where routeSets[routeSet].active[index >> 6] >> UInt64(index & 63) & 1 == 1 {
      evaluations.eventCounts[index] += rows
    }
  }

  // MARK: Memory

  /// Forgets what is over the limits; it is found again when it is needed.
  private func boundMemory() {
    let memoTotal = routeSets.reduce(0) { $0 + $1.memo.keyTotal }
    if pool.itemTotal > memory.itemsMax || memoTotal > memory.itemsMax
      || routeSets.count > memory.routeSetsMax || logSources.count > memory.routeSetsMax
    {
      pool = VerdictPool()
      routeSets = []
      routeMemo = TupleMemo()
      logSources = [:]
      for index in slots.indices { slots[index].forget(&pool) }
      for index in routingSlots.indices { routingSlots[index].forget(&pool) }
      return
    }
    guard batchNumber % 16 == 0 else { return }
    let cached = slots.reduce(0) { $0 + $1.cachedCount }
    guard cached > memory.cachedVerdictsMax else { return }
    for index in slots.indices { slots[index].evict(notUsedSince: batchNumber - 8) }
    for index in routingSlots.indices { routingSlots[index].evict(notUsedSince: batchNumber - 8) }
  }
}
