import VedetteEvent
import VedetteFindings

/// One group of a correlation that a late event could make untrue: it speaks of what is sealed.
///
/// Events wait in order until the watermark has passed them and go through the machine then, so that
/// what comes out depends on the events, not on their arrival, and is never taken back.
struct DeferredGroup {
  private enum Machine {
    case window(WindowMachine)
    case absence(AbsenceMachine)
  }

  private var machine: Machine
  /// The events of the window, which the machine only points to.
  private var entries: [GroupEntry] = []
  /// The events behind the sealed point, in order.
  private var pending: [CorrelationItem] = []
  private var sealedTime = Int64.min
  /// Whether the machine has said something new since it was last asked.
  private var hasNews = false
  private var held: [CorrelationItem] = []

  init(plan: PreparedPlan) {
    machine =
      plan.isAbsence
      ? .absence(AbsenceMachine()) : .window(WindowMachine(inputCount: plan.inputs.count))
  }

  /// The number of events that are kept.
  var eventCount: Int {
    switch machine {
    case .window: entries.count + pending.count
    case .absence(let absence): absence.waitCount + pending.count
    }
  }

  /// The newest event's time: what eviction goes by.
  var newestTime: Int64 {
    let sealed =
      switch machine {
      case .window(let window): window.newestTime
      case .absence(let absence): absence.newestTime
      }
    return max(sealed, pending.last?.event.time ?? .min)
  }

  /// Whether the group can be forgotten.
  var isIdle: Bool {
    guard pending.isEmpty, !hasNews else { return false }
    switch machine {
    case .window(let window): return window.opened.isEmpty && window.head == entries.count
    case .absence(let absence): return absence.isIdle
    }
  }

  /// Puts an event in its place.
  ///
  /// - Returns: Whether it came in time.
  mutating func insert(_ item: CorrelationItem, plan: PreparedPlan) -> Bool {
    guard item.event.time >= sealedTime else { return false }
    if pending.count >= Limits.windowEventsMax {
      advance(to: pending[pending.count / 2].event.time, plan: plan)
      guard item.event.time >= sealedTime else { return false }
    }
    if let last = pending.last, CorrelationItem.precedes(item, last) {
      let place = pending.firstIndex { CorrelationItem.precedes(item, $0) } ?? pending.count
      pending.insert(item, at: place)
    } else {
      pending.append(item)
    }
    return true
  }

  /// Declares that no event before a time is awaited any more.
  mutating func advance(to time: Int64, plan: PreparedPlan) {
    guard time > sealedTime else { return }
    sealedTime = time
    let count = pending.firstIndex { $0.event.time >= time } ?? pending.count
    switch machine {
    case .window(var window):
      for item in pending[..<count] {
        entries.append(GroupEntry(item))
        if window.advance(entries, to: entries.count - 1, plan: plan) { held.append(item) }
      }
      if time < .max { window.forget(before: time, entries, plan: plan) }
      if window.head == entries.count || window.head > 64 && window.head * 2 > entries.count {
        entries.removeFirst(window.head)
        window.shift(by: window.head)
      }
      hasNews = hasNews || count > 0
      // An episode that only time ended was told when it was open.
      if !hasNews { window.removeClosed(window.closed.count) }
      machine = .window(window)
    case .absence(var absence):
      for item in pending[..<count] { absence.advance(item, plan: plan) }
      let isMissed = absence.expire(before: time, plan: plan)
      hasNews = hasNews || count > 0 || isMissed
      machine = .absence(absence)
    }
    pending.removeFirst(count)
  }

  /// Takes the episodes that are new or may have grown, and the events at which the condition held,
  /// since they were last taken; `nil` if nothing has happened.
  mutating func takeNews() -> (episodes: [Episode], held: [CorrelationItem])? {
    guard hasNews else { return nil }
    hasNews = false
    let items = held
    held = []
    switch machine {
    case .window(var window):
      let episodes = window.closed + window.opened
      window.removeClosed(window.closed.count)
      machine = .window(window)
      return (episodes, items)
    case .absence(var absence):
      let episodes = absence.closed + (absence.open.map { [$0] } ?? [])
      absence.removeClosed(absence.closed.count)
      machine = .absence(absence)
      return (episodes, items)
    }
  }
}

extension DeferredGroup {
  func write(to writer: inout StateWriter) {
    switch machine {
    case .window(let window): window.write(to: &writer, entries, end: entries.count)
    case .absence(let absence): absence.write(to: &writer)
    }
    writer.write(sealedTime)
    writer.write(pending) { $1.write(to: &$0) }
  }

  init(from reader: inout StateReader, plan: PreparedPlan) throws(StateError) {
    if plan.isAbsence {
      machine = .absence(try AbsenceMachine(from: &reader))
    } else {
      var (window, entries) = try WindowMachine.read(from: &reader, plan: plan)
      window.recount(entries[...], plan: plan)
      self.entries = entries
      machine = .window(window)
    }
    sealedTime = try reader.signed()
    pending = try reader.list { reader throws(StateError) in
      try CorrelationItem.read(from: &reader)
    }
    guard pending.allSatisfy({ plan.inputs.indices.contains(Int($0.input)) }) else {
      throw .malformed
    }
  }
}
