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
}
