/// Whom a ``SeriesScorer`` believes, and how much.
///
/// One setting serves all series. The weights were set on half of the Numenta benchmark and on
/// generated series, and lie on a plateau: a fifth more or less of any changes little.
package struct SeriesSettings: Sendable, Equatable {
  /// The number of experts.
  package static let expertCount = 8
  /// The surprise that scores ``SeriesScorer/alarmScore``.
  package static let alarmSurprise = 3.8

  /// What `score` uses.
  package static let standard = SeriesSettings()

  /// Of level, residual, drift, season, spread, transition, shape and what followed before.
  package var weights = SIMD8<Double>(0.4, 0.2, 0.4, 0.9, 0.5, 0.75, 1, 0.5)
  /// The part of the loudest expert; the rest is the mean's.
  package var loudness = 0.6
  /// What is taken from a surprise for each e-fold of thousands of rows.
  package var budget = 0.75
  /// Rows after an alarm in which only a greater one is told.
  package var restCount = 110
}
