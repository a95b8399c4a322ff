import GRDB
import VedetteDigest
import VedetteEvent
import VedetteFindings

/// Adds to the activity, each line of which holds the digest of the one before: whoever changes or
/// leaves out a line has to change all that follow, and the last digest tells.
struct ActivityWriter {
  private let db: Database
  private let user: String
  private let time: EventTime

  init(_ db: Database, user: String, time: EventTime) {
    self.db = db
    self.user = user
    self.time = time
  }

  func append(_ action: String, _ detail: String, to incident: FindingID) throws {
    let last = try db.row(
      "SELECT activity_key, digest FROM activity ORDER BY activity_key DESC LIMIT 1",
      []
    )
    let activity = Activity(
      number: (last?.int("activity_key") ?? 0) + 1,
      incident: incident,
      time: time,
      user: user,
      action: action,
      detail: detail
    )
    let previous = last?.bytes("digest") ?? ActivityChain.start
    try db.run(
      "INSERT INTO activity VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      [
        activity.number, incident.hex, time.stored, user.stored, action, detail.stored,
        previous.stored, ActivityChain.digest(activity, after: previous).stored,
      ]
    )
  }
}

/// How lines of activity are chained.
enum ActivityChain {
  /// What the first line holds in place of a digest before it.
  static let start = [UInt8](repeating: 0, count: Digest.byteCount)

  static func digest(_ activity: Activity, after previous: [UInt8]) -> [UInt8] {
    var builder = DigestBuilder()
    builder.update(previous)
    let parts = [
      String(activity.number), activity.incident.hex,
      String(activity.time.nanosecondsSinceEpoch), activity.user, activity.action, activity.detail,
    ]
    for part in parts {
      builder.update("\(part.utf8.count):")
      builder.update(part)
    }
    return builder.digest.bytes
  }

  /// Returns the number of the first line that does not follow from those before, if any.
  static func firstBreak(_ db: Database) throws -> Int? {
    var previous = start
    var number = 0
    let rows = try Row.fetchCursor(db, sql: "SELECT * FROM activity ORDER BY activity_key")
    while let row = try rows.next() {
      let activity = try Activity(row)
      number += 1
      guard activity.number == number, row.bytes("previous") == previous,
        row.bytes("digest") == digest(activity, after: previous)
      else { return activity.number }
      previous = row.bytes("digest")
    }
    return nil
  }
}
