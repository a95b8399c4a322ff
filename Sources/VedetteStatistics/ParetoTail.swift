import Glibc

/// How often large values come: the tail beyond a threshold as a generalised Pareto distribution.
///
/// What lies beyond a high threshold follows this distribution whatever the values themselves
/// follow (Pickands 1975; Siffer et al., "Anomaly Detection in Streams with Extreme Value Theory",
/// KDD 2017, uses it to set limits). Shape and scale come from probability-weighted moments
/// (Hosking and Wallis 1987), which need no search and are steady with a few dozen values.
///
/// ```swift
/// let tail = ParetoTail(values: largest, days: 12)
/// let limit = tail?.value(atRate: 5)  // passed five times a day
/// ```
public struct ParetoTail: Sendable, Equatable {
  /// Fewer values have no shape: their tail is taken to be exponential.
  public static let shapedCountMin = 20
  /// The shape is held in this range: beyond it the mean of the tail would not exist.
  public static let shapeRange = -0.5...0.8

  /// Where the tail begins.
  public let threshold: Double
  /// How many values a day lie at or beyond the threshold.
  public let rate: Double
  /// How heavy the tail is: below 0 it ends, at 0 it is exponential, above 0 a power law.
  public let shape: Double
  /// How wide the tail is, in the values' unit; more than 0.
  public let scale: Double

  /// Fits a tail.
  ///
  /// - Parameters:
  ///   - values: All values at or beyond the threshold, in any order; the least of them is the
  ///     threshold. Values that are not finite are left out.
  ///   - days: The time in which they came, more than 0.
  /// - Complexity: O(*n* log *n*).
  public init?(values: [Double], days: Double) {
    let sorted = values.filter(\.isFinite).map { min(max($0, -1e150), 1e150) }.sorted()
    guard let least = sorted.first, days > 0 else { return nil }
    threshold = least
    rate = Double(sorted.count) / days
    let count = Double(sorted.count)
    var mean = 0.0
    var weighted = 0.0
    for (index, value) in sorted.enumerated() {
      mean += (value - least) / count
      weighted += (1 - (Double(index) + 0.65) / count) * (value - least) / count
    }
    guard mean > 1e-12 else {
      (shape, scale) = (0, 1e-12)
      return
    }
    let difference = mean - 2 * weighted
    guard sorted.count >= Self.shapedCountMin, difference > 1e-12 * mean else {
      (shape, scale) = (0, mean)
      return
    }
    let fitted = 2 - mean / difference
    let held = min(max(fitted, Self.shapeRange.lowerBound), Self.shapeRange.upperBound)
    shape = held
    // The mean excess of the distribution is scale / (1 - shape): kept when the shape is held.
    scale = max(mean * (1 - held), 1e-12)
  }

  /// Tells how many values a day lie at or beyond a value.
  ///
  /// - Parameter value: A value; below the threshold the rate of the threshold is given.
  /// - Returns: The rate, 0 or more.
  public func rate(above value: Double) -> Double {
    guard value > threshold else { return rate }
    let excess = (value - threshold) / scale
    if shape.magnitude < 1e-6 { return rate * exp(-excess) }
    let base = 1 + shape * excess
    return base > 0 ? rate * pow(base, -1 / shape) : 0
  }

  /// Tells the value that is passed so many times a day.
  ///
  /// - Parameter wanted: The rate, more than 0.
  /// - Returns: The value; the threshold if even that is passed less often.
  public func value(atRate wanted: Double) -> Double {
    guard wanted > 0, wanted < rate else { return wanted > 0 ? threshold : .infinity }
    let ratio = rate / wanted
    if shape.magnitude < 1e-6 { return threshold + scale * log(ratio) }
    return threshold + scale / shape * (pow(ratio, shape) - 1)
  }
}

extension ParetoTail: Snapshotting {
  /// Writes the state.
  ///
  /// - Parameter writer: Where to.
  public func write(to writer: inout SnapshotWriter) {
    for number in [threshold, rate, shape, scale] { writer.write(number) }
  }

  /// Reads the state, or fails if the bytes are not one.
  ///
  /// - Parameter reader: Where from.
  public init?(from reader: inout SnapshotReader) {
    threshold = reader.double()
    rate = reader.double()
    shape = reader.double()
    scale = reader.double()
    guard !reader.hasFailed, threshold.isFinite, rate.isFinite, rate > 0,
      Self.shapeRange.contains(shape), scale > 0, scale.isFinite
    else { return nil }
  }
}
