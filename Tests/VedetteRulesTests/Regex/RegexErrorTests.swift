import Testing
import VedetteEvent
import VedetteRules
import VedetteStatistics

@Suite("Patterns that are refused")
struct RegexErrorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let pattern: String
    let problem: RegexError.Problem
    let offset: Int
    var testDescription: String { pattern }

    init(_ pattern: String, _ problem: RegexError.Problem, at offset: Int) {
      self.pattern = pattern
      self.problem = problem
      self.offset = offset
    }
  }

  static let unsupported: [Case] = [
    Case("a(?=b)", .unsupported(.lookaround), at: 1),
    Case("a(?!b)", .unsupported(.lookaround), at: 1),
    Case("(?<=b)a", .unsupported(.lookaround), at: 0),
    Case("(?<!b)a", .unsupported(.lookaround), at: 0),
    Case("é(?>a)", .unsupported(.atomicGroup), at: 2),
    Case("(?|a|b)", .unsupported(.branchReset), at: 0),
    Case(#"(a)\1"#, .unsupported(.backreference), at: 3),
    Case(#"(?<n>a)\k<n>"#, .unsupported(.backreference), at: 7),
    Case(#"(a)\g{1}"#, .unsupported(.backreference), at: 3),
    Case("(?P<n>a)(?P=n)", .unsupported(.backreference), at: 8),
    Case("a*+", .unsupported(.possessiveQuantifier), at: 1),
    Case("a++", .unsupported(.possessiveQuantifier), at: 1),
    Case("a?+", .unsupported(.possessiveQuantifier), at: 1),
    Case("a{1,2}+", .unsupported(.possessiveQuantifier), at: 1),
    Case("(?(1)a|b)", .unsupported(.conditional), at: 0),
    Case("(a(?R)?)", .unsupported(.recursion), at: 2),
    Case("(a(?1)?)", .unsupported(.recursion), at: 2),
    Case("(a(?-1)?)", .unsupported(.recursion), at: 2),
    Case("(?&n)", .unsupported(.recursion), at: 0),
    Case("(?P>n)", .unsupported(.recursion), at: 0),
    Case("(*SKIP)a", .unsupported(.verb), at: 0),
    Case(#"\p{L}"#, .unsupported(.unicodeProperty), at: 0),
    Case(#"[\PL]"#, .unsupported(.unicodeProperty), at: 1),
    Case("[[.a.]]", .unsupported(.collatingElement), at: 1),
  ]

  static let malformed: [Case] = [
    Case("(a", .unclosedGroup, at: 0),
    Case("a(?i", .unclosedGroup, at: 1),
    Case("a)", .unmatchedParenthesis, at: 1),
    Case("(?#a", .unclosedComment, at: 0),
    Case("x[a", .unclosedClass, at: 1),
    Case("[]", .unclosedClass, at: 0),
    Case(#"[\]"#, .unclosedClass, at: 0),
    Case("(?<n", .unknownGroup("(?<n"), at: 0),
    Case("(?<>a)", .unknownGroup("(?<>"), at: 0),
    Case("(?_a)", .unknownGroup("(?_"), at: 0),
    Case("(?iz)", .unknownFlag("z"), at: 3),
    Case("*a", .nothingToRepeat("*"), at: 0),
    Case("a|+", .nothingToRepeat("+"), at: 2),
    Case("(?i)?", .nothingToRepeat("?"), at: 4),
    Case("^{2}", .nothingToRepeat("{2}"), at: 1),
    Case(#"\b+"#, .nothingToRepeat("+"), at: 2),
    Case("a**", .quantifierAfterQuantifier("*"), at: 2),
    Case("a{2}{3}", .quantifierAfterQuantifier("{3}"), at: 4),
    Case("a{3,2}", .countsOutOfOrder("{3,2}"), at: 1),
    Case("a{,3}", .countWithoutMinimum("{,3}"), at: 1),
    Case(
      "a{99999999999999999999}",
      .countTooLarge("{99999999999999999999}", countMax: Limits.regexRepeatMax),
      at: 1
    ),
    Case("[z-a]", .rangeOutOfOrder("z-a"), at: 1),
    Case(#"a\"#, .trailingBackslash, at: 1),
    Case(#"[a\"#, .trailingBackslash, at: 2),
    Case(#"\y"#, .unknownEscape(#"\y"#), at: 0),
    Case(#"[\B]"#, .escapeInClass(#"\B"#), at: 1),
    Case(#"\x"#, .invalidScalar(#"\x"#), at: 0),
    Case(#"\x{}"#, .invalidScalar(#"\x{"#), at: 0),
    Case(#"\x{110000}"#, .invalidScalar(#"\x{110000}"#), at: 0),
    Case(#"\x{123456789}"#, .invalidScalar(#"\x{12345678"#), at: 0),
    Case(#"\u12"#, .invalidScalar(#"\u12"#), at: 0),
    Case(#"\uD83D"#, .invalidScalar(#"\uD83D"#), at: 0),
    Case("[[:nope:]]", .unknownClassName("nope"), at: 1),
  ]

  @Test("says what is wrong and where", arguments: unsupported + malformed)
  func refused(_ example: Case) {
    #expect(throws: RegexError(example.problem, at: example.offset)) {
      try LinearRegex(example.pattern)
    }
    let description = RegexError(example.problem, at: example.offset).description
    #expect(description.hasPrefix("at byte \(example.offset): "))
    #expect(description.last != "." && !description.contains("\n"))
  }

  @Test("explains a construct and what to write instead")
  func descriptions() {
    #expect(
      RegexError(.unsupported(.lookaround), at: 3).description
        == "at byte 3: lookaround can't be matched in linear time; "
        + "use a second condition with 'and' or 'and not'"
    )
    #expect(
      RegexError(.nothingToRepeat("*"), at: 0).description
        == #"at byte 0: '*' has nothing to repeat; write '\*' for the character"#
    )
  }

  @Test("a pattern beyond a limit is refused before it costs much")
  func limits() {
    let bytesMax = Limits.regexPatternBytesMax
    let long = String(repeating: "(a*", count: 4_000_000)
    #expect(throws: RegexError(.tooLong(bytes: 12_000_000, bytesMax: bytesMax), at: bytesMax)) {
      try LinearRegex(long)
    }
    let nestingMax = Limits.regexNestingMax
    #expect(throws: RegexError(.tooDeep(nestingMax: nestingMax), at: nestingMax)) {
      try LinearRegex(String(repeating: "(", count: 10_000))
    }
    let instructionsMax = Limits.regexInstructionsMax
    for pattern in ["((a{100}){100}){100}", "(?:(?:.{1000}){1000}){1000}", "[é語]{10000}{9}"] {
      #expect(throws: RegexError.self) { try LinearRegex(pattern) }
    }
    #expect(throws: RegexError(.tooLarge(instructionsMax: instructionsMax), at: 0)) {
      try LinearRegex("(a{10000}){10000}")
    }
  }

  @Test("any pattern is taken or refused", arguments: 0..<8 as Range<UInt64>)
  func anyPattern(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let pieces =
      Array(#"()[]{}|*+?^$.\:<>=!#-,&'PQEdwbxukgi01é/a"#).map(String.init) + ["(?", "[:"]
    var counts = (taken: 0, refused: 0)
    for _ in 0..<500 {
      let count = Int.random(in: 1...12, using: &random)
      let pattern = (0..<count).compactMap { _ in pieces.randomElement(using: &random) }.joined()
      do throws(RegexError) {
        var matcher = RegexMatcher(try LinearRegex(pattern))
        _ = matcher.matches(in: Array("a0\n-é(".utf8).span)
        counts.taken += 1
      } catch {
        #expect((0...pattern.utf8.count).contains(error.offset))
        counts.refused += 1
      }
    }
    #expect(counts.taken > 30 && counts.refused > 30)
  }

  @Test("a pattern at a limit is taken")
  func atLimits() throws {
    let depth = Limits.regexNestingMax
    let nested = String(repeating: "(", count: depth) + "a" + String(repeating: ")", count: depth)
    #expect(try isMatch(nested, "a"))
    #expect(try isMatch(String(repeating: "a", count: 1_000), String(repeating: "a", count: 1_000)))
    #expect(try isMatch("^a{10000}$", String(repeating: "a", count: 10_000)))
    #expect(try !isMatch("^a{10000}$", String(repeating: "a", count: 9_999)))
    // Nothing, a thousand million times, is still nothing.
    #expect(try isMatch("^((((){1000}){1000}){1000})$", ""))
  }
}
