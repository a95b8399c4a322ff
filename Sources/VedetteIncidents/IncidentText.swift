public import VedetteFindings
import VedetteEvent

/// Incidents as a person reads them in a terminal.
///
/// Every function returns whole lines. Whatever comes from a log is made safe to show first, and
/// cut by the columns it takes.
public struct IncidentText: Sendable {
  let style: TextStyle

  /// Creates a renderer.
  ///
  /// - Parameter style: How text is laid out.
  public init(_ style: TextStyle) { self.style = style }

  /// Renders incidents as a table, a line each.
  ///
  /// - Parameter incidents: The incidents, in the order they are shown.
  /// - Returns: The table, or a line that says that there is none.
  public func list(_ incidents: [TriagedIncident]) -> String {
    guard !incidents.isEmpty else { return "no incidents match\n" }
    let isWide = style.columns >= 100
    let rows = incidents.map { one in
      let incident = one.incident
      return TextTable.Row(
        cells: [
          "INC-\(incident.id.hex.prefix(style.idDigits))",
          "\(incident.severity.name) \(incident.risk)",
          one.triage.status.rawValue,
          isWide
            ? style.minute(incident.lastSeen)
            : String(style.minute(incident.lastSeen).dropFirst(5)),
          Participants(incident.entities).name,
          TerminalText.visible(incident.title),
        ],
        severity: incident.severity
      )
    }
    return TextTable(
      header: ["INCIDENT", "RISK", "STATUS", "LAST SEEN", "WHO", "WHAT"],
      painted: 1,
      flexible: 4,
      rows: rows
    ).text(style)
  }

  /// Renders an incident's findings as a table, a line each.
  ///
  /// - Parameter detail: The incident.
  /// - Returns: The table, or a line that says that there is none.
  public func findings(_ detail: IncidentDetail) -> String {
    guard !detail.findings.isEmpty else { return "no findings\n" }
    let rows = detail.findings.map { finding in
      TextTable.Row(
        cells: [
          "F-\(finding.id.hex.prefix(style.idDigits))",
          "\(finding.severity.name) \(finding.score)",
          String(style.minute(finding.time).dropFirst(5)) + style.clock(finding.time).suffix(3),
          String(finding.count),
          Participants(finding.entities).name,
          TerminalText.visible(finding.title),
        ],
        severity: finding.severity
      )
    }
    return TextTable(
      header: ["FINDING", "SCORE", "TIME", "EVENTS", "WHO", "WHAT"],
      painted: 1,
      flexible: 4,
      rows: rows
    ).text(style)
  }

  /// Renders the bytes that an incident's findings rest on, whole, finding by finding.
  ///
  /// - Parameter detail: The incident.
  /// - Returns: A heading for each finding and a line for each record.
  public func evidence(_ detail: IncidentDetail) -> String {
    var lines: [String] = []
    for finding in detail.findings {
      if !lines.isEmpty { lines.append("") }
      lines.append(
        "F-\(finding.id.hex.prefix(style.idDigits))  "
          + "\(style.word(finding.severity)) \(finding.score)  "
          + "\(TerminalText.visible(finding.title))"
      )
      for one in finding.evidence {
        let cut = one.originalSHA256 == nil ? "" : "  (cut or blanked)"
        lines.append(
          "  \(TerminalText.visible(one.origin.path)):\(one.origin.line)  "
            + TerminalText.visible(one.raw) + cut
        )
      }
      if finding.evidence.count < finding.count {
        let kept = Wording.count(finding.count, "event")
        lines.append(
          "  \(finding.evidence.count) of \(kept) kept: the first, the last, some between"
        )
      }
    }
    return lines.isEmpty ? "no evidence\n" : lines.joined(separator: "\n") + "\n"
  }

  /// Renders what was done about an incident, oldest first.
  ///
  /// - Parameter detail: The incident.
  /// - Returns: A line for each activity, or one that says that there is none.
  public func activity(_ detail: IncidentDetail) -> String {
    guard !detail.activity.isEmpty else { return "no activity\n" }
    return detail.activity.map { one in
      let what = "\(TerminalText.visible(one.user)) \(TerminalText.visible(one.action))"
      return "\(style.minute(one.time))  \(what): \(TerminalText.visible(one.detail))\n"
    }.joined()
  }

  /// The line that every view of one incident begins with.
  func heading(_ detail: IncidentDetail) -> String {
    let incident = detail.incident
    let start = "INC-\(incident.id.hex.prefix(style.idDigits))  "
    let risk = "\(incident.severity.name.uppercased()) \(incident.risk)"
    let status = "  \(detail.triage.status.rawValue)   "
    let used = TerminalText.width(of: start + risk + status)
    let title = TerminalText.truncated(
      TerminalText.visible(incident.title),
      to: max(20, style.columns - used)
    )
    return start + style.painted(risk, incident.severity) + status + title
  }
}
