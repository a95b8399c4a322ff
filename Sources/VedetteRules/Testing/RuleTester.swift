public import VedetteColumns
public import VedetteEvent
import VedetteFindings

/// Runs the samples of rules.
///
/// It knows no log format: what turns lines into events is given to it, and so is what runs
/// correlations.
public struct RuleTester {
  /// Turns lines into events: the lines, the format's name, the log source asserted, the year.
  public typealias Normalizer = (
    _ lines: [String], _ format: String, _ logSource: LogSource?, _ year: Int?
  ) -> [EventBatch]

  /// What became of a sample.
  public struct Result: Sendable, Hashable {
    /// The rule's id or name, as the suite has it.
    public var rule: String
    /// The sample.
    public var sample: RuleTestSuite.Case
    /// What went wrong, or `nil` if the sample passed.
    public var failure: String?
    /// Whether it passed.
    public var isPassed: Bool { failure == nil }
  }

  private let rules: RuleSet
  private let normalize: Normalizer
  private let correlations: (any CorrelationRunning)?

  /// Creates a tester.
  ///
  /// - Parameters:
  ///   - rules: The rules.
  ///   - correlations: What runs correlations; without it their samples fail.
  ///   - normalize: What turns lines into events.
  public init(
    _ rules: RuleSet,
    correlations: (any CorrelationRunning)?,
    normalize: @escaping Normalizer
  ) {
    self.rules = rules
    self.correlations = correlations
    self.normalize = normalize
  }

  /// Runs the samples of a suite.
  ///
  /// - Parameter suite: The suite.
  /// - Returns: For each sample what became of it.
  public func run(_ suite: RuleTestSuite) -> [Result] {
    guard let (subset, index) = subset(suite.rule) else {
      return suite.cases.map { sample in
        Result(rule: suite.rule, sample: sample, failure: "no rule has this id or name")
      }
    }
    let batches = suite.cases.map { events($0, suite) }
    return run(suite, subset, index, batches)
  }

  /// Finds what of a rule could be left out without any sample noticing.
  ///
  /// - Parameter suite: The rule's samples.
  /// - Returns: The mutations that survive; none if the rule is not there or a sample fails anyhow.
  public func survivors(_ suite: RuleTestSuite) -> [RuleMutation] {
    guard let (subset, index) = subset(suite.rule) else { return [] }
    let batches = suite.cases.map { events($0, suite) }
    guard run(suite, subset, index, batches).allSatisfy(\.isPassed) else { return [] }
    return RuleMutator.mutations(of: index, in: subset).filter { mutation in
      run(suite, mutation.rules, index, batches).allSatisfy(\.isPassed)
    }
  }

  /// The rule with what it rests on, and its index there.
  private func subset(_ name: String) -> (rules: RuleSet, index: Int)? {
    guard let index = rules.index(of: name) else { return nil }
    let id = rules.entries[index].metadata.id
    let subset = rules.filtered { $0.id == id }
    return subset.index(of: id).map { (subset, $0) }
  }

  private func events(_ sample: RuleTestSuite.Case, _ suite: RuleTestSuite) -> [EventBatch] {
    normalize(sample.lines, suite.format, suite.logSource, suite.year)
  }

  private func run(
    _ suite: RuleTestSuite,
    _ rules: RuleSet,
    _ index: Int,
    _ batches: [[EventBatch]]
  ) -> [Result] {
    let plan = RulePlan(rules)
    return zip(suite.cases, batches).map { sample, batches in
      Result(
        rule: suite.rule,
        sample: sample,
        failure: failure(sample, rules, plan, index, batches)
      )
    }
  }

  private func failure(
    _ sample: RuleTestSuite.Case,
    _ rules: RuleSet,
    _ plan: RulePlan,
    _ index: Int,
    _ batches: [EventBatch]
  ) -> String? {
    guard batches.contains(where: { $0.rowCount > 0 }) else {
      return "no line could be read as an event; check 'format'"
    }
    let detector = RuleDetector(plan)
    let matches = batches.map(detector.match)
    let fires: Bool
    if case .correlation = rules.entries[index] {
      guard let correlations else { return "correlations can't be run here" }
      fires = correlations.correlationsThatFire(rules, batches: batches, matches: matches)
        .contains(index)
    } else {
      fires = matches.contains { $0.contains { $0.rule == index } }
    }
    guard fires != sample.mustFire else { return nil }
    return sample.mustFire ? "must fire and does not" : "must not fire and does"
  }
}
