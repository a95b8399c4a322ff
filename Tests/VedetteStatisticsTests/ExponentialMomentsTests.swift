import Testing
import VedetteStatistics

@Suite("Exponential moments")
struct ExponentialMomentsTests {
  @Test("a young series has the plain mean and variance", arguments: 0..<16 as Range<UInt64>)
  func agreesWithPlainMoments(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var moments = ExponentialMoments(halfLife: 1e6)
    var values: [Double] = []
    for _ in 0..<200 {
      let value = random.nextUnit() * 10 - 3
      values.append(value)
      moments.add(value, floor: 0)
      let mean = values.reduce(0, +) / Double(values.count)
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      #expect((moments.mean - mean).magnitude < 1e-9)
      #expect((moments.variance - squares / Double(values.count)).magnitude < 1e-9)
    }
  }

  @Test("after a half-life of new values the old level counts half")
  func halfLife() {
    var moments = ExponentialMoments(halfLife: 10)
    // A wide floor keeps the step below the clip.
    for _ in 0..<1_000 { moments.add(0, floor: 1) }
    for _ in 0..<10 { moments.add(1, floor: 1) }
    #expect((moments.mean - 0.5).magnitude < 1e-9)
  }

  @Test("one wild value moves the mean by at most six deviations' worth")
  func clipping() {
    var random = SplitMix64(seed: 3)
    var moments = ExponentialMoments(halfLife: 100)
    for _ in 0..<500 { moments.add(random.nextUnit(), floor: 0) }
    let before = moments
    moments.add(1e9, floor: 0)
    #expect(moments.mean - before.mean < 6.1 * before.standardDeviation * 0.01)
    #expect(moments.z(of: 10, floor: 0) > 15)
  }

  @Test("a constant series has finite scores and what differs scores high")
  func constant() {
    var moments = ExponentialMoments(halfLife: 100)
    for _ in 0..<100 { moments.add(5, floor: 0) }
    #expect(moments.z(of: 5, floor: 0) == 0)
    #expect(moments.z(of: 6, floor: 0) > 100)
    #expect(moments.z(of: 6, floor: 0).isFinite)
    #expect(moments.z(of: 6, floor: 1) < 1)
  }

  @Test(
    "hostile numbers leave the state finite",
    arguments: [Double.nan, .infinity, -.infinity, 1e308, -1e308, .leastNonzeroMagnitude]
  )
  func hostile(value: Double) {
    var moments = ExponentialMoments(halfLife: 50)
    #expect(moments.z(of: value, floor: 0) == 0)
    for round in 0..<100 {
      #expect(moments.add(value, floor: 0) == !value.isNaN)
      moments.add(Double(round % 7), floor: 0)
      #expect(moments.mean.isFinite && moments.variance.isFinite)
      #expect(moments.z(of: value, floor: 0).isFinite)
      #expect(moments.z(of: -value, floor: 0).isFinite)
    }
  }

  @Test("goes on from a snapshot bit for bit")
  func snapshot() throws {
    var random = SplitMix64(seed: 9)
    var moments = ExponentialMoments(halfLife: 30)
    for _ in 0..<77 { moments.add(random.nextUnit(), floor: 0) }
    var restored = try #require(ExponentialMoments(restoring: moments.snapshot))
    for _ in 0..<77 {
      let value = random.nextUnit()
      moments.add(value, floor: 0)
      restored.add(value, floor: 0)
    }
    #expect(restored == moments)
  }

  @Test("the magnitude scale is odd, ordered and its own inverse")
  func magnitudeScale() {
    for value in [0, 0.5, 1, 10, 1e6, 1e300] {
      let position = MagnitudeScale.position(of: value)
      #expect(MagnitudeScale.position(of: -value) == -position)
      #expect((MagnitudeScale.value(at: position) - value).magnitude <= 1e-9 * value)
    }
    #expect(MagnitudeScale.position(of: .infinity) < 710)
    #expect(MagnitudeScale.value(at: 1e9).isFinite)
    #expect(MagnitudeScale.spread(1, around: 1e9).isFinite)
    #expect(MagnitudeScale.position(of: .nan).isNaN)
  }
}
