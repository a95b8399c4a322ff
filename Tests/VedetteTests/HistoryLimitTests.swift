import Testing
import VedetteFindings
import VedetteRules

@testable import Vedette

/// What is over the limit of findings that are kept of history is counted.
@Suite("Limits of history")
struct HistoryLimitTests {
  private static let rules = """
    title: Buy
    name: buy
    logsource: {product: shop}
    detection: {selection: {action: buy}, condition: selection}
    ---
    title: Bought twice
    id: twice
    correlation:
      type: event_count
      rules: [buy]
      group-by: [user]
      timespan: 1h
      condition: {gte: 2}
    """

  private static func events(users: Int) -> String {
    (0..<users * 2).map { index in
      #"{"timestamp":"2026-03-02T10:00:00Z","_product":"shop","action":"buy","user":"u\#(index / 2)"}"#
    }.joined(separator: "\n") + "\n"
  }

  @Test("findings over the limit are counted, the others told", arguments: [2, 5, 9])
  func dropped(limit: Int) throws {
    let folder = try TemporaryFolder()
    try folder.write("rules.yml", Self.rules)
    try folder.write("events.ndjson", Self.events(users: 5))
    var configuration = PipelineConfiguration()
    configuration.usesBuiltInRules = false
    configuration.rulePaths = [folder["rules.yml"]]
    configuration.sources = [SourceConfiguration(path: folder["events.ndjson"])]
    let rules = RuleSource.load(configuration).rules
    let engine = Engine(rules: rules, contentKey: Array(repeating: 7, count: 32))
    var trial = RuleTrial(configuration: configuration, engine: engine)
    trial.findingsMax = limit
    let report = trial.run()
    #expect(report.reading.droppedFindingCount == max(0, 5 - limit))
    #expect(report.outcomes.first { $0.rule.id == "twice" }?.count == min(5, limit))
    var comparison = RuleComparison(
      configuration: configuration,
      old: engine,
      new: engine,
      difference: RuleSetDifference(old: rules, new: rules)
    )
    comparison.findingsMax = limit
    #expect(comparison.run().reading.droppedFindingCount == 2 * max(0, 5 - limit))
  }

  private static func trial(_ rules: String, _ files: [String: [String]]) throws -> RuleTrial.Report
  {
    let folder = try TemporaryFolder()
    try folder.write("rules.yml", rules)
    var configuration = PipelineConfiguration()
    configuration.usesBuiltInRules = false
    configuration.rulePaths = [folder["rules.yml"]]
    for (name, times) in files.sorted(by: { $0.key < $1.key }) {
      let lines = times.map { time in
        let user = time.hasPrefix("2026-03-02T20") ? "other-\(name)" : "u"
        return
          #"{"timestamp":"\#(time)Z","_product":"shop","action":"buy","user":"\#(user)","n":9}"#
      }
      try folder.write(name, lines.joined(separator: "\n") + "\n")
      configuration.sources.append(SourceConfiguration(path: folder[name]))
    }
    let engine = Engine(
      rules: RuleSource.load(configuration).rules,
      contentKey: Array(repeating: 7, count: 32)
    )
    return RuleTrial(configuration: configuration, engine: engine).run()
  }

  @Test("what several files tell of the same time is seen together, however far each reaches")
  func severalFiles() throws {
    let report = try Self.trial(
      Self.rules,
      [
        "a.ndjson": ["2026-03-02T10:00:00", "2026-03-02T20:00:00"],
        "b.ndjson": ["2026-03-02T10:30:00", "2026-03-02T20:00:00"],
      ]
    )
    #expect(report.outcomes.first { $0.rule.id == "twice" }?.count == 1)
  }

  @Test("what is only said when nothing more is awaited is said at the end")
  func conclusion() throws {
    let rules = Self.rules.replacing("type: event_count", with: "type: value_avg")
      .replacing("condition: {gte: 2}", with: "condition: {gte: 2, field: n}")
    let report = try Self.trial(rules, ["a.ndjson": ["2026-03-02T10:00:00"]])
    #expect(report.outcomes.first { $0.rule.id == "twice" }?.count == 1)
  }
}
