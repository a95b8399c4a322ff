import VedetteEvent
import VedetteFindings

/// One group of one correlation: what is sealed, what may still be preceded by a late event, and
/// what was published of it.
///
/// In order, an event costs one step of ``live``. One out of order is put in its place, and
/// ``live`` is made anew from ``sealed`` once, when the batch has ended: what comes out depends on
/// the events, not on their arrival.
struct GroupState {
  /// A group with more events behind the sealed point is sealed when others are: sealed events of
  /// an open episode take less memory.
  private static let pendingMax = 16

  /// What an insertion came to.
  enum Outcome {
    /// These items hold now and did not before. Others may follow when the group is settled.
    case accepted(nowHolding: [CorrelationItem])
    /// The item lies before the sealed point.
    case late
  }

  /// Whether the place is a group's.
  var isUsed = false
  /// Whether the group changed since it was last published.
  var isDirty = false
  /// Whether it changed since its state was last saved.
  var isChanged = false
  /// Whether it changed in this batch.
  var isTouched = false
  /// The ids under which ``episodes`` were published, in their order.
  private(set) var published: [FindingID] = []

  /// The events that matter: those of the sealed window, then those behind the sealed point.
  private var entries: [GroupEntry] = []
  /// The number of entries before the sealed point.
  private var sealedCount = 0
  /// The number of entries that are only counted.
  private var lightCount = 0
  private var sealedTime = Int64.min
  /// The state at the sealed point, without its tally: no event before it is awaited.
  private var sealed: WindowMachine
  /// The state after every event so far, unless it must be remade.
  private var live: WindowMachine
  private var mustRemake = false
  /// Final episodes that changed after they were last published.
  private var finals: [Episode] = []
  /// The number of episodes that are as they were published.
  private var settledCount = 0

  init(plan: PreparedPlan) {
    sealed = WindowMachine(inputCount: plan.inputs.count)
    live = sealed
  }

  /// The number of events that are kept.
  var eventCount: Int { entries.count }

  /// The newest event's time: what eviction goes by.
  var newestTime: Int64 { live.newestTime }

  /// Every episode that was not published in its final form, oldest first.
  var episodes: [Episode] { finals + live.closed + live.opened }

  /// Says who takes part in ``episodes``, and from when until when.
  func forEachInvolvement(_ body: (Involvement) -> Void) {
    Episode.forEachInvolvement(in: finals, body)
    Episode.forEachInvolvement(in: live.closed, body)
    Episode.forEachInvolvement(in: live.opened, body)
  }

  /// Whether nothing is left that later events could join.
  private var isIdle: Bool { sealed.opened.isEmpty && sealed.head == entries.count }

  mutating func insert(_ item: CorrelationItem, plan: PreparedPlan) -> Outcome {
    guard item.event.time >= sealedTime else { return .late }
    var newly: [CorrelationItem] = []
    if entries.count - sealedCount >= plan.windowEventsMax {
      newly = settle(plan: plan)
      sealOldestHalf(plan: plan)
      guard item.event.time >= sealedTime else { return .late }
    }
    let entry = GroupEntry(item)
    if entries.count > sealedCount, let last = entries.last?.item,
      CorrelationItem.precedes(item, last)
    {
      entries.insert(entry, at: place(of: item))
      mustRemake = true
      return .accepted(nowHolding: newly)
    }
    entries.append(entry)
    guard !mustRemake else { return .accepted(nowHolding: newly) }
    if live.advance(entries, to: entries.count - 1, plan: plan) {
      entries[entries.count - 1].didHold = true
      newly.append(item)
    }
    return .accepted(nowHolding: newly)
  }

  /// Takes account of the events that came out of order.
  ///
  /// - Returns: The items that hold now and did not before.
  mutating func settle(plan: PreparedPlan) -> [CorrelationItem] {
    guard mustRemake else { return [] }
    mustRemake = false
    settledCount = 0
    live = sealed
    live.recount(entries[live.head..<sealedCount], plan: plan)
    var newly: [CorrelationItem] = []
    for index in sealedCount..<entries.count {
      let holds = live.advance(entries, to: index, plan: plan)
      if holds, !entries[index].didHold {
        entries[index].didHold = true
        if let item = entries[index].item { newly.append(item) }
      }
    }
    return newly
  }

  /// Declares that no event before a time is awaited any more; the group must be settled.
  ///
  /// - Returns: Whether the group can be forgotten.
  mutating func seal(before time: Int64, plan: PreparedPlan) -> Bool {
    guard time > sealedTime else { return isIdle }
    let pending = entries[sealedCount...]
    let place = pending.firstIndex { $0.time >= time } ?? entries.count
    sealedTime = time
    if place == entries.count {
      live.forget(before: time, entries, plan: plan)
      sealed = live
      sealed.dropTally()
      sealedCount = place
    } else {
      advanceSealed(to: place, plan: plan)
    }
    dropSealedEpisodes()
    trim()
    lightenSealed(plan: plan)
    return isIdle && finals.isEmpty
  }

  /// Whether sealing is worth its while: the group may be over, or holds what is long past.
  func isWorthSealing(before time: Int64, plan: PreparedPlan) -> Bool {
    let oldest = time.subtractingHeld(plan.timespanNanoseconds)
    guard newestTime >= oldest, let first = entries.first else { return true }
    if entries.count - sealedCount > Self.pendingMax { return true }
    return first.time < oldest.subtractingHeld(plan.timespanNanoseconds)
  }

  /// Notes what the episodes were published as.
  ///
  /// - Parameter ids: The ids of ``episodes``.
  mutating func note(published ids: [FindingID]) {
    published = Array(ids.dropFirst(finals.count))
    finals = []
    settledCount = live.closed.count
    isDirty = false
  }

  /// The ids of the episodes that are as they were published: the first ones.
  var settledIDs: ArraySlice<FindingID> { published.prefix(settledCount) }

  private func place(of item: CorrelationItem) -> Int {
    var low = sealedCount
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if let other = entries[middle].item, CorrelationItem.precedes(item, other) {
        high = middle
      } else {
        low = middle + 1
      }
    }
    return low
  }

  private mutating func sealOldestHalf(plan: PreparedPlan) {
    let place = sealedCount + (entries.count - sealedCount) / 2
    sealedTime = entries[place].time
    advanceSealed(to: place, plan: plan)
    dropSealedEpisodes()
    trim()
  }

  private mutating func advanceSealed(to place: Int, plan: PreparedPlan) {
    sealed.recount(entries[sealed.head..<sealedCount], plan: plan)
    for index in sealedCount..<place { _ = sealed.advance(entries, to: index, plan: plan) }
    sealed.dropTally()
    sealedCount = place
  }

  /// Episodes that ended before the sealed point are final: published, they are let go.
  private mutating func dropSealedEpisodes() {
    let final = sealed.closed.count
    guard final > 0 else { return }
    if isDirty {
      finals += live.closed.prefix(final)
    } else {
      published.removeFirst(min(final, published.count))
      settledCount = max(0, settledCount - final)
    }
    sealed.removeClosed(final)
    live.removeClosed(final)
  }

  /// Lets go of what sealed events carry where they are only counted from now on.
  ///
  /// While a sealed episode is open they are part of it already. It ends when fewer events are in
  /// the window than the bound, and the next one begins with those: the newest ones.
  private mutating func lightenSealed(plan: PreparedPlan) {
    guard !sealed.opened.isEmpty, let needed = plan.reopeningEventsMax else { return }
    let end = max(lightCount, sealedCount - needed)
    for index in max(lightCount, sealed.head)..<max(lightCount, sealed.head, end) {
      entries[index].lighten()
    }
    lightCount = max(lightCount, end)
  }

  /// Lets go of the entries before both windows.
  private mutating func trim() {
    let gone = sealed.head
    guard gone > 64 || gone == entries.count, gone * 2 > entries.count else { return }
    entries.removeFirst(gone)
    sealedCount -= gone
    lightCount = max(0, lightCount - gone)
    sealed.shift(by: gone)
    live.shift(by: gone)
  }
}

extension GroupState {
  func write(to writer: inout StateWriter) {
    sealed.write(to: &writer, entries, end: sealedCount)
    writer.write(sealedTime)
    writer.write(entries[sealedCount...]) { $1.write(to: &$0) }
    writer.write(published) { $0.write($1) }
    writer.write(settledCount)
  }

  /// Takes up what was written.
  mutating func restore(from reader: inout StateReader, plan: PreparedPlan) throws(StateError) {
    (sealed, entries) = try WindowMachine.read(from: &reader, plan: plan)
    sealedCount = entries.count
    sealedTime = try reader.signed()
    entries += try reader.list { reader throws(StateError) in try GroupEntry(from: &reader) }
    guard entries[sealedCount...].allSatisfy({ $0.event != nil }),
      entries.allSatisfy({ plan.inputs.indices.contains($0.input) })
    else {
      throw .malformed
    }
    live = sealed
    live.recount(entries[..<sealedCount], plan: plan)
    for index in sealedCount..<entries.count {
      _ = live.advance(entries, to: index, plan: plan)
    }
    published = try reader.list { reader throws(StateError) in try reader.findingID() }
    settledCount = try reader.integer()
    guard (0...published.count).contains(settledCount) else { throw .malformed }
  }
}
