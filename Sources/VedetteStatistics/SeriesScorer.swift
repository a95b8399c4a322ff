import Glibc
public import VedetteEvent

/// Scores a series of numbers as it comes: each row by the rows before it, never by later ones.
///
/// Four experts look at a value: the level, the short trend, the drift and the hour of the day.
/// Each deviation becomes a surprise, its rank among that expert's own past, so that they can be
/// compared; the most surprised expert speaks loudest (they look at the same value, so summing
/// them as if they were independent would count one surprise four times).
///
/// ```swift
/// var scorer = SeriesScorer()
/// for row in rows { print(scorer.score(row.value, at: row.time)) }
/// ```
public struct SeriesScorer: Sendable, Equatable {
  /// The first rows are learned and get 0.
  public static let learningCount: UInt32 = 100

  private static let weights = [0.4, 0.2, 0.4, 1.0]
  private static let weightSum = weights.reduce(0, +)
  private static let memoryRate = ExponentialMoments.rate(halfLife: 8)

  private var baseline = SeriesBaseline(halfLife: 800)
  private var season = SeasonalProfile()
  private var tails = [TailProbability](
    repeating: TailProbability(halfLife: 4_000),
    count: weights.count
  )
  private var recentSurprise = 0.0

  /// Creates a scorer that has seen nothing.
  public init() {}

  /// The number of values learned.
  public var count: UInt32 { baseline.count }

  /// Scores the next value by those before it, then learns it.
  ///
  /// - Parameters:
  ///   - value: The value; one that is not a number gets 0 and teaches nothing.
  ///   - time: When it was observed, or `nil` if that is not known: then no season is used.
  /// - Returns: 0, as usual, to 1, as unusual as can be: `1 - exp(-surprise / 8)`.
  public mutating func score(_ value: Double, at time: EventTime?) -> Double {
    guard !value.isNaN else { return 0 }
    let deviations = deviations(of: value, at: time)
    var surprise = 0.0
    if count >= Self.learningCount { surprise = combinedSurprise(of: deviations) }
    recentSurprise += Self.memoryRate * (surprise - recentSurprise)
    if count > 0 {
      for index in tails.indices { tails[index].add(deviations[index]) }
    }
    baseline.learn(value)
    if let time { season.learn(value, at: time) }
    return 1 - exp(-(0.8 * surprise + 0.2 * recentSurprise) / 8)
  }

  private func deviations(of value: Double, at time: EventTime?) -> [Double] {
    let deviation = baseline.deviation(of: value)
    let level = deviation.level.magnitude
    let spread = 0.1 * baseline.level.standardDeviation
    // Until an hour is known, the level answers for it, but never loudly.
    let seasonal = time.flatMap { season.deviation(of: value, at: $0, floor: spread) }
    return [
      level, deviation.residual.magnitude, deviation.drift.magnitude,
      seasonal?.magnitude ?? min(level, 1),
    ]
  }

  private func combinedSurprise(of deviations: [Double]) -> Double {
    var loudest = 0.0
    var sum = 0.0
    for index in tails.indices {
      let weighted = Self.weights[index] * tails[index].surprise(of: deviations[index])
      loudest = max(loudest, weighted)
      sum += weighted
    }
    return 0.7 * loudest + 0.3 * sum / Self.weightSum
  }
}

extension SeriesScorer: Snapshotting {
  /// Writes the state.
  ///
  /// - Parameter writer: Where to.
  public func write(to writer: inout SnapshotWriter) {
    baseline.write(to: &writer)
    season.write(to: &writer)
    for tail in tails { tail.write(to: &writer) }
    writer.write(recentSurprise)
  }

  /// Reads the state, or fails if the bytes are not one.
  ///
  /// - Parameter reader: Where from.
  public init?(from reader: inout SnapshotReader) {
    guard let baseline = SeriesBaseline(from: &reader),
      let season = SeasonalProfile(from: &reader)
    else { return nil }
    self.baseline = baseline
    self.season = season
    for index in tails.indices {
      guard let tail = TailProbability(from: &reader) else { return nil }
      tails[index] = tail
    }
    recentSurprise = reader.double()
    guard !reader.hasFailed, recentSurprise.isFinite else { return nil }
  }
}
