import Glibc

/// The mean and the variance of a series, with older observations fading.
///
/// While the series is young every observation has the same weight, so the first ones give the
/// plain mean and variance; from then on the weight of an observation halves with every
/// ``halfLife`` that follow it. What lies far out moves the state no more than six standard
/// deviations would: an attack does not teach that attacks are usual.
///
/// ```swift
/// var failures = ExponentialMoments(halfLife: 800)
/// let z = failures.z(of: 212, floor: 0.5)  // score first,
/// failures.add(212, floor: 0.5)            // then learn
/// ```
///
/// Heavy-tailed quantities belong on the ``MagnitudeScale`` first.
public struct ExponentialMoments: Sendable, Equatable {
  /// An observation further out than this is taken to be here, so that its square is finite.
  public static let magnitudeMax = 1e150
  /// Increments are clipped at this many standard deviations.
  static let clipDeviations = 6.0
  /// So many observations are taken as they are.
  static let unclippedCount: UInt32 = 10

  /// The number of observations so far; it stays at its maximum.
  public private(set) var count: UInt32 = 0
  /// The faded mean; 0 before the first observation.
  public private(set) var mean = 0.0
  /// The faded variance; 0 before the second observation.
  public private(set) var variance = 0.0

  private let rate: Double

  /// Creates the moments of an empty series.
  ///
  /// - Parameter halfLife: Observations after which the weight of one has halved; more than 0.
  public init(halfLife: Double) {
    precondition(halfLife > 0, "a half-life of \(halfLife) observations")
    rate = Self.rate(halfLife: halfLife)
  }

  /// Creates the moments of a series of which only these are known.
  ///
  /// - Parameters:
  ///   - halfLife: Observations after which the weight of one has halved; more than 0.
  ///   - count: The number of observations.
  ///   - mean: Their mean; one that is not finite counts as 0.
  ///   - variance: Their variance; one that is none counts as 0.
  public init(halfLife: Double, count: UInt32, mean: Double, variance: Double) {
    self.init(halfLife: halfLife)
    self.count = count
    self.mean = mean.isFinite ? Self.held(mean) : 0
    self.variance = variance >= 0 && variance.isFinite ? variance : 0
  }

  /// The standard deviation; 0 before the second observation.
  public var standardDeviation: Double { variance.squareRoot() }

  /// Measures how far out a value lies, in standard deviations.
  ///
  /// - Parameters:
  ///   - value: The value; one that is not a number lies nowhere and gets 0.
  ///   - floor: The least that counts as a deviation, in the values' unit. A thousandth of the
  ///     mean is added to it, so that a constant series does not divide by zero.
  /// - Returns: The signed distance from the mean; 0 as long as there is no observation.
  public func z(of value: Double, floor: Double) -> Double {
    guard count > 0, !value.isNaN else { return 0 }
    return (Self.held(value) - mean) / (standardDeviation + leastScale(floor))
  }

  /// Learns one observation.
  ///
  /// - Parameters:
  ///   - value: The observation; one that is not a number is left out.
  ///   - floor: The least that counts as a deviation, as for ``z(of:floor:)``.
  /// - Returns: Whether the observation was one.
  @discardableResult
  public mutating func add(_ value: Double, floor: Double) -> Bool {
    guard !value.isNaN else { return false }
    let weight = max(rate, 1 / (Double(count) + 1))
    var increment = Self.held(value) - mean
    if count >= Self.unclippedCount {
      let most = Self.clipDeviations * (standardDeviation + leastScale(floor))
      increment = min(max(increment, -most), most)
    }
    mean += weight * increment
    variance = (1 - weight) * (variance + weight * increment * increment)
    if count < .max { count += 1 }
    return true
  }

  /// Weighs the newest observation so that older ones fade by half.
  ///
  /// - Parameter halfLife: Observations after which the weight of one has halved.
  /// - Returns: The weight, at most 1.
  static func rate(halfLife: Double) -> Double { 1 - exp2(-1 / halfLife) }

  private static func held(_ value: Double) -> Double {
    min(max(value, -magnitudeMax), magnitudeMax)
  }

  private func leastScale(_ floor: Double) -> Double { 1e-9 + floor + 1e-3 * mean.magnitude }
}

extension ExponentialMoments: Snapshotting {
  /// Writes the state.
  ///
  /// - Parameter writer: Where to.
  public func write(to writer: inout SnapshotWriter) {
    writer.write(variable: UInt64(count))
    writer.write(mean)
    writer.write(variance)
    writer.write(rate)
  }

  /// Reads the state, or fails if the bytes are not one.
  ///
  /// - Parameter reader: Where from.
  public init?(from reader: inout SnapshotReader) {
    let count = reader.variable()
    mean = reader.double()
    variance = reader.double()
    rate = reader.double()
    guard !reader.hasFailed, let held = UInt32(exactly: count), mean.isFinite,
      variance.isFinite, variance >= 0, rate > 0, rate <= 1
    else { return nil }
    self.count = held
  }
}
