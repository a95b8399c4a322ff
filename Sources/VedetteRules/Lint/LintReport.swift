/// What the linter has to say about a set of rules.
public struct LintReport: Sendable {
  /// What was found, by file and place.
  public internal(set) var findings: [LintFinding] = []
  /// How many files were looked at.
  public internal(set) var fileCount: Int
  /// How many rules and correlations can be used.
  public internal(set) var ruleCount = 0
  /// How many can't.
  public internal(set) var rejectedCount = 0
  /// How many findings comments of the files suppressed.
  public internal(set) var suppressedCount = 0

  init(fileCount: Int) { self.fileCount = fileCount }

  /// How many findings are of a severity.
  ///
  /// - Parameter severity: The severity.
  /// - Returns: The number.
  public func count(_ severity: LintSeverity) -> Int {
    findings.count { $0.severity == severity }
  }
}
