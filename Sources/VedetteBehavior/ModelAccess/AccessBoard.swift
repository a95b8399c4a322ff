import Glibc
import VedetteEvent
import VedetteFindings
import VedetteStatistics

/// Weighs what was observed about each key, from every source, and says where it agrees.
///
/// The newest observation of each name within half a day counts. Within a family the strongest
/// counts in full and the others by half. A finding is made where the sum is at least ``least`` and
/// two families have at least ``familyLeast``: no single kind of unusual behaviour is enough. What
/// is found depends on the set of observations, not on their order.
struct AccessBoard: Sendable, Equatable {
  static let least = 10.5
  static let familyLeast = 2.5
  private static let familyMost = 8.0
  private static let window: Int64 = KeyHabits.day / 2
  private static let signalsMax = 512

  /// By subject, in order.
  private(set) var signals: [EntityKey: [AccessSignal]] = [:]
  private struct Published: Sendable, Equatable {
    var id: FindingID
    var time: Int64
    var detected: Int64
  }

  private var published: [EntityKey: Published] = [:]
  var changed: Set<EntityKey> = []

  /// Adds observations.
  ///
  /// - Returns: Findings that are new or have grown.
  mutating func take(
    _ fresh: [AccessSignal],
    _ identifier: FindingIdentifier
  ) -> [FindingChange] {
    var touched: Set<EntityKey> = []
    for signal in fresh {
      touched.insert(signal.subject)
      signals[signal.subject, default: []].append(signal)
    }
    changed.formUnion(touched)
    var changes: [FindingChange] = []
    for subject in touched.sorted() {
      prune(subject)
      guard var finding = finding(subject, identifier) else { continue }
      if let old = published[subject], old.id != finding.id {
        let time = finding.time.nanosecondsSinceEpoch
        if time < old.time, old.time - time < Self.window {
          // An observation that came late founds the same finding anew.
          changes.append(.merged(old.id, into: finding.id))
        } else if time > old.time, time - old.time < 2 * Self.window {
          finding.id = old.id
          finding.time = EventTime(nanosecondsSinceEpoch: old.time)
          finding.detectedTime = EventTime(nanosecondsSinceEpoch: old.detected)
        }
      }
      published[subject] = Published(
        id: finding.id,
        time: finding.time.nanosecondsSinceEpoch,
        detected: finding.detectedTime.nanosecondsSinceEpoch
      )
      changes.append(.upsert(finding))
    }
    return changes
  }

  private mutating func prune(_ subject: EntityKey) {
    guard var list = signals[subject] else { return }
    list.sort(by: AccessSignal.precedes)
    let newest = list[list.count - 1].time
    list.removeAll { $0.time < newest - 2 * Self.window }
    if list.count > Self.signalsMax { list.removeFirst(list.count - Self.signalsMax) }
    signals[subject] = list
  }

  private struct Weighing {
    var time: Int64
    var sums: [Double]
    var terms: [AccessSignal]

    var total: Double { sums.reduce(0, +) }
    var holds: Bool {
      // Launches and tests are fast too: pace adds to what others say and decides nothing.
      let pace = Int(SignalFamily.pace.rawValue)
      return total >= AccessBoard.least
        && sums.indices.count { $0 != pace && sums[$0] >= AccessBoard.familyLeast } >= 2
    }
  }

  /// Weighs what is known at the time of an observation.
  private func weigh(_ latest: [String: AccessSignal], at time: Int64) -> Weighing {
    var sums = [Double](repeating: 0, count: SignalFamily.allCases.count)
    let current = latest.values.filter { $0.time > time - Self.window }
      .sorted { ($1.points, $0.name) < ($0.points, $1.name) }
    var hasFirst = Set<SignalFamily>()
    for signal in current {
      let isFirst = hasFirst.insert(signal.family).inserted
      let points = signal.points < 0 || isFirst ? signal.points : signal.points / 2
      sums[Int(signal.family.rawValue)] += points
    }
    sums = sums.map { min(Self.familyMost, $0) }
    return Weighing(time: time, sums: sums, terms: current)
  }

  private func finding(_ subject: EntityKey, _ identifier: FindingIdentifier) -> Finding? {
    guard let list = signals[subject] else { return nil }
    var latest: [String: AccessSignal] = [:]
    var first: Weighing?
    var best: Weighing?
    var involved: [AccessSignal] = []
    for signal in list {
      latest[signal.name] = signal
      let weighing = weigh(latest, at: signal.time)
      if weighing.holds {
        first = first ?? weighing
        if weighing.total > best?.total ?? 0 { best = weighing }
      }
      if signal.points > 0 { involved.append(signal) }
    }
    guard let first, let best,
      let founder = involved.first(where: {
        $0.time > first.time - Self.window
      })
    else { return nil }
    involved.removeAll { $0.time < founder.time }
    return BuiltInFinding.agreement(
      subject,
      founder: founder,
      detected: first.time,
      terms: best.terms.filter { $0.points >= 0.5 },
      total: best.total,
      involved: involved,
      identifier
    )
  }

  /// Writes what is known of a subject.
  func write(_ subject: EntityKey, to writer: inout SnapshotWriter) {
    let list = signals[subject] ?? []
    writer.write(count: list.count)
    for signal in list { signal.write(to: &writer) }
    guard let one = published[subject] else { return writer.write(count: 0) }
    writer.write(count: 1)
    writer.write(one.id.high)
    writer.write(one.id.low)
    writer.write(one.time)
    writer.write(one.detected)
  }

  /// Takes back what was written of a subject.
  mutating func restore(_ subject: EntityKey, from reader: inout SnapshotReader) {
    var list: [AccessSignal] = []
    for _ in 0..<reader.count(elementBytes: 40) {
      list.append(AccessSignal(subject, from: &reader))
    }
    if !list.isEmpty { signals[subject] = list }
    if reader.count(elementBytes: 32) == 1 {
      published[subject] = Published(
        id: FindingID(high: reader.uint64(), low: reader.uint64()),
        time: reader.int64(),
        detected: reader.int64()
      )
    }
  }
}
