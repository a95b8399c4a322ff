import Testing
import VedetteEvent
import VedetteFindings

@testable import VedetteCorrelate

/// Windows through which more passes than they usually hold.
@Suite("Floods of a window")
struct WindowFloodTests {
  private static func correlator(
    _ kind: CorrelationPlan.Kind,
    inputs: [Int],
    bounds: [CorrelationPlan.Bound] = []
  ) -> RuleCorrelator {
    let top = inputs.count
    let plan = CorrelationPlan(
      rule: top,
      kind: kind,
      inputs: inputs,
      groupFields: inputs.map { _ in ["source.ip"] },
      timespanNanoseconds: Sample.seconds(600),
      bounds: bounds
    )
    return RuleCorrelator(
      descriptors: inputs.map { Sample.descriptor("r\($0)", isSilent: true) }
        + [Sample.descriptor("top")],
      plans: [plan],
      foldNanoseconds: Sample.seconds(3_600),
      identifier: Sample.identifier
    )
  }

  private static func event(_ second: Int, rule: Int = 0, user: Int = 0) -> TestEvent {
    TestEvent(second, rule: rule, ["source.ip": "192.0.2.1", "user.name": "u\(user)"])
  }

  @Test(
    "a count beyond what windows usually hold is reached",
    arguments: [(4_999, 0), (5_000, 1), (6_000, 1)]
  )
  func counts(_ events: Int, _ findings: Int) {
    let bound = [CorrelationPlan.Bound(.atLeast, 5_000)]
    var counter = Self.correlator(.eventCount, inputs: [0], bounds: bound)
    #expect(counter.run((0..<events).map { Self.event($0 / 12) }).count == findings)
  }

  @Test("a flood of one rule does not make the others of a temporal correlation forgotten")
  func temporal() {
    for end in [599, 601] {
      var correlator = Self.correlator(.temporal, inputs: [0, 1, 2])
      let flood = (0..<6_000).map { Self.event(1 + $0 / 12, rule: 0) }
      let events = [Self.event(0, rule: 1)] + flood + [Self.event(end, rule: 2)]
      #expect(correlator.run(events).count == (end < 600 ? 1 : 0))
    }
  }
}
