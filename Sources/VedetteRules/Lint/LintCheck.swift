import VedetteDocuments

/// A document as the checks see it.
struct LintSubject {
  /// The document as it is written.
  var root: Mapping
  /// The document as it is understood, unless it can't be.
  var document: RuleDocument?
  /// Where the document starts.
  var position: Position

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

  /// The text of a key, or `nil` if it is not there or no text.
  func text(_ key: String) -> (value: String, position: Position)? {
    guard let node = root[key], let scalar = node.scalar else { return nil }
    return (scalar.text, node.position)
  }

  /// The texts of a key that holds a list, or one.
  func texts(_ key: String) -> [(value: String, position: Position)] {
    guard let node = root[key] else { return [] }
    return (node.sequence ?? [node]).compactMap { node in
      node.scalar.map { ($0.text, node.position) }
    }
  }
}

/// One check of the linter: an id that never changes, and what it looks at.
struct LintCheck: Sendable {
  /// What a check found: a place, and what is wrong there.
  typealias Issue = (position: Position, message: String)

  /// The id, in lower case with hyphens.
  let id: String
  let severity: LintSeverity
  let run: @Sendable (LintSubject) -> [Issue]

  init(
    _ id: String,
    _ severity: LintSeverity,
    _ run: @escaping @Sendable (LintSubject) -> [Issue]
  ) {
    self.id = id
    self.severity = severity
    self.run = run
  }

  /// Every check, in the order of files.
  static let all: [LintCheck] =
    metadataChecks + dateChecks + tagChecks + logSourceChecks + keyChecks + valueChecks
    + conditionChecks + correlationChecks
}
