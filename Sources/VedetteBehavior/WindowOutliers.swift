import VedetteEvent
import VedetteStatistics

/// An isolation forest over the windows of all entities of one kind in one source.
///
/// It is grown from the last windows that were accepted and judges those after them. A forest's
/// score says nothing by itself, so it is read against the scores of the windows it was grown
/// from: beyond their 98th percentile the tail is taken to be exponential, with the mean excess as
/// its scale (the simplest member of what SPOT fits; Siffer et al., KDD 2017).
///
/// What is kept is the windows, not the forest: the same windows grow the same forest.
struct WindowOutliers: Sendable, Equatable {
  /// A window that is not quite usual.
  struct Rarity: Sendable, Equatable {
    /// How rare such a window is: minus the logarithm, more than 3.9.
    var surprise: Double
    var features: [Float]
  }

  /// What a forest says about a window.
  struct Verdict: Sendable, Equatable {
    /// How rare such a window is: minus the logarithm, more than 3.9.
    var surprise: Double
    var features: [Float]
    /// What each feature adds to the forest's score.
    var parts: [Double]
    /// What is usual, on each feature's scale.
    var means: [Double]
    var spreads: [Double]
    /// The window among those the forest was grown from that is the most alike.
    var nearest: [Float]
  }

  static let windowsMin = 256
  /// A window with fewer events is too little to be judged.
  static let eventsMin: UInt64 = 10
  /// So rare a window does not teach, and is a finding as long as nothing is calibrated.
  static let surpriseMin = 11.0

  private let seed: UInt64
  private let treeCount: Int
  private var training = PointTable(width: WindowFeature.allCases.count)
  private var fresh = PointTable(width: WindowFeature.allCases.count)
  private var acceptedSinceFit = 0
  /// The number of forests grown so far.
  private(set) var fitCount: UInt64 = 0
  private var lastFit = Int64.min
  private var fitted: Fitted?

  private struct Fitted: Sendable, Equatable {
    var forest: IsolationForest
    var tailStart: Double
    var tailScale: Double
    var means: [Double]
    var spreads: [Double]
    var highest: [Double]

    /// What each feature adds to the score for lying above all that the forest was grown from.
    ///
    /// A forest cuts only between the values it has seen: a window with a hundred hosts comes to
    /// the same leaves as one with four, if four is the most there was. So what lies past the edge
    /// is added, a fiftieth for each spread and at most three of them.
    func beyondEdges(_ features: [Float]) -> [Double] {
      features.indices.map { index in
        let past = Double(features[index]) - highest[index]
        return past > 0 ? 0.02 * min(3, past / max(spreads[index], 0.2)) : 0
      }
    }

    /// Minus the logarithm of how rare such a score is, 50 to 1 where the tail begins; `nil` before.
    func surprise(of features: [Float]) -> Double? {
      surprise(of: features, scored: forest.score(of: features))
    }

    /// The same where the forest's score is known.
    func surprise(of features: [Float], scored score: Double) -> Double? {
      let excess = score + beyondEdges(features).reduce(0, +) - tailStart
      return excess > 0 ? 3.912 + excess / tailScale : nil
    }
  }

  /// Creates the outliers of a kind of which nothing was seen.
  ///
  /// - Parameters:
  ///   - seed: The forests' seed.
  ///   - treeCount: The trees of a forest.
  init(seed: UInt64, treeCount: Int) {
    self.seed = seed
    self.treeCount = min(max(treeCount, 1), IsolationForest.treeCountMax)
  }

  /// The number of windows that the forest was grown from; 0 while there is none.
  var trainedCount: Int { training.rowCount }

  /// Judges a window, or returns `nil` if it is usual or nothing can be said yet.
  func judge(_ window: ActivityWindow) -> Rarity? {
    guard let fitted, window.sums[.events] >= Self.eventsMin else { return nil }
    let features = WindowFeature.positions(of: window)
    return fitted.surprise(of: features).map { Rarity(surprise: $0, features: features) }
  }

  /// Judges windows at once, as ``judge(_:)`` does one: a forest walks eight rows in the time of one.
  func judge(_ windows: [ActivityWindow]) -> [Rarity?] {
    var rarities = [Rarity?](repeating: nil, count: windows.count)
    let judged = windows.indices.filter { windows[$0].sums[.events] >= Self.eventsMin }
    guard let fitted, !judged.isEmpty else { return rarities }
    var table = PointTable(width: training.width)
    for index in judged { table.append(WindowFeature.positions(of: windows[index])) }
    let scores = fitted.forest.scores(of: table, rows: 0..<table.rowCount)
    for (row, index) in judged.enumerated() {
      let features = Array(table.row(row))
      rarities[index] = fitted.surprise(of: features, scored: scores[row]).map {
        Rarity(surprise: $0, features: features)
      }
    }
    return rarities
  }

  /// Says what is rare about a window: only of those that are told of, since it costs more than to
  /// judge it.
  ///
  /// - Parameter rarity: What ``judge(_:)`` said; nothing was learned since.
  /// - Returns: What each feature had to do with it.
  func verdict(_ rarity: Rarity) -> Verdict? {
    guard let fitted else { return nil }
    let features = rarity.features
    let beyond = fitted.beyondEdges(features)
    return Verdict(
      surprise: rarity.surprise,
      features: features,
      parts: zip(fitted.forest.attribution(of: features).contributions, beyond).map(+),
      means: fitted.means,
      spreads: fitted.spreads,
      nearest: training.row(nearestRow(to: features, fitted)).map(\.self)
    )
  }

  /// How rare a window with such features would be; 0 if it would be usual.
  func surprise(of features: [Float]) -> Double { fitted?.surprise(of: features) ?? 0 }

  /// Finds for each feature the value closest to the one seen with which the window would pass.
  ///
  /// Looked for between the seen value and what is usual, then what the most similar window had;
  /// every bound that is returned was judged, with all other features as they were.
  ///
  /// - Parameters:
  ///   - verdict: What the forest said.
  ///   - least: The surprise from which a window is a finding.
  /// - Returns: For each feature a bound on its scale, or `nil` where none would do.
  func passing(_ verdict: Verdict, below least: Double) -> [Double?] {
    WindowFeature.allCases.map { feature in
      let place = feature.rawValue
      func passes(_ position: Float) -> Bool {
        var features = verdict.features
        features[place] = position
        return surprise(of: features) < least
      }
      let usual = [verdict.nearest[place], Float(verdict.means[place])]
      guard var near = usual.first(where: passes) else { return nil }
      var far = verdict.features[place]
      for _ in 0..<12 {
        let middle = (near + far) / 2
        if passes(middle) { near = middle } else { far = middle }
      }
      return Double(near)
    }
  }

  private func nearestRow(to features: [Float], _ fitted: Fitted) -> Int {
    var best = (row: 0, distance: Double.infinity)
    for row in 0..<training.rowCount {
      var distance = 0.0
      for (index, value) in training.row(row).enumerated() {
        let step = Double(value - features[index]) / max(fitted.spreads[index], 0.2)
        distance += step * step
      }
      if distance < best.distance { best = (row, distance) }
    }
    return best.row
  }

  /// Learns an accepted window, and grows the next forest when enough have come.
  ///
  /// - Parameter window: A window that is over.
  mutating func learn(_ window: ActivityWindow) {
    fresh.append(WindowFeature.positions(of: window))
    // Only the newest of these are used: they go in one move, not one by one.
    if fresh.rowCount >= 2 * Limits.forestWindowsMax {
      fresh.removeFirst(fresh.rowCount - Limits.forestWindowsMax)
    }
    acceptedSinceFit += 1
    // A forest costs as much as judging a thousand windows: those of a busy source live for hours.
    let least = (training.rowCount < Limits.forestWindowsMax ? 1 : 4) * BehaviorConfiguration.hour
    guard acceptedSinceFit >= Self.windowsMin, window.end.subtractingHeld(lastFit) >= least else {
      return
    }
    for row in 0..<fresh.rowCount { training.append(fresh.row(row)) }
    training.removeFirst(max(0, training.rowCount - Limits.forestWindowsMax))
    fresh = PointTable(width: training.width)
    acceptedSinceFit = 0
    lastFit = window.end
    fitCount += 1
    fit()
  }

  private mutating func fit() {
    var hash = StableHash(seed: seed)
    hash.combine(fitCount)
    let options = IsolationForest.Options(treeCount: treeCount, sampleCount: 256, seed: hash.value)
    let forest = IsolationForest(fitting: training, options: options)
    let scores = forest.scores(of: training, rows: 0..<training.rowCount).sorted()
    let start = scores[scores.count * 98 / 100]
    let excesses = scores.suffix(scores.count - scores.count * 98 / 100).map { $0 - start }
    let meanExcess = excesses.reduce(0, +) / Double(excesses.count)
    let (means, spreads) = Self.moments(training)
    fitted = Fitted(
      forest: forest,
      tailStart: start,
      tailScale: max(meanExcess, 0.015),
      means: means,
      spreads: spreads,
      highest: Self.highest(training)
    )
  }

  private static func highest(_ table: PointTable) -> [Double] {
    (0..<table.width).map { feature in
      (0..<table.rowCount).reduce(-.infinity) { highest, row in
        max(highest, Double(table.values[row * table.width + feature]))
      }
    }
  }

  private static func moments(_ table: PointTable) -> (means: [Double], spreads: [Double]) {
    var means = [Double](repeating: 0, count: table.width)
    var squares = means
    for row in 0..<table.rowCount {
      for (feature, value) in table.row(row).enumerated() {
        let increment = Double(value) - means[feature]
        means[feature] += increment / Double(row + 1)
        squares[feature] += increment * (Double(value) - means[feature])
      }
    }
    let count = Double(max(1, table.rowCount))
    return (means, squares.map { ($0 / count).squareRoot() })
  }

  /// Rounds parts so that they add up to whole points: the largest remainders are rounded up.
  static func apportion(_ points: Int, _ parts: [Double]) -> [Int] {
    let sum = parts.reduce(0, +)
    guard sum > 0 else {
      return [points] + [Int](repeating: 0, count: parts.count - 1)
    }
    // Parts against the outlier can be large when the sum is small: hold what they scale to.
    let shares = parts.map { max(-1e6, min(1e6, $0 / sum * Double(points))) }
    var whole = shares.map { Int($0.rounded(.down)) }
    let byRemainder = shares.indices.sorted {
      (shares[$1] - Double(whole[$1]), $0) < (shares[$0] - Double(whole[$0]), $1)
    }
    var left = points - whole.reduce(0, +)
    for index in byRemainder where left > 0 {
      whole[index] += 1
      left -= 1
    }
    whole[byRemainder[0]] += left
    return whole
  }
}

extension WindowOutliers {
  func write(to writer: inout SnapshotWriter) {
    writer.write(seed)
    writer.write(count: treeCount)
    writer.write(fitCount)
    writer.write(lastFit)
    writer.write(count: acceptedSinceFit)
    for table in [training, fresh] {
      writer.write(count: table.rowCount)
      for value in table.values { writer.write(value) }
    }
  }

  init?(from reader: inout SnapshotReader) {
    self.init(seed: reader.uint64(), treeCount: Int(clamping: reader.variable()))
    fitCount = reader.uint64()
    lastFit = reader.int64()
    acceptedSinceFit = Int(truncatingIfNeeded: reader.variable() & 0xffff_ffff)
    training = Self.table(from: &reader)
    fresh = Self.table(from: &reader)
    guard !reader.hasFailed else { return nil }
    if training.rowCount > 0 { fit() }
  }

  private static func table(from reader: inout SnapshotReader) -> PointTable {
    let width = WindowFeature.allCases.count
    var table = PointTable(width: width)
    for _ in 0..<reader.count(elementBytes: 4 * width) {
      table.append((0..<width).map { _ in reader.float() })
    }
    return table
  }
}
