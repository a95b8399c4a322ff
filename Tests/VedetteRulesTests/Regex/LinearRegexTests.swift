import Testing
import VedetteEvent

@testable import VedetteRules

@Suite("Linear regular expressions")
struct LinearRegexTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let pattern: String
    var options: LinearRegex.Options = []
    let matches: [String]
    let others: [String]
    var testDescription: String { "\(pattern) \(options.rawValue)" }

    init(
      _ pattern: String,
      _ options: LinearRegex.Options = [],
      matches: [String],
      others: [String] = []
    ) {
      self.pattern = pattern
      self.options = options
      self.matches = matches
      self.others = others
    }
  }

  static let literals: [Case] = [
    Case("", matches: ["", "a"]),
    Case("abc", matches: ["abc", "xxabcxx", "ababc"], others: ["", "ab", "a b c", "ABC"]),
    Case("é語😀", matches: ["é語😀", "xé語😀y"], others: ["é語", "e語😀"]),
    Case(#"a\.b\\c\$\-\"\/"#, matches: [#"a.b\c$-"/"#], others: [#"axb\c$-"/"#]),
    Case(#"\t\n\r\f\a\e"#, matches: ["\t\n\r\u{0C}\u{07}\u{1B}"]),
    Case(#"\x41\x{42}\u0043\x4a\x{1F600}\x9"#, matches: ["ABCJ\u{1F600}\u{09}"]),
    Case(#"\uD83D\uDE00"#, matches: ["\u{1F600}"], others: ["\u{1F601}"]),
    Case(#"\0\012\07"#, matches: ["\0\n\u{07}"]),
    Case(#"\xe9"#, matches: ["é"], others: ["e"]),
    Case(#"\Qa.b*\E+"#, matches: ["a.b*", "a.b***"], others: ["axb*", "a.b"]),
    Case(#"x\Q(|)"#, matches: ["x(|)"], others: ["x"]),
    Case(#"a\Eb"#, matches: ["ab"]),
    Case("{", matches: ["{"]),
    Case("a{b", matches: ["a{b"], others: ["ab"]),
    Case("a{1", matches: ["a{1"], others: ["a"]),
    Case("a{,}", matches: ["a{,}"], others: ["a"]),
    Case("a{1,2,3}", matches: ["a{1,2,3}"]),
    Case("a{}]}", matches: ["a{}]}"]),
  ]

  static let quantifiers: [Case] = [
    Case("ab*c", matches: ["ac", "abc", "abbbc"], others: ["a", "adc"]),
    Case("ab+c", matches: ["abc", "abbbc"], others: ["ac"]),
    Case("ab?c", matches: ["ac", "abc"], others: ["abbc"]),
    Case("^a{3}$", matches: ["aaa"], others: ["aa", "aaaa"]),
    Case("^a{2,}$", matches: ["aa", "aaaaa"], others: ["a"]),
    Case("^a{1,3}$", matches: ["a", "aaa"], others: ["", "aaaa"]),
    Case("^a{0}$", matches: [""], others: ["a"]),
    Case("^(a{2}){2}$", matches: ["aaaa"], others: ["aaa", "aaaaa"]),
    Case("^a*?b+?c??d{1,2}?$", matches: ["bd", "aabbcdd"], others: ["ad", "bccd"]),
    Case("^(|a)+$", matches: ["", "aaa"], others: ["b"]),
    Case("^(a*)*$", matches: ["", "aaa"], others: ["b"]),
    Case("^(?:){1000}(){5,}$", matches: [""], others: ["a"]),
    Case("^.{2}$", matches: ["ab", "é語", "😀😀"], others: ["é", "語", "😀", "abc"]),
  ]

  static let groups: [Case] = [
    Case("a|b|", matches: ["a", "b", ""]),
    Case("^(?:ab|cd)$", matches: ["ab", "cd"], others: ["abcd", "ad"]),
    Case("^(ab|cd)+$", matches: ["ab", "cdab"], others: ["abc"]),
    Case("^(?<year>a)(?P<n_1>b)(?'m'c)$", matches: ["abc"]),
    Case("a(?#comment (here)b", matches: ["ab"]),
    Case("()", matches: [""]),
    Case("(?i)abc", matches: ["ABC", "aBc"], others: ["ab"]),
    Case("a(?i)b|c", matches: ["ab", "aB", "c", "C"], others: ["A", "AB"]),
    Case("(a(?i)b)c", matches: ["abc", "aBc"], others: ["aBC", "ABc"]),
    Case("(?i:a)b", matches: ["ab", "Ab"], others: ["aB"]),
    Case("(?i)a(?-i)b", matches: ["ab", "Ab"], others: ["aB"]),
    Case("(?i)a(?-i:b)c", matches: ["AbC"], others: ["aBc"]),
    Case("(?im)^a(?^)b", matches: ["x\nAb"], others: ["x\naB"]),
    Case("(?s).(?-s).", matches: ["\na"], others: ["a\n"]),
    Case("(?x) a b # end\n c\\ [ ] {1}", matches: ["abc  "], others: ["a b c", "abc"]),
    Case("(?x)a + b", matches: ["aab"], others: ["a b"]),
    Case("(?n-U:a)(?J)", matches: ["a"]),
  ]

  static let classes: [Case] = [
    Case("^[abc]$", matches: ["a", "c"], others: ["d", "ab"]),
    Case("^[a-c0-9_]$", matches: ["b", "5", "_"], others: ["d", "-"]),
    Case("^[^a-c]$", matches: ["d", "\n", "é", "😀"], others: ["a", "", "dd"]),
    Case("^[]a]$", matches: ["]", "a"], others: ["["]),
    Case("^[^]a]$", matches: ["b"], others: ["]", "a"]),
    Case("^[-a]$", matches: ["-", "a"], others: ["b"]),
    Case("^[a-]$", matches: ["-", "a"], others: ["b"]),
    Case(#"^[\w-.]$"#, matches: ["-", ".", "x"], others: ["+"]),
    Case(#"^[+-\d]$"#, matches: ["+", "-", "7"], others: [","]),
    Case("^[-/–]$", matches: ["-", "/", "–"], others: ["—"]),
    Case(#"^[\]\\\-^.$]$"#, matches: ["]", "\\", "-", "^", ".", "$"], others: ["x"]),
    Case(#"^[\b\t\x41-\x43\Qa]\E]$"#, matches: ["\u{08}", "\t", "B", "a", "]"], others: ["Q"]),
    Case("^[[:alpha:][:digit:]]$", matches: ["q", "Z", "4"], others: ["_", "é", ":"]),
    Case("^[[:^xdigit:]]$", matches: ["g", "é"], others: ["f", "F", "0"]),
    Case("^[[:lower:]]$", .caseInsensitive, matches: ["A", "a"], others: ["1", "\u{212A}"]),
    Case("^[[:a]]$", matches: ["[]", ":]", "a]"], others: ["b]"]),
    Case("^[а-я]+$", matches: ["да"], others: ["Да", "ё"]),
    Case("^[\u{10000}-\u{10FFFF}]$", matches: ["😀"], others: ["\u{FFFF}", "a"]),
    Case(
      #"^\d\D\w\W\s\S$"#,
      matches: ["1ax- -", "1é_é\u{0B}é"],
      others: ["11x- -", "1ax-\u{A0}-"]
    ),
    Case(#"^\h\H\v\V\N$"#, matches: ["\u{A0}a\u{2028}aé"], others: ["aaaaa", " a a\n"]),
    Case(#"^[^\W\d]+$"#, matches: ["ab_"], others: ["a1", "é"]),
  ]

  static let places: [Case] = [
    Case("^a", matches: ["ab"], others: ["ba", "b\na"]),
    Case("^a", .multiline, matches: ["ab", "b\na"], others: ["ba"]),
    Case(#"\Aa"#, .multiline, matches: ["ab"], others: ["b\na"]),
    Case("a$", matches: ["ba", "a\n"], others: ["ab", "a\nb", "a\n\n"]),
    Case("a$", .multiline, matches: ["ba", "a\n", "a\nb"], others: ["ab"]),
    Case(#"a\Z"#, .multiline, matches: ["a", "a\n"], others: ["a\nb"]),
    Case(#"a\z"#, matches: ["a"], others: ["a\n"]),
    Case(#"a$\n"#, matches: ["a\n"], others: ["a", "a\nb"]),
    Case(#"a\z\n"#, matches: [], others: ["a\n"]),
    Case("^$", matches: ["", "\n"], others: ["a", "\n\n"]),
    Case("^$", .multiline, matches: ["", "a\n\nb", "\n"], others: ["a", "a\n"]),
    Case("$^", matches: ["", "\n"], others: ["a"]),
    Case(#"\n^"#, .multiline, matches: ["\na"], others: ["\n", "a\n"]),
    Case("x^a", matches: [], others: ["xa", "x\na"]),
    Case(".", matches: ["a", "\r", "é"], others: ["", "\n"]),
    Case(".", .dotMatchesLineEnds, matches: ["\n"], others: [""]),
    Case(#"\bcat\b"#, matches: ["cat", "a cat.", "écaté"], others: ["cats", "_cat"]),
    Case(#"\Bcat\B"#, matches: ["scats"], others: ["cat", "scat", "cats"]),
    Case(#"^\B"#, matches: ["", "é", "-"], others: ["a"]),
    Case(#"a\Bé"#, matches: [], others: ["aé"]),
    Case(#"\B"#, matches: ["語"], others: ["aéb", "a"]),
  ]

  static let cases: [Case] = [
    Case("straße", .caseInsensitive, matches: ["STRAẞE"], others: ["STRASSE"]),
    Case("k", .caseInsensitive, matches: ["K", "k", "\u{212A}"]),
    Case("[^k]", .caseInsensitive, matches: ["j"], others: ["K", "k", "\u{212A}"]),
    Case("[a-z]", .caseInsensitive, matches: ["Q", "\u{17F}"], others: ["[", "`", "1"]),
    Case("ПРИВЕТ", .caseInsensitive, matches: ["привет"]),
    Case("σς", .caseInsensitive, matches: ["ΣΣ", "ςσ"]),
    Case("i", .caseInsensitive, matches: ["I"], others: ["ı", "İ"]),
    Case("\u{1F}é", .caseInsensitive, matches: ["\u{1F}É"]),
  ]

  @Test("matches and does not match", arguments: literals + quantifiers + groups)
  func syntax(_ example: Case) throws { try check(example) }

  @Test("knows classes, places and case", arguments: classes + places + cases)
  func characters(_ example: Case) throws { try check(example) }

  private func check(_ example: Case) throws {
    var matcher = RegexMatcher(try LinearRegex(example.pattern, options: example.options))
    for text in example.matches + example.others {
      let isMatch = matcher.matches(text)
      #expect(isMatch == example.matches.contains(text), "\(text.debugDescription)")
    }
  }

  struct StrayCase: Sendable {
    let pattern: String
    let bytes: [UInt8]
    let isMatch: Bool
  }

  @Test(
    "a byte that is not UTF-8 is one character",
    arguments: [
      StrayCase(pattern: "^.$", bytes: [0x80], isMatch: true),
      StrayCase(pattern: "^..$", bytes: [0xE8, 0xAA], isMatch: true),
      StrayCase(pattern: "^.$", bytes: [0xE8, 0xAA], isMatch: false),
      StrayCase(pattern: "^a.b$", bytes: [0x61, 0xFF, 0x62], isMatch: true),
      StrayCase(pattern: "^a[^b]b$", bytes: [0x61, 0xC3, 0x62], isMatch: true),
      StrayCase(pattern: "^a[é]b$", bytes: [0x61, 0xC3, 0x62], isMatch: false),
      StrayCase(pattern: #"^\W\S\D$"#, bytes: [0xF0, 0x9F, 0x98], isMatch: true),
      StrayCase(pattern: #"\w|\s|\d"#, bytes: [0xF0, 0x9F, 0x98], isMatch: false),
      // An overlong slash, a surrogate, and a number beyond the last scalar.
      StrayCase(pattern: "/", bytes: [0xC0, 0xAF], isMatch: false),
      StrayCase(pattern: "^...$", bytes: [0xED, 0xA0, 0x80], isMatch: true),
      StrayCase(pattern: "^....$", bytes: [0xF4, 0x90, 0x80, 0x80], isMatch: true),
      StrayCase(pattern: #"\xff"#, bytes: [0xFF], isMatch: false),
      StrayCase(pattern: #"é\b"#, bytes: [0xC3, 0xA9, 0x80], isMatch: false),
      StrayCase(pattern: #"\Ba"#, bytes: [0x80, 0x61], isMatch: false),
    ]
  )
  func strayBytes(_ example: StrayCase) throws {
    var matcher = RegexMatcher(try LinearRegex(example.pattern))
    let isMatch = matcher.matches(in: example.bytes.span)
    #expect(isMatch == example.isMatch)
  }

  @Test("a set matches its members and no other scalar", arguments: 0..<12 as Range<UInt64>)
  func sets(seed: UInt64) throws {
    let edges: [UInt32] = [0, 0x7F, 0x80, 0x7FF, 0x800, 0xFFF, 0x1000, 0xD7FF, 0xE000, 0xFFFF]
    var points = (edges + [0x10000, 0x10FFFF, 0x40, 0xBF, 0xC0, 0x3F000 + UInt32(seed)])
    points += (0..<10).map { ($0 * 7_919 + UInt32(seed) * 104_729) % 0x110000 }
    points = points.filter { Unicode.Scalar($0) != nil }.sorted()
    let ranges = stride(from: Int(seed) % 4, to: points.count - 1, by: 3).map {
      points[$0]...points[$0 + 1]
    }
    let pattern = ranges.map { range in
      "\\x{\(String(range.lowerBound, radix: 16))}-\\x{\(String(range.upperBound, radix: 16))}"
    }
    var matcher = RegexMatcher(try LinearRegex("^[\(pattern.joined())]$"))
    var probes = Set(points.flatMap { [$0 &- 1, $0, $0 + 1] })
    probes.formUnion(stride(from: 0, to: 0x110000, by: 1_021))
    for scalar in probes.compactMap(Unicode.Scalar.init) where scalar != "\n" {
      let isMember = ranges.contains { $0.contains(scalar.value) }
      let isMatch = matcher.matches(String(scalar))
      #expect(isMatch == isMember, "U+\(String(scalar.value, radix: 16))")
    }
  }
}
