import Testing
import VedetteEvent
import VedetteFindings

@testable import VedetteRules

@Suite("Correlations")
struct CorrelationTests {
  private static let base = """
    title: fail
    id: "20"
    name: fail
    logsource: {product: test}
    detection: {a: {f: 1}, condition: a}
    ---
    title: success
    id: "10"
    name: success
    logsource: {product: test}
    detection: {a: {f: 2}, condition: a}
    ---

    """

  private static func correlation(
    _ lines: String,
    id: String = "30",
    name: String = "many"
  ) -> String {
    let indented = lines.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
    return "title: c\nid: \"\(id)\"\nname: \(name)\nlevel: high\ncorrelation:\n\(indented)\n"
  }

  private static let count = """
    type: event_count
    rules: [fail]
    group-by: [user]
    timespan: 10m
    condition: {gte: 5}
    """

  @Test("are planned with indices of the set, in an order in which each can run")
  func plans() throws {
    let ordered = """
      type: temporal_ordered
      rules: [many, "10"]
      group-by: [who, host]
      aliases:
        who: {many: user, success: account}
      timespan: 1h
      """
    let yaml =
      Self.base + Self.correlation(ordered, id: "05", name: "then") + "---\n"
      + Self.correlation(Self.count)
    let rules = RuleText.load(yaml)
    #expect(rules.errors == [])
    #expect(rules.entries.map(\.metadata.id) == ["05", "10", "20", "30"])
    #expect(rules.plans.map(\.rule) == [3, 0])
    let many = rules.plans[0]
    #expect(many.kind == .eventCount && many.inputs == [2] && many.groupFields == [["user"]])
    #expect(many.bounds == [CorrelationPlan.Bound(.atLeast, 5)])
    #expect(many.timespanNanoseconds == 600_000_000_000)
    let then = rules.plans[1]
    #expect(then.kind == .temporalOrdered && then.inputs == [3, 1] && then.bounds == [])
    #expect(then.groupFields == [["user", "host"], ["account", "host"]])
    #expect(rules.descriptors.map(\.isSilent) == [false, true, true, false])
    #expect(rules.descriptors[3].reference.level == .high)
  }

  @Test("a correlation that generates lets its rules speak")
  func generates() {
    let yaml = Self.base + Self.correlation(Self.count + "\ngenerate: true")
    #expect(RuleText.load(yaml).descriptors.map(\.isSilent) == [false, false, false])
    let outside = Self.base + Self.correlation(Self.count) + "generate: true\n"
    #expect(RuleText.load(outside).descriptors.map(\.isSilent) == [false, false, false])
  }

  struct KindCase: Sendable, CustomTestStringConvertible {
    let yaml: String
    let kind: CorrelationPlan.Kind
    let bounds: [CorrelationPlan.Bound]
    var testDescription: String { yaml }
  }

  static let kinds: [KindCase] = [
    KindCase(
      yaml: "type: value_count\ncondition: {field: user, gt: 3, lte: 9}",
      kind: .valueCount(fields: ["user"]),
      bounds: [.init(.moreThan, 3), .init(.atMost, 9)]
    ),
    KindCase(
      yaml: "type: value_count\ncondition: {field: [user, host], eq: 2}",
      kind: .valueCount(fields: ["user", "host"]),
      bounds: [.init(.equal, 2)]
    ),
    KindCase(
      yaml: "type: value_sum\ncondition: {field: bytes, gte: 1.5}",
      kind: .valueSum(field: "bytes"),
      bounds: [.init(.atLeast, 1.5)]
    ),
    KindCase(
      yaml: "type: value_avg\ncondition: {field: bytes, lt: 5}",
      kind: .valueAverage(field: "bytes"),
      bounds: [.init(.lessThan, 5)]
    ),
    KindCase(
      yaml: "type: value_percentile\ncondition: {field: bytes, percentile: 95, gte: 5}",
      kind: .valuePercentile(field: "bytes", percentile: 95),
      bounds: [.init(.atLeast, 5)]
    ),
    KindCase(
      yaml: "type: value_median\nfield: bytes\ncondition: {neq: 5}",
      kind: .valuePercentile(field: "bytes", percentile: 50),
      bounds: [.init(.notEqual, 5)]
    ),
    KindCase(
      yaml: "type: temporal\ncondition: fail and not success",
      kind: .temporalWhere(.and([.input(0), .not(.input(1))])),
      bounds: []
    ),
    KindCase(
      yaml: "type: temporal\ncondition: 1 of s* or all of f*",
      kind: .temporalWhere(.or([.or([.input(1)]), .and([.input(0)])])),
      bounds: []
    ),
    KindCase(yaml: "type: absence", kind: .absence, bounds: []),
    KindCase(yaml: "type: temporal", kind: .temporal, bounds: []),
    KindCase(yaml: "type: temporal\ncondition: {gte: 2}", kind: .temporal, bounds: []),
  ]

  @Test("of each type", arguments: kinds)
  func kind(_ example: KindCase) throws {
    let rest = "rules: [fail, success]\ngroup-by: [user]\ntimespan: 5m\n"
    let rules = RuleText.load(Self.base + Self.correlation(rest + example.yaml))
    #expect(rules.errors == [])
    let plan = try #require(rules.plans.first)
    #expect(plan.kind == example.kind && plan.bounds == example.bounds)
  }

  @Test(
    "spans of time",
    arguments: [
      ("1s", 1), ("90m", 5_400), ("2h", 7_200), ("1d", 86_400), ("1w", 604_800),
      ("1M", 2_629_746), ("1y", 31_556_952), ("0s", nil), ("5", nil), ("m", nil), ("-1h", nil),
      ("1.5h", nil), ("5 m", nil), ("99999999999999999999s", nil), ("999999999y", nil),
    ] as [(String, Int64?)]
  )
  func timespan(text: String, seconds: Int64?) {
    #expect(Timespan.nanoseconds(text) == seconds.map { $0 * 1_000_000_000 })
  }

  struct ErrorCase: Sendable, CustomTestStringConvertible {
    let lines: String
    let error: String
    var testDescription: String { error }
  }

  static let mistakes: [ErrorCase] = [
    ErrorCase(
      lines: "type: event_count\nrules: [fial]\ntimespan: 5m\ncondition: {gte: 1}",
      error: "no rule has the id or name 'fial'; did you mean 'fail'?"
    ),
    ErrorCase(
      lines: "type: event_counts\nrules: [fail]\ntimespan: 5m\ncondition: {gte: 1}",
      error: "correlation: unknown type 'event_counts'; did you mean 'event_count'?"
    ),
    ErrorCase(
      lines: "type: event_count\nrules: [fail]\ntimespan: 5m",
      error: "correlation: 'event_count' needs a comparison; write one as 'condition: {gte: 10}'"
    ),
    ErrorCase(
      lines: "type: value_count\nrules: [fail]\ntimespan: 5m\ncondition: {gte: 1}",
      error: "correlation: 'value_count' needs a 'field' in its condition"
    ),
    ErrorCase(
      lines: "type: value_percentile\nrules: [fail]\ntimespan: 5m\ncondition: {gte: 1, field: x}",
      error: "correlation: 'value_percentile' needs a 'percentile' from 0 to 100 in its condition"
    ),
    ErrorCase(
      lines: "type: event_count\nrules: [fail]\ntimespan: soon\ncondition: {gte: 1}",
      error: "correlation: timespan 'soon' is not a number with one of s, m, h, d, w, M, y"
    ),
    ErrorCase(
      lines: "type: event_count\nrules: [fail]\ntimespan: 5m\ncondition: {gtee: 1}",
      error: "correlation: unknown condition 'gtee'; did you mean 'gte'?"
    ),
    ErrorCase(
      lines: "type: temporal\nrules: [fail, success]\ntimespan: 5m\ncondition: {gte: 1}",
      error: "correlation: a temporal correlation needs all of its 2 rules; remove the condition"
    ),
    ErrorCase(
      lines: "type: event_count\nrules: [fail, success]\ntimespan: 5m\ncondition: fail",
      error:
        "correlation: a condition in words is for 'type: temporal'; write a mapping as 'gte: 10'"
    ),
    ErrorCase(
      lines: "type: temporal\nrules: [fail, success]\ntimespan: 5m\ncondition: fail and succes",
      error: "condition uses 'succes', but detection defines only fail, success"
    ),
    ErrorCase(
      lines: "type: temporal\ntimespan: 5m\ncondition: not ()",
      error: "correlation: the condition names no rule"
    ),
    ErrorCase(
      lines: "type: absence\nrules: [fail]\ntimespan: 5m\ncondition: {gte: 1}",
      error:
        "correlation: an absence has no condition: it is about events that do not come; remove it"
    ),
    ErrorCase(
      lines: "type: temporal\nrules: [fail, fail]\ntimespan: 5m",
      error: "correlation: 'fail' is listed twice; list it once"
    ),
    ErrorCase(lines: "type: temporal\ntimespan: 5m", error: "missing key 'rules'"),
    ErrorCase(
      lines:
        "type: temporal\nrules: [fail, success]\ntimespan: 5m\ngroup-by: [u]\naliases: {u: {fail: x}}",
      error: "correlation: alias 'u' has no field for 'success'; add one"
    ),
  ]

  @Test("that can't be used say why", arguments: mistakes)
  func mistake(_ example: ErrorCase) throws {
    let rules = RuleText.load(Self.base + Self.correlation(example.lines))
    #expect(rules.plans.isEmpty && rules.entries.count == 2)
    #expect(rules.errors.map { "\($0.problem)" } == [example.error])
    // What was to be silent for the correlation speaks, since the correlation can't.
    #expect(rules.descriptors.map(\.isSilent) == [false, false])
  }

  @Test("a condition in words names the rules where no list does")
  func wordsAlone() throws {
    let yaml = Self.correlation("type: temporal\ntimespan: 5m\ncondition: fail and (success)")
    let rules = RuleText.load(Self.base + yaml)
    #expect(rules.errors == [])
    let plan = try #require(rules.plans.first)
    #expect(plan.inputs == [1, 0] && !plan.isDeferred)
    #expect(rules.descriptors.map(\.isSilent) == [true, true, false])
  }

  @Test("nothing can rest on an absence")
  func absenceAsInput() {
    let absence = Self.correlation("type: absence\nrules: [fail]\ntimespan: 5m")
    let count = Self.correlation(
      "type: event_count\nrules: [many]\ntimespan: 5m\ncondition: {gte: 2}",
      id: "31",
      name: "more"
    )
    let rules = RuleText.load(Self.base + absence + "---\n" + count)
    #expect(rules.plans.map(\.kind) == [.absence])
    #expect(
      rules.errors.map { "\($0.problem)" } == [
        "correlation: 'many' is an absence, on which no other correlation can rest"
      ]
    )
  }

  @Test("circles are named, and what rests on them is rejected too")
  func cycles() {
    func rule(_ name: String, on input: String) -> String {
      Self.correlation(
        "type: event_count\nrules: [\(input)]\ntimespan: 5m\ncondition: {gte: 2}",
        id: name,
        name: "n\(name)"
      )
    }
    let yaml =
      Self.base
      + [
        rule("a", on: "nb"), rule("b", on: "nc"), rule("c", on: "na"), rule("d", on: "na"),
        rule("e", on: "ne"),
      ]
      .joined(separator: "---\n")
    let rules = RuleText.load(yaml)
    #expect(rules.plans.isEmpty && rules.entries.count == 2 && rules.errors.count == 5)
    let messages = rules.errors.map { "\($0.problem)" }
    #expect(
      messages[0] == "correlations rest on each other: na -> nb -> nc -> na; break the circle"
    )
    #expect(messages[4] == "correlations rest on each other: ne -> ne; break the circle")
    let chain =
      Self.base + rule("x", on: "missing") + "---\n" + rule("y", on: "nx") + "---\n"
      + rule("z", on: "ny")
    #expect(
      RuleText.load(chain).errors.map { "\($0.problem)" } == [
        "no rule has the id or name 'missing'",
        "rests on 'nx', which was rejected; correct that first",
        "rests on 'ny', which was rejected; correct that first",
      ]
    )
  }

  @Test("a long circle, and many names that are not there, are told in bounded time and space")
  func longCircle() {
    func rules(_ count: Int, _ input: (Int) -> String) -> String {
      (0..<count).map { number in
        Self.correlation(
          "type: event_count\nrules: [\(input(number))]\ntimespan: 5m\ncondition: {gte: 2}",
          id: "i\(number)",
          name: "n\(number)"
        )
      }
      .joined(separator: "---\n")
    }
    let circle = RuleText.load(rules(40) { "n\(($0 + 1) % 40)" })
    #expect(circle.errors.count == 40 && circle.plans.isEmpty)
    #expect(
      "\(circle.errors[0])".contains("n0 -> n1 -> n2 -> n3 -> n4 -> n5 -> n6 -> n7 -> .. -> n0;")
    )
    let long = RuleText.load(rules(3_000) { "n\(($0 + 1) % 3_000)" })
    #expect(long.errors.count == 3_000)
    #expect(long.errors.allSatisfy { "\($0)".count < 200 })
    let unknown = RuleText.load(rules(3_000) { "m\($0)" })
    #expect(unknown.errors.count == 3_000)
    #expect(unknown.errors.filter { "\($0)".contains("did you mean") }.count <= 100)
  }

  @Test("a choice of rules keeps what correlations rest on")
  func filtered() {
    let rules = RuleText.load(Self.base + Self.correlation(Self.count))
    let chosen = rules.filtered { $0.id == "30" }
    #expect(chosen.entries.map(\.metadata.id) == ["20", "30"])
    #expect(chosen.plans.map(\.inputs) == [[0]])
    #expect(chosen.descriptors.map(\.isSilent) == [true, false])
    #expect(rules.filtered { $0.id == "20" }.descriptors.map(\.isSilent) == [false])
  }
}
