import ArgumentParser
import Vedette
import VedetteBehavior
import VedetteEvent

/// `vedette model status`.
struct ModelStatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show what the baselines and forests know, and what is still learning.",
    discussion: """
      For each kind of entity, or with --entity for each entity that is named: for how long it has \
      been known, of how many events, and whether it is scored yet.
      """
  )

  @OptionGroup var model: ModelOptions
  @Option(help: "Show what is known of this entity: a value, or type:value; may be repeated.")
  var entity: [String] = []

  func run() throws {
    let known = try model.read()
    let printer = ModelPrinter(options: model.options)
    guard !entity.isEmpty else { return printer.print(known) }
    let wanted = entity
    let found = known.entities { key in
      wanted.contains { $0 == key.value || $0 == key.description }
    }
    printer.print(found)
    for name in wanted where !found.contains(where: { $0.entity.isNamed(name) }) {
      Output.note("vedette: nothing is known of '\(name)'")
    }
    if found.isEmpty { throw ExitCode(1) }
  }
}

extension EntityKey {
  fileprivate func isNamed(_ name: String) -> Bool { name == value || name == description }
}

/// `vedette model export`.
struct ModelExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Print all that is known: the summary, then a line for each entity.",
    discussion: """
      One JSON object a line. With --state the bytes of the state follow, as hex by key, of which \
      the digest is made.
      """
  )

  @OptionGroup var model: ModelOptions
  @Flag(help: "Print the bytes of the state as well.") var state = false

  func run() throws {
    let known = try model.read()
    Output.line(ModelJSON.summary(known))
    for entity in known.entities(where: { _ in true }) { Output.line(ModelJSON.entity(entity)) }
    guard state else { return }
    for row in known.rows { Output.line(ModelJSON.row(row)) }
  }
}
