import Glibc
import VedetteEvent
import VedetteStatistics

/// Turns the scores of a source into limits that keep its findings within the budget.
///
/// For every kind of score the largest of each day are kept for two weeks. At each full hour a
/// generalised Pareto tail is fitted to them, and the limits are set so that all kinds together
/// pass them as often as the budget says: rare kinds keep what they don't use for the others. In
/// the first week, while that is not known, the limits are high, and rise with each finding.
struct Calibration: Sendable, Equatable {
  /// A score of a window that is over.
  struct Entry: Sendable, Equatable {
    var end: Int64
    var kind: ScoreKind
    var score: Double
    /// Whether it was within the budget.
    var isFinding: Bool
    var key: EntityKey
  }

  /// The largest scores of one day and kind.
  private struct Day: Sendable, Equatable {
    var index: Int64
    var kind: ScoreKind
    /// Descending.
    var largest: [Double] = []
    var count: UInt64 = 0

    mutating func add(_ score: Double) {
      count += 1
      let place = largest.firstIndex { $0 < score } ?? largest.count
      guard place < Limits.calibrationScoresPerDayMax else { return }
      largest.insert(score, at: place)
      if largest.count > Limits.calibrationScoresPerDayMax { largest.removeLast() }
    }
  }

  static let hour: Int64 = 3_600_000_000_000
  static let day: Int64 = 24 * hour
  /// So much is seen before limits are taken from it.
  static let calibratingNanoseconds: Int64 = 7 * day
  /// Everything is new on the first days: they say nothing about those to come.
  private static let leftOutDays: Int64 = 2

  /// How much more than in the open is wanted while nothing is known about the tails.
  private static let caution = 1.6

  private(set) var firstTime: Int64?
  /// Scores that there was no room for.
  private(set) var refusedCount = 0
  private var waiting: [Entry] = []
  private var days: [Day] = []
  /// The ends of the windows of the findings of the last day.
  private var findings: [Int64] = []
  /// By hour, of those hours whose windows can still be open.
  private(set) var limits: [ScoreLimits] = []

  /// The limits that were set last.
  var newest: ScoreLimits { limits.last ?? .unknown }

  /// Notes the time of the first event; what was there before says nothing.
  mutating func begin(at time: Int64) {
    if firstTime == nil { firstTime = time }
  }

  /// Notes the score of a window that is over.
  mutating func add(_ entry: Entry) {
    guard entry.score >= entry.kind.leastCounted else { return }
    guard waiting.count < Limits.calibrationScoresWaitingMax else {
      refusedCount += 1
      return
    }
    waiting.append(entry)
    if entry.isFinding { findings.append(entry.end) }
  }

  /// Whether full hours have begun for which no limits are set.
  func isBehind(_ context: SourceContext) -> Bool {
    guard let last = limits.last else { return firstTime != nil }
    return last.hour < Self.start(of: context.watermark.addingHeld(context.lateness))
  }

  /// Sets the limits of the hours that have begun.
  mutating func advance(_ context: SourceContext) {
    let latest = Self.start(of: context.watermark.addingHeld(context.lateness))
    let kept = 3 + Int(min(context.lateness / Self.hour, 10_000))
    var hour = latest.subtractingHeld(Int64(kept - 1) * Self.hour)
    if let last = limits.last { hour = max(hour, last.hour.addingHeld(Self.hour)) }
    if limits.isEmpty { hour = latest }
    while hour <= latest {
      settle(before: hour, context)
      limits.append(makeLimits(hour, context))
      guard hour < latest else { break }
      hour = hour.addingHeld(Self.hour)
    }
    if limits.count > kept { limits.removeFirst(limits.count - kept) }
  }

  private static func start(of time: Int64) -> Int64 {
    EventTime(nanosecondsSinceEpoch: time).floor(toMultipleOf: hour).nanosecondsSinceEpoch
  }

  /// Takes in the scores that are old enough for every rule to have spoken about them.
  private mutating func settle(before hour: Int64, _ context: SourceContext) {
    let limit = hour.subtractingHeld(context.lateness).subtractingHeld(Self.hour)
    var kept: [Entry] = []
    for entry in waiting {
      guard entry.end < limit else {
        kept.append(entry)
        continue
      }
      // Attacks do not teach how often things happen by chance.
      let window = entry.end.subtractingHeld(Self.hour)..<entry.end
      guard context.pauses.allows(entry.key, entry.key.shortHash, window) else { continue }
      add(entry.score, entry.kind, at: entry.end)
    }
    waiting = kept
    let oldest = hour.subtractingHeld(Int64(Limits.calibrationDaysMax) * Self.day)
    days.removeAll { ($0.index + 1) * Self.day < oldest }
    findings.removeAll { $0 < hour.subtractingHeld(Self.day) }
  }

  private mutating func add(_ score: Double, _ kind: ScoreKind, at time: Int64) {
    let index = time / Self.day - (time % Self.day < 0 ? 1 : 0)
    let place = days.lastIndex { $0.index == index && $0.kind == kind }
    if let place {
      days[place].add(score)
    } else {
      var day = Day(index: index, kind: kind)
      day.add(score)
      days.append(day)
    }
  }

  private func makeLimits(_ hour: Int64, _ context: SourceContext) -> ScoreLimits {
    let budget = context.budget(at: hour)
    let settled = hour.subtractingHeld(context.lateness)
    let recent = Double(findings.count { $0 < settled })
    let begun = firstTime ?? hour
    guard budget.isFinite else { return .unbounded(hour) }
    guard hour.subtractingHeld(begun) >= Self.calibratingNanoseconds else {
      return uncalibrated(hour, from: begun, settled: settled, budget: budget, recent: recent)
    }
    let from = max(
      begun.addingHeld(Self.leftOutDays * Self.day),
      hour.subtractingHeld(Int64(Limits.calibrationDaysMax) * Self.day)
    )
    let span = Double(settled.subtractingHeld(Self.hour).subtractingHeld(from)) / Double(Self.day)
    let tails = ScoreKind.allCases.map { tail($0, from: from, days: max(1, span), budget: budget) }
    // More than twice the budget on one day: what is let through must be rarer.
    let excess = recent > 2 * budget ? 2 * budget / recent : 1
    let rate = Self.share(of: budget, tails.map { $0?.rate ?? 0 }) * excess * excess
    let least = ScoreKind.allCases.map { kind in
      guard budget > 0 else { return Double.infinity }
      return tails[kind.rawValue]?.value(atRate: rate) ?? kind.leastUncalibrated
    }
    return ScoreLimits(
      hour: hour,
      isCalibrated: true,
      rate: rate,
      least: least,
      tails: tails
    )
  }

  /// Limits of the first week: high, higher with each finding, and never below what the scores so far
  /// say, however few they are.
  private func uncalibrated(
    _ hour: Int64,
    from: Int64,
    settled: Int64,
    budget: Double,
    recent: Double
  ) -> ScoreLimits {
    var limits = ScoreLimits.unknown
    limits.hour = hour
    let over = max(0, recent - (budget / 5).rounded(.down) + 1)
    let factor = budget < 1 ? .infinity : Self.caution * exp2(min(over, 60))
    let span = Double(settled.subtractingHeld(from)) / Double(Self.day)
    let tails = ScoreKind.allCases.map {
      tail($0, from: from, days: max(span, 0.5), budget: budget)
    }
    let rate = Self.share(of: budget / 4, tails.map { $0?.rate ?? 0 })
    limits.least = ScoreKind.allCases.map { kind in
      let seen = tails[kind.rawValue]?.value(atRate: rate) ?? 0
      return max(seen, kind.leastUncalibrated * factor)
    }
    return limits
  }

  /// Fits the tail of the largest scores of a kind.
  private func tail(
    _ kind: ScoreKind,
    from: Int64,
    days span: Double,
    budget: Double
  )
    -> ParetoTail?
  {
    let own = days.filter { $0.kind == kind && ($0.index + 1) * Self.day > from }
    // Of a day whose smaller scores were let go, only those above the least kept are all there.
    let complete = own.filter { $0.count > UInt64($0.largest.count) }.compactMap(\.largest.last)
      .max()
    let values = own.flatMap(\.largest).filter { $0 >= complete ?? 0 }.sorted(by: >)
    let wanted = Int(min(max(30, 4 * budget * span), 10_000))
    return ParetoTail(values: Array(values.prefix(wanted)), days: span)
  }

  /// The rate that each kind may have so that all together have the budget's.
  ///
  /// - Parameters:
  ///   - budget: Findings a day.
  ///   - rates: How often each kind has scores at all.
  /// - Returns: The rate; what kinds with lower ones leave is for the others.
  static func share(of budget: Double, _ rates: [Double]) -> Double {
    var left = budget
    let sorted = rates.filter { $0 > 0 }.sorted()
    for (index, rate) in sorted.enumerated() {
      let equal = left / Double(sorted.count - index)
      guard rate < equal else { return equal }
      left -= rate
    }
    return budget
  }
}

extension Calibration {
  func write(to writer: inout SnapshotWriter) {
    writer.write(firstTime ?? .max)
    writer.write(count: refusedCount)
    writer.write(count: waiting.count)
    for entry in waiting {
      writer.write(entry.end)
      writer.write(byte: UInt8(entry.kind.rawValue) | (entry.isFinding ? 0x80 : 0))
      writer.write(entry.score)
      writer.write(entry.key.description)
    }
    writer.write(count: days.count)
    for day in days {
      writer.write(day.index)
      writer.write(byte: UInt8(day.kind.rawValue))
      writer.write(variable: day.count)
      writer.write(count: day.largest.count)
      for score in day.largest { writer.write(score) }
    }
    writer.write(count: findings.count)
    for end in findings { writer.write(end) }
    writer.write(count: limits.count)
    for one in limits { one.write(to: &writer) }
  }

  init?(from reader: inout SnapshotReader) {
    let first = reader.int64()
    firstTime = first == .max ? nil : first
    refusedCount = Int(clamping: reader.variable())
    for _ in 0..<reader.count(elementBytes: 18) {
      let end = reader.int64()
      let mark = reader.byte()
      let score = reader.double()
      guard let kind = ScoreKind(rawValue: Int(mark & 0x7f)), let key = EntityKey(reader.text())
      else { return nil }
      waiting.append(
        Entry(end: end, kind: kind, score: score, isFinding: mark & 0x80 != 0, key: key)
      )
    }
    for _ in 0..<reader.count(elementBytes: 11) {
      let index = reader.int64()
      guard index.magnitude < 1 << 32, let kind = ScoreKind(rawValue: Int(reader.byte())) else {
        return nil
      }
      var day = Day(index: index, kind: kind, count: reader.variable())
      for _ in 0..<reader.count(elementBytes: 8) { day.largest.append(reader.double()) }
      guard day.largest.count <= Limits.calibrationScoresPerDayMax,
        day.largest.allSatisfy(\.isFinite)
      else { return nil }
      days.append(day)
    }
    for _ in 0..<reader.count(elementBytes: 8) { findings.append(reader.int64()) }
    for _ in 0..<reader.count(elementBytes: 10) {
      guard let one = ScoreLimits(from: &reader) else { return nil }
      limits.append(one)
    }
    guard !reader.hasFailed else { return nil }
  }
}
