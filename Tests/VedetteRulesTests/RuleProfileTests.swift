import Synchronization
import Testing
import VedetteColumns
import VedetteEvent
import VedetteFindings

@testable import VedetteRules

@Suite("What rules cost")
struct RuleProfileTests {
  static let yaml = """
    title: with a certain text
    id: a
    logsource: {product: test}
    detection:
      s: {f|contains: needle}
      condition: s
    ---
    title: without a certain text
    id: b
    logsource: {product: test}
    detection:
      s: {f|re: '^[a-z]+[0-9]$'}
      condition: s
    ---
    title: without a witness
    id: c
    logsource: {product: test}
    detection:
      s: {f: x}
      condition: not s
    ---
    title: of other events
    id: d
    logsource: {product: other}
    detection:
      k: [left, right]
      condition: k
    ---
    title: keywords
    id: e
    logsource: {product: test}
    detection:
      k: [up, down]
      condition: k
    """

  /// A clock that steps by one at each reading.
  final class Ticks: Sendable {
    private let count = Atomic<UInt64>(0)
    func next() -> UInt64 { count.add(1, ordering: .relaxed).newValue }
  }

  static func profiled(_ events: Int) throws -> (RuleSet, RuleProfile, [RuleMatch], [RuleMatch]) {
    let rules = RuleText.load(yaml)
    #expect(rules.errors == [])
    let plan = RulePlan(rules)
    let ticks = Ticks()
    // Asking costs one tick, which is taken off: three more are left of each four.
    let clock = ProfileClock { (0..<4).reduce(0) { _, _ in ticks.next() } }
    let timed = RuleDetector(plan, profilingBy: clock)
    let plain = RuleDetector(plan)
    let batches = try FlatEvents.batches(
      (0..<events).map { #"{"f":"value\#($0 % 50)","g":"needle up"}"# },
      logSource: LogSource(product: "test"),
      rowsMax: 20
    )
    let matches = batches.flatMap { timed.match($0) }
    let expected = batches.flatMap { plain.match($0) }
    return (rules, RuleProfile(plan, timed.profile), matches, expected)
  }

  @Test("measuring changes no match, and the costs add up to what was measured")
  func adds() throws {
    let (_, profile, matches, expected) = try Self.profiled(200)
    #expect(matches == expected)
    #expect(!matches.isEmpty)
    let sum = profile.costs.reduce(0) { $0 + $1.nanoseconds }
    #expect(abs(sum - profile.nanoseconds) < 1e-6 * max(1, profile.nanoseconds))
    #expect(
      zip(profile.costs, profile.costs.dropFirst()).allSatisfy { $0.nanoseconds >= $1.nanoseconds }
    )
  }

  @Test("each rule costs for its own reasons, and one that looks at no event costs nothing")
  func reasons() throws {
    let (rules, profile, _, _) = try Self.profiled(200)
    var parts: [String: [RuleProfile.Part]] = [:]
    for cost in profile.costs { parts[rules.entries[cost.rule].metadata.id] = cost.parts }
    #expect(parts["a"]?.map(\.reason).contains(.search(field: "f")) == true)
    let regex = try #require(parts["b"]?.first { $0.reason == .regexWithoutText(field: "f") })
    // Each distinct value once.
    #expect(regex.count == 50)
    #expect(parts["c"]?.contains { $0.reason == .evaluationWithoutWitness } == true)
    #expect(parts["d"] == nil)
    #expect(parts["e"]?.contains { $0.reason == .keywords && $0.count == 51 } == true)
    #expect(parts.values.joined().allSatisfy { !$0.words.isEmpty })
  }

  @Test("profiles of threads are added")
  func threads() {
    var one = MatchProfile(variantCount: 2)
    one.slots = [MatchProfile.Slot(checkRuns: [1], checkNanoseconds: [10])]
    one.evaluationCounts = [1, 2]
    one.evaluationNanoseconds = 5
    var two = one
    two.add(one)
    #expect(two.slots[0].checkRuns == [2] && two.slots[0].checkNanoseconds == [20])
    #expect(two.evaluationCounts == [2, 4] && two.evaluationNanoseconds == 10)
  }

  @Test("nothing is counted where nobody asked")
  func untimed() throws {
    let detector = RuleDetector(RulePlan(RuleText.load(Self.yaml)))
    for batch in try FlatEvents.batches([#"{"f":"x1"}"#], logSource: LogSource(product: "test")) {
      _ = detector.match(batch)
    }
    let profile = detector.profile
    #expect(profile.slots.allSatisfy { $0.valueCount == 0 && $0.checkRuns.isEmpty })
    #expect(profile.evaluationCounts.isEmpty && profile.evaluationNanoseconds == 0)
  }
}
