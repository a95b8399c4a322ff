import VedetteEvent
import VedetteStatistics

/// What is counted about an entity in each window.
enum ActivityMetric: Int, CaseIterable, Sendable {
  case events
  case failures
  case bytes
  case tokens
  /// In billionths of a US dollar: whole numbers add up to the same sum in any order.
  case cost

  /// The feature's name in an explanation.
  var name: String {
    switch self {
    case .events: "events"
    case .failures: "failures"
    case .bytes: "bytes"
    case .tokens: "tokens"
    case .cost: "cost_usd"
    }
  }

  /// What there is unusually much of, for a title.
  var noun: String {
    switch self {
    case .events: "activity"
    case .failures: "failures"
    case .bytes: "data volume"
    case .tokens: "token use"
    case .cost: "spending"
    }
  }

  /// Less than this is never a finding: a tenfold of nearly nothing is nearly nothing.
  var leastNotable: UInt64 {
    switch self {
    case .events: 20
    case .failures: 10
    case .bytes: 1 << 20
    case .tokens: 10_000
    case .cost: 100_000_000
    }
  }

  /// The same once it is known how often such sums come by chance: a quarter.
  var leastCounted: UInt64 { leastNotable / 4 }

  /// Whether it is a size of events and not a number of them.
  var isSize: Bool {
    switch self {
    case .events, .failures: false
    case .bytes, .tokens, .cost: true
    }
  }

  /// The scores that its own are compared with.
  var scoreKind: ScoreKind { isSize ? .sizes : .counts }

  /// Whether a window without any of it teaches that there is usually none.
  ///
  /// Every event can be a failure, but most events have no bytes, tokens or cost to report.
  var learnsZero: Bool { self == .failures }

  /// Puts a sum on the magnitude scale; a millionth of a dollar counts as one.
  func position(of sum: UInt64) -> Double {
    MagnitudeScale.position(of: Double(sum) / ticks)
  }

  /// The sum in the unit that people read.
  func amount(of sum: UInt64) -> Double { amount(Double(sum) / ticks) }

  /// The amount at a place of the magnitude scale, in the unit that people read.
  func amount(at position: Double) -> Double { amount(MagnitudeScale.value(at: position)) }

  /// A distance on the magnitude scale in the unit that people read.
  func amount(ofSpread spread: Double, around position: Double) -> Double {
    amount(MagnitudeScale.spread(spread, around: position))
  }

  /// The least sum at or above a place of the magnitude scale.
  func sum(at position: Double) -> UInt64 {
    let sum = (MagnitudeScale.value(at: position) * ticks).rounded(.up)
    return sum < 0x1p63 ? UInt64(max(sum, 0)) : .max
  }

  /// An amount with its unit, for a sentence.
  func words(_ amount: Double) -> String {
    switch self {
    case .cost: "\((amount * 100).rounded() / 100) USD"
    case .events, .failures, .tokens, .bytes: "\(wholeNumber(amount)) \(name)"
    }
  }

  /// An amount without its unit, for a fact.
  func figure(_ amount: Double) -> String {
    self == .cost ? String((amount * 10_000).rounded() / 10_000) : wholeNumber(amount)
  }

  private var ticks: Double { self == .cost ? 1_000 : 1 }

  private func amount(_ scaled: Double) -> Double { self == .cost ? scaled / 1e6 : scaled }
}

/// A number without its fraction, for a sentence.
func wholeNumber(_ number: Double) -> String {
  let rounded = number.rounded()
  return rounded.magnitude < 1e15 ? String(Int64(rounded)) : String(rounded)
}

/// The sums of one window, or what one event adds to them.
struct MetricSums: Sendable, Equatable {
  private var sums = SIMD8<UInt64>(repeating: 0)

  subscript(metric: ActivityMetric) -> UInt64 {
    get { sums[metric.rawValue] }
    set { sums[metric.rawValue] = newValue }
  }

  /// Adds and holds at the maximum, so that the order of adding changes nothing.
  mutating func add(_ other: MetricSums) {
    let total = sums &+ other.sums
    sums = total.replacing(
      with: SIMD8(repeating: .max),
      where: total .< sums
    )
  }
}

/// How long the windows are that activity is counted in.
enum WindowWidth: Int, CaseIterable, Sendable {
  case short
  case long

  var nanoseconds: Int64 {
    switch self {
    case .short: 600_000_000_000
    case .long: 3_600_000_000_000
    }
  }

  /// The parts that a window's sums are kept for, to tell when a bound was passed.
  var slotCount: Int {
    switch self {
    case .short: 10
    case .long: 12
    }
  }

  /// The length in words, for a sentence.
  var words: String {
    switch self {
    case .short: "10 minutes"
    case .long: "1 hour"
    }
  }

  /// The window that holds a time.
  func start(of time: Int64) -> Int64 {
    EventTime(nanosecondsSinceEpoch: time).floor(toMultipleOf: nanoseconds).nanosecondsSinceEpoch
  }

  /// The first window that starts at or after a time.
  func start(notBefore time: Int64) -> Int64 {
    let start = start(of: time)
    return start == time ? start : start.addingHeld(nanoseconds)
  }
}
