// What all windows hold together is bounded. Nothing of this is in the way of an event: each counts
// one up, and the batch's end looks whether that is too many.

import VedetteEvent
import VedetteFindings

extension RuleCorrelator {
  /// One group, of whichever kind of correlation.
  private struct Candidate {
    let time: Int64
    let plan: Int
    let key: String
    /// Its place in the plan's table, or `nil` where it waits for the watermark.
    let place: Int?
    let eventCount: Int
  }

  /// The number of events in the windows of all correlations and folded rules.
  ///
  /// - Complexity: O(*g*), where *g* is the number of groups.
  var windowEventCount: Int {
    var count = 0
    for plan in plans.indices {
      for state in tables[plan].states where state.isUsed { count += state.eventCount }
      for group in deferred[plan].values { count += group.eventCount }
    }
    return count
  }

  /// Lets groups go if all windows together hold too many events: those that were silent longest, by
  /// event time, then in the order of the plans and by their keys, until an eighth is free.
  ///
  /// What such a group came to is said before it goes. It begins anew with its next event.
  mutating func boundWindows() {
    guard windowEventEstimate > windowEventsMax else { return }
    windowEventEstimate = windowEventCount
    let kept = windowEventsMax - windowEventsMax / 8
    guard windowEventEstimate > kept else { return }
    for candidate in candidates() {
      guard windowEventEstimate > kept else { return }
      letGo(candidate)
      windowEventEstimate -= candidate.eventCount
      evictedGroupCount += 1
    }
  }

  private func candidates() -> [Candidate] {
    var candidates: [Candidate] = []
    for plan in plans.indices {
      let table = tables[plan]
      for place in table.states.indices where table.states[place].isUsed {
        candidates.append(
          Candidate(
            time: table.states[place].newestTime,
            plan: plan,
            key: table.keys[place],
            place: place,
            eventCount: table.states[place].eventCount
          )
        )
      }
      for (key, group) in deferred[plan] {
        candidates.append(
          Candidate(
            time: group.newestTime,
            plan: plan,
            key: key,
            place: nil,
            eventCount: group.eventCount
          )
        )
      }
    }
    return candidates.sorted { ($0.time, $0.plan, $0.key) < ($1.time, $1.plan, $1.key) }
  }

  private mutating func letGo(_ candidate: Candidate) {
    guard let place = candidate.place else {
      deferred[candidate.plan][candidate.key] = nil
      markDeferred(candidate.plan, candidate.key)
      return
    }
    var changes: [FindingChange] = []
    publish(GroupAddress(plan: candidate.plan, place: place), into: &changes)
    readyChanges += changes
    tables[candidate.plan].remove(at: place, isNoted: savesState)
  }
}
