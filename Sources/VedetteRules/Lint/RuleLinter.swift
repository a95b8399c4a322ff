import VedetteDocuments
import VedetteEvent

/// Checks rules without running them: what keeps them from being used, and what is unwise.
///
/// Each check has an id that never changes, shown in brackets. A comment `# vedette:ignore ID` makes
/// it leave a place alone; see ``LintSuppressions``.
public struct RuleLinter: Sendable {
  /// A check as users see it.
  public struct Check: Sendable, Hashable {
    /// The id, which never changes.
    public var id: String
    /// How much what it finds matters.
    public var severity: LintSeverity
    /// A paragraph: why it is there and what to do.
    public var why: String
    /// Whether ``RuleFixer`` can mend what it finds, in the usual cases.
    public var isFixable: Bool
  }

  private let loader: RuleLoader

  /// Creates a linter that has no values for placeholders.
  public init() { loader = RuleLoader() }

  /// Creates a linter.
  ///
  /// - Parameter placeholders: The values of placeholders, by name without percent signs.
  public init(placeholders: [String: [String]]) {
    loader = RuleLoader(placeholders: placeholders)
  }

  /// Creates a linter of rules that are used with a mapping: a field that it gives another name is
  /// known, and its placeholders have values.
  ///
  /// - Parameter mapping: A user's own names of fields and log sources.
  public init(mapping: RuleMapping) { loader = RuleLoader(mapping: mapping) }

  /// Every check.
  public static var checks: [Check] {
    LintCheck.all.map { check in
      Check(
        id: check.id,
        severity: check.severity,
        why: check.why,
        isFixable: LintCheck.fixable.contains(check.id)
      )
    }
  }

  /// Checks rules of the file system.
  ///
  /// - Parameter paths: Files and folders.
  /// - Returns: What there is to say, by file and place.
  public func lint(_ paths: [String]) -> [LintFinding] { report(paths).findings }

  /// Checks rules of the file system and counts what it looked at.
  ///
  /// - Parameter paths: Files and folders.
  /// - Returns: What there is to say, also of what could not be read, with the numbers of rules.
  public func report(_ paths: [String]) -> LintReport {
    let (files, errors) = RuleFolder.files(paths)
    var report = report(files)
    report.findings += errors.map(LintFinding.init)
    report.findings.sort(by: Self.isBefore)
    return report
  }

  /// Checks rules in memory.
  ///
  /// - Parameter files: The files.
  /// - Returns: What there is to say, by file and place.
  public func lint(_ files: [RuleFile]) -> [LintFinding] { report(files).findings }

  /// Checks rules in memory and counts what it looked at.
  ///
  /// - Parameter files: The files.
  /// - Returns: What there is to say, by file and place, with the numbers of rules.
  public func report(_ files: [RuleFile]) -> LintReport {
    var report = LintReport(fileCount: files.count)
    var candidates: [String: [LintFinding]] = [:]
    var suppressions: [String: LintSuppressions] = [:]
    for file in files {
      let source = LintSource(file.bytes)
      let comments = LintSuppressions(source)
      if !comments.isEmpty { suppressions[file.path] = comments }
      let findings = issues(file, source).map(\.finding)
      if !findings.isEmpty { candidates[file.path, default: []] += findings }
    }
    // Duplicates and what correlations name are seen only with all rules at hand.
    let rules = loader.load(files)
    report.ruleCount = rules.entries.count
    report.rejectedCount = rules.errors.count
    var ofSet = rules.errors.map(LintFinding.init) + LintCheck.compare(rules)
    if loader.mapping == .none { ofSet += LintCheck.unknownFields(ofCorrelations: rules) }
    for finding in ofSet {
      candidates[finding.location.path, default: []].append(finding)
    }
    for path in Set(candidates.keys).union(suppressions.keys) {
      let findings = candidates[path] ?? []
      guard var comments = suppressions[path] else {
        report.findings += findings
        continue
      }
      let kept = findings.filter { finding in
        let line = finding.location.position.line
        guard finding.severity != .error else {
          comments.refuse(check: finding.check, line: line)
          return true
        }
        return !comments.covers(check: finding.check, line: line)
      }
      report.suppressedCount += findings.count - kept.count
      report.findings += kept + comments.findings(path)
    }
    report.findings.sort(by: Self.isBefore)
    return report
  }

  /// The documents of a file, read.
  func documents(_ file: RuleFile) -> [Result<RuleDocument, RuleError>] {
    RuleReader(context: loader.context(of: file)).read(file.bytes)
  }

  /// The findings of a file that can be mended and are not suppressed, in the order of the text.
  func fixes(_ file: RuleFile) -> [LintCandidate] {
    let source = LintSource(file.bytes)
    var comments = LintSuppressions(source)
    return issues(file, source).compactMap { finding, fix in
      guard let fix, !comments.covers(check: finding.check, line: finding.location.position.line)
      else { return nil }
      return LintCandidate(finding: finding, fix: fix)
    }.sorted { Self.isBefore($0.finding, $1.finding) }
  }

  /// What the checks of documents find in a file.
  private func issues(
    _ file: RuleFile,
    _ source: LintSource
  ) -> [(finding: LintFinding, fix: LintFix?)] {
    let context = loader.context(of: file)
    guard let roots = try? DocumentReader().read(file.bytes) else { return [] }
    var issues: [(finding: LintFinding, fix: LintFix?)] = []
    var number = 0
    for root in roots {
      guard let mapping = root.mapping else { continue }
      number += 1
      let subject = LintSubject(
        source: source,
        root: mapping,
        document: try? RuleReader(context: context).document(root, number: number),
        position: root.position,
        isFirst: number == 1,
        mapping: loader.mapping
      )
      for check in LintCheck.ofDocuments {
        for issue in check.run(subject) {
          var finding = LintFinding(
            check: check.id,
            severity: check.severity,
            message: issue.message,
            location: SourceLocation(path: file.path, position: issue.position)
          )
          finding.isFixable = issue.fix != nil
          issues.append((finding, issue.fix))
        }
      }
    }
    return issues
  }

  private static func isBefore(_ left: LintFinding, _ right: LintFinding) -> Bool {
    left.location == right.location
      ? (left.check, left.message) < (right.check, right.message)
      : left.location < right.location
  }
}

extension LintSuppressions {
  /// What is wrong with the comments themselves, once all findings went by.
  fileprivate func findings(_ path: String) -> [LintFinding] {
    let known = LintCheck.all.map(\.id)
    // Whether these speak up depends on the other files.
    let isOfSet = LintCheck.ruleSetChecks.map(\.id) + ["duplicate-id", "duplicate-name"]
    return entries.compactMap { entry in
      let location = SourceLocation(path: path, position: entry.position)
      guard known.contains(entry.check) else {
        let hint = NearestName.of(entry.check, in: known).map { "did you mean '\($0)'?" }
        let what = entry.check.isEmpty ? "names no check" : "'\(entry.check)' is no check"
        return LintFinding(
          check: "unknown-suppression",
          severity: .warning,
          message: "\(what); \(hint ?? "see 'rules check --list-checks'")",
          location: location
        )
      }
      guard !entry.isRefused else {
        return LintFinding(
          check: "unused-suppression",
          severity: .warning,
          message:
            "'\(entry.check)' is an error here, which no comment hides: the rule can't be used",
          location: location
        )
      }
      guard !entry.isUsed, !isOfSet.contains(entry.check) else { return nil }
      return LintFinding(
        check: "unused-suppression",
        severity: .warning,
        message: "'\(entry.check)' has nothing to say here; remove the comment",
        location: location
      )
    }
  }
}
