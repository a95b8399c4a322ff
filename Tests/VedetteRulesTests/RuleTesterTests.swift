import Testing
import VedetteColumns
import VedetteEvent
import VedetteFindings

@testable import VedetteRules

@Suite("Samples and mutations")
struct RuleTesterTests {
  private static let rule = """
    title: t
    id: r
    logsource: {product: test}
    detection:
      sel:
        a|contains|all: [x, y]
        b: 1
      flt:
        c: 1
        d: 1
      condition: sel and not flt
    """

  private static let samples = """
    rule: r
    year: 2026
    format: json
    logsource: product=test
    must_fire:
      - name: both
        lines: ['{"a":"x y","b":1}']
      - name: half of the filter
        lines: ['{"a":"x y","b":1,"c":1}']
      - name: the other half
        lines: ['{"a":"x y","b":1,"d":1}']
    must_not_fire:
      - name: filtered
        lines: ['{"a":"x y","b":1,"c":1,"d":1}']
      - name: no x
        lines: ['{"a":"y","b":1}']
      - name: no y
        lines: ['{"a":"x","b":1}']
      - name: no b
        lines: ['{"a":"x y"}']
    """

  private func suites(_ yaml: String) -> (suites: [RuleTestSuite], errors: [RuleError]) {
    RuleTestSuite.read(
      RuleFile(path: "r.test.yml", relativePath: "r.test.yml", bytes: Array(yaml.utf8))
    )
  }

  private func tester(_ rules: RuleSet, _ runner: (any CorrelationRunning)? = nil) -> RuleTester {
    RuleTester(rules, correlations: runner) { lines, _, logSource, _ in
      (try? FlatEvents.batches(lines, logSource: logSource)) ?? []
    }
  }

  @Test("samples that hold pass, and no mutation survives them")
  func passes() throws {
    let (suites, errors) = suites(Self.samples)
    #expect(errors == [])
    let suite = try #require(suites.first)
    #expect(suite.year == 2026 && suite.format == "json" && suite.cases.count == 7)
    #expect(suite.logSource == LogSource(product: "test"))
    let rules = RuleText.load(Self.rule)
    let tester = tester(rules)
    #expect(tester.run(suite).filter { !$0.isPassed }.isEmpty)
    #expect(tester.survivors(suite).map(\.description) == [])
  }

  @Test("each way of taking a condition away is tried")
  func mutations() {
    let rules = RuleText.load(Self.rule)
    #expect(
      RuleMutator.mutations(of: 0, in: rules).map(\.description) == [
        "search 'sel' without a|contains|all", "search 'sel' without b",
        "search 'sel' without '*x*' of a|contains|all",
        "search 'sel' without '*y*' of a|contains|all",
        "search 'flt' without c", "search 'flt' without d", "condition without 'sel'",
        "condition without 'not flt'",
      ]
    )
  }

  @Test(
    "the mutation that a missing sample would have caught survives",
    arguments: [
      ("no x", "search 'sel' without '*x*' of a|contains|all"),
      ("no b", "search 'sel' without b"),
      ("filtered", "condition without 'not flt'"),
      ("half of the filter", "search 'flt' without d"),
    ]
  )
  func survivors(sample: String, mutation: String) throws {
    var suite = try #require(suites(Self.samples).suites.first)
    suite.cases.removeAll { $0.name == sample }
    let survivors = tester(RuleText.load(Self.rule)).survivors(suite).map(\.description)
    #expect(survivors == [mutation])
  }

  @Test("samples that do not hold say how")
  func failures() throws {
    let yaml = """
      tests:
        - rule: r
          must_fire: [{name: quiet, lines: ['{"b":1}']}]
          must_not_fire: [{name: loud, lines: ['{"a":"xy","b":1}']}]
          logsource: product=test
        - rule: nowhere
          must_fire: [{name: x, lines: ['{}']}]
        - rule: r
          must_fire: [{name: unreadable, lines: ['nonsense']}]
      """
    let (suites, errors) = suites(yaml)
    #expect(errors == [] && suites.count == 3)
    let tester = tester(RuleText.load(Self.rule))
    #expect(
      suites.flatMap(tester.run).map { $0.failure ?? "" } == [
        "must fire and does not", "must not fire and does", "no rule has this id or name",
        "no line could be read as an event; check 'format'",
      ]
    )
  }

  @Test("test files that are wrong say where")
  func mistakes() {
    let yaml = "tests:\n  - rule: r\n    must_fier: []\n  - must_fire: []\n  - rule: r\n"
    #expect(
      suites(yaml).errors.map(\.description) == [
        "r.test.yml:3:5: error: test file: unknown key 'must_fier'; did you mean 'must_fire'?",
        "r.test.yml:4:5: error: missing key 'rule'",
        "r.test.yml:5:5: error: test file: no samples for 'r'",
      ]
    )
  }

  /// Counts matches without regard to groups and time.
  private struct Counter: CorrelationRunning {
    func correlationsThatFire(
      _ rules: RuleSet,
      batches: [EventBatch],
      matches: [[RuleMatch]]
    ) -> Set<Int> {
      Set(
        rules.plans.filter { plan in
          let count = matches.joined().count { plan.inputs.contains($0.rule) }
          return plan.bounds.allSatisfy { $0.comparison.holds(Double(count), $0.value) }
        }.map(\.rule)
      )
    }
  }

  @Test("correlations run by what is given, and their threshold is taken away")
  func correlations() throws {
    let yaml =
      RuleText.rule("a: {f: 1}\ncondition: a") + """
        ---
        title: c
        id: c
        correlation: {type: event_count, rules: [r], timespan: 1m, condition: {gte: 3}}
        """
    let rules = RuleText.load(yaml)
    #expect(rules.errors == [])
    let samples = """
      rule: c
      logsource: product=test
      must_fire: [{name: three, lines: ['{"f":1}', '{"f":1}', '{"f":1}']}]
      """
    var suite = try #require(suites(samples).suites.first)
    let tester = tester(rules, Counter())
    #expect(tester.run(suite).map(\.failure) == [nil])
    #expect(tester.survivors(suite).map(\.description) == ["'gte: 3.0' as 'gte: 1'"])
    var two = suite.cases[0]
    two.mustFire = false
    two.lines.removeLast()
    suite.cases.append(two)
    #expect(tester.run(suite).filter { !$0.isPassed }.isEmpty)
    #expect(tester.survivors(suite).isEmpty)
    #expect(self.tester(rules).run(suite)[0].failure == "correlations can't be run here")
  }
}
