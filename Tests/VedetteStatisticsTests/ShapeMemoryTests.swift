import Testing

@testable import VedetteStatistics

@Suite("Shape memory")
struct ShapeMemoryTests {
  @Test("agrees with a search over all lags", arguments: 0..<24 as Range<UInt64>)
  func agreesWithReference(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let keep = Float(0.707_106_77)
    let width = 1 + random.nextBelow(90)
    let matchEnd = random.nextBelow(width + 1)
    var window = [Float](repeating: 0, count: width)
    var distances = [Float](repeating: 0, count: width)
    var plain = distances
    for count in 0..<200 {
      let value = Float(random.nextBelow(9)) / 3
      let first = max(0, width - count)
      var output = distances.mutableSpan
      let match = updateShapeDistances(
        value,
        window: window.span,
        distances: &output,
        first: first,
        matchEnd: matchEnd,
        keep: keep
      )
      var least = Float.infinity
      for place in first..<width {
        let difference = value - window[place]
        plain[place] = keep * plain[place] + difference * difference
        if place < matchEnd { least = min(least, plain[place]) }
      }
      #expect(distances == plain, "seed \(seed), row \(count)")
      #expect(match.distance == least)
      #expect((match.place < 0) == (first >= matchEnd))
      if match.place >= 0 { #expect(plain[match.place] == least) }
      window.removeFirst()
      window.append(value)
    }
  }

  @Test("forecasts a cycle whose length nobody told")
  func forecast() throws {
    var memory = ShapeMemory()
    var wrong = 0
    for row in 0..<3_000 {
      let value = Float((row * row) % 131)
      if row > 1_000, memory.forecast != value { wrong += 1 }
      _ = memory.learn(value)
    }
    #expect(wrong < 50)
  }

  @Test("a stretch seen before is near, a new one is far")
  func distance() {
    var memory = ShapeMemory()
    for row in 0..<2_000 { _ = memory.learn(Float(row % 50)) }
    #expect(memory.learn(0) < 0.01)
    #expect(memory.learn(25) > 5)
  }

  @Test("goes on from a snapshot bit for bit", arguments: [0, 1, 17, 2_047, 2_048, 2_049, 4_100])
  func snapshot(cut: Int) throws {
    var random = SplitMix64(seed: 3)
    var memory = ShapeMemory()
    for _ in 0..<cut { _ = memory.learn(Float(random.nextUnit())) }
    var restored = try #require(ShapeMemory(restoring: memory.snapshot))
    #expect(restored == memory)
    for _ in 0..<300 {
      let value = Float(random.nextUnit())
      #expect(restored.learn(value) == memory.learn(value))
      #expect(restored.forecast == memory.forecast)
    }
    #expect(ShapeMemory(restoring: Array(memory.snapshot.dropLast())) == nil)
  }
}
