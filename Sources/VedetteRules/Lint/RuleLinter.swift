import VedetteDocuments

/// Checks rules without running them: what keeps them from being used, and what is unwise.
///
/// Each check has an id that never changes, shown in brackets. A line with `# lint: ignore ID`, or
/// a line right below one, is left alone by that check.
public struct RuleLinter: Sendable {
  private let placeholders: [String: [String]]

  /// Creates a linter that has no values for placeholders.
  public init() { placeholders = [:] }

  /// Creates a linter.
  ///
  /// - Parameter placeholders: The values of placeholders, by name without percent signs.
  public init(placeholders: [String: [String]]) { self.placeholders = placeholders }

  /// The ids of all checks with their severities, those of errors in reading left out.
  public static var checks: [(id: String, severity: LintSeverity)] {
    LintCheck.all.map { ($0.id, $0.severity) }
  }

  /// Checks rules of the file system.
  ///
  /// - Parameter paths: Files and folders.
  /// - Returns: What there is to say, by file and place.
  public func lint(_ paths: [String]) -> [LintFinding] {
    let (files, errors) = RuleFolder.files(paths)
    return (errors.map(LintFinding.init) + lint(files)).sorted(by: Self.isBefore)
  }

  /// Checks rules in memory.
  ///
  /// - Parameter files: The files.
  /// - Returns: What there is to say, by file and place.
  public func lint(_ files: [RuleFile]) -> [LintFinding] {
    var findings: [LintFinding] = []
    for file in files { findings += lint(file) }
    // Duplicates and what correlations name are seen only with all rules at hand.
    findings += RuleLoader(placeholders: placeholders).load(files).errors.map(LintFinding.init)
    return findings.sorted(by: Self.isBefore)
  }

  private func lint(_ file: RuleFile) -> [LintFinding] {
    let context = ReadingContext(file, placeholders: placeholders)
    guard let roots = try? DocumentReader().read(file.bytes) else { return [] }
    let ignored = Self.ignoredChecks(file.bytes)
    var findings: [LintFinding] = []
    var number = 0
    for root in roots {
      guard let mapping = root.mapping else { continue }
      number += 1
      let document = try? RuleReader(context: context).document(root, number: number)
      let subject = LintSubject(root: mapping, document: document, position: root.position)
      for check in LintCheck.all {
        for issue in check.run(subject)
        where ignored[issue.position.line]?.contains(check.id) != true {
          findings.append(
            LintFinding(
              check: check.id,
              severity: check.severity,
              message: issue.message,
              location: SourceLocation(path: file.path, position: issue.position)
            )
          )
        }
      }
    }
    return findings
  }

  /// For each line the checks that leave it alone.
  private static func ignoredChecks(_ bytes: [UInt8]) -> [Int: Set<String>] {
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.contains("# lint: ignore") else { return [:] }
    var ignored: [Int: Set<String>] = [:]
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let parts = line.split(
        separator: "# lint: ignore",
        maxSplits: 1,
        omittingEmptySubsequences: false
      )
      guard parts.count == 2 else { continue }
      let names = parts[1].split { $0 == " " || $0 == "," }.map(String.init)
      ignored[index + 1, default: []].formUnion(names)
      ignored[index + 2, default: []].formUnion(names)
    }
    return ignored
  }

  private static func isBefore(_ left: LintFinding, _ right: LintFinding) -> Bool {
    left.location == right.location
      ? (left.check, left.message) < (right.check, right.message)
      : left.location < right.location
  }
}

extension LintFinding {
  /// What keeps a rule from being used, as a finding.
  fileprivate init(_ error: RuleError) {
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
    case .document: "not-yaml"
    case .missingKey: "missing-key"
    case .wrongKind: "wrong-kind"
    case .empty: "empty"
    case .notARule: "not-a-rule"
    case .unknownModifier: "unknown-modifier"
    case .misusedModifier: "misused-modifier"
    case .invalidValue: "invalid-value"
    case .placeholder: "placeholder"
    case .regex: "regex"
    case .condition: "condition"
    case .undefinedSearch: "undefined-search"
    case .unmatchedPattern: "unmatched-pattern"
    case .tooMany: "too-many"
    case .duplicateRule: "duplicate-rule"
    case .unknownRule: "unknown-rule"
    case .rejectedInput: "rejected-input"
    case .cycle: "cycle"
    case .correlation: "invalid-correlation"
    case .filter: "invalid-filter"
    case .testFile: "invalid-test-file"
    }
  }
}
