import ArgumentParser

/// `vedette score`: the scorers by themselves, on numbers.
struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Score the rows of a CSV file by how unusual they are.",
    subcommands: [ScoreSeriesCommand.self, ScorePointsCommand.self, ScoreEventsCommand.self]
  )
}

/// What every score command takes.
struct ScoreOptions: ParsableArguments {
  /// A column of this name says what is an anomaly, so it is never an input.
  static let labelColumn = "label"

  @Option(name: .shortAndLong, help: "How to print: table, json, ndjson or csv.")
  var output: OutputFormat?

  @Flag(name: .shortAndLong, help: "Print only results and errors.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Say more about what is done.")
  var verbose = false

  @Option(help: "Use colour: auto, always or never.")
  var color = ColorChoice.auto

  /// The format that was asked for: a table for people, else CSV, as it came in.
  var format: OutputFormat { output ?? (Output.isTerminal ? .table : .csv) }

  /// Tells people something that is no result, unless they asked for quiet.
  func note(_ text: String) {
    if !quiet { Output.note(text) }
  }

  static func isLabel(_ name: String) -> Bool { name.lowercased() == labelColumn }
}
