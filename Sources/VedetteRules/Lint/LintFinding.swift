import VedetteDocuments

/// How much a finding of the linter matters.
public enum LintSeverity: String, Sendable, Hashable, Comparable, CaseIterable {
  /// Worth a thought.
  case note
  /// Probably not what was meant.
  case warning
  /// Wrong: the rule can't be used, or says what no tool understands.
  case error

  /// Orders from note to error.
  ///
  /// - Parameters:
  ///   - lhs: A severity.
  ///   - rhs: Another.
  /// - Returns: Whether the left one matters less.
  public static func < (lhs: LintSeverity, rhs: LintSeverity) -> Bool { lhs.rank < rhs.rank }

  private var rank: Int {
    switch self {
    case .note: 0
    case .warning: 1
    case .error: 2
    }
  }
}

/// What the linter has to say about a place in a rule file.
public struct LintFinding: Sendable, Hashable {
  /// The check's id, as `missing-level`.
  public var check: String
  /// How much it matters.
  public var severity: LintSeverity
  /// What is wrong and what to do.
  public var message: String
  /// Where.
  public var location: SourceLocation
  /// The line, from one.
  public var line: Int { location.position.line }
  /// The column, from one.
  public var column: Int { location.position.column }
  /// Whether ``RuleFixer`` knows a way to mend it.
  public var isFixable = false

  /// Creates a finding.
  ///
  /// - Parameters:
  ///   - check: The check's id.
  ///   - severity: How much it matters.
  ///   - message: What is wrong and what to do.
  ///   - location: Where.
  public init(check: String, severity: LintSeverity, message: String, location: SourceLocation) {
    self.check = check
    self.severity = severity
    self.message = message
    self.location = location
  }
}

extension LintFinding: CustomStringConvertible {
  /// The place, `path:line:column`; the path alone of what can't be read, which has no lines.
  public var place: String { check == "unreadable" ? location.path : "\(location)" }

  /// A line in the compiler's form, `path:line:column: warning: what; what to do [check]`.
  public var description: String { "\(place): \(severity.rawValue): \(message) [\(check)]" }
}
