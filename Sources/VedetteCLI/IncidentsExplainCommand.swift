import ArgumentParser
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
    try printer.printFindings(store, of: detail) { $0.explanation(detail) }
  }
}
