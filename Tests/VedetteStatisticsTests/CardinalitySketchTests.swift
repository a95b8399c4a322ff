import Testing
import VedetteStatistics

@Suite("Cardinality sketch")
struct CardinalitySketchTests {
  @Test("few values are counted exactly, however often they come")
  func exact() {
    var sketch = CardinalitySketch(precision: 11)
    for round in 0..<1_000 { sketch.insert("host-\(round % CardinalitySketch.exactCountMax)") }
    #expect(sketch.isExact)
    #expect(sketch.estimate == Double(CardinalitySketch.exactCountMax))
    sketch.insert("one more")
    #expect(!sketch.isExact)
  }

  @Test(
    "many values are counted within four standard errors",
    arguments: [100, 1_000, 3_000, 10_000, 100_000]
  )
  func estimate(count: Int) {
    for seed in 0..<4 as Range<UInt64> {
      var random = SplitMix64(seed: seed)
      var sketch = CardinalitySketch(precision: 11)
      for _ in 0..<count { sketch.insert(hash: random.next()) }
      #expect((sketch.estimate / Double(count) - 1).magnitude < 4 * 0.023)
    }
  }

  @Test("order, repetition and merging change nothing", arguments: [10, 60, 70, 500, 20_000])
  func merging(count: Int) throws {
    var random = SplitMix64(seed: UInt64(count))
    let hashes = (0..<count).map { _ in random.next() }
    var whole = CardinalitySketch(precision: 10)
    for hash in hashes { whole.insert(hash: hash) }
    var first = CardinalitySketch(precision: 10)
    var second = CardinalitySketch(precision: 10)
    for (index, hash) in hashes.reversed().enumerated() {
      if index % 10 == 0 { first.insert(hash: hash) } else { second.insert(hash: hash) }
      second.insert(hash: hash)
    }
    var merged = first
    merged.merge(second)
    second.merge(first)
    #expect(merged == whole)
    #expect(second == whole)
    #expect(try #require(CardinalitySketch(restoring: merged.snapshot)) == whole)
  }

  @Test("the extreme hashes have a register")
  func extremes() {
    var sketch = CardinalitySketch(precision: 4)
    for hash in 0..<100 as Range<UInt64> { sketch.insert(hash: hash) }
    sketch.insert(hash: .max)
    #expect(sketch.estimate.isFinite)
  }
}
