import ArgumentParser
import Vedette
import VedetteIncidents
import VedetteRules

/// `vedette rules test`: runs each rule against its own samples.
struct RulesTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Run rules against the samples beside them; the built-in ones if no path is given.",
    discussion: """
      Samples are in *.test.yml. With --mutate each and-ed condition of a rule is taken away in turn: a condition that no \
      sample misses is named. Exits with 1 if a sample or a condition fails, or a rule has no test; \
      with 2 if a path can't be read.
      """
  )
  @OptionGroup var options: GlobalOptions
  @Argument(help: "Rule files, or folders to search for them.") var paths: [String] = []
  @Flag(help: "Take each condition away and see whether a sample notices.") var mutate = false

  func run() throws {
    var configuration = PipelineConfiguration()
    configuration.rulePaths = paths
    configuration.usesBuiltInRules = paths.isEmpty
    let (rules, errors, _) = RuleSource.load(configuration)
    let tests = RuleTests(rules)
    let (suites, problems) = RuleTests.suites(paths)
    let unreadable = errors.filter(\.isUnreadable)
    for error in unreadable { Output.note("vedette: \(error)") }
    // What can't be read is no rule file and no test file either.
    let faults = (errors + problems).filter { !$0.isUnreadable }
    for fault in faults { Output.shownLine("\(fault)") }
    if suites.isEmpty, faults.isEmpty, !unreadable.isEmpty { throw ExitCode(2) }
    var tally = Tally()
    for suite in suites { tell(suite, tests.run(suite, mutates: mutate), &tally) }
    let untested = tests.untested(suites)
    for rule in untested { Output.shownLine("untested  \(rule)") }
    options.note(
      "\(suites.count) rules, \(tally.samples) samples, \(tally.failed) failed"
        + (mutate ? "; \(tally.mutations) mutations, \(tally.survived) survived" : "")
        + "; \(untested.count) rules without a test"
    )
    let isGood =
      faults.isEmpty && tally.failed == 0 && tally.survived == 0 && untested.isEmpty
    if !isGood { throw ExitCode(1) }
    if !unreadable.isEmpty { throw ExitCode(2) }
  }

  private struct Tally {
    var samples = 0
    var failed = 0
    var mutations = 0
    var survived = 0
  }

  private func tell(_ suite: RuleTestSuite, _ outcome: RuleTests.Outcome, _ tally: inout Tally) {
    tally.samples += outcome.results.count
    tally.mutations += outcome.mutationCount
    tally.survived += outcome.survivors.count
    for result in outcome.results {
      guard let failure = result.failure else { continue }
      tally.failed += 1
      Output.shownLine("\(result.sample.location): failed: \(result.sample.name): \(failure)")
    }
    for survivor in outcome.survivors {
      Output.shownLine("\(suite.location): survived: \(survivor.description)")
    }
    guard mutate || options.verbose else { return }
    let samples = outcome.results.count
    let noticed = outcome.mutationCount - outcome.survivors.count
    let mutations = mutate ? ", \(noticed) of \(outcome.mutationCount) mutations noticed" : ""
    Output.shownLine("ok  \(suite.rule): \(samples) samples\(mutations)")
  }
}
