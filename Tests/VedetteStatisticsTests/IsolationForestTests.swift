import Testing

@testable import VedetteStatistics

@Suite("Isolation forest")
struct IsolationForestTests {
  static let options = IsolationForest.Options(treeCount: 100, sampleCount: 256, seed: 1)

  /// A cloud of rows around zero.
  static func cloud(count: Int, width: Int, seed: UInt64) -> PointTable {
    var random = SplitMix64(seed: seed)
    var table = PointTable(width: width)
    for _ in 0..<count {
      table.append(
        (0..<width).map { _ in
          Float((0..<6).reduce(0.0) { sum, _ in sum + random.nextUnit() } - 3)
        }
      )
    }
    return table
  }

  @Test("a far row has a high score and an ordinary one about a half")
  func separates() {
    let forest = IsolationForest(
      fitting: Self.cloud(count: 2_000, width: 4, seed: 1),
      options: Self.options
    )
    #expect(forest.score(of: [20, 20, 20, 20]) > 0.7)
    #expect(forest.score(of: [0, 0, 0, 0]) < 0.45)
    #expect((0.4..<0.6).contains(forest.baseline))
  }

  @Test("eight rows side by side score as each alone does", arguments: [1, 7, 8, 9, 300])
  func agreesWithSingleRows(rowCount: Int) {
    let table = Self.cloud(count: rowCount, width: 5, seed: 3)
    let forest = IsolationForest(
      fitting: Self.cloud(count: 500, width: 5, seed: 4),
      options: Self.options
    )
    let scores = forest.scores(of: table, rows: 0..<rowCount)
    for row in 0..<rowCount {
      let alone = forest.score(of: Array(table.row(row)))
      let walked = forest.attribution(of: Array(table.row(row))).score
      #expect(scores[row] == alone)
      #expect((scores[row] - walked).magnitude < 1e-5)
    }
    #expect(forest.scores(of: table, rows: 0..<rowCount / 2) == Array(scores.prefix(rowCount / 2)))
  }

  @Test("a group of eight walks as the obvious loop does", arguments: 0..<64 as Range<UInt64>)
  func agreesWithObviousWalk(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let width = 1 + random.nextBelow(6)
    let depth = random.nextBelow(9)
    let count = 1 + random.nextBelow(40)
    func value() -> Float {
      random.nextBelow(9) == 0 ? .nan : Float(random.nextBelow(7))
    }
    let nodes = (0..<1 << depth).map { _ in
      IsolationNode(threshold: Float(random.nextBelow(7)), feature: Int32(random.nextBelow(width)))
    }
    let leaves = (0..<1 << depth).map { Float($0) }
    let values = (0..<count * width).map { _ in value() }
    let whole = (count + 7) / 8 * 8
    var groups = [Float](repeating: 0, count: whole * width)
    var transposed = groups.mutableSpan
    transposeInGroups(values.span, width: width, rows: 0..<count, into: &transposed)
    var sums = [Float](repeating: 0.5, count: whole)
    var output = sums.mutableSpan
    addPathLengths(
      nodes: nodes.span,
      leaves: leaves.span,
      depth: depth,
      groups: groups.span,
      width: width,
      sums: &output
    )
    for row in 0..<count {
      var node = 1
      for _ in 0..<depth {
        let seen = values[row * width + Int(nodes[node].feature)]
        node = 2 * node + (seen <= nodes[node].threshold ? 0 : 1)
      }
      #expect(sums[row] == 0.5 + leaves[node - 1 << depth], "seed \(seed), row \(row)")
    }
  }

  @Test("the contributions add up to the score less the baseline and name the cause")
  func attribution() {
    let forest = IsolationForest(
      fitting: Self.cloud(count: 1_000, width: 6, seed: 5),
      options: Self.options
    )
    let parts = forest.attribution(of: [0, 0, 0, 25, 0, 0])
    #expect((parts.contributions.reduce(0, +) - (parts.score - parts.baseline)).magnitude < 1e-9)
    #expect(
      parts.contributions.indices.max { parts.contributions[$0] < parts.contributions[$1] } == 3
    )
    #expect(parts.contributions[3] > 0.5 * (parts.score - parts.baseline))
  }

  @Test("the same seed gives the same forest and the next seed shares no tree with it")
  func seeds() {
    let table = Self.cloud(count: 400, width: 3, seed: 6)
    var options = Self.options
    let first = IsolationForest(fitting: table, options: options)
    #expect(IsolationForest(fitting: table, options: options) == first)
    options.seed = 2
    let second = IsolationForest(fitting: table, options: options)
    let snapshots = [first, second].map { Set(Self.treeBytes($0)) }
    #expect(snapshots[0].count == 100)
    #expect(snapshots[0].isDisjoint(with: snapshots[1]))
  }

  private static func treeBytes(_ forest: IsolationForest) -> [[UInt8]] {
    // Width, sample and tree counts take 1, 2 and 1 bytes; a tree of depth 8 takes 20 * 2^8.
    let bytes = forest.snapshot.dropFirst(4)
    return stride(from: bytes.startIndex, to: bytes.endIndex, by: 20 << 8).map {
      Array(bytes[$0..<$0 + 20 << 8])
    }
  }

  @Test("every row of a sample ends at a leaf whose length fits its company")
  func treeInvariants() {
    let table = Self.cloud(count: 256, width: 3, seed: 7)
    var random = SplitMix64(seed: 8)
    let tree = IsolationTree(fitting: table, depth: 8, isGuided: false, random: &random)
    var visitors = [Int](repeating: 0, count: 256)
    for row in 0..<256 {
      var node = 1
      for _ in 0..<8 {
        let cut = tree.nodes[node]
        let value = table.values[row * 3 + Int(cut.feature)]
        node = 2 * node + (value <= cut.threshold ? 0 : 1)
      }
      visitors[node - 256] += 1
    }
    for leaf in 0..<256 where visitors[leaf] > 1 {
      #expect(tree.leaves[leaf] == Float(8 + IsolationTree.averagePathLength(of: visitors[leaf])))
    }
    let mean = (0..<256).reduce(0.0) { $0 + Double(visitors[$1]) * Double(tree.leaves[$1]) } / 256
    #expect((mean - Double(tree.expected[1])).magnitude < 1e-4)
  }

  @Test("average path lengths are those of the paper")
  func pathLengths() {
    #expect(IsolationTree.averagePathLength(of: 0) == 0)
    #expect(IsolationTree.averagePathLength(of: 1) == 0)
    #expect(IsolationTree.averagePathLength(of: 2) == 1)
    #expect((IsolationTree.averagePathLength(of: 256) - 10.2447709).magnitude < 1e-6)
  }

  @Test("no rows, one row and constant rows give scores that say nothing")
  func degenerate() {
    for count in 0..<4 {
      var table = PointTable(width: 2)
      for _ in 0..<count { table.append([1, 1]) }
      let forest = IsolationForest(fitting: table, options: Self.options)
      #expect(forest.score(of: [1, 1]) == forest.score(of: [9, 9]))
      #expect(forest.attribution(of: [9, 9]).contributions == [0, 0])
    }
  }

  @Test("missing and infinite values are scored and a missing value can be what is odd")
  func hostile() {
    var table = Self.cloud(count: 500, width: 2, seed: 9)
    table.append([.nan, .infinity])
    table.append([-.infinity, .nan])
    let forest = IsolationForest(fitting: table, options: Self.options)
    for row: [Float] in [[.nan, .nan], [.infinity, -.infinity], [1e38, -1e38]] {
      #expect((0...1).contains(forest.score(of: row)))
    }
    var constant = PointTable(width: 1)
    for row in 0..<200 { constant.append([row == 0 ? .nan : 3]) }
    let finder = IsolationForest(fitting: constant, options: Self.options)
    #expect(finder.score(of: [.nan]) > finder.score(of: [3]) + 0.2)
  }

  @Test("a restored forest is the same forest")
  func snapshot() throws {
    let table = Self.cloud(count: 300, width: 4, seed: 10)
    let forest = IsolationForest(fitting: table, options: Self.options)
    let restored = try #require(IsolationForest(restoring: forest.snapshot))
    #expect(restored == forest)
    #expect(
      restored.scores(of: table, rows: 0..<300) == forest.scores(of: table, rows: 0..<300)
    )
  }

  @Test("larger samples make deeper trees and options out of range are held")
  func options() {
    let table = Self.cloud(count: 3_000, width: 2, seed: 11)
    let wide = IsolationForest.Options(treeCount: 0, sampleCount: .max, seed: 1)
    let forest = IsolationForest(fitting: table, options: wide)
    #expect(forest.sampleCount == 3_000)
    #expect(forest.score(of: [30, 30]) > forest.score(of: [0, 0]))
  }

  @Test("a guided forest cuts where a column falls apart, finds what is far out, and is restored")
  func guided() throws {
    var random = SplitMix64(seed: 77)
    // One column falls apart in two halves, three say nothing; one row is far out.
    var table = PointTable(width: 4)
    for row in 0..<600 {
      let half: Float = row % 2 == 0 ? 0 : 100
      table.append(
        [half + Float(random.nextUnit())] + (0..<3).map { _ in Float(random.nextUnit()) }
      )
    }
    table.append([50, 9, 9, 9])
    func forest(_ isGuided: Bool) -> IsolationForest {
      var options = IsolationForest.Options(treeCount: 50, sampleCount: 256, seed: 3)
      options.isGuided = isGuided
      return IsolationForest(fitting: table, options: options)
    }
    let guided = forest(true)
    #expect(guided == forest(true) && guided != forest(false))
    let scores = guided.scores(of: table, rows: 0..<601)
    #expect(scores.indices.max { scores[$0] < scores[$1] } == 600)
    // Cuts between the halves part them at a middle that no row is near.
    let thresholds = guided.layout.nodes.filter { $0 >> 32 == 0 }
      .map { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) }
    #expect(thresholds.count { (25...75).contains($0) } > 20)
    var writer = SnapshotWriter()
    guided.write(to: &writer)
    var reader = SnapshotReader(writer.bytes)
    #expect(IsolationForest(from: &reader) == guided)
  }
}
