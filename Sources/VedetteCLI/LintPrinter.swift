import Vedette
import VedetteEvent
import VedetteIncidents
import VedetteRules

/// Prints what the linter found: each finding, or, where there are many, a line per check.
struct LintPrinter {
  /// As many lines as fit on a screen beside the command and the summary.
  private static let linesMax = 20

  let options: GlobalOptions
  let printsAll: Bool

  /// People read this also through a pipe, as a compiler's messages; programs ask for a format.
  private var format: OutputFormat { options.output ?? .table }

  /// Prints findings.
  func print(_ findings: [LintFinding]) {
    if format == .csv { Output.line("path,line,column,severity,check,message") }
    guard format == .table, !printsAll, findings.count > Self.linesMax else {
      for finding in findings { Output.line(line(finding)) }
      return
    }
    let groups = Dictionary(grouping: findings, by: \.check).values.sorted { left, right in
      guard left[0].severity == right[0].severity else {
        return left[0].severity > right[0].severity
      }
      return (right.count, left[0].check) < (left.count, right[0].check)
    }
    for group in groups.prefix(Self.linesMax) { Output.line(summary(group)) }
    let left = groups.dropFirst(Self.linesMax)
    if !left.isEmpty {
      let count = left.reduce(0) { $0 + $1.count }
      Output.line("  \(count) more findings of \(left.count) checks")
    }
    Output.line("each check with its first place; --all prints all, --explain CHECK tells why")
  }

  /// Prints changes.
  func print(_ changes: [LintChange]) {
    guard format == .table else { return }
    guard !printsAll, changes.count > Self.linesMax else {
      for change in changes {
        Output.line(visible("\(change.location): fixed: \(change.message) [\(change.check)]"))
      }
      return
    }
    let groups = Dictionary(grouping: changes, by: \.check).values.sorted {
      ($1.count, $0[0].check) < ($0.count, $1[0].check)
    }
    for group in groups {
      let check = TerminalText.padded(group[0].check, to: 31)
      Output.line("\(padded(group.count)) fixed   \(check) \(visible("\(group[0].location)"))")
    }
  }

  private func summary(_ group: [LintFinding]) -> String {
    let first = group[0]
    let check = TerminalText.padded(first.check, to: 31)
    let severity = TerminalText.padded(first.severity.rawValue, to: 7)
    // What is wrong is said where it keeps rules from being used.
    let message = first.severity == .error ? ": \(first.message)" : ""
    return visible("\(padded(group.count)) \(severity) \(check) \(first.location)\(message)")
  }

  private func padded(_ count: Int) -> String {
    let text = "\(count)"
    return String(repeating: " ", count: max(0, 6 - text.count)) + text
  }

  private func line(_ finding: LintFinding) -> String {
    switch format {
    case .table: return visible(finding.description)
    case .csv:
      return [
        finding.location.path, "\(finding.line)", "\(finding.column)", finding.severity.rawValue,
        finding.check, finding.message,
      ].map(CSV.field).joined(separator: ",")
    case .json, .ndjson:
      var json = JSONWriter()
      json.object { json in
        json.member("path", finding.location.path)
        json.member("line", finding.line)
        json.member("column", finding.column)
        json.member("severity", finding.severity.rawValue)
        json.member("check", finding.check)
        json.member("message", finding.message)
        json.member("fixable", finding.isFixable)
      }
      return json.text
    }
  }

  /// A rule may come from anywhere, and its values are quoted in messages.
  private func visible(_ text: String) -> String { TerminalText.visible(text) }

  /// A check as an object.
  static func json(_ check: RuleLinter.Check) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("id", check.id)
      json.member("severity", check.severity.rawValue)
      json.member("fixable", check.isFixable)
      json.member("why", check.why)
    }
    return json.text
  }

  /// What stands before the first full stop or colon that ends a sentence.
  static func firstSentence(_ text: String) -> String {
    guard let end = text.firstRange(of: ". ") else { return text }
    return String(text[..<end.lowerBound])
  }

  /// A paragraph in lines of a width.
  static func wrapped(_ text: String, to width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      line += line.isEmpty ? String(word) : " \(word)"
    }
    return line.isEmpty ? lines : lines + [line]
  }
}
