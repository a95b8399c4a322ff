import Testing
import VedetteStatistics

@testable import VedetteBehavior

@Suite("Parts of behaviour")
struct BehaviorPartsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let text: String
    let expected: String?
    var testDescription: String { text }
  }

  static let addresses: [Case] = [
    Case(text: "203.0.113.9", expected: "203.0.113.0/24"),
    Case(text: "2001:db8:1:2::3", expected: "2001:db8:1::/48"),
    Case(text: "2001:db8::5", expected: "2001:db8::/48"),
    Case(text: "2001:db8:0:1::5", expected: "2001:db8::/48"),
    Case(text: "fe80::1%eth0", expected: "fe80::/48"),
    Case(text: "::1", expected: "::/48"),
    Case(text: "::ffff:203.0.113.9", expected: "203.0.113.0/24"),
    Case(text: "203.0.113", expected: nil),
    Case(text: "203.0.113.256", expected: nil),
    Case(text: "12345:1::2", expected: nil),
    Case(text: "a:b", expected: nil),
    Case(text: "", expected: nil),
  ]

  @Test("an address has a network", arguments: addresses)
  func networks(_ example: Case) {
    #expect(NetworkAddress.network(of: example.text) == example.expected)
  }

  static let agents: [Case] = [
    Case(text: "aws-cli/2.15.30 Python/3.11.8 Linux/6.1", expected: "aws-cli"),
    Case(text: "python-requests/2.31.0", expected: "python-requests"),
    Case(
      text: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36",
      expected: "Chrome"
    ),
    Case(text: "Mozilla/5.0 (X11; rv:109.0) Gecko/20100101 Firefox/115.0", expected: "Firefox"),
    Case(text: "Mozilla/5.0", expected: "Mozilla"),
    Case(text: "/1.0", expected: nil),
    Case(text: " ", expected: nil),
  ]

  @Test("a user agent has a family", arguments: agents)
  func families(_ example: Case) {
    #expect(AgentFamily.family(of: example.text) == example.expected)
  }

  @Test("points are apportioned without rest", arguments: 0..<200 as Range<UInt64>)
  func apportioning(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let parts = (0..<9).map { _ in random.nextUnit() * 1.2 - 0.2 }
    let points = random.nextBelow(65)
    let whole = WindowOutliers.apportion(points, parts)
    #expect(whole.reduce(0, +) == points)
    #expect(whole.count == parts.count)
  }

  @Test("sums hold at their maximum in any order")
  func sums() {
    var huge = MetricSums()
    huge[.cost] = .max - 1
    var small = MetricSums()
    small[.cost] = 7
    small[.events] = 1
    var first = huge
    first.add(small)
    var second = small
    second.add(huge)
    #expect(first == second)
    #expect(first[.cost] == .max && first[.events] == 1)
  }

  @Test("a sum at a place on the scale is at or above it", arguments: ActivityMetric.allCases)
  func scale(metric: ActivityMetric) {
    for position in [0, 0.3, 1, 5, 20, 40, 700] {
      let sum = metric.sum(at: position)
      #expect(sum == .max || metric.position(of: sum) >= position - 1e-9)
    }
  }

  @Test("points only grow with the amount and a quiet first day is never medium")
  func points() {
    var series = MetricSeries()
    var random = SplitMix64(seed: 3)
    for _ in 0..<200 { series.learn(1 + 2 * random.nextUnit(), at: 0) }
    var usual = series.usual
    for metric in ActivityMetric.allCases {
      let scores = (0..<400).map {
        usual.points(at: usual.bound(1) + Double($0) / 20, metric).score
      }
      #expect(zip(scores, scores.dropFirst()).allSatisfy { $0 <= $1 })
      #expect(scores[0] >= 20 && scores[399] == 64)
    }
    usual.isQuietFirstDay = true
    #expect(usual.points(at: 700, .events).score == 39)
  }
}
