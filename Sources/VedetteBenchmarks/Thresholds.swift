import FoundationEssentials

/// The least ratios between stages of one run.
///
/// A ratio holds on any machine where a figure in seconds does not; the thresholds are a fraction
/// of what is usual, so that only a mistake that costs much is reported, not noise.
struct Thresholds: Codable, Equatable {
  /// One stage may not be slower than a part of another.
  struct Ratio: Codable, Equatable {
    var input: String
    var stage: String
    /// The stage it is compared with, on the same log.
    var base: String
    /// The least rate of bytes, in parts of the base's.
    var ratioMin: Double
  }

  var ratios: [Ratio]

  /// Reads the thresholds that this program was built with.
  static func shipped() throws(BenchmarkError) -> Thresholds {
    try decode(PackageResources.Thresholds_json)
  }

  /// Reads thresholds.
  ///
  /// - Parameter bytes: JSON.
  /// - Returns: The thresholds.
  /// - Throws: ``BenchmarkError`` if they are not of that form.
  static func decode(_ bytes: [UInt8]) throws(BenchmarkError) -> Thresholds {
    do {
      return try JSONDecoder().decode(Thresholds.self, from: Data(bytes))
    } catch {
      throw .failed("Thresholds.json: \(error)")
    }
  }

  /// Compares the measurements with the thresholds.
  ///
  /// - Parameter measurements: What was measured; a ratio whose stages are not there is left out.
  /// - Returns: A line for each ratio that is too small, in the order of the thresholds.
  func misses(in measurements: [Measurement]) -> [String] {
    ratios.compactMap { ratio in
      guard let stage = rate(ratio.stage, ratio.input, in: measurements),
        let base = rate(ratio.base, ratio.input, in: measurements), base > 0
      else { return nil }
      let actual = stage / base
      guard actual < ratio.ratioMin else { return nil }
      let figures = [actual, ratio.ratioMin].map { ResultTable.fixed($0, digits: 4) }
      return "\(ratio.input): '\(ratio.stage)' has \(figures[0]) of the rate of '\(ratio.base)', "
        + "less than \(figures[1])"
    }
  }

  private func rate(_ stage: String, _ input: String, in measurements: [Measurement]) -> Double? {
    measurements.first { $0.stage == stage && $0.input.rawValue == input }?.megabytesPerSecond
  }
}
