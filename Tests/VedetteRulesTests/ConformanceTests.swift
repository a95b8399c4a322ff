import Foundation
import Testing
import VedetteColumns
import VedetteEvent
import VedetteFindings

@testable import VedetteRules

/// SigmaHQ's rules on real events, against the matches of another evaluator.
@Suite("Conformance", .enabled(if: SharedData.isThere))
struct ConformanceTests {
  @Test("all of SigmaHQ's rules load but those with placeholders")
  func loads() throws {
    let rules = try SharedData.rules.get()
    #expect(rules.entries.count == 3_755)
    #expect(rules.errors.count == 25)
    let others = rules.errors.filter { error in
      if case .placeholder = error.problem { false } else { true }
    }
    #expect(others.isEmpty)
  }

  @Test("exactly the expected matches are found, whatever the size of batches")
  func matches() throws {
    let rules = try SharedData.rules.get()
    let plan = RulePlan(rules)
    let lines = try SharedData.events()
    let expected = try SharedData.expectedMatches()
    #expect(expected.count == 290)
    let events = try lines.map(FlatEvents.members)
    for rowsMax in [4_096, 611] {
      let detector = RuleDetector(plan)
      var found: Set<String> = []
      var count = 0
      for batch in FlatEvents.batches(events, rowsMax: rowsMax) {
        for match in detector.match(batch) {
          let line = batch.records[match.row].line - 1
          found.insert("\(line) \(rules.entries[match.rule].metadata.id)")
          count += 1
        }
      }
      #expect(expected.subtracting(found).sorted() == [], "missing")
      #expect(found.subtracting(expected).sorted() == [], "extra")
      #expect(count == found.count)
    }
  }

  @Test("the plain evaluator agrees on the matches and on a sample of what is not one")
  func reference() throws {
    let rules = try SharedData.rules.get()
    let lines = try SharedData.events()
    var chosen: [Int: [String]] = [:]
    for match in try SharedData.expectedMatches().sorted() {
      let parts = match.split(separator: " ")
      chosen[Int(parts[0]) ?? 0, default: []].append(String(parts[1]))
    }
    let numbers = chosen.keys.sorted().filter { $0 % 31 == 0 }
    #expect(numbers.count > 3)
    for number in numbers {
      let batch = try #require(try FlatEvents.batches([lines[number]]).first)
      let evaluator = ReferenceEvaluator(batch: batch, row: 0)
      let found = rules.entries.compactMap { entry -> String? in
        guard case .rule(let rule) = entry, evaluator.matches(rule) else { return nil }
        return rule.metadata.id
      }
      #expect(found == chosen[number]?.sorted())
    }
  }
}
