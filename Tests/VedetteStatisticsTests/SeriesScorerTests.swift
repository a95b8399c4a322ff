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
    #expect(scores.indices.max { scores[$0] < scores[$1] } == 2_500)
    #expect(scores.prefix(Int(SeriesScorer.learningCount)).allSatisfy { $0 == 0 })
    #expect(scores.allSatisfy { (0...1).contains($0) })
  }

  @Test("a day's value at night is found by the hour and missed without the time")
  func season() {
    var withTime = SeriesScorer()
    var without = SeriesScorer()
    var seasonal = 0.0
    var plain = 0.0
    for (row, (time, value)) in Self.series(count: 3_000, seed: 5, wildRow: -1).enumerated() {
      let shown = row == 2_500 ? 1_000 : value
      let first = withTime.score(shown, at: time)
      let second = without.score(shown, at: nil)
      if row == 2_500 {
        seasonal = first
        plain = second
      }
    }
    #expect(2_500 % 48 < 16)
    #expect(seasonal > plain + 0.3)
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
