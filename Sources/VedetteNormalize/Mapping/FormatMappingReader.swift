package import VedetteDocuments
import VedetteEvent

/// What is wrong with a table of names, and where.
package struct FormatMappingError: Error, Hashable, CustomStringConvertible {
  /// The table's file.
  package let file: String
  /// Where in it.
  package let position: Position
  /// What is wrong, in a sentence.
  package let problem: String

  /// `cloud.yml:3:5: unknown key 'feilds'`.
  package var description: String { "\(file):\(position): \(problem)" }
}

/// Reads tables of names: `formats: {azure: {title: .., fields: {..}, ..}}`.
struct FormatMappingReader {
  let file: String

  /// Reads a file.
  ///
  /// - Parameter bytes: The file's content.
  /// - Returns: The tables, in the order of the file.
  /// - Throws: ``FormatMappingError`` for the first thing that is not understood.
  func read(_ bytes: [UInt8]) throws(FormatMappingError) -> [FormatMapping] {
    let documents: [Node]
    do throws(DocumentError) {
      documents = try DocumentReader().read(bytes)
    } catch {
      throw self.error("\(error.problem)", error.position)
    }
    guard documents.count == 1, let root = documents[0].mapping else {
      throw error("a table is one mapping", .start)
    }
    var tables: [FormatMapping] = []
    for entry in root.entries where entry.key != "shared" {
      guard let format = LogFormat(rawValue: entry.key) else {
        let names = LogFormat.allCases.map(\.rawValue)
        throw unknown(entry, names, what: "format")
      }
      tables.append(try table(format, try mapping(entry.value, "'\(entry.key)'")))
    }
    return tables
  }

  private static let keys = [
    "title", "requires", "source", "sources", "times", "fields", "copies", "constants", "derived",
    "ignores-case", "anywhere", "embedded", "envelopes", "uncolumned", "content", "content-texts",
    "content-keys", "content-prefixes", "kept",
  ]

  private func table(
    _ format: LogFormat,
    _ node: Mapping
  ) throws(FormatMappingError) -> FormatMapping {
    var table = FormatMapping(format)
    for entry in node.entries {
      let value = entry.value
      switch entry.key {
      case "title": table.title = try text(value)
      case "requires": for list in try list(value) { table.requires.append(try texts(list)) }
      case "source": table.source = try logSource(value)
      case "sources": for node in try list(value) { table.choices.append(try choice(node)) }
      case "times": table.times = try texts(value)
      case "fields":
        for field in try mapping(value, "'fields'").entries {
          table.fields.append((field.key, try known(field.value)))
        }
      case "copies":
        for field in try mapping(value, "'copies'").entries {
          table.copies.append(try copy(field))
        }
      case "constants":
        for field in try mapping(value, "'constants'").entries {
          try check(field.key, field.keyPosition)
          table.constants.append((field.key, try text(field.value)))
        }
      case "derived":
        for node in try list(value) { table.derived.append(try known(node)) }
      case "ignores-case": table.foldsCase = try flag(value)
      case "anywhere": table.isAnywhere = try flag(value)
      case "embedded": table.embedded = try texts(value)
      case "envelopes": table.envelopes = try texts(value)
      case "uncolumned": table.uncolumned = try texts(value)
      case "content": table.regions = try roles(value)
      case "content-texts": table.contentTexts = try roles(value)
      case "content-keys": table.contentKeys = try roles(value)
      case "content-prefixes": table.contentPrefixes = try roles(value)
      case "kept": table.kept = try texts(value)
      default: throw unknown(entry, Self.keys, what: "key")
      }
    }
    guard !table.title.isEmpty else { throw error("'title' is missing", .start) }
    return table
  }

  private func copy(_ entry: Mapping.Entry) throws(FormatMappingError) -> FormatMapping.Copy {
    try check(entry.key, entry.keyPosition)
    guard let node = entry.value.mapping else {
      return FormatMapping.Copy(field: entry.key, names: try texts(entry.value))
    }
    var copy = FormatMapping.Copy(field: entry.key, names: [])
    for part in node.entries {
      switch part.key {
      case "from": copy.names = try texts(part.value)
      case "via": copy.transform = try transform(part.value)
      case "all": copy.isList = try flag(part.value)
      case "last": copy.takesLast = try flag(part.value)
      case "except": copy.exceptions = try texts(part.value).map { TextPattern($0) }
      case "else": copy.otherwise = try text(part.value)
      case "is":
        for word in try mapping(part.value, "'is'").entries {
          copy.words.append((word.key, try texts(word.value).map { TextPattern($0) }))
        }
      default:
        throw unknown(part, ["from", "via", "all", "last", "except", "else", "is"], what: "key")
      }
    }
    guard !copy.names.isEmpty else { throw error("'from' is missing", entry.keyPosition) }
    return copy
  }

  private func transform(_ node: Node) throws(FormatMappingError) -> FormatMapping.Transform {
    let name = try text(node)
    if name.hasPrefix("after ") { return .after(String(name.dropFirst(6))) }
    switch name {
    case "seconds": return .duration(power: 9)
    case "milliseconds": return .duration(power: 6)
    case "microseconds": return .duration(power: 3)
    case "last segment": return .lastSegment
    case "words": return .words
    case "secret": return .secret
    case "hexadecimal": return .hexadecimal
    default:
      throw error("unknown way '\(name)' to change a value", node.position)
    }
  }

  private func choice(_ node: Node) throws(FormatMappingError) -> FormatMapping.Choice {
    var choice = FormatMapping.Choice(conditions: [], source: LogSource())
    for entry in try mapping(node, "a log source").entries {
      switch entry.key {
      case "when":
        for condition in try mapping(entry.value, "'when'").entries {
          let patterns = try texts(condition.value).map { TextPattern($0) }
          choice.conditions.append((condition.key, patterns))
        }
      case "is": choice.source = try logSource(entry.value)
      default: throw unknown(entry, ["when", "is"], what: "key")
      }
    }
    guard !choice.conditions.isEmpty else { throw error("'when' is missing", node.position) }
    return choice
  }

  private func logSource(_ node: Node) throws(FormatMappingError) -> LogSource {
    var source = LogSource()
    for entry in try mapping(node, "a log source").entries {
      switch entry.key {
      case "product": source.product = try text(entry.value)
      case "category": source.category = try text(entry.value)
      case "service": source.service = try text(entry.value)
      default: throw unknown(entry, ["product", "category", "service"], what: "key")
      }
    }
    return source
  }

  private func roles(
    _ node: Node
  ) throws(FormatMappingError) -> [(place: String, role: ContentRole)] {
    var roles: [(place: String, role: ContentRole)] = []
    for entry in try mapping(node, "content").entries {
      let role: ContentRole
      switch entry.key {
      case "prompt": role = .prompt
      case "output": role = .output
      case "other": role = .other
      default: throw unknown(entry, ["prompt", "output", "other"], what: "key")
      }
      for place in try texts(entry.value) { roles.append((place, role)) }
    }
    return roles
  }
}

// The parts of a document.
extension FormatMappingReader {
  func error(_ problem: String, _ position: Position) -> FormatMappingError {
    FormatMappingError(file: file, position: position, problem: problem)
  }

  private func unknown(
    _ entry: Mapping.Entry,
    _ known: [String],
    what: String
  ) -> FormatMappingError {
    let hint = NearestName.of(entry.key, in: known).map { "; did you mean '\($0)'?" } ?? ""
    return error("unknown \(what) '\(entry.key)'\(hint)", entry.keyPosition)
  }

  private func mapping(_ node: Node, _ what: String) throws(FormatMappingError) -> Mapping {
    guard let mapping = node.mapping else { throw error("\(what) is no mapping", node.position) }
    return mapping
  }

  private func list(_ node: Node) throws(FormatMappingError) -> [Node] {
    guard let nodes = node.sequence else { throw error("this is no list", node.position) }
    return nodes
  }

  private func text(_ node: Node) throws(FormatMappingError) -> String {
    guard let scalar = node.scalar, !scalar.text.isEmpty else {
      throw error("this is no text", node.position)
    }
    return scalar.text
  }

  /// A text, or a list of texts and of lists of texts.
  private func texts(_ node: Node) throws(FormatMappingError) -> [String] {
    guard let nodes = node.sequence else { return [try text(node)] }
    var found: [String] = []
    for node in nodes { found += try texts(node) }
    guard !found.isEmpty else { throw error("this list is empty", node.position) }
    return found
  }

  private func flag(_ node: Node) throws(FormatMappingError) -> Bool {
    guard case .boolean(let flag) = node.scalar?.value else {
      throw error("this is neither true nor false", node.position)
    }
    return flag
  }

  /// A field of the catalog.
  private func known(_ node: Node) throws(FormatMappingError) -> String {
    let name = try text(node)
    try check(name, node.position)
    return name
  }

  private func check(_ field: String, _ position: Position) throws(FormatMappingError) {
    guard !FieldCatalog.contains(field) else { return }
    let names = FieldCatalog.fields.map(\.name)
    let hint = NearestName.of(field, in: names).map { "; did you mean '\($0)'?" } ?? ""
    throw error("'\(field)' is no field of the catalog\(hint)", position)
  }
}
