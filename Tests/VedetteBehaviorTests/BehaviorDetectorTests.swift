import Testing
import VedetteBehavior
import VedetteColumns
import VedetteEvent
import VedetteFindings
import VedetteStatistics

@Suite("Behaviour detector")
struct BehaviorDetectorTests {
  private func findings(
    _ events: [WorldEvent],
    _ detector: inout BehaviorDetector
  ) throws -> [Finding] {
    World.findings(&detector, try World.batches(World.ordered(events), of: 2_000)).values
      .sorted { ($0.time, $0.id) < ($1.time, $1.id) }
  }

  private func findings(_ events: [WorldEvent]) throws -> [Finding] {
    var detector = World.detector()
    return try findings(events, &detector)
  }

  /// One user, five events every ten minutes.
  private func regular(hours: Double) -> [WorldEvent] {
    (0..<Int(hours * 30)).map { WorldEvent(Double($0) * 120, user: "ada") }
  }

  @Test("steady traffic with a daily rhythm is next to silent and a twentyfold burst is found")
  func burst() throws {
    var events = World.steady(users: 10, days: 3, perTenMinutes: 3, seed: 5)
    let benign = try findings(events)
    #expect(benign.count { $0.severity >= .medium } == 0)
    events += World.burst("user7", at: 2.4 * World.day, for: 590, 60)
    let all = try findings(events)
    let found = all.filter { $0.severity == .medium }
    #expect(found.contains { $0.entities[0].value == "user7" && $0.detector == .baseline })
    #expect(all.count - benign.count < 12)
  }

  @Test("contributions add up to the score and behaviour alone is never more than medium")
  func explanations() {
    for finding in DeterminismTests.expected.values {
      let sum = finding.explanation.terms.reduce(0) { $0 + $1.contribution }
      #expect(sum == Double(finding.score))
      #expect((0...64).contains(finding.score))
      #expect(finding.severity == Severity(risk: finding.score))
      #expect(finding.time <= finding.lastTime && finding.count > 0)
      #expect(finding.time <= finding.detectedTime && finding.detectedTime <= finding.lastTime)
      #expect(!finding.evidence.isEmpty && finding.evidence[0].time == finding.time)
      #expect(finding.sources == [SourceID("a.log")])
    }
  }

  @Test("a burst is published while its window is open, and only grows")
  func growing() throws {
    let past = World.ordered(regular(hours: 30))
    var detector = World.detector()
    for batch in try World.batches(past, of: 1_000) { _ = detector.observe(batch) }
    var burst = World.burst("ada", at: 30 * World.hour, for: 500, 400)
    for index in burst.indices { burst[index].line = past.count + index + 1 }
    var scores: [FindingID: [Int]] = [:]
    var last: [FindingID: Finding] = [:]
    for batch in try World.batches(burst, of: 20) {
      for case .upsert(let finding) in detector.observe(batch) {
        scores[finding.id, default: []].append(finding.score)
        last[finding.id] = finding
      }
    }
    #expect(!scores.isEmpty)
    #expect(scores.values.allSatisfy { $0 == $0.sorted() })
    let detected = last.values.filter { $0.explanation.summary.contains("events in 10") }
      .map { $0.detectedTime.nanosecondsSinceEpoch - burst[0].time }
    #expect(detected == [60_000_000_000])
    #expect(scores.values.contains { $0.count > 5 && ($0.last ?? 0) >= 40 })
  }

  @Test("nothing is said in the first hour, nor before twelve windows with activity")
  func learning() throws {
    let burst = World.burst("ada", at: 50 * World.minute, for: 300, 500)
    #expect(try findings(regular(hours: 0.8) + burst).isEmpty)
    let later = World.burst("ada", at: 100 * World.minute, for: 300, 500)
    #expect(try findings(regular(hours: 1.6) + later).isEmpty)
    let ready = World.burst("ada", at: 150 * World.minute, for: 300, 500)
    #expect(try !findings(regular(hours: 2.5) + ready).isEmpty)
  }

  @Test("the summary tells series that learn from series that are judged")
  func summary() throws {
    var young = World.detector()
    _ = try findings(regular(hours: 1), &young)
    let learning = try #require(young.summary().kinds.first)
    #expect(learning.type == .user && learning.entities == 1)
    #expect(learning.seriesScoring == 0)
    var old = World.detector()
    _ = try findings(regular(hours: 20), &old)
    let judged = try #require(old.summary().kinds.first)
    #expect(judged.seriesScoring == 4 && judged.seriesLearning == 0)
  }

  @Test("a new network after the learning is a finding with the event's entities")
  func newValue() throws {
    var events = regular(hours: 4)
    for index in events.indices { events[index].address = "198.51.100.\(index % 9)" }
    var news = WorldEvent(3.5 * World.hour + 7, user: "ada")
    news.address = "203.0.113.9"
    let found = try findings(events + [news]).filter { $0.detector == .newValue }
    #expect(found.count == 1)
    let finding = try #require(found.first)
    #expect(finding.explanation.terms[0].value == "203.0.113.0/24")
    #expect(finding.severity <= .low)
    #expect(finding.entities.map(\.value).contains("203.0.113.9"))
    #expect(finding.entities.map(\.value).contains("ada"))
    #expect(finding.time.nanosecondsSinceEpoch == news.time)
    var early = news
    early.time = World.start + Int64(0.5 * World.hour * 1e9)
    #expect(try findings(events + [early]).allSatisfy { $0.detector != .newValue })
  }

  @Test("an entity that always has new values stops making news")
  func churn() throws {
    var events = regular(hours: 40)
    for index in events.indices { events[index].operation = "op\(index / 5)" }
    let found = try findings(events).filter { $0.detector == .newValue }
    #expect(found.allSatisfy { $0.severity <= .low })
    #expect(found.count < 64)
  }

  @Test("who is under a rule's match does not teach")
  func teaching() throws {
    let past = regular(hours: 24)
    let attack = (0..<12).flatMap { window in
      World.burst("ada", at: 24 * World.hour + Double(window) * 600, for: 590, 300)
    }
    let probe = World.burst("ada", at: 30 * World.hour, for: 590, 300)
    let events = past + attack + regular(hours: 30).filter { $0.time > past[past.count - 1].time }
    func expected(isPaused: Bool) throws -> Double {
      var detector = World.detector()
      if isPaused {
        detector.noteRule(
          about: EntityKey(type: .user, value: "ada"),
          isActing: true,
          from: EventTime(nanosecondsSinceEpoch: World.start + 86_400_000_000_000),
          until: EventTime(nanosecondsSinceEpoch: World.start + 94_000_000_000_000)
        )
      }
      let last = try findings(events + probe, &detector).last {
        $0.explanation.terms[0].feature == "events"
          && $0.time.nanosecondsSinceEpoch >= probe[0].time
      }
      return last?.explanation.terms[0].expected ?? .infinity
    }
    #expect(try expected(isPaused: true) < 6)
    #expect(try expected(isPaused: false) > 6)
  }

  @Test("records that stand for several events count as often, and hostile numbers do no harm")
  func weights() throws {
    var events = regular(hours: 26)
    var repeated = WorldEvent(25.5 * World.hour, user: "ada")
    repeated.count = "500"
    let found = try findings(events + [repeated])
    #expect(found.contains { $0.count >= 500 && $0.detector == .baseline })
    let hostile = ["-1", "nan", "1e400", "-9e99", "9223372036854775807", "", "inf", "x"]
    for index in events.indices {
      let value = hostile[index % hostile.count]
      events[index].count = value
      events[index].cost = value
      events[index].tokens = value
      events[index].bytes = value
      events[index].address = value
    }
    for finding in try findings(events) {
      #expect(finding.explanation.terms.allSatisfy { $0.observed.isFinite })
    }
  }

  @Test("events behind the watermark are left out and counted")
  func late() throws {
    let events = World.ordered(regular(hours: 2))
    var detector = World.detector()
    var late = events[0]
    late.line = 1_000
    for batch in try World.batches(events + [late, late], of: 100) { _ = detector.observe(batch) }
    #expect(detector.summary().counts.late == 2)
  }

  @Test("a flood of entities is bounded, the stalest go, and the active stay")
  func eviction() throws {
    var events = regular(hours: 20)
    for index in 0..<2_000 {
      var event = WorldEvent(Double(index) * 36)
      event.address = "10.0.\(index / 250).\(index % 250)"
      events.append(event)
    }
    var detector = World.detector(entitiesMax: 64)
    for batch in try World.batches(World.ordered(events), of: 300) { _ = detector.observe(batch) }
    let summary = detector.summary()
    #expect(summary.kinds.reduce(0) { $0 + $1.entities } <= 128)
    #expect(summary.counts.evicted > 1_800)
    #expect(summary.kinds.contains { $0.type == .user && $0.seriesScoring == 4 })
    let rows = detector.changes()
    #expect(rows.contains { $0.bytes == nil })
    #expect(rows.map(\.key) == rows.map(\.key).sorted())
    // The clock and the calibration go with every change.
    #expect(detector.changes().count == 2)
  }

  @Test("concluding changes nothing and says what is still open")
  func concluding() throws {
    var events = regular(hours: 4)
    for index in events.indices { events[index].operation = "read" }
    var last = WorldEvent(4 * World.hour, user: "ada")
    last.operation = "delete"
    var detector = World.detector()
    for batch in try World.batches(World.ordered(events + [last]), of: 5_000) {
      #expect(detector.observe(batch).isEmpty)
    }
    let first = detector.concluded()
    #expect(first.count == 1)
    #expect(detector.concluded() == first)
  }
}
