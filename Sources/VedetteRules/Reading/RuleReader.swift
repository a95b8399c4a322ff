import VedetteDocuments
import VedetteEvent
import VedetteFindings

/// A document of a rule file, read.
enum RuleDocument: Sendable {
  /// A rule on single events.
  case rule(Rule)
  /// A correlation of rules.
  case correlation(CorrelationRule)
  /// A filter of rules.
  case filter(RuleFilter)

  /// What it says about itself.
  var metadata: RuleMetadata {
    switch self {
    case .rule(let rule): rule.metadata
    case .correlation(let correlation): correlation.metadata
    case .filter(let filter): filter.metadata
    }
  }
}

/// Reads the documents of a rule file.
struct RuleReader {
  let context: ReadingContext

  /// Reads a file; a document that is wrong does not keep the others from being read.
  ///
  /// - Parameter bytes: The file's content.
  /// - Returns: The documents, in order, or what is wrong with them.
  func read(_ bytes: [UInt8]) -> [Result<RuleDocument, RuleError>] {
    let roots: [Node]
    do {
      roots = try DocumentReader().read(bytes)
    } catch {
      return [.failure(context.error(.document(error.problem), at: error.position))]
    }
    var documents: [Result<RuleDocument, RuleError>] = []
    for root in roots {
      // What follows a last `---` is an empty document.
      if case .null = root.scalar?.value { continue }
      let number = documents.count + 1
      do {
        documents.append(.success(try document(root, number: number)))
      } catch {
        documents.append(.failure(error))
      }
    }
    return documents
  }

  /// Reads one document.
  ///
  /// - Parameters:
  ///   - root: The document.
  ///   - number: Its number in the file, from one.
  /// - Returns: The document.
  /// - Throws: ``RuleError`` for the first thing that is wrong.
  func document(_ root: Node, number: Int) throws(RuleError) -> RuleDocument {
    guard let mapping = root.mapping else {
      throw context.error(
        .notARule(detail: "a rule is a mapping with 'title', 'logsource' and 'detection'"),
        at: root.position
      )
    }
    if let action = mapping.entry("action") {
      throw context.error(
        .notARule(detail: "'action' is no longer part of Sigma; write each rule whole"),
        at: action.keyPosition
      )
    }
    try check(mapping)
    let metadata = try metadata(mapping, root.position, number: number)
    if let entry = mapping.entry("correlation") {
      let correlation = try CorrelationReader.read(
        entry,
        root: mapping,
        metadata: metadata,
        context
      )
      try check(correlation)
      return .correlation(correlation)
    }
    if let entry = mapping.entry("filter") {
      return .filter(try filter(entry, mapping, metadata))
    }
    guard let entry = mapping.entry("detection") else {
      throw context.error(.missingKey("detection"), at: root.position)
    }
    return .rule(
      Rule(
        metadata: metadata,
        logSource: try logSource(mapping, root.position),
        detection: try DetectionReader(context: context).read(entry),
        filters: []
      )
    )
  }

  private func filter(
    _ entry: Mapping.Entry,
    _ mapping: Mapping,
    _ metadata: RuleMetadata
  ) throws(RuleError) -> RuleFilter {
    let detection = try DetectionReader(context: context).read(entry, otherKeys: ["rules"])
    guard let rules = entry.value.mapping?["rules"] else {
      throw context.error(.missingKey("rules"), at: entry.keyPosition)
    }
    var inputs: [CorrelationRule.Input] = []
    for node in rules.sequence ?? [rules] {
      guard let scalar = node.scalar, !scalar.text.isEmpty else {
        throw context.error(
          .wrongKind(key: "rules", expected: "a list of ids or names", found: node.kind),
          at: node.position
        )
      }
      inputs.append(CorrelationRule.Input(name: scalar.text, position: node.position))
    }
    let isForAll =
      inputs.isEmpty || rules.scalar != nil && ["any", "all"].contains(inputs[0].name.lowercased())
    return RuleFilter(
      metadata: metadata,
      logSource: try logSource(mapping, metadata.location.position),
      rules: isForAll ? nil : inputs,
      detection: detection
    )
  }

  private func logSource(_ root: Mapping, _ position: Position) throws(RuleError) -> LogSource {
    guard let entry = root.entry("logsource") else {
      if context.isForAnyLogSource { return LogSource() }
      throw context.error(.missingKey("logsource"), at: position)
    }
    guard let mapping = entry.value.mapping else {
      throw context.error(
        .wrongKind(
          key: "logsource",
          expected: "product, category or service",
          found: entry.value.kind
        ),
        at: entry.value.position
      )
    }
    func part(_ key: String) throws(RuleError) -> String? {
      guard let node = mapping[key], node.scalar?.value != .null else { return nil }
      guard let scalar = node.scalar, !scalar.text.isEmpty else {
        throw context.error(
          .wrongKind(key: key, expected: "a text", found: node.kind),
          at: node.position
        )
      }
      return scalar.text.lowercased()
    }
    let source = LogSource(
      product: try part("product"),
      category: try part("category"),
      service: try part("service")
    )
    guard source != LogSource() else {
      throw context.error(.empty(key: "logsource"), at: entry.keyPosition)
    }
    return source
  }

  private func metadata(
    _ root: Mapping,
    _ position: Position,
    number: Int
  ) throws(RuleError) -> RuleMetadata {
    func text(_ key: String) -> String? {
      guard let text = root[key]?.scalar?.text, !text.isEmpty else { return nil }
      return text
    }
    func texts(_ key: String) -> [String] {
      guard let node = root[key] else { return [] }
      return (node.sequence ?? [node]).compactMap { $0.scalar?.text }.filter { !$0.isEmpty }
    }
    for key in ["id", "name", "title"] {
      guard let node = root[key], node.scalar == nil else { continue }
      throw context.error(
        .wrongKind(key: key, expected: "a text", found: node.kind),
        at: node.position
      )
    }
    // Names of the second and later documents of a file that have no id of their own.
    let pathID = number == 1 ? context.relativePath : "\(context.relativePath)#\(number)"
    return RuleMetadata(
      id: text("id") ?? pathID,
      declaredID: text("id"),
      name: text("name"),
      title: text("title") ?? pathID,
      level: text("level").flatMap { Severity(name: $0) },
      status: text("status"),
      description: text("description"),
      author: text("author"),
      date: text("date"),
      modified: text("modified"),
      references: texts("references"),
      tags: texts("tags"),
      falsePositives: texts("falsepositives"),
      relativePath: context.relativePath,
      location: SourceLocation(path: context.path, position: position)
    )
  }
}
