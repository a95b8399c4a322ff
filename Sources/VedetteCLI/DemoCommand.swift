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
    discussion: "Names: \(Scenario.all.map(\.name).joined(separator: ", "))."
  )

  @OptionGroup var options: GlobalOptions

  @Argument(help: "Which attack.")
  var name = "llmjacking"

  @Option(help: "Where to write it; a new folder below the temporary one if not given.")
  var into: String?

  @Option(help: "Another seed gives another attack of the same kind.")
  var seed: UInt64 = Scenario.defaultSeed

  func validate() throws {
    guard Scenario.all.contains(where: { $0.name == name }) else {
      let names = Scenario.all.map(\.name).joined(separator: ", ")
      throw ValidationError("there is no demo '\(name)'; there are \(names)")
    }
  }

  func run() throws {
    guard let scenario = Scenario.all.first(where: { $0.name == name }) else { return }
    let folder = try into ?? TemporaryFolder.make()
    let corpus = folder + "/" + scenario.name
    options.note("\(scenario.title): writing logs to \(corpus)")
    for file in scenario.files(seed: seed) { try write(file, below: corpus) }
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
    try printer.printList(session.store, .everything)
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
