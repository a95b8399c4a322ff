import ArgumentParser
import FoundationEssentials
import Vedette
import VedetteEvent
import VedetteIncidents
import VedetteRules

/// From which severity on a finding of the linter makes the command fail.
enum LintThreshold: String, ExpressibleByArgument, CaseIterable {
  case error, warning, note

  var severity: LintSeverity { LintSeverity(rawValue: rawValue) ?? .error }
}

/// `vedette rules check`: checks rules without reading a log.
struct RulesCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check rules without running them; the built-in ones if no path is given.",
    discussion: """
      Prints a line per finding in the form PATH:LINE:COLUMN: SEVERITY: MESSAGE [CHECK], and \
      where there are many a line per check with its first place; --all, -v, -o ndjson and -o csv \
      print each. A comment '# vedette:ignore CHECK reason' suppresses a check on its line or the \
      next, '# vedette:ignore-file CHECK reason' in the file. With --mapping rules are checked as \
      they are used with it. Exits with 1 if there is an error \
      (--fail-on changes that), 2 if a file could not be read.
      """
  )
  @OptionGroup var options: GlobalOptions
  @OptionGroup var mapping: MappingOptions
  @Argument(help: "Rule files, or folders to search for them.") var paths: [String] = []
  @Flag(help: "Print every finding, however many there are.") var all = false
  @Flag(help: "Mend in place what can be mended safely, and tell what was changed.") var fix = false
  @Option(help: "Fail from this severity on: error, warning or note.")
  var failOn = LintThreshold.error
  @Flag(help: "List every check.") var listChecks = false
  @Option(help: ArgumentHelp("Tell why a check is there.", valueName: "check"))
  var explain: String?

  func validate() throws {
    if fix, paths.isEmpty { throw ValidationError("--fix needs a path; built-in rules stay") }
    guard let explain else { return }
    let ids = RuleLinter.checks.map(\.id)
    guard !ids.contains(explain) else { return }
    let hint = NearestName.of(explain, in: ids).map { "did you mean '\($0)'?" }
    throw ValidationError("no check '\(explain)'; \(hint ?? "see --list-checks")")
  }

  func run() throws {
    if let explain { return tell(explain) }
    if listChecks { return list() }
    let linter = RuleLinter(mapping: try mapping.loaded())
    let didWriteAll = fix ? mend(linter) : true
    let report = paths.isEmpty ? linter.report(RuleSource.builtIn) : linter.report(paths)
    LintPrinter(options: options, printsAll: all || options.verbose).print(report.findings)
    let counts = LintSeverity.allCases.reversed().map { severity in
      Self.counted(report.count(severity), severity.rawValue)
    }
    let suppressed =
      report.suppressedCount > 0 ? "; \(report.suppressedCount) suppressed by comments" : ""
    options.note(
      "\(Self.counted(report.fileCount, "file")), \(Self.counted(report.ruleCount, "rule")) can be "
        + "used, \(report.rejectedCount) can't: \(counts.joined(separator: ", "))\(suppressed)"
    )
    let (unread, read) = (
      report.findings.filter { $0.check == "unreadable" },
      report.findings.filter { $0.check != "unreadable" }
    )
    if read.contains(where: { $0.severity >= failOn.severity }) { throw ExitCode(1) }
    if !unread.isEmpty || !didWriteAll { throw ExitCode(2) }
  }

  private static func counted(_ count: Int, _ word: String) -> String {
    "\(count) \(word)\(count == 1 ? "" : "s")"
  }

  /// Mends files and says so; returns whether each could be written.
  private func mend(_ linter: RuleLinter) -> Bool {
    var changes: [LintChange] = []
    var fileCount = 0
    var didWriteAll = true
    for file in RuleFolder.files(paths).files {
      let (fixed, made) = RuleFixer(linter).fix(file)
      guard !made.isEmpty else { continue }
      if let failure = RuleFileWriter.replace(file, with: fixed) {
        Output.note("vedette: \(file.path): \(failure)")
        didWriteAll = false
        continue
      }
      fileCount += 1
      changes += made
    }
    LintPrinter(options: options, printsAll: all || options.verbose).print(changes)
    options.note(
      "\(Self.counted(changes.count, "change")) made in \(Self.counted(fileCount, "file"))"
    )
    return didWriteAll
  }

  private func tell(_ id: String) {
    guard let check = RuleLinter.checks.first(where: { $0.id == id }) else { return }
    if options.output == .json || options.output == .ndjson {
      return Output.line(LintPrinter.json(check))
    }
    let fix = check.isFixable ? ", mended by --fix" : ""
    Output.line("\(check.id) (\(check.severity.rawValue)\(fix))\n")
    for line in LintPrinter.wrapped(check.why, to: 78) { Output.line("  \(line)") }
    Output.line("\nTo leave one place alone: # vedette:ignore \(check.id) reason")
  }

  private func list() {
    if options.output == .csv { Output.line("id,severity,fixable,why") }
    for check in RuleLinter.checks {
      switch options.output ?? .table {
      case .table:
        let severity = TerminalText.padded(check.severity.rawValue, to: 7)
        let why = LintPrinter.firstSentence(check.why)
        Output.line(
          "\(TerminalText.padded(check.id, to: 31)) \(severity) \(check.isFixable ? "fix" : "   ")"
            + " \(why)"
        )
      case .csv:
        let fields = [check.id, check.severity.rawValue, "\(check.isFixable)", check.why]
        Output.line(fields.map(CSV.field).joined(separator: ","))
      case .json, .ndjson: Output.line(LintPrinter.json(check))
      }
    }
    options.note("\(RuleLinter.checks.count) checks; --explain CHECK tells why one is there")
  }
}

/// Writes rule files back.
enum RuleFileWriter {
  /// Replaces a file in one step, so that a crash leaves the old or the new one.
  ///
  /// - Parameters:
  ///   - file: The file as it was read.
  ///   - fixed: The file as it should be.
  /// - Returns: Why it could not be done, or `nil`.
  static func replace(_ file: RuleFile, with fixed: RuleFile) -> String? {
    // A link stays a link to the file that is changed.
    let url = URL(filePath: file.path).resolvingSymlinksInPath()
    guard let now = try? Data(contentsOf: url), Array(now) == file.bytes else {
      return "it changed while it was checked; run the command again"
    }
    let isReplaced = FileReplacement.replace(url.path, with: fixed.bytes)
    return isReplaced ? nil : "can't be written; check its permission and the space left"
  }
}
