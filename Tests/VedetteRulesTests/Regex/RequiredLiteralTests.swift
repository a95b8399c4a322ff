import Testing
import VedetteStatistics

@testable import VedetteRules

@Suite("Required literals")
struct RequiredLiteralTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let pattern: String
    let literal: String?
    var testDescription: String { pattern }

    init(_ pattern: String, _ literal: String?) {
      self.pattern = pattern
      self.literal = literal
    }
  }

  static let cases: [Case] = [
    Case("", nil),
    Case("abc", "abc"),
    Case("ABC", "abc"),
    Case("a.bcd.e", "bcd"),
    Case("ab|cd", nil),
    Case("xab|yab", "ab"),
    Case("abx|aby", "ab"),
    Case("q(xab|yab)z", "abz"),
    Case("q(xab|xcd)z", "qx"),
    Case("ab?c", "a"),
    Case("ab*cd", "cd"),
    Case("ab+cd", "bcd"),
    Case("a(bc)+d", "abc"),
    Case("a(bc){2}d", "abcbcd"),
    Case("a(bc){2,3}d", "abcbc"),
    Case("(bc){0}d", "d"),
    Case("(a|b){0}", nil),
    Case("[Rr][Uu][Nn]dll32(?:[.]exe)?", "rundll32"),
    Case("^abc$", "abc"),
    Case(#"a\bb"#, "ab"),
    Case("[^a]bc", "bc"),
    Case("[ab]", nil),
    Case("é語", "é語"),
    Case("É", "É"),
    // Under `i` these letters match the Kelvin sign and the long s too, which lower case leaves be.
    Case("(?i)werfaultsecure", "werfault"),
    Case("(?i)k", nil),
    Case("(?i)éab", "ab"),
    Case("a{1000}", String(repeating: "a", count: 256)),
    Case("x(a{1000})y", String(repeating: "a", count: 256)),
  ]

  @Test("finds the longest text in every match", arguments: cases)
  func longest(_ example: Case) throws {
    let literal = try LinearRegex(example.pattern).requiredLiteral
    let text = literal.map { String(decoding: $0, as: UTF8.self) }
    if example.pattern.contains("x(a") {
      // Which of the longest is found depends on where the cut falls.
      #expect(text?.count == 256)
    } else {
      #expect(text == example.literal)
    }
  }

  @Test("is in every text that matches", arguments: 0..<20 as Range<UInt64>)
  func necessary(seed: UInt64) throws {
    var generator = RegexGenerator(
      random: SplitMix64(seed: seed),
      alphabet: ["a", "b", "A", "k", "é", "-"],
      usesShorthands: true,
      nestsLoops: true
    )
    var checkedCount = 0
    for _ in 0..<40 {
      let pattern = generator.pattern()
      let regex = try LinearRegex(pattern, options: generator.options())
      guard let literal = regex.requiredLiteral else { continue }
      var matcher = RegexMatcher(regex)
      for _ in 0..<10 {
        let text = Array(generator.text(lengthMax: 10).utf8)
        guard matcher.matches(in: text.span) else { continue }
        checkedCount += 1
        let folded = text.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
        #expect(holds(folded, literal), "\(pattern) on \(text)")
      }
    }
    #expect(checkedCount > 0)
  }

  private func holds(_ text: [UInt8], _ literal: [UInt8]) -> Bool {
    text.indices.contains { text[$0...].starts(with: literal) }
  }
}
