import Testing
import VedetteColumns
import VedetteEvent

@testable import VedetteRules

@Suite("Fixer")
struct RuleFixerTests {
  /// A rule in the way people write them, with comments, and one line that is to be mended.
  struct Case: Sendable, CustomTestStringConvertible {
    let check: String
    let before: String
    let after: String
    var testDescription: String { check }

    init(_ check: String, _ before: String, _ after: String) {
      self.check = check
      self.before = before
      self.after = after
    }
  }

  static let cases: [Case] = [
    Case("title-ends-with-stop", "title: Ends here. # a remark", "title: Ends here # a remark"),
    Case("bad-date", "date:  '2026/3/2'   # when", "date:  '2026-03-02'   # when"),
    Case(
      "bad-modified",
      "date: 2026-01-01\nmodified: 2026/03/02",
      "date: 2026-01-01\nmodified: 2026-03-02"
    ),
    Case("word-not-lower-case", "level: \"HIGH\"", "level: \"high\""),
    Case("tag-not-lower-case", "tags:\n  - attack.Execution", "tags:\n  - attack.execution"),
    Case(
      "tactic-with-underscore",
      "tags: [attack.initial_access]",
      "tags: [attack.initial-access]"
    ),
    Case(
      "duplicate-tag",
      "tags:\n  - tlp.red\n  # next\n  - tlp.red\n",
      "tags:\n  - tlp.red\n  # next\n"
    ),
    Case(
      "duplicate-reference",
      "references:\n  - https://a.example\n  - https://a.example\n  - https://b.example",
      "references:\n  - https://a.example\n  - https://b.example"
    ),
    Case("duplicate-output-field", "fields:\n- a\n- a\n", "fields:\n- a\n"),
    Case(
      "list-expected",
      "references: https://a.example # x",
      "references: [https://a.example] # x"
    ),
    Case(
      "logsource-not-lower-case",
      "logsource:\n  product: Linux # os\n  category: process_creation",
      "logsource:\n  product: linux # os\n  category: process_creation"
    ),
    Case("all-with-one-value", "Image|contains|all: x", "Image|contains: x"),
    Case("all-not-last", "'Image|all|contains': [x, y]", "'Image|contains|all': [x, y]"),
    Case("contains-without-effect", "Image|re|contains: x.y", "Image|re: x.y"),
    Case("long-modifier-name", "Image|re|ignorecase: x.y", "Image|re|i: x.y"),
    Case("windash-without-dash", "Image|contains|windash: ab", "Image|contains: ab"),
    Case("expand-without-placeholder", "Image|contains|expand: ab", "Image|contains: ab"),
    Case(
      "repeated-value",
      "Image|contains:\n        - curl # first\n        - 'CURL'\n        - wget",
      "Image|contains:\n        - curl # first\n        - wget"
    ),
    Case("ambiguous-truth", "Product: Yes # no", "Product: 'Yes' # no"),
    Case("needless-wildcard", "Image|contains: '*x*'", "Image|contains: 'x'"),
    Case("regex-without-need", "Image|re: curl", "Image|contains|cased: curl"),
    Case(
      "condition-word-not-lower-case",
      "condition: a_search AND NOT (b_search OR  1 Of c*)",
      "condition: a_search and not (b_search or  1 of c*)"
    ),
  ]

  /// The rule with a fault among its keys, its fields or in place of its condition.
  private static func yaml(_ lines: String) -> String {
    let key = lines.prefix { $0 != ":" }
    let isField = key.first.map { $0.isUppercase || $0 == "'" } ?? false
    let top = [
      "title: Shell, started by a server", "id: 9f4b9a0e-52a1-4f0b-9d4c-0f5e2f6d7c11",
      "level: high", "logsource: {product: linux, category: process_creation}",
    ].filter { !$0.hasPrefix(key + ":") }
    return "# A rule.\r\n" + top.joined(separator: "  # remark\n") + "\n"
      + (isField || key == "condition" ? "" : lines + "\n")
        + """
        detection:
          # What is looked for.
          a_search:
            ParentImage|endswith: '/nginx' # the parent
        \(isField ? "    \(lines)" : "    User: root")
          b_search: {Image: x}
          c_search: {Image: y}
        \(key == "condition" ? "  \(lines)" : "  condition: a_search and not (b_search or 1 of c*)")

        # The end.

        """
  }

  private static func file(_ text: String) -> RuleFile {
    RuleFile(path: "x.yml", relativePath: "x.yml", bytes: Array(text.utf8))
  }

  @Test("mends just what is wrong, once, and to the meaning it had", arguments: cases)
  func mends(_ example: Case) throws {
    let file = Self.file(Self.yaml(example.before))
    let fixer = RuleFixer(RuleLinter())
    let (fixed, changes) = fixer.fix(file)
    #expect(String(decoding: fixed.bytes, as: UTF8.self) == Self.yaml(example.after))
    #expect(changes.map(\.check) == [example.check])
    #expect(!RuleLinter().lint([fixed]).contains { $0.check == example.check })
    let again = fixer.fix(fixed)
    #expect(again.changes.isEmpty && again.file.bytes == fixed.bytes)
    // The meaning by the tree walker, which knows nothing of the fixer's own comparison.
    let before = try #require(Self.rule(file))
    let after = try #require(Self.rule(fixed))
    #expect(before.logSource == after.logSource)
    for event in Self.events {
      #expect(Self.holds(before, event) == Self.holds(after, event), "\(event)")
    }
    #expect(
      Self.events.contains { Self.holds(before, $0) }
        == Self.events.contains { Self.holds(after, $0) }
    )
  }

  private static func rule(_ file: RuleFile) -> Rule? {
    guard case .rule(let rule) = RuleLoader().load([file]).entries.first else { return nil }
    return rule
  }

  private static let events: [[String: String]] =
    ["x", "X", "ab", "AB", "xzy", "yxx", "Xzy", "curl", "CURL", "a curl b", "wget", "*x*"].flatMap {
      image in
      ["Yes", "yes", "no"].map { product in
        [
          "Image": image, "ParentImage": "/usr/sbin/nginx", "User": "root", "Product": product,
        ]
      }
    }

  private static func holds(_ rule: Rule, _ event: [String: String]) -> Bool {
    RuleMatching.holds(rule.expression, event)
  }

  @Test("every fixable check is mended here or in a test of its own")
  func everyFixIsTested() {
    let elsewhere: Set = ["byte-order-mark", "no-line-end-at-end", "timeframe-for-timespan"]
    #expect(Set(Self.cases.map(\.check)).union(elsewhere) == LintCheck.fixable)
  }

  @Test("mends what is about the whole file")
  func wholeFile() {
    let fixer = RuleFixer(RuleLinter())
    let marked = fixer.fix(Self.file("\u{feff}" + LintCase.rule))
    #expect(marked.file.bytes == Array(LintCase.rule.utf8))
    let cut = fixer.fix(Self.file(String(LintCase.rule.dropLast())))
    #expect(cut.file.bytes == Array(LintCase.rule.utf8))
    let windows = LintCase.rule.replacing("\n", with: "\r\n")
    let cutWindows = fixer.fix(Self.file(String(windows.dropLast())))
    #expect(cutWindows.file.bytes == Array(windows.utf8))
  }

  @Test("mends correlations")
  func correlation() {
    let old = LintCase.correlation.replacing("timespan:", with: "timeframe:")
    let fixed = RuleFixer(RuleLinter()).fix(Self.file(old))
    #expect(fixed.changes.map(\.check) == ["timeframe-for-timespan"])
    #expect(fixed.file.bytes == Array(LintCase.correlation.utf8))
  }

  static let untouched: [String] = [
    // A remark that would be lost with the line.
    "tags:\n  - tlp.red\n  - tlp.red # why\n",
    // Over two lines, with escapes, behind an anchor.
    "Image|contains: \"*a\\x41\"", "Image|contains: \"*\n      a\"", "Image|contains: &a '*x'",
    // What stands there would be read as something else.
    "references: https://a.example/x,y#z",
    // Suppressed.
    "level: High # vedette:ignore word-not-lower-case\n",
    // Not the day that is meant, for certain.
    "date: 03/02/2026",
    // A number is not the text that it looks like.
    "Image|re: 007",
  ]

  @Test("leaves alone what it is not sure of", arguments: untouched)
  func leavesAlone(_ lines: String) {
    let file = Self.file(Self.yaml(lines))
    let (fixed, changes) = RuleFixer(RuleLinter()).fix(file)
    #expect(changes.isEmpty)
    #expect(fixed.bytes == file.bytes)
  }

  @Test("mends many things of one file together")
  func together() {
    let yaml = LintCase.rule
      .replacing("level: high", with: "level: HIGH")
      .replacing("date: 2026-03-02", with: "date: 2026/03/02")
      .replacing("[attack.execution,", with: "[attack.Execution,")
      .replacing("and not", with: "AND NOT")
      .replacing("ParentImage|endswith", with: "ParentImage|all|endswith|windash")
    let (fixed, changes) = RuleFixer(RuleLinter()).fix(Self.file(yaml))
    let found = RuleLinter().lint([fixed]).map(\.check)
    #expect(!found.contains { LintCheck.fixable.contains($0) }, "\(found)")
    #expect(changes.count >= 5)
  }
}

/// The meaning of an expression on one event of texts, written without the engine.
private enum RuleMatching {
  static func holds(_ expression: Expression, _ event: [String: String]) -> Bool {
    switch expression {
    case .not(let inner): !holds(inner, event)
    case .and(let parts): parts.allSatisfy { holds($0, event) }
    case .or(let parts): parts.contains { holds($0, event) }
    case .item(let item): holds(item, event)
    }
  }

  private static func holds(_ item: DetectionItem, _ event: [String: String]) -> Bool {
    guard let value = event[item.field ?? ""] else { return false }
    func any(_ tests: [ValueTest]) -> Bool { tests.contains { holds($0, value) } }
    return item.requiresAll ? item.values.allSatisfy(any) : item.values.contains(where: any)
  }

  private static func holds(_ test: ValueTest, _ value: String) -> Bool {
    switch test {
    case .text(let pattern, let isCased):
      let text = isCased ? value : value.lowercased()
      let pieces = pattern.pieces.map { piece in
        if case .bytes(let bytes) = piece, !isCased {
          TextPattern.Piece.bytes(Array(String(decoding: bytes, as: UTF8.self).lowercased().utf8))
        } else {
          piece
        }
      }
      return PatternMatcher.matches(Array(text.utf8).span, pieces)
    case .regex(let regex):
      var matcher = RegexMatcher(regex.regex)
      return matcher.matches(in: Array(value.utf8).span)
    default: return false
    }
  }
}
