import ArgumentParser
import Vedette
import VedetteEvent
import VedetteFindings
import VedetteIncidents
import VedetteStore

/// `vedette incidents assign`.
struct IncidentsAssignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assign",
    abstract: "Make an incident somebody's; yours if nobody is named."
  )
  @OptionGroup var common: IncidentOptions
  @Argument(help: "The incident.") var id: String
  @Option(help: "Whose it is.") var to: String?
  @Flag(help: "Make it nobody's.") var nobody = false

  func run() throws { try common.apply(.assign(to: nobody ? nil : to ?? User.name), to: id) }
}

/// `vedette incidents comment`.
struct IncidentsCommentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "comment",
    abstract: "Write something down about an incident."
  )
  @OptionGroup var common: IncidentOptions
  @Argument(help: "The incident.") var id: String
  @Argument(help: "What to write down.") var text: String

  func run() throws { try common.apply(.comment(text), to: id) }
}

/// `vedette incidents close`.
struct IncidentsCloseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "close",
    abstract: "Say what an incident turned out to be."
  )
  @OptionGroup var common: IncidentOptions
  @Argument(help: "The incident.") var id: String
  @Option(help: "true-positive, benign, false-positive or undetermined.") var `as`: String
  @Option(help: "Why.") var reason: String

  func run() throws {
    guard let classification = Classification(rawValue: `as`) else {
      let names = Classification.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--as takes one of \(names), not '\(`as`)'")
    }
    try common.apply(.close(as: classification, reason: reason), to: id)
  }
}

/// `vedette incidents reopen`.
struct IncidentsReopenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reopen",
    abstract: "Take the work on a closed incident up again."
  )
  @OptionGroup var common: IncidentOptions
  @Argument(help: "The incident.") var id: String
  @Option(help: "Why.") var reason: String

  func run() throws { try common.apply(.reopen(reason: reason), to: id) }
}

/// `vedette incidents merge`.
struct IncidentsMergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Make an incident part of another."
  )
  @OptionGroup var common: IncidentOptions
  @Argument(help: "The incident that becomes part of the other.") var id: String
  @Argument(help: "The incident that it becomes part of.") var into: String

  func run() throws {
    let (store, _) = try common.open(for: .triage)
    let target = try store.merge(id, into: into, by: User.name, at: Clock.now())
    common.options.note("merged into INC-\(target.hex.prefix(10))")
  }
}

/// `vedette incidents export`.
struct IncidentsExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write incidents out, all if none is named.",
    discussion: """
      ndjson is the canonical form that 'replay --digest' hashes: no wall-clock time, no triage, no \
      file or offset. html is one file that opens offline; ocsf are Detection Findings (class \
      2004), a line each. All but ndjson end with the head of the activity, which 'audit verify \
      --head' checks; for ndjson it is on standard error.
      """
  )
  @OptionGroup var common: IncidentOptions
  @Argument(help: "The incidents.") var ids: [String] = []
  @Option(
    name: .customLong("to"),
    help: "json, ndjson, md, html or ocsf; -o json and ndjson do too."
  )
  var form: String?
  @Flag(name: .customLong("markdown"), help: .hidden) var markdown = false

  func run() throws {
    let form = try chosen()
    let (store, _) = try common.open(for: .reading)
    let head = try store.activityHead()
    if form == .ndjson { common.options.note("activity head: \(head)") }
    if ids.isEmpty, form == .ndjson {
      return try CanonicalExport.write(store) { Output.write($0) }
    }
    var details: [IncidentDetail] = []
    if ids.isEmpty {
      try store.forEachIncident { details.append($0) }
    } else {
      details = try ids.map { try store.incident($0) }
    }
    Output.write(form.text(details, head: head))
  }

  private func chosen() throws -> IncidentExport {
    if markdown { return .markdown }
    if let form {
      guard let known = IncidentExport(rawValue: form) else {
        let names = IncidentExport.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--to takes one of \(names), not '\(form)'")
      }
      return known
    }
    switch common.options.output {
    case .json: return .json
    case .ndjson, nil: return .ndjson
    case .table, .csv:
      throw ValidationError("incidents have no such form; use --to html, md or ocsf")
    }
  }
}
