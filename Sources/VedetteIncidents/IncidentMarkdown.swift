import VedetteEvent
import VedetteFindings

/// An incident as Markdown, in which nothing that comes from a log is read as markup.
enum IncidentMarkdown {
  static func text(_ detail: IncidentDetail) -> String {
    let incident = detail.incident
    var text = "# \(escaped(incident.title))\n\n"
    if !incident.narrative.isEmpty { text += escaped(incident.narrative) + "\n\n" }
    text += table(facts(detail))
    text += "\n## Why\n\n"
    text += table(incident.riskTerms.map { (escaped($0.label), String($0.points)) })
    text += "\n## Findings\n"
    for finding in detail.findings { text += section(finding) }
    guard !detail.activity.isEmpty else { return text }
    text += "\n## Activity\n\n"
    for one in detail.activity {
      let what = "\(escaped(one.user)), \(escaped(one.action))"
      text += "- \(one.time): \(what): \(escaped(one.detail))\n"
    }
    return text
  }

  private static func facts(_ detail: IncidentDetail) -> [(String, String)] {
    let incident = detail.incident
    var facts = [
      ("Incident", "INC-\(incident.id.hex)"),
      ("Severity", "\(incident.severity.name), risk \(incident.risk) of 100"),
      ("Status", detail.triage.status.rawValue),
    ]
    if let classification = detail.triage.classification {
      facts.append(("Closed as", classification.rawValue))
    }
    if let owner = detail.triage.owner { facts.append(("Owner", escaped(owner))) }
    facts.append(("First seen", incident.firstSeen.description))
    facts.append(("Last seen", incident.lastSeen.description))
    for entity in incident.entities {
      facts.append((entity.role.rawValue.capitalizedFirst, code(entity.key.description)))
    }
    let (atlas, attack) = Wording.split(incident.techniques)
    if !attack.isEmpty { facts.append(("ATT&CK", escaped(attack.joined(separator: ", ")))) }
    if !atlas.isEmpty { facts.append(("ATLAS", escaped(atlas.joined(separator: ", ")))) }
    facts.append(("Events", String(incident.eventCount)))
    facts.append(("Sources", incident.sources.map { code($0.name) }.joined(separator: ", ")))
    return facts
  }

  private static func section(_ finding: Finding) -> String {
    var text = "\n### \(escaped(finding.title))\n\n"
    text += "\(finding.time), \(finding.severity.name), score \(finding.score), "
    text += "\(Wording.count(finding.count, "event")), F-\(finding.id.hex)\n\n"
    if !finding.explanation.summary.isEmpty {
      text += escaped(finding.explanation.summary) + "\n\n"
    }
    for one in finding.evidence {
      text += "- \(code("\(one.origin.path):\(one.origin.line)"))\n\n"
      text += "      \(TerminalText.visible(one.raw))\n\n"
    }
    return text
  }

  private static func table(_ rows: [(String, String)]) -> String {
    guard !rows.isEmpty else { return "" }
    return "| | |\n|---|---|\n" + rows.map { "| \($0.0) | \($0.1) |\n" }.joined()
  }

  /// Returns text that is read as itself: each character that means something is escaped
  /// (CommonMark, section 2.4).
  static func escaped(_ text: String) -> String {
    var shown = ""
    for scalar in TerminalText.visible(text).unicodeScalars {
      switch scalar {
      case "<": shown += "&lt;"
      case "&": shown += "&amp;"
      case "\\", "`", "*", "_", "{", "}", "[", "]", "(", ")", "#", "+", "!", "|", "~", ">", "@":
        shown += "\\" + String(scalar)
      default: shown.unicodeScalars.append(scalar)
      }
    }
    // A link is made of a bare address by many readers.
    return shown.split(separator: "://", omittingEmptySubsequences: false)
      .joined(separator: "&#58;//")
  }

  /// Returns text between back ticks, more of them than it holds in a row.
  static func code(_ text: String) -> String {
    let shown = TerminalText.visible(text)
    var longest = 0
    var run = 0
    for character in shown {
      run = character == "`" ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "`", count: longest + 1)
    let gap = longest > 0 ? " " : ""
    // A bar ends a cell of a table even inside of code.
    let inner = shown.split(separator: "|", omittingEmptySubsequences: false)
      .joined(separator: "\\|")
    return fence + gap + inner + gap + fence
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
