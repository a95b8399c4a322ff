import Testing
import VedetteEvent
import VedetteFindings

@testable import VedetteStore

@Suite("Verdicts")
struct VerdictTests {
  private let folder: TemporaryFolder
  private let store: IncidentStore

  init() throws {
    folder = try TemporaryFolder()
    store = try folder.open()
    try store.commit(batch(1, [Example.finding(1)]))
  }

  private func batch(
    _ number: UInt64,
    _ findings: [Finding],
    at seconds: Int = 0,
    _ change: (inout Incident) -> Void = { _ in }
  ) -> CommitBatch {
    var batch = CommitBatch(at: Example.time(seconds + 100))
    var incident = Example.incident(number, at: seconds, findings: [number])
    change(&incident)
    batch.incidents = [incident]
    batch.findings = findings.map { .init($0, in: incident.id) }
    batch.notifications = [
      IncidentNotice(
        target: "ops",
        incident: incident.id,
        severity: incident.severity,
        reason: .opened,
        body: "\(number)"
      )
    ]
    return batch
  }

  private func close(as classification: Classification, _ id: String = "0001") throws {
    let action = TriageAction.close(as: classification, reason: "looked at")
    try store.apply(action, to: id, by: "ada", at: Example.start)
  }

  private func triage(_ id: String = "0001") throws -> Triage { try store.incident(id).triage }

  private static let newActor = Entity(type: .ip, value: "198.51.100.77", role: .actor)

  @Test(
    "any new finding opens what was closed as an attack or undecided",
    arguments: [Classification.truePositive, .undetermined]
  )
  func attack(classification: Classification) throws {
    try close(as: classification)
    try store.commit(batch(1, [Example.finding(1)]))
    #expect(try triage().status == .closed)
    try store.commit(batch(1, [Example.finding(2, at: 20)]))
    #expect(try triage() == Triage(status: .active))
    let last = try #require(try store.incident("0001").activity.last)
    #expect((last.user, last.action) == ("vedette", "reopen"))
    #expect(last.detail == "a new finding came")
  }

  @Test(
    "the same rule and entity is counted in what was closed as nothing",
    arguments: [Classification.benign, .falsePositive]
  )
  func same(classification: Classification) throws {
    try close(as: classification)
    try store.commit(batch(1, [Example.finding(2, at: 20), Example.finding(3, at: 30)]))
    var expected = Triage(status: .closed, classification: classification)
    expected.foldedCount = 2
    #expect(try triage() == expected)
    #expect(try store.incident("0001").findings.count == 3)
    // Only the message that opened it was ever put out.
    #expect(try store.waitingNotifications().count == 1)
  }

  @Test("a new rule, a higher severity and a new actor open it again, and say which it was")
  func more() throws {
    let cases: [(words: String, finding: Finding, change: (inout Incident) -> Void)] = [
      ("a rule that was not part", Example.finding(2, at: 20, rule: "rule-2"), { _ in }),
      (
        "severity rose from high to critical", Example.finding(3, at: 30),
        { $0.severity = .critical }
      ),
      (
        "somebody who was not part", Example.finding(4, at: 40),
        { $0.entities.append(Self.newActor) }
      ),
    ]
    for one in cases {
      try close(as: .benign)
      try store.commit(batch(1, [one.finding], one.change))
      #expect(try triage().status == .active, "\(one.words)")
      let last = try #require(try store.incident("0001").activity.last)
      #expect(last.detail.contains(one.words))
    }
  }

  @Test("an incident that only repeats a closed one is counted there until it is more")
  func fold() throws {
    try close(as: .falsePositive)
    let later = 86_400
    try store.commit(batch(5, [Example.finding(5, at: later)], at: later))
    #expect(try store.incidents(IncidentQuery()).map(\.incident.id) == [Example.id(1)])
    #expect(try triage().foldedCount == 1)
    #expect(try store.waitingNotifications().count == 1)
    #expect(try store.incident("0005").incident.id == Example.id(1))
    let rule = Example.finding(6, at: later + 20, rule: "rule-2")
    try store.commit(batch(5, [rule], at: later))
    let listed = Set(try store.incidents(IncidentQuery()).map(\.incident.id))
    #expect(listed == [Example.id(1), Example.id(5)])
    #expect(try triage("0005").status == .new)
    #expect(try store.waitingNotifications().count == 2)
  }

  @Test("what comes more than thirty days later, or by somebody else, stands by itself")
  func apart() throws {
    try close(as: .benign)
    let late = 31 * 86_400
    try store.commit(batch(5, [Example.finding(5, at: late)], at: late))
    try store.commit(
      batch(6, [Example.finding(6, at: 500)], at: 500) { $0.entities = [Self.newActor] }
    )
    #expect(try store.incidents(IncidentQuery()).count == 3)
    #expect(try triage().foldedCount == 0)
  }

  @Test("what an incident is made of is exported as the pipeline made it")
  func canonical() throws {
    var before: [FindingID] = []
    try close(as: .benign)
    try store.commit(batch(5, [Example.finding(5, at: 900)], at: 900))
    try store.forEachIncident { before.append($0.incident.id) }
    #expect(before == [Example.id(1), Example.id(5)])
  }

  @Test("entities have the incidents that name them, without what was folded")
  func entities() throws {
    try close(as: .benign)
    try store.commit(batch(5, [Example.finding(5, at: 900)], at: 900))
    let found = try store.entities(nil, since: Example.start)
    #expect(found.map(\.entity.value) == ["203.0.113.9"])
    #expect(found.first?.parts.map(\.incident) == [Example.id(1)])
    #expect(try store.entities("ip:203.0.113.9", since: Example.start).count == 1)
    #expect(try store.entities("203.0.113.1", since: Example.start) == [])
    #expect(try store.newestEventTime() == Example.time(960))
  }
}
