import Glibc
import Testing
import VedetteStatistics

@Suite("Tail probability")
struct TailProbabilityTests {
  @Test("the surprise is near the logarithm of the rank")
  func agreesWithRank() {
    var random = SplitMix64(seed: 2)
    var tail = TailProbability(halfLife: 1e6)
    var seen: [Double] = []
    for _ in 0..<5_000 {
      let deviation = -log(1 - random.nextUnit())
      tail.add(deviation)
      seen.append(deviation)
    }
    for probe in [0.1, 0.5, 1, 2, 4] {
      let share = Double(seen.count { $0 >= probe }) / Double(seen.count)
      #expect((tail.surprise(of: probe) + log(share)).magnitude < 0.25)
    }
  }

  @Test("what is larger is never less surprising")
  func monotone() {
    var random = SplitMix64(seed: 5)
    var tail = TailProbability(halfLife: 100)
    for _ in 0..<1_000 { tail.add(5 * random.nextUnit()) }
    let probes = stride(from: 0, to: 1_000, by: 0.5).map { tail.surprise(of: $0) }
    #expect(zip(probes, probes.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(tail.surprise(of: 900) > tail.surprise(of: 20))
    #expect(tail.surprise(of: .infinity).isFinite && tail.surprise(of: .nan) >= 0)
  }

  @Test("the old fades and the state goes on from a snapshot bit for bit")
  func fading() throws {
    var tail = TailProbability(halfLife: 20)
    for _ in 0..<1_000 { tail.add(100) }
    for _ in 0..<200 { tail.add(0.1) }
    #expect(tail.surprise(of: 100) > 4)
    var restored = try #require(TailProbability(restoring: tail.snapshot))
    for step in 0..<2_000 {
      tail.add(Double(step % 13))
      restored.add(Double(step % 13))
    }
    #expect(restored == tail)
  }
}
