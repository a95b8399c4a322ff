import ArgumentParser
import FoundationEssentials
import Vedette
import VedetteEvent
import VedetteFindings
import VedetteIncidents
import VedetteRules

/// `vedette rules show`: what a rule is, and what the engine understood of it.
struct RulesShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a rule; with --compiled what the engine understood of it.",
    discussion: """
      RULE is an id or the beginning of one, a name, a title, a path, or a file of rules. It is \
      looked for among the rules of PATH.., else among the built-in ones.
      """
  )
  @OptionGroup var options: GlobalOptions
  @Argument(help: "An id or the beginning of one, a name, a title, a path or a file.")
  var rule: String
  @Argument(help: "Rule files or folders; the built-in ones if none is given.")
  var paths: [String] = []
  @Flag(help: "Show routes, bound fields, values after modifiers, condition and witness.")
  var compiled = false

  func run() throws {
    let isFile = paths.isEmpty && FileManager.default.fileExists(atPath: rule)
    let source = RulePaths(isFile ? [rule] : paths)
    let found = isFile ? Array(source.rules.entries.indices) : source.rules.indices(matching: rule)
    let errors = source.errors.filter { isFile || $0.location.path.hasSuffix(rule) }
    for error in errors { Output.note(TerminalText.visible("\(error)")) }
    guard let first = found.first else {
      if !errors.isEmpty { throw ExitCode(2) }
      let place = paths.isEmpty ? "among the built-in ones; name the folder after it" : "there"
      throw CommandFailure("no rule answers to '\(rule)' \(place)")
    }
    guard found.count == 1 || isFile else {
      for index in found.prefix(20) {
        let reference = source.rules.descriptors[index].reference
        Output.note(TerminalText.visible("\(reference.id)  \(reference.title)"))
      }
      throw CommandFailure("'\(rule)' is not one rule but \(found.count); give more of the id")
    }
    for index in found {
      let view = RuleView(source: source, index: index)
      switch options.format {
      case .table:
        if index != first { Output.line("") }
        Output.write(compiled ? view.compiledText(isWhole: options.verbose) : view.text())
      case .json, .ndjson, .csv:
        Output.line(compiled ? view.compiledJSON() : view.json())
      }
    }
    if !errors.isEmpty { throw ExitCode(2) }
  }
}

/// A rule with all that is said of it.
struct RuleView {
  let source: RulePaths
  let index: Int

  var entry: RuleSet.Entry { source.rules.entries[index] }
  var metadata: RuleMetadata { entry.metadata }

  /// The rule for people.
  func text() -> String {
    var layout = heading()
    if let description = metadata.description {
      layout.field("about", description.split(separator: "\n").joined(separator: " "))
    }
    switch entry {
    case .rule(let rule):
      layout.field("looks at", rule.logSource.description)
      lines("detection", &layout)
      if rule.filters.count > 0 {
        layout.field("filters", "\(rule.filters.count) of other files are and-ed to it")
      }
    case .correlation(let correlation):
      layout.field("counts", correlation.inputs.map(\.name).joined(separator: ", "))
      lines("correlation", &layout)
    }
    let users = source.rules.correlations(of: index)
    layout.field(
      "part of",
      users.map { source.rules.descriptors[$0].reference.title }.joined(separator: "; ")
    )
    layout.field("tags", metadata.tags.joined(separator: " "))
    for cause in metadata.falsePositives { layout.field("also", cause) }
    for reference in metadata.references { layout.field("read", reference) }
    let dates = [metadata.date, metadata.modified.map { "changed \($0)" }].compactMap { $0 }
    layout.field("written", ([metadata.author] + dates).compactMap { $0 }.joined(separator: ", "))
    return layout.text
  }

  func heading() -> TextLayout {
    var layout = TextLayout()
    layout.cut(metadata.title)
    layout.field("id", metadata.declaredID ?? "none; known by its path")
    layout.field("name", metadata.name)
    let level = metadata.level?.name ?? "not said, so medium"
    let role = source.rules.descriptors[index].isSilent ? ", silent by itself" : ""
    layout.field("level", level + role + (metadata.status.map { ", status \($0)" } ?? ""))
    layout.field("file", metadata.location.description)
    return layout
  }

  private func lines(_ key: String, _ layout: inout TextLayout) {
    let line = metadata.location.line
    guard let section = source.file(of: metadata)?.section(key, from: line) else { return }
    layout.line("  " + key)
    for line in section { layout.line("    " + TerminalText.visible(line)) }
  }

  /// The rule for programs.
  func json() -> String {
    var json = JSONWriter()
    json.object { json in
      writeHead(&json)
      json.member("description", metadata.description)
      switch entry {
      case .rule(let rule):
        json.key("logsource")
        json.object { json in
          json.member("product", rule.logSource.product)
          json.member("category", rule.logSource.category)
          json.member("service", rule.logSource.service)
        }
        json.member("conditions", rule.detection.conditionTexts)
        json.member("detection", section("detection"))
        json.member("filters", rule.filters.count)
      case .correlation(let correlation):
        json.member("rules", correlation.inputs.map(\.name))
        json.member("group_by", correlation.groupBy)
        json.member("timespan_seconds", Double(correlation.timespanNanoseconds) / 1e9)
        json.member("generate", correlation.generates)
        json.member("correlation", section("correlation"))
      }
      let users = source.rules.correlations(of: index)
      json.member("part_of", users.map { source.rules.descriptors[$0].reference.id })
      json.member("tags", metadata.tags)
      json.member("falsepositives", metadata.falsePositives)
      json.member("references", metadata.references)
      json.member("author", metadata.author)
      json.member("date", metadata.date)
      json.member("modified", metadata.modified)
    }
    return json.text
  }

  private func section(_ key: String) -> String? {
    source.file(of: metadata)?.section(key, from: metadata.location.line)?
      .joined(separator: "\n")
  }

  func writeHead(_ json: inout JSONWriter) {
    json.member("id", metadata.id)
    json.member("name", metadata.name)
    json.member("title", metadata.title)
    json.member("level", metadata.reference.level.name)
    json.member("status", metadata.status)
    json.member("path", metadata.relativePath)
    json.member("line", metadata.location.line)
    json.member("silent", source.rules.descriptors[index].isSilent)
  }
}
