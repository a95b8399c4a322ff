public import VedetteColumns
import VedetteEvent
public import VedetteFindings

/// Turns the matches of rules into findings: runs Sigma correlations and folds a rule's own matches.
///
/// What comes out depends on the events and their times, not on how they were cut into batches or,
/// within the lateness, in which order they arrived. One thread feeds it.
public struct RuleCorrelator {
  /// Matches behind their source's watermark, so far: they make findings of their own rule, but
  /// count in no correlation.
  public internal(set) var lateCount = 0
  /// Groups let go because a correlation had more than ``Limits/correlationGroupsMax``, or all of
  /// them together more than ``Limits/correlationEventsMax`` events.
  public internal(set) var evictedGroupCount = 0

  /// The earliest time of events that are known to come from sources that are behind.
  ///
  /// A replay knows where its other files go on. Nothing from it on is sealed.
  public var awaitedTime = Int64.max

  /// Whether ``changes()`` will be asked: else nothing is kept for it.
  public var savesState = true

  let descriptors: [RuleDescriptor]
  let plans: [PreparedPlan]
  /// For each plan those that it is an input of, and as which of their inputs.
  let consumers: [[(plan: Int, input: Int)]]
  /// For each plan the indices of the deferred plans that it rests on, directly or not.
  let deferredBelow: [[Int]]
  let identifier: FindingIdentifier
  /// For each rule the plans that its matches go into.
  let entries: [[(plan: Int, input: Int)]]
  /// The fields that correlations ask for.
  let fields: [String]
  /// For each rule the numbers of the fields that correlations ask of it.
  let layouts: [[Int]]
  /// For each rule the fields whose values its findings show, and their numbers.
  let shownFields: [[(name: String, number: Int)]]
  /// For each field whether it is asked for when its event is in a group already.
  let isLasting: [Bool]
  /// The groups of each plan.
  var tables: [GroupTable]
  /// The groups of plans that speak only of what the watermark has passed.
  var deferred: [[String: DeferredGroup]]
  /// Those that changed since their state was last saved.
  var changedDeferred: Set<DeferredAddress> = []
  var newestTimes: [SourceID: Int64] = [:]
  var sealTimes: [Int64]
  var planSources: [Set<SourceID>]
  /// The groups that changed since they were last published, in the order in which they did.
  var dirty: [GroupAddress] = []
  /// The groups that changed since their state was last saved.
  var changed: [GroupAddress] = []
  /// For each plan the places of the groups that changed in this batch.
  var touched: [[Int]]
  /// What is certain already: of single events that came late, and of what is sealed.
  var readyChanges: [FindingChange] = []
  /// How many of those are from earlier batches.
  var earlierReadyCount = 0
  var latenesses: [SourceID: Int64] = [:]
  /// Which addresses and keys many share.
  public internal(set) var sharing = SharedEntities()
  /// At least the number of events in windows: those that were let go are not taken off.
  var windowEventEstimate = 0
  /// How many may be in windows.
  var windowEventsMax = Limits.correlationEventsMax

  struct GroupAddress {
    let plan: Int
    let place: Int
  }

  struct DeferredAddress: Hashable {
    let plan: Int
    let key: String
  }

  private static let sealStepNanoseconds: Int64 = 3_600_000_000_000

  /// Creates a correlator without state.
  ///
  /// - Parameters:
  ///   - descriptors: The rules, in the order of the rule set.
  ///   - plans: The correlations, each after those it looks at.
  ///   - foldNanoseconds: The longest pause between two matches of a rule by the same actor that
  ///     leaves them one finding.
  ///   - identifier: Makes the findings' ids.
  public init(
    descriptors: [RuleDescriptor],
    plans: [CorrelationPlan],
    foldNanoseconds: Int64,
    identifier: FindingIdentifier
  ) {
    let names = Self.layouts(descriptors.count, plans)
    let fields = Set(names.joined()).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: fields.enumerated().map { ($1, $0) })
    let layouts = names.map { layout in numbers.filter { layout.contains($0.key) } }
    let shown = Self.shownFields(descriptors, plans, after: fields.count)
    var prepared = plans.map { PreparedPlan($0, layouts: layouts) }
    var consumers = [[(plan: Int, input: Int)]](repeating: [], count: plans.count)
    var deferredBelow = [[Int]](repeating: [], count: plans.count)
    let correlations = Set(plans.map(\.rule))
    var entries = [[(plan: Int, input: Int)]](repeating: [], count: descriptors.count)
    for (index, plan) in plans.enumerated() {
      for (input, rule) in plan.inputs.enumerated() {
        if let upstream = plans.firstIndex(where: { $0.rule == rule }) {
          consumers[upstream].append((index, input))
        } else {
          entries[rule].append((index, input))
        }
      }
    }
    for index in plans.indices {
      for input in prepared[index].inputs {
        guard let below = plans.firstIndex(where: { $0.rule == input }) else { continue }
        deferredBelow[index] += deferredBelow[below]
        if prepared[below].isDeferred { deferredBelow[index].append(below) }
      }
    }
    for (rule, descriptor) in descriptors.enumerated()
    where !descriptor.isSilent && !correlations.contains(rule) {
      entries[rule].append((prepared.count, 0))
      prepared.append(PreparedPlan(folding: rule, windowNanoseconds: foldNanoseconds))
    }
    self.descriptors = descriptors
    self.plans = prepared
    let foldings = prepared.count - plans.count
    self.consumers = consumers + Array(repeating: [], count: foldings)
    self.deferredBelow = deferredBelow + Array(repeating: [], count: foldings)
    self.identifier = identifier
    self.entries = entries
    self.fields = fields + shown.joined().map(\.name)
    self.layouts = zip(layouts, shown).map { $0.values.sorted() + $1.map(\.number) }
    shownFields = shown
    let lasting = Self.lastingFields(plans)
    isLasting = fields.map(lasting.contains) + shown.joined().map { _ in true }
    tables = prepared.map { GroupTable(plan: $0) }
    deferred = [[String: DeferredGroup]](repeating: [:], count: prepared.count)
    touched = [[Int]](repeating: [], count: prepared.count)
    sealTimes = [Int64](repeating: .min, count: prepared.count)
    planSources = [Set<SourceID>](repeating: [], count: prepared.count)
  }

  /// Takes the matches of a batch, and says at once what they come to.
  ///
  /// - Parameters:
  ///   - batch: The batch, its years resolved.
  ///   - matches: The rows that rules hold on, ordered.
  ///   - firstOrdinal: The number of the batch's first row in its logical source.
  ///   - latenessNanoseconds: How far behind its newest event the source may be.
  /// - Returns: The findings that are new or have changed, in a stable order.
  public mutating func observe(
    _ batch: EventBatch,
    matches: [RuleMatch],
    firstOrdinal: Int64,
    latenessNanoseconds: Int64
  ) -> [FindingChange] {
    take(
      batch,
      matches: matches,
      firstOrdinal: firstOrdinal,
      latenessNanoseconds: latenessNanoseconds
    )
    return takeFindings()
  }

  /// Takes the matches of a batch.
  ///
  /// What they come to is asked for with ``takeFindings()``, after one batch or after many: a
  /// finding that grows with each is then made once.
  ///
  /// - Parameters:
  ///   - batch: The batch, its years resolved.
  ///   - matches: The rows that rules hold on, ordered.
  ///   - firstOrdinal: The number of the batch's first row in its logical source.
  ///   - latenessNanoseconds: How far behind its newest event the source may be.
  public mutating func take(
    _ batch: EventBatch,
    matches: [RuleMatch],
    firstOrdinal: Int64,
    latenessNanoseconds: Int64
  ) {
    latenesses[batch.source] = latenessNanoseconds
    sharing.observe(
      batch,
      newest: newestTimes[batch.source] ?? .min,
      latenessNanoseconds: latenessNanoseconds,
      savesState: savesState
    )
    endTouch()
    var capture = EventCapture(batch, fields: fields, isLasting: isLasting)
    var next = 0
    var newest = newestTimes[batch.source] ?? .min
    for row in 0..<batch.rowCount {
      let time = batch.timed[row] ? batch.times[row] : max(newest, 0)
      if batch.timed[row] { newest = max(newest, time) }
      guard next < matches.count, matches[next].row == row else { continue }
      let isLate = time < newest.subtractingHeld(latenessNanoseconds)
      let first = next
      while next < matches.count, matches[next].row == row { next += 1 }
      let rules = matches[first..<next].map(\.rule).filter {
        entries.indices.contains($0) && !entries[$0].isEmpty
      }
      guard !rules.isEmpty else { continue }
      let row = capture.row(
        row,
        fields: rules.flatMap { layouts[$0] },
        time: time,
        ordinal: firstOrdinal + Int64(row)
      )
      for rule in rules {
        if isLate { lateCount += 1 }
        take(row, rule: rule, isLate: isLate)
      }
    }
    if newest != .min { newestTimes[batch.source] = newest }
    settle()
    sealDeferred()
    sealWhereDue()
    boundWindows()
  }

  private mutating func take(_ row: CapturedRow, rule: Int, isLate: Bool) {
    for entry in entries[rule] {
      note(row.event.source, of: entry.plan)
      let item = CorrelationItem(event: row.event, rule: rule, input: entry.input)
      if isLate {
        if plans[entry.plan].detector == .rule {
          readyChanges.append(.upsert(lateFinding(item, plan: entry.plan)))
        }
        continue
      }
      if let key = group(of: item, in: row, plan: entry.plan) {
        insert(item, into: entry.plan, key: key)
      }
    }
  }

  mutating func note(_ source: SourceID, of plan: Int) {
    if !planSources[plan].contains(source) { planSources[plan].insert(source) }
  }

  private mutating func insert(_ item: CorrelationItem, into plan: Int, key: String) {
    if plans[plan].isDeferred { return insertDeferred(item, into: plan, key: key) }
    let place = place(of: key, in: plan)
    let outcome = tables[plan].update(place) { $0.insert(item, plan: plans[plan]) }
    switch outcome {
    case .late:
      lateCount += 1
      if plans[plan].detector == .rule {
        readyChanges.append(.upsert(lateFinding(item, plan: plan)))
      }
    case .accepted(let nowHolding):
      windowEventEstimate += 1
      mark(GroupAddress(plan: plan, place: place))
      pass(nowHolding, on: plan)
    }
  }

  /// Gives what holds now to the correlations that look at this one.
  mutating func pass(_ items: [CorrelationItem], on plan: Int) {
    guard !items.isEmpty else { return }
    for consumer in consumers[plan] {
      for item in items {
        note(item.event.source, of: consumer.plan)
        let passed = item.through(consumer.input)
        if let key = group(of: passed, plan: consumer.plan) {
          insert(passed, into: consumer.plan, key: key)
        }
      }
    }
  }

  private mutating func mark(_ address: GroupAddress) {
    let (wasTouched, wasDirty, wasChanged) = tables[address.plan].update(address.place) { state in
      let before = (state.isTouched, state.isDirty, state.isChanged)
      (state.isTouched, state.isDirty, state.isChanged) = (true, true, true)
      return before
    }
    if !wasTouched { touched[address.plan].append(address.place) }
    if !wasDirty { dirty.append(address) }
    if !wasChanged, savesState { changed.append(address) }
  }

  private mutating func place(of key: String, in plan: Int) -> Int {
    if let place = tables[plan].places[key] { return place }
    makeRoom(in: plan)
    return tables[plan].insert(key)
  }

  /// Lets the groups go that were silent longest, by event time, then by their keys.
  private mutating func makeRoom(in plan: Int) {
    guard tables[plan].count >= Limits.correlationGroupsMax else { return }
    let table = tables[plan]
    let byAge = table.states.indices.filter { table.states[$0].isUsed }
      .map { (time: table.states[$0].newestTime, key: table.keys[$0], place: $0) }
      .sorted { ($0.time, $0.key) < ($1.time, $1.key) }
    for old in byAge.prefix(Limits.correlationGroupsMax / 16)
    where !table.states[old.place].isDirty {
      tables[plan].remove(at: old.place, isNoted: savesState)
      evictedGroupCount += 1
    }
  }

  private mutating func endTouch() {
    for plan in touched.indices where !touched[plan].isEmpty {
      for place in touched[plan] { tables[plan].update(place) { $0.isTouched = false } }
      touched[plan].removeAll(keepingCapacity: true)
    }
    earlierReadyCount = readyChanges.count
  }

  /// Takes account of what came out of order: plan after plan, because what holds in one is an
  /// event of those that look at it, and they come later.
  mutating func settle() {
    for plan in plans.indices {
      for place in touched[plan] { settle(GroupAddress(plan: plan, place: place)) }
    }
  }

  private mutating func settle(_ address: GroupAddress) {
    let newly = tables[address.plan].update(address.place) {
      $0.settle(plan: plans[address.plan])
    }
    pass(newly, on: address.plan)
  }

  /// Seals a plan's groups each time its horizon has moved on by an hour.
  private mutating func sealWhereDue() {
    for plan in plans.indices where tables[plan].count > 0 {
      let horizon = self.horizon(of: plan)
      guard horizon > sealTimes[plan].addingHeld(Self.sealStepNanoseconds) else { continue }
      sealTimes[plan] = horizon
      for place in tables[plan].states.indices where tables[plan].states[place].isUsed {
        seal(GroupAddress(plan: plan, place: place), before: horizon)
      }
    }
  }

  private mutating func seal(_ address: GroupAddress, before horizon: Int64) {
    let plan = plans[address.plan]
    let isWorthIt = tables[address.plan].states[address.place]
      .isWorthSealing(before: horizon, plan: plan)
    guard isWorthIt else { return }
    let isOver = tables[address.plan].update(address.place) {
      $0.seal(before: horizon, plan: plan)
    }
    if isOver {
      tables[address.plan].remove(at: address.place, isNoted: savesState)
    } else {
      let wasChanged = tables[address.plan].update(address.place) { state in
        defer { state.isChanged = true }
        return state.isChanged
      }
      if !wasChanged, savesState { changed.append(address) }
    }
  }

  /// The time before which no event of a plan is awaited.
  ///
  /// It is the lowest watermark of the plan's sources, but no more than a day behind the newest
  /// event of them, or of any source if the plan can't speak before. What the plan rests on has been
  /// sealed up to there, too.
  func horizon(of plan: Int) -> Int64 {
    let day: Int64 = 86_400_000_000_000
    var lowest = Int64.max
    var newest = Int64.min
    for source in planSources[plan] {
      let time = newestTimes[source] ?? .min
      lowest = min(lowest, time.subtractingHeld(latenesses[source] ?? 0))
      newest = max(newest, time)
    }
    if plans[plan].isDeferred { newest = max(newest, newestTimes.values.max() ?? .min) }
    guard newest != .min else { return .min }
    let below = deferredBelow[plan].map { sealTimes[$0] }.min() ?? .max
    return min(max(lowest, newest.subtractingHeld(day)), awaitedTime, below)
  }
}
