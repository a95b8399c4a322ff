import VedetteEvent
import VedetteStatistics

/// When which entity does not teach, because a rule speaks against it.
struct TeachingPauses: Sendable, Equatable {
  /// Fewer entities are not worth looking through.
  private static let prunedCountMin = 4_096
  private static let keptNanoseconds: Int64 = 2 * 86_400_000_000_000

  private var pauses: [EntityKey: [ClosedRange<Int64>]] = [:]
  private(set) var hasChanged = false

  /// Adds a pause; what overlaps becomes one.
  mutating func add(_ key: EntityKey, _ pause: ClosedRange<Int64>) {
    if extendLast(key, pause) { return }
    var all = pauses[key] ?? []
    if all.contains(where: { $0.contains(pause.lowerBound) && $0.contains(pause.upperBound) }) {
      return
    }
    guard !all.isEmpty || pauses.count < Limits.entitiesMax else { return }
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
    pauses[key] = all
    hasChanged = true
  }

  /// Makes the last pause longer, if that is all there is to do: it mostly is.
  private mutating func extendLast(_ key: EntityKey, _ pause: ClosedRange<Int64>) -> Bool {
    guard let place = pauses.index(forKey: key), let last = pauses.values[place].last,
      last.contains(pause.lowerBound)
    else { return false }
    guard pause.upperBound > last.upperBound else { return true }
    let index = pauses.values[place].count - 1
    pauses.values[place][index] = last.lowerBound...pause.upperBound
    hasChanged = true
    return true
  }

  /// Whether an entity teaches throughout a window.
  func allows(_ key: EntityKey, _ window: Range<Int64>) -> Bool {
    guard !pauses.isEmpty, let all = pauses[key] else { return true }
    return !all.contains { $0.lowerBound < window.upperBound && $0.upperBound >= window.lowerBound }
  }

  /// Lets go of pauses that no window will ask about any more.
  ///
  /// - Parameter time: The event time before which every source is done.
  mutating func prune(before time: Int64) {
    guard pauses.count > Self.prunedCountMin else { return }
    let old = pauses.filter { $0.value.allSatisfy { $0.upperBound < time } }
    guard !old.isEmpty else { return }
    for key in old.keys { pauses[key] = nil }
    hasChanged = true
  }

  mutating func takeChanges() -> Bool {
    defer { hasChanged = false }
    return hasChanged
  }

  func write(to writer: inout SnapshotWriter) {
    writer.write(count: pauses.count)
    for (key, ranges) in pauses.sorted(by: { $0.key < $1.key }) {
      writer.write(key.description)
      writer.write(count: ranges.count)
      for range in ranges {
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
      pauses[key] = ranges
    }
    guard !reader.hasFailed else { return nil }
  }
}
