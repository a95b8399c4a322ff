import Testing
import VedetteCorrelate
import VedetteEvent
import VedetteFindings
import VedetteStatistics

@Suite("Rule correlator")
struct RuleCorrelatorTests {
  private static let failure = ["event.category": "authentication", "event.outcome": "failure"]

  private static func plan(
    _ kind: CorrelationPlan.Kind,
    rule: Int,
    inputs: [Int],
    seconds: Int,
    atLeast: Double? = nil,
    group: [String] = ["source.ip"]
  ) -> CorrelationPlan {
    CorrelationPlan(
      rule: rule,
      kind: kind,
      inputs: inputs,
      groupFields: inputs.map { _ in group },
      timespanNanoseconds: Sample.seconds(seconds),
      bounds: atLeast.map { [CorrelationPlan.Bound(.atLeast, $0)] } ?? []
    )
  }

  private static func correlator(
    _ plans: [CorrelationPlan],
    silent: Int,
    total: Int,
    fold: Int = 3_600
  ) -> RuleCorrelator {
    RuleCorrelator(
      descriptors: (0..<total).map { Sample.descriptor("r\($0)", isSilent: $0 < silent) },
      plans: plans,
      foldNanoseconds: Sample.seconds(fold),
      identifier: Sample.identifier
    )
  }

  private static func login(_ second: Int, _ ip: String, rule: Int = 0) -> TestEvent {
    TestEvent(
      second,
      rule: rule,
      failure.merging(["source.ip": ip, "user.name": "u\(second % 7)"]) { $1 }
    )
  }

  struct CountCase: Sendable, CustomTestStringConvertible {
    let name: String
    let seconds: [Int]
    let counts: [Int]
    var testDescription: String { name }
  }

  static let countCases: [CountCase] = [
    CountCase(name: "one less than enough", seconds: [0, 1], counts: []),
    CountCase(name: "just enough", seconds: [0, 1, 2], counts: [3]),
    CountCase(
      name: "the first and the last exactly a span apart",
      seconds: [0, 5, 10],
      counts: [3]
    ),
    CountCase(name: "a second more than a span apart", seconds: [0, 5, 11], counts: []),
    CountCase(name: "over a fixed boundary", seconds: [58, 59, 61], counts: [3]),
    CountCase(name: "goes on while it holds", seconds: [0, 1, 2, 8, 9, 10], counts: [6]),
    CountCase(
      name: "ends and begins again",
      seconds: [0, 1, 2, 100, 101, 102],
      counts: [3, 3]
    ),
  ]

  @Test("event_count slides and is inclusive at both ends", arguments: countCases)
  func eventCount(_ example: CountCase) {
    let plan = Self.plan(.eventCount, rule: 1, inputs: [0], seconds: 10, atLeast: 3)
    var correlator = Self.correlator([plan], silent: 1, total: 2)
    let findings = correlator.run(example.seconds.map { Self.login($0, "192.0.2.1") })
    #expect(findings.map(\.count) == example.counts)
    #expect(findings.allSatisfy { $0.detector == .correlation })
  }

  @Test("repeated events count as often as they say")
  func weights() {
    let plan = Self.plan(.eventCount, rule: 1, inputs: [0], seconds: 10, atLeast: 6)
    var correlator = Self.correlator([plan], silent: 1, total: 2)
    var repeated = Self.login(1, "192.0.2.1")
    repeated.fields["event.count"] = "5"
    let findings = correlator.run([Self.login(0, "192.0.2.1"), repeated])
    #expect(findings.map(\.count) == [6])
  }

  @Test("groups are apart, and an event without the field is in none")
  func groups() {
    let plan = Self.plan(.eventCount, rule: 1, inputs: [0], seconds: 10, atLeast: 2)
    var correlator = Self.correlator([plan], silent: 1, total: 2)
    let findings = correlator.run([
      Self.login(0, "192.0.2.1"), Self.login(1, "192.0.2.2"), TestEvent(1, ["user.name": "x"]),
      TestEvent(1, ["user.name": "x"]), Self.login(2, "192.0.2.2"),
    ])
    #expect(findings.map { $0.entities.first?.value } == ["192.0.2.2"])
  }

  @Test("value_count counts distinct values in the window")
  func valueCount() {
    let plan = Self.plan(
      .valueCount(fields: ["user.name"]),
      rule: 1,
      inputs: [0],
      seconds: 10,
      atLeast: 3
    )
    var correlator = Self.correlator([plan], silent: 1, total: 2)
    #expect(correlator.run([0, 7, 1, 8].map { Self.login($0, "192.0.2.1") }).isEmpty)
    var other = Self.correlator([plan], silent: 1, total: 2)
    let findings = other.run([0, 1, 2].map { Self.login($0, "192.0.2.1") })
    #expect(findings.map(\.count) == [3])
  }

  @Test("value_sum adds up and forgets what slid out")
  func valueSum() {
    let plan = Self.plan(
      .valueSum(field: "gen_ai.usage.output_tokens"),
      rule: 1,
      inputs: [0],
      seconds: 10,
      atLeast: 100
    )
    func call(_ second: Int, _ tokens: Int) -> TestEvent {
      TestEvent(
        second,
        ["source.ip": "192.0.2.1", "gen_ai.usage.output_tokens": String(tokens)]
      )
    }
    var correlator = Self.correlator([plan], silent: 1, total: 2)
    #expect(correlator.run([call(0, 60), call(11, 60), call(30, 99)]).isEmpty)
    var other = Self.correlator([plan], silent: 1, total: 2)
    #expect(other.run([call(0, 60), call(9, 40)]).map(\.count) == [2])
  }

  @Test("temporal_ordered wants the order, temporal does not")
  func temporal() {
    let ordered = Self.plan(.temporalOrdered, rule: 2, inputs: [0, 1], seconds: 10)
    let any = Self.plan(.temporal, rule: 2, inputs: [0, 1], seconds: 10)
    let forward = [Self.login(0, "192.0.2.1"), Self.login(5, "192.0.2.1", rule: 1)]
    let backward = [Self.login(0, "192.0.2.1", rule: 1), Self.login(5, "192.0.2.1")]
    let apart = [Self.login(0, "192.0.2.1"), Self.login(11, "192.0.2.1", rule: 1)]
    func count(_ plan: CorrelationPlan, _ events: [TestEvent]) -> Int {
      var correlator = Self.correlator([plan], silent: 2, total: 3)
      return correlator.run(events).count
    }
    #expect(
      [count(ordered, forward), count(ordered, backward), count(ordered, apart)] == [1, 0, 0]
    )
    #expect([count(any, forward), count(any, backward), count(any, apart)] == [1, 1, 0])
  }

  @Test("a correlation of a correlation: many failures, then a success")
  func chained() {
    let burst = Self.plan(.eventCount, rule: 2, inputs: [0], seconds: 10, atLeast: 3)
    let success = Self.plan(.temporalOrdered, rule: 3, inputs: [2, 1], seconds: 60)
    func findings(_ events: [TestEvent]) -> [String] {
      var correlator = Self.correlator([burst, success], silent: 2, total: 4)
      return correlator.run(events).map(\.title).sorted()
    }
    let failures = [0, 1, 2].map { Self.login($0, "192.0.2.1") }
    #expect(findings(failures) == ["r2"])
    #expect(findings(failures + [Self.login(20, "192.0.2.1", rule: 1)]) == ["r2", "r3"])
    #expect(findings(failures + [Self.login(20, "192.0.2.9", rule: 1)]) == ["r2"])
    let few = Array(failures.prefix(2)) + [Self.login(20, "192.0.2.1", rule: 1)]
    #expect(findings(few) == [])
  }

  @Test("a rule's own matches by one actor fold into one finding until a long pause")
  func folding() {
    var correlator = Self.correlator([], silent: 0, total: 1, fold: 100)
    let findings = correlator.run([0, 50, 150, 251].map { Self.login($0, "192.0.2.1") })
    #expect(findings.map(\.count) == [3, 1])
    #expect(findings.allSatisfy { $0.detector == .rule && $0.evidence.count == $0.count })
  }

  @Test("evidence keeps the first and the last events and the count goes on")
  func evidence() {
    var correlator = Self.correlator([], silent: 0, total: 1)
    let findings = correlator.run((0..<500).map { Self.login($0, "192.0.2.1") })
    #expect(findings.map(\.count) == [500])
    #expect(findings.first?.evidence.count == Limits.evidenceRecordsMax)
    #expect(findings.first?.evidence.first?.time == Sample.time(0))
    #expect(findings.first?.evidence.last?.time == Sample.time(499))
  }

  private static func randomEvents(_ random: inout SplitMix64) -> [TestEvent] {
    var second = 0
    return (0..<120).map { _ in
      second += Int.random(in: 0...4, using: &random)
      let ip = "192.0.2.\(Int.random(in: 1...3, using: &random))"
      return login(second, ip, rule: Int.random(in: 0...1, using: &random))
    }
  }

  private static func everyKind() -> RuleCorrelator {
    let burst = plan(.eventCount, rule: 2, inputs: [0], seconds: 15, atLeast: 4)
    let values = plan(
      .valueCount(fields: ["user.name"]),
      rule: 3,
      inputs: [0, 1],
      seconds: 20,
      atLeast: 5
    )
    let chain = plan(.temporalOrdered, rule: 4, inputs: [2, 1], seconds: 20)
    let any = plan(.temporal, rule: 5, inputs: [0, 1], seconds: 3)
    return correlator([burst, values, chain, any], silent: 1, total: 6, fold: 30)
  }

  @Test("batch cuts change nothing", arguments: 0..<24 as Range<UInt64>)
  func cuts(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let events = Self.randomEvents(&random)
    var whole = Self.everyKind()
    let expected = whole.run(events).withoutOrigins
    #expect(!expected.isEmpty)
    for size in [1, 7, 64] {
      var cut = Self.everyKind()
      #expect(cut.run(events, batchSize: size).withoutOrigins == expected)
    }
  }

  @Test(
    "the order of arrival within the lateness changes nothing",
    arguments: 0..<24 as Range<UInt64>
  )
  func shuffles(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    // No two events of a second: the order of equal times is their order in the file.
    let events = Self.randomEvents(&random).enumerated().map { index, event in
      var moved = event
      moved.second += index
      return moved
    }
    var inOrder = Self.everyKind()
    let expected = inOrder.run(events)
    let arrival = events.map { ($0.second + Int.random(in: 0...200, using: &random), $0) }
      .sorted { ($0.0, $0.1.second) < ($1.0, $1.1.second) }.map(\.1)
    for size in [1, 16, 1_000] {
      var shuffled = Self.everyKind()
      let found = shuffled.run(arrival, batchSize: size)
      #expect(found.map(\.id) == expected.map(\.id))
      #expect(found.map(\.count) == expected.map(\.count))
      #expect(found.map(\.lastTime) == expected.map(\.lastTime))
      #expect(shuffled.lateCount == 0)
    }
  }

  @Test(
    "what was saved and restored goes on as if nothing had been",
    arguments: 0..<12 as Range<UInt64>
  )
  func restore(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let events = Self.randomEvents(&random)
    let cut = Int.random(in: 1..<events.count, using: &random)
    var unbroken = Self.everyKind()
    _ = unbroken.run(Array(events[..<cut]))
    let rows = unbroken.changes()
    let expected = unbroken.run(Array(events[cut...]))
    var restored = Self.everyKind()
    try restored.restore(rows)
    #expect(restored.run(Array(events[cut...])) == expected)
  }

  @Test("damaged state is refused, not trapped on")
  func damagedState() {
    var correlator = Self.everyKind()
    _ = correlator.run((0..<50).map { Self.login($0, "192.0.2.1") })
    for row in correlator.changes() {
      guard let bytes = row.bytes else { continue }
      for length in stride(from: 0, to: bytes.count, by: 3) {
        var damaged = row
        damaged.bytes = Array(bytes[..<length])
        var other = Self.everyKind()
        #expect(throws: StateError.self) { try other.restore([damaged]) }
      }
    }
  }

  @Test("events behind the watermark count in no correlation and are not lost")
  func late() {
    let plan = Self.plan(.eventCount, rule: 1, inputs: [0], seconds: 10, atLeast: 2)
    var correlator = Self.correlator([plan], silent: 0, total: 2)
    let findings = correlator.run([
      Self.login(1_000, "192.0.2.1"), Self.login(0, "192.0.2.1"), Self.login(1, "192.0.2.1"),
    ])
    #expect(correlator.lateCount == 2)
    #expect(findings.map(\.detector) == [.rule, .rule, .rule])
  }
}
