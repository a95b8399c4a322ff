import VedetteStatistics

/// What one metric of one entity usually is, learned from windows that are over.
struct MetricSeries: Sendable, Equatable {
  /// Mean and variance on the magnitude scale.
  private(set) var moments: ExponentialMoments
  /// The highest of the remembered windows, sinking towards the mean as they fade.
  private(set) var peak = 0.0
  /// The start of the window that was the highest, and where it was.
  private(set) var highest: Highest?

  /// A window that nothing was wrong with.
  struct Highest: Sendable, Equatable {
    var start: Int64
    /// On the magnitude scale.
    var position: Double
  }

  private static let halfLife = 800.0
  private static let peakFading = 1.0 / 1_200
  /// What is supposed about the spread before there is data, and how many windows that counts as.
  private static let priorSpread = 0.7
  private static let priorCount = 6.0
  private static let spreadMin = 0.3

  init() { moments = ExponentialMoments(halfLife: Self.halfLife) }

  /// Creates what a slot kept of a series.
  init(_ slot: SlotSummary) {
    moments = ExponentialMoments(
      halfLife: Self.halfLife,
      count: slot.count,
      mean: Double(slot.mean),
      variance: Double(slot.variance)
    )
    peak = Double(slot.peak)
  }

  /// What a slot keeps of it.
  func slot(mark: UInt32) -> SlotSummary {
    SlotSummary(
      count: moments.count,
      mean: Float(moments.mean),
      variance: Float(moments.variance),
      peak: Float(peak),
      mark: mark
    )
  }

  /// Learns the sum of a window.
  ///
  /// - Parameters:
  ///   - position: The sum on the magnitude scale.
  ///   - start: The start of the window.
  mutating func learn(_ position: Double, at start: Int64) {
    var held = position
    if moments.count >= 10 { held = min(held, moments.mean + 6 * usual.spread) }
    moments.add(held, floor: Self.spreadMin)
    peak -= Self.peakFading * max(0, peak - moments.mean)
    guard held >= peak else { return }
    peak = held
    highest = Highest(start: start, position: position)
  }

  /// What the next window is measured against.
  var usual: UsualAmount {
    let count = Double(moments.count)
    let prior = Self.priorCount * Self.priorSpread * Self.priorSpread
    let variance = (count * moments.variance + prior) / (count + Self.priorCount)
    // The mean itself is uncertain while the series is young.
    let spread = (variance * (1 + 1 / max(count, 1))).squareRoot()
    return UsualAmount(
      count: moments.count,
      mean: moments.mean,
      spread: max(spread, Self.spreadMin),
      peak: peak,
      highest: highest
    )
  }

  func write(to writer: inout SnapshotWriter) {
    moments.write(to: &writer)
    writer.write(peak)
    writer.write(highest?.start ?? .max)
    writer.write(highest?.position ?? 0)
  }

  init?(from reader: inout SnapshotReader) {
    guard let moments = ExponentialMoments(from: &reader) else { return nil }
    self.moments = moments
    peak = reader.double()
    let highest = Highest(start: reader.int64(), position: reader.double())
    if highest.start < .max { self.highest = highest }
    guard peak.isFinite, highest.position.isFinite else { return nil }
  }
}

/// What is usual at one moment, on the magnitude scale.
struct UsualAmount: Sendable, Equatable {
  /// The windows it was learned from.
  var count: UInt32
  var mean: Double
  var spread: Double
  var peak: Double
  /// The highest window as it was.
  var highest: MetricSeries.Highest?
  /// Whether the entity was silent for most of its first day so far: its busy hours are not known.
  var isQuietFirstDay = false

  /// A window is worth a finding from so many spreads above the mean.
  static let deviationsMin = 3.5
  /// It must also be twice the highest remembered window.
  static let excessMin = 0.693_147_180_559_945_3

  /// Where on the magnitude scale a level is reached: 1 is where findings begin as long as nothing
  /// is calibrated, 0.5 the highest remembered window.
  func bound(_ level: Double) -> Double {
    max(mean + level * Self.deviationsMin * spread, peak + (2 * level - 1) * Self.excessMin)
  }

  /// The highest level that a place reaches.
  func level(of position: Double) -> Double {
    min(
      (position - mean) / (Self.deviationsMin * spread),
      ((position - peak) / Self.excessMin + 1) / 2
    )
  }

  /// The least sum that reaches a level; the greatest number if none does.
  func leastSum(_ metric: ActivityMetric, level: Double, _ limits: ScoreLimits) -> UInt64 {
    guard level.isFinite else { return .max }
    let least = limits.isCalibrated ? metric.leastCounted : metric.leastNotable
    return max(least, metric.sum(at: bound(level)))
  }

  /// Points for a place, calibrated if the limits are.
  ///
  /// - Parameters:
  ///   - position: The place on the magnitude scale.
  ///   - metric: What is measured.
  ///   - limits: What the level of the place is read against.
  /// - Returns: The parts, and what is taken off again to stay within the limits.
  func points(at position: Double, _ metric: ActivityMetric, _ limits: ScoreLimits) -> Points {
    let plain = points(at: position, metric)
    guard let points = limits.points(metric.scoreKind, level(of: position)) else { return plain }
    let shares = [Double(max(0, plain.deviation)), Double(max(0, plain.excess))]
    let parts = WindowOutliers.apportion(points, shares)
    let limit = isQuietFirstDay ? Self.quietScoreMax : Self.scoreMax
    return Points(deviation: parts[0], excess: parts[1], over: max(0, points - limit))
  }

  /// Points for a place at or above the bound, before anything is calibrated.
  ///
  /// One part is for the distance from the mean, one for the excess over the highest remembered
  /// window: a daily rhythm has a wide spread and a high peak, and neither alone tells it from a
  /// burst. Both grow with the amount, so a finding about a window that is still filling only grows.
  ///
  /// - Parameters:
  ///   - position: The place on the magnitude scale.
  ///   - metric: What is measured: sizes have heavy tails, so their records count for less.
  /// - Returns: The parts, and what is taken off again to stay within the limits.
  func points(at position: Double, _ metric: ActivityMetric) -> Points {
    let weight = metric.isSize ? min(12, 6 / spread) : 12
    let deviation = Int(min(1_000, 5 * (position - mean) / spread))
    let excess = Int(min(1_000, weight * (position - peak)))
    let limit = isQuietFirstDay ? Self.quietScoreMax : Self.scoreMax
    return Points(
      deviation: deviation,
      excess: excess,
      over: max(0, deviation + excess - limit)
    )
  }

  /// Behaviour alone is never more than medium.
  static let scoreMax = 64
  /// It is no more than low while the entity's busy hours are not known.
  static let quietScoreMax = 39

  /// The parts of a score.
  struct Points: Sendable, Equatable {
    var deviation: Int
    var excess: Int
    /// What is taken off.
    var over: Int

    var score: Int { deviation + excess - over }
  }
}
