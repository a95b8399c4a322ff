import Testing
import VedetteColumns
import VedetteEvent
import VedetteFindings

@testable import VedetteRules

/// Short ways to write rules and events in tests.
enum RuleText {
  /// Loads rules from YAML.
  static func load(_ yaml: String, placeholders: [String: [String]] = [:]) -> RuleSet {
    let file = RuleFile(path: "test.yml", relativePath: "test.yml", bytes: Array(yaml.utf8))
    return RuleLoader(placeholders: placeholders).load([file])
  }

  /// A rule for any event of product `test` with a detection indented by two.
  static func rule(_ detection: String, logSource: String = "product: test") -> String {
    let lines = detection.split(separator: "\n", omittingEmptySubsequences: false)
    let indented = lines.map { "  \($0)" }.joined(separator: "\n")
    return "title: t\nid: r\nlogsource: {\(logSource)}\ndetection:\n\(indented)\n"
  }

  /// Which of several JSON events a detection holds on, the fast way and the plain way.
  static func matches(
    _ detection: String,
    _ events: [String],
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws -> [Bool] {
    let rules = load(rule(detection))
    #expect(rules.errors == [], sourceLocation: sourceLocation)
    return try matches(rules, events, LogSource(product: "test"), sourceLocation: sourceLocation)
  }

  /// Which events the first rule of a set holds on, the fast way and the plain way.
  static func matches(
    _ rules: RuleSet,
    _ events: [String],
    _ logSource: LogSource?,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws -> [Bool] {
    guard case .rule(let rule) = rules.entries.first else { return [] }
    let batches = try FlatEvents.batches(events, logSource: logSource)
    let detector = RuleDetector(RulePlan(rules))
    var fast: [Bool] = []
    var plain: [Bool] = []
    for batch in batches {
      let rows = Set(detector.match(batch).filter { $0.rule == 0 }.map(\.row))
      for row in 0..<batch.rowCount {
        fast.append(rows.contains(row))
        plain.append(ReferenceEvaluator(batch: batch, row: row).matches(rule))
      }
    }
    #expect(fast == plain, "the plain way disagrees", sourceLocation: sourceLocation)
    return fast
  }
}
