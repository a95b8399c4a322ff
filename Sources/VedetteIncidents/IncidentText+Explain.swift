import VedetteEvent
public import VedetteFindings

extension IncidentText {
  /// Renders why each finding was made: what was seen, against what, what would have passed, and the
  /// nearest that was usual; of a rule the values that it looked at.
  ///
  /// - Parameter detail: The incident.
  /// - Returns: The heading, the risk as a sum, and a part for each finding.
  public func explanation(_ detail: IncidentDetail) -> String {
    var text = heading(detail) + "\n"
    for term in detail.incident.riskTerms {
      let points = term.points < 0 ? "\(term.points)" : "+\(term.points)"
      text += "  \(TerminalText.padded(points, to: 5))\(TerminalText.visible(term.label))\n"
    }
    for finding in detail.findings {
      let id = "F-\(finding.id.hex.prefix(style.idDigits))"
      let word = "\(finding.severity.name.uppercased()) \(finding.score)"
      text += "\n\(id)  \(style.painted(word, finding.severity))  "
      text += "\(TerminalText.visible(finding.title)), \(style.minute(finding.time))\n"
      text += paragraph(Wording.clause(TerminalText.visible(finding.explanation.summary)) + ".")
      for term in finding.explanation.terms { text += paragraph("- " + self.term(term)) }
      if !finding.explanation.nearestNormal.isEmpty {
        let facts = finding.explanation.nearestNormal.map { "\($0.name) \($0.value)" }
        text += paragraph("nearest normal: " + TerminalText.visible(facts.joined(separator: ", ")))
      }
    }
    return text
  }

  private func paragraph(_ text: String) -> String {
    let words = text.split(separator: " ").map(String.init)
    let lines = TerminalText.wrapped(words, separator: " ", columns: style.columns - 4)
    return lines.enumerated().map { index, line in (index == 0 ? "  " : "    ") + line + "\n" }
      .joined()
  }

  private func term(_ term: ExplanationTerm) -> String {
    let name = TerminalText.visible(term.feature)
    var text: String
    if let value = term.value {
      text = "\(name) was \(TerminalText.visible(value))"
    } else {
      text = "\(name.replacing("_", with: " ")) \(number(term.observed))"
    }
    if let expected = term.expected {
      if let scale = term.scale {
        text += ", usually \(number(expected)) give or take \(number(scale))"
      } else {
        text += ", against \(number(expected))"
      }
    }
    if let bound = term.bound { text += "; \(number(bound)) would have passed" }
    if term.contribution.magnitude >= 0.05 { text += "; adds \(number(term.contribution))" }
    return text
  }

  private func number(_ value: Double) -> String {
    guard value.isFinite else { return "any" }
    if value == value.rounded(), value.magnitude < 1e15 { return String(Int64(value)) }
    let tenths = (value * 10).rounded() / 10
    return tenths.magnitude < 1e15 ? String(tenths) : String(value)
  }
}
