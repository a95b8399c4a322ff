import VedetteDocuments
import VedetteEvent

/// Reads the `detection` of a rule, or the `filter` of a filter.
struct DetectionReader {
  let context: ReadingContext

  /// The keys of a filter that are not searches, beside `condition`.
  static let filterKeys: Set<String> = ["rules"]

  /// Reads searches and conditions.
  ///
  /// - Parameters:
  ///   - entry: The entry of `detection` or `filter`.
  ///   - otherKeys: Keys that are not searches.
  /// - Returns: The detection.
  /// - Throws: ``RuleError`` for the first thing that is wrong.
  func read(
    _ entry: Mapping.Entry,
    otherKeys: Set<String> = []
  ) throws(RuleError) -> Detection {
    guard let mapping = entry.value.mapping else {
      throw context.error(
        .wrongKind(key: entry.key, expected: "searches and a condition", found: entry.value.kind),
        at: entry.value.position
      )
    }
    var detection = Detection(searches: [], conditions: [])
    var conditionEntry: Mapping.Entry?
    for entry in mapping.entries where !otherKeys.contains(entry.key) {
      switch entry.key {
      case "condition": conditionEntry = entry
      case "timeframe":
        throw context.error(
          .condition(detail: "'timeframe' is no longer part of Sigma; write a correlation"),
          at: entry.keyPosition
        )
      default:
        let search = try search(entry.value, key: entry.key, depth: 0)
        detection.searches.append(
          Detection.NamedSearch(name: entry.key, position: entry.keyPosition, search: search)
        )
      }
    }
    guard let conditionEntry else {
      throw context.error(.missingKey("condition"), at: entry.keyPosition)
    }
    guard !detection.searches.isEmpty else {
      throw context.error(.empty(key: entry.key), at: entry.keyPosition)
    }
    for node in conditionEntry.value.sequence ?? [conditionEntry.value] {
      detection.conditions.append(try ConditionParser.parse(node, detection, context))
    }
    guard !detection.conditions.isEmpty else {
      throw context.error(.empty(key: "condition"), at: conditionEntry.keyPosition)
    }
    try check(detection, conditionEntry.value.position)
    return detection
  }

  private func search(_ node: Node, key: String, depth: Int) throws(RuleError) -> Search {
    guard depth <= 8 else {
      throw context.error(.tooMany(what: "levels in a search", max: 8), at: node.position)
    }
    switch node.content {
    case .mapping(let mapping):
      guard !mapping.entries.isEmpty else {
        throw context.error(.empty(key: key), at: node.position)
      }
      try checkRanges(mapping)
      var parts: [Search] = []
      for entry in mapping.entries { parts.append(try ItemReader.read(entry, context)) }
      return parts.count == 1 ? parts[0] : .all(parts)
    case .sequence(let nodes):
      return try list(nodes, key: key, position: node.position, depth: depth)
    case .scalar(let scalar):
      if case .null = scalar.value {
        throw context.error(.empty(key: key), at: node.position)
      }
      return try ItemReader.read(
        field: nil,
        modifiers: [],
        values: [node],
        position: node.position,
        context
      )
    }
  }

  /// A list: its mappings are searches of their own, its values are keywords together.
  private func list(
    _ nodes: [Node],
    key: String,
    position: Position,
    depth: Int
  ) throws(RuleError) -> Search {
    guard !nodes.isEmpty else { throw context.error(.empty(key: key), at: position) }
    let keywords = nodes.filter { $0.scalar != nil }
    var parts: [Search] = []
    for node in nodes where node.scalar == nil {
      parts.append(try search(node, key: key, depth: depth + 1))
    }
    if let first = keywords.first {
      parts.append(
        try ItemReader.read(
          field: nil,
          modifiers: [],
          values: keywords,
          position: first.position,
          context
        )
      )
    }
    return parts.count == 1 ? parts[0] : .any(parts)
  }
}
