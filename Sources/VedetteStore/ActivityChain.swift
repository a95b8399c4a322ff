// How lines of activity are chained, and what a break looks like.
//
// Each line holds the digest of the line before and its own, which is taken over both: whoever
// changes a line, or leaves one out in the middle, has to write all later ones anew, and the last
// digest then is another. Whoever leaves out the last lines has to hope that nobody kept a head.
// The text of a line can be taken away (`incidents purge`) without breaking the chain: its digest
// stays, salted, and a later line, the tombstone, says which lines it blanked.

import GRDB
import VedetteDigest
import VedetteEvent
public import VedetteFindings

/// What a check of the activity found.
public enum ActivityProblem: Sendable, Hashable {
  /// A line does not follow from those before: it was changed or written anew.
  case changed(line: Int)
  /// Lines are missing before a line that is there.
  case missing(first: Int, next: Int)
  /// A line was blanked, but no later line says so.
  case blanked(line: Int)
  /// There are fewer lines than the head that was kept says: the last ones were left out.
  case shortened(last: Int, head: Int)
  /// The line of the head that was kept has another digest: all was written anew since.
  case rewritten(line: Int)
}

/// The activity as a check found it.
public struct ActivityReport: Sendable, Hashable {
  /// What is wrong first, or `nil`.
  public var problem: ActivityProblem?
  /// The head as it is now.
  public var head: ActivityHead
  /// The lines whose text was taken away.
  public var blankedCount: Int
}

enum ActivityChain {
  /// What the first line holds in place of a digest before it.
  static let start = [UInt8](repeating: 0, count: Digest.byteCount)
  /// The incident of lines that are about none.
  static let noIncident = FindingID(high: 0, low: 0)
  /// What a tombstone does.
  static let purge = "purge"

  static func digest(_ activity: Activity, salt: [UInt8], after previous: [UInt8]) -> Digest {
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
    // Lines of the first version have none.
    builder.update(salt)
    return builder.digest
  }

  /// Returns the end of the activity.
  static func head(_ db: Database) throws -> ActivityHead {
    let sql = "SELECT activity_key, digest FROM activity ORDER BY activity_key DESC LIMIT 1"
    let last = try db.row(sql, [])
    return ActivityHead(
      number: last?.int("activity_key") ?? 0,
      digest: Digest(bytes: last?.bytes("digest") ?? start)?.hex ?? ""
    )
  }

  /// Returns what a tombstone holds of the lines it blanked, so that no other can be blanked in its
  /// name.
  static func seal(_ lines: [Int]) -> String {
    "\(lines.count) lines of activity blanked"
      + (lines.isEmpty ? "" : " (\(Digest.of(lines.map(String.init).joined(separator: ",")).hex))")
  }

  /// Checks all lines, and that what was a head once is still on the way to this one.
  static func check(_ db: Database, kept: ActivityHead?) throws -> ActivityReport {
    var report = ActivityReport(problem: nil, head: try head(db), blankedCount: 0)
    var previous = start
    var number = 0
    var blanked: [Int: [Int]] = [:]
    let rows = try Row.fetchCursor(db, sql: "SELECT * FROM activity ORDER BY activity_key")
    while let row = try rows.next() {
      let activity = try Activity(unchanged: row)
      number += 1
      let stored = row.bytes("digest")
      guard activity.number == number else {
        report.problem = .missing(first: number, next: activity.number)
        return report
      }
      if let tombstone = row.optionalInt("purged_by") {
        blanked[tombstone, default: []].append(number)
        report.blankedCount += 1
      } else if stored != digest(activity, salt: row.bytes("salt"), after: previous).bytes {
        report.problem = .changed(line: number)
      }
      if row.bytes("previous") != previous { report.problem = .changed(line: number) }
      if let kept, kept.number == number, Digest(bytes: stored)?.hex != kept.digest {
        report.problem = report.problem ?? .rewritten(line: number)
      }
      guard report.problem == nil else { return report }
      previous = stored
    }
    report.problem = try falselyBlanked(db, blanked).map { .blanked(line: $0) }
    if report.problem == nil, let kept, kept.number > number {
      report.problem = .shortened(last: number, head: kept.number)
    }
    return report
  }

  /// Returns the first line that is blank though no tombstone vouches for it.
  private static func falselyBlanked(_ db: Database, _ blanked: [Int: [Int]]) throws -> Int? {
    var first: Int?
    for (tombstone, lines) in blanked {
      let sql = "SELECT action, detail FROM activity WHERE activity_key = ?"
      let row = try db.row(sql, [tombstone])
      let holds = row?.text("action") == purge && row?.text("detail").hasSuffix(seal(lines)) == true
      if !holds, let line = lines.first { first = min(first ?? line, line) }
    }
    return first
  }
}
