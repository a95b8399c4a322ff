import VedetteRules

/// Collects what matching costs from the threads of a run.
final class ProfileSink: Sendable {
  let clock: ProfileClock
  private let profiles = Monitor<[Int: MatchProfile]>([:])

  init(_ clock: ProfileClock) { self.clock = clock }

  /// Gives a thread its number.
  func enter(_ detector: RuleDetector) -> Int {
    let empty = detector.profile
    return profiles.withLock { profiles in
      profiles[profiles.count] = empty
      return profiles.count - 1
    }
  }

  /// Takes a thread's newest figures.
  func take(_ profile: MatchProfile, of number: Int) {
    profiles.withLock { $0[number] = profile }
  }

  /// The figures of all threads together, or `nil` if there was none.
  var total: MatchProfile? {
    let all = profiles.withLock { $0 }.sorted { $0.key < $1.key }.map(\.value)
    guard var total = all.first else { return nil }
    for profile in all.dropFirst() { total.add(profile) }
    return total
  }
}
