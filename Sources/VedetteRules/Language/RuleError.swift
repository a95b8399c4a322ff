public import VedetteDocuments

/// A reason why a rule can't be used, and where in its file.
public struct RuleError: Error, Hashable {
  /// What is wrong.
  public let problem: Problem
  /// The place the problem was found.
  public let location: SourceLocation

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - problem: What is wrong.
  ///   - location: The place the problem was found.
  public init(_ problem: Problem, at location: SourceLocation) {
    self.problem = problem
    self.location = location
  }

  /// What can be wrong with a rule.
  public enum Problem: Sendable, Hashable {
    /// The file can't be read; the reason is the system's.
    case unreadable(reason: String)
    /// The file is not YAML.
    case document(DocumentError.Problem)
    /// A required key is absent.
    case missingKey(String)
    /// A key's value is of the wrong kind.
    case wrongKind(key: String, expected: String, found: String)
    /// A key holds nothing.
    case empty(key: String)
    /// The document is neither a rule nor a correlation nor a filter.
    case notARule(detail: String)
    /// A field modifier is not one of Sigma's. `suggestion` is the nearest that is.
    case unknownModifier(String, suggestion: String?)
    /// A field modifier can't be used like this.
    case misusedModifier(String, reason: String)
    /// A value can't be used with its modifiers.
    case invalidValue(String, reason: String)
    /// The rule can be read, but not meant: `check` is the linter's id, whose paragraph says why.
    case refused(check: String, detail: String)
    /// A value needs the values of a placeholder, and there are none.
    case placeholder(String)
    /// A regular expression can't be run in linear time, or is not one.
    case regex(pattern: String, reason: String)
    /// The condition is not understood.
    case condition(detail: String)
    /// The condition names a search that `detection` does not define.
    case undefinedSearch(String, defined: [String])
    /// The condition uses a pattern that no search matches.
    case unmatchedPattern(String, defined: [String])
    /// Something of the rule is over its limit.
    case tooMany(what: String, max: Int)
    /// Another rule has the same id or name.
    case duplicateRule(key: String, value: String, first: SourceLocation)
    /// A correlation or filter names a rule that is not there.
    case unknownRule(String, suggestion: String?)
    /// A correlation rests on a rule that was rejected.
    case rejectedInput(String)
    /// Correlations rest on each other.
    case cycle([String])
    /// A correlation can't be used like this.
    case correlation(detail: String)
    /// A filter can't be used like this.
    case filter(detail: String)
    /// A test file can't be used like this.
    case testFile(detail: String)
  }
}

extension RuleError: CustomStringConvertible {
  /// A line in the compiler's form, `path:line:column: error: what; what to do`.
  ///
  /// What can't be read has no lines: `path: error: why`.
  public var description: String {
    if case .unreadable = problem { return "\(location.path): error: \(problem)" }
    return "\(location): error: \(problem)"
  }
}

extension RuleError.Problem: CustomStringConvertible {
  /// What is wrong and, where we know it, what to write instead.
  public var description: String {
    switch self {
    case .unreadable(let reason): "can't be read: \(reason)"
    case .document(let problem): problem.description
    case .missingKey(let key): "missing key '\(key)'"
    case .wrongKind(let key, let expected, let found):
      "'\(key)' is \(found); write \(expected)"
    case .empty(let key): "'\(key)' is empty; give it a value or remove it"
    case .notARule(let detail): detail
    case .unknownModifier(let name, let suggestion):
      "unknown field modifier '\(name)'" + Self.hint(suggestion)
    case .misusedModifier(let name, let reason): "field modifier '\(name)': \(reason)"
    case .invalidValue(let value, let reason): "value '\(value)': \(reason)"
    case .refused(_, let detail): detail
    case .placeholder(let name):
      "placeholder '%\(name)%' has no values; give them or remove the 'expand' modifier"
    case .regex(let pattern, let reason):
      "regular expression '\(pattern.count > 200 ? pattern.prefix(200) + ".." : pattern)': \(reason)"
    case .condition(let detail): "condition: \(detail)"
    case .undefinedSearch(let name, let defined):
      "condition uses '\(name)', but detection defines only \(defined.joined(separator: ", "))"
    case .unmatchedPattern(let pattern, let defined):
      "condition uses '\(pattern)', which matches none of \(defined.joined(separator: ", "))"
    case .tooMany(let what, let max): "more than \(max) \(what); split the rule"
    case .duplicateRule(let key, let value, let first):
      "\(key) '\(value)' is already taken by \(first); give this rule its own"
    case .unknownRule(let name, let suggestion):
      "no rule has the id or name '\(name)'" + Self.hint(suggestion)
    case .rejectedInput(let name): "rests on '\(name)', which was rejected; correct that first"
    case .cycle(let names):
      "correlations rest on each other: \(names.joined(separator: " -> ")); break the circle"
    case .correlation(let detail): "correlation: \(detail)"
    case .filter(let detail): "filter: \(detail)"
    case .testFile(let detail): "test file: \(detail)"
    }
  }

  private static func hint(_ suggestion: String?) -> String {
    suggestion.map { "; did you mean '\($0)'?" } ?? ""
  }
}
