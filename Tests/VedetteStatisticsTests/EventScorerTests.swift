import Testing
import VedetteEvent

@testable import VedetteStatistics

@Suite("Event scorer")
struct EventScorerTests {
  struct Event {
    var minute: Int
    var categories: [UInt64]
    var isAttack: Bool
  }

  /// Users who each have their address and do a thing now and then; in two stretches one address
  /// tries many users many times a minute.
  static func stream(minutes: Int, seed: UInt64) -> [Event] {
    var random = SplitMix64(seed: seed)
    var events: [Event] = []
    for minute in 0..<minutes {
      for _ in 0..<20 + random.nextBelow(20) {
        let user = random.nextBelow(60)
        let address = random.nextBelow(10) == 0 ? random.nextBelow(200) : user
        events.append(
          Event(
            minute: minute,
            categories: [UInt64(user), UInt64(1_000 + address)],
            isAttack: false
          )
        )
      }
      guard minute % 400 > 370 else { continue }
      for _ in 0..<100 {
        let user = UInt64(random.nextBelow(3_000))
        events.append(Event(minute: minute, categories: [user, 7_777], isAttack: true))
      }
    }
    return events
  }

  static func time(_ minute: Int) -> EventTime {
    EventTime(nanosecondsSinceEpoch: Int64(minute) * 60_000_000_000)
  }

  /// How often a score of the first is above one of the second.
  static func rankArea(_ high: [Double], _ low: [Double]) -> Double {
    let sorted = low.sorted()
    let sum = high.reduce(0.0) { sum, score in
      let below = sorted.partition { $0 >= score }
      let upTo = sorted.partition { $0 > score }
      return sum + Double(below + upTo) / 2
    }
    return sum / Double(high.count * low.count)
  }

  @Test("bursts of one address stand out, also after a day of them", arguments: [1, 2, 3])
  func bursts(seed: UInt64) {
    var scorer = EventScorer(categoryCount: 2, numberCount: 0)
    var high: [Double] = []
    var low: [Double] = []
    for event in Self.stream(minutes: 1_600, seed: seed) {
      let score = scorer.score(event.categories, [], at: Self.time(event.minute))
      #expect((0...1).contains(score))
      if event.isAttack { high.append(score) } else { low.append(score) }
    }
    let area = Self.rankArea(high, low)
    #expect(area > 0.97, "\(area), seed \(seed)")
  }

  @Test("an attack that goes on does not become usual")
  func filtered() {
    var scorer = EventScorer(categoryCount: 1, numberCount: 0)
    for minute in 0..<300 {
      for user in 0..<20 as Range<UInt64> {
        _ = scorer.score([user], [], at: Self.time(minute))
      }
    }
    var scores: [Double] = []
    for minute in 300..<600 {
      for _ in 0..<2_000 { _ = scorer.score([99], [], at: Self.time(minute)) }
      scores.append(scorer.score([99], [], at: Self.time(minute)))
    }
    #expect(scores[0] > 0.8)
    #expect(scores[299] > 0.8 * scores[0])
  }

  @Test("what is frequent and varies is no surprise, what is new and frequent is")
  func dispersion() {
    var random = SplitMix64(seed: 6)
    var scorer = EventScorer(categoryCount: 1, numberCount: 0)
    var usual = 0.0
    for minute in 0..<60 {
      let count = 500 + random.nextBelow(500)
      for _ in 0..<count {
        let score = scorer.score([1], [], at: Self.time(minute))
        if minute > 20 { usual = max(usual, score) }
      }
    }
    var odd = 0.0
    for _ in 0..<300 { odd = scorer.score([2], [], at: Self.time(60)) }
    #expect(usual < 0.4, "\(usual)")
    #expect(odd > 0.8, "\(odd)")
  }

  @Test("a kind of number that comes far more often stands out")
  func numbers() {
    var random = SplitMix64(seed: 5)
    var scorer = EventScorer(categoryCount: 1, numberCount: 1)
    for minute in 0..<500 {
      for _ in 0..<10 {
        _ = scorer.score([1], [100 + 10 * random.nextUnit()], at: Self.time(minute))
      }
    }
    let usual = scorer.score([1], [105], at: Self.time(500))
    var odd = 0.0
    for _ in 0..<20 { odd = scorer.score([1], [9_000_000], at: Self.time(500)) }
    #expect(odd > usual + 0.3)
  }

  @Test("late events count in the current tick, a clock that was set starts anew from there")
  func times() {
    var scorer = EventScorer(categoryCount: 1, numberCount: 0)
    for minute in [100, 101, 99, 101, 5, 6, 4_000_000] {
      _ = scorer.score([1], [], at: Self.time(minute))
    }
    #expect(scorer.lateCount == 1)
    #expect(scorer.resetCount == 1)
    for nanoseconds in [Int64.min, .max, 0, .max, .min] {
      let score = scorer.score([1], [], at: EventTime(nanosecondsSinceEpoch: nanoseconds))
      #expect((0...1).contains(score))
    }
    #expect((0...1).contains(scorer.score([1], [], at: nil)))
  }

  @Test("hostile numbers leave every score between 0 and 1")
  func hostile() {
    var scorer = EventScorer(categoryCount: 0, numberCount: 2)
    let values: [Double] = [.nan, .infinity, -.infinity, 1e308, -1e308, 0, -0.0]
    for row in 0..<5_000 {
      let pair = [values[row % 7], values[row % 5]]
      #expect((0...1).contains(scorer.score([], pair, at: Self.time(row / 10))))
    }
  }

  @Test("pairs are watched up to a number, and the rest is counted")
  func pairs() {
    #expect(EventScorer(categoryCount: 2, numberCount: 0).aspectCount == 3)
    #expect(EventScorer(categoryCount: 1, numberCount: 0).aspectCount == 1)
    #expect(EventScorer(categoryCount: 0, numberCount: 2).aspectCount == 3)
    let many = EventScorer(categoryCount: 12, numberCount: 1)
    #expect(many.aspectCount == 13 + EventScorer.pairCountMax + 1)
    #expect(many.unwatchedPairCount == 66 - EventScorer.pairCountMax)
  }

  @Test("goes on from a snapshot bit for bit", arguments: [0, 1, 777, 3_000])
  func snapshot(cut: Int) throws {
    let events = Self.stream(minutes: 200, seed: 9)
    var scorer = EventScorer(categoryCount: 2, numberCount: 0)
    for event in events.prefix(cut) {
      _ = scorer.score(event.categories, [], at: Self.time(event.minute))
    }
    var restored = try #require(EventScorer(restoring: scorer.snapshot))
    #expect(restored == scorer)
    for event in events.dropFirst(cut) {
      let time = Self.time(event.minute)
      #expect(
        restored.score(event.categories, [], at: time)
          == scorer.score(event.categories, [], at: time)
      )
    }
    #expect(EventScorer(restoring: Array(scorer.snapshot.dropLast())) == nil)
  }
}

extension Array {
  /// The number of elements before the first that satisfies a condition all later ones satisfy.
  fileprivate func partition(_ isAfter: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isAfter(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

@Suite("Aspect cells")
struct AspectCellTests {
  /// What MIDAS does: every tick's end is visited.
  struct Reference {
    var cell = AspectCell()
    var ticks: Float = 0

    mutating func advance() {
      let memory = AspectClock.memory
      if cell.isHeld {
        let mean = ticks >= 1 ? cell.total / ticks : 0
        cell.total = mean * (ticks * memory + 1)
      } else {
        cell.total = cell.total * memory + cell.current
      }
      cell.current *= AspectClock.carry
      ticks = ticks * memory + 1
      cell.tick += 1
    }
  }

  @Test("catching up is the same as visiting every tick", arguments: 0..<32 as Range<UInt64>)
  func agreesWithReference(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var clock = AspectClock()
    var cell = AspectCell()
    var reference = Reference()
    for _ in 0..<60 {
      let gap = [1, 1, 1, 2, 7, 300][random.nextBelow(6)]
      clock.advance(UInt32(gap))
      for _ in 0..<gap { reference.advance() }
      catchUp(&cell, clock)
      let seen = Float(random.nextBelow(50))
      cell.current += seen
      reference.cell.current += seen
      cell.isHeld = clock.ticks > 2 && random.nextBelow(4) == 0
      reference.cell.isHeld = cell.isHeld
      let near = { (one: Float, other: Float) in (one - other).magnitude <= 0.01 * (1 + other) }
      #expect(near(cell.total, reference.cell.total), "seed \(seed)")
      #expect(near(cell.current, reference.cell.current), "seed \(seed)")
      #expect(near(clock.ticks, reference.ticks), "seed \(seed)")
    }
  }
}
