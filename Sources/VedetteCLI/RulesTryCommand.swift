import ArgumentParser
import FoundationEssentials
import Vedette
import VedetteEvent
import VedetteFindings
import VedetteIncidents
import VedetteIngest
import VedetteRules

/// `vedette rules try`: what a rule would have found in logs of the past.
struct RulesTryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "try",
    abstract: "Show what a rule would have found in logs: how much, when, with whom.",
    discussion: """
      RULE is a file or folder of rules, or what 'rules show' finds among the built-in ones. \
      Correlations are run as in a replay; rules that they name in other files are looked for \
      below --rules and among the built-in ones. Nothing is written.
      """
  )
  @OptionGroup var options: GlobalOptions
  @OptionGroup var pipeline: PipelineOptions
  @Argument(help: "A rule file or folder, or an id, name or title of a built-in rule.")
  var rule: String
  @Argument(help: "Files, globs or folders of logs; '-' is standard input.")
  var logs: [String]
  @Option(help: "Exit with 1 if a rule of at least this level would have found something.")
  var failOn: String?
  @Flag(help: "List rules that found nothing too.") var all = false

  func run() throws {
    let level = try failOn.map { try Severity(argument: $0, option: "--fail-on") }
    var configuration = try pipeline.applied(to: PipelineConfiguration(), paths: logs)
    let (rules, chosen, errors) = try load(&configuration)
    for error in errors { Output.note(TerminalText.visible("\(error)")) }
    guard !chosen.isEmpty else { throw CommandFailure("'\(rule)' holds no rule that can be used") }
    let engine = Engine(rules: rules, contentKey: try ContentKey.load())
    let start = Clock.monotonicSeconds()
    let report = RuleTrial(configuration: configuration, engine: engine).run()
    let seconds = Clock.monotonicSeconds() - start
    ReportText.tell(report.reading, seconds: seconds, options: options)
    let outcomes = report.outcomes.filter { chosen.contains($0.rule.id) }
    let shown = outcomes.filter { $0.count > 0 || all || outcomes.count == 1 }
    let text = TrialText(events: report.reading.eventCount, dayCount: report.dayCount)
    switch options.format {
    case .table: Output.write(shown.map(text.table).joined(separator: "\n"))
    case .csv:
      Output.line("rule_id,level,count,events,title")
      for outcome in shown { Output.line(text.csv(outcome)) }
    case .json: Output.write("[\n" + shown.map(text.json).joined(separator: ",\n") + "\n]\n")
    case .ndjson: for outcome in shown { Output.line(text.json(outcome)) }
    }
    let found = outcomes.count { $0.count > 0 }
    options.note("\(found) of \(outcomes.count) rules found something")
    if let level, outcomes.contains(where: { $0.count > 0 && $0.rule.level >= level }) {
      throw ExitCode(1)
    }
    if !report.reading.problems.isEmpty || errors.contains(where: { isOfRule($0) }) {
      throw ExitCode(2)
    }
  }

  /// Loads the rules that are tried, and those that they rest on.
  private func load(
    _ configuration: inout PipelineConfiguration
  ) throws -> (rules: RuleSet, chosen: Set<String>, errors: [RuleError]) {
    guard FileManager.default.fileExists(atPath: rule) else {
      let (all, errors, idle) = RuleSource.load(configuration)
      for sentence in idle { Output.note("vedette: \(sentence)") }
      let found = all.indices(matching: rule)
      guard let index = found.first, found.count == 1 else {
        throw CommandFailure(
          found.isEmpty
            ? "'\(rule)' is no file, and no rule answers to it"
            : "'\(rule)' is not one rule but \(found.count); give more of the id"
        )
      }
      let id = all.entries[index].metadata.id
      return (all.filtered { $0.id == id }, [id], errors.filter(isOfRule))
    }
    var alone = configuration
    alone.rulePaths = [rule]
    alone.usesBuiltInRules = false
    let first = RuleSource.load(alone)
    let ids = Set(first.rules.entries.map(\.metadata.id))
    guard first.errors.contains(where: \.namesAnotherRule) else {
      return (first.rules, ids, first.errors)
    }
    configuration.rulePaths.insert(rule, at: 0)
    let (all, errors, _) = RuleSource.load(configuration)
    let chosen = Set(all.entries.map(\.metadata).filter(isOfRule).map(\.id))
    return (all.filtered { chosen.contains($0.id) }, chosen, errors.filter(isOfRule))
  }

  private func isOfRule(_ error: RuleError) -> Bool { isBelowRule(error.location.path) }

  private func isOfRule(_ metadata: RuleMetadata) -> Bool { isBelowRule(metadata.location.path) }

  private func isBelowRule(_ path: String) -> Bool {
    path == rule || path.hasPrefix(rule.hasSuffix("/") ? rule : rule + "/")
  }
}

extension RuleError {
  /// Whether a rule of another file may be what is missing.
  fileprivate var namesAnotherRule: Bool {
    switch problem {
    case .unknownRule, .rejectedInput: true
    default: false
    }
  }
}

/// What a rule would have found, as text.
private struct TrialText {
  private static let barColumns = 30
  private static let daysMax = 14

  let events: Int
  let dayCount: Int

  func table(_ outcome: RuleTrial.Outcome) -> String {
    var layout = TextLayout()
    layout.cut("\(outcome.rule.title) (\(outcome.rule.level.name))")
    layout.field("file", outcome.rule.path)
    layout.field("found", summary(outcome))
    if outcome.isSilent { layout.field("", "silent by itself: it is a part of a correlation") }
    let most = outcome.days.map(\.count).max() ?? 1
    for day in outcome.days.suffix(Self.daysMax) {
      let bar = String(repeating: "#", count: max(1, day.count * Self.barColumns / most))
      layout.line("  \(TerminalText.padded(day.name, to: 11)) \(right(day.count)) \(bar)")
    }
    let hidden = outcome.days.count - Self.daysMax
    if hidden > 0 { layout.line("  and \(hidden) days before these") }
    for entity in outcome.entities { layout.cut("  by   \(right(entity.count)) \(entity.name)") }
    for (index, example) in outcome.examples.enumerated() {
      let label = index == outcome.examples.count - 1 && index > 0 ? "last" : "first"
      layout.cut(
        "  \(TerminalText.padded(label, to: 6)) \(example.time?.description ?? "no time")  "
          + "\(example.path):\(example.line)"
      )
      for field in example.fields { layout.cut("           \(field.name): \(field.value)") }
    }
    return layout.text
  }

  private func right(_ count: Int) -> String {
    let text = String(count)
    return String(repeating: " ", count: max(0, 8 - text.count)) + text
  }

  /// How much it is, and what that would be to live with.
  private func summary(_ outcome: RuleTrial.Outcome) -> String {
    guard outcome.count > 0 else { return "nothing in \(events) events" }
    let what = outcome.isCorrelation ? ("finding", "findings") : ("match", "matches")
    var text = "\(outcome.count) \(outcome.count == 1 ? what.0 : what.1) in \(events) events"
    if !outcome.isCorrelation {
      let every = Int((Double(events) / Double(outcome.count)).rounded())
      text += ", \(percent(outcome)) % of them" + (every > 1 ? ", one in \(every)" : "")
    }
    if dayCount > 1 {
      let daily = Double(outcome.count) / Double(dayCount)
      text += ", \(ReportText.decimal(daily)) a day over \(dayCount) days"
    }
    return text
  }

  private func percent(_ outcome: RuleTrial.Outcome) -> String {
    let share = events > 0 ? Double(outcome.count) / Double(events) * 100 : 0
    return share < 0.01 && share > 0 ? "under 0.01" : ReportText.decimal(share)
  }

  func csv(_ outcome: RuleTrial.Outcome) -> String {
    [
      outcome.rule.id, outcome.rule.level.name, String(outcome.count), String(events),
      outcome.rule.title,
    ].map(CSV.field).joined(separator: ",")
  }

  func json(_ outcome: RuleTrial.Outcome) -> String {
    var json = JSONWriter()
    json.object { json in
      json.key("rule")
      json.object { json in
        json.member("id", outcome.rule.id)
        json.member("title", outcome.rule.title)
        json.member("level", outcome.rule.level.name)
      }
      json.member("correlation", outcome.isCorrelation)
      json.member("silent", outcome.isSilent)
      json.member("count", outcome.count)
      json.member("events", events)
      if events > 0, !outcome.isCorrelation {
        json.member("share", Double(outcome.count) / Double(events))
      }
      json.member("days_read", dayCount)
      tallies("days", outcome.days, &json)
      tallies("entities", outcome.entities, &json)
      json.key("examples")
      json.array { json in for example in outcome.examples { write(example, &json) } }
    }
    return json.text
  }

  private func tallies(_ name: String, _ tallies: [RuleTrial.Tally], _ json: inout JSONWriter) {
    json.key(name)
    json.object { json in for tally in tallies { json.member(tally.name, tally.count) } }
  }

  private func write(_ example: RuleTrial.Example, _ json: inout JSONWriter) {
    json.object { json in
      json.member("file", example.path)
      json.member("line", example.line)
      json.member("time", example.time?.description)
      json.key("fields")
      json.object { json in for field in example.fields { json.member(field.name, field.value) } }
    }
  }
}
