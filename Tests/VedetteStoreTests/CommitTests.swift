import Foundation
import Testing
import VedetteEvent
import VedetteFindings

@testable import VedetteStore

@Suite("Committing")
struct CommitTests {
  @Test("what comes back is what went in")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    let store = try folder.open()
    var finding = Example.finding(7, evidence: [Example.evidence(1, at: 0)])
    finding.title = "nul \0, escape \u{1b}[31m, right-to-left \u{202e}, 日本, \\ \" \n"
    finding.entities.append(Entity(type: .user, value: "root\0toor", role: .source))
    finding.evidence.append(
      Evidence(
        time: nil,
        origin: RecordOrigin(path: "a\0b", line: 2, offset: 1 << 40, length: 9),
        raw: [0, 0xff, 0x80, 10],
        originalSHA256: [UInt8](repeating: 7, count: 32)
      )
    )
    finding.explanation.terms = [
      ExplanationTerm(feature: "f", observed: 212, expected: 1.4, scale: 0.1, contribution: 48),
      ExplanationTerm(feature: "g", observed: 0.1 + 0.2, contribution: -1e300, value: "new\u{0}"),
    ]
    finding.explanation.nearestNormal = [ExplanationFact(name: "calls", value: "31")]
    var behaviour = Example.finding(6, at: 3, rule: nil)
    behaviour.tactics = ["impact", "discovery"]
    var incident = Example.incident(7, findings: [7, 6])
    incident.entities = finding.entities
    incident.narrative = "what \0 happened"
    var batch = CommitBatch(at: Example.start)
    batch.incidents = [incident]
    batch.findings = [.init(behaviour, in: incident.id), .init(finding, in: incident.id)]
    try store.commit(batch)

    let expected = IncidentDetail(incident: incident, findings: [finding, behaviour])
    #expect(try store.incident(incident.id.hex) == expected)
    let list = try store.incidents(IncidentQuery())
    #expect(list == [TriagedIncident(incident: incident, triage: Triage())])
    try store.commit(batch)
    #expect(try store.incident(incident.id.hex) == expected)
    try store.close()
    #expect(try folder.open(.reading).incident(incident.id.hex) == expected)
  }

  @Test("numbers that are none stay none")
  func notFinite() throws {
    let folder = try TemporaryFolder()
    let store = try folder.open()
    var batch = Example.batch(1)
    batch.findings[0].finding.explanation.terms = [
      ExplanationTerm(feature: "f", observed: .infinity, expected: .nan, contribution: 1)
    ]
    try store.commit(batch)
    let term = try #require(
      try store.incident(Example.id(1).hex).findings[0].explanation.terms.first
    )
    #expect(term.observed.isNaN && term.expected?.isNaN == true && term.scale == nil)
  }

  @Test("a finding that grows costs only its new evidence")
  func growth() throws {
    let folder = try TemporaryFolder()
    let store = try folder.open()
    var batch = Example.batch(1)
    let early = (1...10).map { Example.evidence($0, at: $0) }
    batch.findings[0].finding.evidence = early
    #expect(try store.commit(batch).evidence == 10)
    #expect(try store.commit(batch).evidence == 0)

    let later = Array(early[..<9]) + [early[9], Example.evidence(11, at: 11)]
    batch.findings[0].finding.evidence = later
    #expect(try store.commit(batch).evidence == 1)
    let replaced = Array(later[..<5]) + [Example.evidence(12, at: 12)]
    batch.findings[0].finding.evidence = replaced
    #expect(try store.commit(batch).evidence == 1)
    #expect(try store.incident(Example.id(1).hex).findings[0].evidence == replaced)
  }

  @Test("equal evidence at one place is kept as often as it is given")
  func repeatedEvidence() throws {
    let folder = try TemporaryFolder()
    let store = try folder.open()
    var batch = Example.batch(1)
    batch.findings[0].finding.evidence = Array(repeating: Example.evidence(1, at: 1), count: 3)
    #expect(try store.commit(batch).evidence == 3)
    #expect(try store.commit(batch).evidence == 0)
    batch.findings[0].finding.evidence.removeLast()
    try store.commit(batch)
    #expect(try store.incident(Example.id(1).hex).findings[0].evidence.count == 2)
  }

  @Test("evidence has limits in bytes and in number, and says what it was cut from")
  func evidenceLimits() throws {
    let folder = try TemporaryFolder()
    let store = try folder.open()
    var batch = Example.batch(1)
    var long = Example.evidence(1, at: 1)
    long.raw = [UInt8](repeating: 0x78, count: Limits.evidenceBytesMax + 1)
    batch.findings[0].finding.evidence =
      [long] + (2...Limits.evidenceRecordsMax + 9).map { Example.evidence($0, at: $0) }
    #expect(try store.commit(batch).evidence == Limits.evidenceRecordsMax)
    let kept = try store.incident(Example.id(1).hex).findings[0].evidence
    #expect(kept.count == Limits.evidenceRecordsMax)
    #expect(kept[0].raw.count == Limits.evidenceBytesMax)
    #expect(kept[0].originalSHA256?.count == 32)
    #expect(kept[1].originalSHA256 == nil)
  }

  @Test("a batch that contradicts itself changes nothing")
  func allOrNothing() throws {
    let folder = try TemporaryFolder()
    let store = try folder.open()
    try store.commit(Example.batch(1))
    var batch = Example.batch(2)
    batch.findings.append(.init(Example.finding(3), in: Example.id(99)))
    guard case .inconsistent = problem({ try store.commit(batch) }) else {
      Issue.record("a finding of an unknown incident was taken")
      return
    }
    #expect(try store.incidents(IncidentQuery()).map(\.incident.id) == [Example.id(1)])
  }

  @Test("state, checkpoints, sources, dead letters and metrics come back")
  func progress() throws {
    let folder = try TemporaryFolder()
    let store = try folder.open()
    let source = SourceID("/var/log/auth.log")
    let checkpoint = Checkpoint(
      source: source,
      path: "/var/log/auth.log",
      device: .max,
      inode: 1 << 63,
      fingerprintLength: 1_024,
      fingerprint: .max - 1,
      offset: 1 << 40,
      line: 9,
      markerLength: 7,
      marker: 3,
      isFinished: true
    )
    var status = SourceStatus(source: source)
    status.format = "syslog"
    status.records = 10
    status.deadLetters = [.init(reason: "no date", count: 2), .init(reason: "torn", count: 1)]
    status.lastEvent = Example.start
    var batch = CommitBatch(at: Example.start)
    batch.checkpoints = [source: [checkpoint, checkpoint]]
    batch.sourceStatus = [status]
    batch.metrics = [.init(name: "events", value: 1.5)]
    batch.deadLetters = (0..<Limits.deadLettersKeptMax + 5).map { number in
      KeptDeadLetter(
        source: source,
        reason: "no date",
        origin: RecordOrigin(path: "a", line: number, offset: 0, length: 1),
        raw: [UInt8(truncatingIfNeeded: number)]
      )
    }
    try store.commit(batch)
    #expect(try store.checkpoints() == [checkpoint, checkpoint])
    #expect(try store.sourceStatus() == [status])
    #expect(try store.metrics() == batch.metrics)
    #expect(try store.deadLetters(of: source) == Array(batch.deadLetters.dropFirst(5)))
    #expect(try store.deadLetters(of: SourceID("other")).isEmpty)
    #expect(try store.deadLetters(of: nil).count == Limits.deadLettersKeptMax)

    var next = CommitBatch(at: Example.start)
    next.checkpoints = [source: []]
    try store.commit(next)
    #expect(try store.checkpoints().isEmpty)
  }

  @Test("state that was learned under something else is not used, and goes at the next commit")
  func stateVersions() throws {
    let folder = try TemporaryFolder()
    let store = try folder.open()
    let old = StateDigests(rules: "r1", configuration: "c", format: "1")
    var batch = CommitBatch(at: Example.start)
    batch.stateDigests = ["rate": old]
    batch.stateRows = [
      StateRow(detector: "rate", shard: 2, key: "b\0", bytes: [1]),
      StateRow(detector: "rate", shard: 1, key: "c", bytes: []),
      StateRow(detector: "other", shard: 1, key: "a", bytes: [9]),
    ]
    #expect(try store.commit(batch).stateBytes == 2)
    let rows = [batch.stateRows[1], batch.stateRows[0]]
    #expect(try store.state(of: "rate", under: old) == StoredState(rows: rows, differences: []))

    let new = StateDigests(rules: "r2", configuration: "c", format: "2")
    let refused = StoredState(rows: [], differences: ["rules", "format"])
    #expect(try store.state(of: "rate", under: new) == refused)

    batch.stateDigests = ["rate": new]
    batch.stateRows = [
      StateRow(detector: "rate", shard: 3, key: "d", bytes: [4]),
      StateRow(detector: "rate", shard: 3, key: "gone", bytes: nil),
    ]
    try store.commit(batch)
    #expect(try store.state(of: "rate", under: new).rows == [batch.stateRows[0]])
    let unstated = StateDigests(rules: "", configuration: "", format: "")
    #expect(try store.state(of: "other", under: unstated).rows.count == 1)
  }
}
