import Testing
import VedetteEvent
import VedetteStatistics

@testable import VedetteRules

/// Rules that are written to hurt the linter: it answers, and in time that grows with their size.
@Suite("Linter and hostile rules")
struct HostileRuleTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    /// The file for a size.
    let text: @Sendable (Int) -> String
    /// A check that must speak up, or none.
    var check: String?
    var testDescription: String { name }
  }

  private static func rule(_ detection: String, tags: String = "[attack.execution]") -> String {
    """
    title: Hostile
    id: 9f4b9a0e-52a1-4f0b-9d4c-0f5e2f6d7c11
    level: high
    tags: \(tags)
    logsource: {product: windows, category: process_creation}
    detection:
    \(detection)

    """
  }

  private static func many(_ count: Int, _ line: (Int) -> String) -> String {
    (0..<count).map(line).joined(separator: "\n")
  }

  static let cases: [Case] = [
    Case(name: "a scalar of megabytes") { size in
      rule("  a: {Image|contains: '\(String(repeating: "x*", count: size * 50))'}\n  condition: a")
    },
    Case(name: "an expression of many kilobytes") { size in
      rule("  a: {Image|re: '\(String(repeating: "(a|b)*", count: size))'}\n  condition: a")
    },
    Case(
      name: "thousands of values of which each contains the one before",
      text: { size in
        let values = many(size) { "      - '\(String(repeating: "x", count: $0 % 300 + 1))'" }
        return rule("  a:\n    Image|contains:\n\(values)\n  condition: a")
      },
      check: "repeated-value"
    ),
    Case(
      name: "thousands of searches under one quantifier",
      text: { size in
        rule(many(size) { "  s\($0): {Image: x}" } + "\n  condition: 1 of s*")
      },
      check: "repeated-search"
    ),
    Case(
      name: "twelve searches in a condition of thousands of words",
      text: { size in
        let words = many(min(size, 4_000)) { "s\($0 % 12)" }.split(separator: "\n")
        return rule(
          many(12) { "  s\($0): {Image: x\($0)}" } + "\n  condition: "
            + words.joined(separator: " or ")
        )
      },
      check: "repeated-operand"
    ),
    Case(
      name: "thousands of tags",
      text: { size in
        rule("  a: {Image: x}\n  condition: a", tags: "\n" + many(size) { "  - bad.\($0)" })
      },
      check: "unknown-tag-namespace"
    ),
    Case(
      name: "thousands of unknown fields",
      text: { size in
        rule("  a:\n" + many(size) { "    Imag\($0): x" } + "\n  condition: a")
      },
      check: "unknown-field"
    ),
    Case(
      name: "thousands of values on one line",
      text: { size in
        let values = Array(repeating: "b", count: size * 8).joined(separator: ", ")
        return rule("  a: {Image: [\(values)]}\n  condition: a")
      },
      check: "repeated-value"
    ),
    Case(
      name: "thousands of comparisons of one field",
      text: { size in
        rule("  a:\n" + many(size) { "    Imag\($0)|gt: 1" } + "\n  condition: a")
      }
    ),
    Case(
      name: "thousands of documents",
      text: { size in
        many(size) { "title: T\($0)\nlevel: odd\nlogsource: {product: x}\n---" }
      },
      check: "invalid-level"
    ),
    Case(
      name: "thousands of comments",
      text: { size in
        many(size) { "# vedette:ignore nothing-\($0)" } + "\n" + rule("  a: {b: c}\n  condition: a")
      },
      check: "unknown-suppression"
    ),
  ]

  private func seconds(_ text: String) -> (Double, Set<String>) {
    let clock = ContinuousClock()
    var checks: Set<String> = []
    let file = RuleFile(path: "x.yml", relativePath: "x.yml", bytes: Array(text.utf8))
    let time = clock.measure { checks = Set(RuleLinter().lint([file]).map(\.check)) }
    return (Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18, checks)
  }

  @Test("takes time that grows with the size of the file", arguments: cases)
  func growsLinearly(_ example: Case) {
    let (small, _) = seconds(example.text(250))
    let (large, checks) = seconds(example.text(2_000))
    if let check = example.check { #expect(checks.contains(check), "\(checks)") }
    // Eight times the size; sixty-four times the time would be quadratic. The machine may be busy.
    #expect(large < max(small, 0.05) * 40, "\(small) s, then \(large) s")
  }

  @Test("refuses what is too much, each under its own name")
  func refused() {
    let bomb =
      "a: &a [x, x, x, x, x, x, x, x, x]\n"
      + (0..<8).map { level in
        let name = String(UnicodeScalar(UInt8(ascii: "a") + UInt8(level) + 1))
        let last = String(UnicodeScalar(UInt8(ascii: "a") + UInt8(level)))
        return "\(name): &\(name) [" + Array(repeating: "*\(last)", count: 9).joined(separator: ",")
          + "]\n"
      }.joined()
    #expect(seconds(bomb).1 == ["too-many-values"])
    #expect(
      seconds("a: " + String(repeating: "x", count: Limits.ruleBytesMax)).1 == ["file-too-large"]
    )
    let binary = RuleFile(path: "x.yml", relativePath: "x.yml", bytes: (0...255).map { UInt8($0) })
    #expect(RuleLinter().lint([binary]).map(\.check) == ["not-utf8"])
    #expect(seconds(String(repeating: "[", count: 100_000)).1 == ["not-yaml"])
    #expect(seconds("").1 == [])
    #expect(seconds("\u{0}").1 == ["not-yaml"])
  }

  @Test("any bytes at all are answered", arguments: 0..<64 as Range<UInt64>)
  func anything(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var bytes = Array((Bool.random(using: &random) ? LintCase.rule : LintCase.correlation).utf8)
    let odd = Array("*&|>'\"{}[]:,#%@`!?-\n\r\t \u{feff}é\u{0}".utf8)
    for _ in 0..<Int.random(in: 1...8, using: &random) {
      let start = Int.random(in: 0..<bytes.count, using: &random)
      let end = min(bytes.count, start + Int.random(in: 0...3, using: &random))
      let count = Int.random(in: 0...3, using: &random)
      let new = (0..<count).map { _ in odd[Int.random(in: 0..<odd.count, using: &random)] }
      bytes.replaceSubrange(start..<end, with: new)
      if bytes.isEmpty { bytes = [0x20] }
    }
    let file = RuleFile(path: "x.yml", relativePath: "x.yml", bytes: bytes)
    let linter = RuleLinter()
    let before = linter.lint([file])
    let (fixed, changes) = RuleFixer(linter).fix(file)
    // What was mended reads on, with nothing new to say about it.
    #expect(changes.isEmpty == (fixed.bytes == file.bytes), "seed \(seed)")
    #expect(linter.lint([fixed]).count <= before.count - (changes.isEmpty ? 0 : 1), "seed \(seed)")
  }
}
