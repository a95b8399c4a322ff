import Glibc
import Testing
import VedetteStatistics

@Suite("Window forest")
struct WindowForestTests {
  private static let options = IsolationForest.Options(treeCount: 40, sampleCount: 128, seed: 9)

  private func row(_ center: Float, _ random: inout SplitMix64) -> [Float] {
    [center + Float(random.nextUnit()), center + Float(random.nextUnit())]
  }

  @Test("a row is scored by the rows before it, and parts add up to the score")
  func isCausal() {
    var random = SplitMix64(seed: 1)
    let rows = (0..<900).map { _ in row(0, &random) }
    func scores(_ rows: [[Float]]) -> [IsolationAttribution] {
      var forest = WindowForest(width: 2, windowMax: 512, options: Self.options)
      return rows.map { forest.score($0) }
    }
    let all = scores(rows)
    #expect(scores(Array(rows.prefix(700))) == Array(all.prefix(700)))
    #expect(all[..<256].allSatisfy { $0.score == 0.5 })
    #expect(all[256...].contains { $0.score != 0.5 })
    for result in all {
      let sum = result.contributions.reduce(result.baseline, +)
      #expect((sum - result.score).magnitude < 1e-9)
    }
  }

  @Test("what stands out is found and does not teach, a lasting change becomes usual")
  func followsChange() {
    var random = SplitMix64(seed: 2)
    var forest = WindowForest(width: 2, windowMax: 512, options: Self.options)
    for _ in 0..<1_000 { _ = forest.score(row(0, &random)) }
    let usual = (0..<100).map { _ in forest.score(row(0, &random)).score }.sorted()[50]
    for _ in 0..<20 {
      #expect(forest.score(row(6, &random)).score > usual + 0.1)
      for _ in 0..<20 { _ = forest.score(row(0, &random)) }
    }
    let before = forest.score(row(6, &random)).score
    for _ in 0..<2_000 { _ = forest.score(row(6, &random)) }
    #expect(forest.score(row(6, &random)).score < before - 0.1)
  }
}
