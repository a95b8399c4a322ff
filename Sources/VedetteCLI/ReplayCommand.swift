import ArgumentParser
import FoundationEssentials
import Glibc
import Vedette
import VedetteEvent
import VedetteFindings
import VedetteIncidents
import VedetteStore

/// `vedette replay`: the pipeline as fast as possible over files, to the end.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Read files to their end and print the incidents in them.",
    discussion: """
      Runs on the times in the logs, not on the clock: the same files, rules and options give the \
      same incidents. Without --db they go into a database of its own, whose path is printed.
      """
  )

  @OptionGroup var options: GlobalOptions
  @OptionGroup var pipeline: PipelineOptions

  @Argument(help: "Files, globs or folders; '-' is standard input.")
  var paths: [String]

  @Option(help: "The database to write to.")
  var db: String?

  @Option(help: "A configuration to start from.")
  var config: String?

  @Flag(help: "Print the SHA-256 of the canonical incident export and nothing else.")
  var digest = false

  @Option(help: "Fail unless the digest is this one.")
  var verify: String?

  @Option(help: "Labels to compare with; prints precision, recall and time to detect.")
  var expect: String?

  @Option(help: "With --expect: a file for JUnit XML, a test for each attack and one for the rest.")
  var junit: String?

  @Option(help: "The least recall that --expect accepts, 0 to 1.")
  var minRecall = 1.0

  @Option(help: "The most false incidents that --expect accepts.")
  var maxFalse = 0

  @Flag(help: "Print findings instead of incidents.")
  var findings = false

  @Option(help: "Exit with 1 if an incident is at least this bad.")
  var failOn: String?

  @Flag(help: "Exit with 1 if a rule can't be used, with 2 if a record can't be read.")
  var strict = false

  func validate() throws {
    if junit != nil, expect == nil { throw ValidationError("--junit needs --expect") }
  }

  func run() throws {
    let attacks = try expect.map { try ExpectationFile.read($0) }
    let level = try failOn.map { try Severity(argument: $0, option: "--fail-on") }
    let base = try config.flatMap { try DatabaseLocation.configuration($0)?.pipeline }
    var session = try ReplaySession(
      options: options,
      configuration: try pipeline.applied(to: base ?? PipelineConfiguration(), paths: paths),
      database: db
    )
    session.isForgotten = digest || verify != nil
    defer { session.forget() }
    let report = try session.run()
    if digest || verify != nil {
      try printDigest(session, report)
    } else {
      try printResults(session)
    }
    var failed = false
    if let attacks { failed = try !printComparison(session, attacks) }
    if let level, try session.worstSeverity() ?? .informational >= level {
      failed = try failed || session.hasIncidents()
    }
    if failed || (strict && !session.ruleErrors.isEmpty) { throw ExitCode(1) }
    if !report.problems.isEmpty || session.ruleErrors.contains(where: \.isUnreadable)
      || (strict && report.deadLetterCount > 0)
    {
      throw ExitCode(2)
    }
  }

  private func printDigest(_ session: ReplaySession, _ report: PipelineReport) throws {
    let digest = try CanonicalExport.digest(session.store)
    if report.guessedYear, pipeline.year == nil {
      options.note("vedette: a year came from a file's modification time; give --year to fix it")
    }
    if self.digest { Output.line(digest) }
    if let verify, verify.lowercased() != digest {
      Output.note("vedette: the digest is \(digest), not \(verify)")
      throw ExitCode(1)
    }
  }

  private func printResults(_ session: ReplaySession) throws {
    let printer = IncidentPrinter(options: options, database: session.databaseArgument)
    if findings {
      try printer.printFindings(session.store)
    } else {
      try printer.printList(session.store, IncidentQuery.everything)
    }
  }

  private func printComparison(
    _ session: ReplaySession,
    _ attacks: [ExpectedAttack]
  ) throws -> Bool {
    var details: [IncidentDetail] = []
    try session.store.forEachIncident { details.append($0) }
    let result = ExpectationResult(attacks: attacks, incidents: details)
    Output.write(ExpectationText.text(result))
    if let junit {
      let name = expect ?? "expectations"
      let text = JUnitReport.text(result, suite: name, maxFalse: maxFalse, minRecall: minRecall)
      try JUnitReport.write(text, to: junit)
    }
    return result.meets(minRecall: minRecall, maxFalse: maxFalse)
  }
}
