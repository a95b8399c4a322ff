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
  /// Groups let go because a correlation had more than ``Limits/correlationGroupsMax``.
  public internal(set) var evictedGroupCount = 0

  /// The earliest time of events that are known to come from sources that are behind.
  ///
  /// A replay knows where its other files go on. Nothing from it on is sealed.
  public var awaitedTime = Int64.max

  let descriptors: [RuleDescriptor]
  let plans: [PreparedPlan]
  let identifier: FindingIdentifier
  /// For each rule the plans that its matches go into.
  let entries: [[(plan: Int, input: Int)]]
  /// For each rule the fields that correlations ask for.
  let layouts: [[String]]
  var groups: [[String: GroupState]]
  var deferred: [[String: DeferredGroup]]
  var newestTimes: [SourceID: Int64] = [:]
  var sealTimes: [Int64]
  var planSources: [Set<SourceID>]
  var dirty: [GroupAddress] = []
  var dirtySet: Set<GroupAddress> = []
  var changed: Set<GroupAddress> = []
  var latenesses: [SourceID: Int64] = [:]

  struct GroupAddress: Hashable {
    let plan: Int
    let key: String
  }

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
    let layouts = Self.layouts(descriptors.count, plans)
    let indexed = Dictionary(uniqueKeysWithValues: layouts.enumerated().map { ($0, $1) })
    var prepared = plans.map { PreparedPlan($0, layouts: indexed) }
    let correlations = Set(plans.map(\.rule))
    var entries = [[(plan: Int, input: Int)]](repeating: [], count: descriptors.count)
    for (index, plan) in plans.enumerated() {
      for (input, rule) in plan.inputs.enumerated() {
        if let upstream = plans.firstIndex(where: { $0.rule == rule }) {
          prepared[upstream].consumers.append((index, input))
        } else {
          entries[rule].append((index, input))
        }
      }
    }
    for index in plans.indices {
      for input in prepared[index].inputs {
        guard let below = plans.firstIndex(where: { $0.rule == input }) else { continue }
        prepared[index].deferredBelow += prepared[below].deferredBelow
        if prepared[below].isDeferred { prepared[index].deferredBelow.append(below) }
      }
    }
    for (rule, descriptor) in descriptors.enumerated()
    where !descriptor.isSilent && !correlations.contains(rule) {
      entries[rule].append((prepared.count, 0))
      prepared.append(PreparedPlan(folding: rule, windowNanoseconds: foldNanoseconds))
    }
    self.descriptors = descriptors
    self.plans = prepared
    self.identifier = identifier
    self.entries = entries
    self.layouts = layouts
    groups = [[String: GroupState]](repeating: [:], count: prepared.count)
    deferred = [[String: DeferredGroup]](repeating: [:], count: prepared.count)
    sealTimes = [Int64](repeating: .min, count: prepared.count)
    planSources = [Set<SourceID>](repeating: [], count: prepared.count)
  }

  /// Takes the matches of a batch.
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
    latenesses[batch.source] = latenessNanoseconds
    var changes: [FindingChange] = []
    var capture = EventCapture(batch, layouts: layouts)
    var next = 0
    var newest = newestTimes[batch.source] ?? .min
    for row in 0..<batch.rowCount {
      let time = batch.timed[row] ? batch.times[row] : max(newest, 0)
      if batch.timed[row] { newest = max(newest, time) }
      let isLate = time < newest.subtractingClamped(latenessNanoseconds)
      while next < matches.count, matches[next].row == row {
        let rule = matches[next].rule
        next += 1
        guard entries.indices.contains(rule), !entries[rule].isEmpty else { continue }
        let event = capture.event(
          row: row,
          rule: rule,
          time: time,
          ordinal: firstOrdinal + Int64(row)
        )
        if isLate { lateCount += 1 }
        take(event, isLate: isLate, into: &changes)
      }
    }
    if newest != .min { newestTimes[batch.source] = newest }
    sealDeferred(into: &changes)
    publish(into: &changes)
    sealWhereDue()
    return changes
  }

  private mutating func take(
    _ event: CorrelatedEvent,
    isLate: Bool,
    into changes: inout [FindingChange]
  ) {
    for entry in entries[event.rule] {
      planSources[entry.plan].insert(event.source)
      let item = CorrelationItem(event: event, input: entry.input)
      let isFold = plans[entry.plan].detector == .rule
      if isLate {
        if isFold { changes.append(.upsert(lateFinding(item, plan: entry.plan))) }
        continue
      }
      insert(item, into: entry.plan, changes: &changes)
    }
  }

  mutating func insert(
    _ item: CorrelationItem,
    into plan: Int,
    changes: inout [FindingChange]
  ) {
    guard let key = plans[plan].group(of: item) else { return }
    if plans[plan].isDeferred { return insertDeferred(item, into: plan, key: key) }
    let address = GroupAddress(plan: plan, key: key)
    makeRoom(in: plan, for: key)
    let outcome = groups[plan][key, default: GroupState(plan: plans[plan])].insert(
      item,
      plan: plans[plan]
    )
    switch outcome {
    case .late:
      lateCount += 1
      if plans[plan].detector == .rule {
        changes.append(.upsert(lateFinding(item, plan: plan)))
      }
    case .accepted(let nowHolding):
      changed.insert(address)
      if dirtySet.insert(address).inserted { dirty.append(address) }
      for consumer in plans[plan].consumers {
        planSources[consumer.plan].insert(item.event.source)
        for holding in nowHolding {
          let passed = CorrelationItem(event: holding.event, input: consumer.input)
          insert(passed, into: consumer.plan, changes: &changes)
        }
      }
    }
  }

  /// Lets the group go that was silent longest, by event time, then by its key.
  private mutating func makeRoom(in plan: Int, for key: String) {
    guard groups[plan].count >= Limits.correlationGroupsMax, groups[plan][key] == nil else {
      return
    }
    let byAge = groups[plan].map { (time: $0.value.newestTime, key: $0.key) }.sorted { $0 < $1 }
    for old in byAge.prefix(Limits.correlationGroupsMax / 16) {
      let address = GroupAddress(plan: plan, key: old.key)
      guard !dirtySet.contains(address) else { continue }
      groups[plan][old.key] = nil
      changed.insert(address)
      evictedGroupCount += 1
    }
  }

  mutating func publish(into changes: inout [FindingChange]) {
    for address in dirty {
      guard let state = groups[address.plan][address.key] else { continue }
      if descriptors[plans[address.plan].rule].isSilent { continue }
      let findings = state.episodes.map { finding($0, plan: address.plan, key: address.key) }
      let ids = findings.map(\.id)
      for old in state.published where !ids.contains(old) {
        guard let heir = ids.last else { continue }
        changes.append(.merged(old, into: heir))
      }
      changes.append(contentsOf: findings.map(FindingChange.upsert))
      groups[address.plan][address.key]?.published = ids
    }
    dirty.removeAll(keepingCapacity: true)
    dirtySet.removeAll(keepingCapacity: true)
  }

  /// Seals a plan's groups each time its horizon has moved on by a tenth of an hour or more.
  private mutating func sealWhereDue() {
    for plan in plans.indices where !groups[plan].isEmpty {
      let horizon = self.horizon(of: plan)
      guard horizon > sealTimes[plan].addingClamped(360_000_000_000) else { continue }
      sealTimes[plan] = horizon
      for key in groups[plan].keys.sorted() {
        let isIdle = groups[plan][key]?.seal(before: horizon, plan: plans[plan]) ?? true
        if isIdle { groups[plan][key] = nil }
        changed.insert(GroupAddress(plan: plan, key: key))
      }
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
      lowest = min(lowest, time.subtractingClamped(latenesses[source] ?? 0))
      newest = max(newest, time)
    }
    if plans[plan].isDeferred { newest = max(newest, newestTimes.values.max() ?? .min) }
    guard newest != .min else { return .min }
    let below = plans[plan].deferredBelow.map { sealTimes[$0] }.min() ?? .max
    return min(max(lowest, newest.subtractingClamped(day)), awaitedTime, below)
  }

  private static func layouts(_ ruleCount: Int, _ plans: [CorrelationPlan]) -> [[String]] {
    var layouts = [[String]](repeating: [], count: ruleCount)
    // A field that a correlation asks of a correlation is asked of the rules below it.
    func ask(_ fields: [String], of rule: Int) {
      if let upstream = plans.first(where: { $0.rule == rule }) {
        for input in upstream.inputs { ask(fields, of: input) }
      } else if layouts.indices.contains(rule) {
        for field in fields where !layouts[rule].contains(field) { layouts[rule].append(field) }
      }
    }
    for plan in plans {
      for (input, rule) in plan.inputs.enumerated() {
        ask(plan.groupFields[input] + plan.valueFields, of: rule)
      }
    }
    return layouts
  }
}
