import VedetteDocuments
import VedetteEvent

/// Reads a table of log sources.
///
/// ```yaml
/// logsources:
///   - product: windows
///     category: process_creation
///     events:
///       - of: {service: security}
///         when: {EventID: 4688}
///         fields: {Image: NewProcessName}
/// ```
struct RoutingTableReader {
  private let reading: MappingReading

  init(path: String) { reading = MappingReading(path: path) }

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - bytes: The file's content.
  ///   - table: What it says is added to this.
  /// - Throws: ``MappingError`` for the first thing that is not understood.
  func read(_ bytes: [UInt8], into table: inout RoutingTable) throws(MappingError) {
    for entry in try reading.mapping(try reading.root(bytes), "a table").entries {
      switch entry.key {
      case "logsources": table.add(try entries(entry.value))
      case "formats":
        for format in try reading.mapping(entry.value, "'formats'").entries {
          var sources: [LogSource] = []
          for node in try reading.list(format.value, "'\(format.key)'") {
            sources.append(try logSource(node, "a log source"))
          }
          table.add(readers: sources)
        }
      default: throw reading.unknown(entry, of: ["logsources", "formats"])
      }
    }
  }

  /// Reads the list `logsources`.
  func entries(_ node: Node) throws(MappingError) -> [RoutingTable.Entry] {
    var entries: [RoutingTable.Entry] = []
    for element in try reading.list(node, "'logsources'") { entries.append(try entry(element)) }
    return entries
  }

  private func entry(_ node: Node) throws(MappingError) -> RoutingTable.Entry {
    var read = RoutingTable.Entry(product: nil, category: nil, service: nil, passages: [])
    for entry in try reading.mapping(node, "a log source").entries {
      switch entry.key {
      case "product": read.product = try word(entry)
      case "category": read.category = try word(entry)
      case "service": read.service = try word(entry)
      case "events":
        for passage in try reading.list(entry.value, "'events'") {
          read.passages.append(try self.passage(passage))
        }
      default: throw reading.unknown(entry, of: ["product", "category", "service", "events"])
      }
    }
    guard read.category != nil || read.service != nil else {
      throw reading.error("a log source here has a 'category' or a 'service'", node.position)
    }
    guard !read.passages.isEmpty else {
      throw reading.error("'events' is missing: say which events these are", node.position)
    }
    return read
  }

  private func passage(_ node: Node) throws(MappingError) -> RoutingTable.Passage {
    var passage = RoutingTable.Passage()
    for entry in try reading.mapping(node, "an entry of 'events'").entries {
      switch entry.key {
      case "of": passage.base = try logSource(entry.value, "'of'")
      case "when":
        for condition in try reading.mapping(entry.value, "'when'").entries {
          passage.conditions.append(
            Route.Condition(
              field: condition.key,
              values: try reading.texts(condition.value, "'\(condition.key)'")
            )
          )
        }
      case "fields":
        for field in try reading.mapping(entry.value, "'fields'").entries {
          passage.fields[field.key] = try reading.text(field.value, "'\(field.key)'")
        }
      default: throw reading.unknown(entry, of: ["of", "when", "fields"])
      }
    }
    guard passage.base != nil || !passage.conditions.isEmpty else {
      throw reading.error(
        "an entry of 'events' needs 'of' or 'when': else every event would be one",
        node.position
      )
    }
    return passage
  }

  /// Reads `{product: .., category: .., service: ..}`.
  func logSource(_ node: Node, _ what: String) throws(MappingError) -> LogSource {
    var source = LogSource()
    for entry in try reading.mapping(node, what).entries {
      switch entry.key {
      case "product": source.product = try word(entry)
      case "category": source.category = try word(entry)
      case "service": source.service = try word(entry)
      default: throw reading.unknown(entry, of: ["product", "category", "service"])
      }
    }
    guard source != LogSource() else {
      throw reading.error("\(what) names no product, category or service", node.position)
    }
    return source
  }

  private func word(_ entry: Mapping.Entry) throws(MappingError) -> String {
    try reading.text(entry.value, "'\(entry.key)'").lowercased()
  }
}
