import Glibc
import VedetteEvent

/// Finds rows that are easy to separate from the rest.
///
/// Liu, Ting and Zhou, "Isolation Forest" (ICDM 2008), with the choices of scikit-learn, so that
/// scores have the same distribution: each tree takes a sample without replacement, cuts a feature
/// drawn uniformly among those that vary at a threshold drawn uniformly in its range, to a depth of
/// ceil(log2(sample)). A row's score is `2^(-mean path length / c(sample))`: near 1 for what one cut
/// separates, about 0.5 for what is ordinary.
///
/// ```swift
/// let forest = IsolationForest(
///   fitting: history,
///   options: IsolationForest.Options(treeCount: 100, sampleCount: 256, seed: 1)
/// )
/// let scores = forest.scores(of: today, rows: 0..<today.rowCount)
/// ```
///
/// The same rows, options and seed give the same forest. Two seeds have no tree in common: the seed
/// of a tree is a hash of the forest's seed and the tree's number, not their sum.
public struct IsolationForest: Sendable, Equatable {
  /// How large a forest is and where its randomness comes from.
  public struct Options: Sendable, Equatable {
    /// The number of trees, at least 1.
    public var treeCount: Int
    /// The most rows a tree is grown from, 2 to ``IsolationForest/sampleCountMax``.
    public var sampleCount: Int
    /// Any number.
    public var seed: UInt64
    /// Whether half of the cuts are those that separate best of three features that are drawn.
    ///
    /// Else all are drawn, as in scikit-learn.
    public var isGuided = false

    /// Creates options; the forest holds the numbers within their ranges.
    ///
    /// - Parameters:
    ///   - treeCount: The number of trees.
    ///   - sampleCount: The most rows a tree is grown from.
    ///   - seed: Any number.
    public init(treeCount: Int, sampleCount: Int, seed: UInt64) {
      self.treeCount = treeCount
      self.sampleCount = sampleCount
      self.seed = seed
    }
  }

  /// The most trees of a forest.
  public static let treeCountMax = 10_000
  /// The most rows that a tree is grown from.
  public static let sampleCountMax = 4_096
  /// Rows that go through one tree before the next is fetched: the tree and they fit the L1 cache.
  private static let blockRows = 256
  /// Fewer rows if they are so wide that they would hold more values than this.
  private static let blockValues = 1 << 16

  /// The number of values of a row.
  public let width: Int
  /// The number of rows each tree was grown from.
  public let sampleCount: Int
  private let trees: [IsolationTree]
  /// c(sample): what a path length is measured against.
  private let averagePathLength: Double

  /// Grows a forest.
  ///
  /// - Parameters:
  ///   - table: The rows to learn from; without any, every score is 0.5.
  ///   - options: How large, and the seed.
  public init(fitting table: PointTable, options: Options) {
    let treeCount = min(max(options.treeCount, 1), Self.treeCountMax)
    let sampleCount = min(max(options.sampleCount, 2), Self.sampleCountMax, table.rowCount)
    let depth = Self.depth(of: sampleCount)
    width = table.width
    self.sampleCount = sampleCount
    averagePathLength = IsolationTree.averagePathLength(of: sampleCount)
    var taken = [Bool](repeating: false, count: table.rowCount)
    trees = (0..<treeCount).map { index in
      var random = SplitMix64(seed: Self.treeSeed(options.seed, index))
      let sample = Self.sample(sampleCount, of: table, taken: &taken, random: &random)
      return IsolationTree(
        fitting: sample,
        depth: depth,
        isGuided: options.isGuided,
        random: &random
      )
    }
  }

  /// The score of a row about which nothing is known.
  ///
  /// It is what ``attribution(of:)`` starts from: the score at the mean path length of the samples.
  public var baseline: Double { score(ofPathLength: expectedPathLength) }

  /// Scores one row.
  ///
  /// - Parameter row: As many values as the forest's rows have.
  /// - Returns: More than 0 and at most 1; about 0.5 is ordinary.
  public func score(of row: [Float]) -> Double {
    var table = PointTable(width: width)
    table.append(row)
    return scores(of: table, rows: 0..<1)[0]
  }

  /// Scores consecutive rows; ranges of one table can be scored on several threads at once.
  ///
  /// - Parameters:
  ///   - table: Rows as wide as the forest's.
  ///   - rows: Which of them.
  /// - Returns: A score for each of the rows, in their order.
  public func scores(of table: PointTable, rows: Range<Int>) -> [Double] {
    precondition(table.width == width, "rows of \(table.width) values, not \(width)")
    var scores: [Double] = []
    scores.reserveCapacity(rows.count)
    let fitting = min(Self.blockRows, Self.blockValues / width / 8 * 8, (rows.count + 7) / 8 * 8)
    let blockRows = max(8, fitting)
    var groups = [Float](repeating: 0, count: blockRows * width)
    var sums = [Float](repeating: 0, count: blockRows)
    for first in stride(from: rows.lowerBound, to: rows.upperBound, by: blockRows) {
      let count = min(blockRows, rows.upperBound - first)
      transpose(table, first..<first + count, into: &groups)
      for index in sums.indices { sums[index] = 0 }
      addPathLengths(of: groups, to: &sums)
      for sum in sums[..<count] { scores.append(score(ofPathLengthSum: sum)) }
    }
    return scores
  }

  private func transpose(_ table: PointTable, _ rows: Range<Int>, into groups: inout [Float]) {
    var output = groups.mutableSpan
    transposeInGroups(table.values.span, width: width, rows: rows, into: &output)
  }

  private func addPathLengths(of groups: [Float], to sums: inout [Float]) {
    var output = sums.mutableSpan
    for tree in trees {
      VedetteStatistics.addPathLengths(
        nodes: tree.nodes.span,
        leaves: tree.leaves.span,
        depth: tree.depth,
        groups: groups.span,
        width: width,
        sums: &output
      )
    }
  }

  /// All trees in a row, for whoever wants to walk them in another way.
  package struct Layout {
    /// Threshold and feature of each node, 2^depth for each tree, the first of them not used.
    package let nodes: [UInt64]
    /// The path length at each of the 2^depth leaves of each tree.
    package let leaves: [Float]
    /// The number of trees.
    package let treeCount: Int
    /// The number of cuts on a path.
    package let depth: Int
  }

  /// The forest's trees in a row.
  package var layout: Layout {
    Layout(
      nodes: trees.flatMap { tree in
        tree.nodes.map { node in
          UInt64(node.threshold.bitPattern)
            | UInt64(UInt32(bitPattern: node.feature)) << 32
        }
      },
      leaves: trees.flatMap(\.leaves),
      treeCount: trees.count,
      depth: Self.depth(of: sampleCount)
    )
  }

  /// The score of a row whose path lengths add up to a sum.
  package func score(ofPathLengthSum sum: Float) -> Double {
    score(ofPathLength: Double(sum) / Double(trees.count))
  }

  /// Takes a row's score apart by feature.
  ///
  /// On its way down a tree a row's expected path length changes at every cut; the change is the
  /// doing of the feature that was cut. Summed over the trees these changes are exactly the row's
  /// path length less the sample's mean one, and one factor turns them into parts of the score.
  ///
  /// - Parameter row: As many values as the forest's rows have.
  /// - Returns: The score and its parts.
  public func attribution(of row: [Float]) -> IsolationAttribution {
    precondition(row.count == width, "a row of \(row.count) values, not \(width)")
    var changes = [Double](repeating: 0, count: width)
    for tree in trees { tree.addContributions(of: row[...], to: &changes) }
    for feature in changes.indices { changes[feature] /= Double(trees.count) }
    let change = changes.reduce(0, +)
    let score = score(ofPathLength: expectedPathLength + change)
    let slope =
      change.magnitude > 1e-9
      ? (score - baseline) / change : -log(2) * baseline / max(averagePathLength, 1)
    return IsolationAttribution(
      score: score,
      baseline: baseline,
      contributions: changes.map { $0 * slope }
    )
  }

  private var expectedPathLength: Double {
    trees.reduce(0) { $0 + Double($1.expected[1]) } / Double(trees.count)
  }

  private func score(ofPathLength length: Double) -> Double {
    averagePathLength > 0 ? exp2(-length / averagePathLength) : 0.5
  }

  private static func depth(of sampleCount: Int) -> Int {
    let most = max(sampleCount, 2)
    return Int.bitWidth - (most - 1).leadingZeroBitCount
  }

  private static func treeSeed(_ seed: UInt64, _ index: Int) -> UInt64 {
    var hash = StableHash(seed: 0x6973_6f6c_6174_696f)
    hash.combine(seed)
    hash.combine(UInt64(index))
    return hash.value
  }

  /// Draws rows without replacement by Floyd's method.
  ///
  /// - Parameters:
  ///   - count: How many.
  ///   - table: From where.
  ///   - taken: A mark for each row of the table, none of them set; left as it was.
  ///   - random: Where the choice comes from.
  /// - Returns: The rows drawn.
  private static func sample(
    _ count: Int,
    of table: PointTable,
    taken: inout [Bool],
    random: inout SplitMix64
  ) -> PointTable {
    var rows: [Int] = []
    for last in table.rowCount - count..<table.rowCount {
      let drawn = random.nextBelow(last + 1)
      let row = taken[drawn] ? last : drawn
      taken[row] = true
      rows.append(row)
    }
    for row in rows { taken[row] = false }
    var sample = PointTable(width: table.width)
    sample.append(rows, of: table)
    return sample
  }
}

extension IsolationForest: Snapshotting {
  /// Writes the state.
  ///
  /// - Parameter writer: Where to.
  public func write(to writer: inout SnapshotWriter) {
    writer.write(count: width)
    writer.write(count: sampleCount)
    writer.write(count: trees.count)
    for tree in trees { tree.write(to: &writer) }
  }

  /// Reads the state, or fails if the bytes are not one.
  ///
  /// - Parameter reader: Where from.
  public init?(from reader: inout SnapshotReader) {
    let width = reader.variable()
    let sampleCount = reader.variable()
    let treeCount = reader.variable()
    guard !reader.hasFailed, (1...1 << 20).contains(width), sampleCount <= Self.sampleCountMax,
      (1...UInt64(Self.treeCountMax)).contains(treeCount)
    else { return nil }
    self.width = Int(width)
    self.sampleCount = Int(sampleCount)
    averagePathLength = IsolationTree.averagePathLength(of: self.sampleCount)
    var trees: [IsolationTree] = []
    for _ in 0..<treeCount {
      let depth = Self.depth(of: self.sampleCount)
      guard let tree = IsolationTree(from: &reader, depth: depth, width: self.width) else {
        return nil
      }
      trees.append(tree)
    }
    self.trees = trees
  }
}
