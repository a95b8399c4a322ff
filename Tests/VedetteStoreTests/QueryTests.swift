import Testing
import VedetteEvent
import VedetteFindings

@testable import VedetteStore

@Suite("Queries")
struct QueryTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let change: @Sendable (inout IncidentQuery) -> Void
    let numbers: [UInt64]
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(name: "all, by risk", change: { _ in }, numbers: [3, 2, 4, 1]),
    Case(name: "all, by time", change: { $0.order = .time }, numbers: [4, 3, 2, 1]),
    Case(name: "the first two", change: { $0.limit = 2 }, numbers: [3, 2]),
    Case(name: "none", change: { $0.limit = 0 }, numbers: []),
    Case(name: "seen since", change: { $0.since = Example.time(261) }, numbers: [3, 4]),
    Case(name: "the bound itself", change: { $0.since = Example.time(260) }, numbers: [3, 2, 4]),
    Case(name: "begun until", change: { $0.until = Example.time(200) }, numbers: [2, 1]),
    Case(name: "new", change: { $0.statuses = [.new] }, numbers: [3, 4]),
    Case(name: "new or closed", change: { $0.statuses = [.closed, .new] }, numbers: [3, 4, 1]),
    Case(name: "exactly medium", change: { $0.severity = .medium }, numbers: [4]),
    Case(name: "at least high", change: { $0.minSeverity = .high }, numbers: [3, 2]),
    Case(name: "an address", change: { $0.entity = "ip:203.0.113.9" }, numbers: [3, 2, 4, 1]),
    Case(name: "a value of any type", change: { $0.entity = "svc" }, numbers: [3]),
    Case(name: "a value of another type", change: { $0.entity = "host:svc" }, numbers: []),
    Case(name: "a key as shown", change: { $0.entity = "access_key:AKIA..7Q" }, numbers: [2]),
    Case(name: "a technique", change: { $0.technique = "T1110.001" }, numbers: [2, 4, 1]),
    Case(name: "with its parts", change: { $0.technique = "t1110" }, numbers: [2, 4, 1]),
    Case(name: "not a longer one", change: { $0.technique = "T111" }, numbers: []),
    Case(name: "a rule", change: { $0.rule = "rule-4" }, numbers: [4]),
    Case(
      name: "several at once",
      change: {
        $0.statuses = [.new]
        $0.technique = "T1110"
        $0.rule = "rule-4"
      },
      numbers: [4]
    ),
    Case(
      name: "text is never SQL",
      change: { $0.entity = "x' OR 1=1 --" },
      numbers: []
    ),
  ]

  private static func store(_ folder: TemporaryFolder) throws -> IncidentStore {
    let store = try folder.open()
    for number in 1...4 as ClosedRange<UInt64> {
      var batch = CommitBatch(at: Example.start)
      let risk = [30, 70, 90, 50][Int(number) - 1]
      var incident = Example.incident(number, at: Int(number) * 100, risk: risk)
      if number == 3 {
        incident.entities.append(Entity(type: .user, value: "svc", role: .target))
        incident.techniques = ["AML.T0012"]
      }
      if number == 2 {
        let key = Entity(type: .accessKey, value: "AKIAIOSFODNN7EXAMP7Q", role: .actor)
        incident.entities.append(key)
      }
      batch.incidents = [incident]
      batch.findings = [
        .init(Example.finding(number, rule: "rule-\(number)"), in: Example.id(number))
      ]
      try store.commit(batch)
    }
    let closing = TriageAction.close(as: .benign, reason: "a test")
    try store.apply(closing, to: Example.id(1).hex, by: "ada", at: Example.start)
    try store.apply(.assign(to: "ada"), to: Example.id(2).hex, by: "ada", at: Example.start)
    return store
  }

  @Test("find what they ask for", arguments: cases)
  func finds(_ example: Case) throws {
    let folder = try TemporaryFolder()
    let store = try Self.store(folder)
    var query = IncidentQuery()
    example.change(&query)
    #expect(try store.incidents(query).map(\.incident.id) == example.numbers.map(Example.id))
    if query.limit == nil { #expect(try store.incidentCount(query) == example.numbers.count) }
  }

  @Test("an incident is found by as much of its id as is needed")
  func prefixes() throws {
    let folder = try TemporaryFolder()
    let store = try folder.open()
    let ids = ["7f3a91c204", "7f3a91c2ff", "7f00000000", "a000000000"].compactMap {
      FindingID(hex: $0 + String(repeating: "0", count: 22))
    }
    for id in ids {
      var batch = CommitBatch(at: Example.start)
      var incident = Example.incident(1)
      incident.id = id
      var finding = Example.finding(1)
      finding.id = id
      batch.incidents = [incident]
      batch.findings = [.init(finding, in: id)]
      try store.commit(batch)
    }
    for text in ["a", "INC-a", "inc-A0", "F-a00", ids[3].hex, "INC-" + ids[3].hex] {
      #expect(try store.incident(text).incident.id == ids[3], "\(text)")
    }
    #expect(try store.incident("7f3a91c20").incident.id == ids[0])
    #expect(
      problem { _ = try store.incident("7f3a") }
        == .ambiguousID("7f3a", candidates: ["INC-7f3a91c20", "INC-7f3a91c2f"])
    )
    #expect(
      problem { _ = try store.incident("f-7f3a") }
        == .ambiguousID("f-7f3a", candidates: ["F-7f3a91c20", "F-7f3a91c2f"])
    )
    for text in ["", "INC-", "b", "xyz", "7f3a%", String(repeating: "a", count: 33)] {
      #expect(problem { _ = try store.incident(text) } == .unknownID(text))
    }
    #expect(try store.prefixLength(of: ids[0], atLeast: 4) == 9)
    #expect(try store.prefixLength(of: ids[3], atLeast: 4) == 4)
  }
}
