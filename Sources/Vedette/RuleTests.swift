import VedetteDigest
import VedetteFindings
public import VedetteRules

/// What the tests beside rules say of them.
public struct RuleTests {
  /// What became of a rule's tests.
  public struct Outcome: Sendable {
    /// The rule's id or name, as the test file gives it.
    public let rule: String
    /// Each sample's result.
    public let results: [RuleTester.Result]
    /// How many conditions were taken away, one at a time.
    public let mutationCount: Int
    /// What could be taken away without any sample noticing.
    public let survivors: [RuleMutation]
  }

  private let rules: RuleSet
  private let tester: RuleTester

  /// Creates the tests of rules.
  ///
  /// - Parameter rules: The rules.
  public init(_ rules: RuleSet) {
    let runner = SampleRunner { Digest.of($0).hex }
    self.rules = rules
    tester = RuleTester(rules, correlations: runner) { lines, format, logSource, year in
      runner.events(lines, format: format, logSource: logSource, year: year)
    }
  }

  /// Reads the test files below paths.
  ///
  /// - Parameter paths: Files and folders; the tests of the built-in rules if there are none.
  /// - Returns: The suites in file order, and what is wrong with the others.
  public static func suites(_ paths: [String]) -> (suites: [RuleTestSuite], errors: [RuleError]) {
    let found =
      paths.isEmpty ? (files: RuleSource.builtInTests, errors: []) : RuleFolder.testFiles(paths)
    var suites: [RuleTestSuite] = []
    var errors = found.errors
    for file in found.files {
      let (own, problems) = RuleTestSuite.read(file)
      suites += own
      errors += problems
    }
    return (suites, errors)
  }

  /// Returns the rules that no suite names.
  public func untested(_ suites: [RuleTestSuite]) -> [String] {
    let tested = Set(suites.compactMap { rules.index(of: $0.rule) })
    return rules.entries.indices.filter { !tested.contains($0) }
      .map { rules.descriptors[$0].reference.path + ": " + rules.descriptors[$0].reference.title }
  }

  /// Runs a suite.
  ///
  /// - Parameters:
  ///   - suite: The suite.
  ///   - mutates: Whether to take conditions away, one at a time.
  /// - Returns: What became of it.
  public func run(_ suite: RuleTestSuite, mutates: Bool) -> Outcome {
    let results = tester.run(suite)
    guard mutates, results.allSatisfy(\.isPassed), let index = rules.index(of: suite.rule) else {
      return Outcome(rule: suite.rule, results: results, mutationCount: 0, survivors: [])
    }
    return Outcome(
      rule: suite.rule,
      results: results,
      mutationCount: RuleMutator.mutations(of: index, in: rules).count,
      survivors: tester.survivors(suite)
    )
  }
}
