import ArgumentParser
import FoundationEssentials
import Vedette
import VedetteColumns
import VedetteEvent
import VedetteFindings
import VedetteIngest
import VedetteIncidents
import VedetteNormalize
import VedetteRules

/// `vedette explain`: the way of a record through the stages.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show the way of a line through format, fields, rules and grouping.",
    discussion: """
      The argument is a file, '-' for standard input, or a line itself. --failures shows only what \
      could not be read, with the reason, and counts shapes for each program. Behaviour needs history, so a single line has no score.
      """
  )

  @OptionGroup var options: GlobalOptions
  @OptionGroup var pipeline: PipelineOptions
  @Argument(help: "A file, '-', or a line.") var input: String
  @Flag(help: "Show only records that could not be read.") var failures = false
  @Option(help: "Explain at most this many records.") var limit = 10

  private static let bytesMax = 256 << 20

  func run() throws {
    let configuration = try pipeline.applied(to: PipelineConfiguration(), paths: ["line"])
    guard let settings = configuration.sources.first else { return }
    let (name, bytes) = try read()
    let runner = SampleRunner()
    let outcomes = runner.read(
      bytes,
      path: name,
      settings: settings,
      year: pipeline.year ?? Self.currentYear
    )
    guard let first = outcomes.first else {
      Output.shownLine("nothing to explain: the input holds no record")
      return
    }
    let records = outcomes.reduce(0) { $0 + $1.recordCount }
    let failed = outcomes.reduce(0) { $0 + $1.failureCount }
    Output.shownLine("format    \(first.choice.format.rawValue): \(first.choice.reason)")
    Output.shownLine("records   \(records), of them \(failed) that could not be read")
    show(outcomes.flatMap(\.failures), of: failed)
    guard !failures else { return showShapes(outcomes) }
    let (rules, _, _) = RuleSource.load(configuration)
    var left = limit
    for outcome in outcomes {
      for row in 0..<min(outcome.batch.rowCount, left) { show(outcome.batch, row, rules) }
      left -= min(outcome.batch.rowCount, left)
    }
    let events = outcomes.reduce(0) { $0 + $1.batch.rowCount }
    if events > limit { options.note("\(events - limit) more events; ask for them with --limit") }
  }

  private func read() throws -> (name: String, bytes: [UInt8]) {
    if input == "-" {
      return ("-", StandardInput.read(bytesMax: Self.bytesMax))
    }
    guard FileManager.default.fileExists(atPath: input) else {
      guard !Self.looksLikePath(input) else {
        throw CommandFailure(
          "there is no file '\(input)'; to explain it as a line, give it to 'vedette explain -'"
        )
      }
      return ("line", Array(input.utf8))
    }
    guard let bytes = try FileContent.read(input, bytesMax: Self.bytesMax) else {
      throw CommandFailure("'\(input)' is over 256 MiB; explain a part of it")
    }
    return (input, bytes)
  }

  /// Whether an argument that is no file was meant as one: a single word that begins as a path, or
  /// ends as the name of a log does.
  private static func looksLikePath(_ text: String) -> Bool {
    guard !text.isEmpty, !text.contains(where: \.isWhitespace), text.first != "{" else {
      return false
    }
    let isRooted = ["/", "./", "../", "~/"].contains { text.hasPrefix($0) }
    let name = text.split(separator: "/").last.map(String.init) ?? text
    let isNamed = [".log", ".gz", ".json", ".jsonl", ".ndjson", ".txt", ".csv"].contains {
      name.hasSuffix($0)
    }
    return isRooted || isNamed
  }

  private func show(_ kept: [(origin: RecordOrigin, reason: String, raw: [UInt8])], of count: Int) {
    for failure in kept.prefix(failures ? Int.max : limit) {
      Output.shownLine("failure   line \(failure.origin.line): \(failure.reason)")
      let raw = Array(failure.raw.prefix(200))
      Output.shownLine("          \(TerminalText.truncated(TerminalText.visible(raw), to: 150))")
    }
    if count > kept.count { options.note("\(count - kept.count) more failures were not kept") }
  }

  private func show(_ batch: EventBatch, _ row: Int, _ rules: RuleSet) {
    let explanation = RecordExplanation(
      batch,
      row: row,
      rules: rules,
      keepsMisses: options.verbose
    )
    Output.shownLine("")
    Output.shownLine("line \(batch.records[row].line)")
    Output.shownLine("  time    \(batch.time(row).map(options.shown) ?? "none that could be read")")
    Output.shownLine("  source  \(batch.logSource(row).description)")
    for (index, name) in batch.schema.names.enumerated() where name != BatchSchema.joinedName {
      let texts = batch.columns[index].texts(row).map { TerminalText.visible($0) }
      guard !texts.isEmpty else { continue }
      let value = TerminalText.truncated(texts.joined(separator: ", "), to: 100)
      Output.shownLine(
        "  field   \(TerminalText.padded(TerminalText.visible(name), to: 30)) \(value)"
      )
    }
    for entity in explanation.entities {
      let key = TerminalText.visible(entity.key.description)
      Output.shownLine("  entity  \(entity.role.rawValue) \(key)")
    }
    Output.shownLine(
      "  rules   \(explanation.routedCount) look at such events, \(explanation.matches.count) hold"
    )
    for match in explanation.matches { show(match, rules) }
    for miss in explanation.misses { show(miss, rules) }
    for correlation in explanation.correlations {
      Output.shownLine("  counts  in '\(correlation.title)' (\(correlation.level.name))")
    }
  }

  private func show(_ rule: RuleExplanation, _ rules: RuleSet) {
    let reference = rules.descriptors[rule.rule].reference
    let mark = rule.isTrue ? "true " : "false"
    Output.shownLine("  \(mark)   \(reference.title) (\(reference.level.name)) \(reference.path)")
    for trace in rule.trace { show(trace, depth: 2) }
  }

  private func show(_ trace: ConditionTrace, depth: Int) {
    let indent = String(repeating: "  ", count: min(depth, 12) + 3)
    let values = (trace.observed ?? []).map { TerminalText.visible($0) }.joined(separator: ", ")
    let seen = values.isEmpty ? "" : "   saw \(TerminalText.truncated(values, to: 60))"
    let what = TerminalText.truncated(TerminalText.visible(trace.label), to: 100)
    Output.shownLine("\(indent)\(trace.isTrue ? "true " : "false") \(what)\(seen)")
    for part in trace.parts { show(part, depth: depth + 1) }
  }

  private static var currentYear: Int {
    let days = Clock.now().floor(toMultipleOf: 86_400_000_000_000).nanosecondsSinceEpoch
    return CivilDate(daysSinceEpoch: Int(days / 86_400_000_000_000)).year
  }
}
