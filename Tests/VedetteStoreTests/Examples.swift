import Foundation
import VedetteEvent
import VedetteFindings
import VedetteStatistics

@testable import VedetteStore

/// Small findings and incidents that differ where a test needs it.
enum Example {
  static let start = EventTime(nanosecondsSinceEpoch: 1_772_446_440_000_000_000)

  static func time(_ seconds: Int) -> EventTime {
    start.advanced(byNanoseconds: Int64(seconds) * 1_000_000_000)
  }

  static func id(_ number: UInt64) -> FindingID { FindingID(high: number << 48, low: number) }

  /// Makes findings keep their entities as the first versions did: in rows of their own.
  static let firstFindings = """
    CREATE TABLE finding_entity (
      finding_key INTEGER NOT NULL REFERENCES finding (finding_key) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      entity_key INTEGER NOT NULL REFERENCES entity (entity_key),
      role TEXT NOT NULL,
      PRIMARY KEY (finding_key, position)
    ) WITHOUT ROWID;
    INSERT INTO finding_entity
      SELECT finding_key, part.key, json_extract(part.value, '$[0]'), json_extract(part.value, '$[1]')
      FROM finding JOIN json_each(finding.entities) AS part;
    ALTER TABLE finding DROP COLUMN entities;
    DROP INDEX incident_by_verdict;
    ALTER TABLE incident DROP COLUMN folded_count;
    ALTER TABLE incident DROP COLUMN is_folded;
    """

  static func evidence(_ number: Int, at seconds: Int) -> Evidence {
    Evidence(
      time: time(seconds),
      origin: RecordOrigin(path: "auth.log", line: number, offset: Int64(number) * 80, length: 60),
      raw: Array("sshd[\(number)]: Failed password for root".utf8)
    )
  }

  static func finding(
    _ number: UInt64,
    at seconds: Int = 0,
    rule: String? = "rule-1",
    evidence: [Evidence] = []
  ) -> Finding {
    Finding(
      id: id(number),
      time: time(seconds),
      lastTime: time(seconds + 10),
      detector: rule == nil ? .baseline : .rule,
      title: "many failed logins",
      rule: rule.map { RuleReference(id: $0, title: "SSH", level: .high, path: "ssh.yml") },
      severity: .high,
      score: 62,
      entities: [
        Entity(type: .ip, value: "203.0.113.9", role: .actor),
        Entity(type: .user, value: "root", role: .target),
      ],
      techniques: ["T1110.001"],
      tactics: ["credential-access"],
      sources: [SourceID("/var/log/auth.log")],
      count: max(1, evidence.count),
      evidence: evidence,
      explanation: Explanation(summary: "212 failed logins, usually 1.4")
    )
  }

  static func incident(
    _ number: UInt64,
    at seconds: Int = 0,
    risk: Int = 70,
    findings: [UInt64]? = nil,
    aliases: [UInt64] = []
  ) -> Incident {
    Incident(
      id: id(number),
      title: "brute force",
      risk: risk,
      riskTerms: [RiskTerm(label: "rule", points: risk + 6), RiskTerm(label: "cap", points: -6)],
      firstSeen: time(seconds),
      lastSeen: time(seconds + 60),
      entities: [Entity(type: .ip, value: "203.0.113.9", role: .actor)],
      techniques: ["T1110.001"],
      tactics: ["credential-access"],
      findings: (findings ?? [number]).map(id),
      eventCount: 212,
      sources: [SourceID("/var/log/auth.log")],
      narrative: "Somebody tries passwords.",
      aliases: aliases.map(id)
    )
  }

  /// An incident with one finding of the same number.
  static func batch(_ numbers: UInt64..., at seconds: Int = 0) -> CommitBatch {
    var batch = CommitBatch(at: time(seconds))
    for number in numbers {
      batch.incidents.append(incident(number, at: seconds))
      batch.findings.append(
        .init(
          finding(number, at: seconds, evidence: [evidence(Int(number), at: seconds)]),
          in: id(number)
        )
      )
    }
    return batch
  }
}

/// A folder that is gone when the test is over.
final class TemporaryFolder {
  let path: String

  init() throws {
    let name = "vedette-store-\(UUID().uuidString)"
    path = FileManager.default.temporaryDirectory.appending(path: name).path
    try FileManager.default.createDirectory(
      atPath: path,
      withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700]
    )
  }

  /// A database's path in the folder.
  var database: String { path + "/vedette.db" }

  func open(
    _ purpose: IncidentStore.Purpose = .pipeline,
    busySeconds: Int = 5
  ) throws -> IncidentStore {
    try IncidentStore.open(
      database,
      for: purpose,
      writtenBy: "vedette test",
      busySeconds: busySeconds
    )
  }

  /// Copies what a killed process would leave: the file and the log beside it as they are now.
  func copyAsAfterKill(to other: TemporaryFolder) throws {
    for suffix in ["", "-wal", ".lock"]
    where FileManager.default.fileExists(atPath: database + suffix) {
      try FileManager.default.copyItem(atPath: database + suffix, toPath: other.database + suffix)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Returns the problem that an operation on a store ends with.
func problem(_ body: () throws -> Void) -> StoreError.Problem? {
  do {
    try body()
    return nil
  } catch let error as StoreError {
    return error.problem
  } catch {
    return .inconsistent("not a store's error: \(error)")
  }
}
