// Correlations that a late event could make untrue: they are asked about what is sealed.

import VedetteEvent
public import VedetteFindings

extension RuleCorrelator {
  /// Puts an event into a group that waits for the watermark.
  mutating func insertDeferred(_ item: CorrelationItem, into plan: Int, key: String) {
    // The plan's horizon decides, so that it does not matter whether the group was forgotten.
    guard item.event.time >= sealTimes[plan] else {
      lateCount += 1
      return
    }
    makeDeferredRoom(in: plan, for: key)
    let isInTime = deferred[plan][key, default: DeferredGroup(plan: plans[plan])].insert(
      item,
      plan: plans[plan]
    )
    if isInTime { changed.insert(GroupAddress(plan: plan, key: key)) } else { lateCount += 1 }
  }

  /// Publishes what the watermarks have passed of the correlations that wait for them, and gives the
  /// events at which they held to the correlations that rest on them.
  mutating func sealDeferred(into changes: inout [FindingChange]) {
    for plan in plans.indices where plans[plan].isDeferred && !deferred[plan].isEmpty {
      let horizon = self.horizon(of: plan)
      guard horizon > sealTimes[plan] else { continue }
      advanceDeferred(plan, to: horizon, into: &changes)
      sealTimes[plan] = horizon
    }
  }

  /// What would be said if the input ended now.
  ///
  /// Nothing that comes late is awaited any more. An absence says nothing more, because the time at which it would be one has not come.
  ///
  /// - Returns: The findings that are new or have changed; for a replay's end, of a copy.
  public mutating func concluded() -> [FindingChange] {
    var changes: [FindingChange] = []
    for plan in plans.indices where plans[plan].isDeferred && !plans[plan].isAbsence {
      advanceDeferred(plan, to: .max, into: &changes)
    }
    publish(into: &changes)
    return changes
  }

  private mutating func advanceDeferred(
    _ plan: Int,
    to horizon: Int64,
    into changes: inout [FindingChange]
  ) {
    let isSilent = descriptors[plans[plan].rule].isSilent
    for key in deferred[plan].keys.sorted() {
      deferred[plan][key]?.advance(to: horizon, plan: plans[plan])
      let news = deferred[plan][key]?.takeNews()
      let isIdle = deferred[plan][key]?.isIdle ?? false
      if isIdle { deferred[plan][key] = nil }
      if news != nil || isIdle { changed.insert(GroupAddress(plan: plan, key: key)) }
      guard let news else { continue }
      if !isSilent {
        changes += news.episodes.map { .upsert(finding($0, plan: plan, key: key)) }
      }
      for consumer in plans[plan].consumers {
        for item in news.held {
          planSources[consumer.plan].insert(item.event.source)
          insert(
            CorrelationItem(event: item.event, input: consumer.input),
            into: consumer.plan,
            changes: &changes
          )
        }
      }
    }
  }

  /// Lets the group go that was silent longest, by event time, then by its key.
  private mutating func makeDeferredRoom(in plan: Int, for key: String) {
    guard deferred[plan].count >= Limits.correlationGroupsMax, deferred[plan][key] == nil else {
      return
    }
    let byAge = deferred[plan].map { (time: $0.value.newestTime, key: $0.key) }.sorted { $0 < $1 }
    for old in byAge.prefix(Limits.correlationGroupsMax / 16) {
      deferred[plan][old.key] = nil
      changed.insert(GroupAddress(plan: plan, key: old.key))
      evictedGroupCount += 1
    }
  }
}
