import VedetteEvent
import VedetteFindings

/// What the entities of a source are told while events come in.
struct SourceContext: Sendable {
  /// The source.
  var source: SourceID
  /// Nothing before this event time comes any more.
  var watermark: Int64
  /// How far behind the newest event one may be.
  var lateness: Int64
  /// The longest learning.
  var learning: Int64
  /// Who does not teach when.
  var pauses: TeachingPauses
  /// Findings of all sources a day that are wanted while nothing happens.
  var falseAlarmsPerDay: Double
  /// The number of sources there will be at least.
  var sourcesExpected: Int
  /// The times of the first events of the sources.
  var sourceStarts: [Int64]
  /// What scores are read against, of the last hours.
  var hourLimits: [ScoreLimits]
  /// Makes the ids of findings.
  var identifier: FindingIdentifier

  /// How old an entity must be for any statement about it.
  ///
  /// Never less than the lateness, so that its first event is certain by then.
  var leastAge: Int64 { max(BehaviorConfiguration.hour, lateness) }

  /// What the scores of a window are read against.
  func limits(at time: Int64) -> ScoreLimits {
    hourLimits.last { $0.hour <= time } ?? .unknown
  }

  /// How many findings a day this source may have while nothing happens.
  ///
  /// A source counts a day after its first event: whichever is read first, it is known by then.
  func budget(at hour: Int64) -> Double {
    let known = sourceStarts.count { $0 <= hour.subtractingHeld(Calibration.day) }
    return max(0, falseAlarmsPerDay) / Double(max(1, max(known, sourcesExpected)))
  }
}
