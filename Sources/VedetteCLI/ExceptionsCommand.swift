import ArgumentParser
import FoundationEssentials
import Vedette
import VedetteEvent
import VedetteFindings
import VedetteIncidents
import VedetteStore

/// `vedette exceptions`: what nobody wants to be told of again.
struct ExceptionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exceptions",
    abstract: "Decide what not to be told of again, with a reason and an end.",
    discussion: """
      Exceptions are in a file, that of --file or 'exceptions:' of the configuration. What they \
      hide is stored and counted, and opens no incident.
      """,
    subcommands: [
      ExceptionsAddCommand.self, ExceptionsListCommand.self, ExceptionsPreviewCommand.self,
      ExceptionsPruneCommand.self,
    ]
  )
}

/// Which file of exceptions a command works on.
struct ExceptionFileOptions: ParsableArguments {
  @Option(help: "The file of exceptions, instead of that of the configuration.")
  var file: String?

  /// Returns the paths of the files.
  func paths(_ database: DatabaseOptions) throws -> [String] {
    if let file { return [file] }
    let paths = try database.loaded()?.pipeline.exceptionPaths ?? []
    guard !paths.isEmpty else {
      throw CommandFailure(
        "no file of exceptions is named: give --file, or 'exceptions:' in --config"
      )
    }
    return paths
  }

  /// Reads the exceptions of files.
  static func read(_ paths: [String]) throws -> [FindingException] {
    try paths.flatMap { path in try placed(path).map(\.exception) }
  }

  static func placed(_ path: String) throws -> [ExceptionReader.Placed] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandFailure("can't read the exceptions '\(path)'; check its path and permission")
    }
    return try ExceptionReader(path: path).read(Array(data))
  }
}

/// `vedette exceptions list`.
struct ExceptionsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List exceptions with what each has hidden."
  )
  @OptionGroup var common: IncidentOptions
  @OptionGroup var source: ExceptionFileOptions

  func run() throws {
    let exceptions = try ExceptionFileOptions.read(try source.paths(common.database))
    let (store, _) = try common.open(for: .reading)
    let hits = Dictionary(
      uniqueKeysWithValues: try store.exceptionHits().map { ($0.exception, $0) }
    )
    let now = Clock.now()
    for one in exceptions {
      let hidden = hits[one.id]
      switch common.options.format {
      case .table:
        Output.write(ExceptionText.text(one, hidden, now: now))
      case .json, .ndjson: Output.line(ExceptionText.object(one, hidden, now: now))
      case .csv:
        let cells = [
          one.id, one.scope, one.reason, one.expires.description, String(hidden?.findings ?? 0),
          String(hidden?.events ?? 0),
        ]
        Output.line(cells.map(CSV.field).joined(separator: ","))
      }
    }
    if exceptions.isEmpty { common.options.note("there are no exceptions") }
    let known = Set(exceptions.map(\.id))
    for one in hits.values.sorted(by: { $0.exception < $1.exception })
    where !known.contains(one.exception) {
      common.options.note(
        "'\(one.exception)', which is in no file any more, has hidden \(one.findings) findings"
      )
    }
  }
}

/// `vedette exceptions preview`.
struct ExceptionsPreviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview",
    abstract: "Show what exceptions would have hidden of what is in the database.",
    discussion:
      "Nothing is changed: exceptions hold for what is found after 'run' or 'replay' start."
  )
  @OptionGroup var common: IncidentOptions
  @OptionGroup var source: ExceptionFileOptions

  func run() throws {
    let exceptions = try ExceptionFileOptions.read(try source.paths(common.database))
    let (store, _) = try common.open(for: .reading)
    let preview = try ExceptionPreview(exceptions, store)
    for one in exceptions {
      let counts = preview.counts[one.id] ?? ExceptionPreview.Counts()
      switch common.options.format {
      case .table, .csv:
        Output.shownLine(
          "\(TerminalText.visible(one.id)): \(counts.findings) findings on \(counts.events) events, in "
            + "\(counts.incidents.count) incidents"
        )
      case .json, .ndjson:
        var json = JSONWriter()
        json.object { json in
          json.member("id", one.id)
          json.member("findings", counts.findings)
          json.member("events", counts.events)
          json.member("incidents", counts.incidents.sorted().map { "INC-\($0.hex)" })
        }
        Output.line(json.text)
      }
    }
    common.options.note(preview.summary)
  }
}

/// `vedette exceptions add`.
struct ExceptionsAddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Propose an exception from an incident, and add it to the file.",
    discussion: """
      It covers the incident's rules for its actors, or where they came from. See what it would \
      have hidden with 'vedette exceptions preview'.
      """
  )
  @OptionGroup var common: IncidentOptions
  @OptionGroup var source: ExceptionFileOptions
  @Argument(help: "The incident.") var id: String
  @Option(help: "Why.") var reason: String
  @Option(help: "When it ends: a date, or how long from now, as 30d.") var expires: String
  @Option(help: "What to call it; 'inc-' and the incident's first digits if not given.")
  var name: String?
  @Flag(help: "Print what would be added, and change nothing.") var dryRun = false

  func run() throws {
    let (store, _) = try common.open(for: .reading)
    let detail = try store.incident(id)
    let text = try ExceptionFile.item(
      detail,
      name: name ?? "inc-\(detail.incident.id.hex.prefix(10))",
      reason: reason,
      expires: try end(),
      author: User.name
    )
    let paths = try source.paths(common.database)
    let preview = try ExceptionPreview(
      try ExceptionReader(path: paths[0]).read(Array(("exceptions:\n" + text).utf8)).map(
        \.exception
      ),
      store
    )
    Output.write(text)
    guard !dryRun else { return common.options.note(preview.summary) }
    try ExceptionFile.append(text, to: paths[0])
    common.options.note("added to \(paths[0]); \(preview.summary)")
    common.options.note("it holds for what is found after 'vedette run' is started again")
  }

  private func end() throws -> EventTime {
    if let span = Quantities.duration(expires) { return Clock.now().advanced(byNanoseconds: span) }
    if let time = EventTime(rfc3339: expires) ?? EventTime(rfc3339: expires + "T00:00:00Z") {
      guard time > Clock.now() else {
        throw ValidationError("--expires '\(expires)' is over already: name a time to come")
      }
      return time
    }
    throw ValidationError(
      "--expires takes a date as 2027-01-31 or a duration as 30d, not '\(expires)'"
    )
  }
}

/// `vedette exceptions prune`.
struct ExceptionsPruneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Remove exceptions that have ended from their file."
  )
  @OptionGroup var options: GlobalOptions
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var source: ExceptionFileOptions
  @Flag(help: "Name them, and change nothing.") var dryRun = false

  func run() throws {
    let now = Clock.now()
    var count = 0
    for path in try source.paths(database) {
      let ended = try ExceptionFileOptions.placed(path).filter { $0.exception.expires <= now }
      for one in ended {
        Output.shownLine(
          "\(TerminalText.visible(one.exception.id)): ended \(one.exception.expires)"
        )
      }
      count += ended.count
      if !ended.isEmpty, !dryRun { try ExceptionFile.remove(ended.map(\.lines), from: path) }
    }
    options.note(
      count == 0
        ? "none has ended" : "\(count) \(dryRun ? "have ended; nothing was changed" : "removed")"
    )
  }
}
