import ArgumentParser
import Vedette
import VedetteColumns
import VedetteEvent
import VedetteFindings
import VedetteIncidents
import VedetteRules

/// `vedette scan`: single-event signatures, no state, no database.
struct ScanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan",
    abstract: "Match rules on single events and print each match.",
    discussion: """
      With --rules exactly those rules are used, else the built-in ones. Correlations need \
      'vedette replay': they are named, and their base rules' matches are printed.
      """
  )

  @OptionGroup var options: GlobalOptions
  @OptionGroup var pipeline: PipelineOptions

  @Argument(help: "Files, globs or folders; '-' is standard input.")
  var paths: [String]

  @Flag(help: "Leave the event out of what is printed.")
  var noEvent = false

  @Option(help: "Exit with 1 if a match is at least of this level.")
  var failOn: String?

  @Flag(help: "Exit with 1 if a rule can't be used, with 2 if a record can't be read.")
  var strict = false

  @Flag(help: "Tell the ten most expensive rules and why; measuring makes the scan slower.")
  var profile = false

  func run() throws {
    let level = try failOn.map { try Severity(argument: $0, option: "--fail-on") }
    var configuration = try pipeline.applied(to: PipelineConfiguration(), paths: paths)
    if !pipeline.rulePaths.isEmpty { configuration.usesBuiltInRules = false }
    let (rules, correlations, errors, idle) = RuleSource.loadSingle(configuration)
    for error in errors { Output.note(TerminalText.visible("\(error)")) }
    for sentence in idle { Output.note("vedette: \(sentence)") }
    tell(correlations)
    if rules.entries.isEmpty, errors.isEmpty, correlations.isEmpty {
      Output.note("vedette: no rule is in \(rulePlaces): nothing can match")
    }
    let engine = Engine(rules: rules, contentKey: try ContentKey.load())
    let start = Clock.monotonicSeconds()
    var tally = [Int](repeating: 0, count: Severity.allCases.count)
    var printer = MatchPrinter(format: options.format, isEventShown: !noEvent)
    func emit(_ match: ScanMatch) {
      tally[match.rule.level.rawValue] += 1
      printer.print(match)
    }
    let scan = Scan(configuration: configuration, engine: engine)
    var costs: RuleProfile?
    let report: PipelineReport
    if profile {
      (report, costs) = scan.run(profilingBy: ProfileClock(Clock.monotonicNanoseconds), emit: emit)
    } else {
      report = scan.run(emit: emit)
    }
    printer.finish()
    ReportText.tell(report, seconds: Clock.monotonicSeconds() - start, options: options)
    tell(tally, rules: rules.entries.count, rejected: errors.count)
    if report.eventCount > 0 { tell(report.unreachedRules, of: rules) }
    if let costs { Output.noteText(ProfileText(costs, rules, report).text) }
    let isBad = level.map { level in tally[level.rawValue...].contains { $0 > 0 } } ?? false
    if isBad || (strict && !errors.isEmpty) { throw ExitCode(1) }
    if !report.problems.isEmpty || errors.contains(where: \.isUnreadable)
      || (strict && report.deadLetterCount > 0)
    {
      throw ExitCode(2)
    }
  }

  private var rulePlaces: String {
    let places = pipeline.rulePaths.map { "'\(TerminalText.visible($0))'" }
    return places.isEmpty ? "what the options leave" : places.joined(separator: ", ")
  }

  /// Names the correlations that were left out.
  private func tell(_ correlations: [RuleMetadata]) {
    guard let first = correlations.first, !options.quiet else { return }
    var layout = TextLayout()
    if correlations.count == 1 {
      layout.paragraph(
        "'\(first.title)' is a correlation, which needs 'vedette replay', and was left out",
        first: ""
      )
    } else {
      layout.paragraph(
        "\(correlations.count) correlations need 'vedette replay' and were left out: "
          + correlations.map(\.title).joined(separator: ", "),
        first: ""
      )
    }
    Output.noteText(layout.text)
  }

  /// Says how many rules look at what the input has not, and with -v at what.
  private func tell(_ unreached: [Int], of rules: RuleSet) {
    guard !unreached.isEmpty, !options.quiet else { return }
    let more = options.verbose ? "" : "; -v lists these"
    options.note(
      "\(unreached.count) of \(rules.entries.count) rules look at log sources that no event here is "
        + "of\(more)"
    )
    guard options.verbose else { return }
    var counts: [String: Int] = [:]
    for index in unreached {
      guard case .rule(let rule) = rules.entries[index] else { continue }
      counts[rule.logSource.description, default: 0] += 1
    }
    for (source, count) in counts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      options.note("\(TerminalText.padded("\(count)", to: 6)) \(TerminalText.visible(source))")
    }
  }

  private func tell(_ tally: [Int], rules: Int, rejected: Int) {
    let counts = Severity.allCases.reversed().filter { tally[$0.rawValue] > 0 }
      .map { "\(tally[$0.rawValue]) \($0.name)" }
    let matches = counts.isEmpty ? "no matches" : "matches: " + counts.joined(separator: ", ")
    options.note("\(rules) rules loaded, \(rejected) rejected; \(matches)")
  }
}

/// Prints matches, a buffer at a time.
struct MatchPrinter {
  private static let bufferBytesMax = 64 << 10
  private let format: OutputFormat
  private let isEventShown: Bool
  private var buffer = ""
  private var hasHeader = false

  init(format: OutputFormat, isEventShown: Bool) {
    self.format = format
    self.isEventShown = isEventShown
  }

  mutating func print(_ match: ScanMatch) {
    switch format {
    case .csv:
      if !hasHeader { buffer += "line,rule_id\n" }
      hasHeader = true
      buffer += "\(match.batch.records[match.row].line),\(CSV.field(match.rule.id))\n"
    case .table:
      let time = match.batch.time(match.row)?.description ?? "-"
      let title = TerminalText.visible(match.rule.title)
      let line = match.batch.records[match.row].line
      let path = TerminalText.visible(match.batch.path)
      buffer +=
        "\(time)  \(TerminalText.padded(match.rule.level.name, to: 13)) \(title)  \(path):\(line)\n"
    case .ndjson: buffer += object(match) + "\n"
    case .json:
      buffer += (hasHeader ? ",\n" : "[\n") + object(match)
      hasHeader = true
    }
    if buffer.utf8.count > Self.bufferBytesMax { flush() }
  }

  /// Prints what is left, and ends what was begun.
  mutating func finish() {
    if format == .json { buffer += hasHeader ? "\n]\n" : "[]\n" }
    flush()
  }

  private mutating func flush() {
    Output.write(buffer)
    buffer = ""
  }

  private func object(_ match: ScanMatch) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("file", match.batch.path)
      json.member("line", match.batch.records[match.row].line)
      json.member("time", match.batch.time(match.row)?.description)
      json.key("rule")
      json.object { json in
        json.member("id", match.rule.id)
        json.member("title", match.rule.title)
        json.member("level", match.rule.level.name)
      }
      if isEventShown {
        json.key("event")
        EventJSON.write(match.batch, match.row, to: &json)
      }
    }
    return json.text
  }
}

/// An event as an object, by the names of its columns.
enum EventJSON {
  static func write(_ batch: EventBatch, _ row: Int, to json: inout JSONWriter) {
    json.object { json in
      for (index, name) in batch.schema.names.enumerated() where name != BatchSchema.joinedName {
        let column = batch.columns[index]
        guard column.valid[row] else { continue }
        switch column.values {
        case .integers(let values): json.member(name, Int(values[row]))
        case .numbers(let values): json.member(name, values[row])
        case .texts:
          let texts = column.texts(row)
          if texts.count == 1 { json.member(name, texts[0]) } else { json.member(name, texts) }
        }
      }
    }
  }
}
