import VedetteEvent
import VedetteStatistics

/// When which entity does not teach, because a rule speaks against it.
///
/// Asked for each entity of each match of each batch, so it is a table of its own: it takes the hash
/// that matches carry, and mixes it with a number of this process, so that nobody can choose names
/// that fall together.
struct TeachingPauses: Sendable {
  /// Fewer entities are not worth looking through.
  private static let prunedCountMin = 4_096
  private static let keptNanoseconds: Int64 = 2 * 86_400_000_000_000
  private static let mixer = UInt64.random(in: .min ... .max) | 1

  /// An entity with its pauses: at least one, in order.
  private struct Entry: Sendable {
    var key: EntityKey
    var hash: UInt32
    var last: ClosedRange<Int64>
    /// The pauses before the last.
    var earlier: [ClosedRange<Int64>] = []

    var all: [ClosedRange<Int64>] { earlier + [last] }

    func isOver(before time: Int64) -> Bool {
      last.upperBound < time && earlier.allSatisfy { $0.upperBound < time }
    }
  }

  private var entries: [Entry] = []
  /// Where entries are, by hash; where a slot is in use the next free one is taken, -1 is free.
  ///
  /// The count is a power of two, at least twice that of the entries.
  private var slots: [Int32] = []
  /// How many were left when they were last looked through.
  private var keptCount = 0
  private(set) var hasChanged = false

  /// Adds a pause; what overlaps becomes one.
  ///
  /// - Parameters:
  ///   - key: The entity.
  ///   - hash: Its ``EntityKey/shortHash``.
  ///   - pause: From when until when.
  mutating func add(_ key: EntityKey, _ hash: UInt32, _ pause: ClosedRange<Int64>) {
    guard let place = place(of: key, hash) else {
      guard entries.count < Limits.entitiesMax else { return }
      insert(Entry(key: key, hash: hash, last: pause))
      hasChanged = true
      return
    }
    let last = entries[place].last
    guard !last.contains(pause.lowerBound) else {
      // Making the last one longer is mostly all there is to do.
      guard pause.upperBound > last.upperBound else { return }
      entries[place].last = last.lowerBound...pause.upperBound
      hasChanged = true
      return
    }
    join(pause, at: place)
  }

  private mutating func join(_ pause: ClosedRange<Int64>, at place: Int) {
    var all = entries[place].all
    if all.contains(where: { $0.contains(pause.lowerBound) && $0.contains(pause.upperBound) }) {
      return
    }
    var merged = pause
    all.removeAll { old in
      let isOld = old.upperBound.addingHeld(Self.keptNanoseconds) < pause.lowerBound
      guard !isOld, old.overlaps(merged) else { return isOld }
      merged =
        min(old.lowerBound, merged.lowerBound)...max(old.upperBound, merged.upperBound)
      return true
    }
    all.append(merged)
    all.sort { $0.lowerBound < $1.lowerBound }
    if all.count > Limits.teachingPausesMax { all.removeFirst() }
    entries[place].last = all.removeLast()
    entries[place].earlier = all
    hasChanged = true
  }

  /// Whether an entity teaches throughout a window.
  ///
  /// - Parameters:
  ///   - key: The entity.
  ///   - hash: Its ``EntityKey/shortHash``.
  ///   - window: From when until before when.
  /// - Returns: Whether no pause touches the window.
  func allows(_ key: EntityKey, _ hash: UInt32, _ window: Range<Int64>) -> Bool {
    guard let place = place(of: key, hash) else { return true }
    func touches(_ pause: ClosedRange<Int64>) -> Bool {
      pause.lowerBound < window.upperBound && pause.upperBound >= window.lowerBound
    }
    return !touches(entries[place].last) && !entries[place].earlier.contains(where: touches)
  }

  private func slot(of hash: UInt32) -> Int {
    let mixed = (UInt64(hash) &+ 1) &* Self.mixer
    return Int(truncatingIfNeeded: (mixed ^ mixed >> 32) & UInt64(slots.count - 1))
  }

  private func place(of key: EntityKey, _ hash: UInt32) -> Int? {
    guard !slots.isEmpty else { return nil }
    var slot = slot(of: hash)
    while slots[slot] >= 0 {
      let place = Int(slots[slot])
      if entries[place].hash == hash, entries[place].key == key { return place }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  private mutating func insert(_ entry: Entry) {
    entries.append(entry)
    if 2 * entries.count > slots.count { index() } else { take(entries.count - 1) }
  }

  /// Makes the slots anew.
  private mutating func index() {
    var count = 64
    while count < 4 * entries.count { count *= 2 }
    slots = [Int32](repeating: -1, count: count)
    for place in entries.indices { take(place) }
  }

  private mutating func take(_ place: Int) {
    var slot = slot(of: entries[place].hash)
    while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = Int32(place)
  }

  /// Lets go of pauses that no window will ask about any more.
  ///
  /// - Parameter time: The event time before which every source is done.
  mutating func prune(before time: Int64) {
    // Looked through when there are half as many again as were left the last time.
    guard entries.count > max(Self.prunedCountMin, keptCount + keptCount / 2) else { return }
    defer { keptCount = entries.count }
    guard entries.contains(where: { $0.isOver(before: time) }) else { return }
    entries.removeAll { $0.isOver(before: time) }
    index()
    hasChanged = true
  }

  mutating func takeChanges() -> Bool {
    defer { hasChanged = false }
    return hasChanged
  }

  func write(to writer: inout SnapshotWriter) {
    writer.write(count: entries.count)
    for entry in entries.sorted(by: { $0.key < $1.key }) {
      writer.write(entry.key.description)
      let all = entry.all
      writer.write(count: all.count)
      for range in all {
        writer.write(range.lowerBound)
        writer.write(range.upperBound)
      }
    }
  }

  init() {}

  init?(from reader: inout SnapshotReader) {
    for _ in 0..<reader.count(elementBytes: 2) {
      guard let key = EntityKey(reader.text()) else { return nil }
      var ranges: [ClosedRange<Int64>] = []
      for _ in 0..<reader.count(elementBytes: 16) {
        let from = reader.int64()
        let until = reader.int64()
        guard from <= until else { return nil }
        ranges.append(from...until)
      }
      let hash = key.shortHash
      guard let last = ranges.popLast(), place(of: key, hash) == nil else { return nil }
      insert(Entry(key: key, hash: hash, last: last, earlier: ranges))
    }
    guard !reader.hasFailed else { return nil }
  }
}
