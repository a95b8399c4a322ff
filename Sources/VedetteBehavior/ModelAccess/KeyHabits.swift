import Glibc
import VedetteEvent
import VedetteStatistics

/// What is known of how a key is used.
struct KeyHabits: Sendable, Equatable {
  /// A value and when it was first and last seen.
  struct Known: Sendable, Equatable {
    var hash: UInt64
    var first: Int64
    var last: Int64
  }

  /// Mean and spread of something on a log scale.
  struct Level: Sendable, Equatable {
    var count = 0.0
    var mean = 0.0
    var variance = 0.0

    mutating func add(_ value: Double) {
      count = min(count + 1, 400)
      let step = value - mean
      mean += step / count
      variance += (step * (value - mean) - variance) / count
    }

    /// How many spreads a value is above the mean.
    func distance(_ value: Double, leastSpread: Double) -> Double {
      (value - mean) / max(variance.squareRoot(), leastSpread)
    }
  }

  static let valuesMax = 64
  static let hour: Int64 = 3_600_000_000_000
  static let day = 24 * hour
  /// Enough is known of a key after so many calls and a day.
  static let callsMin: UInt64 = 30

  var firstSeen: Int64
  var calls: UInt64 = 0
  var lastDay = Int64.min
  var values: [[Known]] = Array(repeating: [], count: CallAttribute.allCases.count)
  /// How often each attribute has brought something new since enough was known.
  var novelties: [UInt32] = Array(repeating: 0, count: CallAttribute.allCases.count)
  var purposes = Purposes()
  var prompts: UInt64 = 0
  var unknownPrompts: UInt64 = 0
  var answers = Level()
  var hourlyCalls = Level()
  var hourlyCost = Level()
  var hour = Int64.min
  var callsThisHour: Int64 = 0
  var costThisHour: Int64 = 0
  var wasStrange = false
  var guarded: UInt64 = 0
  var unguardedRun: UInt64 = 0
  /// Evidence about calls that are strange, see ``StrangeCalls``.
  var strange = StrangeCalls()

  init(firstSeen: Int64) { self.firstSeen = firstSeen }

  func isKnown(at time: Int64) -> Bool {
    calls >= Self.callsMin && time - firstSeen >= Self.day
  }

  /// What part of the key's prompts are for purposes of their own.
  var unknownShare: Double {
    (Double(unknownPrompts) + 0.5) / (Double(prompts) + 40)
  }

  /// Notes a value.
  ///
  /// - Returns: Whether it is new, or still on probation.
  mutating func note(
    _ attribute: CallAttribute,
    _ hash: UInt64,
    at time: Int64,
    isLearning: Bool
  ) -> (isNew: Bool, isOnProbation: Bool) {
    let index = attribute.rawValue
    if let place = values[index].firstIndex(where: { $0.hash == hash }) {
      values[index][place].last = max(values[index][place].last, time)
      return (false, time - values[index][place].first < Purposes.probation)
    }
    if values[index].count >= Self.valuesMax,
      let stalest = values[index].indices.min(by: {
        values[index][$0].last < values[index][$1].last
      })
    {
      values[index].remove(at: stalest)
    }
    let first = isLearning ? time - Purposes.probation : time
    values[index].append(Known(hash: hash, first: first, last: time))
    return (true, !isLearning)
  }

  /// Ends the hour before that of a time: an ordinary one teaches.
  mutating func enterHour(of time: Int64) {
    let now = time / Self.hour
    guard now > hour else { return }
    if hour > .min, callsThisHour > 0, !wasStrange {
      hourlyCalls.add(log(1 + Double(callsThisHour)))
      if costThisHour > 0 { hourlyCost.add(log(1 + Double(costThisHour))) }
    }
    hour = now
    callsThisHour = 0
    costThisHour = 0
    wasStrange = false
  }
}

/// What the calls of a key that are unlike its owner's have in common.
struct StrangeCalls: Sendable, Equatable {
  static let rhythmMin = 10
  /// How much more the prompts are those of a stranger, in nats.
  var foreignPrompts = 0.0
  var prompts = 0.0
  var answerCount = 0.0
  var answerSum = 0.0
  /// The last distances between strange calls, in seconds.
  var gaps: [Double] = []
  var last = Int64.min
  var count: UInt64 = 0
  var cost: Int64 = 0
  /// The points that were told last, by name, in halves.
  var told: [String: Int] = [:]

  /// Whether an observation says more than the last of its name did.
  mutating func tells(_ name: String, _ points: Double) -> Bool {
    let halves = Int((points * 2).rounded())
    guard told[name, default: 0] != halves else { return false }
    told[name] = halves
    return true
  }

  /// Forgets after half a day without any.
  mutating func begin(at time: Int64) {
    if last > .min, time - last > KeyHabits.day / 2 { self = StrangeCalls() }
  }

  mutating func note(_ call: ModelCall) {
    if last > .min {
      gaps.append(Double(call.time - last) / 1e9)
      if gaps.count > Self.rhythmMin { gaps.removeFirst() }
    }
    last = call.time
    count += 1
    cost += call.cost
  }

  /// The gaps' spread as a part of their mean, once there are enough.
  var gapVariation: Double? {
    guard gaps.count >= Self.rhythmMin else { return nil }
    let mean = gaps.reduce(0, +) / Double(gaps.count)
    guard mean > 1 else { return nil }
    let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)
    return variance.squareRoot() / mean
  }
}
