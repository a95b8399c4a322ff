import ArgumentParser
import Glibc
import Vedette
import VedetteStore

/// `vedette model`: what the baselines and forests know.
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "Show, teach and forget what the baselines and forests know.",
    subcommands: [
      ModelStatusCommand.self, ModelLearnCommand.self, ModelResetCommand.self,
      ModelExportCommand.self,
    ]
  )
}

/// Which database's model a command is about.
struct ModelOptions: ParsableArguments {
  @OptionGroup var options: GlobalOptions
  @OptionGroup var database: DatabaseOptions

  /// Reads the model; the database must be there.
  func read() throws -> BehaviorModel {
    let loaded = try database.loaded()
    let path = database.path(loaded)
    let store = try IncidentStore.open(path, for: .reading, writtenBy: Release.name)
    let model = try BehaviorModel(
      of: store,
      configuration: loaded?.pipeline ?? PipelineConfiguration()
    )
    if !model.differences.isEmpty {
      let what = model.differences.joined(separator: ", ")
      options.note("vedette: what was learned is not used, it is learned anew: \(what) changed")
    } else if model.isEmpty {
      options.note(
        "nothing was learned into this database yet: vedette model learn FILE"
          + database.suffix(path)
      )
    }
    return model
  }
}

/// `vedette model learn`.
struct ModelLearnCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learn",
    abstract: "Teach the baselines from history, and open no incident.",
    discussion: """
      Give the files as a run will read them, with their rotated and packed predecessors: what is \
      learned belongs to the source, and /var/log/auth.log.2.gz is of /var/log/auth.log. The \
      learning goes on from what the database knows. Whoever is under a rule does not teach.
      """
  )

  @OptionGroup var options: GlobalOptions
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var pipeline: PipelineOptions
  @Argument(help: "Files, globs or folders; '-' is standard input.") var paths: [String]

  func run() throws {
    let loaded = try database.loaded()
    let path = database.path(loaded)
    var configuration = loaded?.pipeline ?? PipelineConfiguration()
    configuration = try pipeline.applied(to: configuration, paths: paths)
    let engine = try EngineLoader.load(configuration, options: options).engine
    let store = try IncidentStore.open(path, for: .pipeline, writtenBy: Release.name)
    for warning in store.warnings { options.note("vedette: \(warning)") }
    let start = Clock.monotonicSeconds()
    var bar = ProgressLine(isShown: Output.isErrorTerminal && !options.quiet, start: start)
    let report = try Replay(configuration: configuration, engine: engine).learn(
      into: store,
      now: Clock.now
    ) { bar.update($0) }
    bar.clear()
    ReportText.tell(report, seconds: Clock.monotonicSeconds() - start, options: options)
    let model = try BehaviorModel(of: store, configuration: configuration)
    try store.close()
    ModelPrinter(options: options).print(model)
    options.note("next: vedette model status\(database.suffix(path))")
    if !report.problems.isEmpty { throw ExitCode(2) }
  }
}

/// `vedette model reset`.
struct ModelResetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reset",
    abstract: "Forget what the baselines and forests know; incidents stay.",
    discussion: "Not while 'vedette run' writes into the database."
  )

  @OptionGroup var model: ModelOptions

  func run() throws {
    let path = model.database.path(try model.database.loaded())
    // Opening for the pipeline would make a database where there is none.
    try IncidentStore.open(path, for: .reading, writtenBy: Release.name).close()
    let store = try IncidentStore.open(path, for: .pipeline, writtenBy: Release.name)
    let size = try BehaviorModel.reset(store)
    try store.close()
    model.options.note("forgot \(size.rows) rows, \(size.bytes) bytes; it is learned anew")
  }
}
