import ArgumentParser
import FoundationEssentials
import Vedette
import VedetteEvent
import VedetteNormalize
import VedetteRules

/// What is read and with which rules: the same for `replay`, `scan` and `run`.
struct PipelineOptions: ParsableArguments {
  @Option(
    name: .customLong("rules"),
    help: """
      A folder or file of Sigma rules, beside the built-in ones ('scan': instead of them); may be \
      repeated.
      """
  )
  var rulePaths: [String] = []

  @Flag(name: .customLong("no-builtin-rules"), help: "Use only the rules given with --rules.")
  var noBuiltInRules = false

  @OptionGroup var mapping: MappingOptions

  @Option(name: .customLong("exclude-rule"), help: "Leave a rule out, by id; may be repeated.")
  var excluded: [String] = []

  @Option(help: "Use rules of at least this level.")
  var minLevel: String?

  @Option(
    name: .customLong("status"),
    help: "Use rules of this status, as stable or test; may be repeated."
  )
  var statuses: [String] = []

  @Option(
    name: .customLong("tag"),
    help: "Use rules with this tag, as attack.t1110; may be repeated."
  )
  var tags: [String] = []

  @Option(
    name: .customLong("intel"),
    help: "A file of indicators, CSV or a STIX 2.1 bundle, to look for; may be repeated."
  )
  var intelPaths: [String] = []

  @Option(help: "The format of all files instead of detecting it; see the README.")
  var format: String?

  @Option(help: "The log source of all events, as product=linux,service=sshd.")
  var logsource: String?

  @Option(help: "The year of times that name none.")
  var year: Int?

  @Option(help: "How many threads read and parse, 1 to 64.")
  var workers: Int?

  @Flag(help: "Keep prompts and answers of models instead of blanking them.")
  var keepContent = false

  /// The statuses of the specification.
  private static let knownStatuses = [
    "stable", "test", "experimental", "deprecated", "unsupported",
  ]

  func validate() throws {
    if let format, format != "auto", LogFormat(rawValue: format) == nil {
      let names = LogFormat.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("unknown format '\(format)'; known are auto, \(names)")
    }
    if let logsource, LogSource(assertion: logsource) == nil {
      throw ValidationError("'\(logsource)' is no log source; write product=linux,service=sshd")
    }
    if let minLevel, Severity(name: minLevel) == nil {
      let names = Severity.allCases.map(\.name).joined(separator: ", ")
      throw ValidationError("unknown level '\(minLevel)'; known are \(names)")
    }
    if let status = statuses.first(where: { !Self.knownStatuses.contains($0.lowercased()) }) {
      let names = Self.knownStatuses.joined(separator: ", ")
      throw ValidationError("unknown status '\(status)'; known are \(names)")
    }
    if let year, !(1678...2261).contains(year) {
      throw ValidationError("the year \(year) is not between 1678 and 2261")
    }
    if let workers, !(1...64).contains(workers) {
      throw ValidationError("\(workers) workers is not between 1 and 64")
    }
  }

  /// Returns a configuration with these options on top.
  ///
  /// - Parameters:
  ///   - base: What a file says, or the defaults.
  ///   - paths: The files, globs and folders of the command line.
  /// - Returns: The configuration to run.
  /// - Throws: ``CommandFailure`` if a mapping can't be read.
  func applied(to base: PipelineConfiguration, paths: [String]) throws -> PipelineConfiguration {
    var configuration = try mapping.applied(to: base)
    let format = format.flatMap(LogFormat.init(rawValue:))
    let logSource = logsource.flatMap(LogSource.init(assertion:))
    if !paths.isEmpty {
      configuration.sources = paths.map { SourceConfiguration(path: $0) }
    }
    for index in configuration.sources.indices {
      if let format { configuration.sources[index].format = format }
      if let logSource { configuration.sources[index].logSource = logSource }
    }
    configuration.rulePaths += rulePaths
    configuration.intelPaths += intelPaths
    if noBuiltInRules { configuration.usesBuiltInRules = false }
    configuration.excludedRules += excluded
    if let level = minLevel.flatMap(Severity.init(name:)) { configuration.ruleLevelMin = level }
    configuration.ruleStatuses += statuses.map { $0.lowercased() }
    configuration.ruleTags += tags.map { $0.lowercased() }
    if let year { configuration.year = year }
    if let workers { configuration.workerCount = workers }
    if keepContent { configuration.keepsContent = true }
    return configuration
  }
}
