import Testing
import VedetteDocuments
import VedetteEvent

@testable import VedetteRules

@Suite("Rule errors")
struct RuleErrorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let yaml: String
    let error: String
    var testDescription: String { error }
  }

  private static func detection(_ text: String) -> String { RuleText.rule(text) }

  static let cases: [Case] = [
    Case(
      yaml: "title: x\n- y\n",
      error: "2:1: error: not YAML: while parsing a block mapping: did not find expected key"
    ),
    Case(
      yaml: "- a\n- b\n",
      error: "1:1: error: a rule is a mapping with 'title', 'logsource' and 'detection'"
    ),
    Case(
      yaml: "action: global\ntitle: x\n",
      error: "1:1: error: 'action' is no longer part of Sigma; write each rule whole"
    ),
    Case(yaml: "title: x\n", error: "1:1: error: missing key 'detection'"),
    Case(
      yaml: "title: x\ndetection: {a: {f: 1}, condition: a}\n",
      error: "1:1: error: missing key 'logsource'"
    ),
    Case(
      yaml: "title: x\nlogsource: {definition: y}\ndetection: {a: {f: 1}, condition: a}\n",
      error: "2:1: error: 'logsource' is empty; give it a value or remove it"
    ),
    Case(yaml: detection("a: {f: 1}"), error: "4:1: error: missing key 'condition'"),
    Case(
      yaml: detection("condition: a"),
      error: "4:1: error: 'detection' is empty; give it a value or remove it"
    ),
    Case(
      yaml: detection("a: {f|contain: x}\ncondition: a"),
      error: "5:7: error: unknown field modifier 'contain'; did you mean 'contains'?"
    ),
    Case(
      yaml: detection("a: {f|xyzzy: x}\ncondition: a"),
      error: "5:7: error: unknown field modifier 'xyzzy'"
    ),
    Case(
      yaml: detection("a: {f|re: '('}\ncondition: a"),
      error: "5:13: error: regular expression '('"
    ),
    Case(
      yaml: detection("a: {f|re: '(?=x)y'}\ncondition: a"),
      error: "5:13: error: regular expression '(?=x)y'"
    ),
    Case(
      yaml: detection("a: {f|i: x}\ncondition: a"),
      error: "5:7: error: field modifier 'i': is a flag of 're' and follows it: '|re|i'"
    ),
    Case(
      yaml: detection("a: {f|contains|re: x}\ncondition: a"),
      error: "5:7: error: field modifier 're': must be the first modifier"
    ),
    Case(
      yaml: detection("a: {f|cidr: 10.0.0/8}\ncondition: a"),
      error: "5:15: error: value '10.0.0/8': not a network; write one as '10.0.0.0/8'"
    ),
    Case(
      yaml: detection("a: {f|gte: x}\ncondition: a"),
      error: "5:14: error: value 'x': 'gte' needs a number"
    ),
    Case(
      yaml: detection("a: {f|exists: 1}\ncondition: a"),
      error: "5:17: error: value '1': 'exists' needs true or false"
    ),
    Case(
      yaml: detection("a: {f|base64: 'a*'}\ncondition: a"),
      error: "5:17: error: value 'a*': wildcards can't be encoded in base64"
    ),
    Case(
      yaml: detection("a: {f|expand: '%x%'}\ncondition: a"),
      error:
        "5:17: error: placeholder '%x%' has no values; give them or remove the 'expand' modifier"
    ),
    Case(
      yaml: detection("a: {f: {g: 1}}\ncondition: a"),
      error: "5:10: error: 'f' is a mapping; write a value or a list of values"
    ),
    Case(
      yaml: detection("a: {f: []}\ncondition: a"),
      error: "5:10: error: 'f' is empty; give it a value or remove it"
    ),
    Case(
      yaml: detection("a: {f: 1}\ncondition: a and b"),
      error: "6:20: error: condition uses 'b', but detection defines only a"
    ),
    Case(
      yaml: detection("a: {f: 1}\ncondition: 1 of b*"),
      error: "6:19: error: condition uses 'b*', which matches none of a"
    ),
    Case(
      yaml: detection("a: {f: 1}\ncondition: a and"),
      error: "6:16: error: condition: ends too early; a search is missing at its end"
    ),
    Case(
      yaml: detection("a: {f: 1}\ncondition: (a"),
      error: "6:15: error: condition: a ')' is missing"
    ),
    Case(
      yaml: detection("a: {f: 1}\ncondition: a a"),
      error: "6:16: error: condition: 'a' is not expected here; join searches with 'and' or 'or'"
    ),
    Case(
      yaml: detection("a: {f: 1}\ncondition: 2 of a"),
      error: "6:14: error: condition: '2 of' is not Sigma; write '1 of' or 'all of'"
    ),
    Case(
      yaml: detection("a: {f: 1}\ncondition: a | count() > 5"),
      error:
        "6:16: error: condition: aggregations after '|' are no longer part of Sigma; write a correlation"
    ),
    Case(
      yaml: detection("a: {f: 1}\ntimeframe: 5m\ncondition: a"),
      error: "6:3: error: condition: 'timeframe' is no longer part of Sigma; write a correlation"
    ),
    Case(
      yaml: detection("a: {f: 1, f: 2}\ncondition: a"),
      error: "5:7: error: key 'f' occurs twice in one mapping; keep one"
    ),
    Case(
      yaml: detection("a: [null]\ncondition: a"),
      error: "5:7: error: value 'null': a keyword is a text; name a field to ask for null"
    ),
    Case(
      yaml: "id: [1]\ntitle: x\n",
      error: "1:5: error: 'id' is a list; write a text"
    ),
  ]

  @Test("name the place, the problem and the remedy", arguments: cases)
  func message(_ example: Case) throws {
    let rules = RuleText.load(example.yaml)
    #expect(rules.entries.isEmpty)
    let error = try #require(rules.errors.first?.description)
    #expect(error.hasPrefix("test.yml:" + example.error), "\(error)")
  }

  @Test("a rule that is wrong does not keep its neighbours from loading")
  func neighbours() {
    let good = RuleText.rule("a: {f: 1}\ncondition: a")
    let rules = RuleText.load("title: bad\n---\n\(good)---\n")
    #expect(rules.entries.map(\.metadata.id) == ["r"])
    #expect(rules.errors.count == 1)
  }

  @Test("a rule without an id is known by its path, the second of a file by its number too")
  func pathIDs() {
    let rule = RuleText.rule("a: {f: 1}\ncondition: a").split(separator: "\n").filter {
      !$0.hasPrefix("id")
    }.joined(separator: "\n")
    let rules = RuleText.load("\(rule)\n---\n\(rule)\n")
    #expect(rules.entries.map(\.metadata.id) == ["test.yml", "test.yml#2"])
  }

  @Test("of two rules with one id the first is used and the second named")
  func duplicates() throws {
    let rule = RuleText.rule("a: {f: 1}\ncondition: a")
    let rules = RuleText.load("\(rule)---\n\(rule)")
    #expect(rules.entries.count == 1)
    #expect(
      rules.errors.map(\.description) == [
        "test.yml:8:1: error: id 'r' is already taken by test.yml:1:1; give this rule its own"
      ]
    )
  }

  @Test("placeholders with values are put in their place")
  func placeholders() throws {
    let yaml = RuleText.rule("a: {f|expand|endswith: ['x%who%', '\\%no%']}\ncondition: a")
    let rules = RuleText.load(yaml, placeholders: ["who": ["ad*", "root"]])
    #expect(rules.errors == [])
    let events = [#"{"f":"zxadmin"}"#, #"{"f":"xroot"}"#, #"{"f":"x%who%"}"#, #"{"f":"a%no%"}"#]
    let matches = try RuleText.matches(rules, events, LogSource(product: "test"))
    #expect(matches == [true, true, false, true])
  }

  @Test("huge and hostile rules are refused or read, never crashed upon")
  func hostile() {
    let deep = String(repeating: "(", count: 100_000) + "a" + String(repeating: ")", count: 100_000)
    let nots = String(repeating: "not ", count: 5_000) + "a"
    let long = Array(repeating: "a", count: 200_000).joined(separator: " or ")
    for condition in [deep, nots, long] {
      let rules = RuleText.load(RuleText.rule("a: {f: 1}\ncondition: \(condition)"))
      #expect(rules.entries.isEmpty && rules.errors.count == 1)
    }
    let wide = Array(repeating: "a", count: 4_000).joined(separator: " or ")
    #expect(RuleText.load(RuleText.rule("a: {f: 1}\ncondition: \(wide)")).entries.count == 1)
    let scalar = String(repeating: "x*", count: 1 << 18)
    let big = RuleText.load(RuleText.rule("a: {f: '\(scalar)'}\ncondition: a"))
    #expect(big.entries.count == 1)
    _ = RulePlan(big)
    let many = (0..<120_000).map { "v\($0)" }.joined(separator: ",")
    let values = RuleText.load(RuleText.rule("a: {f: [\(many)]}\ncondition: a"))
    #expect(values.entries.isEmpty && values.errors.count == 1)
  }
}
