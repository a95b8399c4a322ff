import Glibc

/// One tree of an ``IsolationForest``: random cuts that separate a sample of rows.
///
/// A complete heap of fixed depth. Where the sample is separated earlier, the nodes below carry the
/// same path length at all their leaves, so that walking on changes nothing.
struct IsolationTree: Sendable, Equatable {
  let depth: Int
  /// Node 1 is the root; the first is not used.
  private(set) var nodes: [IsolationNode]
  /// The path length at each leaf: depth reached and what the rows left there would still need.
  private(set) var leaves: [Float]
  /// The mean path length of the sample below each node, leaves included; the first is not used.
  private(set) var expected: [Float]

  /// Grows a tree.
  ///
  /// - Parameters:
  ///   - sample: The rows to separate.
  ///   - depth: The most cuts on a path.
  ///   - isGuided: Whether half of the cuts are those that separate best.
  ///   - random: Where the cuts come from.
  init(fitting sample: PointTable, depth: Int, isGuided: Bool, random: inout SplitMix64) {
    self.depth = depth
    // A tree that never cuts sends everything left, and every leaf says the same.
    let node = IsolationNode(threshold: .infinity, feature: 0)
    nodes = [IsolationNode](repeating: node, count: 1 << depth)
    leaves = [Float](repeating: 0, count: 1 << depth)
    expected = [Float](repeating: 0, count: 2 << depth)
    var rows = Array(0..<sample.rowCount)
    var features = Array(0..<sample.width)
    grow(
      Branch(node: 1, level: 0, rows: 0..<rows.count, isGuided: isGuided),
      sample,
      rows: &rows,
      features: &features,
      random: &random
    )
  }

  private struct Branch {
    var node: Int
    var level: Int
    var rows: Range<Int>
    var isGuided: Bool
  }

  private mutating func grow(
    _ branch: Branch,
    _ sample: PointTable,
    rows: inout [Int],
    features: inout [Int],
    random: inout SplitMix64
  ) {
    guard branch.level < depth, branch.rows.count > 1,
      let cut = Self.cut(branch, sample, rows, features: &features, random: &random)
    else {
      return seal(branch)
    }
    nodes[branch.node] = cut
    let middle = Self.partition(&rows, branch.rows, by: cut, sample)
    let left = Branch(
      node: 2 * branch.node,
      level: branch.level + 1,
      rows: branch.rows.lowerBound..<middle,
      isGuided: branch.isGuided
    )
    let right = Branch(
      node: 2 * branch.node + 1,
      level: branch.level + 1,
      rows: middle..<branch.rows.upperBound,
      isGuided: branch.isGuided
    )
    grow(left, sample, rows: &rows, features: &features, random: &random)
    grow(right, sample, rows: &rows, features: &features, random: &random)
    let sum =
      Double(expected[left.node]) * Double(left.rows.count)
      + Double(expected[right.node]) * Double(right.rows.count)
    expected[branch.node] = Float(sum / Double(branch.rows.count))
  }

  /// Gives everything below a node the same path length.
  private mutating func seal(_ branch: Branch) {
    let length = Float(Double(branch.level) + Self.averagePathLength(of: branch.rows.count))
    var below = branch.node..<branch.node + 1
    for _ in branch.level...depth {
      for node in below { expected[node] = length }
      below = 2 * below.lowerBound..<2 * below.upperBound
    }
    let first = branch.node << (depth - branch.level) - 1 << depth
    for leaf in first..<first + 1 << (depth - branch.level) { leaves[leaf] = length }
  }

  private static func cut(
    _ branch: Branch,
    _ sample: PointTable,
    _ rows: [Int],
    features: inout [Int],
    random: inout SplitMix64
  ) -> IsolationNode? {
    guard branch.isGuided, random.nextUnit() < 0.5 else {
      return cut(sample, rows[branch.rows], features: &features, random: &random)
    }
    return guidedCut(sample, rows[branch.rows], features: &features, random: &random)
  }

  /// Draws a feature uniformly among those that vary, and a threshold uniformly in its range.
  private static func cut(
    _ sample: PointTable,
    _ rows: ArraySlice<Int>,
    features: inout [Int],
    random: inout SplitMix64
  ) -> IsolationNode? {
    // Drawing without replacement until one varies is uniform among those that vary, and usually
    // looks at one feature instead of all.
    for drawn in 0..<features.count {
      features.swapAt(drawn, drawn + random.nextBelow(features.count - drawn))
      let feature = features[drawn]
      if let threshold = threshold(sample, rows, feature, random: &random) {
        return IsolationNode(threshold: threshold, feature: Int32(feature))
      }
    }
    return nil
  }

  /// Of three features that vary, draws the cut that leaves the least spread on its sides.
  ///
  /// The pooled gain of Liu, Ting and Zhou, "On Detecting Clustered Anomalies Using SCiForest" (2010),
  /// on single features.
  private static func guidedCut(
    _ sample: PointTable,
    _ rows: ArraySlice<Int>,
    features: inout [Int],
    random: inout SplitMix64
  ) -> IsolationNode? {
    var best: (gain: Double, cut: IsolationNode)?
    var tried = 0
    for drawn in 0..<features.count where tried < featuresTried {
      features.swapAt(drawn, drawn + random.nextBelow(features.count - drawn))
      let feature = features[drawn]
      guard let (gain, threshold) = bestThreshold(sample, rows, feature) else { continue }
      tried += 1
      if gain > best?.gain ?? -1 {
        best = (gain, IsolationNode(threshold: threshold, feature: Int32(feature)))
      }
    }
    return best?.cut ?? cut(sample, rows, features: &features, random: &random)
  }

  private static let featuresTried = 3

  private static func bestThreshold(
    _ sample: PointTable,
    _ rows: ArraySlice<Int>,
    _ feature: Int
  ) -> (gain: Double, threshold: Float)? {
    let values = rows.map { sample.values[$0 &* sample.width &+ feature] }
      .filter { !$0.isNaN }.sorted()
    guard let least = values.first, let most = values.last, least < most else { return nil }
    let width = Double(most) - Double(least)
    let scaled = values.map { (Double($0) - Double(least)) / width }
    let count = Double(scaled.count)
    let sum = scaled.reduce(0, +)
    let squares = scaled.reduce(0) { $0 + $1 * $1 }
    func deviation(_ sum: Double, _ squares: Double, _ count: Double) -> Double {
      max(0, squares / count - sum / count * (sum / count)).squareRoot()
    }
    let all = deviation(sum, squares, count)
    var (leftSum, leftSquares) = (0.0, 0.0)
    var best = (gain: -1.0, threshold: least)
    for index in 0..<values.count - 1 {
      leftSum += scaled[index]
      leftSquares += scaled[index] * scaled[index]
      guard values[index] < values[index + 1] else { continue }
      let left = Double(index + 1)
      let inside =
        left * deviation(leftSum, leftSquares, left)
        + (count - left) * deviation(sum - leftSum, squares - leftSquares, count - left)
      let gain = 1 - inside / count / all
      if gain > best.gain {
        let middle = Float((Double(values[index]) + Double(values[index + 1])) / 2)
        best = (gain, middle < values[index + 1] ? middle : values[index])
      }
    }
    return best
  }

  private static func threshold(
    _ sample: PointTable,
    _ rows: ArraySlice<Int>,
    _ feature: Int,
    random: inout SplitMix64
  ) -> Float? {
    var least = Float.infinity
    var most = -Float.infinity
    var hasMissing = false
    let width = sample.width
    for row in rows {
      let value = sample.values[row &* width &+ feature]
      if value.isNaN {
        hasMissing = true
      } else {
        least = min(least, value)
        most = max(most, value)
      }
    }
    guard least < most else { return hasMissing && least == most ? most : nil }
    let drawn = Double(least) + random.nextUnit() * (Double(most) - Double(least))
    let threshold = Float(drawn)
    return threshold < most ? threshold : least
  }

  private static func partition(
    _ rows: inout [Int],
    _ range: Range<Int>,
    by cut: IsolationNode,
    _ sample: PointTable
  ) -> Int {
    var middle = range.lowerBound
    for place in range {
      let value = sample.values[rows[place] * sample.width + Int(cut.feature)]
      if value <= cut.threshold {
        rows.swapAt(place, middle)
        middle += 1
      }
    }
    return middle
  }

  /// Averages the path length of an unsuccessful search in a binary tree of random keys.
  ///
  /// - Parameter count: The number of keys.
  /// - Returns: c(n), the average.
  static func averagePathLength(of count: Int) -> Double {
    guard count > 2 else { return count == 2 ? 1 : 0 }
    let others = Double(count - 1)
    return 2 * (log(others) + 0.577_215_664_901_532_9) - 2 * others / Double(count)
  }
}

extension IsolationTree {
  /// Adds what each feature does to the path length of a row.
  ///
  /// - Parameters:
  ///   - row: The row.
  ///   - contributions: A sum for each feature.
  func addContributions(of row: ArraySlice<Float>, to contributions: inout [Double]) {
    var node = 1
    for _ in 0..<depth {
      let cut = nodes[node]
      let isLeft = row[row.startIndex + Int(cut.feature)] <= cut.threshold
      let child = 2 * node + (isLeft ? 0 : 1)
      contributions[Int(cut.feature)] += Double(expected[child]) - Double(expected[node])
      node = child
    }
  }

  func write(to writer: inout SnapshotWriter) {
    for node in nodes {
      writer.write(node.threshold)
      writer.write(UInt32(bitPattern: node.feature))
    }
    for length in leaves { writer.write(length) }
    for length in expected { writer.write(length) }
  }

  init?(from reader: inout SnapshotReader, depth: Int, width: Int) {
    guard reader.remaining >= 20 << depth else { return nil }
    self.depth = depth
    nodes = []
    leaves = []
    expected = []
    for _ in 0..<1 << depth {
      let threshold = reader.float()
      nodes.append(
        IsolationNode(threshold: threshold, feature: Int32(bitPattern: reader.uint32()))
      )
    }
    for _ in 0..<1 << depth { leaves.append(reader.float()) }
    for _ in 0..<2 << depth { expected.append(reader.float()) }
    guard nodes.allSatisfy({ $0.feature >= 0 && $0.feature < width }),
      leaves.allSatisfy(\.isFinite), expected.allSatisfy(\.isFinite)
    else { return nil }
  }
}
