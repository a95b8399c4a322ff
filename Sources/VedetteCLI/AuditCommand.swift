import ArgumentParser
import Vedette
import VedetteEvent
import VedetteFindings
import VedetteStore

/// `vedette audit`: whether what was done about incidents is as it was written.
struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Check that what was done about incidents is as it was written.",
    subcommands: [AuditVerifyCommand.self]
  )
}

/// `vedette audit verify`.
struct AuditVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Find lines of activity that were changed, left out or written anew.",
    discussion: """
      Each line holds the digest of the one before. A head that was kept elsewhere, from an export \
      or a notification, also shows whether the last lines are missing or all was written anew.
      """
  )
  @OptionGroup var common: IncidentOptions
  @Option(help: "A head that was printed earlier, as 12:9f86d0...")
  var head: String?

  func run() throws {
    let kept = try head.map { text in
      guard let head = ActivityHead(text) else {
        throw ValidationError("--head takes a number, ':' and 64 hex digits, not '\(text)'")
      }
      return head
    }
    let (store, _) = try common.open(for: .reading)
    let report = try store.verifyActivity(against: kept)
    switch common.options.format {
    case .table: Output.write(text(report, kept))
    case .json, .ndjson: Output.line(object(report))
    case .csv:
      Output.line("ok,lines,purged,head,problem")
      let cells = [
        String(report.problem == nil), String(report.head.number), String(report.blankedCount),
        report.head.description, report.problem.map(AuditText.what) ?? "",
      ]
      Output.line(cells.map(CSV.field).joined(separator: ","))
    }
    if kept == nil, report.problem == nil {
      common.options.note(
        "without --head nobody sees whether the last lines are missing or all was written anew; "
          + "keep this one elsewhere, or take one from an export or a notification"
      )
    }
    if report.problem != nil { throw ExitCode(1) }
  }

  private func text(_ report: ActivityReport, _ kept: ActivityHead?) -> String {
    if let problem = report.problem {
      return "problem  \(AuditText.what(problem))\n         \(AuditText.remedy(problem))\n"
    }
    let count = report.head.number
    var text = "ok       \(count) lines of activity follow from each other"
    if report.blankedCount > 0 { text += ", the text of \(report.blankedCount) was purged" }
    if let kept {
      let since = count - kept.number
      text += "\n         up to line \(kept.number) all is as it was, and \(since) were added since"
    }
    return text + "\nhead     \(report.head)\n"
  }

  private func object(_ report: ActivityReport) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("ok", report.problem == nil)
      json.member("lines", report.head.number)
      json.member("purged", report.blankedCount)
      json.member("head", report.head.description)
      json.member("problem", report.problem.map(AuditText.what))
      json.member("remedy", report.problem.map(AuditText.remedy))
    }
    return json.text
  }
}

/// What is wrong with activity, and what to do about it.
enum AuditText {
  static func what(_ problem: ActivityProblem) -> String {
    switch problem {
    case .changed(let line):
      "line \(line) of the activity was changed, or written anew with those before it"
    case .missing(let first, let next):
      next - first == 1
        ? "line \(first) of the activity is missing"
        : "lines \(first) to \(next - 1) of the activity are missing"
    case .blanked(let line):
      "the text of line \(line) was taken away, and no purge says so"
    case .shortened(let last, let head):
      "the activity ends at line \(last), but there were \(head): the last ones are missing"
    case .rewritten(let line):
      "line \(line) is not the one of the head: the activity was written anew since"
    }
  }

  static func remedy(_ problem: ActivityProblem) -> String {
    switch problem {
    case .changed, .blanked:
      "somebody wrote to the database by hand: compare that line with a backup"
    case .missing, .shortened, .rewritten:
      "somebody wrote to the database by hand, or it is an older copy: compare it with a backup"
    }
  }
}
