import Glibc

/// How much a series trembles now, beside how much it usually does.
///
/// A sensor that is stuck and a machine that hunts have usual values; what is unusual is that they
/// don't move, or move too much.
struct SpreadProfile: Sendable, Equatable {
  private static let fast = ExponentialMoments.rate(halfLife: 8)
  /// The square of a mean absolute deviation is this part of a normal variance.
  private static let normalRatio = 1.57
  private static let leastSpread = 0.05
  private static let knownFrom: UInt32 = 20

  private var variance = 0.0
  private var usual = ExponentialMoments(halfLife: 500)

  init() {}

  /// Measures how unusual the spread is and learns it.
  ///
  /// - Parameters:
  ///   - residual: How far the value lies from what a short trend expected.
  ///   - scale: The usual size of such residuals.
  ///   - limit: What of a residual counts at most.
  /// - Returns: The distance from the usual logarithm of the ratio, in deviations.
  mutating func learn(residual: Double, scale: Double, limit: Double) -> Double {
    let square = residual * residual
    let ratio = log(
      max(1e-12, variance + Self.fast * (square - variance))
        / (Self.normalRatio * scale * scale + 1e-12)
    )
    let deviation = usual.count > Self.knownFrom ? usual.z(of: ratio, floor: Self.leastSpread) : 0
    usual.add(ratio, floor: Self.leastSpread)
    let held = min(residual.magnitude, limit)
    variance += Self.fast * (held * held - variance)
    return deviation.magnitude
  }
}

extension SpreadProfile: Snapshotting {
  func write(to writer: inout SnapshotWriter) {
    writer.write(variance)
    usual.write(to: &writer)
  }

  init?(from reader: inout SnapshotReader) {
    variance = reader.double()
    guard variance >= 0, variance.isFinite, let usual = ExponentialMoments(from: &reader) else {
      return nil
    }
    self.usual = usual
  }
}
