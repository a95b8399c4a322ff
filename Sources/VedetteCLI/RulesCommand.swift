import ArgumentParser
import FoundationEssentials
import Vedette
import VedetteEvent
import VedetteFindings
import VedetteIncidents
import VedetteRules

/// `vedette rules`: the detection content.
struct RulesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules",
    abstract: "Check, test and list rules.",
    subcommands: [
      RulesCheckCommand.self, RulesTestCommand.self, RulesListCommand.self,
      RulesExportCommand.self, RulesShowCommand.self, RulesCoverageCommand.self,
      RulesTryCommand.self, RulesDiffCommand.self,
    ]
  )
}

/// `vedette rules list`.
struct RulesListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List rules with their level, techniques and file.",
    discussion: """
      With --unrouted, the log sources that no format that is read reaches are listed with the \
      number of their rules: such rules look only at events that are asserted to be of them, with \
      --logsource, a member _product, _category or _service, or a mapping. With --correlations \
      only correlations are listed, which 'scan' leaves out.
      """
  )
  @OptionGroup var options: GlobalOptions
  @Flag(help: "List the log sources that no format reaches instead of rules.")
  var unrouted = false
  @Flag(help: "List only correlations.")
  var correlations = false
  @OptionGroup var mapping: MappingOptions
  @Argument(help: "Rule files or folders; the built-in ones if none is given.")
  var paths: [String] = []

  func run() throws {
    var configuration = try mapping.applied(to: PipelineConfiguration())
    configuration.rulePaths = paths
    configuration.usesBuiltInRules = paths.isEmpty
    let (rules, errors, _) = RuleSource.load(configuration)
    for error in errors { Output.note("\(error)") }
    if unrouted {
      listUnrouted(rules)
    } else {
      list(rules)
    }
    if errors.contains(where: \.isUnreadable) { throw ExitCode(2) }
  }

  private func list(_ rules: RuleSet) {
    let chosen = rules.entries.indices.filter { index in
      guard correlations else { return true }
      if case .correlation = rules.entries[index] { return true }
      return false
    }
    let sorted = chosen.map { rules.descriptors[$0] }.sorted {
      ($0.reference.path, $0.reference.id) < ($1.reference.path, $1.reference.id)
    }
    if options.format == .csv { Output.line("id,level,title,techniques,path") }
    for rule in sorted { Output.line(line(rule)) }
    options.note("\(sorted.count) rules")
  }

  private func listUnrouted(_ rules: RuleSet) {
    let uses = rules.logSources
    let unrouted = uses.filter { !$0.isRouted }
    if options.format == .csv { Output.line("rules,logsource") }
    for use in unrouted {
      switch options.format {
      case .table: Output.line("\(TerminalText.padded("\(use.ruleCount)", to: 6)) \(use.logSource)")
      case .csv: Output.line("\(use.ruleCount),\(CSV.field("\(use.logSource)"))")
      case .json, .ndjson:
        var json = JSONWriter()
        json.object { json in
          json.member("product", use.logSource.product)
          json.member("category", use.logSource.category)
          json.member("service", use.logSource.service)
          json.member("rules", use.ruleCount)
        }
        Output.line(json.text)
      }
    }
    let total = uses.reduce(0) { $0 + $1.ruleCount }
    let missing = unrouted.reduce(0) { $0 + $1.ruleCount }
    options.note(
      "\(total - missing) of \(total) rules are routed, \(unrouted.count) log sources are not"
    )
  }

  private func line(_ rule: RuleDescriptor) -> String {
    let reference = rule.reference
    switch options.format {
    case .table:
      let role = rule.isSilent ? "part" : reference.level.name
      let title = TerminalText.truncated(TerminalText.visible(reference.title), to: 50)
      return TerminalText.padded(role, to: 13) + " " + TerminalText.padded(title, to: 50) + " "
        + TerminalText.visible(reference.path)
    case .csv:
      return [
        reference.id, reference.level.name, reference.title,
        rule.techniques.joined(separator: " "), reference.path,
      ].map(CSV.field).joined(separator: ",")
    case .json, .ndjson:
      var json = JSONWriter()
      json.object { json in
        json.member("id", reference.id)
        json.member("title", reference.title)
        json.member("level", reference.level.name)
        json.member("techniques", rule.techniques)
        json.member("tactics", rule.tactics)
        json.member("part_of_correlation", rule.isSilent)
        json.member("path", reference.path)
      }
      return json.text
    }
  }
}

/// `vedette rules export`.
struct RulesExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the built-in rules out, to be read and changed."
  )
  @OptionGroup var options: GlobalOptions
  @Argument(help: "The folder to write to.") var folder: String

  func run() throws {
    let files = RuleSource.builtIn
    for file in files {
      let path = "\(folder)/\(file.relativePath)"
      let parent = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
      do {
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        try Data(file.bytes).write(to: URL(filePath: path))
      } catch {
        throw CommandFailure("can't write '\(path)'; check the folder's permission and space")
      }
    }
    options.note("\(files.count) files written to \(folder)/rules")
  }
}
