import Testing
import VedetteStatistics

@Suite("SplitMix64")
struct SplitMix64Tests {
  @Test("gives the published numbers for the seed 1234567")
  func referenceVector() {
    var random = SplitMix64(seed: 1_234_567)
    #expect(random.next() == 6_457_827_717_110_365_317)
    #expect(random.next() == 3_203_168_211_198_807_973)
    #expect(random.next() == 9_817_491_932_198_370_423)
  }

  @Test("unit numbers stay below one")
  func unitRange() {
    var random = SplitMix64(seed: 1)
    for _ in 0..<10_000 { #expect((0..<1).contains(random.nextUnit())) }
  }
}
