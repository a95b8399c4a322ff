import Glibc

/// How often a series goes from one level to another with its next value.
///
/// A value can be usual and still be out of place after the one before it: a queue that is full a
/// minute after it was empty. Twelve levels, and fading counts of the steps between them.
struct TransitionProfile: Sendable, Equatable {
  /// The number of levels.
  static let levelCount = 12
  /// What is left of the counts from a level after a step from there.
  private static let keep = Float(1 - 0.05 * (1 - exp2(-1.0 / 64)))

  private var counts = [Float](repeating: 0, count: levelCount * levelCount)
  private var last = -1

  init() {}

  /// Measures how unusual a step to a value is.
  ///
  /// - Parameter deviation: How far the value lies from the level of the series, in deviations.
  /// - Returns: Minus the logarithm of the step's share of the steps from where the series is.
  func surprise(of deviation: Double) -> Double {
    guard last >= 0 else { return 0 }
    let row = counts[last * Self.levelCount..<(last + 1) * Self.levelCount]
    let count = row[row.startIndex + Self.level(of: deviation)]
    return max(0, -log((Double(count) + 0.05) / (Double(row.reduce(0, +)) + 0.6)))
  }

  /// Learns the step to a value.
  ///
  /// - Parameter deviation: How far the value lies from the level of the series, in deviations.
  mutating func learn(_ deviation: Double) {
    let next = Self.level(of: deviation)
    if last >= 0 {
      let row = last * Self.levelCount
      for place in row..<row + Self.levelCount { counts[place] *= Self.keep }
      counts[row + next] += 1
    }
    last = next
  }

  /// The level of a deviation: six to each side, wider the further out.
  private static func level(of deviation: Double) -> Int {
    let size = 2.5 * log1p(min(deviation.magnitude, 1e6))
    let level = deviation < 0 ? 6 - size : 6 + size
    return min(max(Int(level.rounded(.down)), 0), levelCount - 1)
  }
}

extension TransitionProfile: Snapshotting {
  func write(to writer: inout SnapshotWriter) {
    writer.write(count: last + 1)
    for count in counts { writer.write(count) }
  }

  init?(from reader: inout SnapshotReader) {
    let last = reader.variable()
    guard !reader.hasFailed, last <= UInt64(Self.levelCount),
      reader.remaining >= 4 * counts.count
    else { return nil }
    self.last = Int(last) - 1
    for place in counts.indices { counts[place] = reader.float() }
    guard counts.allSatisfy({ $0 >= 0 && $0.isFinite }) else { return nil }
  }
}
