import ArgumentParser
import FoundationEssentials
import Glibc
import Synchronization
import Vedette
import VedetteEvent
import VedetteFindings
import VedetteNormalize
import VedetteIncidents
import VedetteIngest
import VedetteStore

/// `vedette run`: follow sources and write incidents until stopped.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Follow sources and write incidents until stopped.",
    discussion: """
      SIGINT and SIGTERM read what is there, commit and exit with 0; SIGHUP reads configuration \
      and rules anew. A run that is killed goes on where it was. Without files and configuration the usual logs of this host are followed.
      """
  )

  private static let openLinesShown = 5

  @OptionGroup var options: GlobalOptions
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var pipeline: PipelineOptions

  @Argument(
    help: """
      Files, globs or folders; '-' is standard input, udp://ADDRESS:PORT and tcp://ADDRESS:PORT \
      receive syslog, journald: is the journal of this host.
      """
  )
  var paths: [String] = []

  @Option(
    help: """
      Where to begin in files not seen before: start, end, or a time as 2026-03-02T10:00:00Z or 2h \
      (ago); what is older is passed over.
      """
  )
  var from = "start"

  func validate() throws { _ = try start() }
  @Flag(help: "Show rates, incidents and what happens on the whole screen; '?' lists its keys.")
  var ui = false

  func run() throws {
    Output.endsOnFailure.store(false, ordering: .relaxed)
    if ui, Environment.value(RawTerminal.variable) == nil {
      guard RawTerminal.isAvailable else {
        throw ValidationError(
          "--ui needs a terminal; leave it out, or see 'incidents list --watch'"
        )
      }
      throw ExitCode(RawTerminal.guarded(arguments: CommandLine.arguments))
    }
    let control = try RunControl()
    Signals.handle(control)
    let start = try start()
    let loaded = try database.loaded()
    var setup = try setUp(loaded)
    let path = database.path(loaded)
    let store = try IncidentStore.open(path, for: .pipeline, writtenBy: Release.name)
    for warning in store.warnings { options.note("vedette: \(warning)") }
    options.note("database: \(path)")
    let watcher = RunWatcher(options: options, suffix: database.suffix(path))
    let view = ui ? LiveView(store, options: options, control: control) : nil
    view?.start()
    // However the run ends, what is said about it is said on the plain terminal.
    defer { view?.finish() }
    var shown: [FindingID: Severity] = [:]
    var report = PipelineReport()
    repeat {
      var run = Run(
        configuration: setup.configuration,
        engine: setup.engine,
        now: Clock.now,
        milliseconds: Clock.milliseconds
      )
      let messenger = try Messenger(
        setup.configuration.notifiers,
        store: store,
        database: database.suffix(path).isEmpty ? "" : path,
        options: options,
        control: control
      )
      run.announcer = messenger.announcer
      messenger.start()
      let lists = ListWatcher(setup.configuration, control: control)
      lists.start()
      defer { lists.finish() }
      report = try run.follow(into: store, start: start, control: control) { news in
        watcher.tell(news, &shown)
      }
      messenger.finish()
    } while goesOn(control, &setup, path)
    view?.finish()
    let open = try store.checkpoints().compactMap(FileLag.of).filter(\.isOpenLine)
    try store.close()
    let passedOver = report.passedOverCount
    options.note(
      "stopped: \(report.recordCount) records, \(report.eventCount) events, "
        + "\(report.deadLetterCount) dead letters so far"
        + (passedOver > 0 ? ", \(passedOver) records passed over as older than --from" : "")
    )
    for source in report.sources where source.timelessCount > 0 {
      options.note(
        "\(TerminalText.visible(source.source.name)): \(source.timelessCount) events without a time, "
          + "or with one more than five minutes ahead of this host's clock"
      )
    }
    for lag in open.prefix(Self.openLinesShown) {
      options.note(
        "waiting: \(lag) in \(TerminalText.visible(lag.path)); they are taken when it has ended"
      )
    }
    if open.count > Self.openLinesShown {
      options.note("waiting: \(open.count - Self.openLinesShown) more files end in an open line")
    }
    if let text = ReportText.evicted(report) { options.note(text) }
  }

  /// What a run does, as configuration and rules say.
  private struct Setup {
    var configuration: PipelineConfiguration
    var engine: Engine
  }

  private func setUp(_ loaded: ConfigurationLoader.Loaded?) throws -> Setup {
    var configuration = try pipeline.applied(
      to: loaded?.pipeline ?? PipelineConfiguration(),
      paths: paths
    )
    configuration.intelTime = Clock.now()
    for source in configuration.sources { try check(source.path) }
    if configuration.sources.isEmpty { configuration.sources = usualSources() }
    guard !configuration.sources.isEmpty else {
      throw ValidationError("none of the usual logs is on this host: name files, or use --config")
    }
    let engine = try EngineLoader.load(configuration, options: options).engine
    return Setup(configuration: configuration, engine: engine)
  }

  /// Refuses an address that nothing can be received from.
  private func check(_ path: String) throws {
    guard IntakeAddress.isMeant(by: path) else { return }
    do throws(IntakeAddress.Problem) {
      guard case .journal = try IntakeAddress(path), !Receiver.hasJournal else { return }
    } catch {
      throw ValidationError(error.description)
    }
    let problem = IngestError.Problem.notInstalled("journalctl")
    throw ValidationError("\(path) \(problem.cause)\(problem.remedy.map { "; " + $0 } ?? "")")
  }

  /// Whether a run goes on after one that ended, with configuration and rules read anew; the old
  /// ones stay where that fails.
  private func goesOn(_ control: RunControl, _ setup: inout Setup, _ path: String) -> Bool {
    guard control.takeReload() else { return false }
    do {
      let loaded = try database.loaded()
      setup = try setUp(loaded)
      options.note("vedette: configuration and rules were read anew")
      if database.path(loaded) != path {
        options.note("vedette: the database stays '\(path)' until the next start")
      }
    } catch {
      let reason = (error as? ValidationError)?.message ?? "\(error)"
      Output.note("vedette: \(TerminalText.visible(reason)); the old configuration stays")
    }
    return true
  }

  private func start() throws -> RunStart {
    switch from {
    case "start": return .beginning
    case "end": return .end
    default:
      if let time = EventTime(rfc3339: from) { return .time(time) }
      if let span = Quantities.duration(from) {
        return .time(Clock.now().advanced(byNanoseconds: -span))
      }
      throw ValidationError("--from takes start, end, an RFC 3339 time or 2h, not '\(from)'")
    }
  }

  private func usualSources() -> [SourceConfiguration] {
    let usual = [
      "/var/log/auth.log", "/var/log/secure", "/var/log/syslog", "/var/log/messages",
      "/var/log/nginx/access.log", "/var/log/apache2/access.log", "/var/log/httpd/access_log",
    ]
    let found = usual.filter { FileManager.default.fileExists(atPath: $0) }
    for path in found { options.note("following \(path)") }
    return found.map { SourceConfiguration(path: $0) }
  }
}

/// Tells people what happens in a run.
struct RunWatcher {
  let options: GlobalOptions
  /// What a printed command needs to find the database.
  let suffix: String

  func tell(_ news: RunNews, _ shown: inout [FindingID: Severity]) {
    switch news {
    case .format(let path, let choice):
      options.note("\(TerminalText.visible(path)): \(choice.format.rawValue), \(choice.reason)")
    case .source(let event): options.note("vedette: \(words(event))")
    case .relearns(let detector, let reason):
      options.note("vedette: \(detector) learns anew: \(reason)")
    case .waiting(let error):
      Output.note("vedette: nothing is lost, reading waits: \(error)")
    case .written: Output.note("vedette: the database can be written to again; reading goes on")
    case .purged(let counts):
      options.note(
        "\(counts.incidents) incidents older than is kept were taken away"
          + (counts.tombstone.map { "; activity head \($0)" } ?? "")
      )
    case .history(let count):
      options.note(
        "\(count == 1 ? "an incident was" : "\(count) incidents were") last seen over an hour ago: "
          + "written, and nobody is told of such; 'vedette notify list' counts them"
      )
    case .incidents(let incidents):
      for incident in incidents { tell(incident, &shown) }
    }
  }

  /// One line when an incident is new or worse than it was.
  private func tell(_ incident: Incident, _ shown: inout [FindingID: Severity]) {
    if let known = shown[incident.id], known >= incident.severity { return }
    let isNew = shown.updateValue(incident.severity, forKey: incident.id) == nil
    let id = incident.id.hex.prefix(10)
    let title = TerminalText.visible(incident.title)
    options.note(
      "\(options.shown(incident.lastSeen))  INC-\(id) \(incident.severity.name.uppercased()) \(incident.risk)  "
        + "\(title)\(isNew ? "" : " (worse)")  vedette incidents show \(id)\(suffix)"
    )
  }

  private func words(_ event: SourceEvent) -> String {
    let path = TerminalText.visible(event.path)
    return switch event.kind {
    case .truncated(let bytes): "\(path) was cut short; \(bytes) bytes of it were read before"
    case .overwritten(let bytes): "\(path) was overwritten after \(bytes) bytes of it were read"
    case .gone: "\(path) is gone"
    case .unreadable(let problem): "\(path) can't be read: \(Self.words(problem))"
    case .readable: "\(path) can be read again"
    case .polling(let problem): "changes are looked for instead of reported: \(Self.words(problem))"
    }
  }

  private static func words(_ problem: IngestError.Problem) -> String {
    TerminalText.visible(problem.cause + (problem.remedy.map { "; " + $0 } ?? ""))
  }
}
