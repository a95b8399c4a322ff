import Glibc

/// How surprising a deviation is among those of the past: the logarithm of its rank.
///
/// Deviations of different experts and series have different distributions, so equal numbers do
/// not mean the same. This remembers a distribution as a fading histogram with bins that widen by an
/// eighth of an *e*-fold, and answers with minus the logarithm of the share of the past at or above
/// a deviation. Beyond everything remembered it goes on as a power law would.
public struct TailProbability: Sendable, Equatable {
  /// The number of bins; the last holds everything beyond it.
  static let binCount = 96
  private static let binsPerFold = 8.0
  /// What the power law adds for each bin beyond the last one in use.
  private static let surprisePerEmptyBin = 2.0 / 8
  /// A bin that has faded below this share of one observation is forgotten.
  private static let leastWeight: Float = 1e-3
  /// When one observation weighs this much, all weights are scaled back.
  private static let unitMax: Float = 65_536

  private var bins = [Float](repeating: 0, count: binCount)
  private var unit: Float = 1
  private let growth: Float

  /// Creates the memory of an empty past.
  ///
  /// - Parameter halfLife: Observations after which the weight of one has halved; more than 0.
  public init(halfLife: Double) {
    precondition(halfLife > 0, "a half-life of \(halfLife) observations")
    growth = Float(exp2(1 / halfLife))
  }

  /// The faded number of deviations learned.
  var count: Double { Double(bins.reduce(0, +) / unit) }

  /// Measures the surprise of a deviation.
  ///
  /// - Parameter deviation: Its size; what is not a number counts as 0.
  /// - Returns: Minus the natural logarithm of the share of the past at or above it; at least 0.
  public func surprise(of deviation: Double) -> Double {
    let bin = Self.bin(of: deviation)
    var above: Float = 0
    for index in bin + 1..<Self.binCount { above += bins[index] }
    var total = above
    for index in 0...bin { total += bins[index] }
    let rank = Double((above + bins[bin] / 2) / unit) + 0.5
    let surprise = -log(rank / (Double(total / unit) + 1))
    return max(0, surprise + Self.surprisePerEmptyBin * Double(emptyBins(upTo: bin)))
  }

  /// Learns a deviation.
  ///
  /// - Parameter deviation: Its size; what is not a number counts as 0.
  public mutating func add(_ deviation: Double) {
    // Letting the newest weigh more is the same as letting all others fade, and touches one bin.
    unit *= growth
    bins[Self.bin(of: deviation)] += unit
    guard unit > Self.unitMax else { return }
    for index in bins.indices { bins[index] /= unit }
    unit = 1
  }

  private func emptyBins(upTo bin: Int) -> Int {
    var highest = Self.binCount - 1
    while highest >= 0, bins[highest] < Self.leastWeight * unit { highest -= 1 }
    return highest < 0 ? 0 : max(0, bin - highest)
  }

  private static func bin(of deviation: Double) -> Int {
    let size = deviation.magnitude
    guard size > 0 else { return 0 }
    let place = binsPerFold * log1p(50 * min(size, 1e300))
    return place < Double(binCount) ? Int(place) : binCount - 1
  }
}

extension TailProbability: Snapshotting {
  /// Writes the state.
  ///
  /// - Parameter writer: Where to.
  public func write(to writer: inout SnapshotWriter) {
    writer.write(growth)
    writer.write(unit)
    for weight in bins { writer.write(weight) }
  }

  /// Reads the state, or fails if the bytes are not one.
  ///
  /// - Parameter reader: Where from.
  public init?(from reader: inout SnapshotReader) {
    growth = reader.float()
    unit = reader.float()
    for index in bins.indices { bins[index] = reader.float() }
    guard !reader.hasFailed, growth > 1 || growth == 1, growth <= 2, unit >= 1,
      unit <= 2 * Self.unitMax, bins.allSatisfy({ $0 >= 0 && $0.isFinite })
    else { return nil }
  }
}
