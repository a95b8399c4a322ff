import VedetteDocuments
import VedetteEvent

/// Reads a mapping: a processing pipeline of pySigma, a table of log sources, or both in one file.
///
/// ```yaml
/// name: our agent
/// transformations:
///   - type: field_name_mapping
///     mapping: {CommandLine: proc.cmd, Image: proc.path}
///     rule_conditions:
///       - {type: logsource, category: process_creation}
/// logsources:
///   - category: process_creation
///     events: [{when: {type: proc_start}}]
/// vars:
///   admins: [root, ops]
/// ```
///
/// A transformation that can't be done is an error at its place, with its name.
public struct RuleMappingReader: Sendable {
  private let reading: MappingReading

  /// Creates a reader.
  ///
  /// - Parameter path: The file's path, as errors name it.
  public init(path: String) { reading = MappingReading(path: path) }

  static let supported = [
    "field_name_mapping", "field_name_prefix", "field_name_suffix", "field_name_prefix_mapping",
    "change_logsource", "add_condition", "drop_detection_item", "rule_failure",
    "value_placeholders", "wildcard_placeholders",
  ]

  /// Reads a mapping.
  ///
  /// - Parameter bytes: The file's content.
  /// - Returns: What it says.
  /// - Throws: ``MappingError`` for the first thing that can't be done or is not understood.
  public func read(_ bytes: [UInt8]) throws(MappingError) -> RuleMapping {
    var mapping = RuleMapping()
    for entry in try reading.mapping(try reading.root(bytes), "a mapping").entries {
      switch entry.key {
      case "name", "allowed_backends": continue
      case "priority":
        guard case .integer(let priority) = entry.value.scalar?.value else {
          throw reading.error("'priority' is a number", entry.value.position)
        }
        mapping.priority = priority
      case "vars": mapping.placeholders.merge(try variables(entry.value)) { $1 }
      case "transformations":
        for node in try reading.list(entry.value, "'transformations'") {
          try read(node, into: &mapping)
        }
      case "logsources":
        mapping.entries = try RoutingTableReader(path: reading.path).entries(entry.value)
      case "postprocessing", "finalizers":
        let type = entry.value.sequence?.first?.mapping?["type"]
        let name = type?.scalar.map { "'\($0.text)' of " } ?? ""
        throw reading.error(
          "\(name)'\(entry.key)' is about queries, and no query is made; remove it",
          type?.position ?? entry.keyPosition
        )
      default:
        throw reading.unknown(
          entry,
          of: ["name", "priority", "vars", "transformations", "logsources"]
        )
      }
    }
    return mapping
  }

  /// Reads the values of placeholders: a mapping of names to a value or a list of values.
  ///
  /// - Parameter bytes: The file's content.
  /// - Returns: The values, by name without percent signs.
  /// - Throws: ``MappingError`` for the first thing that is not understood.
  public func readPlaceholders(_ bytes: [UInt8]) throws(MappingError) -> [String: [String]] {
    try variables(try reading.root(bytes))
  }

  private func variables(_ node: Node) throws(MappingError) -> [String: [String]] {
    var values: [String: [String]] = [:]
    for entry in try reading.mapping(node, "a list of placeholders").entries {
      values[entry.key] = try reading.texts(entry.value, "'\(entry.key)'")
    }
    return values
  }

  private func read(_ node: Node, into mapping: inout RuleMapping) throws(MappingError) {
    let item = try reading.mapping(node, "a transformation")
    guard let typeNode = item["type"] else {
      throw reading.error("a transformation needs a 'type'", node.position)
    }
    let type = try reading.text(typeNode, "'type'")
    guard Self.supported.contains(type) else {
      let known = Self.supported.joined(separator: ", ")
      throw reading.error(
        "transformation '\(type)' is not supported; supported are \(known)",
        typeNode.position
      )
    }
    let conditions = TransformationConditions(reading: reading)
    let rules = try conditions.rules(item)
    let fields = try conditions.fields(item)
    let known = Self.commonKeys + (Self.ownKeys[type] ?? [])
    for entry in item.entries where !known.contains(entry.key) {
      throw reading.unknown(entry, of: known)
    }
    func step(_ action: RuleMapping.Action) {
      mapping.steps.append(RuleMapping.Step(action: action, rules: rules, fields: fields))
    }
    switch type {
    case "field_name_mapping": step(.rename(try names(item, typeNode)))
    case "field_name_prefix_mapping": step(.renamePrefix(try names(item, typeNode)))
    case "field_name_prefix": step(.prefix(try text(item, "prefix", typeNode)))
    case "field_name_suffix": step(.suffix(try text(item, "suffix", typeNode)))
    case "change_logsource": step(.logSource(try logSource(item, typeNode)))
    case "add_condition": step(.require(try condition(item, typeNode)))
    case "drop_detection_item": step(.drop)
    case "rule_failure": step(.reject(try text(item, "message", typeNode)))
    default:
      guard rules.conditions.isEmpty else {
        throw reading.error("'\(type)' can't have 'rule_conditions'", typeNode.position)
      }
      // Values are given to every placeholder that has some: that is what they are there for.
      if type == "wildcard_placeholders" { mapping.wildcards = try choice(item) }
    }
  }

  /// What any transformation may say: a key that is passed over is a condition that somebody believes
  /// in.
  private static let commonKeys = [
    "id", "type", "rule_conditions", "rule_cond_op", "rule_cond_not", "field_name_conditions",
    "field_name_cond_op", "field_name_cond_not",
  ]
  private static let ownKeys = [
    "field_name_mapping": ["mapping"], "field_name_prefix_mapping": ["mapping"],
    "field_name_prefix": ["prefix"], "field_name_suffix": ["suffix"],
    "change_logsource": ["product", "category", "service"],
    "add_condition": ["conditions", "negated"], "rule_failure": ["message"],
    "wildcard_placeholders": ["include", "exclude"],
    "value_placeholders": ["include", "exclude"],
  ]

  private func names(
    _ item: Mapping,
    _ type: Node
  ) throws(MappingError) -> [String: [String]] {
    guard let node = item["mapping"] else {
      throw reading.error("'mapping' is missing: give each field its other name", type.position)
    }
    var names: [String: [String]] = [:]
    for entry in try reading.mapping(node, "'mapping'").entries {
      names[entry.key] = try reading.texts(entry.value, "'\(entry.key)'")
    }
    return names
  }

  private func text(
    _ item: Mapping,
    _ key: String,
    _ type: Node
  ) throws(MappingError) -> String {
    guard let node = item[key] else {
      throw reading.error("'\(key)' is missing", type.position)
    }
    return try reading.text(node, "'\(key)'")
  }

  private func logSource(_ item: Mapping, _ type: Node) throws(MappingError) -> LogSource {
    var source = LogSource()
    if let node = item["product"] { source.product = try reading.text(node, "'product'") }
    if let node = item["category"] { source.category = try reading.text(node, "'category'") }
    if let node = item["service"] { source.service = try reading.text(node, "'service'") }
    guard source != LogSource() else {
      throw reading.error("'change_logsource' names no log source", type.position)
    }
    return LogSource(
      product: source.product?.lowercased(),
      category: source.category?.lowercased(),
      service: source.service?.lowercased()
    )
  }

  /// The conditions of `add_condition` are read as a search of a rule.
  private func condition(_ item: Mapping, _ type: Node) throws(MappingError) -> Expression {
    guard let node = item["conditions"] else {
      throw reading.error("'conditions' is missing", type.position)
    }
    let file = RuleFile(path: reading.path, relativePath: reading.path, bytes: [])
    var parts: [Expression] = []
    for entry in try reading.mapping(node, "'conditions'").entries {
      do throws(RuleError) {
        parts.append(Expression(try ItemReader.read(entry, ReadingContext(file))))
      } catch {
        throw MappingError("\(error.problem)", at: error.location)
      }
    }
    guard !parts.isEmpty else { throw reading.error("'conditions' is empty", node.position) }
    let isNegated = try item["negated"].map { node throws(MappingError) in
      try reading.flag(node, "'negated'")
    }
    return isNegated == true ? .not(.and(parts)) : .and(parts)
  }

  private func choice(_ item: Mapping) throws(MappingError) -> RuleMapping.PlaceholderChoice {
    if let node = item["include"] { return .only(Set(try reading.texts(node, "'include'"))) }
    if let node = item["exclude"] { return .allBut(Set(try reading.texts(node, "'exclude'"))) }
    return .allBut([])
  }
}
