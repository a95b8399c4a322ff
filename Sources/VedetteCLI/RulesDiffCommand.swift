import ArgumentParser
import Vedette
import VedetteEvent
import VedetteFindings
import VedetteIncidents
import VedetteIngest
import VedetteRules

/// `vedette rules diff`: what a change of rules changes, and what it gains and loses.
struct RulesDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Show how two sets of rules differ, and on logs what is gained and lost.",
    discussion: """
      OLD and NEW are rule files or folders; 'builtin' stands for the rules in this program. With \
      --fail-on exits with 1 if a match of a rule of at least this level is gained or lost, or \
      without logs if such a rule was added, removed or changed in what it matches.
      """
  )
  @OptionGroup var options: GlobalOptions
  @Argument(help: "The rules as they were.") var old: String
  @Argument(help: "The rules as they are.") var new: String
  @Argument(help: "Files, globs or folders of logs to match both on.") var logs: [String] = []
  @Option(help: "The format of all logs instead of detecting it.") var format: String?
  @Option(help: "The log source of all events, as product=linux,service=sshd.")
  var logsource: String?
  @Option(help: "The year of times that name none.") var year: Int?
  @Option(help: "How many threads read and parse, 1 to 64.") var workers: Int?
  @Option(help: "Exit with 1 for a difference of a rule of at least this level.")
  var failOn: String?

  func run() throws {
    let level = try failOn.map { try Severity(argument: $0, option: "--fail-on") }
    let before = RulePaths([old])
    let after = RulePaths([new])
    for error in before.errors + after.errors { Output.note(TerminalText.visible("\(error)")) }
    if before.isUnreadable || after.isUnreadable { throw ExitCode(2) }
    let difference = RuleSetDifference(old: before.rules, new: after.rules)
    let text = DifferenceText(old: before.rules, new: after.rules, difference: difference)
    let comparison = try logs.isEmpty ? nil : compare(before.rules, after.rules, difference)
    switch options.format {
    case .table: Output.write(text.table(comparison?.outcomes, isVerbose: options.verbose))
    case .csv: Output.write(text.csv(comparison?.outcomes))
    case .json:
      Output.write("[\n" + text.objects(comparison?.outcomes).joined(separator: ",\n") + "\n]\n")
    case .ndjson: for object in text.objects(comparison?.outcomes) { Output.line(object) }
    }
    options.note(
      "\(difference.added.count) rules added, \(difference.removed.count) removed, "
        + "\(difference.changed.count) changed, \(difference.sameCount) the same"
    )
    if let outcomes = comparison?.outcomes {
      let gained = outcomes.reduce(0) { $0 + $1.gainedCount }
      let lost = outcomes.reduce(0) { $0 + $1.lostCount }
      options.note("\(gained) matches gained, \(lost) lost")
    }
    if let level, fails(level, comparison?.outcomes, text) { throw ExitCode(1) }
    if comparison?.reading.problems.isEmpty == false { throw ExitCode(2) }
  }

  private func compare(
    _ old: RuleSet,
    _ new: RuleSet,
    _ difference: RuleSetDifference
  ) throws -> (outcomes: [RuleComparison.Outcome], reading: PipelineReport) {
    var arguments: [String] = []
    for (name, value) in [
      ("--format", format), ("--logsource", logsource), ("--year", year.map(String.init)),
      ("--workers", workers.map(String.init)),
    ] {
      if let value { arguments += [name, value] }
    }
    let pipeline = try PipelineOptions.parse(arguments)
    let configuration = try pipeline.applied(to: PipelineConfiguration(), paths: logs)
    let key = try ContentKey.load()
    let start = Clock.monotonicSeconds()
    let result = RuleComparison(
      configuration: configuration,
      old: Engine(rules: old, contentKey: key),
      new: Engine(rules: new, contentKey: key),
      difference: difference
    ).run()
    let seconds = Clock.monotonicSeconds() - start
    ReportText.tell(result.reading, seconds: seconds, options: options)
    return result
  }

  private func fails(
    _ level: Severity,
    _ outcomes: [RuleComparison.Outcome]?,
    _ text: DifferenceText
  ) -> Bool {
    if let outcomes { return outcomes.contains { $0.rule.level >= level } }
    return text.levelsThatMatter.contains { $0 >= level }
  }
}

/// A difference of rules as text.
private struct DifferenceText {
  private static let valuesMax = 6

  let old: RuleSet
  let new: RuleSet
  let difference: RuleSetDifference

  /// The levels of the rules that may hold on other events than before.
  var levelsThatMatter: [Severity] {
    difference.added.map { new.descriptors[$0].reference.level }
      + difference.removed.map { old.descriptors[$0].reference.level }
      + difference.changed.filter(\.affectsMatches)
      .flatMap {
        [old.descriptors[$0.old].reference.level, new.descriptors[$0.new].reference.level]
      }
  }

  func table(_ outcomes: [RuleComparison.Outcome]?, isVerbose: Bool) -> String {
    var layout = TextLayout()
    for index in difference.added { layout.cut("added    \(name(new, index))") }
    for index in difference.removed { layout.cut("removed  \(name(old, index))") }
    for changed in difference.changed {
      layout.cut("changed  \(name(new, changed.new))")
      for change in changed.changes {
        layout.cut("  \(change.what)")
        show(change.removed, "    - ", isVerbose, &layout)
        show(change.added, "    + ", isVerbose, &layout)
      }
    }
    guard let outcomes else { return layout.text }
    if !layout.text.isEmpty { layout.line("") }
    for outcome in outcomes {
      layout.cut(
        "matches  \(outcome.keptCount) kept, \(outcome.gainedCount) gained, "
          + "\(outcome.lostCount) lost  \(outcome.rule.title) (\(outcome.rule.level.name))"
      )
      for match in outcome.gained { layout.cut("    + \(text(match))") }
      for match in outcome.lost { layout.cut("    - \(text(match))") }
    }
    if outcomes.isEmpty { layout.line("the matches are the same") }
    return layout.text
  }

  private func name(_ rules: RuleSet, _ index: Int) -> String {
    let reference = rules.descriptors[index].reference
    return "\(reference.title) (\(reference.level.name))  \(reference.path)"
  }

  private func show(
    _ values: [String],
    _ mark: String,
    _ isVerbose: Bool,
    _ layout: inout TextLayout
  ) {
    let shown = isVerbose ? values.count : Self.valuesMax
    for value in values.prefix(shown) { layout.cut(mark + value) }
    if values.count > shown { layout.line("\(mark)and \(values.count - shown) more; -v shows all") }
  }

  private func text(_ match: RuleComparison.Match) -> String {
    "\(match.path):\(match.line)  \(match.time?.description ?? "no time")"
  }

  func csv(_ outcomes: [RuleComparison.Outcome]?) -> String {
    var rows: [[String]] = [["kind", "rule_id", "what", "removed", "added"]]
    for index in difference.added { rows.append(["added", id(new, index), "", "", ""]) }
    for index in difference.removed { rows.append(["removed", id(old, index), "", "", ""]) }
    for changed in difference.changed {
      for change in changed.changes {
        rows.append([
          "changed", id(new, changed.new), change.what,
          change.removed.joined(separator: " | "), change.added.joined(separator: " | "),
        ])
      }
    }
    for outcome in outcomes ?? [] {
      rows.append([
        "matches", outcome.rule.id, "\(outcome.keptCount) kept", String(outcome.lostCount),
        String(outcome.gainedCount),
      ])
    }
    return rows.map { $0.map(CSV.field).joined(separator: ",") + "\n" }.joined()
  }

  private func id(_ rules: RuleSet, _ index: Int) -> String {
    rules.descriptors[index].reference.id
  }

  func objects(_ outcomes: [RuleComparison.Outcome]?) -> [String] {
    difference.added.map { object("added", new.descriptors[$0].reference) }
      + difference.removed.map { object("removed", old.descriptors[$0].reference) }
      + difference.changed.map { changed in
        object("changed", new.descriptors[changed.new].reference) { json in
          json.member("affects_matches", changed.affectsMatches)
          json.key("changes")
          json.array { json in
            for change in changed.changes {
              json.object { json in
                json.member("what", change.what)
                json.member("removed", change.removed)
                json.member("added", change.added)
              }
            }
          }
        }
      }
      + (outcomes ?? []).map { outcome in
        object("matches", outcome.rule) { json in
          json.member("kept", outcome.keptCount)
          json.member("gained", outcome.gainedCount)
          json.member("lost", outcome.lostCount)
          examples("gained_examples", outcome.gained, &json)
          examples("lost_examples", outcome.lost, &json)
        }
      }
  }

  private func object(
    _ kind: String,
    _ rule: RuleReference,
    _ more: (inout JSONWriter) -> Void = { _ in }
  ) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("kind", kind)
      json.key("rule")
      json.object { json in
        json.member("id", rule.id)
        json.member("title", rule.title)
        json.member("level", rule.level.name)
        json.member("path", rule.path)
      }
      more(&json)
    }
    return json.text
  }

  private func examples(
    _ name: String,
    _ matches: [RuleComparison.Match],
    _ json: inout JSONWriter
  ) {
    json.key(name)
    json.array { json in
      for match in matches {
        json.object { json in
          json.member("file", match.path)
          json.member("line", match.line)
          json.member("time", match.time?.description)
        }
      }
    }
  }
}
