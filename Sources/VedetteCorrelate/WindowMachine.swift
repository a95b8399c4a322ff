// One group of one correlation: events in order in, episodes out.
//
// The condition is asked at each event, about the events not older than the time span (inclusive at
// both ends). It holds from the event at which it becomes true until the first at which it does not,
// or until the group was silent for longer than the span: one finding for each such stretch.
//
// The machine does not own events: its window is a range of the group's entries, so that the state
// at the sealed point and the state after every event share them. Invariants: the window is in
// order; sums and counts are those of the window, unless they were let go with `dropTally`.

import VedetteEvent
import VedetteFindings

/// An event of a group, and whether the condition was seen to hold at it.
///
/// One that is only counted has let go of all it carried. A day of an attack lies in these, so they
/// are kept to 24 bytes; how often an event happened is here too, so that counting does not reach
/// for what it carries.
struct GroupEntry {
  /// What happened, unless the entry is only counted.
  private(set) var event: CorrelatedEvent?
  /// When it happened.
  let time: Int64
  /// The rule that matched the event, or how often it happened where it is only counted.
  private var ruleOrWeight: Int32
  private let inputNumber: Int16
  /// How often it happened, if that is less than 255 times.
  private let smallWeight: UInt8
  var didHold: Bool

  init(_ item: CorrelationItem, didHold: Bool = false) {
    event = item.event
    time = item.event.time
    ruleOrWeight = item.rule
    inputNumber = Int16(clamping: item.input)
    smallWeight = UInt8(clamping: item.event.weight)
    self.didHold = didHold
  }

  /// Which of the correlation's inputs it came through.
  var input: Int { Int(inputNumber) }

  /// How often it happened.
  var weight: Int { smallWeight < .max ? Int(smallWeight) : Int(event?.weight ?? ruleOrWeight) }

  /// The event as an input of the correlation, unless it is only counted.
  var item: CorrelationItem? {
    event.map { CorrelationItem(event: $0, rule: Int(ruleOrWeight), input: input) }
  }

  /// Lets go of all that the event carried.
  mutating func lighten() {
    guard let event else { return }
    ruleOrWeight = event.weight
    self.event = nil
  }

  func write(to writer: inout StateWriter) {
    writer.write(event) { $1.write(to: &$0) }
    writer.write(time)
    writer.write(Int(ruleOrWeight))
    writer.write(input)
    writer.write(didHold)
  }

  init(from reader: inout StateReader) throws(StateError) {
    event = try reader.optional { reader throws(StateError) in
      try CorrelatedEvent.read(from: &reader)
    }
    time = try reader.signed()
    guard let number = Int32(exactly: try reader.integer()), number >= 0,
      let input = Int16(exactly: try reader.integer())
    else { throw .malformed }
    ruleOrWeight = number
    inputNumber = input
    smallWeight = UInt8(clamping: event?.weight ?? number)
    didHold = try reader.bool()
  }
}

/// The state of one group, fed in order.
struct WindowMachine {
  /// The newest episode if the condition holds: one or none, in a list because most groups have
  /// none and lie close together in memory.
  private(set) var opened: [Episode] = []
  /// Episodes that ended since they were last taken.
  private(set) var closed: [Episode] = []
  /// The number of events left out because the window was full.
  private(set) var droppedCount = 0
  /// Where the window begins among the group's entries.
  private(set) var head = 0
  private var tally = WindowTally()
  private var lastTime = Int64.min
  /// Of the chains of inputs 0...k that are complete, when the latest one began; where order does not
  /// matter, when each input came last.
  private var chainStarts: [Int64?]

  init(inputCount: Int) {
    chainStarts = [Int64?](repeating: nil, count: inputCount)
  }

  /// The time of the newest event, or `Int64.min` before the first.
  var newestTime: Int64 { lastTime }

  /// Takes the next event in order.
  ///
  /// - Returns: Whether the condition holds at it.
  mutating func advance(_ entries: [GroupEntry], to index: Int, plan: PreparedPlan) -> Bool {
    let entry = entries[index]
    let time = entry.time
    let oldest = time.subtractingHeld(plan.timespanNanoseconds)
    if lastTime < oldest { end() }
    evict(before: oldest, entries, end: index, plan: plan)
    if index - head >= plan.windowEventsMax {
      droppedCount += 1
      tally.remove(head, of: entries, plan: plan)
      head += 1
    }
    tally.add(entry, plan: plan)
    note(entry, plan)
    lastTime = max(lastTime, time)
    guard let measured = measure(plan, entries, to: index, oldest: oldest) else {
      end()
      return false
    }
    if opened.isEmpty {
      guard var episode = episode(of: entries[head...index], heldFrom: time) else { return true }
      episode.raisePeak(to: measured)
      opened.append(episode)
    } else {
      if let item = entry.item { opened[0].add(item) }
      opened[0].raisePeak(to: measured)
    }
    return true
  }

  /// Forgets the oldest episodes that ended: they are final.
  mutating func removeClosed(_ count: Int) { closed.removeFirst(min(count, closed.count)) }

  /// Forgets what can't matter to events at or after a time.
  mutating func forget(before time: Int64, _ entries: [GroupEntry], plan: PreparedPlan) {
    let oldest = time.subtractingHeld(plan.timespanNanoseconds)
    evict(before: oldest, entries, end: entries.count, plan: plan)
    if lastTime < oldest { end() }
  }

  /// Lets go of the sums and counts, which ``recount(_:plan:)`` brings back.
  mutating func dropTally() { tally = WindowTally() }

  /// Makes the sums and counts those of the window's entries.
  mutating func recount(_ entries: ArraySlice<GroupEntry>, plan: PreparedPlan) {
    dropTally()
    for entry in entries {
      tally.add(entry, plan: plan)
      if plan.isTemporal { noteTime(entry) }
    }
  }

  /// Says that so many of the group's oldest entries are gone.
  mutating func shift(by count: Int) { head -= count }

  /// Begins an episode with the events of the window.
  private func episode(of window: ArraySlice<GroupEntry>, heldFrom time: Int64) -> Episode? {
    guard let founder = window.first(where: { $0.event != nil })?.event else { return nil }
    var episode = Episode(founder: founder, heldFrom: time)
    for entry in window {
      if let item = entry.item { episode.add(item) }
    }
    return episode
  }

  private mutating func end() {
    guard !opened.isEmpty else { return }
    closed += opened
    opened = []
  }

  private mutating func note(_ entry: GroupEntry, _ plan: PreparedPlan) {
    if plan.isTemporal {
      noteTime(entry)
    } else if case .temporalOrdered = plan.kind {
      chain(entry)
    }
  }

  /// Notes when an input came last: a flood of one must not make the others forgotten.
  private mutating func noteTime(_ entry: GroupEntry) {
    chainStarts[entry.input] = max(chainStarts[entry.input] ?? entry.time, entry.time)
  }

  private mutating func chain(_ entry: GroupEntry) {
    if entry.input == 0 {
      chainStarts[0] = entry.time
    } else if let start = chainStarts[entry.input - 1] {
      chainStarts[entry.input] = max(chainStarts[entry.input] ?? start, start)
    }
  }

  private mutating func evict(
    before oldest: Int64,
    _ entries: [GroupEntry],
    end: Int,
    plan: PreparedPlan
  ) {
    while head < end, entries[head].time < oldest {
      tally.remove(head, of: entries, plan: plan)
      head += 1
    }
  }

  /// Returns the count or value if the condition holds.
  private func measure(
    _ plan: PreparedPlan,
    _ entries: [GroupEntry],
    to index: Int,
    oldest: Int64
  ) -> Double? {
    switch plan.kind {
    case .eventCount: return holding(Double(tally.weightSum), plan)
    case .valueCount: return holding(Double(tally.valueCounts.count), plan)
    case .temporal:
      let isComplete = chainStarts.allSatisfy { ($0 ?? .min) >= oldest }
      return isComplete ? Double(tally.weightSum) : nil
    case .temporalWhere(let condition):
      let holds = condition.holds { (chainStarts[$0] ?? .min) >= oldest }
      return holds ? Double(tally.weightSum) : nil
    case .absence: return nil
    case .temporalOrdered:
      guard let start = chainStarts.last ?? nil, start >= oldest else { return nil }
      return Double(tally.weightSum)
    case .valueSum: return holding(tally.numberSum, plan)
    case .valueAverage:
      guard tally.numberCount > 0 else { return nil }
      return holding(tally.numberSum / Double(tally.numberCount), plan)
    case .valuePercentile(_, let percentile):
      let values = entries[head...index].compactMap { plan.value(of: $0) }
      let sorted = values.compactMap(plan.number).sorted()
      guard !sorted.isEmpty else { return nil }
      if percentile == 50, sorted.count.isMultiple(of: 2) {
        // Half of an even number of values is the median: the mean of the two in the middle.
        let upper = sorted.count / 2
        return holding(sorted[upper - 1] / 2 + sorted[upper] / 2, plan)
      }
      let rank = (percentile / 100 * Double(sorted.count)).rounded(.up)
      return holding(sorted[min(max(Int(rank) - 1, 0), sorted.count - 1)], plan)
    }
  }

  private func holding(_ value: Double, _ plan: PreparedPlan) -> Double? {
    plan.bounds.allSatisfy { $0.comparison.holds(value, $0.value) } ? value : nil
  }
}

/// The sums and counts of a window.
private struct WindowTally {
  private(set) var weightSum = 0
  private(set) var valueCounts: [String: Int] = [:]
  private(set) var numberCount = 0
  /// Exact for whole numbers up to 2^53: what was added is what is taken away.
  private(set) var numberSum: Double = 0

  mutating func add(_ entry: GroupEntry, plan: PreparedPlan) {
    weightSum += entry.weight
    guard plan.countsValues, let value = plan.value(of: entry) else { return }
    valueCounts[value, default: 0] += 1
    if plan.isNumeric, let number = plan.number(value) {
      numberCount += 1
      numberSum += number
    }
  }

  /// Takes an entry out again; what it carries is looked at only where values count.
  mutating func remove(_ index: Int, of entries: [GroupEntry], plan: PreparedPlan) {
    weightSum -= entries[index].weight
    guard plan.countsValues, let value = plan.value(of: entries[index]) else { return }
    if let count = valueCounts[value] { valueCounts[value] = count == 1 ? nil : count - 1 }
    if plan.isNumeric, let number = plan.number(value) {
      numberCount -= 1
      numberSum -= number
    }
  }
}

extension WindowMachine {
  /// Writes the machine with its window, which ends before an entry of the group.
  func write(to writer: inout StateWriter, _ entries: [GroupEntry], end: Int) {
    writer.write(opened.first) { $1.write(to: &$0) }
    writer.write(entries[head..<end]) { $1.write(to: &$0) }
    writer.write(chainStarts) { $0.write($1) { $0.write($1) } }
    writer.write(lastTime)
    writer.write(droppedCount)
  }

  /// Reads a machine without its tally, and its window.
  static func read(
    from reader: inout StateReader,
    plan: PreparedPlan
  ) throws(StateError) -> (machine: WindowMachine, window: [GroupEntry]) {
    var machine = WindowMachine(inputCount: plan.inputs.count)
    let open = try reader.optional { reader throws(StateError) in
      try Episode(from: &reader)
    }
    if let open { machine.opened = [open] }
    let window = try reader.list { reader throws(StateError) in
      try GroupEntry(from: &reader)
    }
    machine.chainStarts = try reader.list { reader throws(StateError) in
      try reader.optional { reader throws(StateError) in try reader.signed() }
    }
    guard machine.chainStarts.count == plan.inputs.count,
      window.allSatisfy({ plan.inputs.indices.contains($0.input) })
    else { throw .malformed }
    machine.lastTime = try reader.signed()
    machine.droppedCount = try reader.integer()
    return (machine, window)
  }
}
