import Testing
import VedetteColumns
import VedetteRules

@testable import Vedette

/// Expects a rule of one item to fire once on each line, whose format is detected.
func expectFiring(logSource: String, item: String, on lines: [String]) throws {
  let yaml =
    "title: t\nid: r\nlogsource: {\(logSource)}\n"
    + "detection: {s: {\(item)}, condition: s}\n"
  let rules = RuleLoader().load([
    RuleFile(path: "t.yml", relativePath: "t.yml", bytes: Array(yaml.utf8))
  ])
  #expect(rules.errors == [])
  let detector = RuleDetector(RulePlan(rules))
  for line in lines {
    let batches = SampleRunner().events([line], format: "auto", logSource: nil, year: 2026)
    let count = batches.reduce(0) { $0 + detector.match($1).count }
    #expect(count == 1, "\(line): \(batches.map(\.schema.names))")
  }
}
