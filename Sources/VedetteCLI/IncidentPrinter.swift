import FoundationEssentials
import Glibc
import VedetteEvent
import VedetteFindings
import VedetteIncidents
import VedetteStore

/// Prints incidents in the format that was asked for.
struct IncidentPrinter {
  private static let idDigits = 10
  let options: GlobalOptions
  /// The database that printed commands must name, if they must.
  let database: String?

  /// Prints a list of incidents and returns how many there are in it.
  @discardableResult
  func printList(_ store: IncidentStore, _ query: IncidentQuery) throws -> Int {
    let incidents = try store.incidents(query)
    switch options.format {
    case .table:
      Output.write(try text(store, incidents.map(\.incident.id)).list(incidents))
      if let first = incidents.first {
        options.note(
          "next: \(command("incidents show", first.incident.id, try digits(store, first.incident.id)))"
        )
      }
    case .json:
      writeArray(incidents.map { IncidentJSON.text($0, idDigits: 32) })
    case .ndjson:
      for incident in incidents { Output.line(IncidentJSON.text(incident, idDigits: 32)) }
    case .csv:
      Output.line(IncidentRows.header.joined(separator: ","))
      for one in incidents {
        let row = IncidentRows.row(one.incident, one.triage)
        Output.line(row.map(CSV.field).joined(separator: ","))
      }
    }
    return incidents.count
  }

  /// Prints one incident: a screen for people, an object for programs.
  func printOne(_ store: IncidentStore, _ detail: IncidentDetail) throws {
    switch options.format {
    case .table: Output.write(try text(store, [detail.incident.id]).show(detail))
    case .json, .ndjson: Output.line(IncidentJSON.text(detail, idDigits: 32))
    case .csv: for line in IncidentRows.show(detail).csv { Output.line(line) }
    }
  }

  /// Prints a view of one incident: a screen for people, a list of objects for programs.
  func printView(
    _ store: IncidentStore,
    _ detail: IncidentDetail,
    _ table: IncidentRows.Table,
    objects: [String]? = nil,
    as screen: (IncidentText) -> String
  ) throws {
    switch options.format {
    case .table: Output.write(screen(try text(store, [detail.incident.id])))
    case .json: writeArray(objects ?? table.objects)
    case .ndjson: for object in objects ?? table.objects { Output.line(object) }
    case .csv: for line in table.csv { Output.line(line) }
    }
  }

  /// Prints a view of the findings of one incident.
  func printFindings(
    _ store: IncidentStore,
    of detail: IncidentDetail,
    as screen: (IncidentText) -> String
  ) throws {
    let objects = detail.findings.map { FindingJSON.text($0, idDigits: 32) }
    try printView(store, detail, IncidentRows.findings(detail), objects: objects, as: screen)
  }

  private func writeArray(_ objects: [String]) {
    Output.write(objects.isEmpty ? "[]\n" : "[\n\(objects.joined(separator: ",\n"))\n]\n")
  }

  /// Prints all findings, by incident.
  func printFindings(_ store: IncidentStore) throws {
    let style = try text(store, [])
    var isFirst = true
    try store.forEachIncident { detail in
      switch options.format {
      case .table: Output.write(style.findings(detail))
      case .json, .ndjson:
        for finding in detail.findings { Output.line(FindingJSON.text(finding, idDigits: 32)) }
      case .csv:
        let lines = IncidentRows.findings(detail).csv
        for line in lines.dropFirst(isFirst ? 0 : 1) { Output.line(line) }
        isFirst = false
      }
    }
  }

  /// Returns what renders text for people.
  func text(_ store: IncidentStore, _ ids: [FindingID]) throws -> IncidentText {
    var style = TextStyle()
    style.columns = Terminal.columns
    style.isColored = options.usesColor
    style.database = database
    style.hasEntities = true
    style.idDigits = Self.idDigits
    if options.tz == .local {
      style.zone = LocalZone.name
      style.zoneOffsetSeconds = LocalZone.offsetSeconds
    }
    var digits = 4
    for id in ids.prefix(50) { digits = max(digits, try store.prefixLength(of: id, atLeast: 4)) }
    style.commandDigits = digits
    return IncidentText(style)
  }

  private func digits(_ store: IncidentStore, _ id: FindingID) throws -> Int {
    try store.prefixLength(of: id, atLeast: 4)
  }

  private func command(_ verb: String, _ id: FindingID, _ digits: Int) -> String {
    let suffix = database.map { " --db \($0.shellQuoted)" } ?? ""
    return "vedette \(verb) \(id.hex.prefix(digits))\(suffix)"
  }
}

/// Comma-separated values, RFC 4180.
enum CSV {
  /// Returns a value as a field, quoted where it must be.
  ///
  /// A value that a spreadsheet would take for a formula is led by an apostrophe: log text must not
  /// run there either.
  static func field(_ value: String) -> String {
    var shown = TerminalText.visible(value)
    if let first = shown.first, "=+-@".contains(first), Double(shown) == nil { shown = "'" + shown }
    guard shown.contains(where: { ",\"\n".contains($0) }) else { return shown }
    return "\"" + shown.replacing("\"", with: "\"\"") + "\""
  }
}
