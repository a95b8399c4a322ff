import VedetteEvent

/// How far a source's clock is from this host's, while its events arrive as they happen.
///
/// Only in a run: a replay has no clock to compare with. An offset counts when it stays the same:
/// what is read late comes nearer and nearer instead.
struct ClockOffset: Sendable {
  private static let second: Int64 = 1_000_000_000
  private static let samplesMax = 32
  private static let samplesMin = 20
  private static let offsetMin = 120 * second
  private static let spreadMax = 30 * second
  /// Arrivals are taken this far apart at least, so that the samples span some minutes.
  private static let pauseMin = 30 * second

  private var samples: [Int64] = []
  private var taken = Int64.min

  /// Takes an arrival and returns the offset in nanoseconds if it is steady and large.
  ///
  /// - Parameters:
  ///   - time: The newest event time that arrived.
  ///   - now: This host's time.
  /// - Returns: The offset, ahead of this host if it is positive; `nil` if there is nothing to say.
  mutating func note(_ time: Int64, at now: Int64) -> Int64? {
    guard taken == .min || now - taken >= Self.pauseMin else { return nil }
    taken = now
    samples.append(time.subtractingHeld(now))
    if samples.count > Self.samplesMax { samples.removeFirst() }
    let sorted = samples.sorted()
    guard sorted.count >= Self.samplesMin, let least = sorted.first, let most = sorted.last,
      most - least <= Self.spreadMax, least >= Self.offsetMin || most <= -Self.offsetMin
    else { return nil }
    return sorted[sorted.count / 2]
  }
}
