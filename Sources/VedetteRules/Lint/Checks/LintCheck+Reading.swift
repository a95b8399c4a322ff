import VedetteDocuments

extension LintCheck {
  /// What keeps a file or a rule from being used: found by the reader, told under these ids.
  static let readingChecks: [LintCheck] = [
    error(
      "unreadable",
      "The file or folder can't be opened or listed: it is not there, or its permissions forbid it."
    ),
    error(
      "not-yaml",
      """
      The text breaks the grammar of YAML at this place, so that nothing of the file is used. Often \
      it is a value with a colon or a quote that should be in quotes, or a wrong indentation.
      """
    ),
    error("not-utf8", "YAML is read as UTF-8, and the file has bytes that are none. Convert it."),
    error(
      "file-too-large",
      """
      A rule file is at most 10 MiB. A longer one is no rule; lists of that size belong into the \
      values of a placeholder.
      """
    ),
    error(
      "duplicate-key",
      """
      A mapping has a key twice. Which of the two counts differs from tool to tool, so that the \
      file is refused. In a search, write the values as one list, or use two searches.
      """
    ),
    error(
      "key-not-text",
      "A key is a list, a mapping or an alias. Sigma's keys are single texts; write it out."
    ),
    error(
      "too-many-values",
      """
      The file has over a million values, counting what aliases repeat: it is either generated or \
      meant to exhaust the reader. Split it.
      """
    ),
    error(
      "too-deep",
      "Lists and mappings are nested over 64 levels. No rule needs that; flatten it."
    ),
    error(
      "missing-key",
      """
      A key is missing without which the document says nothing: logsource and detection of a rule, \
      condition of a detection, type, rules and timespan of a correlation.
      """
    ),
    error("wrong-kind", "A list, mapping or text stands where the specification has another kind."),
    error(
      "empty",
      """
      A key that must hold something holds nothing: an empty search would match everything or \
      nothing, depending on who reads it.
      """
    ),
    error(
      "not-a-rule",
      """
      The document is neither a rule nor a correlation nor a filter. Collections with 'action' are \
      no longer part of Sigma: write each rule whole.
      """
    ),
    error(
      "unknown-modifier",
      """
      The word after '|' is no modifier of Sigma. A tool that ignored it would compare something \
      else than was meant, so that the rule is refused, with the nearest modifier there is.
      """
    ),
    error(
      "misused-modifier",
      """
      The modifier is known but can't be used here: after one that made something else of the \
      value, without a field, or beside one it contradicts. The message says which.
      """
    ),
    error(
      "invalid-value",
      """
      The value can't be what its modifiers need: a number for 'gt', a network for 'cidr', true or \
      false for 'exists', a text for 'contains'.
      """
    ),
    error(
      "placeholder",
      """
      The value needs a list for its %placeholder%, and none is given. Without the list the rule \
      would match nothing, or, with a wildcard in its place, everything; so it is refused.
      """
    ),
    error(
      "regex",
      """
      The expression is malformed, or needs what can't be done in linear time: look-around, \
      back-references, possessive quantifiers. The message says what to write instead.
      """
    ),
    error(
      "condition",
      """
      The condition does not follow Sigma's grammar: searches joined with and, or, not and \
      parentheses, '1 of' and 'all of'. Aggregations after '|' are correlations today.
      """
    ),
    error(
      "undefined-search",
      """
      The condition names a search that the detection does not define. Mostly it is a slip of the \
      pen, or the search was renamed.
      """
    ),
    error(
      "unmatched-pattern",
      """
      The condition has '1 of' or 'all of' with a pattern that no search's name matches: it would \
      be always false, or always true.
      """
    ),
    error(
      "too-many",
      """
      Something of the rule is over its limit: values, words or levels of the condition, levels of \
      lists. The limits keep one rule from costing more than all others together.
      """
    ),
    error(
      "duplicate-id",
      """
      Another rule has this id. Findings, suppressions and correlations could not tell the two \
      apart, so that only the first is used. Mostly a rule was copied; give the copy a new UUID.
      """
    ),
    error(
      "duplicate-name",
      """
      Another rule has this name, and a correlation that names it could mean either. Only the first \
      is used.
      """
    ),
    error(
      "unknown-rule",
      """
      A correlation or a filter names a rule that is not in the set. It may be misspelt, or in a \
      folder that was not given.
      """
    ),
    error(
      "rejected-input",
      "A correlation rests on a rule that was refused, and so can't be used itself."
    ),
    error(
      "cycle",
      "Correlations rest on each other in a circle, so that none of them could ever be evaluated."
    ),
    error(
      "invalid-correlation",
      """
      The correlation can't be used as it is written: an unknown type, a missing comparison or \
      field, a timespan that is none. The message says which.
      """
    ),
    error(
      "invalid-filter",
      "The filter names a rule that does not look at the filter's log source, and would change nothing."
    ),
    error("invalid-test-file", "The file of samples beside a rule can't be used as it is written."),
  ]

  private static func error(_ id: String, _ why: String) -> LintCheck {
    LintCheck(id, .error, why)
  }
}

extension LintFinding {
  /// What keeps a rule from being used, as a finding.
  init(_ error: RuleError) {
    self.init(
      check: error.problem.checkID,
      severity: .error,
      message: "\(error.problem)",
      location: error.location
    )
  }
}

extension RuleError.Problem {
  /// The id under which the linter shows it.
  fileprivate var checkID: String {
    switch self {
    case .unreadable: "unreadable"
    case .document(let problem): problem.checkID
    case .missingKey: "missing-key"
    case .wrongKind: "wrong-kind"
    case .empty: "empty"
    case .notARule: "not-a-rule"
    case .unknownModifier: "unknown-modifier"
    case .misusedModifier: "misused-modifier"
    case .invalidValue: "invalid-value"
    case .refused(let check, _): check
    case .placeholder: "placeholder"
    case .regex: "regex"
    case .condition: "condition"
    case .undefinedSearch: "undefined-search"
    case .unmatchedPattern: "unmatched-pattern"
    case .tooMany: "too-many"
    case .duplicateRule(let key, _, _): key == "name" ? "duplicate-name" : "duplicate-id"
    case .unknownRule: "unknown-rule"
    case .rejectedInput: "rejected-input"
    case .cycle: "cycle"
    case .correlation: "invalid-correlation"
    case .filter: "invalid-filter"
    case .testFile: "invalid-test-file"
    }
  }
}

extension DocumentError.Problem {
  fileprivate var checkID: String {
    switch self {
    case .tooLarge: "file-too-large"
    case .notUTF8: "not-utf8"
    case .syntax: "not-yaml"
    case .duplicateKey: "duplicate-key"
    case .keyNotText: "key-not-text"
    case .tooManyNodes: "too-many-values"
    case .tooDeep: "too-deep"
    }
  }
}
