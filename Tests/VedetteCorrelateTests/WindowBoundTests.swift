import Testing
import VedetteEvent
import VedetteFindings
import VedetteStatistics

@testable import VedetteCorrelate

/// The bound of what all correlations hold together.
@Suite("Bound of all windows")
struct WindowBoundTests {
  private static func correlator(max: Int, _ kind: CorrelationPlan.Kind) -> RuleCorrelator {
    let plan = CorrelationPlan(
      rule: 1,
      kind: kind,
      inputs: [0],
      groupFields: [["source.ip"]],
      timespanNanoseconds: Sample.seconds(600),
      bounds: [CorrelationPlan.Bound(.atLeast, 3)]
    )
    var correlator = RuleCorrelator(
      descriptors: [Sample.descriptor("r0", isSilent: true), Sample.descriptor("r1")],
      plans: [plan],
      foldNanoseconds: Sample.seconds(3_600),
      identifier: Sample.identifier
    )
    correlator.windowEventsMax = max
    return correlator
  }

  /// One event of each address a second, round after round.
  private static func events(addresses: Int, rounds: Int) -> [TestEvent] {
    (0..<rounds).flatMap { round in
      (0..<addresses).map { address in
        TestEvent(round * addresses + address, ["source.ip": "192.0.2.\(address)"])
      }
    }
  }

  @Test("nothing goes while the windows hold no more than the bound")
  func below() {
    var correlator = Self.correlator(max: 60, .eventCount)
    _ = correlator.run(Self.events(addresses: 20, rounds: 3))
    #expect(correlator.windowEventCount == 60)
    #expect(correlator.evictedGroupCount == 0)
  }

  @Test("the groups that were silent longest go, whole, and are counted", arguments: [1, 7, 61])
  func above(batchSize: Int) {
    var correlator = Self.correlator(max: 60, .eventCount)
    let events = Self.events(addresses: 20, rounds: 3) + [TestEvent(60, ["source.ip": "192.0.2.0"])]
    let findings = correlator.run(events, batchSize: batchSize)
    // 61 events are more than 60; 53 or fewer are kept, and 192.0.2.0 is the newest now.
    #expect(correlator.evictedGroupCount == 3)
    #expect(correlator.windowEventCount == 52)
    #expect(correlator.tables[0].places.keys.contains("192.0.2.0"))
    for gone in ["192.0.2.1", "192.0.2.2", "192.0.2.3"] {
      #expect(!correlator.tables[0].places.keys.contains(gone))
    }
    // What they had come to is not lost.
    #expect(findings.count == 20)
    #expect(findings.map(\.count).reduce(0, +) == 61)
  }

  @Test("of groups of one age those go first whose keys come first")
  func ties() {
    var correlator = Self.correlator(max: 16, .eventCount)
    let events = (0..<17).map { TestEvent(0, ["source.ip": "192.0.2.\(9 + $0)"]) }
    _ = correlator.run(events.reversed())
    #expect(correlator.evictedGroupCount == 3)
    let kept = Set(correlator.tables[0].places.keys)
    let all = Set(events.compactMap { $0.fields["source.ip"] })
    #expect(all.subtracting(kept) == ["192.0.2.10", "192.0.2.11", "192.0.2.12"])
  }

  @Test("groups that wait for the watermark count, and go like others")
  func deferred() {
    var correlator = Self.correlator(max: 60, .valueAverage(field: "x"))
    _ = correlator.run(Self.events(addresses: 20, rounds: 4), batchSize: 10)
    #expect(correlator.evictedGroupCount > 0)
    #expect(correlator.windowEventCount <= 60)
    #expect(correlator.deferred[0]["192.0.2.19"] != nil)
    #expect(correlator.deferred[0]["192.0.2.0"] == nil)
  }

  @Test(
    "a flood of groups stays below the bound, whatever the order",
    arguments: 0..<8 as Range<UInt64>
  )
  func flood(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var correlator = Self.correlator(max: 200, .eventCount)
    for batch in 0..<40 {
      let events = (0..<50).map { _ in
        TestEvent(
          batch * 20 + Int.random(in: 0..<40, using: &random),
          ["source.ip": "192.0.2.\(Int.random(in: 0..<250, using: &random))"]
        )
      }
      _ = correlator.run(events)
      #expect(correlator.windowEventCount <= 200, "seed \(seed), batch \(batch)")
      #expect(correlator.windowEventEstimate >= correlator.windowEventCount)
    }
    #expect(correlator.evictedGroupCount > 0, "seed \(seed)")
  }

  @Test("what is restored counts")
  func restored() throws {
    var correlator = Self.correlator(max: 60, .eventCount)
    _ = correlator.run(Self.events(addresses: 20, rounds: 2))
    let rows = correlator.changes()
    var other = Self.correlator(max: 60, .eventCount)
    try other.restore(rows)
    #expect(other.windowEventEstimate == 40)
  }
}
