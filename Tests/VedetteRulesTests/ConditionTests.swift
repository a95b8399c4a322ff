import Testing
import VedetteFindings
import VedetteEvent

@testable import VedetteRules

@Suite("Detections and conditions")
struct ConditionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let detection: String
    let matching: [String]
    let other: [String]
    var testDescription: String { name }
  }

  /// Searches `a`, `b`, `c1`, `c2` and `_d`, each true where the field of its name is 1.
  private static func letters(_ condition: String) -> String {
    """
    a: {a: 1}
    b: {b: 1}
    c1: {c1: 1}
    c2: {c2: 1}
    _d: {d: 1}
    condition: \(condition)
    """
  }

  static let cases: [Case] = [
    Case(
      name: "and binds more than or, not more than and",
      detection: letters("a or b and not c1"),
      matching: [#"{"a":1,"c1":1}"#, #"{"b":1}"#],
      other: [#"{"b":1,"c1":1}"#, #"{"c1":1}"#]
    ),
    Case(
      name: "parentheses, and words in any case",
      detection: letters("(a OR b) AND NOT (c1 or c2)"),
      matching: [#"{"a":1}"#, #"{"b":1}"#],
      other: [#"{"a":1,"c2":1}"#, #"{"x":1}"#]
    ),
    Case(
      name: "1 of a pattern, any of a pattern",
      detection: letters("1 of c* and any of a*"),
      matching: [#"{"a":1,"c2":1}"#],
      other: [#"{"c1":1,"c2":1}"#]
    ),
    Case(
      name: "all of a pattern, and not all of it",
      detection: letters("a and not all of c*"),
      matching: [#"{"a":1,"c2":1}"#, #"{"a":1}"#],
      other: [#"{"a":1,"c1":1,"c2":1}"#]
    ),
    Case(
      name: "them leaves out what begins with an underscore",
      detection: letters("all of them"),
      matching: [#"{"a":1,"b":1,"c1":1,"c2":1}"#],
      other: [#"{"a":1,"b":1,"c1":1,"d":1}"#]
    ),
    Case(
      name: "a pattern may name what begins with an underscore",
      detection: letters("1 of _*"),
      matching: [#"{"d":1}"#],
      other: [#"{"a":1}"#]
    ),
    Case(
      name: "a list of conditions is any of them",
      detection: letters("\n  - a and b\n  - c1"),
      matching: [#"{"a":1,"b":1}"#, #"{"c1":1}"#],
      other: [#"{"a":1}"#]
    ),
    Case(
      name: "a list of mappings is any of them",
      detection: "s:\n  - f: x\n    g: y\n  - h|contains: z\ncondition: s",
      matching: [#"{"f":"x","g":"y"}"#, #"{"h":"azb"}"#],
      other: [#"{"f":"x"}"#, #"{"g":"y"}"#]
    ),
    Case(
      name: "keywords are looked for in every field",
      detection: "k: [evil, 'a*z']\ncondition: k",
      matching: [#"{"f":"an EVIL one"}"#, #"{"g":"xabczx"}"#, #"{"h":["x","evil"]}"#],
      other: [#"{"f":"ev","g":"il"}"#, #"{"_meta":"evil"}"#]
    ),
    Case(
      name: "all keywords, each in any field",
      detection: "k:\n  '|all': [evil, 4711]\ncondition: k",
      matching: [#"{"f":"evil","n_n":4711}"#, #"{"f":"4711 evil"}"#],
      other: [#"{"f":"evil"}"#, #"{"n_n":4711}"#]
    ),
    Case(
      name: "keywords as regular expressions",
      detection: "k:\n  '|re': 'ev[io]l'\ncondition: k",
      matching: [#"{"f":"x evol"}"#],
      other: [#"{"f":"EVIL"}"#]
    ),
    Case(
      name: "a lone keyword, and keywords beside mappings",
      detection: "k: evil\nm:\n  - f: 1\n  - word\ncondition: k or m",
      matching: [#"{"x":"evil"}"#, #"{"f":1}"#, #"{"x":"a word"}"#],
      other: [#"{"f":2}"#]
    ),
  ]

  @Test("hold as the specification says", arguments: cases)
  func meaning(_ example: Case) throws {
    let expected = example.matching.map { _ in true } + example.other.map { _ in false }
    let matches = try RuleText.matches(example.detection, example.matching + example.other)
    #expect(matches == expected)
  }

  @Test("a filter is and-ed to the rules it names, or to all of its log source")
  func filters() throws {
    let rule = RuleText.rule("a: {f: 1}\ncondition: a")
    let other = rule.split(separator: "\n").map { $0 == "id: r" ? "id: q\nname: qq" : $0 }
      .joined(separator: "\n")
    func filter(_ rules: String, _ product: String = "test") -> String {
      """
      title: f
      id: filter
      logsource: {product: \(product)}
      filter:
        rules: \(rules)
        selection: {u|startswith: adm_}
        condition: not selection
      """
    }
    let events = [#"{"f":1,"u":"adm_x"}"#, #"{"f":1,"u":"x"}"#]
    func counts(_ rules: RuleSet) throws -> [Int] {
      let batch = try #require(
        try FlatEvents.batches(events, logSource: LogSource(product: "test")).first
      )
      let matches = RuleDetector(RulePlan(rules)).match(batch)
      return (0..<2).map { row in matches.count { $0.row == row } }
    }
    let both = "\(rule)---\n\(other)\n---\n"
    #expect(try counts(RuleText.load(both)) == [2, 2])
    #expect(try counts(RuleText.load(both + filter("[r]"))) == [1, 2])
    #expect(try counts(RuleText.load(both + filter("[qq]"))) == [1, 2])
    #expect(try counts(RuleText.load(both + filter("any"))) == [0, 2])
    #expect(try counts(RuleText.load(both + filter("any", "linux"))) == [2, 2])
    let unknown = RuleText.load(both + filter("[rr]"))
    #expect(unknown.errors.first?.description.contains("did you mean 'r'") == true)
    let elsewhere = RuleText.load(both + filter("[r]", "linux"))
    #expect(elsewhere.errors.first?.description.contains("does not look at product=linux") == true)
  }
}
