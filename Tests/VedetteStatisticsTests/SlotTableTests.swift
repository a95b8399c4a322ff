import Testing

@testable import VedetteStatistics

@Suite("Slot table")
struct SlotTableTests {
  @Test("a slot is half a cache line") func size() {
    #expect(MemoryLayout<EntitySlot>.stride == 32)
  }

  @Test("batches agree with one entity after the other", arguments: 0..<32 as Range<UInt64>)
  func agreesWithReference(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let rates = SlotRates(
      slow: Float(ExponentialMoments.rate(halfLife: 50)),
      fast: Float(ExponentialMoments.rate(halfLife: 8))
    )
    let keyCount = 1 + random.nextBelow(400)
    var table = SlotTable(capacity: 1_000, halfLife: 50)
    var plain: [UInt64: EntitySlot] = [:]
    for _ in 0..<10 {
      let keys = (0..<random.nextBelow(300)).map { _ in UInt64(random.nextBelow(keyCount)) }
      let values = keys.map { key in Float(key) + 3 * Float(random.nextUnit()) }
      let scores = table.update(keys: keys, values: values)
      for (index, key) in keys.enumerated() {
        let expected = scored(
          &plain[key == 0 ? 1 : key, default: EntitySlot()],
          values[index],
          rates
        )
        #expect(scores[index] == expected, "seed \(seed)")
      }
    }
    #expect(table.count == plain.count)
    for (key, slot) in plain {
      #expect(table.statistics(of: key)?.count == Int(slot.count))
      #expect(table.statistics(of: key)?.mean == Double(slot.mean))
    }
    #expect(table.statistics(of: 1 << 40) == nil)
  }

  @Test("a slot says what the moments of doubles say", arguments: 0..<8 as Range<UInt64>)
  func agreesWithMoments(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var table = SlotTable(capacity: 1, halfLife: 30)
    var moments = ExponentialMoments(halfLife: 30)
    for _ in 0..<500 {
      let value = Float(5 + random.nextUnit())
      _ = table.update(keys: [7], values: [value])
      moments.add(Double(value), floor: 1e-6)
    }
    let known = try #require(table.statistics(of: 7))
    #expect((known.mean - moments.mean).magnitude < 1e-4)
    #expect((known.deviation - moments.standardDeviation).magnitude < 1e-4)
  }

  @Test("what there is no room for is counted and not learned, and who is in stays")
  func full() {
    var table = SlotTable(capacity: 100, halfLife: 50)
    _ = table.update(keys: Array(1...100), values: [Float](repeating: 1, count: 100))
    _ = table.update(keys: Array(51...150), values: [Float](repeating: 2, count: 100))
    #expect(table.count == 100)
    #expect(table.refusedCount == 50)
    #expect(table.statistics(of: 60)?.count == 2)
    #expect(table.statistics(of: 120) == nil)
  }

  @Test("hostile values leave every slot finite")
  func hostile() {
    let values: [Float] = [
      .nan, .infinity, -.infinity, 3e38, -3e38, 0, -0.0, .leastNonzeroMagnitude,
    ]
    var table = SlotTable(capacity: 10, halfLife: 50)
    for round in 0..<1_000 {
      let scores = table.update(keys: [1, 2], values: [values[round % 8], values[round % 7]])
      #expect(scores.allSatisfy { $0.isFinite })
    }
    #expect(table.statistics(of: 1)?.mean.isFinite == true)
    #expect(table.statistics(of: 1)?.count == 875)
  }

  @Test("goes on from a snapshot bit for bit", arguments: [0, 1, 5_000])
  func snapshot(keys: Int) throws {
    var random = SplitMix64(seed: 1)
    var table = SlotTable(capacity: 4_000, halfLife: 50)
    let batch = (0..<keys).map { _ in random.next() }
    _ = table.update(keys: batch, values: batch.map { Float($0 % 17) })
    var restored = try #require(SlotTable(restoring: table.snapshot))
    #expect(restored == table)
    let next = (0..<500).map { batch.isEmpty ? UInt64($0) : batch[$0 % batch.count] }
    let values = next.map { Float($0 % 5) }
    #expect(restored.update(keys: next, values: values) == table.update(keys: next, values: values))
    #expect(restored == table)
    #expect(SlotTable(restoring: Array(table.snapshot.dropLast())) == nil)
  }

  @Test(
    "putting, taking and forgetting agree with a dictionary",
    arguments: 0..<16 as Range<UInt64>
  )
  func moving(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var table = SlotTable(capacity: 400, halfLife: 50)
    var plain: [UInt64: SlotSummary] = [:]
    for step in 0..<3_000 {
      // Keys with few different places, so that they are in each other's way.
      let key = UInt64(1 + random.nextBelow(600)) << UInt64(40 * random.nextBelow(2))
      if random.nextBelow(3) > 0 {
        let summary = SlotSummary(
          count: UInt32(1 + random.nextBelow(20)),
          mean: Float(step),
          variance: 2,
          peak: 3,
          mark: UInt32(step)
        )
        let hasRoom = plain[key] != nil || plain.count < 400
        let isPut = table.put(summary, for: key)
        #expect(isPut == hasRoom)
        if hasRoom { plain[key] = summary }
      } else {
        let taken = table.take(key)
        #expect(taken == plain.removeValue(forKey: key))
      }
      if step % 700 == 699 {
        let gone = table.forget(atLeast: 50)
        #expect(gone.count >= 50)
        let most = gone.compactMap { plain[$0]?.count }.max() ?? 0
        plain = plain.filter { $0.value.count > most }
      }
    }
    #expect(table.count == plain.count)
    #expect(Dictionary(uniqueKeysWithValues: table.summaries.map { ($0.key, $0.summary) }) == plain)
    for (key, summary) in plain {
      let taken = table.take(key)
      #expect(taken == summary)
    }
    #expect(table.count == 0 && table.summaries.isEmpty && table.byteCount % 32 == 0)
    let unsound = SlotSummary(count: 1, mean: .nan, variance: 0, peak: 0, mark: 0)
    let isPut = table.put(unsound, for: 1)
    #expect(!isPut)
  }
}
