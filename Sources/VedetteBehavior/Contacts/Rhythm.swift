import Glibc
import VedetteEvent
import VedetteStatistics

/// How regular the times between contacts are.
///
/// Contacts by chance have exponential intervals: 17 of 100 are within a quarter of their median. A
/// program that calls home has nearly all of them there, also if it adds a random wait of a quarter,
/// and most if it adds half. How unlikely so many are by chance is the Chernoff bound of the binomial
/// distribution, `n D(k/n || 0.174)` with the divergence of Kullback and Leibler.
struct Rhythm: Sendable, Equatable {
  /// What the intervals say.
  struct Verdict: Sendable, Equatable {
    /// The intervals that were looked at, and those of them near the median.
    var count: Int
    var regular: Int
    /// The median, and the median distance from it, in milliseconds.
    var median: UInt32
    var spread: UInt32

    /// Minus the logarithm of how likely so many are near the median by chance.
    var surprise: Double { Rhythm.surprise(regular, of: count) }
  }

  /// The share of intervals within a quarter of the median if contacts come by chance.
  static let shareByChance = exp2(-0.75) - exp2(-1.25)
  /// The most intervals that are looked at: the last ones.
  static let countMax = 64
  /// After each so many more intervals they are looked at.
  static let step = 16
  /// A shorter time between contacts is no rhythm of a program that hides.
  static let medianMin: UInt32 = 15_000
  /// From this surprise on they are regular.
  static let surpriseMin = 12.0

  private(set) var intervals: [UInt32] = []
  /// All intervals so far.
  private(set) var total = 0

  /// Takes the next interval in.
  ///
  /// - Parameter nanoseconds: Its length.
  /// - Returns: What the intervals say, at every sixteenth.
  mutating func add(_ nanoseconds: Int64) -> Verdict? {
    if intervals.count == Self.countMax { intervals.removeFirst(Self.step) }
    intervals.append(UInt32(clamping: nanoseconds / 1_000_000))
    total += 1
    return total % Self.step == 0 ? verdict : nil
  }

  /// What the intervals say; `nil` without any.
  var verdict: Verdict? {
    let sorted = intervals.sorted()
    guard !sorted.isEmpty else { return nil }
    let median = sorted[sorted.count / 2]
    let distances = sorted.map { $0 > median ? $0 - median : median - $0 }.sorted()
    return Verdict(
      count: sorted.count,
      regular: distances.count { $0 <= median / 4 },
      median: median,
      spread: distances[distances.count / 2]
    )
  }

  /// Minus the logarithm of how likely so many intervals are near their median by chance.
  static func surprise(_ regular: Int, of count: Int) -> Double {
    let share = Double(regular) / Double(max(count, 1))
    guard share > shareByChance else { return 0 }
    let rest = 1 - share
    let near = share * log(share / shareByChance)
    return Double(count) * (near + (rest > 0 ? rest * log(rest / (1 - shareByChance)) : 0))
  }

  func write(to writer: inout SnapshotWriter) {
    writer.write(count: total)
    writer.write(count: intervals.count)
    for interval in intervals { writer.write(interval) }
  }

  init() {}

  init?(from reader: inout SnapshotReader) {
    total = Int(clamping: reader.variable())
    let count = reader.count(elementBytes: 4)
    guard count <= Self.countMax, total >= count else { return nil }
    for _ in 0..<count { intervals.append(reader.uint32()) }
    guard !reader.hasFailed else { return nil }
  }
}

/// How much news regular contacts are, part by part.
struct ContactScore: Sendable, Equatable {
  var verdict: Rhythm.Verdict
  /// Who else has the target.
  var company: Company
  /// Targets that the same entity was already known to contact regularly.
  var regularTargets: Int
  /// Whether the target is an address of one's own.
  var isInside: Bool

  /// Points of a score before anything is calibrated.
  static let pointsPerUnit = 10.0
  static let pointsMax = 64

  var rhythm: Double { min(30, verdict.surprise) / 10 }
  var others: Double { 2 * company.points(atLeast: Peerage.organisationMin) }
  var habit: Double { -log(1 + Double(regularTargets)) / 2 }
  var inside: Double { isInside ? -0.5 : 0 }

  /// The whole.
  var value: Double { max(0, rhythm + others + habit + inside) }

  /// Whether it is worth a statement.
  var isRegular: Bool {
    verdict.surprise >= Rhythm.surpriseMin && verdict.median >= Rhythm.medianMin
  }

  /// The most regular intervals that would have passed.
  ///
  /// - Parameter least: From where on a score is a statement.
  /// - Returns: The number; less than there were.
  func passing(below least: Double) -> Int {
    var fewer = self
    while fewer.verdict.regular > 0, fewer.isRegular, fewer.value >= least {
      fewer.verdict.regular -= 1
    }
    return fewer.verdict.regular
  }

  func write(to writer: inout SnapshotWriter) {
    for number in [
      verdict.count, verdict.regular, company.others, company.having, regularTargets,
      isInside ? 1 : 0,
    ] {
      writer.write(count: number)
    }
    writer.write(verdict.median)
    writer.write(verdict.spread)
  }

  init(verdict: Rhythm.Verdict, company: Company, regularTargets: Int, isInside: Bool) {
    self.verdict = verdict
    self.company = company
    self.regularTargets = regularTargets
    self.isInside = isInside
  }

  init?(from reader: inout SnapshotReader) {
    let numbers = (0..<6).map { _ in Int(clamping: reader.variable()) }
    verdict = Rhythm.Verdict(
      count: numbers[0],
      regular: numbers[1],
      median: reader.uint32(),
      spread: reader.uint32()
    )
    company = Company(others: numbers[2], having: numbers[3])
    regularTargets = numbers[4]
    isInside = numbers[5] == 1
    guard !reader.hasFailed, (0...Rhythm.countMax).contains(verdict.count),
      (0...verdict.count).contains(verdict.regular), numbers[2] < 1 << 32, numbers[3] <= numbers[2],
      numbers[4] < 1 << 32
    else { return nil }
  }
}
