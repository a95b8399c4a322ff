import Testing
import VedetteColumns
@testable import VedetteCorrelate
import VedetteEvent
import VedetteFindings
import VedetteStatistics

@Suite("Shared entities")
struct SharedEntitiesTests {
  private static let source = SourceID("auth.log")
  private static let office = EntityKey(type: .ip, value: "198.51.100.7")

  private static func login(_ second: Int, _ user: String, ok: Bool = true) -> TestEvent {
    TestEvent(
      second,
      [
        "source.ip": office.value, "user.name": user, "host.name": "db01",
        "event.category": "authentication", "event.outcome": ok ? "success" : "failure",
      ]
    )
  }

  private static func table(_ events: [TestEvent], batchSize: Int = .max) -> SharedEntities {
    var table = SharedEntities()
    var start = 0
    while start < events.count {
      let end = min(events.count, start + min(batchSize, events.count))
      table.observe(
        Sample.batch(Array(events[start..<end])),
        latenessNanoseconds: Sample.seconds(300),
        savesState: true
      )
      start = end
    }
    return table
  }

  private static func isShared(_ table: SharedEntities, at second: Int) -> Bool {
    table.isShared(office, in: source, at: Sample.time(second).nanosecondsSinceEpoch)
  }

  @Test("an address is shared once a fifth account acts from it, and the lateness has passed")
  func fifth() {
    let four = (0..<4).map { Self.login($0 * 60, "u\($0)") }
    #expect(!Self.isShared(Self.table(four + four), at: 9_000))
    let five = Self.table(four + [Self.login(240, "u4")])
    #expect(!Self.isShared(five, at: 540))
    #expect(Self.isShared(five, at: 541))
    #expect(!five.isShared(Self.office, in: SourceID("web.log"), at: .max))
  }

  @Test("what comes behind the watermark says nothing any more")
  func late() {
    let newest = [Self.login(9_000, "u9")]
    let late = (0..<6).map { Self.login($0 * 10, "u\($0)") }
    #expect(!Self.isShared(Self.table(newest + late), at: 20_000))
    #expect(Self.isShared(Self.table(late + newest), at: 20_000))
  }

  @Test("accounts that are only tried share nothing")
  func guesses() {
    let guesses = (0..<40).map { Self.login($0, "u\($0)", ok: false) }
    #expect(!Self.isShared(Self.table(guesses), at: 9_000))
  }

  @Test("a key is shared by the end users that are served with it, and so is their address")
  func endUsers() {
    let events = (0..<6).map { number in
      TestEvent(
        number,
        [
          "source.ip": Self.office.value, "ai.api_key.alias": "svc-support",
          "ai.end_user.id": "c-\(number % 5)",
        ]
      )
    }
    let table = Self.table(events)
    let key = EntityKey(type: .apiKey, value: "svc-support")
    #expect(table.isShared(key, in: Self.source, at: Sample.time(900).nanosecondsSinceEpoch))
    #expect(Self.isShared(table, at: 900))
    #expect(!Self.isShared(Self.table(Array(events[..<4])), at: 900))
  }

  @Test("order and cuts change nothing", arguments: 0..<24 as Range<UInt64>)
  func order(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let events = (0..<60).map { _ in
      Self.login(
        Int.random(in: 0...300, using: &random),
        "u\(Int.random(in: 0...7, using: &random))"
      )
    }
    let expected = Self.table(events.sorted { $0.second < $1.second })
    for size in [1, 7, 60] {
      let table = Self.table(events.shuffled(using: &random), batchSize: size)
      for second in stride(from: 0, through: 1_500, by: 10) {
        #expect(Self.isShared(table, at: second) == Self.isShared(expected, at: second))
      }
    }
  }

  private static let bruteForce = CorrelationPlan(
    rule: 1,
    kind: .eventCount,
    inputs: [0],
    groupFields: [["source.ip"]],
    timespanNanoseconds: Sample.seconds(600),
    bounds: [CorrelationPlan.Bound(.atLeast, 5)]
  )

  private static func correlator() -> RuleCorrelator {
    RuleCorrelator(
      descriptors: [Sample.descriptor("refused", isSilent: true), Sample.descriptor("guesses")],
      plans: [bruteForce],
      foldNanoseconds: Sample.seconds(3_600),
      identifier: Sample.identifier
    )
  }

  @Test("what a shared address does counts for each account by itself")
  func groups() {
    let arrivals = (0..<6).map { Self.login($0 * 10, "u\($0)") }
    let mistakes = (0..<12).map { Self.login(2_000 + $0 * 5, "u\($0 % 6)", ok: false) }
    let guesses = (0..<8).map { Self.login(4_000 + $0 * 5, "root", ok: false) }
    // Only refused logins match the rule: arrivals match one that is not there.
    func run(_ events: [TestEvent]) -> [Finding] {
      var correlator = Self.correlator()
      return correlator.run(
        events.map { event in
          var event = event
          event.rule = event.fields["event.outcome"] == "failure" ? 0 : 9
          return event
        }
      )
    }
    #expect(run(mistakes).count == 1)
    #expect(run(arrivals + mistakes).count == 0)
    #expect(run(arrivals + mistakes + guesses).map(\.count) == [8])
  }

  @Test("what was saved and restored goes on as if nothing had been")
  func restore() throws {
    let events = (0..<6).map { Self.login($0 * 10, "u\($0)") }
    var unbroken = Self.correlator()
    _ = unbroken.run(events.map { TestEvent($0.second, rule: 9, $0.fields) })
    var restored = Self.correlator()
    try restored.restore(unbroken.changes())
    // Nothing but the table was there to be saved, and it is saved all the same.
    #expect(Self.isShared(restored.sharing, at: 9_000))
    #expect(unbroken.changes() == [])
  }
}
