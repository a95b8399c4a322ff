import Testing
import VedetteStatistics

@testable import VedetteRules

@Suite("What the engine understood of a rule")
struct CompiledRuleTests {
  static func compiled(
    _ detection: String,
    logSource: String = "product: test"
  ) throws
    -> CompiledRule
  {
    let set = RuleText.load(RuleText.rule(detection, logSource: logSource))
    #expect(set.errors == [])
    guard case .rule(let rule) = try #require(set.entries.first) else {
      throw RuleError(.notARule(detail: "no rule"), at: set.entries[0].metadata.location)
    }
    return CompiledRule(rule)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let detection: String
    let items: [[[String]]]
    let condition: String
    let postfix: String
    let witness: [Int]?
    let needs: [String]
    var testDescription: String { detection }
  }

  static let cases: [Case] = [
    Case(
      detection: "s:\n  a|contains: ['Xy', zzz]\ncondition: s",
      items: [[["contains 'Xy'"], ["contains 'zzz'"]]],
      condition: "1",
      postfix: "1",
      witness: [1],
      needs: ["xy", "zzz"]
    ),
    Case(
      detection: "s:\n  a|contains|all: ['Xy', zzz]\nf:\n  b: 1\ncondition: s and not f",
      items: [[["contains 'Xy'"], ["contains 'zzz'"]], [["is '1'"]]],
      condition: "1 and not 2",
      postfix: "1 2 not and",
      witness: [1],
      needs: ["zzz"]
    ),
    Case(
      detection: "s1:\n  a|re: 'f[0-9]+bar'\ns2:\n  a|startswith: q\n  b: null\ncondition: 1 of s*",
      items: [[["matches /f[0-9]+bar/"]], [["begins with 'q'"]], [["is absent or null"]]],
      condition: "1 or 2 and 3",
      postfix: "1 2 3 and or",
      witness: [1, 2],
      needs: ["bar", "q"]
    ),
    Case(
      detection: "s:\n  a: '*'\nf:\n  a|gt: 5\ncondition: not (s or f)",
      items: [[["is anything"]], [["> 5"]]],
      condition: "not (1 or 2)",
      postfix: "1 2 or not",
      witness: nil,
      needs: []
    ),
    Case(
      detection: "k:\n  - left\n  - 'ri?ht*'\ncondition: k",
      items: [[["contains 'left'"], ["is like '*ri?ht*'"]]],
      condition: "1",
      postfix: "1",
      witness: [1],
      needs: ["left", "ri"]
    ),
  ]

  @Test("values, condition, witness and the texts that it needs", arguments: cases)
  func shown(_ example: Case) throws {
    let rule = try Self.compiled(example.detection)
    let variant = try #require(rule.variants.first)
    #expect(rule.variants.count == 1)
    #expect(variant.items.map(\.values) == example.items)
    #expect(variant.condition == example.condition)
    #expect(variant.postfix == example.postfix)
    #expect(variant.witness == example.witness)
    let witnesses = variant.items.filter { variant.witness?.contains($0.number) ?? false }
    #expect(witnesses.flatMap(\.requiredTexts) == example.needs)
  }

  @Test("routes whose events have other fields are variants of their own")
  func bindings() throws {
    let rule = try Self.compiled(
      "s:\n  Image|endswith: cmd.exe\ncondition: s",
      logSource: "product: windows, category: process_creation"
    )
    #expect(rule.routes[0].logSource == "product=windows, category=process_creation")
    #expect(rule.routes.contains { $0.conditions.last == "EventID = 1" })
    let renaming = rule.routes.indices.filter {
      rule.routes[$0].bindings.map(\.bound) == ["NewProcessName"]
    }
    #expect(!renaming.isEmpty)
    #expect(renaming.allSatisfy { rule.routes[$0].conditions.last == "EventID = 4688" })
    let others = rule.routes.indices.filter { rule.routes[$0].bindings.isEmpty }
    #expect(rule.variants.map(\.routes) == [others, renaming])
    #expect(rule.variants.map { $0.items[0].field } == ["Image", "NewProcessName"])
  }

  @Test("of any rule the two ways to write the condition agree with the steps that run")
  func agreement() throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("seed \(seed)")
    var maker = RandomRules(random: SplitMix64(seed: seed))
    var compared = 0
    for number in 0..<400 {
      let set = RuleText.load(maker.rule(number))
      guard case .rule(let rule) = set.entries.first else { continue }
      let plan = RulePlan(rule)
      let compiled = CompiledRule(rule)
      #expect(compiled.variants.count == plan.variants.count)
      for (variant, planned) in zip(compiled.variants, plan.variants) {
        #expect((variant.witness != nil) == planned.hasWitness)
        #expect(variant.items.map(\.number) == variant.items.indices.map { $0 + 1 })
        var rounds = [UInt32](repeating: 0, count: plan.itemCount)
        // Alone in its plan, the rule's items are numbered in the order in which they are met.
        let order = Self.order(plan, planned.entry)
        guard order.count == variant.items.count else { continue }
        for _ in 0..<8 {
          var holds: [Int: Bool] = [:]
          for (place, item) in order.enumerated() {
            let isTrue = Bool.random(using: &maker.random)
            rounds[Int(item)] = isTrue ? 1 : 0
            holds[place + 1] = isTrue
          }
          let expected = plan.holds(planned.entry, rounds, 1)
          #expect(Self.evaluate(variant.postfix, holds) == expected, "seed \(seed): \(variant)")
          if !(variant.witness ?? [0]).contains(where: { $0 == 0 || holds[$0] == true }) {
            #expect(!expected, "seed \(seed): holds without its witness: \(variant)")
          }
          compared += 1
        }
      }
    }
    #expect(compared > 1_000)
  }

  /// The items of a plan of one rule, in the order of their numbers: that in which they are met.
  private static func order(_ plan: RulePlan, _ entry: Int32) -> [Int32] {
    Set(plan.steps.map(\.item)).sorted()
  }

  private static func evaluate(_ postfix: String, _ holds: [Int: Bool]) -> Bool? {
    var stack: [Bool] = []
    for word in postfix.split(separator: " ") {
      switch word {
      case "always": stack.append(true)
      case "never": stack.append(false)
      case "not": stack.append(!(stack.popLast() ?? true))
      case "and", "or":
        guard let right = stack.popLast(), let left = stack.popLast() else { return nil }
        stack.append(word == "and" ? left && right : left || right)
      default:
        guard let number = Int(word), let isTrue = holds[number] else { return nil }
        stack.append(isTrue)
      }
    }
    return stack.count == 1 ? stack[0] : nil
  }

  @Test("a rule is found by what people know of it")
  func lookup() {
    let yaml = ["Alpha", "Beta", "Beta two"].enumerated().map { number, title in
      "title: \(title)\nid: \(number)abc-\(number)\nname: n\(number)\nlogsource: {product: x}\n"
        + "detection:\n  s: {a: \(number)}\n  condition: s\n"
    }.joined(separator: "---\n")
    let set = RuleText.load(yaml)
    #expect(set.errors == [])
    let cases: [(String, [Int])] = [
      ("0abc-0", [0]), ("n2", [2]), ("beta", [1]), ("bet", [1, 2]), ("1a", [1]),
      ("test.yml", [0, 1, 2]), ("", []), ("gamma", []), ("BETA TWO", [2]),
    ]
    for (text, expected) in cases { #expect(set.indices(matching: text) == expected, "\(text)") }
  }

  @Test("a part of a rule is cut from its file as it is written")
  func sections() {
    let text = """
      title: one
      detection:
        a: 1

        condition: a
      # about tags
      tags:
      - x
      ---
      title: two
      detection:
          b: 2
      level: low
      """
    let file = RuleFile(path: "a.yml", relativePath: "a.yml", bytes: Array(text.utf8))
    #expect(file.section("detection", from: 1) == ["a: 1", "", "condition: a"])
    #expect(file.section("tags", from: 1) == ["- x"])
    #expect(file.section("detection", from: 10) == ["b: 2"])
    #expect(file.section("tags", from: 10) == nil)
  }
}
