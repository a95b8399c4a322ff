import Glibc
import Testing
import VedetteStatistics

@Suite("Pareto tail")
struct ParetoTailTests {
  /// A tail by its inverse, with a known shape.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let shape: Double
    let inverse: @Sendable (Double) -> Double
  }

  static let cases = [
    Case(testDescription: "uniform", shape: -0.5, inverse: { $0 }),
    Case(testDescription: "exponential", shape: 0, inverse: { -log(1 - $0) }),
    Case(testDescription: "power law", shape: 0.4, inverse: { pow(1 - $0, -0.4) }),
  ]

  @Test("finds how often a value is passed, far beyond the data", arguments: cases)
  func extrapolates(_ example: Case) throws {
    var random = SplitMix64(seed: 11)
    var ratios: [Double] = []
    for _ in 0..<60 {
      // The 100 largest of 10,000 in 10 days; what is passed once in 20 days is asked for.
      let all = (0..<10_000).map { _ in example.inverse(random.nextUnit() * 0.999_999_9) }.sorted()
      let tail = try #require(ParetoTail(values: Array(all.suffix(100)), days: 10))
      #expect(tail.rate == 10)
      let value = tail.value(atRate: 0.05)
      #expect((tail.rate(above: value) / 0.05 - 1).magnitude < 1e-6)
      let truth = example.inverse(1 - 0.05 / 1_000)
      ratios.append(value / truth)
    }
    ratios.sort()
    #expect((0.75...1.33).contains(ratios[30]), "\(ratios[30])")
  }

  @Test("rates only fall with the value, values only rise as the rate falls")
  func isMonotone() throws {
    var random = SplitMix64(seed: 12)
    for count in [1, 2, 5, 30, 500] {
      let values = (0..<count).map { _ in exp(3 * random.nextUnit()) }
      let tail = try #require(ParetoTail(values: values, days: 3))
      let rates = (0..<100).map { tail.rate(above: Double($0)) }
      #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 >= $1 && $1 >= 0 })
      let limits = (1..<100).map { tail.value(atRate: tail.rate / Double($0)) }
      #expect(zip(limits, limits.dropFirst()).allSatisfy { $0 <= $1 })
    }
  }

  @Test("values that are all equal, hostile or missing do no harm")
  func isRobust() throws {
    #expect(ParetoTail(values: [], days: 1) == nil)
    #expect(ParetoTail(values: [.nan, .infinity], days: 1) == nil)
    #expect(ParetoTail(values: [1], days: 0) == nil)
    let equal = try #require(ParetoTail(values: [2, 2, 2], days: 1))
    #expect(equal.rate(above: 2) == 3 && equal.rate(above: 2.1) < 1e-9)
    #expect(equal.value(atRate: 1).isFinite && equal.value(atRate: 0) == .infinity)
    let wide = try #require(ParetoTail(values: [1, 1e300, 1e308], days: 1))
    #expect(wide.value(atRate: 0.001) > 1)
  }

  @Test("a tail is restored as it was")
  func restores() throws {
    var random = SplitMix64(seed: 13)
    let tail = try #require(ParetoTail(values: (0..<50).map { _ in random.nextUnit() }, days: 2))
    var writer = SnapshotWriter()
    tail.write(to: &writer)
    var reader = SnapshotReader(writer.bytes)
    #expect(ParetoTail(from: &reader) == tail && reader.isComplete)
  }
}
