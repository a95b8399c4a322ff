import VedetteStatistics

/// How good the series scorer is on a labelled corpus, tuned and not tuned.
///
/// The standard setting was set with some corpora in sight, so its figure on those is flattered.
/// What tuning is worth shows when it is done on a random half of the series and judged on the rest:
/// the figure on the half it was tuned on beside that on the other.
struct SeriesQuality {
  private static let settingCount = 24
  private static let splitCount = 20

  private struct Figures {
    var benchmark: Double
    var precision: Double
    var falseAlarms: Double?
  }

  private let corpus: [LabelledSeries]

  init(_ corpus: [LabelledSeries]) { self.corpus = corpus }

  /// Measures and prints.
  func run() {
    let rowCount = corpus.reduce(0) { $0 + $1.values.count }
    let windows = corpus.reduce(0) { $0 + $1.windows.count }
    print("series: \(corpus.count) series, \(rowCount) rows, \(windows) labelled anomalies")
    printLine("", "NAB standard", "event AP", "false alarms at half recall")
    let all = Array(corpus.indices)
    let settings = Self.settings()
    let scores = settings.map { setting in corpus.map { Self.scores(of: $0, setting) } }
    tell("standard setting, whole corpus", figures(scores[0], all))
    tell("plain z-score, half-life 100", figures(corpus.map { Self.plain($0, halfLife: 100) }, all))
    tell("plain z-score, half-life 800", figures(corpus.map { Self.plain($0, halfLife: 800) }, all))
    let splits = Self.splits(all)
    var own: [Figures] = []
    var other: [Figures] = []
    var standard: [Figures] = []
    for (tuned, rest) in splits {
      let candidates = scores.map { figures($0, tuned) }
      let best = candidates.indices.max { Self.value(candidates[$0]) < Self.value(candidates[$1]) }
      guard let best else { continue }
      own.append(candidates[best])
      other.append(figures(scores[best], rest))
      standard.append(figures(scores[0], rest))
    }
    print("  \(splits.count) random halves, best of \(settings.count) settings on one:")
    tell("tuned: on the half it was tuned on", Self.mean(own))
    tell("not tuned: on the other half", Self.mean(other))
    tell("standard setting on that other half", Self.mean(standard))
  }

  /// The standard and settings around it, all weights moved at random by about a third.
  private static func settings() -> [SeriesSettings] {
    var random = SplitMix64(seed: 1)
    func factor() -> Double { [0.6, 0.75, 1, 1.3, 1.7][random.nextBelow(5)] }
    return [.standard]
      + (1..<settingCount).map { _ in
        var settings = SeriesSettings.standard
        for index in 0..<SeriesSettings.expertCount { settings.weights[index] *= factor() }
        settings.loudness = min(1, settings.loudness * factor())
        settings.budget *= factor()
        return settings
      }
  }

  private static func scores(of series: LabelledSeries, _ settings: SeriesSettings) -> [Double] {
    var scorer = SeriesScorer(settings: settings)
    return zip(series.values, series.times).map { scorer.score($0, at: $1) }
  }

  private static func plain(_ series: LabelledSeries, halfLife: Double) -> [Double] {
    var moments = ExponentialMoments(halfLife: halfLife)
    return series.values.map { value in
      defer { moments.add(value, floor: 0) }
      return moments.z(of: value, floor: 0).magnitude
    }
  }

  private static func splits(_ all: [Int]) -> [(tuned: [Int], rest: [Int])] {
    var random = SplitMix64(seed: 2)
    return (0..<splitCount).map { _ in
      var shuffled = all
      for last in stride(from: shuffled.count - 1, to: 0, by: -1) {
        shuffled.swapAt(last, random.nextBelow(last + 1))
      }
      return (Array(shuffled[..<(shuffled.count / 2)]), Array(shuffled[(shuffled.count / 2)...]))
    }
  }

  private func figures(_ scores: [[Double]], _ indices: [Int]) -> Figures {
    let part = indices.map { corpus[$0] }
    let scores = indices.map { scores[$0] }
    let events = EventRanking.measure(part, scores)
    return Figures(
      benchmark: NABScore.best(part, scores).score,
      precision: events.precision,
      falseAlarms: events.falseAlarmsAtHalf.map(Double.init)
    )
  }

  /// What tuning is after: both figures count the same.
  private static func value(_ figures: Figures) -> Double {
    figures.benchmark / 100 + figures.precision
  }

  private static func mean(_ figures: [Figures]) -> Figures {
    let count = Double(max(figures.count, 1))
    let alarms = figures.compactMap(\.falseAlarms)
    return Figures(
      benchmark: figures.reduce(0) { $0 + $1.benchmark } / count,
      precision: figures.reduce(0) { $0 + $1.precision } / count,
      falseAlarms: alarms.isEmpty ? nil : alarms.reduce(0, +) / Double(alarms.count)
    )
  }

  private func tell(_ name: String, _ figures: Figures) {
    printLine(
      name,
      ResultTable.fixed(figures.benchmark, digits: 1),
      ResultTable.fixed(figures.precision, digits: 3),
      figures.falseAlarms.map { ResultTable.fixed($0, digits: 0) } ?? "–"
    )
  }

  private func printLine(_ cells: String...) {
    let widths = [38, 14, 10, 29]
    let padded = zip(cells, widths).enumerated().map { index, pair in
      let padding = String(repeating: " ", count: max(0, pair.1 - pair.0.count))
      return index == 0 ? pair.0 + padding : padding + pair.0
    }
    print("  " + padded.joined())
  }
}
