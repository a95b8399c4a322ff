// One group of one correlation: events in order in, episodes out.
//
// The condition is asked at each event, about the events not older than the time span (inclusive at
// both ends). It holds from the event at which it becomes true until the first at which it does not,
// or until the group was silent for longer than the span: one finding for each such stretch.
//
// The machine is a value: the group keeps a copy at the sealed point and goes back to it when an
// event arrives late. Invariants: the window is in order; sums and counts are those of the window.

import VedetteEvent
import VedetteFindings

/// The state of one group, fed in order.
struct WindowMachine {
  /// The newest episode if the condition holds.
  private(set) var open: Episode?
  /// Episodes that ended since they were last taken.
  private(set) var closed: [Episode] = []
  /// The number of events left out because the window was full.
  private(set) var droppedCount = 0

  private var window: [CorrelationItem] = []
  private var head = 0
  private var weightSum = 0
  private var inputCounts: [Int]
  private var valueCounts: [String: Int] = [:]
  private var numberCount = 0
  /// Exact for whole numbers up to 2^53: what was added is what is taken away.
  private var numberSum: Double = 0
  private var lastTime = Int64.min
  /// Of the chains of inputs 0...k that are complete, when the latest one began.
  private var chainStarts: [Int64?]

  init(inputCount: Int) {
    inputCounts = [Int](repeating: 0, count: inputCount)
    chainStarts = [Int64?](repeating: nil, count: inputCount)
  }

  /// The time of the newest event, or `Int64.min` before the first.
  var newestTime: Int64 { lastTime }

  /// Takes the next event in order.
  ///
  /// - Returns: Whether the condition holds at it.
  mutating func advance(_ item: CorrelationItem, plan: PreparedPlan) -> Bool {
    let oldest = item.event.time.subtractingClamped(plan.timespanNanoseconds)
    if lastTime < oldest { end() }
    evict(before: oldest, plan: plan)
    push(item, plan: plan)
    lastTime = max(lastTime, item.event.time)
    let measured = measure(plan, oldest: oldest)
    guard let measured else {
      end()
      return false
    }
    if open == nil {
      var episode = Episode(founder: window[head].event, heldFrom: item.event.time)
      for item in window[head...] { episode.add(item.event) }
      open = episode
    } else {
      open?.add(item.event)
    }
    open?.raisePeak(to: measured)
    return true
  }

  /// Forgets the oldest episodes that ended: they are final.
  mutating func removeClosed(_ count: Int) { closed.removeFirst(min(count, closed.count)) }

  /// Forgets what can't matter to events at or after a time.
  mutating func forget(before time: Int64, plan: PreparedPlan) {
    evict(before: time.subtractingClamped(plan.timespanNanoseconds), plan: plan)
    if lastTime < time.subtractingClamped(plan.timespanNanoseconds) { end() }
  }

  /// Whether nothing is left that later events could join.
  var isIdle: Bool { open == nil && head == window.count }

  private mutating func end() {
    if let episode = open { closed.append(episode) }
    open = nil
  }

  private mutating func push(_ item: CorrelationItem, plan: PreparedPlan) {
    if window.count - head >= Limits.windowEventsMax {
      droppedCount += 1
      remove(window[head], plan: plan)
      head += 1
    }
    window.append(item)
    weightSum += item.event.weight
    inputCounts[item.input] += 1
    if let value = plan.value(of: item) { add(value, plan: plan) }
    if case .temporalOrdered = plan.kind {
      if item.input == 0 {
        chainStarts[0] = item.event.time
      } else if let start = chainStarts[item.input - 1] {
        chainStarts[item.input] = max(chainStarts[item.input] ?? start, start)
      }
    }
  }

  private mutating func evict(before oldest: Int64, plan: PreparedPlan) {
    while head < window.count, window[head].event.time < oldest {
      remove(window[head], plan: plan)
      head += 1
    }
    if head > 64, head * 2 > window.count {
      window.removeFirst(head)
      head = 0
    }
  }

  private mutating func remove(_ item: CorrelationItem, plan: PreparedPlan) {
    weightSum -= item.event.weight
    inputCounts[item.input] -= 1
    guard let value = plan.value(of: item) else { return }
    if let count = valueCounts[value] { valueCounts[value] = count == 1 ? nil : count - 1 }
    if plan.isNumeric, let number = plan.number(value) {
      numberCount -= 1
      numberSum -= number
    }
  }

  private mutating func add(_ value: String, plan: PreparedPlan) {
    valueCounts[value, default: 0] += 1
    if plan.isNumeric, let number = plan.number(value) {
      numberCount += 1
      numberSum += number
    }
  }

  /// Returns the count or value if the condition holds.
  private func measure(_ plan: PreparedPlan, oldest: Int64) -> Double? {
    switch plan.kind {
    case .eventCount: return holding(Double(weightSum), plan)
    case .valueCount: return holding(Double(valueCounts.count), plan)
    case .temporal:
      return inputCounts.allSatisfy { $0 > 0 } ? Double(weightSum) : nil
    case .temporalWhere(let condition):
      return condition.holds { inputCounts[$0] > 0 } ? Double(weightSum) : nil
    case .absence: return nil
    case .temporalOrdered:
      guard let start = chainStarts.last ?? nil, start >= oldest else { return nil }
      return Double(weightSum)
    case .valueSum: return holding(numberSum, plan)
    case .valueAverage:
      return numberCount == 0 ? nil : holding(numberSum / Double(numberCount), plan)
    case .valuePercentile(_, let percentile):
      let values = window[head...].compactMap { plan.value(of: $0) }
      let sorted = values.compactMap(plan.number).sorted()
      guard !sorted.isEmpty else { return nil }
      let rank = (percentile / 100 * Double(sorted.count)).rounded(.up)
      return holding(sorted[min(max(Int(rank) - 1, 0), sorted.count - 1)], plan)
    }
  }

  private func holding(_ value: Double, _ plan: PreparedPlan) -> Double? {
    plan.bounds.allSatisfy { $0.comparison.holds(value, $0.value) } ? value : nil
  }
}

extension WindowMachine {
  func write(to writer: inout StateWriter) {
    writer.write(open) { $1.write(to: &$0) }
    writer.write(window[head...]) { writer, item in
      item.event.write(to: &writer)
      writer.write(item.input)
    }
    writer.write(chainStarts) { $0.write($1) { $0.write($1) } }
    writer.write(lastTime)
    writer.write(droppedCount)
  }

  init(from reader: inout StateReader, plan: PreparedPlan) throws(StateError) {
    self.init(inputCount: plan.inputs.count)
    open = try reader.optional { reader throws(StateError) in try Episode(from: &reader) }
    let items = try reader.list { reader throws(StateError) in
      CorrelationItem(
        event: try CorrelatedEvent.read(from: &reader),
        input: try reader.integer()
      )
    }
    for item in items {
      guard inputCounts.indices.contains(item.input) else { throw .malformed }
      push(item, plan: plan)
    }
    chainStarts = try reader.list { reader throws(StateError) in
      try reader.optional { reader throws(StateError) in try reader.signed() }
    }
    guard chainStarts.count == plan.inputs.count else { throw .malformed }
    lastTime = try reader.signed()
    droppedCount = try reader.integer()
  }
}

extension Int64 {
  /// The difference, held at the ends of the range.
  func subtractingClamped(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    guard overflow else { return difference }
    return other > 0 ? .min : .max
  }

  /// The sum, held at the ends of the range.
  func addingClamped(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    guard overflow else { return sum }
    return other > 0 ? .max : .min
  }
}
