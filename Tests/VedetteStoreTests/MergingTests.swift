import Testing
import VedetteEvent
import VedetteFindings

@testable import VedetteStore

@Suite("Merging")
struct MergingTests {
  private let folder: TemporaryFolder
  private let store: IncidentStore

  init() throws {
    folder = try TemporaryFolder()
    store = try folder.open()
  }

  private func ids() throws -> [FindingID] {
    try store.incidents(IncidentQuery()).map(\.incident.id).sorted()
  }

  @Test("an incident that becomes part of another leaves its id, findings and activity to it")
  func merges() throws {
    try store.commit(Example.batch(1, 2, 3))
    try store.apply(.assign(to: "ada"), to: Example.id(2).hex, by: "bob", at: Example.time(1))
    try store.apply(.comment("odd"), to: Example.id(2).hex, by: "ada", at: Example.time(2))

    var batch = CommitBatch(at: Example.time(3))
    batch.incidents = [Example.incident(1, findings: [1, 2], aliases: [2])]
    try store.commit(batch)
    #expect(try ids() == [Example.id(1), Example.id(3)])
    let detail = try store.incident(Example.id(2).hex)
    #expect(detail.incident == batch.incidents[0])
    #expect(detail.findings.map(\.id) == [Example.id(1), Example.id(2)])
    #expect(detail.triage == Triage(status: .active, owner: "ada"))
    #expect(detail.activity.map(\.action) == ["assign", "comment", "merge"])
    #expect(
      detail.activity.last?.detail
        == "INC-\(Example.id(2).hex) (active, ada) became part of this"
    )

    var chain = CommitBatch(at: Example.time(4))
    chain.mergedIncidents = [.init(Example.id(1), of: Example.id(3))]
    try store.commit(chain)
    for number in [1, 2, 3] as [UInt64] {
      let found = try store.incident(Example.id(number).hex)
      #expect(found.incident.id == Example.id(3))
      #expect(found.incident.aliases == [Example.id(1), Example.id(2)])
      #expect(found.findings.count == 3)
      #expect(found.triage.owner == "ada")
      #expect(found.activity.count == 4)
    }
  }

  @Test("an incident that turns out to begin earlier keeps what was decided, closed or not")
  func renames() throws {
    try store.commit(Example.batch(5))
    let closing = TriageAction.close(as: .benign, reason: "a test")
    try store.apply(closing, to: Example.id(5).hex, by: "ada", at: Example.time(1))
    var batch = Example.batch(4)
    batch.incidents = [Example.incident(4, findings: [4, 5], aliases: [5])]
    try store.commit(batch)
    let detail = try store.incident(Example.id(5).hex)
    #expect(detail.incident == batch.incidents[0])
    #expect(detail.triage == Triage(status: .closed, classification: .benign))
    #expect(detail.activity.map(\.action) == ["close", "merge"])
  }

  @Test("a closed incident opens again when an undecided one becomes part of it")
  func reopens() throws {
    try store.commit(Example.batch(1, 2))
    let closing = TriageAction.close(as: .benign, reason: "a test")
    try store.apply(closing, to: Example.id(1).hex, by: "ada", at: Example.time(1))
    var batch = CommitBatch(at: Example.time(2))
    batch.mergedIncidents = [.init(Example.id(2), of: Example.id(1))]
    try store.commit(batch)
    let detail = try store.incident(Example.id(1).hex)
    #expect(detail.triage == Triage(status: .active))
    #expect(detail.activity.map(\.user) == ["ada", "vedette"])
  }

  @Test("a finding that becomes part of another stays findable")
  func mergesFindings() throws {
    try store.commit(Example.batch(1, 2))
    var batch = CommitBatch(at: Example.time(2))
    batch.mergedIncidents = [.init(Example.id(2), of: Example.id(1))]
    batch.mergedFindings = [.init(Example.id(2), of: Example.id(1))]
    try store.commit(batch)
    let detail = try store.incident("F-" + Example.id(2).hex)
    #expect(detail.findings.map(\.id) == [Example.id(1)])
    #expect(detail.incident.id == Example.id(1))
  }

  @Test("an id that is an incident again is no alias any more")
  func resurrects() throws {
    try store.commit(Example.batch(1, 2))
    var batch = CommitBatch(at: Example.time(2))
    batch.mergedIncidents = [.init(Example.id(2), of: Example.id(1))]
    try store.commit(batch)
    try store.commit(Example.batch(2))
    #expect(try ids() == [Example.id(1), Example.id(2)])
    #expect(try store.incident(Example.id(1).hex).incident.aliases.isEmpty)
  }

  @Test("what an analyst merges stays merged while the pipeline goes on")
  func analyst() throws {
    try store.commit(Example.batch(1, at: 100))
    try store.commit(Example.batch(2, at: 50))
    try store.commit(Example.batch(3, at: 0))
    let first = try store.merge("0002", into: "0001", by: "ada", at: Example.time(1))
    #expect(first == Example.id(1))
    try store.commit(Example.batch(2, at: 50))
    try store.merge("INC-0001", into: "0003", by: "ada", at: Example.time(2))

    #expect(try ids() == [Example.id(3)])
    let detail = try store.incident("0002")
    #expect(detail.incident.id == Example.id(3))
    #expect(detail.incident.aliases == [Example.id(1), Example.id(2)])
    #expect(detail.findings.map(\.id) == [Example.id(3), Example.id(2), Example.id(1)])
    #expect(detail.incident.firstSeen == Example.time(0))
    #expect(detail.incident.lastSeen == Example.time(160))
    #expect(detail.incident.eventCount == 636)
    #expect(detail.activity.count == 4)
    #expect(
      problem { try store.merge("0001", into: "0002", by: "ada", at: Example.time(3)) }
        == .refused(.sameIncident)
    )

    var exported: [FindingID] = []
    try store.forEachIncident { exported.append($0.incident.id) }
    #expect(exported == [Example.id(3), Example.id(2), Example.id(1)])
  }

  @Test("a merged incident has the title of the worse, and records of both are counted once")
  func titleAndCounts() throws {
    var batch = Example.batch(1, 2)
    batch.incidents[0].risk = 30
    batch.incidents[0].title = "a try"
    batch.incidents[0].eventCount = 1
    batch.incidents[1].title = "a break-in"
    batch.incidents[1].eventCount = 2
    let shared = Example.evidence(1, at: 0)
    batch.findings[0].finding.evidence = [shared]
    batch.findings[1].finding.evidence = [shared, Example.evidence(7, at: 5)]
    try store.commit(batch)
    let closing = TriageAction.close(as: .benign, reason: "a test")
    try store.apply(closing, to: Example.id(2).hex, by: "ada", at: Example.time(1))
    try store.merge(Example.id(2).hex, into: Example.id(1).hex, by: "ada", at: Example.time(2))
    let whole = try store.incident(Example.id(1).hex)
    #expect(whole.incident.title == "a break-in")
    #expect(whole.incident.eventCount == 2)
    #expect(try store.incidents(IncidentQuery()).map(\.incident.eventCount) == [2])
    let line = "INC-\(Example.id(2).hex) (closed, benign) became part of this"
    #expect(whole.activity.contains { $0.detail == line })
  }

  @Test("a list shows an incident with those that an analyst merged into it")
  func lists() throws {
    var batch = Example.batch(1, 2, 3, at: 0)
    batch.incidents = [
      Example.incident(1, risk: 30), Example.incident(2, at: 900, risk: 90),
      Example.incident(3, risk: 50),
    ]
    batch.incidents[1].techniques = ["T1496"]
    batch.incidents[1].entities = [Entity(type: .user, value: "svc", role: .actor)]
    try store.commit(batch)
    try store.merge("0002", into: "0001", by: "ada", at: Example.time(1))

    let all = try store.incidents(IncidentQuery())
    #expect(all.map(\.incident.id) == [Example.id(1), Example.id(3)])
    #expect(all.map(\.incident.risk) == [90, 50])
    #expect(all.map(\.incident.lastSeen) == [Example.time(960), Example.time(60)])
    #expect(try all[0].incident == store.incident("0001").incident)
    func found(_ change: (inout IncidentQuery) -> Void) throws -> [FindingID] {
      var query = IncidentQuery()
      change(&query)
      #expect(try store.incidentCount(query) == store.incidents(query).count)
      return try store.incidents(query).map(\.incident.id)
    }
    #expect(try found { $0.minSeverity = .high } == [Example.id(1)])
    #expect(try found { $0.severity = .low } == [])
    #expect(try found { $0.technique = "T1496" } == [Example.id(1)])
    #expect(try found { $0.entity = "user:svc" } == [Example.id(1)])
    #expect(try found { $0.since = Example.time(500) } == [Example.id(1)])
    #expect(try found { $0.statuses = [.closed] } == [])
    var first = IncidentQuery()
    first.limit = 1
    first.order = .time
    #expect(try store.incidents(first).map(\.incident.id) == [Example.id(1)])
  }

  @Test(
    "the pipeline may merge what an analyst merged, either way round",
    arguments: [true, false]
  )
  func both(sameWay: Bool) throws {
    try store.commit(Example.batch(1, 2))
    try store.merge("0002", into: "0001", by: "ada", at: Example.time(1))
    var batch = CommitBatch(at: Example.time(2))
    let (id, target): (UInt64, UInt64) = sameWay ? (2, 1) : (1, 2)
    batch.mergedIncidents = [.init(Example.id(id), of: Example.id(target))]
    try store.commit(batch)
    #expect(try ids() == [Example.id(target)])
    #expect(try store.incident("0001").findings.count == 2)
    #expect(try store.incident("0002").findings.count == 2)
  }
}
