// What is awaited in one group of an absence: events in order in, episodes out.
//
// The first rule of the correlation begins a wait, any other ends all waits of its group; where
// there is one rule, its next event ends the wait and begins another. A wait that nothing ended by
// its deadline, the end included, is missed. An episode is the missed waits up to the next event
// that was awaited: one finding.

import VedetteEvent
import VedetteFindings

/// The waits of one group, fed in order.
struct AbsenceMachine {
  /// The newest episode, until what is awaited comes after all.
  private(set) var open: Episode?
  /// Episodes that ended since they were last taken.
  private(set) var closed: [Episode] = []
  /// Waits that were not kept because the group had too many.
  private(set) var droppedCount = 0
  private var waits: [CorrelationItem] = []
  private var lastTime = Int64.min

  /// The time of the newest event, or `Int64.min` before the first.
  var newestTime: Int64 { lastTime }

  /// The number of events that wait.
  var waitCount: Int { waits.count }

  /// Whether nothing is awaited and nothing is missing.
  var isIdle: Bool { waits.isEmpty && open == nil }

  /// Takes the next event in order.
  mutating func advance(_ item: CorrelationItem, plan: PreparedPlan) {
    expire(before: item.event.time, plan: plan)
    lastTime = max(lastTime, item.event.time)
    let isOnlyRule = plan.inputs.count == 1
    if item.input > 0 || isOnlyRule {
      waits.removeAll(keepingCapacity: true)
      if let episode = open { closed.append(episode) }
      open = nil
    }
    guard item.input == 0 else { return }
    if waits.count < Limits.windowEventsMax { waits.append(item) } else { droppedCount += 1 }
  }

  /// Ends the waits whose deadline lies before a time: nothing that could end them is awaited.
  ///
  /// - Returns: Whether any was missed.
  @discardableResult
  mutating func expire(before time: Int64, plan: PreparedPlan) -> Bool {
    let kept =
      waits.firstIndex { $0.event.time.addingHeld(plan.timespanNanoseconds) >= time }
      ?? waits.count
    guard kept > 0 else { return false }
    for item in waits[..<kept] {
      var episode =
        open
        ?? Episode(
          founder: item.event,
          heldFrom: item.event.time.addingHeld(plan.timespanNanoseconds)
        )
      episode.add(item)
      open = episode
    }
    waits.removeFirst(kept)
    let count = open?.count ?? 0
    open?.raisePeak(to: Double(count))
    return true
  }

  /// Forgets the oldest episodes that ended: they are final.
  mutating func removeClosed(_ count: Int) { closed.removeFirst(min(count, closed.count)) }
}

extension AbsenceMachine {
  func write(to writer: inout StateWriter) {
    writer.write(open) { $1.write(to: &$0) }
    writer.write(waits) { $1.write(to: &$0) }
    writer.write(lastTime)
    writer.write(droppedCount)
  }

  init(from reader: inout StateReader) throws(StateError) {
    open = try reader.optional { reader throws(StateError) in try Episode(from: &reader) }
    waits = try reader.list { reader throws(StateError) in
      try CorrelationItem.read(from: &reader)
    }
    lastTime = try reader.signed()
    droppedCount = try reader.integer()
  }
}
