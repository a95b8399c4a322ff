import Testing
import VedetteColumns
import VedetteEvent
import VedetteFindings

@testable import VedetteRules

/// A user's own names of fields and log sources.
@Suite("Mappings")
struct MappingTests {
  private static func mapping(_ text: String) throws(MappingError) -> RuleMapping {
    try RuleMappingReader(path: "m.yml").read(Array(text.utf8))
  }

  private static func load(_ yaml: String, _ mapping: RuleMapping) -> RuleSet {
    let file = RuleFile(path: "test.yml", relativePath: "test.yml", bytes: Array(yaml.utf8))
    return RuleLoader(mapping: mapping).load([file])
  }

  /// Which events the first rule holds on, the fast way and the plain way.
  private static func matches(_ rules: RuleSet, _ events: [String]) throws -> [Bool] {
    guard case .rule(let rule) = rules.entries.first else { return [] }
    let detector = RuleDetector(RulePlan(rules))
    var fast: [Bool] = []
    for batch in try FlatEvents.batches(events) {
      let rows = Set(detector.match(batch).filter { $0.rule == 0 }.map(\.row))
      for row in 0..<batch.rowCount {
        fast.append(rows.contains(row))
        var evaluator = ReferenceEvaluator(batch: batch, row: row)
        evaluator.routing = rules.routing
        #expect(evaluator.matches(rule) == rows.contains(row), "the plain way disagrees")
      }
    }
    return fast
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let mapping: String
    var logSource = "product: test"
    let detection: String
    let matching: [String]
    let other: [String]
    var testDescription: String { name }
  }

  private static let p = #""_product":"test""#

  static let cases: [Case] = [
    Case(
      name: "a field is looked up under its own name and the others",
      mapping: "transformations: [{type: field_name_mapping, mapping: {f: [g, h.i]}}]",
      detection: "s: {f|contains: x}\ncondition: s",
      matching: [#"{\#(p),"f":"x"}"#, #"{\#(p),"g":"x"}"#, #"{\#(p),"h":{"i":"x"}}"#],
      other: [#"{\#(p),"h":"x"}"#]
    ),
    Case(
      name: "what is filtered out is filtered out under every name",
      mapping: "transformations: [{type: field_name_mapping, mapping: {f: g}}]",
      detection: "s: {e: 1}\nn: {f: x}\ncondition: s and not n",
      matching: [#"{\#(p),"e":1}"#, #"{\#(p),"e":1,"g":"y"}"#],
      other: [#"{\#(p),"e":1,"f":"x"}"#, #"{\#(p),"e":1,"g":"x"}"#]
    ),
    Case(
      name: "a field is absent if it has none of its names",
      mapping: "transformations: [{type: field_name_mapping, mapping: {f: g}}]",
      detection: "s: {f: [null, x]}\ncondition: s",
      matching: [#"{\#(p)}"#, #"{\#(p),"g":"x"}"#, #"{\#(p),"f":"x","g":"y"}"#],
      other: [#"{\#(p),"g":"y"}"#, #"{\#(p),"f":"y"}"#]
    ),
    Case(
      name: "the same with neq",
      mapping: "transformations: [{type: field_name_mapping, mapping: {f: g}}]",
      detection: "s: {f|neq: [null, x]}\ncondition: s",
      matching: [#"{\#(p),"g":"y"}"#, #"{\#(p),"f":"y"}"#],
      other: [#"{\#(p)}"#, #"{\#(p),"g":"x"}"#, #"{\#(p),"f":"x","g":"y"}"#]
    ),
    Case(
      name: "a field that is compared with has other names too",
      mapping: "transformations: [{type: field_name_mapping, mapping: {f: g, e: d}}]",
      detection: "s: {e|fieldref: f}\ncondition: s",
      matching: [#"{\#(p),"e":1,"f":1}"#, #"{\#(p),"d":1,"g":1}"#],
      other: [#"{\#(p),"e":1,"d":2,"f":3}"#]
    ),
    Case(
      name: "prefix, suffix and the start of names, one after the other",
      mapping: """
        transformations:
          - {type: field_name_prefix, prefix: data., field_name_conditions: [{type: include_fields, fields: [f]}]}
          - {type: field_name_suffix, suffix: .text, field_name_conditions: [{type: exclude_fields, fields: [f]}]}
          - {type: field_name_prefix_mapping, mapping: {data.: body.}}
        """,
      detection: "s: {f: x}\ncondition: s",
      matching: [
        #"{\#(p),"f":"x"}"#, #"{\#(p),"data":{"f":"x"}}"#, #"{\#(p),"data.f.text":"x"}"#,
        #"{\#(p),"body.f":"x"}"#,
      ],
      other: [#"{\#(p),"f.text":"x"}"#]
    ),
    Case(
      name: "only of the rules that are chosen",
      mapping: """
        transformations:
          - type: field_name_mapping
            mapping: {f: g}
            rule_conditions: [{type: logsource, product: other}]
        """,
      detection: "s: {f: x}\ncondition: s",
      matching: [#"{\#(p),"f":"x"}"#],
      other: [#"{\#(p),"g":"x"}"#]
    ),
    Case(
      name: "or of all others",
      mapping: """
        transformations:
          - type: field_name_mapping
            mapping: {f: g}
            rule_conditions: [{type: logsource, product: other}, {type: tag, tag: a.b}]
            rule_cond_op: or
            rule_cond_not: true
        """,
      detection: "s: {f: x}\ncondition: s",
      matching: [#"{\#(p),"g":"x"}"#],
      other: [#"{\#(p),"h":"x"}"#]
    ),
    Case(
      name: "another log source is looked at too, also one that a table of the file says",
      mapping: """
        transformations: [{type: change_logsource, product: Acme, service: edr}]
        logsources:
          - {product: acme, service: edr, events: [{when: {kind: proc*}, fields: {f: proc.f}}]}
        """,
      detection: "s: {f: x}\ncondition: s",
      matching: [
        #"{\#(p),"f":"x"}"#, #"{"_product":"acme","_service":"edr","f":"x"}"#,
        #"{"kind":"process","proc":{"f":"x"}}"#,
      ],
      other: [#"{"kind":"file","proc":{"f":"x"}}"#, #"{"_product":"acme","f":"x"}"#]
    ),
    Case(
      name: "a condition is and-ed, or its negation",
      mapping: """
        transformations:
          - {type: add_condition, conditions: {e|startswith: a}}
          - {type: add_condition, conditions: {d: [1, 2]}, negated: true}
        """,
      detection: "s: {f: x}\ncondition: s",
      matching: [#"{\#(p),"f":"x","e":"ab"}"#, #"{\#(p),"f":"x","e":"ab","d":3}"#],
      other: [#"{\#(p),"f":"x"}"#, #"{\#(p),"f":"x","e":"ab","d":1}"#]
    ),
    Case(
      name: "comparisons are dropped",
      mapping:
        "transformations: [{type: drop_detection_item, field_name_conditions: [{type: include_fields, fields: [e]}]}]",
      detection: "s: {f: x, e: y}\nt: {e: z}\ncondition: s and t",
      matching: [#"{\#(p),"f":"x"}"#],
      other: [#"{\#(p),"e":"y"}"#]
    ),
    Case(
      name: "placeholders have values",
      mapping: "vars: {who: [ann, 'b*']}\ntransformations: [{type: value_placeholders}]",
      detection: "s: {f|expand: 'x-%who%'}\ncondition: s",
      matching: [#"{\#(p),"f":"x-ann"}"#, #"{\#(p),"f":"X-Bob"}"#],
      other: [#"{\#(p),"f":"x-carl"}"#, #"{\#(p),"f":"x-%who%"}"#]
    ),
    Case(
      name: "or stand for anything",
      mapping: "transformations: [{type: wildcard_placeholders, include: [who]}]",
      detection: "s: {f|expand: 'x-%who%'}\ncondition: s",
      matching: [#"{\#(p),"f":"x-"}"#, #"{\#(p),"f":"x-ann"}"#],
      other: [#"{\#(p),"f":"y-ann"}"#]
    ),
  ]

  @Test("are added to what there is", arguments: cases)
  func meaning(_ example: Case) throws {
    let rules = Self.load(
      RuleText.rule(example.detection, logSource: example.logSource),
      try Self.mapping(example.mapping)
    )
    #expect(rules.errors == [])
    let expected = example.matching.map { _ in true } + example.other.map { _ in false }
    #expect(try Self.matches(rules, example.matching + example.other) == expected)
  }

  @Test("a rule that the mapping rejects is rejected with its reason")
  func rejected() throws {
    let mapping = try Self.mapping(
      "transformations: [{type: rule_failure, message: not ours, rule_conditions: [{type: is_sigma_rule}]}]"
    )
    let rules = Self.load(RuleText.rule("s: {f: 1}\ncondition: s"), mapping)
    #expect(rules.errors.map { "\($0.problem)" } == ["the mapping rejects it: not ours"])
  }

  @Test("fields of correlations have the names of their rules' fields")
  func correlations() throws {
    let yaml =
      RuleText.rule("s: {f: 1}\ncondition: s") + """
        ---
        title: c
        id: s
        correlation:
          type: value_count
          rules: [r]
          group-by: [user]
          timespan: 5m
          condition: {field: f, gte: 2}
        """
    let mapping = try Self.mapping(
      "transformations: [{type: field_name_mapping, mapping: {user: who, f: g}}]"
    )
    let plan = try #require(Self.load(yaml, mapping).plans.first)
    #expect(plan.groupFields == [["user\u{1f}who"]])
    #expect(plan.kind == .valueCount(fields: ["f\u{1f}g"]))
    #expect(CorrelationPlan.shownName("f\u{1f}g") == "f")
  }

  @Test("are joined by priority, then in their order")
  func priority() throws {
    let first = try Self.mapping(
      "priority: 20\ntransformations: [{type: field_name_suffix, suffix: .b}]"
    )
    let second = try Self.mapping("transformations: [{type: field_name_suffix, suffix: .a}]")
    let rules = Self.load(
      RuleText.rule("s: {f: x}\ncondition: s"),
      RuleMapping.joined([first, second])
    )
    #expect(
      try Self.matches(rules, [#"{\#(Self.p),"f.a.b":"x"}"#, #"{\#(Self.p),"f.b.a":"x"}"#])
        == [true, false]
    )
  }

  @Test("too many names for a field reject the rule")
  func bounded() throws {
    let steps = (0..<8).map { "{type: field_name_suffix, suffix: .\($0)}" }
    let mapping = try Self.mapping("transformations: [\(steps.joined(separator: ", "))]")
    let rules = Self.load(RuleText.rule("s: {f: x}\ncondition: s"), mapping)
    #expect(
      rules.errors.map { "\($0.problem)" }
        == ["more than 64 names for 'f' in the mapping; split the rule"]
    )
  }

  @Test(
    "what can't be done is an error with its name and place",
    arguments: [
      ("transformations: [{type: replace_string}]", "1:26", "transformation 'replace_string'"),
      ("transformations: [{type: nest}]", "1:26", "transformation 'nest' is not supported"),
      ("transformations:\n- {type: map_string}", "2:10", "transformation 'map_string'"),
      (
        "transformations: [{type: query_expression_placeholders}]", "1:26",
        "transformation 'query_expression_placeholders'"
      ),
      ("transformations: [{mapping: {}}]", "1:19", "a transformation needs a 'type'"),
      ("transformations: [{type: field_name_mapping}]", "1:26", "'mapping' is missing"),
      (
        "transformations: [{type: field_name_prefix, prefix: a, rule_conditions: [{type: processing_state}]}]",
        "1:81", "condition 'processing_state' is not supported"
      ),
      (
        "transformations: [{type: drop_detection_item, detection_item_conditions: []}]", "1:47",
        "'detection_item_conditions' is not supported"
      ),
      (
        "postprocessing: [{type: embed, prefix: a}]", "1:25",
        "'embed' of 'postprocessing' is about queries"
      ),
      ("transfromations: []", "1:1", "did you mean 'transformations'?"),
      (
        "transformations: [{type: drop_detection_item, rule_condition: []}]", "1:47",
        "did you mean 'rule_conditions'?"
      ),
      (
        "transformations: [{type: field_name_prefix, prefix: a, mapping: {}}]", "1:56",
        "unknown key 'mapping'"
      ),
      ("transformations: [{type: add_condition, conditions: {f|contians: a}}]", "1:54", "contains"),
      ("vars: {a: {}}", "1:11", "'a' is a text, not a mapping"),
      ("", "1:1", "the file is empty"),
      ("a: &a [1]\nb: [*a", "", ""),
    ]
  )
  func mistakes(text: String, place: String, problem: String) {
    do throws(MappingError) {
      _ = try Self.mapping(text)
      Issue.record("no error")
    } catch {
      #expect(error.description.hasPrefix("m.yml:\(place)"), "\(error)")
      #expect(error.problem.contains(problem), "\(error)")
    }
  }

  @Test("placeholders of their own file")
  func placeholders() throws {
    let values = try RuleMappingReader(path: "p.yml").readPlaceholders(
      Array("a: 1\nb: [x, y]\n".utf8)
    )
    #expect(values == ["a": ["1"], "b": ["x", "y"]])
  }
}
