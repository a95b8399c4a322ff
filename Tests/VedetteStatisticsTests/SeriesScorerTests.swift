import Testing
import VedetteEvent

@testable import VedetteStatistics

@Suite("Series scorer")
struct SeriesScorerTests {
  /// Half-hourly values with a daily wave, noise and one wild value.
  static func series(count: Int, seed: UInt64, wildRow: Int) -> [(EventTime, Double)] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { row in
      let time = EventTime(nanosecondsSinceEpoch: Int64(row) * 1_800_000_000_000)
      let isDay = row % 48 >= 16 && row % 48 < 36
      let value = (isDay ? 1_000.0 : 100) * (0.9 + 0.2 * random.nextUnit())
      return (time, row == wildRow ? 20_000 : value)
    }
  }

  @Test("the wild value is the row with the highest score")
  func findsWildValue() {
    var scorer = SeriesScorer()
    var scores: [Double] = []
    for (time, value) in Self.series(count: 3_000, seed: 4, wildRow: 2_500) {
      scores.append(scorer.score(value, at: time))
    }
    let late = scores[1_000...]
    #expect(late.indices.max { scores[$0] < scores[$1] } == 2_500)
    #expect(scores[2_500] > SeriesScorer.alarmScore)
    #expect(scores.prefix(Int(SeriesScorer.learningCount)).allSatisfy { $0 == 0 })
    #expect(scores.allSatisfy { (0...1).contains($0) })
  }

  @Test("a day's value at night is found by the hour", arguments: 0..<3 as Range<UInt64>)
  func season(seed: UInt64) {
    var scorer = SeriesScorer()
    var scores: [Double] = []
    for (row, (time, value)) in Self.series(count: 3_000, seed: seed, wildRow: -1).enumerated() {
      scores.append(scorer.score(row == 2_500 ? 1_000 : value, at: time))
    }
    #expect(2_500 % 48 < 16)
    #expect(scores[2_500] > SeriesScorer.alarmScore)
  }

  /// A cycle that no clock knows, with a little noise.
  static func cycle(_ row: Int, _ random: inout SplitMix64) -> Double {
    let phase = Double(row % 77) / 77
    return 50 + (phase < 0.3 ? 40 * phase : 12 * (1 - phase)) + 0.3 * random.nextUnit()
  }

  struct Change: Sendable, CustomTestStringConvertible {
    let name: String
    /// The value of a row of the change, from 0, given what would have been there.
    let value: @Sendable (Int, Double) -> Double
    var testDescription: String { name }
  }

  static let changes = [
    Change(name: "a spike") { row, usual in row == 0 ? usual + 40 : usual },
    Change(name: "a drop to nothing") { _, _ in 0 },
    Change(name: "stuck") { _, _ in 55 },
    Change(name: "another level") { _, usual in usual + 15 },
    Change(name: "trembling") { row, usual in usual + (row % 2 == 0 ? 4 : -4) },
    Change(name: "a cycle turned around") { row, usual in 116 - usual },
    Change(name: "a slow climb") { row, usual in usual + Double(row) / 2 },
  ]

  @Test("what changes in a cycle that no clock knows is found within it", arguments: changes)
  func change(_ change: Change) {
    var random = SplitMix64(seed: 11)
    var scorer = SeriesScorer()
    var before = 0.0
    var during = 0.0
    for row in 0..<2_580 {
      var value = Self.cycle(row, &random)
      if row >= 2_500 { value = change.value(row - 2_500, value) }
      let score = scorer.score(value, at: nil)
      if row >= 2_500 { during = max(during, score) }
      if row >= 1_500, row < 2_500 { before = max(before, score) }
    }
    #expect(during > before, "\(during) during, \(before) before")
    #expect(during > SeriesScorer.alarmScore)
  }

  @Test("after an alarm only a greater one is told, and later any")
  func rest() {
    var random = SplitMix64(seed: 12)
    var scorer = SeriesScorer()
    var scores: [Double] = []
    for row in 0..<3_000 {
      let isOdd = row == 2_000 || row == 2_050 || row == 2_400
      scores.append(scorer.score(100 + random.nextUnit() + (isOdd ? 60 : 0), at: nil))
    }
    #expect(scores[2_000] > SeriesScorer.alarmScore)
    #expect(scores[2_050] == 0)
    #expect(scores[2_400] > 0)
  }

  @Test("noise without an anomaly is told less often the longer it goes on")
  func budget() {
    var alarms = [0, 0]
    for seed in 0..<4 as Range<UInt64> {
      var random = SplitMix64(seed: seed)
      var scorer = SeriesScorer()
      for row in 0..<4_000 {
        let noise = (0..<6).reduce(0.0) { sum, _ in sum + random.nextUnit() }
        let score = scorer.score(100 + noise, at: nil)
        if score >= SeriesScorer.alarmScore { alarms[row / 2_000] += 1 }
      }
    }
    #expect(alarms[1] <= 12, "\(alarms)")
    #expect(alarms[1] < alarms[0], "\(alarms)")
  }

  @Test("gaps, duplicates, rows out of order and missing values leave the rest as it is")
  func untidy() {
    var tidy = SeriesScorer()
    var untidy = SeriesScorer()
    let rows = Self.series(count: 3_000, seed: 13, wildRow: 2_500)
    var tidyScore = 0.0
    var untidyScore = 0.0
    for (row, (time, value)) in rows.enumerated() {
      let first = tidy.score(value, at: time)
      if row % 97 == 13 { continue }
      if row % 53 == 7 { _ = untidy.score(.nan, at: time) }
      if row % 71 == 3 { _ = untidy.score(value, at: time) }
      let moved = row % 41 == 5 ? time.advanced(byNanoseconds: -240_000_000_000) : time
      let second = untidy.score(value, at: moved)
      if row == 2_500 { (tidyScore, untidyScore) = (first, second) }
    }
    #expect(untidyScore > SeriesScorer.alarmScore)
    #expect((untidyScore - tidyScore).magnitude < 0.2)
  }

  @Test("a constant series has no alarm, and the first other value is one")
  func constant() {
    for value in [0.0, 5, -1e308, 1e308] {
      var scorer = SeriesScorer()
      for _ in 0..<500 { #expect(scorer.score(value, at: nil) < SeriesScorer.alarmScore) }
      #expect(scorer.score(value == 0 ? 1 : value / 2, at: nil) > SeriesScorer.alarmScore)
    }
  }

  @Test("the band holds most of what comes, and what does not fit is outside")
  func expected() throws {
    var scorer = SeriesScorer()
    var inside = 0
    for (row, (time, value)) in Self.series(count: 2_000, seed: 14, wildRow: 1_900).enumerated() {
      if row >= 1_000 {
        let band = try #require(scorer.expected(at: time))
        if band.contains(value) { inside += 1 }
        if row == 1_900 { #expect(!band.contains(value)) }
      }
      _ = scorer.score(value, at: time)
    }
    #expect(inside > 980)
    #expect(SeriesScorer().expected(at: nil) == nil)
  }

  @Test("later rows change nothing about earlier scores")
  func online() {
    var whole = SeriesScorer()
    var part = SeriesScorer()
    let rows = Self.series(count: 600, seed: 6, wildRow: 580)
    let all = rows.map { whole.score($0.1, at: $0.0) }
    let some = rows.prefix(300).map { part.score($0.1, at: $0.0) }
    #expect(Array(all.prefix(300)) == some)
  }

  @Test("goes on from a snapshot bit for bit", arguments: [0, 1, 50, 150, 399])
  func snapshot(cut: Int) throws {
    let rows = Self.series(count: 400, seed: 7, wildRow: 390)
    var scorer = SeriesScorer()
    for (time, value) in rows.prefix(cut) { _ = scorer.score(value, at: time) }
    var restored = try #require(SeriesScorer(restoring: scorer.snapshot))
    #expect(restored == scorer)
    for (time, value) in rows.dropFirst(cut) {
      #expect(restored.score(value, at: time) == scorer.score(value, at: time))
    }
  }

  @Test("hostile values and times leave every score between 0 and 1")
  func hostile() {
    let values: [Double] = [
      .nan, .infinity, -.infinity, 1e308, -1e308, 0, -0.0, .leastNonzeroMagnitude,
    ]
    let times: [Int64?] = [nil, .min, .max, 0, -1]
    var scorer = SeriesScorer()
    for round in 0..<2_000 {
      let time = times[round % 5].map { EventTime(nanosecondsSinceEpoch: $0) }
      let score = scorer.score(values[round % 8], at: time)
      #expect((0...1).contains(score))
    }
  }

  @Test("hours of working days and of weekends are different cells")
  func cells() throws {
    let monday = try #require(EventTime(year: 2026, month: 3, day: 2, hour: 13))
    let saturday = try #require(EventTime(year: 2026, month: 3, day: 7, hour: 13))
    let before = try #require(EventTime(year: 1960, month: 2, day: 28, hour: 5, minute: 59))
    #expect(SeasonalProfile.cell(of: monday) == 13)
    #expect(SeasonalProfile.cell(of: saturday) == 37)
    #expect(SeasonalProfile.cell(of: before) == 29)
  }

  @Test("the drift view sees a slow climb that no single value shows")
  func drift() {
    var random = SplitMix64(seed: 8)
    var baseline = SeriesBaseline(halfLife: 800)
    for _ in 0..<1_000 { baseline.learn(80 + 40 * random.nextUnit()) }
    for _ in 0..<40 { baseline.learn(105 + 15 * random.nextUnit()) }
    let deviation = baseline.deviation(of: 112)
    #expect(deviation.level < 2)
    #expect(deviation.drift > 3)
    #expect(baseline.deviation(of: .nan) == .none)
  }
}
