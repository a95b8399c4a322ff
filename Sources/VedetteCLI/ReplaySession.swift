import ArgumentParser
import FoundationEssentials
import Glibc
import Vedette
import VedetteEvent
import VedetteFindings
import VedetteIncidents
import VedetteRules
import VedetteStore

/// A replay with its database, for the commands that need one.
struct ReplaySession {
  let store: IncidentStore
  /// The database as it must be given to other commands.
  let databaseArgument: String?
  /// The folder that holds the database, where nobody named a place for it.
  private let ownFolder: String?
  private let configuration: PipelineConfiguration
  private let engine: Engine
  /// What can't be used of rules and indicators.
  let ruleErrors: [RuleError]
  private let options: GlobalOptions

  /// Prepares a replay.
  init(
    options: GlobalOptions,
    configuration: PipelineConfiguration,
    database: String?
  ) throws {
    self.configuration = configuration
    (engine, ruleErrors) = try EngineLoader.load(configuration, options: options)
    ownFolder = try database == nil ? TemporaryFolder.make() : nil
    let path = database ?? (ownFolder ?? "") + "/vedette.db"
    store = try IncidentStore.open(path, for: .pipeline, writtenBy: Release.name)
    databaseArgument = path
    for warning in store.warnings { options.note("vedette: \(warning)") }
    self.options = options
  }

  /// Reads everything, tells people what was read, and returns what was counted.
  mutating func run() throws -> PipelineReport {
    let start = Clock.monotonicSeconds()
    var bar = ProgressLine(isShown: Output.isErrorTerminal && !options.quiet, start: start)
    var replay = Replay(configuration: configuration, engine: engine)
    replay.pace = pace
    let report = try replay.run(into: store, now: Clock.now) { bar.update($0) }
    bar.clear()
    try store.endPipeline()
    ReportText.tell(report, seconds: Clock.monotonicSeconds() - start, options: options)
    try EngineLoader.tellHidden(store, options)
    if let databaseArgument, !isForgotten { options.note("database: \(databaseArgument)") }
    return report
  }

  /// How fast event time passes, or `nil` for as fast as possible.
  var pace: ReplayPace?

  /// Whether nobody will ask for the database: its path is not told.
  var isForgotten = false

  /// Removes a database that nobody named a place for and that nobody was told of.
  func forget() {
    if isForgotten, let ownFolder { TemporaryFolder.remove(ownFolder) }
  }

  func worstSeverity() throws -> Severity? {
    try store.incidents(.worst).first?.incident.severity
  }

  func hasIncidents() throws -> Bool { try store.incidentCount(IncidentQuery()) > 0 }
}

/// Loads and compiles rules, and says which can't be used.
enum EngineLoader {
  /// Returns the engine, and what can't be used of rules and indicators, which is told already.
  static func load(
    _ configuration: PipelineConfiguration,
    options: GlobalOptions
  ) throws -> (engine: Engine, errors: [RuleError]) {
    do throws(MappingError) {
      _ = try RuleSource.mapping(of: configuration)
    } catch {
      throw CommandFailure("\(error)")
    }
    let paths = configuration.rulePaths + configuration.intelPaths
    if let missing = paths.first(where: { !FileManager.default.fileExists(atPath: $0) }) {
      throw CommandFailure(
        "'\(TerminalText.visible(missing))' is not there; its rules would be missed"
      )
    }
    let (rules, errors, idle) = RuleSource.load(configuration)
    for error in errors { Output.note("\(error)") }
    for sentence in idle { Output.note("vedette: \(sentence)") }
    var engine = Engine(rules: rules, contentKey: try ContentKey.load())
    let exceptions = try ExceptionFileOptions.read(configuration.exceptionPaths)
    let ids = Dictionary(exceptions.map { ($0.id, 1) }) { $0 + $1 }
    if let twice = ids.filter({ $0.value > 1 }).keys.min() {
      throw CommandFailure("'\(twice)' is the id of two exceptions; rename one")
    }
    engine.exceptions = ExceptionSet(exceptions)
    if let path = configuration.enrichment.assetsPath { engine.assets = try AssetReader.read(path) }
    return (engine, errors)
  }

  /// Tells people what exceptions have hidden: it is counted, never gone.
  static func tellHidden(_ store: IncidentStore, _ options: GlobalOptions) throws {
    for hits in try store.exceptionHits() {
      options.note(
        "exception '\(hits.exception)' hides \(hits.findings) findings on \(hits.events) events"
      )
    }
  }
}

extension IncidentQuery {
  /// Every incident, the worst first.
  static var everything: IncidentQuery { IncidentQuery() }

  /// Only the worst incident.
  static var worst: IncidentQuery {
    var query = IncidentQuery()
    query.limit = 1
    return query
  }
}

extension Severity {
  /// Reads a severity that was given to an option.
  init(argument: String, option: String) throws {
    guard let severity = Severity(name: argument) else {
      let names = Severity.allCases.map(\.name).joined(separator: ", ")
      throw ValidationError("\(option) takes one of \(names), not '\(argument)'")
    }
    self = severity
  }
}
