import Glibc
public import VedetteEvent

/// Scores events with categories as they come, by how suddenly there are more of their like.
///
/// Values with many possible forms (users, addresses, models) have no distances, so trees and
/// z-scores say nothing about them; but how often each is seen per minute can be compared with how
/// often it was before. This is done for every column of an event, for every pair of its
/// categories and for the event as a whole. The method is that of MIDAS (Bhatia et al., AAAI 2020)
/// and MStream (WWW 2021), filtered: what comes far too often does not become usual by going on.
///
/// ```swift
/// var scorer = EventScorer(categoryCount: 2, numberCount: 1)
/// let score = scorer.score([user.hash, address.hash], [bytes], at: event.time)
/// ```
///
/// A tick is a minute of event time. An event that is up to an hour older than the newest counts in
/// the current tick.
public struct EventScorer: Sendable, Equatable {
  /// The most pairs of categories that are watched; further ones are left out.
  public static let pairCountMax = 45
  private static let tickNanoseconds: Int64 = 60_000_000_000
  /// An event this many ticks back is late; one further back means that the clock was set.
  private static let lateTicksMax: Int64 = 60
  /// A gap counts as so many ticks at most.
  private static let gapTicksMax: Int64 = 20_160

  /// The number of categories of an event.
  public let categoryCount: Int
  /// The number of numeric values of an event.
  public let numberCount: Int
  /// How many events came before the newest tick.
  public private(set) var lateCount = 0
  /// How often time went back by more than an hour.
  public private(set) var resetCount = 0

  private let pairs: [Pair]
  private var sketches: [AspectSketch]
  private var clock = AspectClock()
  /// The newest tick as events tell it, or `nil` before the first.
  private var newest: Int64?

  private struct Pair: Sendable, Equatable {
    var first: Int
    var second: Int
  }

  /// Creates a scorer that has seen nothing.
  ///
  /// - Parameters:
  ///   - categoryCount: The number of categories of an event.
  ///   - numberCount: The number of numeric values of an event; at least one of the two is not 0.
  public init(categoryCount: Int, numberCount: Int) {
    precondition(categoryCount >= 0 && numberCount >= 0 && categoryCount + numberCount > 0)
    self.categoryCount = categoryCount
    self.numberCount = numberCount
    pairs = Self.pairs(of: categoryCount)
    let single = categoryCount + numberCount
    // Where one column or one pair is all there is, the whole event is no further aspect.
    let hasWhole = single > 2 || (single == 2 && pairs.isEmpty)
    sketches = [AspectSketch](
      repeating: AspectSketch(),
      count: single + pairs.count + (hasWhole ? 1 : 0)
    )
  }

  /// The number of aspects that are watched.
  public var aspectCount: Int { sketches.count }

  /// How many pairs of categories are not watched because there are too many.
  public var unwatchedPairCount: Int { categoryCount * (categoryCount - 1) / 2 - pairs.count }

  /// Scores the next event by those before it, then learns it.
  ///
  /// - Parameters:
  ///   - categories: A stable hash of each category.
  ///   - numbers: The numeric values; one that is not a number is a value of its own.
  ///   - time: When it happened, or `nil` if that is not known: then it counts in the current tick.
  /// - Returns: 0, as usual, to 1: `1 - exp(-m / 4)`, where `m` is the mean of the aspects'
  ///   `ln(1 + surprise)`.
  public mutating func score(
    _ categories: [UInt64],
    _ numbers: [Double],
    at time: EventTime?
  ) -> Double {
    precondition(categories.count == categoryCount && numbers.count == numberCount)
    if let time { advance(to: time) }
    var sum: Float = 0
    var aspect = 0
    var whole: UInt64 = 0x5bd1_e995
    func add(_ value: UInt64) {
      let seeded = Self.mixed(value ^ (UInt64(aspect) &+ 1) &* 0x9e37_79b9_7f4a_7c15)
      sum += log1pf(sketches[aspect].count(seeded, clock))
      aspect += 1
    }
    for category in categories {
      add(category)
      whole = Self.mixed(whole ^ category)
    }
    for number in numbers {
      let step = Self.step(of: number)
      add(step)
      whole = Self.mixed(whole ^ step)
    }
    for pair in pairs {
      add(Self.mixed(categories[pair.first]) ^ categories[pair.second])
    }
    if aspect < sketches.count { add(whole) }
    return Double(1 - exp(-sum / Float(4 * sketches.count)))
  }

  private mutating func advance(to time: EventTime) {
    let tick =
      time.floor(toMultipleOf: Self.tickNanoseconds).nanosecondsSinceEpoch
      / Self.tickNanoseconds
    guard let newest else {
      self.newest = tick
      return
    }
    let passed = tick - newest
    if passed > 0 {
      clock.advance(UInt32(min(passed, Self.gapTicksMax)))
      self.newest = tick
    } else if passed < -Self.lateTicksMax {
      resetCount += 1
      clock.advance(1)
      self.newest = tick
    } else if passed < 0 {
      lateCount += 1
    }
  }

  /// Numbers within about a tenth of each other are one value.
  private static func step(of number: Double) -> UInt64 {
    let position = MagnitudeScale.position(of: number)
    guard !position.isNaN else { return .max }
    return UInt64(bitPattern: Int64((position * 10).rounded()))
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var mixed = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  private static func pairs(of count: Int) -> [Pair] {
    var pairs: [Pair] = []
    for second in 0..<count {
      for first in 0..<second where pairs.count < pairCountMax {
        pairs.append(Pair(first: first, second: second))
      }
    }
    return pairs
  }
}

extension EventScorer: Snapshotting {
  /// Writes the state.
  ///
  /// - Parameter writer: Where to.
  public func write(to writer: inout SnapshotWriter) {
    writer.write(count: categoryCount)
    writer.write(count: numberCount)
    writer.write(count: lateCount)
    writer.write(count: resetCount)
    writer.write(clock.tick)
    writer.write(clock.ticks)
    writer.write(count: newest == nil ? 0 : 1)
    writer.write(newest ?? 0)
    for sketch in sketches { sketch.write(to: &writer) }
  }

  /// Reads the state, or fails if the bytes are not one.
  ///
  /// - Parameter reader: Where from.
  public init?(from reader: inout SnapshotReader) {
    let counts = (0..<4).map { _ in reader.variable() }
    guard !reader.hasFailed, counts[0] <= 1_024, counts[1] <= 65_536, counts[0] + counts[1] > 0,
      counts[2] <= UInt64(Int64.max), counts[3] <= UInt64(Int64.max)
    else { return nil }
    self.init(categoryCount: Int(counts[0]), numberCount: Int(counts[1]))
    lateCount = Int(counts[2])
    resetCount = Int(counts[3])
    clock.tick = reader.uint32()
    clock.ticks = reader.float()
    let hasNewest = reader.variable() == 1
    let tick = reader.int64()
    newest = hasNewest ? tick : nil
    guard !reader.hasFailed, clock.ticks >= 0, clock.ticks.isFinite else { return nil }
    for index in sketches.indices {
      guard let sketch = AspectSketch(from: &reader) else { return nil }
      sketches[index] = sketch
    }
  }
}
