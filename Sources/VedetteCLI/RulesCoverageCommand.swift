import ArgumentParser
import FoundationEssentials
import Vedette
import VedetteEvent
import VedetteFindings
import VedetteIncidents
import VedetteRules

/// `vedette rules coverage`: which techniques rules look for.
struct RulesCoverageCommand: ParsableCommand {
  /// How coverage is printed.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case table, json, ndjson, csv, navigator
  }

  static let configuration = CommandConfiguration(
    commandName: "coverage",
    abstract: "Show which techniques of ATT&CK and ATLAS the rules look for.",
    discussion: """
      Ids and tactics are held against a list in this program. Tags that name none of it, and those \
      that were revoked, are told with file and line. Exits with 1 if one is unknown; with --strict \
      also if one was revoked or renamed.
      """
  )
  @Option(name: .shortAndLong, help: "How to print: table, json, ndjson, csv or navigator.")
  var output: Format?
  @Flag(name: .shortAndLong, help: "Print only results and errors.") var quiet = false
  @Option(help: "Only this matrix: attack or atlas.") var framework: String?
  @Option(help: "Write an ATT&CK Navigator layer to this file.") var layer: String?
  @Flag(help: "Exit with 1 for revoked and renamed tags too.") var strict = false
  @Flag(help: "List the techniques that no rule names.") var gaps = false
  @Argument(help: "Rule files or folders; the built-in ones if none is given.")
  var paths: [String] = []

  func validate() throws {
    if let framework, TechniqueCatalog.Framework(rawValue: framework) == nil {
      throw ValidationError("--framework takes attack or atlas, not '\(framework)'")
    }
  }

  func run() throws {
    let source = RulePaths(paths)
    for error in source.errors { Output.note(TerminalText.visible("\(error)")) }
    // What covers little because half of the rules is not there would mislead.
    if source.isUnreadable { throw ExitCode(2) }
    let coverage = RuleCoverage(
      source.rules,
      files: source.files,
      catalog: TechniqueSource.builtIn
    )
    for problem in coverage.problems {
      let severity = problem.isUnknown ? "error" : "warning"
      Output.note(TerminalText.visible("\(problem.location): \(severity): \(problem.message)"))
    }
    let chosen = framework.flatMap(TechniqueCatalog.Framework.init(rawValue:))
    let frameworks = chosen.map { [$0] } ?? TechniqueCatalog.Framework.allCases
    let report = CoverageReport(coverage: coverage, rules: source.rules, frameworks: frameworks)
    switch output ?? (Output.isTerminal ? .table : .ndjson) {
    case .table: Output.write(report.table(showsGaps: gaps))
    case .csv: Output.write(report.csv())
    case .json: Output.write(report.json())
    case .ndjson: Output.write(report.ndjson())
    case .navigator: Output.line(layerJSON(coverage, source.rules, chosen ?? .attack))
    }
    if let layer {
      let json = layerJSON(coverage, source.rules, chosen ?? .attack)
      do {
        try Data((json + "\n").utf8).write(to: URL(filePath: layer))
      } catch {
        throw CommandFailure("can't write '\(layer)'; check the folder's permission and space")
      }
    }
    if !quiet {
      let count = source.rules.entries.count
      Output.note(
        "\(count) rules, \(coverage.taggedCount) name a technique; "
          + "\(coverage.problems.count) tags are unknown or revoked"
      )
    }
    if coverage.problems.contains(where: { $0.isUnknown || strict }) { throw ExitCode(1) }
  }

  private func layerJSON(
    _ coverage: RuleCoverage,
    _ rules: RuleSet,
    _ framework: TechniqueCatalog.Framework
  ) -> String {
    let what = paths.isEmpty ? "built-in rules" : paths.joined(separator: ", ")
    return NavigatorLayer(
      coverage,
      rules: rules,
      framework: framework,
      name: "Vedette: \(what)"
    ).json
  }
}

/// Coverage as text.
private struct CoverageReport {
  let coverage: RuleCoverage
  let rules: RuleSet
  let frameworks: [TechniqueCatalog.Framework]

  private var catalog: TechniqueCatalog { coverage.catalog }

  /// For people: each tactic with its techniques, how many rules name them, and what is missing.
  func table(showsGaps: Bool) -> String {
    var layout = TextLayout()
    for framework in frameworks {
      let all = catalog.techniques.filter { $0.framework == framework }
      let main = all.filter { $0.parent == nil }
      let parts = all.filter { $0.parent != nil }
      let covered = (main.count { isCovered($0) }, parts.count { isCovered($0) })
      layout.line(
        "\(framework.name) \(catalog.releases[framework] ?? ""): \(covered.0) of \(main.count) "
          + "techniques and \(covered.1) of \(parts.count) sub-techniques have a rule"
      )
      for tactic in catalog.tactics where tactic.framework == framework {
        describe(tactic, main, parts, showsGaps, &layout)
      }
      layout.line("")
    }
    if !showsGaps { layout.line("--gaps lists the techniques without a rule") }
    return layout.text
  }

  private func describe(
    _ tactic: TechniqueCatalog.Tactic,
    _ main: [TechniqueCatalog.Technique],
    _ parts: [TechniqueCatalog.Technique],
    _ showsGaps: Bool,
    _ layout: inout TextLayout
  ) {
    let own = main.filter { $0.tactics.contains(tactic.shortName) }
    let covered = own.filter(isCovered)
    let count = Set(covered.flatMap { coverage.rulesBelow[$0.id] ?? [] }).count
    layout.line("")
    layout.line(
      TerminalText.padded("\(tactic.name) (\(tactic.id))", to: 42)
        + Self.right("\(covered.count) of \(own.count)", 12) + Self.right("\(count) rules", 14)
    )
    for technique in covered {
      let below = coverage.rulesBelow[technique.id]?.count ?? 0
      layout.line(row(technique, below, indent: 2))
      for part in parts where part.parent == technique.id && isCovered(part) {
        layout.line(row(part, coverage.rules[part.id]?.count ?? 0, indent: 4))
      }
    }
    guard showsGaps else { return }
    let missing = own.filter { !isCovered($0) }.map { "\($0.id) \($0.name)" }
    if !missing.isEmpty { layout.paragraph(missing.joined(separator: ", "), first: "  without ") }
  }

  private func row(
    _ technique: TechniqueCatalog.Technique,
    _ count: Int,
    indent: Int
  ) -> String {
    let id = String(repeating: " ", count: indent) + TerminalText.padded(technique.id, to: 15)
    let name = TerminalText.truncated(technique.name, to: 60 - indent - 15)
    return TerminalText.padded(id + name, to: 61) + Self.right(String(count), 7)
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private func isCovered(_ technique: TechniqueCatalog.Technique) -> Bool {
    coverage.rulesBelow[technique.id] != nil
  }

  private var techniques: [TechniqueCatalog.Technique] {
    catalog.techniques.filter { frameworks.contains($0.framework) }
  }

  func csv() -> String {
    techniques.reduce("framework,technique,name,tactics,rules,rules_below\n") { text, technique in
      let row = [
        technique.framework.rawValue, technique.id, technique.name,
        technique.tactics.joined(separator: " "),
        String(coverage.rules[technique.id]?.count ?? 0),
        String(coverage.rulesBelow[technique.id]?.count ?? 0),
      ]
      return text + row.map(CSV.field).joined(separator: ",") + "\n"
    }
  }

  func ndjson() -> String {
    techniques.map { object($0) + "\n" }.joined()
  }

  func json() -> String {
    "[\n" + techniques.map(object).joined(separator: ",\n") + "\n]\n"
  }

  private func object(_ technique: TechniqueCatalog.Technique) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("framework", technique.framework.rawValue)
      json.member("technique", technique.id)
      json.member("name", technique.name)
      json.member("tactics", technique.tactics)
      json.member("rules", coverage.rules[technique.id]?.count ?? 0)
      json.member("rules_below", coverage.rulesBelow[technique.id]?.count ?? 0)
      let own = coverage.rules[technique.id] ?? []
      json.member("rule_ids", own.map { rules.descriptors[$0].reference.id })
    }
    return json.text
  }
}
