import Glibc
import VedetteEvent
import VedetteFindings
import VedetteIncidents
import VedetteStore

/// `vedette incidents list --watch`: a list that follows the database.
struct WatchedList {
  private static let pauseMicroseconds: UInt32 = 500_000
  private let store: IncidentStore
  private let printer: IncidentPrinter
  private let query: IncidentQuery

  init(_ store: IncidentStore, _ printer: IncidentPrinter, _ query: IncidentQuery) {
    self.store = store
    self.printer = printer
    self.query = query
  }

  /// Shows the list until the reader goes away or interrupts.
  ///
  /// On a terminal the whole list is drawn anew; elsewhere an incident is printed once when it is
  /// new and again whenever its risk or status has changed, so that a pipe can be read.
  func run() throws {
    var shown: [FindingID: TriagedIncident] = [:]
    var last = ""
    while true {
      if Output.isTerminal, case .table = printer.options.format {
        let incidents = try store.incidents(query)
        let text = try printer.text(store, incidents.map(\.incident.id)).list(incidents)
        if text != last {
          Output.write("\u{1b}[H\u{1b}[2J\u{1b}[3J" + text)
          last = text
        }
      } else {
        for one in try store.incidents(query) where shown[one.incident.id] != one {
          let known = shown.updateValue(one, forKey: one.incident.id)
          guard known?.incident.risk != one.incident.risk || known?.triage != one.triage else {
            continue
          }
          Output.line(line(one))
        }
      }
      usleep(Self.pauseMicroseconds)
    }
  }

  private func line(_ one: TriagedIncident) -> String {
    switch printer.options.format {
    case .json, .ndjson: IncidentJSON.text(one, idDigits: 32)
    case .csv:
      IncidentRows.row(one.incident, one.triage).map(CSV.field).joined(separator: ",")
    case .table:
      "\(one.incident.lastSeen)  INC-\(one.incident.id.hex.prefix(10))  "
        + "\(one.incident.severity.name) \(one.incident.risk)  \(one.triage.status.rawValue)  "
        + TerminalText.visible(one.incident.title)
    }
  }
}
