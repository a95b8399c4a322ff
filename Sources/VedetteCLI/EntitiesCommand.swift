import ArgumentParser
import FoundationEssentials
import Vedette
import VedetteEvent
import VedetteFindings
import VedetteIncidents
import VedetteStore

/// `vedette entities`: who is at risk, or is one.
struct EntitiesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "entities",
    abstract: "Show the risk of accounts, addresses, hosts, keys and models.",
    discussion: """
      The risk is that of the newest event in the database: what lies back has faded by half for \
      each seven days. It is printed as a sum that adds up.
      """,
    subcommands: [EntitiesListCommand.self, EntitiesShowCommand.self]
  )
}

/// What both views have in common.
struct EntityOptions: ParsableArguments {
  @OptionGroup var common: IncidentOptions
  @Option(help: "A CSV file of assets: type,value,criticality.") var assets: String?

  /// Returns entities with their risks, the highest first.
  func entities(
    _ store: IncidentStore,
    _ entity: String?
  ) throws -> [(standing: EntityStanding, risk: EntityRisk)] {
    let path = try assets ?? common.database.loaded()?.pipeline.enrichment.assetsPath
    let table = try path.map { try AssetReader.read($0) } ?? AssetTable()
    let now = try store.newestEventTime() ?? EventTime(nanosecondsSinceEpoch: 0)
    // After ten half-lives less than a thousandth is left.
    let since = now.advanced(byNanoseconds: -70 * 86_400_000_000_000)
    return try store.entities(entity, since: since).map { standing in
      let risk = EntityRisk(standing, at: now, criticality: table[standing.entity])
      return (standing, risk)
    }.sorted { left, right in
      left.risk.risk != right.risk.risk
        ? left.risk.risk > right.risk.risk : left.standing.entity < right.standing.entity
    }
  }
}

/// `vedette entities list`.
struct EntitiesListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List entities of incidents, the riskiest first."
  )
  @OptionGroup var options: EntityOptions
  @Option(help: "Only of this type: ip, user, host, api_key, access_key, principal, model, ...")
  var type: String?
  @Option(help: "At most this many.") var limit = 50

  func run() throws {
    let kind = try type.map { word in
      guard let kind = EntityType(rawValue: word) else {
        let names = EntityType.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--type takes one of \(names), not '\(word)'")
      }
      return kind
    }
    let (store, printer) = try options.common.open(for: .reading)
    let all = try options.entities(store, nil).filter { one in
      kind.map { $0 == one.standing.entity.type } ?? true
    }
    let shown = Array(all.prefix(max(0, limit)))
    try EntityPrinter(options: options.common.options, printer: printer).print(shown, store)
    if all.count > shown.count {
      options.common.options.note(
        "\(all.count - shown.count) more; ask for them with --limit \(all.count)"
      )
    }
  }
}

/// `vedette entities show`.
struct EntitiesShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show an entity: its risk as a sum, and its incidents."
  )
  @OptionGroup var options: EntityOptions
  @Argument(help: "The entity: type:value, or a value.") var entity: String

  func run() throws {
    let (store, printer) = try options.common.open(for: .reading)
    let found = try options.entities(store, entity)
    guard !found.isEmpty else {
      throw CommandFailure("no incident names '\(TerminalText.visible(entity))'")
    }
    guard case .table = options.common.options.format else {
      return try EntityPrinter(options: options.common.options, printer: printer)
        .print(found, store)
    }
    let text = try printer.text(store, []).entities
    for one in found { Output.write(text.show(one.standing, one.risk)) }
  }
}

/// Prints entities in the format that was asked for.
struct EntityPrinter {
  let options: GlobalOptions
  let printer: IncidentPrinter

  func print(
    _ entities: [(standing: EntityStanding, risk: EntityRisk)],
    _ store: IncidentStore
  ) throws {
    switch options.format {
    case .table:
      Output.write(try printer.text(store, []).entities.list(entities))
    case .json:
      let objects = entities.map { EntityText.json($0.standing, $0.risk) }
      Output.write(objects.isEmpty ? "[]\n" : "[\n\(objects.joined(separator: ",\n"))\n]\n")
    case .ndjson:
      for one in entities { Output.line(EntityText.json(one.standing, one.risk)) }
    case .csv:
      Output.line("type,value,risk,first_seen,last_seen,incidents")
      for one in entities {
        let cells = [
          one.standing.entity.type.rawValue, one.standing.entity.value, String(one.risk.risk),
          one.standing.firstSeen.description, one.standing.lastSeen.description,
          String(one.standing.parts.count),
        ]
        Output.line(cells.map(CSV.field).joined(separator: ","))
      }
    }
  }
}
