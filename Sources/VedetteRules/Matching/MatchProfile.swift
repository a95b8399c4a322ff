/// What matching cost, counted and timed; only kept where it was asked for.
///
/// Every judging of a new value, every test that is run by itself and every evaluation of conditions
/// is timed by the clock that was given, less what asking the clock costs. What is remembered costs
/// no test, and so is in no figure here.
public struct MatchProfile: Sendable {
  /// The cost of judging the values of one field.
  struct Slot: Sendable {
    /// The values that were judged: each distinct one once, unless it was forgotten.
    var valueCount = 0
    /// The time of all of it, with ``checkNanoseconds``.
    var nanoseconds: UInt64 = 0
    /// For each test that is run by itself how often it was.
    var checkRuns: [UInt32]
    /// For each test that is run by itself the time it took.
    var checkNanoseconds: [UInt64]

    mutating func add(_ other: Slot) {
      valueCount += other.valueCount
      nanoseconds += other.nanoseconds
      for index in checkRuns.indices {
        checkRuns[index] &+= other.checkRuns[index]
        checkNanoseconds[index] += other.checkNanoseconds[index]
      }
    }
  }

  /// By slot of the plan.
  var slots: [Slot] = []
  /// For each variant how often its condition was evaluated.
  var evaluationCounts: [UInt32]
  /// For each variant the number of events that it looks at, by their log source.
  var eventCounts: [Int]
  /// The time that the evaluation of conditions took.
  var evaluationNanoseconds: UInt64 = 0

  init(variantCount: Int) {
    eventCounts = [Int](repeating: 0, count: variantCount)
    evaluationCounts = [UInt32](repeating: 0, count: variantCount)
  }

  /// Adds what another thread's matching cost, by the same plan.
  ///
  /// - Parameter other: The other profile.
  public mutating func add(_ other: MatchProfile) {
    for index in slots.indices { slots[index].add(other.slots[index]) }
    for index in evaluationCounts.indices {
      evaluationCounts[index] &+= other.evaluationCounts[index]
      eventCounts[index] += other.eventCounts[index]
    }
    evaluationNanoseconds += other.evaluationNanoseconds
  }
}

/// A clock with the cost of asking it.
public struct ProfileClock: Sendable {
  private let now: @Sendable () -> UInt64
  private let cost: UInt64

  /// Creates a clock, and measures what asking it costs.
  ///
  /// - Parameter now: Nanoseconds of a clock that never steps.
  public init(_ now: @escaping @Sendable () -> UInt64) {
    self.now = now
    let start = now()
    for _ in 0..<998 { _ = now() }
    cost = (now() &- start) / 999
  }

  /// Nanoseconds since some moment.
  @inline(__always)
  func read() -> UInt64 { now() }

  /// The time since a reading, without that of asking.
  @inline(__always)
  func elapsed(since start: UInt64) -> UInt64 {
    let passed = now() &- start
    return passed > cost ? passed - cost : 0
  }
}
