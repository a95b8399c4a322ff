import ArgumentParser
import Vedette
import VedetteEvent
import VedetteFindings
import VedetteIncidents
import VedetteStore

/// `vedette incidents purge`.
struct IncidentsPurgeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "purge",
    abstract: "Take incidents away for good, with all that belongs to them.",
    discussion: """
      What is left is a line of activity that says how many went, when and by whom. Logs that are \
      read again bring their incidents back. Paths of logs and names of those who decided stay.
      """
  )
  @OptionGroup var common: IncidentOptions
  @Option(help: "All that this entity takes part in: a value, or type:value.")
  var entity: String?
  @Option(help: "All last seen before: an RFC 3339 time, or how long ago, as 365d.")
  var before: String?
  @Flag(help: "Say what would go, and take nothing away.")
  var dryRun = false

  func run() throws {
    let scope = try scope()
    let (store, _) = try common.open(for: dryRun ? .triage : .maintenance)
    let counts =
      try dryRun
      ? store.purgePreview(scope, at: Clock.now())
      : store.purge(scope, by: User.name, at: Clock.now())
    try store.close()
    if case .json = common.options.format { return Output.line(object(counts)) }
    if case .ndjson = common.options.format { return Output.line(object(counts)) }
    guard !counts.isEmpty else {
      return common.options.note("nothing of that is in the database; nothing was taken away")
    }
    Output.write(text(counts))
    if dryRun {
      common.options.note("nothing was taken away; the same without --dry-run does it")
    } else if let head = counts.tombstone {
      common.options.note("activity head now: \(head); keep it for 'vedette audit verify --head'")
    }
  }

  private func scope() throws -> PurgeScope {
    switch (entity, before) {
    case (let entity?, nil): return .entity(entity)
    case (nil, let text?): return .before(try IncidentsListCommand.time(text, "--before"))
    default: throw ValidationError("purge takes either --entity or --before")
    }
  }

  private func text(_ counts: PurgeCounts) -> String {
    let verb = dryRun ? "would go" : "gone"
    var text = "\(verb): \(counts.incidents) incidents, \(counts.openIncidents) of them not closed"
    text += "\n\(verb): \(counts.findings) findings with \(counts.records) records\n"
    if counts.blankedTexts > 0 {
      text +=
        "\(dryRun ? "would be blanked" : "blanked"): the name in \(counts.blankedTexts) other "
      text += "texts and records\n"
    }
    if counts.activity > 0 {
      text += "\(dryRun ? "would be blanked" : "blanked"): the text of \(counts.activity) lines of "
      text += "activity\n"
    }
    if counts.notifications > 0 {
      text += "\(verb): \(counts.notifications) notifications that waited\n"
    }
    for (detector, count) in counts.stateRows.sorted(by: { $0.key < $1.key }) {
      text += "\(verb): \(count) rows of what '\(detector)' knows; it learns them anew\n"
    }
    let shown = counts.firstIncidents.map { "INC-\($0.hex.prefix(10))" }
    let more = counts.incidents - shown.count
    if !shown.isEmpty {
      text += "         \(shown.joined(separator: " "))\(more > 0 ? " and \(more) more" : "")\n"
    }
    return text
  }

  private func object(_ counts: PurgeCounts) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("dry_run", dryRun)
      json.member("incidents", counts.incidents)
      json.member("open_incidents", counts.openIncidents)
      json.member("findings", counts.findings)
      json.member("records", counts.records)
      json.member("blanked_texts", counts.blankedTexts)
      json.member("blanked_activity", counts.activity)
      json.member("notifications", counts.notifications)
      json.key("state_rows")
      json.object { json in
        for (detector, count) in counts.stateRows.sorted(by: { $0.key < $1.key }) {
          json.member(detector, count)
        }
      }
      if !dryRun { json.member("activity_head", counts.tombstone?.description) }
    }
    return json.text
  }
}
