/// What is usual for one series of numbers, in about a hundred bytes.
///
/// Three views of the same series, each on the ``MagnitudeScale``: its long-run level, what a short
/// damped trend expects next, and whether the recent mean has left the level. A single jump shows in
/// the first two, a slow climb only in the third. Score first, then learn.
///
/// Not for series with a season: ``SeasonalProfile`` is.
public struct SeriesBaseline: Sendable, Equatable {
  /// How far an observation lies from what is usual, in each view.
  public struct Deviation: Sendable, Equatable {
    /// Distance from the long-run level in standard deviations, signed.
    public var level: Double
    /// Distance from what the short trend expects, in typical errors, signed.
    public var residual: Double
    /// Distance of the recent mean from the long-run level, in standard errors, signed.
    public var drift: Double

    /// The deviation of what can't be judged.
    public static let none = Deviation(level: 0, residual: 0, drift: 0)
  }

  private static let smoothing = 0.25
  private static let trendSmoothing = 0.01
  private static let trendDamping = 0.98
  private static let driftRate = ExponentialMoments.rate(halfLife: 8)
  private static let residualRate = ExponentialMoments.rate(halfLife: 500)
  /// The standard error of a faded mean is this part of the standard deviation.
  private static let driftError = (driftRate / (2 - driftRate)).squareRoot()

  /// Mean and variance on the ``MagnitudeScale``.
  public private(set) var level: ExponentialMoments
  private var smoothed = 0.0
  private var trend = 0.0
  /// The fading mean size of what the short trend did not expect, on the ``MagnitudeScale``.
  private(set) var residualScale = 0.0
  private var recent = 0.0

  /// Creates the baseline of an empty series.
  ///
  /// - Parameter halfLife: Observations after which the weight of one in the level has halved.
  public init(halfLife: Double) { level = ExponentialMoments(halfLife: halfLife) }

  /// The number of observations learned.
  public var count: UInt32 { level.count }

  /// Measures how far out a value lies.
  ///
  /// - Parameter value: The value, in its own unit; one that is not a number lies nowhere.
  /// - Returns: The distances; none before the first observation.
  public func deviation(of value: Double) -> Deviation {
    let position = MagnitudeScale.position(of: value)
    guard count > 0, !position.isNaN else { return .none }
    let floor = 1e-9 + 1e-3 * level.mean.magnitude
    let recently = recent + Self.driftRate * (position - recent)
    return Deviation(
      level: level.z(of: position, floor: 0),
      residual: (position - smoothed - trend) / (1.25 * residualScale + floor),
      drift: (recently - level.mean) / (level.standardDeviation * Self.driftError + floor)
    )
  }

  /// Measures how far a place on the ``MagnitudeScale`` is from what the short trend expects.
  func residual(of position: Double) -> Double { count > 0 ? position - smoothed - trend : 0 }

  /// Learns one observation.
  ///
  /// - Parameter value: The value, in its own unit; one that is not a number is left out.
  public mutating func learn(_ value: Double) {
    let position = MagnitudeScale.position(of: value)
    guard !position.isNaN else { return }
    if count == 0 {
      smoothed = position
      recent = position
    }
    let residual = position - smoothed - trend
    learnResidual(residual.magnitude)
    smoothed += trend + Self.smoothing * residual
    trend = Self.trendDamping * trend + Self.trendSmoothing * residual
    recent += Self.driftRate * (position - recent)
    level.add(position, floor: 0)
  }

  private mutating func learnResidual(_ size: Double) {
    var held = size
    if count >= ExponentialMoments.unclippedCount {
      held = min(held, 6 * (1.25 * residualScale + 1e-9 + 1e-3 * level.mean.magnitude))
    }
    let weight = max(Self.residualRate, 1 / (Double(count) + 1))
    residualScale += weight * (held - residualScale)
  }
}

extension SeriesBaseline: Snapshotting {
  /// Writes the state.
  ///
  /// - Parameter writer: Where to.
  public func write(to writer: inout SnapshotWriter) {
    level.write(to: &writer)
    for number in [smoothed, trend, residualScale, recent] { writer.write(number) }
  }

  /// Reads the state, or fails if the bytes are not one.
  ///
  /// - Parameter reader: Where from.
  public init?(from reader: inout SnapshotReader) {
    guard let level = ExponentialMoments(from: &reader) else { return nil }
    self.level = level
    smoothed = reader.double()
    trend = reader.double()
    residualScale = reader.double()
    recent = reader.double()
    guard !reader.hasFailed, smoothed.isFinite, trend.isFinite, residualScale >= 0,
      residualScale.isFinite, recent.isFinite
    else { return nil }
  }
}
