import VedetteEvent
public import VedetteFindings

/// Entities and their risk as a person reads them, and as programs do.
public struct EntityText: Sendable {
  let style: TextStyle

  /// Renders entities as a table, a line each.
  ///
  /// - Parameter entities: The entities with their risks, in the order they are shown.
  /// - Returns: The table, or a line that says that there is none.
  public func list(_ entities: [(standing: EntityStanding, risk: EntityRisk)]) -> String {
    guard !entities.isEmpty else { return "no entities match\n" }
    let rows = entities.map { one in
      let severity = Severity(risk: one.risk.risk)
      return TextTable.Row(
        cells: [
          "\(severity.name) \(one.risk.risk)", one.standing.entity.type.rawValue,
          Wording.masked(one.standing.entity),
          String(style.minute(one.standing.lastSeen).dropFirst(5)),
          String(one.standing.parts.count),
          sum(one.risk),
        ],
        severity: severity
      )
    }
    return TextTable(
      header: ["RISK", "TYPE", "ENTITY", "LAST SEEN", "INCIDENTS", "WHY"],
      painted: 0,
      flexible: 5,
      rows: rows
    ).text(style)
  }

  /// Renders an entity: its risk as a sum, when it was seen, and its incidents.
  ///
  /// - Parameters:
  ///   - standing: The entity and its incidents.
  ///   - risk: Its risk.
  /// - Returns: The screen.
  public func show(_ standing: EntityStanding, _ risk: EntityRisk) -> String {
    let severity = Severity(risk: risk.risk)
    let name = "\(standing.entity.type.rawValue):\(Wording.masked(standing.entity))"
    let word = "\(severity.name.uppercased()) \(risk.risk)"
    var text = "\(name)  \(style.painted(word, severity))\n"
    let why = TerminalText.wrapped(
      sum(risk).split(separator: " ").map(String.init),
      separator: " ",
      columns: style.columns - 8
    )
    for (index, line) in why.enumerated() {
      text += "  \(TerminalText.padded(index == 0 ? "why" : "", to: 6))\(line)\n"
    }
    text += "  seen  first \(style.minute(standing.firstSeen)), "
    text += "last \(style.minute(standing.lastSeen)) \(style.zone)\n"
    for part in standing.parts {
      let id = "INC-\(part.incident.hex.prefix(style.idDigits))"
      let verdict = part.triage.classification.map { ", \($0.rawValue)" } ?? ""
      let line =
        "  \(id)  \(Severity(risk: part.risk).name) \(part.risk)  \(part.role.rawValue)  "
        + "\(part.triage.status.rawValue)\(verdict)  \(style.minute(part.lastSeen))  "
        + TerminalText.visible(part.title)
      text += TerminalText.truncated(line, to: style.columns) + "\n"
    }
    return text
  }

  private func sum(_ risk: EntityRisk) -> String {
    guard !risk.terms.isEmpty else { return "0: nothing that counts" }
    var text = "\(risk.risk) ="
    for (index, term) in risk.terms.enumerated() {
      let sign = term.points < 0 ? " -" : index == 0 ? "" : " +"
      text += "\(sign) \(TerminalText.visible(term.label)) \(term.points.magnitude)"
    }
    return text
  }

  /// Returns an entity and its risk as a JSON object in one line.
  ///
  /// - Parameters:
  ///   - standing: The entity and its incidents.
  ///   - risk: Its risk.
  /// - Returns: The object.
  public static func json(_ standing: EntityStanding, _ risk: EntityRisk) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("type", standing.entity.type.rawValue)
      json.member("value", standing.entity.value)
      json.member("risk", risk.risk)
      json.member("severity", Severity(risk: risk.risk).name)
      json.key("risk_terms")
      json.array { json in
        for term in risk.terms {
          json.object { json in
            json.member("label", term.label)
            json.member("points", term.points)
          }
        }
      }
      json.member("first_seen", standing.firstSeen.description)
      json.member("last_seen", standing.lastSeen.description)
      json.key("incidents")
      json.array { json in
        for part in standing.parts {
          json.object { json in
            json.member("id", "INC-" + part.incident.hex)
            json.member("title", part.title)
            json.member("risk", part.risk)
            json.member("role", part.role.rawValue)
            json.member("status", part.triage.status.rawValue)
            json.member("classification", part.triage.classification?.rawValue)
            json.member("last_seen", part.lastSeen.description)
          }
        }
      }
    }
    return json.text
  }
}

extension IncidentText {
  /// The same layout for entities.
  public var entities: EntityText { EntityText(style: style) }
}
