import Testing
import VedetteDocuments
import VedetteEvent

@testable import VedetteRules

/// Which modifiers may follow which: every pair of them, both ways around.
@Suite("Chains of modifiers")
struct ModifierChainTests {
  private static let opens: Set<FieldModifier> = [.contains, .startswith, .endswith]
  private static let encodings: Set<FieldModifier> = [
    .windash, .base64, .base64offset, .utf16, .utf16le, .utf16be, .wide, .expand,
  ]
  private static let flags: Set<FieldModifier> = [.all, .neq]
  private static let regexFlags: Set<FieldModifier> = [.i, .m, .s]
  private static let comparisons: Set<FieldModifier> = [.lt, .lte, .gt, .gte]
  private static let timeParts: Set<FieldModifier> = [
    .minute, .hour, .day, .week, .month, .year,
  ]

  /// What the specification and the meaning of the modifiers allow.
  private static func isLegal(_ first: FieldModifier, _ second: FieldModifier) -> Bool {
    let pair: Set<FieldModifier> = [first, second]
    // A flag of 're' stands behind it.
    if regexFlags.contains(first) { return false }
    if regexFlags.contains(second) { return first == .re }
    if !pair.isDisjoint(with: flags) { return true }
    let text = opens.union(encodings)
    if pair.contains(.cased) {
      return pair.isSubset(of: text.union([.cased, .fieldref]))
    }
    if pair.isSubset(of: text) {
      // What has wildcards can't be encoded in base64.
      return !(opens.contains(first) && [.base64, .base64offset].contains(second))
    }
    if pair.contains(.fieldref) { return !pair.isDisjoint(with: opens) }
    // A search for an expression contains already.
    if first == .re { return second == .contains }
    if comparisons.contains(first) { return timeParts.contains(second) }
    return timeParts.contains(first) && comparisons.contains(second)
  }

  private static func value(_ modifiers: [FieldModifier]) -> String {
    for modifier in modifiers {
      if modifier == .exists { return "true" }
      if modifier == .cidr { return "10.0.0.0/8" }
      if comparisons.contains(modifier) || timeParts.contains(modifier) { return "5" }
    }
    return "abc"
  }

  @Test("each pair is taken or rejected with the reason", arguments: FieldModifier.allCases)
  func pairs(first: FieldModifier) {
    for second in FieldModifier.allCases where second != first {
      let key = "f|\(first.rawValue)|\(second.rawValue)"
      let rules = RuleText.load(
        RuleText.rule("s: {'\(key)': \(Self.value([first, second]))}\ncondition: s")
      )
      #expect(rules.errors.isEmpty == Self.isLegal(first, second), "\(key): \(rules.errors)")
      for error in rules.errors {
        switch error.problem {
        case .misusedModifier(_, let reason), .invalidValue(_, let reason):
          #expect(reason.count > 10)
        default: Issue.record("\(key): \(error)")
        }
        #expect(error.location.position.line > 1)
      }
    }
  }

  @Test("each alone", arguments: FieldModifier.allCases)
  func alone(modifier: FieldModifier) {
    let key = "f|\(modifier.rawValue)"
    let rules = RuleText.load(
      RuleText.rule("s: {'\(key)': \(Self.value([modifier]))}\ncondition: s")
    )
    #expect(rules.errors.isEmpty == !Self.regexFlags.contains(modifier), "\(rules.errors)")
    let twice = RuleText.load(
      RuleText.rule("s: {'\(key)|\(modifier.rawValue)': 5}\ncondition: s")
    )
    #expect(twice.errors.count == 1 && "\(twice.errors)".contains("twice"))
  }

  @Test("a byte is too short for three offsets")
  func shortOffset() {
    let rules = RuleText.load(
      RuleText.rule("s: {'f|base64offset|contains': [ab, a]}\ncondition: s")
    )
    #expect(
      rules.errors.map { "\($0.problem)" } == ["value 'a': 'base64offset' needs two bytes or more"]
    )
  }

  struct Chain: Sendable, CustomTestStringConvertible {
    let item: String
    let matching: [String]
    let other: [String]
    var testDescription: String { item }
  }

  static let longChains: [Chain] = [
    Chain(
      item: "f|utf16le|base64offset|contains|all: [ab, cd]",
      matching: [#"{"f":"x YQBiA y YwBkA z"}"#],
      other: [#"{"f":"x YQBiA y"}"#, #"{"f":"abcd"}"#]
    ),
    Chain(
      item: "f|windash|contains|all|neq: [' -a', ' -b']",
      matching: [#"{"f":"x -a"}"#, #"{}"#],
      other: [#"{"f":"x /b –a"}"#]
    ),
    Chain(
      item: "f|cased|windash|endswith: ' -Enc'",
      matching: [#"{"f":"x /Enc"}"#, #"{"f":"x -Enc"}"#],
      other: [#"{"f":"x /enc"}"#, #"{"f":"x -Enc y"}"#]
    ),
    Chain(
      item: "f|re|i|m|s|neq: '^a.b$'",
      matching: [#"{"f":"x"}"#, #"{}"#],
      other: [#"{"f":"q\nA\nB\nq"}"#]
    ),
    Chain(
      item: "f|neq|fieldref|startswith|cased: g",
      matching: [#"{"f":"abc","g":"AB"}"#, #"{"f":"abc"}"#],
      other: [#"{"f":"abc","g":"ab"}"#]
    ),
    Chain(
      item: "f|cidr|neq|all: ['10.0.0.0/8', '10.1.0.0/16']",
      matching: [#"{"f":"10.2.0.1"}"#, #"{"f":"::1"}"#],
      other: [#"{"f":"10.1.0.1"}"#]
    ),
    Chain(
      item: "f|gte|hour|neq: 22",
      matching: [#"{"f":"2026-03-02T21:00:00Z"}"#, #"{"f":"never"}"#],
      other: [#"{"f":"2026-03-02T22:00:00Z"}"#]
    ),
    Chain(
      item: "f|exists|neq: true",
      matching: [#"{"g":1}"#],
      other: [#"{"f":null}"#, #"{"f":1}"#]
    ),
    Chain(
      item: "f: [null, '', 0, false]",
      matching: [#"{}"#, #"{"f":null}"#, #"{"f":""}"#, #"{"f":0}"#, #"{"f":"False"}"#],
      other: [#"{"f":" "}"#, #"{"f":"00"}"#, #"{"f":true}"#]
    ),
    Chain(
      item: "a.b.c|endswith: '\\x'",
      matching: [#"{"a":{"b":{"c":"q\\x"}}}"#, #"{"a.b.c":["y","\\x"]}"#],
      other: [#"{"a":{"b":"\\x"}}"#, #"{"c":"\\x"}"#]
    ),
  ]

  @Test("longer chains mean what their parts do", arguments: longChains)
  func meaning(_ example: Chain) throws {
    let expected = example.matching.map { _ in true } + example.other.map { _ in false }
    let detection = "sel:\n  \(example.item)\ncondition: sel"
    #expect(try RuleText.matches(detection, example.matching + example.other) == expected)
  }

  static let keywords: [Chain] = [
    Chain(
      item: "[one, 't?o']",
      matching: [#"{"a":"xONEx"}"#, #"{"a":1,"b":"a tao b"}"#],
      other: [#"{"a":"on e"}"#, #"{"_meta":"one"}"#]
    ),
    Chain(
      item: "{'|all': [one, two]}",
      matching: [#"{"a":"one","b":"two"}"#, #"{"a":"two one"}"#],
      other: [#"{"a":"one"}"#]
    ),
    Chain(
      item: "{'|re': 'o+ne$'}",
      matching: [#"{"a":"xoone"}"#],
      other: [#"{"a":"ONE"}"#, #"{"a":"one "}"#]
    ),
    Chain(
      item: "[{a: 1, b: 2}, {a|startswith: x}, word]",
      matching: [#"{"a":1,"b":2}"#, #"{"a":"xy"}"#, #"{"c":"a word"}"#],
      other: [#"{"a":1}"#, #"{"b":2}"#]
    ),
  ]

  @Test("keywords and lists of mappings", arguments: keywords)
  func lists(_ example: Chain) throws {
    let expected = example.matching.map { _ in true } + example.other.map { _ in false }
    let detection = "sel: \(example.item)\ncondition: sel"
    #expect(try RuleText.matches(detection, example.matching + example.other) == expected)
  }
}
