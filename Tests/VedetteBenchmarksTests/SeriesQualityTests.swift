import Testing
import VedetteEvent

@testable import VedetteBenchmarks

@Suite("Quality of series scores")
struct SeriesQualityTests {
  /// A thousand rows with one window from 500 to 599.
  static let series = LabelledSeries(
    name: "one",
    times: (0..<1_000).map { EventTime(nanosecondsSinceEpoch: Int64($0)) },
    values: [Double](repeating: 0, count: 1_000),
    windows: [500...599]
  )

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    /// Scores that are not 0, by row.
    let scores: [Int: Double]
    let benchmark: Double
    let precision: Double
    let alarms: Int?
    var testDescription: String { name }
  }

  // A hit at the first row of a window earns 1, a miss costs 1, a row before any window 0.11; by
  // hand from the sigmoid otherwise.
  static let cases = [
    Case(name: "silence", scores: [:], benchmark: 0, precision: 0, alarms: nil),
    Case(name: "at once", scores: [500: 0.5], benchmark: 100, precision: 1, alarms: 0),
    Case(
      name: "at the end, then again",
      scores: [599: 0.9, 598: 0.1],
      benchmark: 52.53,
      precision: 1,
      alarms: 0
    ),
    Case(name: "only at the end", scores: [599: 0.9], benchmark: 51.27, precision: 1, alarms: 0),
    Case(
      name: "a louder false alarm before",
      scores: [300: 0.9, 500: 0.5],
      benchmark: 94.5,
      precision: 0.5,
      alarms: 1
    ),
    Case(
      name: "a louder false alarm after, of two rows",
      scores: [700: 0.9, 710: 0.95, 500: 0.5],
      benchmark: 89.11,
      precision: 0.5,
      alarms: 1
    ),
    Case(
      name: "a softer false alarm",
      scores: [300: 0.4, 500: 0.5],
      benchmark: 100,
      precision: 1,
      alarms: 0
    ),
    Case(
      name: "loud in the first rows, which don't count",
      scores: [149: 1, 500: 0.5],
      benchmark: 100,
      precision: 1,
      alarms: 0
    ),
  ]

  @Test("figures are those by hand", arguments: cases)
  func figures(_ example: Case) {
    let scores = [(0..<1_000).map { example.scores[$0] ?? 0 }]
    let best = NABScore.best([Self.series], scores)
    #expect((best.score - example.benchmark).magnitude < 0.01, "\(best.score)")
    let events = EventRanking.measure([Self.series], scores)
    #expect((events.precision - example.precision).magnitude < 1e-9)
    #expect(events.falseAlarmsAtHalf == example.alarms)
  }

  @Test("one threshold serves all series, and a series without a window only costs")
  func corpus() {
    let quiet = LabelledSeries(
      name: "quiet",
      times: Self.series.times,
      values: Self.series.values,
      windows: []
    )
    let hit = (0..<1_000).map { $0 == 500 ? 0.5 : 0 }
    let loud = (0..<1_000).map { $0 == 800 ? 0.7 : 0 }
    let best = NABScore.best([Self.series, quiet], [hit, loud])
    #expect((best.score - 94.5).magnitude < 0.01)
    #expect(best.threshold == 0.5)
  }

  @Test("the options name what is measured alone")
  func options() throws {
    #expect(try BenchmarkOptions(["--scorers"]).measuresScorers)
    #expect(try BenchmarkOptions(["--series", "x"]).seriesFolder == "x")
    #expect(throws: BenchmarkError.self) { try BenchmarkOptions(["--series"]) }
  }
}
