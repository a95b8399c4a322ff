import Glibc

/// The score of the Numenta Anomaly Benchmark, standard profile (Lavin and Ahmad, 2015).
///
/// One threshold serves the whole corpus, the best one. A window that is hit counts by how early its
/// first hit is, one that is missed costs as much as a hit earns, and each row over the threshold
/// outside of windows costs 0.11 of that, less shortly after a window. 0 is what silence gets, 100
/// is perfect.
enum NABScore {
  private static let falsePositiveWeight = 0.11

  private struct Row {
    var score: Double
    /// What the row earns or costs.
    var weight: Double
    /// The window it is in, of all series.
    var window: Int?
  }

  /// Scores a corpus.
  ///
  /// - Parameters:
  ///   - corpus: The series.
  ///   - scores: A score for each row of each series.
  /// - Returns: The benchmark's score and the threshold that gets it.
  static func best(
    _ corpus: [LabelledSeries],
    _ scores: [[Double]]
  ) -> (score: Double, threshold: Double) {
    var rows: [Row] = []
    var windowCount = 0
    for (series, scores) in zip(corpus, scores) {
      rows += self.rows(of: series, scores, firstWindow: windowCount)
      windowCount += series.windows.count
    }
    guard windowCount > 0 else { return (0, 1) }
    rows.sort { $0.score > $1.score }
    var hits = [Double?](repeating: nil, count: windowCount)
    var total = -Double(windowCount)
    var best = (total: total, threshold: Double.infinity)
    for (index, row) in rows.enumerated() {
      if let window = row.window {
        total += max(row.weight, hits[window] ?? row.weight) - (hits[window] ?? -1)
        hits[window] = max(row.weight, hits[window] ?? row.weight)
      } else {
        total += row.weight
      }
      let isLastOfItsScore = index + 1 == rows.count || rows[index + 1].score < row.score
      if isLastOfItsScore, total > best.total { best = (total, row.score) }
    }
    let perfect = Double(windowCount)
    return (100 * (best.total + perfect) / (2 * perfect), best.threshold)
  }

  private static func rows(
    of series: LabelledSeries,
    _ scores: [Double],
    firstWindow: Int
  ) -> [Row] {
    var rows: [Row] = []
    var next = 0
    for index in series.values.indices {
      while next < series.windows.count, index > series.windows[next].upperBound { next += 1 }
      guard index >= series.probation, scores[index] > 0 else { continue }
      if next < series.windows.count, series.windows[next].contains(index) {
        let window = series.windows[next]
        let left = Double(window.upperBound - index + 1) / Double(window.count)
        let weight = sigmoid(-left) / sigmoid(-1)
        rows.append(Row(score: scores[index], weight: weight, window: firstWindow + next))
      } else {
        let before = next > 0 ? series.windows[next - 1] : nil
        let weight = before.map { before in
          sigmoid(Double(index - before.upperBound) / Double(max(before.count - 1, 1)))
        }
        let cost = falsePositiveWeight * (weight ?? -1)
        rows.append(Row(score: scores[index], weight: cost, window: nil))
      }
    }
    return rows
  }

  private static func sigmoid(_ position: Double) -> Double {
    position > 3 ? -1 : 2 / (1 + exp(5 * position)) - 1
  }
}

/// How well anomalies are ranked: an anomaly counts when any of its rows is over the threshold, a
/// false alarm is a run of rows outside, and runs within twenty rows are one.
enum EventRanking {
  private static let runGap = 20

  /// Measures a corpus with one threshold for all.
  ///
  /// - Parameters:
  ///   - corpus: The series.
  ///   - scores: A score for each row of each series.
  /// - Returns: The area under precision over recall, and the false alarms when half of the
  ///   anomalies are found; `nil` if they never are.
  static func measure(
    _ corpus: [LabelledSeries],
    _ scores: [[Double]]
  ) -> (precision: Double, falseAlarmsAtHalf: Int?) {
    let total = corpus.reduce(0) { $0 + $1.windows.count }
    var area = 0.0
    var recall = 0.0
    var atHalf: Int?
    for threshold in thresholds(scores) {
      let (found, alarms) = count(corpus, scores, threshold)
      let reached = Double(found) / Double(max(total, 1))
      if reached > recall {
        area += (reached - recall) * Double(found) / Double(found + alarms)
        recall = reached
      }
      if reached >= 0.5, atHalf == nil { atHalf = alarms }
    }
    return (area, atHalf)
  }

  /// All scores if they are few; else about a hundred, each 12 % further down the ranks.
  private static func thresholds(_ scores: [[Double]]) -> [Double] {
    let ranked = scores.flatMap(\.self).filter { $0 > 0 }.sorted(by: >)
    var places = Array(ranked.indices.prefix(200))
    if ranked.count > places.count {
      places = []
      var share = 1e-5
      while share < 0.5 {
        places.append(Int(share * Double(ranked.count)))
        share *= 1.12
      }
    }
    var thresholds: [Double] = []
    for place in places where ranked[place] < thresholds.last ?? .infinity {
      thresholds.append(ranked[place])
    }
    return thresholds
  }

  private static func count(
    _ corpus: [LabelledSeries],
    _ scores: [[Double]],
    _ threshold: Double
  ) -> (found: Int, alarms: Int) {
    var found = 0
    var alarms = 0
    for (series, scores) in zip(corpus, scores) {
      var hit = Set<Int>()
      var next = 0
      var last = -runGap - 1
      for index in series.probation..<max(series.probation, scores.count) {
        while next < series.windows.count, index > series.windows[next].upperBound { next += 1 }
        guard scores[index] >= threshold else { continue }
        if next < series.windows.count, series.windows[next].contains(index) {
          hit.insert(next)
        } else {
          if index - last > runGap { alarms += 1 }
          last = index
        }
      }
      found += hit.count
    }
    return (found, alarms)
  }
}
