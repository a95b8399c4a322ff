import Foundation
import Testing
import VedetteDigest
import VedetteEvent
import VedetteFindings

@testable import VedetteStore

/// Whoever edits the activity by hand is found out.
@Suite("Audit")
struct AuditTests {
  private let folder: TemporaryFolder
  private let store: IncidentStore

  init() throws {
    folder = try TemporaryFolder()
    store = try folder.open()
    try store.commit(Example.batch(1, 2))
    for number in 1...5 { try Self.comment(store, "note \(number)") }
  }

  private static func comment(_ store: IncidentStore, _ text: String) throws {
    try store.apply(.comment(text), to: "0001", by: "ada", at: Example.start)
  }

  private func check(_ head: ActivityHead? = nil) throws -> ActivityProblem? {
    try store.verifyActivity(against: head).problem
  }

  @Test("what is as it was written passes, against every head on the way")
  func untouched() throws {
    let head = try store.activityHead()
    #expect(head.number == 5)
    #expect(ActivityHead(head.description) == head)
    try Self.comment(store, "one more")
    #expect(try check() == nil)
    #expect(try check(head) == nil)
    #expect(try check(try store.activityHead()) == nil)
  }

  @Test(
    "an edited line is named",
    arguments: [
      "detail = 'x'", "user = 'eve'", "time = 0", "action = 'close'",
      "incident_id = '\(Example.id(2).hex)'", "previous = x'00'", "digest = randomblob(32)",
      "salt = randomblob(16)",
    ]
  )
  func edited(change: String) throws {
    try store.execute("DROP TRIGGER activity_is_never_changed")
    try store.execute("UPDATE activity SET \(change) WHERE activity_key = 3")
    let problem = try check()
    // Where the digest is another, the next line does not follow from it.
    #expect(problem == .changed(line: 3))
  }

  @Test("a missing line is named")
  func missing() throws {
    try store.execute("DROP TRIGGER activity_is_never_deleted")
    try store.execute("DELETE FROM activity WHERE activity_key IN (2, 3)")
    #expect(try check() == .missing(first: 2, next: 4))
  }

  @Test("missing last lines show against a head, and without one only there")
  func shortened() throws {
    let head = try store.activityHead()
    try store.execute("DROP TRIGGER activity_is_never_deleted")
    try store.execute("DELETE FROM activity WHERE activity_key >= 4")
    #expect(try check() == nil)
    #expect(try check(head) == .shortened(last: 3, head: 5))
    try store.execute("DELETE FROM activity")
    #expect(try check(head) == .shortened(last: 0, head: 5))
  }

  @Test("a whole that was written anew shows against any head")
  func rewritten() throws {
    let head = try store.activityHead()
    try store.execute("DROP TRIGGER activity_is_never_deleted; DELETE FROM activity")
    for number in 1...7 { try Self.comment(store, "invented \(number)") }
    #expect(try check() == nil)
    #expect(try check(head) == .rewritten(line: 5))
  }

  @Test("a line that is blanked without a tombstone, or in the name of one, is named")
  func blanked() throws {
    try store.execute(
      "UPDATE activity SET detail = '', salt = x'', purged_by = 4 WHERE activity_key = 2"
    )
    #expect(try check() == .blanked(line: 2))
  }

  @Test("a purge blanks its lines and stays on the way from every earlier head")
  func purge() throws {
    let head = try store.activityHead()
    let counts = try store.purge(.entity("ip:203.0.113.9"), by: "ada", at: Example.start)
    #expect(counts.activity == 5)
    let report = try store.verifyActivity(against: head)
    #expect(report.problem == nil)
    #expect(report.blankedCount == 5)
    #expect(report.head == counts.tombstone)
    // One more line in the name of the same tombstone does not go unseen.
    try store.commit(Example.batch(3))
    try store.apply(.comment("later"), to: "0003", by: "ada", at: Example.start)
    try store.purge(.entity("root"), by: "ada", at: Example.start)
    #expect(try check(head) == nil)
    try store.execute("DROP TRIGGER activity_is_never_changed")
    try store.execute("UPDATE activity SET purged_by = 6 WHERE activity_key = 7")
    #expect(try check(head) == .blanked(line: 1))
  }

  @Test("a database of the first version is brought up to date and its lines still follow")
  func migrated() throws {
    try store.execute(Self.firstVersion)
    var previous = ActivityChain.start
    for number in 1...3 {
      let activity = Activity(
        number: number,
        incident: Example.id(1),
        time: Example.time(number),
        user: "ada",
        action: "comment",
        detail: "old \(number)"
      )
      let digest = ActivityChain.digest(activity, salt: [], after: previous)
      let values = [
        "\(number)", "'\(activity.incident.hex)'", "\(activity.time.nanosecondsSinceEpoch)",
        "'ada'", "'comment'", "'old \(number)'", "x'\(Self.hex(previous))'", "x'\(digest.hex)'",
      ]
      try store.execute("INSERT INTO activity VALUES (\(values.joined(separator: ", ")))")
      previous = digest.bytes
    }
    try store.close()
    #expect(
      problem { _ = try folder.open(.reading) } == .olderSchema(found: 1, known: Schema.version)
    )
    let store = try folder.open()
    #expect(try store.incident("0001").activity.map(\.detail) == ["old 1", "old 2", "old 3"])
    #expect(try store.verifyActivity(against: nil).problem == nil)
    try Self.comment(store, "new")
    try store.commit(Example.batch(4))
    #expect(try store.verifyActivity(against: nil).head.number == 4)
    try store.execute("DROP TRIGGER activity_is_never_changed")
    try store.execute("UPDATE activity SET detail = 'forged' WHERE activity_key = 1")
    #expect(try store.verifyActivity(against: nil).problem == .changed(line: 1))
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String(format: "%02x", $0) }.joined()
  }

  /// Takes away what later versions added.
  private static let firstVersion = """
    \(Example.firstFindings)
    DROP TRIGGER activity_is_never_changed; DROP TRIGGER activity_is_never_deleted;
    DELETE FROM activity;
    DROP INDEX activity_by_purge; DROP INDEX finding_by_exception;
    ALTER TABLE activity DROP COLUMN salt; ALTER TABLE activity DROP COLUMN purged_by;
    ALTER TABLE finding DROP COLUMN hidden_by;
    DROP TABLE notification; DROP TABLE incident_notified;
    CREATE TRIGGER activity_is_never_changed BEFORE UPDATE ON activity
      BEGIN SELECT RAISE (ABORT, 'activity is only ever added to'); END;
    CREATE TRIGGER activity_is_never_deleted BEFORE DELETE ON activity
      BEGIN SELECT RAISE (ABORT, 'activity is only ever added to'); END;
    PRAGMA user_version = 1;
    """
}
