import VedetteDocuments
import VedetteEvent

/// Reads a table of fields.
///
/// ```yaml
/// groups:
///   common: {names: [id, time]}
/// fields:
///   - logsources: [{product: okta, service: okta}]
///     groups: [common]
///     names: [uuid, eventType]
///     below: [actor, client]
///   - logsources: [{category: model_access}]
///     others: known
/// ```
struct FieldTableReader {
  /// What a table or a group of names lists.
  private struct Listing {
    var names: [String] = []
    var below: [String] = []
  }

  private let reading: MappingReading
  private let sources: RoutingTableReader

  init(path: String) {
    reading = MappingReading(path: path)
    sources = RoutingTableReader(path: path)
  }

  /// Reads a file.
  ///
  /// - Parameter bytes: The file's content.
  /// - Returns: The fields of each log source.
  /// - Throws: ``MappingError`` for the first thing that is not understood, is there twice, or is
  ///   out of place.
  func read(_ bytes: [UInt8]) throws(MappingError) -> [LogSource: FieldTaxonomy.Fields] {
    var tables: [LogSource: FieldTaxonomy.Fields] = [:]
    let root = try reading.mapping(try reading.root(bytes), "a table")
    let known = ["groups", "fields"]
    for entry in root.entries where !known.contains(entry.key) {
      throw reading.unknown(entry, of: known)
    }
    let groups = try self.groups(root["groups"])
    guard let list = root["fields"] else { throw reading.error("'fields' is missing", .start) }
    for element in try reading.list(list, "'fields'") {
      let (ofTable, fields) = try table(element, groups)
      for source in ofTable {
        guard tables[source] == nil else {
          throw reading.error("\(source) has a table already; join them", element.position)
        }
        tables[source] = fields
      }
    }
    return tables
  }

  private func groups(_ node: Node?) throws(MappingError) -> [String: Listing] {
    var groups: [String: Listing] = [:]
    guard let node else { return groups }
    for group in try reading.mapping(node, "'groups'").entries {
      var listing = Listing()
      for entry in try reading.mapping(group.value, "a group").entries {
        switch entry.key {
        case "names": listing.names = try reading.texts(entry.value, "'names'")
        case "below": listing.below = try reading.texts(entry.value, "'below'")
        default: throw reading.unknown(entry, of: ["names", "below"])
        }
      }
      groups[group.key] = listing
    }
    return groups
  }

  private func table(
    _ node: Node,
    _ groups: [String: Listing]
  ) throws(MappingError) -> ([LogSource], FieldTaxonomy.Fields) {
    var logSources: [LogSource] = []
    var all = Listing()
    var knowsOthers = false
    for entry in try reading.mapping(node, "an entry of 'fields'").entries {
      switch entry.key {
      case "logsources":
        for source in try reading.list(entry.value, "'logsources'") {
          logSources.append(try sources.logSource(source, "a log source"))
        }
      case "groups":
        for name in try reading.texts(entry.value, "'groups'") {
          guard let group = groups[name] else {
            let hint = NearestName.of(name, in: Array(groups.keys)).map {
              "; did you mean '\($0)'?"
            }
            throw reading.error("there is no group '\(name)'\(hint ?? "")", entry.value.position)
          }
          all.names += group.names
          all.below += group.below
        }
      case "names": all.names += try reading.texts(entry.value, "'names'")
      case "below": all.below += try reading.texts(entry.value, "'below'")
      case "others":
        guard try reading.text(entry.value, "'others'") == "known" else {
          throw reading.error("'others' is 'known', or is left out", entry.value.position)
        }
        knowsOthers = true
      default:
        throw reading.unknown(entry, of: ["logsources", "groups", "names", "below", "others"])
      }
    }
    guard !logSources.isEmpty else {
      throw reading.error("'logsources' is missing: whose fields are these?", node.position)
    }
    try check(all, at: node.position)
    return (
      logSources,
      FieldTaxonomy.Fields(names: all.names, below: all.below, knowsOthers: knowsOthers)
    )
  }

  /// Refuses what a listing has twice.
  private func check(_ listing: Listing, at position: Position) throws(MappingError) {
    var seen: Set<String> = []
    for text in listing.names + listing.below where !seen.insert(text.lowercased()).inserted {
      throw reading.error("'\(text)' is there twice; remove one", position)
    }
    let prefixes = Set(listing.below.map { $0.lowercased() })
    for name in listing.names {
      let top = String(name.lowercased().prefix { $0 != "." })
      guard !prefixes.contains(top) else {
        throw reading.error("'\(name)' is known by 'below'; remove it", position)
      }
    }
  }
}

extension LogSource {
  /// Reads the `logsource` of a rule as it is written, or returns `nil` if it is none.
  init?(_ node: Node?) {
    guard let mapping = node?.mapping else { return nil }
    self.init(
      product: mapping["product"]?.scalar?.text.lowercased(),
      category: mapping["category"]?.scalar?.text.lowercased(),
      service: mapping["service"]?.scalar?.text.lowercased()
    )
  }
}
