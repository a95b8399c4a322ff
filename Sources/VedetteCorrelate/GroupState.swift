import VedetteEvent
import VedetteFindings

/// One group of one correlation: what is sealed, what may still be preceded by a late event, and
/// what was published of it.
///
/// In order, an event costs one step of ``live``. Out of order it is put in its place and ``live``
/// is made anew from ``sealed``: what comes out depends on the events, not on their arrival.
struct GroupState {
  /// What an insertion came to.
  enum Outcome {
    /// These items hold now and did not before; the group's episodes may have changed.
    case accepted(nowHolding: [CorrelationItem])
    /// The item lies before the sealed point.
    case late
  }

  private struct Pending {
    let item: CorrelationItem
    var didHold: Bool
  }

  /// The state at the sealed point: no event before it is awaited.
  private var sealed: WindowMachine
  /// The state after every event so far.
  private(set) var live: WindowMachine
  /// The events behind the sealed point, in order.
  private var pending: [Pending] = []
  private var sealedTime = Int64.min
  /// The ids under which the episodes of ``live`` were published, in their order.
  var published: [FindingID] = []

  init(plan: PreparedPlan) {
    sealed = WindowMachine(inputCount: plan.inputs.count)
    live = sealed
  }

  /// The newest event's time: what eviction goes by.
  var newestTime: Int64 { live.newestTime }

  /// Every episode that may still change, oldest first.
  var episodes: [Episode] { live.closed + (live.open.map { [$0] } ?? []) }

  mutating func insert(_ item: CorrelationItem, plan: PreparedPlan) -> Outcome {
    guard item.event.time >= sealedTime else { return .late }
    if pending.count >= Limits.windowEventsMax { sealOldestHalf(plan: plan) }
    guard item.event.time >= sealedTime else { return .late }
    if let last = pending.last, CorrelationItem.precedes(item, last.item) {
      return .accepted(nowHolding: insertLate(item, plan: plan))
    }
    let holds = live.advance(item, plan: plan)
    pending.append(Pending(item: item, didHold: holds))
    return .accepted(nowHolding: holds ? [item] : [])
  }

  /// Declares that no event before a time is awaited any more.
  ///
  /// - Returns: Whether the group can be forgotten.
  mutating func seal(before time: Int64, plan: PreparedPlan) -> Bool {
    guard time > sealedTime else { return sealed.isIdle && pending.isEmpty }
    let count = pending.firstIndex { $0.item.event.time >= time } ?? pending.count
    advanceSealed(by: count, plan: plan)
    sealedTime = time
    if pending.isEmpty {
      sealed.forget(before: time, plan: plan)
      dropSealedEpisodes()
      live = sealed
    }
    return sealed.isIdle && pending.isEmpty
  }

  private mutating func insertLate(_ item: CorrelationItem, plan: PreparedPlan) -> [CorrelationItem]
  {
    let place = pending.firstIndex { CorrelationItem.precedes(item, $0.item) } ?? pending.count
    pending.insert(Pending(item: item, didHold: false), at: place)
    live = sealed
    var newly: [CorrelationItem] = []
    for index in pending.indices {
      let holds = live.advance(pending[index].item, plan: plan)
      if holds, !pending[index].didHold {
        pending[index].didHold = true
        newly.append(pending[index].item)
      }
    }
    return newly
  }

  private mutating func sealOldestHalf(plan: PreparedPlan) {
    let count = pending.count / 2
    sealedTime = pending[count].item.event.time
    advanceSealed(by: count, plan: plan)
  }

  private mutating func advanceSealed(by count: Int, plan: PreparedPlan) {
    for entry in pending.prefix(count) { _ = sealed.advance(entry.item, plan: plan) }
    pending.removeFirst(count)
    dropSealedEpisodes()
  }

  /// Episodes that ended before the sealed point are final: they were published and are let go.
  private mutating func dropSealedEpisodes() {
    let final = sealed.closed.count
    sealed.removeClosed(final)
    live.removeClosed(final)
    published.removeFirst(min(final, published.count))
  }
}

extension GroupState {
  func write(to writer: inout StateWriter) {
    sealed.write(to: &writer)
    writer.write(sealedTime)
    writer.write(pending) { writer, entry in
      entry.item.event.write(to: &writer)
      writer.write(entry.item.input)
      writer.write(entry.didHold)
    }
    writer.write(published) { $0.write($1) }
  }

  init(from reader: inout StateReader, plan: PreparedPlan) throws(StateError) {
    self.init(plan: plan)
    sealed = try WindowMachine(from: &reader, plan: plan)
    sealedTime = try reader.signed()
    pending = try reader.list { reader throws(StateError) in
      Pending(
        item: CorrelationItem(
          event: try CorrelatedEvent.read(from: &reader),
          input: try reader.integer()
        ),
        didHold: try reader.bool()
      )
    }
    guard pending.allSatisfy({ plan.inputs.indices.contains($0.item.input) }) else {
      throw .malformed
    }
    live = sealed
    for entry in pending { _ = live.advance(entry.item, plan: plan) }
    published = try reader.list { reader throws(StateError) in try reader.findingID() }
  }
}
