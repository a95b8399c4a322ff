import VedetteDocuments

/// What a check found: a place, what is wrong there, and where it is safe a way to mend it.
struct LintIssue: Sendable {
  var position: Position
  var message: String
  var fix: LintFix?

  init(_ position: Position, _ message: String, fix: LintFix? = nil) {
    self.position = position
    self.message = message
    self.fix = fix
  }
}

/// One check of the linter: an id that never changes, why it is there, and what it looks at.
struct LintCheck: Sendable {
  /// The id, in lower case with hyphens.
  let id: String
  let severity: LintSeverity
  /// A paragraph: why what it finds matters and what to do.
  let why: String
  /// Looks at one document; nothing where the reader or the set of rules does the looking.
  let run: @Sendable (LintSubject) -> [LintIssue]

  init(
    _ id: String,
    _ severity: LintSeverity,
    _ why: String,
    _ run: @escaping @Sendable (LintSubject) -> [LintIssue] = { _ in [] }
  ) {
    self.id = id
    self.severity = severity
    self.why = why
    self.run = run
  }

  /// A check that looks at a document and has at most one thing to say.
  static func one(
    _ id: String,
    _ severity: LintSeverity,
    _ why: String,
    _ run: @escaping @Sendable (LintSubject) -> LintIssue?
  ) -> LintCheck {
    LintCheck(id, severity, why) { subject in run(subject).map { [$0] } ?? [] }
  }

  /// A check that looks at every field of a detection with its modifiers and values.
  static func item(
    _ id: String,
    _ severity: LintSeverity,
    _ why: String,
    _ run: @escaping @Sendable (LintItem, LintSubject) -> LintIssue?
  ) -> LintCheck {
    LintCheck(id, severity, why) { subject in subject.items.compactMap { run($0, subject) } }
  }

  /// A check that looks at every single value of a detection.
  static func value(
    _ id: String,
    _ severity: LintSeverity,
    _ why: String,
    _ run: @escaping @Sendable (LintValue, LintItem, LintSubject) -> LintIssue?
  ) -> LintCheck {
    LintCheck(id, severity, why) { subject in
      subject.items.flatMap { item in item.values.compactMap { run($0, item, subject) } }
    }
  }

  /// The checks that look at one document, in the order of files.
  static let ofDocuments: [LintCheck] =
    titleChecks + metadataChecks + referenceChecks + dateChecks + tagChecks + namespaceChecks
    + logSourceChecks + fieldChecks + keyChecks + modifierChecks + valueChecks + textChecks
    + regexChecks + searchChecks + conditionChecks + correlationChecks + correlationKeyChecks

  /// The checks whose findings can be mended in the usual cases.
  static let fixable: Set<String> = [
    "all-not-last", "all-with-one-value", "ambiguous-truth", "bad-date", "bad-modified",
    "byte-order-mark", "condition-word-not-lower-case",
    "contains-without-effect", "duplicate-output-field", "duplicate-reference", "duplicate-tag",
    "expand-without-placeholder", "list-expected", "logsource-not-lower-case",
    "long-modifier-name", "needless-wildcard", "no-line-end-at-end", "regex-without-need",
    "repeated-value", "tactic-with-underscore", "tag-not-lower-case", "timeframe-for-timespan",
    "title-ends-with-stop", "windash-without-dash", "word-not-lower-case",
  ]

  /// Every check.
  static let all: [LintCheck] = ofDocuments + readingChecks + ruleSetChecks + suppressionChecks
}
