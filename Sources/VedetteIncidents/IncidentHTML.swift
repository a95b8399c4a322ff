import VedetteEvent
import VedetteFindings

/// Incidents as one HTML file that opens offline: no script, no image, no request.
///
/// Nothing that comes from a log is read as markup: each text is made visible as in a terminal, then
/// escaped. A policy in the file forbids the rest.
enum IncidentHTML {
  static func text(_ details: [IncidentDetail], head: ActivityHead) -> String {
    var text = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" \
      content="default-src 'none'; style-src 'unsafe-inline'">
      <meta name="referrer" content="no-referrer">
      <title>\(escaped(title(details)))</title>
      <style>
      \(HTMLStyle.text)</style>
      </head>
      <body>
      <main>

      """
    if details.count != 1 { text += overview(details) }
    for detail in details { text += section(detail) }
    text += "</main>\n<footer>Written by Vedette. Activity up to here: <code>"
    text += "\(head)</code><br>Keep it: <code>vedette audit verify --head \(head)</code> tells "
    text += "whether anything that was done about incidents was changed since.</footer>\n"
    return text + "</body>\n</html>\n"
  }

  private static func title(_ details: [IncidentDetail]) -> String {
    guard details.count == 1, let incident = details.first?.incident else {
      return Wording.count(details.count, "incident")
    }
    return "INC-\(incident.id.hex.prefix(10)) \(incident.title)"
  }

  private static func overview(_ details: [IncidentDetail]) -> String {
    var text = "<h1>\(Wording.count(details.count, "incident"))</h1>\n"
    guard !details.isEmpty else { return text }
    text += "<table><thead><tr><th scope=\"col\">Incident</th><th scope=\"col\">Risk</th>"
    text += "<th scope=\"col\">Status</th><th scope=\"col\">Last seen</th>"
    text += "<th scope=\"col\">Who</th><th scope=\"col\">What</th></tr></thead>\n<tbody>\n"
    for detail in details {
      let incident = detail.incident
      text += "<tr><td><a href=\"#i\(incident.id.hex)\">INC-\(incident.id.hex.prefix(10))</a></td>"
      text += "<td>\(badge(incident.severity, incident.risk))</td>"
      text += "<td>\(detail.triage.status.rawValue)</td><td>\(time(incident.lastSeen))</td>"
      text += "<td>\(code(Participants(incident.entities).name))</td>"
      text += "<td>\(escaped(incident.title))</td></tr>\n"
    }
    return text + "</tbody></table>\n"
  }

  private static func section(_ detail: IncidentDetail) -> String {
    let incident = detail.incident
    var text = "<article id=\"i\(incident.id.hex)\">\n<header>"
    text += "<p>\(badge(incident.severity, incident.risk)) INC-\(incident.id.hex.prefix(10))"
    text += " &middot; \(detail.triage.status.rawValue)</p>"
    text += "<h2>\(escaped(incident.title))</h2></header>\n"
    if !incident.narrative.isEmpty { text += "<p>\(escaped(incident.narrative))</p>\n" }
    text += HTMLTimeline.text(detail)
    text += facts(detail) + why(detail)
    text += "<h3>Findings</h3>\n"
    for finding in detail.findings { text += section(finding) }
    if !detail.activity.isEmpty {
      text += "<h3>Activity</h3>\n<ol>\n"
      for one in detail.activity {
        text += "<li>\(time(one.time)) \(escaped(one.user)), \(escaped(one.action)): "
        text += "\(escaped(one.detail))</li>\n"
      }
      text += "</ol>\n"
    }
    return text + "</article>\n"
  }

  private static func facts(_ detail: IncidentDetail) -> String {
    let incident = detail.incident
    var rows = [
      ("First seen", time(incident.firstSeen)), ("Last seen", time(incident.lastSeen)),
      ("Events", String(incident.eventCount)),
    ]
    if let classification = detail.triage.classification {
      rows.insert(("Closed as", classification.rawValue), at: 0)
    }
    if let owner = detail.triage.owner { rows.insert(("Owner", escaped(owner)), at: 0) }
    for role in EntityRole.allCases {
      let values = incident.entities.filter { $0.role == role }.map { code($0.key.description) }
      if !values.isEmpty {
        rows.append((role.rawValue.capitalizedFirst, values.joined(separator: ", ")))
      }
    }
    let (atlas, attack) = Wording.split(incident.techniques)
    if !attack.isEmpty { rows.append(("ATT&amp;CK", escaped(attack.joined(separator: ", ")))) }
    if !atlas.isEmpty { rows.append(("ATLAS", escaped(atlas.joined(separator: ", ")))) }
    rows.append(("Sources", incident.sources.map { code($0.name) }.joined(separator: ", ")))
    return "<dl>\n" + rows.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>\n" }.joined() + "</dl>\n"
  }

  /// The terms of the risk, each with a bar as long as its points, and their sum.
  private static func why(_ detail: IncidentDetail) -> String {
    let incident = detail.incident
    guard !incident.riskTerms.isEmpty else { return "" }
    var text = "<h3>Why \(incident.risk)</h3>\n<table class=\"why\"><tbody>\n"
    for term in incident.riskTerms {
      let width = min(100, term.points.magnitude)
      let kind = term.points < 0 ? " class=\"less\"" : ""
      text += "<tr><th scope=\"row\">\(escaped(term.label))</th><td>\(term.points)</td>"
      text += "<td><svg width=\"\(2 * width)\" height=\"10\" aria-hidden=\"true\">"
      text += "<rect width=\"\(2 * width)\" height=\"10\"\(kind)/></svg></td></tr>\n"
    }
    let sum = incident.riskTerms.reduce(0) { $0 + $1.points }
    return text + "<tr><th scope=\"row\">sum</th><td>\(sum)</td><td></td></tr>\n</tbody></table>\n"
  }

  private static func section(_ finding: Finding) -> String {
    var text = "<section><h4>\(escaped(finding.title))</h4>\n"
    text += "<p>\(time(finding.time)) &middot; \(badge(finding.severity, finding.score))"
    text += " &middot; \(Wording.count(finding.count, "event"))"
    text += " &middot; F-\(finding.id.hex.prefix(10))</p>\n"
    let explanation = finding.explanation
    if !explanation.summary.isEmpty { text += "<p>\(escaped(explanation.summary))</p>\n" }
    if !explanation.nearestNormal.isEmpty {
      let facts = explanation.nearestNormal.map { "\($0.name) \($0.value)" }
      text += "<p>Nearest normal: \(escaped(facts.joined(separator: ", ")))</p>\n"
    }
    guard !finding.evidence.isEmpty else { return text + "</section>\n" }
    text += "<details open><summary>\(Wording.count(finding.evidence.count, "record"))"
    text += finding.evidence.count < finding.count ? " of \(finding.count) kept" : ""
    text += "</summary>\n"
    for one in finding.evidence {
      text += "<p class=\"place\">\(code("\(one.origin.path):\(one.origin.line)"))"
      text += one.originalSHA256 == nil ? "" : " (cut or blanked)"
      text += "</p><pre>\(escapedVisible(TerminalText.visible(one.raw)))</pre>\n"
    }
    return text + "</details></section>\n"
  }

  static func badge(_ severity: Severity, _ number: Int) -> String {
    "<span class=\"badge \(severity.name)\">\(severity.name.uppercased()) \(number)</span>"
  }

  static func time(_ time: EventTime) -> String {
    let text = time.description
    let shown = "\(text.prefix(10)) \(text.dropFirst(11).prefix(8))"
    return "<time datetime=\"\(text)\">\(shown) UTC</time>"
  }

  static func code(_ text: String) -> String { "<code>\(escaped(text))</code>" }

  /// Returns text from anywhere as HTML that reads as itself, in content and in attributes.
  static func escaped(_ text: String) -> String { escapedVisible(TerminalText.visible(text)) }

  private static func escapedVisible(_ text: String) -> String {
    var shown = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<": shown += "&lt;"
      case ">": shown += "&gt;"
      case "&": shown += "&amp;"
      case "\"": shown += "&quot;"
      case "'": shown += "&#39;"
      default: shown.unicodeScalars.append(scalar)
      }
    }
    return shown
  }
}

/// When things happened, as a drawing with a description.
private enum HTMLTimeline {
  private static let width = 720

  static func text(_ detail: IncidentDetail) -> String {
    let (first, last) = (detail.incident.firstSeen, detail.incident.lastSeen)
    let span = Double(max(1, last.nanoseconds(since: first)))
    func place(_ time: EventTime) -> Int {
      min(width, max(0, Int(Double(time.nanoseconds(since: first)) / span * Double(width))))
    }
    var text = "<figure><svg viewBox=\"0 0 \(width + 20) 46\" role=\"img\">"
    text += "<title>\(Wording.count(detail.incident.eventCount, "event")) over "
    text += "\(Wording.duration(last.nanoseconds(since: first)))</title>"
    text += "<line x1=\"10\" y1=\"23\" x2=\"\(width + 10)\" y2=\"23\"/>"
    for finding in detail.findings {
      let (start, end) = (place(finding.time), place(finding.lastTime))
      text += "<rect x=\"\(start + 8)\" y=\"18\" width=\"\(max(4, end - start))\" height=\"10\" "
      text += "class=\"\(finding.severity.name)\"><title>\(IncidentHTML.escaped(finding.title))"
      text += "</title></rect>"
    }
    let times = Set(detail.findings.flatMap(\.evidence).compactMap(\.time).map(place)).sorted()
    for time in times {
      text += "<line class=\"event\" x1=\"\(time + 10)\" y1=\"6\" x2=\"\(time + 10)\" y2=\"16\"/>"
    }
    text += "</svg><figcaption>\(IncidentHTML.time(first)) to \(IncidentHTML.time(last)); "
    return text + "above: records that were kept, below: findings</figcaption></figure>\n"
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
