import Testing
import VedetteDocuments

@testable import VedetteRules

@Suite("Linter")
struct RuleLinterTests {
  @Test("has nothing to say about rules as they should be")
  func cleanRules() {
    for text in [LintCase.rule, LintCase.windows, LintCase.correlation] {
      #expect(LintCase.findings(text) == [])
    }
  }

  @Test("finds each fault, and only that", arguments: LintCase.all)
  func fault(_ example: LintCase) {
    let found = Set(LintCase.findings(example.yaml(example.trips)).map(\.check))
    #expect(found == example.also.union([example.check]))
  }

  @Test("does not take a near miss for a fault", arguments: LintCase.all)
  func nearMiss(_ example: LintCase) {
    let found = Set(LintCase.findings(example.yaml(example.passes)).map(\.check))
    #expect(!found.contains(example.check), "\(found)")
  }

  @Test("a rule with an error is not used", arguments: LintCase.all)
  func errorsRefuse(_ example: LintCase) throws {
    let check = try #require(RuleLinter.checks.first { $0.id == example.check })
    let text = example.yaml(example.trips)
    let file = RuleFile(path: "x.yml", relativePath: "x.yml", bytes: Array(text.utf8))
    let findings = RuleLinter().lint([file])
    let errors = RuleLoader().load([file]).errors
    #expect(errors.isEmpty == !findings.contains { $0.severity == .error }, "\(check.id)")
    if check.severity == .error { #expect(!errors.isEmpty, "\(check.id)") }
  }

  @Test("every check has a fault and a near miss")
  func everyCheckIsTested() {
    // Files that can't be opened or are too large are tested with files, samples with theirs.
    let elsewhere: Set = [
      "unreadable", "not-utf8", "file-too-large", "too-many-values", "invalid-test-file",
    ]
    let tested = Set(LintCase.all.map(\.check))
    #expect(Set(RuleLinter.checks.map(\.id)).subtracting(tested) == elsewhere)
    #expect(tested.isSubset(of: RuleLinter.checks.map(\.id)))
  }

  @Test("ids are unique, in lower case with hyphens, and say why they are there")
  func ids() {
    let ids = RuleLinter.checks.map(\.id)
    #expect(Set(ids).count == ids.count)
    #expect(LintCheck.ofDocuments.count + LintCheck.ruleSetChecks.count >= 90)
    #expect(ids.allSatisfy { $0.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" } })
    for check in RuleLinter.checks {
      #expect(check.why.count >= 60, "\(check.id)")
      #expect(check.why.hasSuffix("."), "\(check.id)")
      #expect(check.isFixable == check.why.contains("The fix "), "\(check.id)")
    }
    #expect(Set(RuleLinter.checks.map(\.why)).count == ids.count)
  }

  @Test("says where and how to go on, in the compiler's form")
  func form() throws {
    let example = LintCase("invalid-level", "level: hihg", not: "")
    let finding = try #require(LintCase.findings(example.yaml(example.trips)).first)
    #expect(
      finding.description
        == "x.yml:4:8: error: unknown level 'hihg'; did you mean 'high'? [invalid-level]"
    )
  }

  @Test("judges the fields of correlations by the rules that they look at")
  func correlationFields() {
    let yaml = LintCase.correlation
      .replacing("{product: linux, service: sshd}", with: "{product: windows, service: security}")
      .replacing("event.action: refused", with: "EventID: 4625")
    func messages(_ field: String) -> [String] {
      let text = yaml.replacing("group-by: [source.ip]", with: "group-by: [\(field)]")
      return LintCase.findings(text).filter { $0.check == "unknown-field" }.map(\.message)
    }
    #expect(messages("IpAddress") == [])
    #expect(messages("source.ip") == [])
    #expect(messages("TargetUserNme").first?.contains("did you mean 'TargetUserName'?") == true)
  }

  @Test("tells of each word that has capitals")
  func eachWord() {
    let yaml = LintCase.rule.replacing("status: test", with: "status: Test")
      .replacing("level: high", with: "level: HIGH")
    #expect(LintCase.findings(yaml).map(\.check) == ["word-not-lower-case", "word-not-lower-case"])
  }

  struct Suppression: Sendable, CustomTestStringConvertible {
    let name: String
    /// What of the rule is replaced, and by what.
    var line = "status: test"
    let lines: String
    let found: [String]
    var testDescription: String { name }
  }

  static let suppressions: [Suppression] = [
    Suppression(
      name: "on the line",
      lines: "status: odd # vedette:ignore invalid-status ours",
      found: []
    ),
    Suppression(
      name: "on the line before",
      lines: "# vedette:ignore invalid-status\nstatus: odd",
      found: []
    ),
    Suppression(
      name: "before other comments and empty lines",
      lines: "# vedette:ignore invalid-status\n\n# another remark\nstatus: odd",
      found: []
    ),
    Suppression(
      name: "not two lines before",
      lines: "# vedette:ignore invalid-status\nlicense: MIT\nstatus: odd",
      found: ["unused-suppression", "invalid-status"]
    ),
    Suppression(
      name: "of another check",
      lines: "status: odd # vedette:ignore invalid-level",
      found: ["invalid-status", "unused-suppression"]
    ),
    Suppression(
      name: "of two checks",
      lines: "status: Odd # vedette:ignore invalid-status, invalid-level why",
      found: ["unused-suppression"]
    ),
    Suppression(
      name: "of the whole file",
      lines: "status: odd\n# vedette:ignore-file invalid-status",
      found: []
    ),
    Suppression(
      name: "of the whole file without need",
      lines: "status: test\n# vedette:ignore-file invalid-status",
      found: ["unused-suppression"]
    ),
    Suppression(
      name: "of nothing",
      lines: "status: test  # vedette:ignore",
      found: ["unknown-suppression"]
    ),
    Suppression(
      name: "inside of a value",
      lines: "mine: 'a#b# vedette:ignore invalid-status'\nstatus: odd",
      found: ["invalid-status"]
    ),
    Suppression(
      name: "of an error of reading",
      line: "filter_main: {Image: /usr/bin/php}",
      lines: "filter_main: {Image|contians: x} # vedette:ignore unknown-modifier",
      found: ["unknown-modifier", "unused-suppression"]
    ),
    Suppression(
      name: "of an error of metadata",
      line: "level: high",
      lines: "level: odd # vedette:ignore invalid-level ours",
      found: ["invalid-level", "unused-suppression"]
    ),
    Suppression(
      name: "of a check of the set of rules",
      lines: "status: test # vedette:ignore duplicate-title",
      found: []
    ),
  ]

  @Test("leaves alone what comments tell it to, and minds the comments", arguments: suppressions)
  func suppressed(_ example: Suppression) {
    let yaml = LintCase.rule.replacing(example.line, with: example.lines)
    #expect(yaml != LintCase.rule)
    #expect(LintCase.findings(yaml).map(\.check) == example.found)
  }
}
