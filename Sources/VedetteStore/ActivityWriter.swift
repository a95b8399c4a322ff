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

  /// Adds a line.
  @discardableResult
  func append(
    _ action: String,
    _ detail: String,
    to incident: FindingID
  ) throws -> ActivityHead {
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
    let salt = try db.row("SELECT randomblob(16) AS salt", [])?.bytes("salt") ?? []
    let digest = ActivityChain.digest(activity, salt: salt, after: previous)
    try db.run(
      """
      INSERT INTO activity
        (activity_key, incident_id, time, user, action, detail, previous, digest, salt)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        activity.number, incident.hex, time.stored, user.stored, action, detail.stored,
        previous.stored, digest.bytes.stored, salt.stored,
      ]
    )
    return ActivityHead(number: activity.number, digest: digest.hex)
  }
}
