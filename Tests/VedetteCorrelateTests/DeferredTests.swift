import Testing
import VedetteCorrelate
import VedetteEvent
import VedetteFindings
import VedetteStatistics

/// Absences, and correlations that a late event could make untrue: they wait for the watermark.
@Suite("Deferred correlations")
struct DeferredTests {
  private static func plan(
    _ kind: CorrelationPlan.Kind,
    rule: Int,
    inputs: [Int],
    seconds: Int,
    bounds: [CorrelationPlan.Bound] = []
  ) -> CorrelationPlan {
    CorrelationPlan(
      rule: rule,
      kind: kind,
      inputs: inputs,
      groupFields: inputs.map { _ in ["source.ip"] },
      timespanNanoseconds: Sample.seconds(seconds),
      bounds: bounds
    )
  }

  private static func correlator(_ plans: [CorrelationPlan], silent: Int) -> RuleCorrelator {
    RuleCorrelator(
      descriptors: (0..<(silent + plans.count)).map {
        Sample.descriptor("r\($0)", isSilent: $0 < silent)
      },
      plans: plans,
      foldNanoseconds: Sample.seconds(3_600),
      identifier: Sample.identifier
    )
  }

  /// An event of a rule; the last rule's is nobody's and only moves the watermark.
  private static func event(_ second: Int, _ rule: Int, ip: String = "192.0.2.1") -> TestEvent {
    TestEvent(second, rule: rule, ["source.ip": ip, "gen_ai.usage.output_tokens": "\(second % 9)"])
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    /// For each event its second and rule; rule 1 is what is awaited, rule 9 nothing.
    let events: [(Int, Int)]
    /// For each finding its first second, the second at which it became true, and its count.
    let findings: [[Int]]
    var testDescription: String { name }
  }

  static let absences: [Case] = [
    Case(name: "what comes is no absence", events: [(0, 0), (5, 1), (900, 9)], findings: []),
    Case(
      name: "what comes at the deadline is in time",
      events: [(0, 0), (60, 1), (900, 9)],
      findings: []
    ),
    Case(
      name: "what comes a second after it is not",
      events: [(0, 0), (61, 1), (900, 9)],
      findings: [[0, 60, 1]]
    ),
    Case(
      name: "nothing comes, and the watermark passes the deadline",
      events: [(0, 0), (361, 9)],
      findings: [[0, 60, 1]]
    ),
    Case(
      name: "nothing comes, and the watermark is at the deadline",
      events: [(0, 0), (360, 9)],
      findings: []
    ),
    Case(name: "the end of the input is no deadline", events: [(0, 0), (100, 9)], findings: []),
    Case(
      name: "what came before was not awaited",
      events: [(0, 1), (1, 9), (900, 9)],
      findings: []
    ),
    Case(
      name: "one that comes ends all waits",
      events: [(0, 0), (10, 0), (20, 0), (60, 1), (900, 9)],
      findings: []
    ),
    Case(
      name: "several that are missed are one finding until it comes",
      events: [(0, 0), (100, 0), (200, 0), (300, 1), (400, 0), (900, 9)],
      findings: [[0, 60, 3], [400, 460, 1]]
    ),
  ]

  @Test("an absence is known when the watermark passes the deadline", arguments: absences)
  func absence(_ example: Case) {
    let events = example.events.map { Self.event($0.0, $0.1) }
    for size in [1, 2, 100] {
      var correlator = Self.correlator(
        [Self.plan(.absence, rule: 2, inputs: [0, 1], seconds: 60)],
        silent: 2
      )
      let findings = correlator.run(events, batchSize: size)
      let found = findings.map { finding in
        [finding.time, finding.detectedTime].map { time in
          Int(
            (time.nanosecondsSinceEpoch - Sample.time(0).nanosecondsSinceEpoch) / 1_000_000_000
          )
        } + [finding.count]
      }
      #expect(found == example.findings)
      #expect(correlator.concluded().isEmpty, "the end of the input moves no watermark")
    }
  }

  @Test("a rule alone awaits itself: a heart that stops beating")
  func heartbeat() {
    var correlator = Self.correlator(
      [Self.plan(.absence, rule: 1, inputs: [0], seconds: 60)],
      silent: 1
    )
    let beats = [0, 50, 100, 500, 540].map { Self.event($0, 0) } + [Self.event(901, 9)]
    let findings = correlator.run(beats)
    #expect(
      findings.map(\.time.nanosecondsSinceEpoch)
        == [100, 540].map { Sample.time($0).nanosecondsSinceEpoch }
    )
    #expect(findings.first?.explanation.summary.contains("did not come within 1 min") == true)
  }

  @Test("groups wait each for their own")
  func groups() {
    var correlator = Self.correlator(
      [Self.plan(.absence, rule: 2, inputs: [0, 1], seconds: 60)],
      silent: 2
    )
    let findings = correlator.run([
      Self.event(0, 0), Self.event(0, 0, ip: "192.0.2.2"), Self.event(5, 1, ip: "192.0.2.2"),
      Self.event(900, 9),
    ])
    #expect(findings.map { $0.entities.first?.value } == ["192.0.2.1"])
  }

  @Test("what is in another file and comes later is not absent")
  func lanes() {
    var correlator = Self.correlator(
      [Self.plan(.absence, rule: 2, inputs: [0, 1], seconds: 60)],
      silent: 2
    )
    correlator.awaitedTime = Sample.time(10).nanosecondsSinceEpoch
    #expect(correlator.run([Self.event(0, 0), Self.event(5_000, 9)]).isEmpty)
    correlator.awaitedTime = .max
    #expect(
      correlator.run([Self.event(10, 1), Self.event(5_000, 9)], source: "other.log").isEmpty
    )
  }

  @Test("what two files say of the same hour is seen together, however far one chunk reaches")
  func filesOfOneHour() {
    func count(awaited: Int64) -> Int {
      var correlator = Self.correlator(
        [Self.plan(.temporal, rule: 2, inputs: [0, 1], seconds: 3_600)],
        silent: 2
      )
      correlator.awaitedTime = awaited
      _ = correlator.run([Self.event(0, 0), Self.event(20_000, 9)])
      correlator.awaitedTime = .max
      return correlator.run([Self.event(1_800, 1)], source: "other.log").count
    }
    #expect(count(awaited: Sample.time(1_500).nanosecondsSinceEpoch) == 1)
    #expect(count(awaited: .max) == 0)
  }

  @Test("a source that fell silent holds an absence back for a day")
  func silentSource() {
    func run(_ last: Int) -> Int {
      var correlator = Self.correlator(
        [Self.plan(.absence, rule: 1, inputs: [0], seconds: 60)],
        silent: 1
      )
      _ = correlator.run([Self.event(0, 0)])
      return correlator.run([Self.event(last, 9)], source: "other.log").count
    }
    #expect(run(86_400) == 0)
    #expect(run(86_400 + 61) == 1)
  }

  @Test("a condition in words is asked at each event")
  func words() {
    // a and (b or not c), of the rules 0, 1 and 2.
    let condition = InputCondition.and([.input(0), .or([.input(1), .not(.input(2))])])
    #expect(!condition.isMonotone)
    func count(_ events: [(Int, Int)]) -> [Int] {
      var correlator = Self.correlator(
        [Self.plan(.temporalWhere(condition), rule: 3, inputs: [0, 1, 2], seconds: 60)],
        silent: 3
      )
      let findings = correlator.run(events.map { Self.event($0.0, $0.1) } + [Self.event(900, 9)])
      return findings.map(\.count)
    }
    #expect(count([(0, 0)]) == [1])
    #expect(count([(0, 2), (1, 0)]) == [])
    #expect(count([(0, 2), (1, 0), (2, 1)]) == [3])
    #expect(count([(0, 0), (1, 2)]) == [1])
    #expect(count([(0, 2), (70, 0)]) == [1])
  }

  @Test("what a late event makes untrue was never said")
  func notTakenBack() {
    let words = InputCondition.and([.input(0), .not(.input(1))])
    var correlator = Self.correlator(
      [Self.plan(.temporalWhere(words), rule: 2, inputs: [0, 1], seconds: 60)],
      silent: 2
    )
    let late = [Self.event(10, 0), Self.event(5, 1), Self.event(900, 9)]
    #expect(correlator.run(late, batchSize: 1).isEmpty)
  }

  private static func everyKind() -> RuleCorrelator {
    let field = "gen_ai.usage.output_tokens"
    return correlator(
      [
        plan(
          .valueAverage(field: field),
          rule: 3,
          inputs: [0],
          seconds: 30,
          bounds: [.init(.atLeast, 5)]
        ),
        plan(
          .valuePercentile(field: field, percentile: 90),
          rule: 4,
          inputs: [1],
          seconds: 30,
          bounds: [.init(.atLeast, 8)]
        ),
        plan(.eventCount, rule: 5, inputs: [2], seconds: 20, bounds: [.init(.atMost, 1)]),
        plan(
          .eventCount,
          rule: 6,
          inputs: [0],
          seconds: 20,
          bounds: [.init(.atLeast, 2), .init(.atMost, 3)]
        ),
        plan(.absence, rule: 7, inputs: [0, 1], seconds: 7),
        plan(.temporal, rule: 8, inputs: [5, 1], seconds: 15),
        plan(
          .temporalWhere(.and([.input(0), .not(.input(1))])),
          rule: 9,
          inputs: [6, 2],
          seconds: 9
        ),
      ],
      silent: 3
    )
  }

  private static func randomEvents(_ random: inout SplitMix64) -> [TestEvent] {
    var second = 0
    return (0..<160).map { _ in
      second += Int.random(in: 1...6, using: &random)
      let ip = "192.0.2.\(Int.random(in: 1...3, using: &random))"
      return event(second, Int.random(in: 0...2, using: &random), ip: ip)
    }
  }

  @Test(
    "cuts and the order of arrival within the lateness change nothing",
    arguments: 0..<24 as Range<UInt64>
  )
  func arrival(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let events = Self.randomEvents(&random)
    // Everything is sealed at last by an event far behind all others.
    let end = Self.event(20_000, 10)
    var inOrder = Self.everyKind()
    let expected = inOrder.run(events + [end])
    #expect(!expected.isEmpty, "seed \(seed)")
    let arrival = events.map { ($0.second + Int.random(in: 0...200, using: &random), $0) }
      .sorted { ($0.0, $0.1.second) < ($1.0, $1.1.second) }.map(\.1)
    for size in [1, 16, 1_000] {
      var cut = Self.everyKind()
      #expect(cut.run(events + [end], batchSize: size).map(\.id) == expected.map(\.id))
      var shuffled = Self.everyKind()
      let found = shuffled.run(arrival + [end], batchSize: size)
      #expect(found.map(\.id) == expected.map(\.id), "seed \(seed)")
      #expect(found.map(\.count) == expected.map(\.count), "seed \(seed)")
      #expect(shuffled.lateCount == 0)
    }
  }

  @Test("what was saved and restored goes on", arguments: 0..<12 as Range<UInt64>)
  func restore(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let events = Self.randomEvents(&random) + [Self.event(20_000, 10)]
    let cut = Int.random(in: 1..<events.count, using: &random)
    var unbroken = Self.everyKind()
    _ = unbroken.run(Array(events[..<cut]), batchSize: 10)
    let rows = unbroken.changes()
    let expected = unbroken.run(Array(events[cut...]), batchSize: 10)
    var restored = Self.everyKind()
    try restored.restore(rows)
    #expect(restored.run(Array(events[cut...]), batchSize: 10) == expected, "seed \(seed)")
  }

  @Test("at a replay's end a mean is said as if nothing late came")
  func conclusion() {
    var correlator = Self.everyKind()
    #expect(correlator.run([Self.event(8, 0), Self.event(8, 0)]).isEmpty)
    let rules = correlator.concluded().compactMap { change in
      if case .upsert(let finding) = change { finding.rule?.id } else { nil }
    }
    #expect(Set(rules) == ["r3", "r6", "r9"])
  }

  @Test("damaged state is refused, not trapped on")
  func damagedState() {
    var correlator = Self.everyKind()
    var random = SplitMix64(seed: 1)
    _ = correlator.run(Self.randomEvents(&random))
    for row in correlator.changes() {
      guard let bytes = row.bytes else { continue }
      for length in stride(from: 0, to: bytes.count, by: 5) {
        var damaged = row
        damaged.bytes = Array(bytes[..<length])
        var other = Self.everyKind()
        #expect(throws: StateError.self) { try other.restore([damaged]) }
      }
    }
  }
}
