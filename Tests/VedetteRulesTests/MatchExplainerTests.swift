import Testing
import VedetteEvent

@testable import VedetteRules

@Suite("Match explainer")
struct MatchExplainerTests {
  private func lines(_ trace: [ConditionTrace], _ depth: Int = 0) -> [String] {
    trace.flatMap { part in
      let seen = part.observed.map { " <- \($0)" } ?? ""
      let line =
        String(repeating: "  ", count: depth) + "\(part.isTrue ? "+" : "-") \(part.label)\(seen)"
      return [line] + lines(part.parts, depth + 1)
    }
  }

  @Test("shows each condition with its truth and the value seen")
  func explains() throws {
    let rules = RuleText.load(
      RuleText.rule(
        """
        sel:
          Image|endswith: '\\cmd.exe'
          CommandLine|contains|all: [a, b]
        filter_x: {User: null}
        condition: sel and not 1 of filter_*
        """,
        logSource: "product: windows, category: process_creation"
      )
    )
    #expect(rules.errors == [])
    let event = #"""
      {"Channel":"Security","EventID":4688,"NewProcessName":"C:\\cmd.exe","CommandLine":"ab"}
      """#
    let batch = try #require(try FlatEvents.batches([event]).first)
    let explanation = try #require(MatchExplainer(rules).explain(rule: 0, batch: batch, row: 0))
    #expect(!explanation.isTrue && explanation.isRouted)
    #expect(
      lines(explanation.trace) == [
        "+ product=windows,category=process_creation",
        "- and",
        "  + sel",
        "    + and",
        "      + Image|endswith: *\\cmd.exe <- [\"C:\\\\cmd.exe\"]",
        "      + CommandLine|contains|all: *a* and *b* <- [\"ab\"]",
        "  - not",
        "    + 1 of filter_*",
        "      + filter_x",
        "        + User: null <- []",
      ]
    )
    #expect(MatchExplainer(rules).explain(batch: batch, row: 0).count == 1)
    let other = try #require(try FlatEvents.batches([#"{"x":1}"#]).first)
    #expect(MatchExplainer(rules).explain(batch: other, row: 0).isEmpty)
  }
}
