import Glibc
import VedetteStatistics

/// The scores that are comparable among themselves.
enum ScoreKind: Int, CaseIterable, Sendable {
  /// Numbers of events and failures against the entity's own history.
  case counts
  /// Sizes against the entity's own history: their tails are heavier.
  case sizes
  /// The mix of a window against all entities of its kind.
  case mix
  /// Values that were not seen before.
  case news
  /// Contacts by the clock.
  case rhythm
  /// Changes of place that are too fast.
  case travel

  /// Less is not worth counting.
  var leastCounted: Double {
    switch self {
    case .counts, .sizes: 0.5
    case .mix: 4
    case .news: 1
    case .rhythm, .travel: 0.5
    }
  }

  /// From where on it is a finding as long as nothing is known about its tail.
  var leastUncalibrated: Double {
    switch self {
    case .counts, .sizes: 1
    case .mix: WindowOutliers.surpriseMin
    case .news: 3
    case .rhythm: 1.5
    case .travel: 2.5
    }
  }
}

/// What a score of one hour is read against.
///
/// Fixed when the hour begins, from what was certain then; so it does not depend on the order of
/// arrival, and a score that grows only becomes worse.
struct ScoreLimits: Sendable, Equatable {
  /// The start of the hour, in nanoseconds.
  var hour: Int64
  /// Whether it comes from at least a week of scores.
  var isCalibrated: Bool
  /// How many findings of a kind a day are wanted at most; 0 until it is calibrated, infinite where
  /// there is no budget.
  var rate: Double
  /// From where on a score is a finding, by kind.
  var least: [Double]
  /// What is known about the largest scores, by kind.
  var tails: [ParetoTail?]

  /// Before anything is known.
  static let unknown = ScoreLimits(
    hour: .min,
    isCalibrated: false,
    rate: 0,
    least: ScoreKind.allCases.map(\.leastUncalibrated),
    tails: ScoreKind.allCases.map { _ in nil }
  )

  /// Where there is no budget: every score that could be a finding is one.
  static func unbounded(_ hour: Int64) -> ScoreLimits {
    var limits = unknown
    limits.hour = hour
    limits.rate = .infinity
    for kind in [ScoreKind.news, .rhythm, .travel] { limits.least[kind.rawValue] = 0 }
    return limits
  }

  /// Returns the points for a score, or `nil` if they are not calibrated.
  ///
  /// 20 where the budget ends; 9 more for each *e*-fold that such a score is rarer, so that a tenth
  /// of the budget is medium. The same for every kind of score.
  func points(_ kind: ScoreKind, _ score: Double) -> Int? {
    guard isCalibrated, let tail = tails[kind.rawValue] else { return nil }
    let expected = max(tail.rate(above: score), 1e-9)
    return max(1, Int((20 + 9 * log(max(rate, 1e-9) / expected)).rounded(.down)))
  }

  /// From where on the level of a window of one entity is a finding.
  ///
  /// A burst shows in every metric and in windows of both lengths. In the first week, when the budget
  /// can't be known to bear that, the longer windows speak alone.
  func leastLevel(_ metric: ActivityMetric, _ width: WindowWidth) -> Double {
    isCalibrated || width == .long || rate == .infinity
      ? least[metric.scoreKind.rawValue] : .infinity
  }

  /// From where on a statement is made at all: it may be beyond the budget and be withheld.
  func leastStated(_ kind: ScoreKind) -> Double {
    min(least[kind.rawValue], kind.leastUncalibrated)
  }
}

extension ScoreLimits {
  func write(to writer: inout SnapshotWriter) {
    writer.write(hour)
    writer.write(byte: isCalibrated ? 1 : 0)
    writer.write(rate)
    for kind in ScoreKind.allCases {
      writer.write(least[kind.rawValue])
      writer.write(byte: tails[kind.rawValue] == nil ? 0 : 1)
      tails[kind.rawValue]?.write(to: &writer)
    }
  }

  init?(from reader: inout SnapshotReader) {
    hour = reader.int64()
    isCalibrated = reader.byte() == 1
    rate = reader.double()
    least = []
    tails = []
    for _ in ScoreKind.allCases {
      least.append(reader.double())
      guard reader.byte() == 1 else {
        tails.append(nil)
        continue
      }
      guard let tail = ParetoTail(from: &reader) else { return nil }
      tails.append(tail)
    }
    guard !reader.hasFailed, rate >= 0, least.allSatisfy({ $0 >= 0 }) else { return nil }
  }
}
