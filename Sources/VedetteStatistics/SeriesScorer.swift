import Glibc
public import VedetteEvent

/// Scores a series of numbers as it comes: each row by the rows before it, never by later ones.
///
/// Eight experts look at a value: its level, the short trend, the drift, the hour of the day, the
/// spread, the step from the value before, the shape of the last few values, and what followed
/// when it was like this before. Each deviation becomes a surprise, its rank among that expert's own
/// past, so that they can be compared; the most surprised speaks loudest (they look at the same
/// value, so summing them as if they were independent would count one surprise eight times). From
/// that the budget is taken: the longer the series, the more is wanted. After an alarm only a
/// greater one is told for a while.
///
/// ```swift
/// var scorer = SeriesScorer()
/// for row in rows { print(scorer.score(row.value, at: row.time)) }
/// ```
///
/// Rows with equal, missing or backward times are scored as they come: only the hour is read from
/// a time.
public struct SeriesScorer: Sendable, Equatable {
  /// The first rows are learned and get 0.
  public static let learningCount: UInt32 = 100
  /// From this score on a row is worth looking at.
  public static let alarmScore = 0.5

  private static let memoryRate = ExponentialMoments.rate(halfLife: 8)

  private let settings: SeriesSettings
  private var baseline = SeriesBaseline(halfLife: 800)
  private var season = SeasonalProfile()
  private var spread = SpreadProfile()
  private var transitions = TransitionProfile()
  private var shape = ShapeMemory()
  private var tails = [TailProbability](
    repeating: TailProbability(halfLife: 4_000),
    count: SeriesSettings.expertCount
  )
  private var recentSurprise = 0.0
  /// The surprise that was told last, and how many rows ago.
  private var told = 0.0
  private var restedCount = 0

  /// Creates a scorer that has seen nothing.
  public init() { self.init(settings: .standard) }

  /// Creates a scorer that has seen nothing.
  ///
  /// - Parameter settings: Whom to believe, and how much.
  package init(settings: SeriesSettings) { self.settings = settings }

  /// The number of values learned.
  public var count: UInt32 { baseline.count }

  /// Returns where the next value is expected, or `nil` before anything is known.
  ///
  /// Three deviations to each side of what is usual at this hour, or of the level where the hour is
  /// not known or says less.
  ///
  /// - Parameter time: When the next value is observed.
  /// - Returns: The least and the greatest value that would be usual.
  public func expected(at time: EventTime?) -> ClosedRange<Double>? {
    guard count >= Self.learningCount else { return nil }
    var moments = baseline.level
    if let hour = time.flatMap({ season.moments(at: $0) }),
      hour.standardDeviation < moments.standardDeviation
    {
      moments = hour
    }
    let margin = 3 * moments.standardDeviation + 1e-9 + 1e-3 * moments.mean.magnitude
    return MagnitudeScale.value(
      at: moments.mean - margin
    )...MagnitudeScale.value(
      at: moments.mean + margin
    )
  }

  /// Scores the next value by those before it, then learns it.
  ///
  /// - Parameters:
  ///   - value: The value; one that is not a number gets 0 and teaches nothing.
  ///   - time: When it was observed, or `nil` if that is not known: then no season is used.
  /// - Returns: 0, as usual, to 1, as unusual as can be; ``alarmScore`` is where to look.
  public mutating func score(_ value: Double, at time: EventTime?) -> Double {
    guard !value.isNaN else { return 0 }
    let deviations = learnedDeviations(of: value, at: time)
    var surprise = 0.0
    if count >= Self.learningCount { surprise = combinedSurprise(of: deviations) }
    recentSurprise += Self.memoryRate * (surprise - recentSurprise)
    if count > 0 {
      for index in tails.indices where !deviations[index].isNaN {
        tails[index].add(deviations[index])
      }
    }
    baseline.learn(value)
    if let time { season.learn(value, at: time) }
    return rested(0.8 * surprise + 0.2 * recentSurprise)
  }

  /// Measures a value with every expert, and lets those learn it that measure as they learn.
  ///
  /// An expert that can't say anything yet says that it is not a number.
  private mutating func learnedDeviations(of value: Double, at time: EventTime?) -> SIMD8<Double> {
    let position = MagnitudeScale.position(of: value)
    let deviation = baseline.deviation(of: value)
    let level = deviation.level.magnitude
    let spreadOfAll = baseline.level.standardDeviation
    let floor = 1e-9 + 1e-3 * baseline.level.mean.magnitude
    // Until an hour is known, the level answers for it, but never loudly.
    let seasonal = time.flatMap { season.deviation(of: value, at: $0, floor: 0.1 * spreadOfAll) }
    let scale = baseline.residualScale
    let isKnown = shape.isKnown
    let analog = shape.forecast.map { (position - Double($0)).magnitude } ?? 0
    let distance = shape.learn(Float(position))
    let trembling = spread.learn(
      residual: baseline.residual(of: position),
      scale: scale,
      limit: 6 * (1.25 * scale + floor)
    )
    let step = transitions.surprise(of: deviation.level)
    if count > 0 { transitions.learn(deviation.level) }
    return SIMD8(
      level,
      deviation.residual.magnitude,
      deviation.drift.magnitude,
      seasonal?.magnitude ?? min(level, 1),
      trembling,
      step,
      isKnown ? distance / (0.02 * spreadOfAll + floor) : .nan,
      isKnown ? analog / (0.02 * spreadOfAll + 1.25 * scale + floor) : .nan
    )
  }

  private func combinedSurprise(of deviations: SIMD8<Double>) -> Double {
    let budget = settings.budget * log1p(Double(count) / 1_000)
    var loudest = 0.0
    var sum = 0.0
    for index in tails.indices where tails[index].count >= Double(Self.learningCount) / 2 {
      guard !deviations[index].isNaN else { continue }
      let surprise = max(0, tails[index].surprise(of: deviations[index]) - budget)
      let weighted = settings.weights[index] * surprise
      loudest = max(loudest, weighted)
      sum += weighted
    }
    return settings.loudness * loudest
      + (1 - settings.loudness) * sum / settings.weights.sum()
  }

  /// Silences what is not more than the last alarm, until that is long ago.
  private mutating func rested(_ surprise: Double) -> Double {
    restedCount += 1
    guard surprise > told || restedCount > settings.restCount else { return 0 }
    told = surprise
    restedCount = 0
    return 1 - exp2(-surprise / SeriesSettings.alarmSurprise)
  }
}

extension SeriesScorer: Snapshotting {
  /// Writes the state; the settings are not part of it.
  ///
  /// - Parameter writer: Where to.
  public func write(to writer: inout SnapshotWriter) {
    baseline.write(to: &writer)
    season.write(to: &writer)
    spread.write(to: &writer)
    transitions.write(to: &writer)
    shape.write(to: &writer)
    for tail in tails { tail.write(to: &writer) }
    writer.write(recentSurprise)
    writer.write(told)
    writer.write(count: restedCount)
  }

  /// Reads the state, or fails if the bytes are not one.
  ///
  /// - Parameter reader: Where from.
  public init?(from reader: inout SnapshotReader) {
    self.init()
    guard let baseline = SeriesBaseline(from: &reader),
      let season = SeasonalProfile(from: &reader), let spread = SpreadProfile(from: &reader),
      let transitions = TransitionProfile(from: &reader), let shape = ShapeMemory(from: &reader)
    else { return nil }
    self.baseline = baseline
    self.season = season
    self.spread = spread
    self.transitions = transitions
    self.shape = shape
    for index in tails.indices {
      guard let tail = TailProbability(from: &reader) else { return nil }
      tails[index] = tail
    }
    recentSurprise = reader.double()
    told = reader.double()
    let rested = reader.variable()
    guard !reader.hasFailed, recentSurprise.isFinite, told >= 0, told.isFinite,
      rested <= UInt64(Int32.max)
    else { return nil }
    restedCount = Int(rested)
  }
}
