import VedetteDocuments

/// A single value of a detection, as it is written.
struct LintValue: Sendable {
  var scalar: Scalar
  var position: Position

  /// The value as a pattern, if it is a text.
  var pattern: TextPattern? {
    if case .text(let text) = scalar.value { TextPattern(parsing: text) } else { nil }
  }
}

/// A field of a detection with its modifiers and values, as it is written: it is there also where
/// the reader refused the rule.
struct LintItem: Sendable {
  /// The field, empty for keywords.
  var field: String
  /// The modifiers as written.
  var modifiers: [String]
  /// The key as written: `CommandLine|contains|all`.
  var key: String
  /// Where the key stands, or the first keyword of a list.
  var position: Position
  /// The values, or the one.
  var values: [LintValue]
  /// Whether the values are a list.
  var isList: Bool

  /// Whether one of some modifiers is there.
  func has(_ names: String...) -> Bool { modifiers.contains(where: names.contains) }

  /// Whether the values are compared as texts with wildcards.
  var isText: Bool {
    !has(
      "re",
      "cidr",
      "exists",
      "fieldref",
      "lt",
      "lte",
      "gt",
      "gte",
      "minute",
      "hour",
      "day",
      "week",
      "month",
      "year"
    )
  }
}

/// A document as the checks see it.
struct LintSubject {
  /// The text that it is part of.
  let source: LintSource
  /// The document as it is written.
  let root: Mapping
  /// The document as it is understood, unless it can't be.
  let document: RuleDocument?
  /// Where the document starts.
  let position: Position
  /// Whether it is the first of its file, with which checks of the whole file go.
  let isFirst: Bool
  /// What a user's mapping makes of the rule, unless there is none.
  let mapped: MappedRule?
  /// The mappings below searches, with the name of the search.
  let mappings: [(search: String, mapping: Mapping)]
  /// Every field with modifiers and values below searches.
  let items: [LintItem]

  init(
    source: LintSource,
    root: Mapping,
    document: RuleDocument?,
    position: Position,
    isFirst: Bool,
    mapping: RuleMapping
  ) {
    self.source = source
    self.root = root
    self.document = document
    self.position = position
    self.isFirst = isFirst
    if case .rule(let rule) = document {
      mapped = mapping.mapped(rule)
    } else {
      mapped = nil
    }
    var collector = LintItemCollector()
    let body = (root["detection"] ?? root["filter"])?.mapping
    for entry in body?.entries ?? [] where !["condition", "rules", "timeframe"].contains(entry.key)
    {
      collector.collect(entry.value, search: entry.key, depth: 0)
    }
    mappings = collector.mappings
    items = collector.items
  }

  /// The detection of a rule, or of a filter.
  var detection: Detection? {
    switch document {
    case .rule(let rule): rule.detection
    case .filter(let filter): filter.detection
    default: nil
    }
  }

  /// Whether it is a rule on single events, as far as it can be told.
  var isRule: Bool { root["correlation"] == nil && root["filter"] == nil }

  /// The entries of `detection` or `filter`.
  var body: Mapping? { (root["detection"] ?? root["filter"])?.mapping }

  /// The text of a key, or `nil` if it is not there, no text or empty.
  func text(_ key: String) -> (value: String, position: Position, node: Node)? {
    guard let node = root[key], let scalar = node.scalar, !scalar.text.isEmpty else { return nil }
    return (scalar.text, node.position, node)
  }

  /// The texts of a key that holds a list, or one.
  func texts(_ key: String) -> [(value: String, position: Position, node: Node)] {
    guard let node = root[key] else { return [] }
    return (node.sequence ?? [node]).compactMap { node in
      node.scalar.map { ($0.text, node.position, node) }
    }
  }

  /// The texts of a key that are there already, with the way to remove each.
  func repeated(_ key: String) -> [(value: String, position: Position, fix: LintFix?)] {
    var seen: Set<String> = []
    return texts(key).filter { !seen.insert($0.value).inserted }.map { text in
      (text.value, text.position, source.removal(of: text.node))
    }
  }
}

/// Walks searches as the reader does, but takes everything.
private struct LintItemCollector {
  var mappings: [(search: String, mapping: Mapping)] = []
  var items: [LintItem] = []

  mutating func collect(_ node: Node, search: String, depth: Int) {
    guard depth <= 8 else { return }
    switch node.content {
    case .mapping(let mapping):
      mappings.append((search, mapping))
      for entry in mapping.entries {
        let parts = entry.key.split(separator: "|", omittingEmptySubsequences: false)
        items.append(
          LintItem(
            field: parts.first.map(String.init) ?? "",
            modifiers: parts.dropFirst().map(String.init),
            key: entry.key,
            position: entry.keyPosition,
            values: values(entry.value.sequence ?? [entry.value]),
            isList: entry.value.sequence != nil
          )
        )
      }
    case .sequence(let nodes):
      let keywords = values(nodes)
      if let first = keywords.first {
        items.append(keywordItem(keywords, first.position, isList: true))
      }
      for node in nodes where node.scalar == nil {
        collect(node, search: search, depth: depth + 1)
      }
    case .scalar:
      items.append(keywordItem(values([node]), node.position, isList: false))
    }
  }

  private func values(_ nodes: [Node]) -> [LintValue] {
    nodes.compactMap { node in
      node.scalar.map { LintValue(scalar: $0, position: node.position) }
    }
  }

  private func keywordItem(_ values: [LintValue], _ at: Position, isList: Bool) -> LintItem {
    LintItem(field: "", modifiers: [], key: "", position: at, values: values, isList: isList)
  }
}
