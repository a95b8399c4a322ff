import Testing
import VedetteDocuments

@testable import VedetteRules

@Suite("Linter")
struct RuleLinterTests {
  private static let clean = """
    title: Shell started by a web server
    id: 9f4b9a0e-52a1-4f0b-9d4c-0f5e2f6d7c11
    status: test
    level: high
    description: What it catches.
    date: 2026-03-02
    modified: 2026-03-03
    tags: [attack.execution, attack.t1059.004, atlas.aml.t0012]
    references: [https://example.com/a]
    logsource: {product: linux, category: process_creation}
    detection:
      parent: {ParentImage|endswith: [/nginx, /apache2]}
      filter_main: {Image: /usr/bin/php}
      condition: parent and not 1 of filter_*
    falsepositives: [Maintenance.]

    """

  private func checks(_ yaml: String) -> [String] {
    RuleLinter().lint([
      RuleFile(path: "x.yml", relativePath: "x.yml", bytes: Array(yaml.utf8))
    ]).map(\.check)
  }

  @Test("has nothing to say about a rule as it should be")
  func cleanRule() {
    #expect(checks(Self.clean) == [])
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let check: String
    /// A line of the clean rule, and what to write instead.
    let line: String
    let instead: String
    var testDescription: String { "\(check): \(instead)" }
  }

  static let cases: [Case] = [
    Case(check: "missing-title", line: "title", instead: ""),
    Case(check: "title-ends-with-stop", line: "title", instead: "title: Ends."),
    Case(check: "missing-id", line: "id", instead: ""),
    Case(check: "id-not-uuid", line: "id", instead: "id: r1"),
    Case(check: "missing-level", line: "level", instead: ""),
    Case(check: "invalid-level", line: "level", instead: "level: hihg"),
    Case(check: "missing-status", line: "status", instead: ""),
    Case(check: "invalid-status", line: "status", instead: "status: tested"),
    Case(check: "missing-description", line: "description", instead: ""),
    Case(check: "missing-date", line: "date", instead: ""),
    Case(check: "bad-date", line: "date", instead: "date: 2026/03/02"),
    Case(check: "bad-date", line: "date", instead: "date: 2026-02-30"),
    Case(check: "modified-before-date", line: "modified", instead: "modified: 2025-01-01"),
    Case(check: "missing-tags", line: "tags", instead: ""),
    Case(check: "tag-without-namespace", line: "tags", instead: "tags: [execution]"),
    Case(check: "unknown-tag-namespace", line: "tags", instead: "tags: [atack.execution]"),
    Case(check: "unknown-tactic-or-technique", line: "tags", instead: "tags: [attack.t11]"),
    Case(check: "unknown-atlas-tag", line: "tags", instead: "tags: [atlas.llm04]"),
    Case(check: "duplicate-tag", line: "tags", instead: "tags: [tlp.red, tlp.red]"),
    Case(check: "list-expected", line: "tags", instead: "tags: tlp.red"),
    Case(check: "reference-not-url", line: "references", instead: "references: [a book]"),
    Case(check: "missing-falsepositives", line: "falsepositives", instead: ""),
    Case(check: "misspelt-key", line: "falsepositives", instead: "falsepositive: [x]"),
    Case(
      check: "logsource-not-lower-case",
      line: "logsource",
      instead: "logsource: {product: Linux}"
    ),
    Case(
      check: "unknown-windows-logsource",
      line: "logsource",
      instead: "logsource: {product: windows, service: sysmom}"
    ),
    Case(
      check: "unused-search",
      line: "  condition",
      instead: "  condition: parent"
    ),
    Case(
      check: "condition-never-true",
      line: "  condition",
      instead: "  condition: parent and filter_main and not 1 of filter_*"
    ),
    Case(
      check: "condition-always-true",
      line: "  condition",
      instead: "  condition: parent or filter_main or not parent"
    ),
    Case(
      check: "detection-with-only-exclusions",
      line: "  condition",
      instead: "  condition: not parent and not filter_main"
    ),
    Case(check: "all-of-them", line: "  condition", instead: "  condition: all of them"),
    Case(
      check: "all-with-one-value",
      line: "  filter_main",
      instead: "  filter_main: {Image|contains|all: x}"
    ),
    Case(
      check: "repeated-value",
      line: "  filter_main",
      instead: "  filter_main: {Image|contains: [x, x]}"
    ),
    Case(
      check: "contained-value",
      line: "  filter_main",
      instead: "  filter_main: {Image|contains: [curl, libcurl]}"
    ),
    Case(
      check: "regex-without-need",
      line: "  filter_main",
      instead: "  filter_main: {Image|re: curl}"
    ),
    Case(
      check: "any-value-in-list",
      line: "  filter_main",
      instead: "  filter_main: {Image: ['*', x]}"
    ),
    Case(
      check: "unknown-modifier",
      line: "  filter_main",
      instead: "  filter_main: {Image|contians: x}"
    ),
    Case(
      check: "undefined-search",
      line: "  condition",
      instead: "  condition: parent and not filter"
    ),
  ]

  @Test("finds each fault, and only that", arguments: cases)
  func fault(_ example: Case) {
    let yaml = Self.clean.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.hasPrefix(example.line + ":") ? example.instead : String(line)
    }.joined(separator: "\n")
    #expect(yaml != Self.clean)
    let found = checks(yaml)
    #expect(found.contains(example.check), "\(found)")
    // A key that is misspelt is missing too, and a condition that always holds excludes nothing.
    #expect(
      found.count <= (["misspelt-key", "condition-always-true"].contains(example.check) ? 2 : 1),
      "\(found)"
    )
  }

  @Test("leaves alone what it is told to")
  func ignored() {
    let yaml = Self.clean.split(separator: "\n").map { line in
      line.hasPrefix("level") ? "level: odd # lint: ignore invalid-level" : String(line)
    }.joined(separator: "\n")
    #expect(checks(yaml) == [])
  }

  @Test("ids are unique, in lower case with hyphens")
  func ids() {
    let ids = RuleLinter.checks.map(\.id)
    #expect(Set(ids).count == ids.count && ids.count > 40)
    #expect(ids.allSatisfy { $0.allSatisfy { $0.isLowercase || $0 == "-" } })
  }

  @Test("says where and how to go on, in the compiler's form")
  func form() throws {
    let yaml = Self.clean.split(separator: "\n").map { line in
      line.hasPrefix("level") ? "level: hihg" : String(line)
    }.joined(separator: "\n")
    let finding = try #require(
      RuleLinter().lint([RuleFile(path: "x.yml", relativePath: "x.yml", bytes: Array(yaml.utf8))])
        .first
    )
    #expect(
      finding.description
        == "x.yml:4:8: error: unknown level 'hihg'; did you mean 'high'? [invalid-level]"
    )
  }
}
