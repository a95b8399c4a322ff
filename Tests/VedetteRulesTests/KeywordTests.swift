import Testing
import VedetteColumns
import VedetteEvent
import VedetteFindings

@testable import VedetteRules

@Suite("Keywords")
struct KeywordTests {
  static func rule(_ id: String, _ logSource: String, _ keywords: String) -> String {
    "title: \(id)\nid: \(id)\nlogsource: {\(logSource)}\n"
      + "detection:\n  k: \(keywords)\n  condition: k\n"
  }

  /// The rules that hold on an event, the fast way and the plain way.
  static func held(
    _ rules: RuleSet,
    _ event: String,
    _ source: LogSource
  ) throws -> Set<String> {
    let batch = try #require(try FlatEvents.batches([event], logSource: source).first)
    let fast = Set(RuleDetector(RulePlan(rules)).match(batch).map(\.rule))
    let evaluator = ReferenceEvaluator(batch: batch, row: 0)
    let plain = Set(
      rules.entries.indices.filter { index in
        guard case .rule(let rule) = rules.entries[index] else { return false }
        return evaluator.matches(rule)
      }
    )
    #expect(fast == plain, "the plain way disagrees on \(event)")
    return Set(fast.map { rules.entries[$0].metadata.id })
  }

  @Test("the same words of several log sources hold on the events of each")
  func scopes() throws {
    let rules = RuleText.load(
      [
        Self.rule("all", "product: windows", "[evil, worse]"),
        Self.rule("one", "product: windows, service: application", "[evil, worse]"),
        Self.rule("web", "category: webserver", "[evil]"),
        Self.rule("linux", "product: linux", "[worse]"),
      ].joined(separator: "---\n")
    )
    #expect(rules.errors == [])
    let event = #"{"a":"something evil","b":"x"}"#
    let windows = LogSource(product: "windows")
    let application = LogSource(product: "windows", service: "application")
    #expect(try Self.held(rules, event, windows) == ["all"])
    #expect(try Self.held(rules, event, application) == ["all", "one"])
    #expect(try Self.held(rules, event, LogSource(category: "webserver")) == ["web"])
    #expect(try Self.held(rules, event, LogSource(product: "linux")) == [])
    let channel = #"{"Channel":"Application","a":"evil"}"#
    #expect(try Self.held(rules, channel, windows) == ["all", "one"])
  }

  @Test(
    "numbers are looked at where a keyword may be one",
    arguments: [
      ("[needle]", false), ("['4242']", true), ("['42']", true), ("['-4*']", false),
      ("['4?4?']", true), ("['*']", true), ("[needle, '424']", true), ("['4242x']", false),
    ]
  )
  func numbers(_ keywords: String, _ expected: Bool) throws {
    let rules = RuleText.load(Self.rule("r", "product: test", keywords))
    #expect(rules.errors == [])
    let held = try Self.held(rules, #"{"id_n":4242,"b":"x"}"#, LogSource(product: "test"))
    #expect(held.isEmpty != expected)
  }

  @Test("a regular expression among keywords looks at numbers too")
  func regex() throws {
    let rules = RuleText.load(
      "title: r\nid: r\nlogsource: {product: test}\n"
        + "detection:\n  k:\n    '|re': '^[0-9]{4}$'\n  condition: k\n"
    )
    #expect(rules.errors == [])
    let source = LogSource(product: "test")
    #expect(try Self.held(rules, #"{"id_n":4242}"#, source) == ["r"])
    #expect(try Self.held(rules, #"{"id_n":424}"#, source) == [])
  }
}
