import VedetteEvent
import VedetteFindings
import VedetteIncidents

/// The views of an incident as tables for programs: CSV, or an object a row.
enum IncidentRows {
  /// One value of a row.
  enum Cell: Equatable {
    case text(String)
    case number(Int)
    /// What a log holds, which need be no text.
    case bytes([UInt8])
    case none

    /// The value for a CSV file, which people look into.
    var shown: String {
      switch self {
      case .text(let text): text
      case .number(let number): String(number)
      case .bytes(let bytes): TerminalText.visible(bytes)
      case .none: ""
      }
    }

    fileprivate func write(_ name: String, to json: inout JSONWriter) {
      switch self {
      case .text(let text): json.member(name, text)
      case .number(let number): json.member(name, number)
      case .bytes(let bytes): json.member(name, String(decoding: bytes, as: UTF8.self))
      case .none: break
      }
    }
  }

  /// Rows with the names of their columns.
  struct Table {
    var header: [String]
    var rows: [[Cell]]

    /// The rows as the lines of a CSV file, the header first.
    var csv: [String] {
      ([header] + rows.map { $0.map(\.shown) }).map { row in
        row.map(CSV.field).joined(separator: ",")
      }
    }

    /// An object for each row; what a row does not have is left out.
    var objects: [String] {
      rows.map { row in
        var json = JSONWriter()
        json.object { json in
          for (name, cell) in zip(header, row) { cell.write(name, to: &json) }
        }
        return json.text
      }
    }
  }

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

  static func show(_ detail: IncidentDetail) -> Table {
    Table(header: header, rows: [row(detail.incident, detail.triage).map(Cell.text)])
  }

  static func findings(_ detail: IncidentDetail) -> Table {
    Table(
      header: ["id", "time", "detector", "severity", "score", "events", "title", "summary"],
      rows: detail.findings.map { finding in
        [
          .text("F-\(finding.id.hex)"), .text("\(finding.time)"),
          .text(finding.detector.rawValue), .text(finding.severity.name), .number(finding.score),
          .number(finding.count), .text(finding.title), .text(finding.explanation.summary),
        ]
      }
    )
  }

  static func evidence(_ detail: IncidentDetail) -> Table {
    let rows = detail.findings.flatMap { finding in
      finding.evidence.map { one -> [Cell] in
        [
          .text("F-\(finding.id.hex)"), time(one), .text(one.origin.path),
          .number(one.origin.line), .number(Int(one.origin.offset)), .bytes(one.raw),
        ]
      }
    }
    return Table(header: ["finding", "time", "file", "line", "offset", "raw"], rows: rows)
  }

  static func timeline(_ detail: IncidentDetail) -> Table {
    var entries: [(time: EventTime?, row: [Cell])] = []
    var origins: Set<RecordOrigin> = []
    for finding in detail.findings {
      let row: [Cell] = [
        .text("\(finding.time)"), .text("finding"), .text(finding.severity.name),
        .text(finding.title), .text(finding.explanation.summary), .none, .none,
      ]
      entries.append((finding.time, row))
      for one in finding.evidence where origins.insert(one.origin).inserted {
        let row: [Cell] = [
          time(one), .text("record"), .none, .none, .bytes(one.raw), .text(one.origin.path),
          .number(one.origin.line),
        ]
        entries.append((one.time, row))
      }
    }
    let far = EventTime(nanosecondsSinceEpoch: .max)
    let ordered = entries.enumerated().sorted { left, right in
      (left.element.time ?? far, left.offset) < (right.element.time ?? far, right.offset)
    }
    return Table(
      header: ["time", "kind", "severity", "title", "text", "file", "line"],
      rows: ordered.map(\.element.row)
    )
  }

  static func activity(_ detail: IncidentDetail) -> Table {
    Table(
      header: ["line", "time", "user", "action", "detail"],
      rows: detail.activity.map { one in
        [
          .number(one.number), .text("\(one.time)"), .text(one.user), .text(one.action),
          .text(one.detail),
        ]
      }
    )
  }

  private static func time(_ evidence: Evidence) -> Cell {
    evidence.time.map { .text("\($0)") } ?? .none
  }
}
