import Foundation
import Testing
import VedetteEvent
import VedetteFindings

@testable import VedetteStore

@Suite("Purge")
struct PurgeTests {
  private let folder: TemporaryFolder
  private let store: IncidentStore
  /// What must be found nowhere afterwards.
  private static let name = "maria.muster"

  init() throws {
    folder = try TemporaryFolder()
    store = try folder.open()
    var batch = Example.batch(1, 2, at: 1_000)
    let person = Entity(type: .user, value: Self.name, role: .target)
    batch.incidents[0].entities.append(person)
    batch.findings[0].finding.entities.append(person)
    batch.findings[0].finding.evidence = [
      Evidence(
        time: Example.time(1_000),
        origin: RecordOrigin(path: "auth.log", line: 1, offset: 0, length: 60),
        raw: Array("Failed password for maria.muster".utf8)
      )
    ]
    // The other incident mentions the name, in every place that holds text.
    batch.incidents[1].narrative = "Somebody asks for maria.muster, twice."
    batch.incidents[1].riskTerms[0].label = "rule about maria.muster"
    batch.findings[1].finding.title = "asked for 'maria.muster'"
    batch.findings[1].finding.explanation = Explanation(
      summary: "maria.muster, never xmaria.muster"
    )
    batch.findings[1].finding.evidence = [
      Evidence(
        time: Example.time(1_000),
        origin: RecordOrigin(path: "auth.log", line: 2, offset: 80, length: 60),
        raw: Array("who is maria.muster?".utf8)
      )
    ]
    batch.deadLetters = [
      KeptDeadLetter(
        source: SourceID("auth.log"),
        reason: "bad",
        origin: RecordOrigin(path: "auth.log", line: 3, offset: 160, length: 60),
        raw: Array("\u{1}maria.muster\u{2}".utf8)
      )
    ]
    batch.stateRows = [
      StateRow(detector: "behavior", shard: 0, key: "user maria.muster", bytes: [1, 2]),
      StateRow(detector: "behavior", shard: 1, key: "all", bytes: Array("\u{c}maria.muster".utf8)),
      StateRow(detector: "behavior", shard: 2, key: "user root", bytes: [3]),
      StateRow(detector: "incidents", shard: 3, key: Example.id(1).hex, bytes: [4]),
      StateRow(detector: "incidents", shard: 3, key: "incident \(Example.id(1).hex)", bytes: [4]),
      StateRow(detector: "incidents", shard: 3, key: Example.id(2).hex, bytes: [4]),
    ]
    batch.notifications = [
      IncidentNotice(
        target: "ops",
        incident: Example.id(2),
        severity: .high,
        reason: .opened,
        body: #"{"summary":"maria.muster"}"#
      )
    ]
    try store.commit(batch)
    try store.apply(.comment("maria.muster on leave"), to: "0001", by: "ada", at: Example.start)
    try store.apply(.comment("ask maria.muster"), to: "0002", by: "ada", at: Example.start)
    try store.apply(.comment("done"), to: "0002", by: "ada", at: Example.start)
  }

  /// The bytes of all files of the database.
  private func bytes() throws -> Data {
    var all = Data()
    for suffix in ["", "-wal", "-shm"] {
      all += (try? Data(contentsOf: URL(filePath: folder.database + suffix))) ?? Data()
    }
    return all
  }

  @Test("of a purged entity nothing is left in any file")
  func entity() throws {
    #expect(try bytes().range(of: Data(Self.name.utf8)) != nil)
    let preview = try store.purgePreview(.entity("user:\(Self.name)"), at: Example.start)
    #expect(try store.incident("0001").findings.count == 1)
    var counts = try store.purge(.entity("user:\(Self.name)"), by: "ada", at: Example.start)
    #expect(counts.tombstone?.number == 4)
    counts.tombstone = preview.tombstone
    #expect(counts == preview)
    #expect(counts.incidents == 1)
    #expect(counts.openIncidents == 1)
    #expect(counts.findings == 1)
    #expect(counts.records == 1)
    #expect(counts.blankedTexts == 6)
    #expect(counts.stateRows == ["behavior": 2, "incidents": 2])
    #expect(counts.notifications == 1)
    #expect(counts.activity == 2)
    #expect(counts.firstIncidents == [Example.id(1)])
    // What is part of a longer word is another's.
    let left = try bytes()
    let longer = Data("xmaria.muster".utf8)
    var from = left.startIndex
    while let found = left.range(of: Data(Self.name.utf8), in: from..<left.endIndex) {
      #expect(left[(found.lowerBound - 1)..<found.upperBound] == longer)
      from = found.upperBound
    }
    #expect(problem { _ = try store.incident("0001") } == .unknownID("0001"))
    let other = try store.incident("0002")
    #expect(other.incident.narrative == "Somebody asks for [purged], twice.")
    #expect(other.incident.riskTerms.reduce(0) { $0 + $1.points } == other.incident.risk)
    #expect(other.findings[0].title == "asked for '[purged]'")
    #expect(other.findings[0].evidence[0].raw == Array("who is [purged]?".utf8))
    #expect(other.findings[0].evidence[0].originalSHA256 != nil)
    #expect(other.activity.map(\.detail) == ["(purged, see line 4)", "done"])
  }

  @Test("a name that JSON writes another way is found there too")
  func escapedName() throws {
    var batch = Example.batch(3)
    batch.findings[0].finding.explanation = Explanation(summary: #"CORP\mm did it"#)
    try store.commit(batch)
    let counts = try store.purge(.entity(#"user:CORP\mm"#), by: "ada", at: Example.start)
    #expect(counts.blankedTexts == 1)
    #expect(try store.incident("0003").findings[0].explanation.summary == "[purged] did it")
  }

  @Test("what nobody knows of changes nothing and leaves no line")
  func nothing() throws {
    let head = try store.activityHead()
    let counts = try store.purge(.entity("user:nobody"), by: "ada", at: Example.start)
    #expect(counts.isEmpty)
    #expect(counts.tombstone == nil)
    #expect(try store.activityHead() == head)
  }

  @Test("what is older goes, what is as old as the cut stays")
  func before() throws {
    try store.commit(Example.batch(5, at: 9_000))
    let cut = Example.time(1_061)
    let counts = try store.purge(.before(cut), by: "ada", at: Example.start)
    #expect(counts.incidents == 2)
    #expect(try store.incidents(IncidentQuery()).map(\.incident.id) == [Example.id(5)])
    #expect(try store.purge(.before(Example.time(9_060)), by: "a", at: cut).incidents == 0)
    #expect(try store.purge(.before(Example.time(9_061)), by: "a", at: cut).incidents == 1)
    #expect(try store.verifyActivity(against: nil).problem == nil)
  }

  @Test("retention leaves what the pipeline may still write, and goes on where it stopped")
  func retention() throws {
    let cut = Example.time(5_000)
    let held = try store.retain(since: cut, except: [Example.id(1)], at: cut)
    #expect(held.incidents == 1)
    #expect(try store.incidents(IncidentQuery()).map(\.incident.id) == [Example.id(1)])
    // The pipeline goes on with what it held.
    try store.commit(Example.batch(1, at: 1_000))
    var batch = CommitBatch(at: cut)
    batch.movedFindings = [.init(Example.id(1), to: Example.id(1))]
    try store.commit(batch)
    #expect(try store.incident("0001").findings.count == 1)
    #expect(try store.retain(since: cut, except: [], at: cut).incidents == 1)
  }

  @Test("nothing is purged while a pipeline runs")
  func exclusive() throws {
    let found = problem { _ = try folder.open(.maintenance) }
    #expect(found == .running(process: Int(ProcessInfo.processInfo.processIdentifier)))
    #expect(problem { _ = try TemporaryFolder().open(.maintenance) } == .missing)
  }

  @Test("an incident that others were merged into takes none of them along")
  func merged() throws {
    try store.merge("0002", into: "0001", by: "ada", at: Example.start)
    try store.purge(.entity("user:\(Self.name)"), by: "ada", at: Example.start)
    #expect(try store.incident("0002").incident.id == Example.id(2))
  }
}
