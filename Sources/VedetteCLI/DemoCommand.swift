import ArgumentParser
import FoundationEssentials
import Vedette
import VedetteEvent
import VedetteFindings
import VedetteIncidents
import VedetteSimulation
import VedetteStore

/// `vedette demo`: an attack in a box.
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Write a labelled attack, replay it, and show what was found.",
    discussion: """
      Names: \(names.joined(separator: ", ")).

      Attacks on model services come in an organisation's traffic of three days, with --difficulty \
      easy, medium or hard: \(CorpusAttack.allCases.map(\.rawValue).joined(separator: ", ")).
      """
  )

  @OptionGroup var options: GlobalOptions

  @Argument(help: "Which attack.")
  var name = "llmjacking"

  @Option(help: "Where to write it; a new folder below the temporary one if not given.")
  var into: String?

  @Option(help: "Another seed gives another attack of the same kind.")
  var seed: UInt64 = Scenario.defaultSeed

  @Option(help: "How hard an attack on a model service is to see: easy, medium or hard.")
  var difficulty: String?

  @Option(help: "How many keys the organisation has, 40 to 2000.")
  var keys = 40

  /// The names of the small logs, then those that only come in an organisation's traffic.
  private static let names: [String] = {
    let small = Scenario.all.map(\.name)
    return small + CorpusAttack.allCases.map(\.rawValue).filter { !small.contains($0) }
  }()

  func validate() throws {
    guard Self.names.contains(name) else {
      let names = Self.names.joined(separator: ", ")
      throw ValidationError("there is no demo '\(name)'; there are \(names)")
    }
    guard (40...2_000).contains(keys) else {
      throw ValidationError("--keys takes a number from 40 to 2000, not '\(keys)'")
    }
    guard let difficulty else { return }
    guard CorpusDifficulty(rawValue: difficulty) != nil else {
      throw ValidationError("--difficulty takes easy, medium or hard, not '\(difficulty)'")
    }
    guard CorpusAttack(rawValue: name) != nil else {
      throw ValidationError("'\(name)' is no attack on a model service and has no difficulty")
    }
  }

  func run() throws {
    let folder = try into ?? TemporaryFolder.make()
    let corpus = folder + "/" + name
    let events = try writeLogs(to: corpus)
    var configuration = PipelineConfiguration()
    configuration.year = 2026
    configuration.sources = [SourceConfiguration(path: corpus)]
    var session = try ReplaySession(
      options: options,
      configuration: configuration,
      database: "\(folder)/demo.db"
    )
    _ = try session.run()
    let attacks = try ExpectationFile.read("\(corpus)/labels.ndjson")
    var details: [IncidentDetail] = []
    try session.store.forEachIncident { details.append($0) }
    let result = ExpectationResult(attacks: attacks, incidents: details)
    if options.format == .table { Output.line("") }
    let printer = IncidentPrinter(options: options, database: session.databaseArgument)
    if options.format == .table, let worst = try session.store.incidents(.worst).first {
      let detail = try session.store.incident(worst.incident.id.hex)
      Output.line(try printer.text(session.store, [detail.incident.id]).show(detail))
    }
    options.note(ExpectationText.text(result))
    for sentence in Self.costs(result, events) { options.note(sentence) }
    try printer.printList(session.store, .everything)
  }

  /// Writes the logs; returns what is known of each event, where it is.
  private func writeLogs(to corpus: String) throws -> [ModelAccessCorpus.Event] {
    let kind = CorpusAttack(rawValue: name)
    let scenario = Scenario.all.first { $0.name == name }
    if difficulty == nil, let scenario {
      options.note("\(scenario.title): writing logs to \(corpus)")
      for file in scenario.files(seed: seed) { try write(file, below: corpus) }
      return []
    }
    guard let kind else { return [] }
    let level = difficulty.flatMap { CorpusDifficulty(rawValue: $0) } ?? .medium
    options.note(
      "\(kind.title), \(level.rawValue), among \(keys) keys: writing logs to \(corpus)"
    )
    let generated = ModelAccessCorpus(
      attacks: [kind],
      difficulty: level,
      seed: seed,
      keyCount: keys
    )
    for file in generated.files { try write(file, below: corpus) }
    return generated.events
  }

  /// Says what each attack had cost when it was found, and in all.
  private static func costs(
    _ result: ExpectationResult,
    _ events: [ModelAccessCorpus.Event]
  ) -> [String] {
    guard !events.isEmpty else { return [] }
    return result.attacks.map { attack, incidents in
      let own = events.filter { $0.attack == attack.name }
      let all = own.reduce(0) { $0 + $1.dollars }
      guard !incidents.isEmpty else {
        return "\(attack.name): never found, at \(cents(all)) USD in all"
      }
      let time = result.timeToDetect(attack).map { attack.first.advanced(byNanoseconds: $0) }
      let before = own.reduce(0) { sum, event in
        time.map { event.time <= $0 } ?? true ? sum + event.dollars : sum
      }
      return "\(attack.name): \(cents(before)) of \(cents(all)) USD when it was found"
    }
  }

  private static func cents(_ dollars: Double) -> String {
    let cents = Int((dollars * 100).rounded())
    let rest = cents % 100
    return "\(cents / 100).\(rest < 10 ? "0" : "")\(rest)"
  }

  private func write(_ file: ScenarioFile, below folder: String) throws {
    let path = "\(folder)/\(file.path)"
    let parent = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
    do {
      try FileManager.default.createDirectory(
        atPath: String(parent),
        withIntermediateDirectories: true
      )
      try Data(file.bytes).write(to: URL(filePath: path))
    } catch {
      throw CommandFailure("can't write '\(path)': free some space, or choose another --into")
    }
  }
}

/// A file of labels.
enum ExpectationFile {
  static func read(_ path: String) throws -> [ExpectedAttack] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandFailure("can't read the labels '\(path)'; check the path and its permission")
    }
    do throws(ExpectationError) {
      return try ExpectedAttack.read(Array(data))
    } catch {
      throw CommandFailure("\(path): \(error)")
    }
  }
}
