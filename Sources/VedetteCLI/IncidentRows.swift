import VedetteEvent
import VedetteFindings
import VedetteIncidents

/// The views of an incident as rows of a CSV file, the header first.
enum IncidentRows {
  static let header = [
    "id", "severity", "risk", "status", "first_seen", "last_seen", "events", "title",
  ]

  static func row(_ incident: Incident, _ triage: Triage) -> [String] {
    [
      "INC-\(incident.id.hex.prefix(10))", incident.severity.name, String(incident.risk),
      triage.status.rawValue, "\(incident.firstSeen)", "\(incident.lastSeen)",
      String(incident.eventCount), incident.title,
    ]
  }

  static func show(_ detail: IncidentDetail) -> [[String]] {
    [header, row(detail.incident, detail.triage)]
  }

  static func findings(_ detail: IncidentDetail) -> [[String]] {
    let header = ["id", "time", "detector", "severity", "score", "events", "title", "summary"]
    return [header]
      + detail.findings.map { finding in
        [
          "F-\(finding.id.hex)", "\(finding.time)", finding.detector.rawValue,
          finding.severity.name, String(finding.score), String(finding.count), finding.title,
          finding.explanation.summary,
        ]
      }
  }

  static func evidence(_ detail: IncidentDetail) -> [[String]] {
    var rows = [["finding", "time", "file", "line", "offset", "raw"]]
    for finding in detail.findings {
      for one in finding.evidence {
        rows.append([
          "F-\(finding.id.hex)", one.time?.description ?? "", one.origin.path,
          String(one.origin.line), String(one.origin.offset), TerminalText.visible(one.raw),
        ])
      }
    }
    return rows
  }

  static func timeline(_ detail: IncidentDetail) -> [[String]] {
    var entries: [(time: EventTime?, row: [String])] = []
    for finding in detail.findings {
      let row = [
        "\(finding.time)", "finding", finding.severity.name, finding.title,
        finding.explanation.summary, "", "",
      ]
      entries.append((finding.time, row))
      for one in finding.evidence {
        let row = [
          one.time?.description ?? "", "record", "", "", TerminalText.visible(one.raw),
          one.origin.path, String(one.origin.line),
        ]
        if !entries.contains(where: { $0.row == row }) { entries.append((one.time, row)) }
      }
    }
    let far = EventTime(nanosecondsSinceEpoch: .max)
    let ordered = entries.enumerated().sorted { left, right in
      (left.element.time ?? far, left.offset) < (right.element.time ?? far, right.offset)
    }
    return [["time", "kind", "severity", "title", "text", "file", "line"]]
      + ordered.map(\.element.row)
  }

  static func activity(_ detail: IncidentDetail) -> [[String]] {
    [["line", "time", "user", "action", "detail"]]
      + detail.activity.map { one in
        [String(one.number), "\(one.time)", one.user, one.action, one.detail]
      }
  }
}
