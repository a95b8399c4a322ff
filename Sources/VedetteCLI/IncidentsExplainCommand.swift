import ArgumentParser
import VedetteFindings
import VedetteIncidents
import VedetteStore

/// `vedette incidents explain`.
struct IncidentsExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract:
      "Say why each finding was made: what was seen, against what, and what would have passed."
  )
  @OptionGroup var common: IncidentOptions
  @Argument(help: "The incident.") var id: String

  func run() throws {
    let (store, printer) = try common.open(for: .reading)
    let detail = try store.incident(id)
    let objects = detail.findings.map { FindingJSON.text($0, idDigits: 32) }
    let table = IncidentRows.findings(detail)
    try printer.printView(store, detail, table, objects: objects) { $0.explanation(detail) }
  }
}
