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
    guard isInTime else {
      lateCount += 1
      return
    }
    windowEventEstimate += 1
    markDeferred(plan, key)
  }

  mutating func markDeferred(_ plan: Int, _ key: String) {
    if savesState { changedDeferred.insert(DeferredAddress(plan: plan, key: key)) }
  }

  /// Publishes what the watermarks have passed of the correlations that wait for them, and gives the
  /// events at which they held to the correlations that rest on them.
  mutating func sealDeferred() {
    for plan in plans.indices where plans[plan].isDeferred && !deferred[plan].isEmpty {
      let horizon = self.horizon(of: plan)
      guard horizon > sealTimes[plan] else { continue }
      advanceDeferred(plan, to: horizon)
      sealTimes[plan] = horizon
    }
    settle()
  }

  /// Takes what would be said if the input ended now.
  ///
  /// Nothing that comes late is awaited any more. An absence says nothing more, because the time at
  /// which it would be one has not come. For a replay's end, or on a copy: nothing can follow.
  public mutating func conclude() {
    for plan in plans.indices where plans[plan].isDeferred && !plans[plan].isAbsence {
      advanceDeferred(plan, to: .max)
      settle()
    }
  }

  /// Says at once what ``conclude()`` comes to.
  ///
  /// - Returns: The findings that are new or have changed.
  public mutating func concluded() -> [FindingChange] {
    conclude()
    return takeFindings()
  }

  private mutating func advanceDeferred(_ plan: Int, to horizon: Int64) {
    let isSilent = descriptors[plans[plan].rule].isSilent
    for key in deferred[plan].keys.sorted() {
      deferred[plan][key]?.advance(to: horizon, plan: plans[plan])
      let news = deferred[plan][key]?.takeNews()
      let isIdle = deferred[plan][key]?.isIdle ?? false
      if isIdle { deferred[plan][key] = nil }
      if news != nil || isIdle { markDeferred(plan, key) }
      guard let news else { continue }
      if !isSilent {
        readyChanges += news.episodes.map { .upsert(finding($0, plan: plan, key: key)) }
      }
      pass(news.held, on: plan)
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
      markDeferred(plan, old.key)
      evictedGroupCount += 1
    }
  }
}
