import Glibc

// Counting how often a value is seen per tick, without visiting at the end of a tick what was not
// seen in it.
//
// The plain way is MIDAS's: at each tick's end every cell adds its count to its total and fades.
// With a cell for each of thousands of values that is more work than the events. Here a cell knows
// the tick it is at and catches up when it is touched next: sums of geometric series say what the
// ticks in between would have added.

/// What is known of one value, or of the few that share its cell.
struct AspectCell: Sendable, Equatable {
  /// The fading count of the current tick.
  var current: Float = 0
  /// The fading sum of the counts of the ticks before.
  var total: Float = 0
  /// The tick that `current` is of.
  var tick: UInt32 = 0
  /// Whether the value was so frequent at its last event that its tick must not teach.
  var isHeld: Bool = false
}

/// What all cells share.
struct AspectClock: Sendable, Equatable {
  /// What is left of a tick's count in the next.
  static let carry: Float = 0.9
  /// What is left of a total after a tick: half after 20,000 ticks, two weeks of minutes.
  static let memory: Float = 0.999_965_343
  /// What counts vary by beyond Poisson, as a part of the squared mean.
  static let dispersion: Float = 0.1
  /// Above this surprise, taken without dispersion, a tick does not teach.
  static let heldFrom: Float = 1e5

  /// The current tick.
  var tick: UInt32 = 0
  /// The fading number of ticks before it.
  var ticks: Float = 0

  /// Goes on by some ticks.
  mutating func advance(_ count: UInt32) {
    let kept = powf(Self.memory, Float(count))
    ticks = ticks * kept + (1 - kept) / (1 - Self.memory)
    tick &+= count
  }

  /// What ``ticks`` was before the last few ticks.
  func ticks(before count: UInt32) -> Float {
    let kept = powf(Self.memory, Float(count))
    return (ticks - (1 - kept) / (1 - Self.memory)) / kept
  }
}

/// Brings a cell to the current tick.
///
/// - Parameters:
///   - cell: The cell.
///   - clock: The current tick.
@inline(__always)
func catchUp(_ cell: inout AspectCell, _ clock: AspectClock) {
  let passed = clock.tick &- cell.tick
  guard passed > 0 else { return }
  let carry = AspectClock.carry
  let memory = AspectClock.memory
  let idle = Float(passed &- 1)
  let left = passed == 1 ? 1 : powf(carry, idle)
  if cell.isHeld {
    // As if each of these ticks had been like the mean of those before.
    let before = clock.ticks(before: passed)
    if before >= 1 { cell.total *= clock.ticks / before }
  } else {
    let kept = passed == 1 ? 1 : powf(memory, idle)
    cell.total = (cell.total * memory + cell.current) * kept
    cell.total += cell.current * carry * (kept - left) / (memory - carry)
  }
  cell.current *= carry * left
  cell.tick = clock.tick
}

/// Measures how much more frequent a value is in this tick than in those before.
///
/// The chi-squared distance of two counts (Bhatia et al., "MIDAS", AAAI 2020), 0 for a value that is
/// rarer than before. Counts of events come in clumps, so unlike those of Poisson their spread does
/// not vanish beside a large mean: without the dispersion, what happens a thousand times a minute
/// is a surprise whenever it happens eleven hundred times.
///
/// - Parameters:
///   - current: Its count in this tick.
///   - total: Its count in the ticks before.
///   - ticks: How many those are.
///   - dispersion: The variance of a count beyond the Poisson one, in parts of the squared mean.
/// - Returns: The distance.
@inline(__always)
func burstSurprise(current: Float, total: Float, ticks: Float, dispersion: Float) -> Float {
  let excess = current * ticks - total
  guard excess > 0, ticks >= 1 else { return 0 }
  return excess / ((total + current) * ticks + dispersion * total * total) * excess
}
