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
  /// Makes the ids of findings.
  var identifier: FindingIdentifier

  /// How old an entity must be for any statement about it.
  ///
  /// Never less than the lateness, so that its first event is certain by then.
  var leastAge: Int64 { max(BehaviorConfiguration.hour, lateness) }
}
