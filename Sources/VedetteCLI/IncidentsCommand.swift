import ArgumentParser
import Glibc
import Vedette
import VedetteEvent
import VedetteFindings
import VedetteIncidents
import VedetteStore

/// `vedette incidents`: read and triage.
struct IncidentsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "incidents",
    abstract: "Read and triage incidents.",
    discussion: "An ID is any unique beginning of it, with or without INC-.",
    subcommands: [
      IncidentsListCommand.self, IncidentsShowCommand.self, IncidentsTimelineCommand.self,
      IncidentsEvidenceCommand.self, IncidentsFindingsCommand.self, IncidentsExplainCommand.self,
      IncidentsActivityCommand.self,
      IncidentsAssignCommand.self, IncidentsCommentCommand.self, IncidentsCloseCommand.self,
      IncidentsReopenCommand.self, IncidentsMergeCommand.self, IncidentsExportCommand.self,
      IncidentsPurgeCommand.self,
    ]
  )
}

/// What all commands on incidents have in common.
struct IncidentOptions: ParsableArguments {
  @OptionGroup var options: GlobalOptions
  @OptionGroup var database: DatabaseOptions

  /// Opens the database for reading or triage; it must be there.
  func open(for purpose: IncidentStore.Purpose) throws -> (IncidentStore, IncidentPrinter) {
    let path = try database.path()
    let store = try IncidentStore.open(path, for: purpose, writtenBy: Release.name)
    let named = database.suffix(path).isEmpty ? nil : path
    return (store, IncidentPrinter(options: options, database: named))
  }

  /// Does something to an incident and says what it is now.
  func apply(_ action: TriageAction, to id: String) throws {
    let (store, _) = try open(for: .triage)
    let (incident, triage) = try store.apply(action, to: id, by: User.name, at: Clock.now())
    let verdict = triage.classification.map { " as \($0.rawValue)" } ?? ""
    let owner = triage.owner.map { ", owner \(TerminalText.visible($0))" } ?? ""
    options.note("INC-\(incident.hex.prefix(10)): \(triage.status.rawValue)\(verdict)\(owner)")
  }
}

/// `vedette incidents list`.
struct IncidentsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List incidents, the worst first."
  )

  @OptionGroup var common: IncidentOptions
  @Option(help: "Last seen at or after: an RFC 3339 time, or how long ago, as 2h or 7d.")
  var since: String?
  @Option(help: "First seen at or before: an RFC 3339 time, or how long ago.")
  var until: String?
  @Option(help: "new, active or closed; may be repeated.")
  var status: [String] = []
  @Option(help: "At least this severity.")
  var severity: String?
  @Option(help: "Naming this entity: a value, or type:value.")
  var entity: String?
  @Option(help: "With this ATT&CK or ATLAS technique.")
  var technique: String?
  @Option(help: "With a finding of this rule, by id.")
  var rule: String?
  @Option(help: "At most this many.")
  var limit = 50
  @Option(help: "By risk or time.")
  var sort = "risk"
  @Flag(help: "Show it again whenever it changes, until interrupted.")
  var watch = false

  func run() throws {
    let (store, printer) = try common.open(for: .reading)
    let query = try query()
    if watch { return try WatchedList(store, printer, query).run() }
    // What the limit did not cut need not be counted.
    guard try printer.printList(store, query) >= limit else { return }
    let count = try store.incidentCount(query)
    if count > limit {
      common.options.note("\(count - limit) more; ask for them with --limit \(count)")
    }
  }

  private func query() throws -> IncidentQuery {
    var query = IncidentQuery()
    query.since = try since.map { try Self.time($0, "--since") }
    query.until = try until.map { try Self.time($0, "--until") }
    query.statuses = try status.map { word in
      guard let status = IncidentStatus(rawValue: word) else {
        throw ValidationError("--status takes one of new, active, closed, not '\(word)'")
      }
      return status
    }
    query.minSeverity = try severity.map { try Severity(argument: $0, option: "--severity") }
    query.entity = entity
    query.technique = technique
    query.rule = rule
    query.limit = max(0, limit)
    guard let order = IncidentQuery.Order(rawValue: sort) else {
      throw ValidationError("--sort takes risk or time, not '\(sort)'")
    }
    query.order = order
    return query
  }

  static func time(_ text: String, _ option: String) throws -> EventTime {
    if let time = EventTime(rfc3339: text) { return time }
    if let span = Quantities.duration(text) { return Clock.now().advanced(byNanoseconds: -span) }
    throw ValidationError("\(option) takes an RFC 3339 time or a duration as 2h, not '\(text)'")
  }
}

/// `vedette incidents show`.
struct IncidentsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show an incident on one screen: who, what, why, and what to do next."
  )
  @OptionGroup var common: IncidentOptions
  @Argument(help: "The incident.") var id: String

  func run() throws {
    let (store, printer) = try common.open(for: .reading)
    let detail = try store.incident(id)
    try printer.printOne(store, detail)
  }
}

/// `vedette incidents timeline`.
struct IncidentsTimelineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "timeline",
    abstract: "Tell an incident in order, sentence by sentence."
  )
  @OptionGroup var common: IncidentOptions
  @Argument(help: "The incident.") var id: String

  func run() throws {
    let (store, printer) = try common.open(for: .reading)
    let detail = try store.incident(id)
    try printer.printView(store, detail, IncidentRows.timeline(detail)) { $0.timeline(detail) }
  }
}

/// `vedette incidents evidence`.
struct IncidentsEvidenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evidence",
    abstract: "Show the raw lines that an incident rests on."
  )
  @OptionGroup var common: IncidentOptions
  @Argument(help: "The incident.") var id: String

  func run() throws {
    let (store, printer) = try common.open(for: .reading)
    let detail = try store.incident(id)
    try printer.printView(store, detail, IncidentRows.evidence(detail)) { $0.evidence(detail) }
  }
}

/// `vedette incidents findings`.
struct IncidentsFindingsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "findings",
    abstract: "List an incident's findings."
  )
  @OptionGroup var common: IncidentOptions
  @Argument(help: "The incident.") var id: String

  func run() throws {
    let (store, printer) = try common.open(for: .reading)
    let detail = try store.incident(id)
    try printer.printFindings(store, of: detail) { $0.findings(detail) }
  }
}

/// `vedette incidents activity`.
struct IncidentsActivityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "activity",
    abstract: "List who did what to an incident, and when."
  )
  @OptionGroup var common: IncidentOptions
  @Argument(help: "The incident.") var id: String

  func run() throws {
    let (store, printer) = try common.open(for: .reading)
    let detail = try store.incident(id)
    try printer.printView(store, detail, IncidentRows.activity(detail)) { $0.activity(detail) }
  }
}
