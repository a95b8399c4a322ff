import Testing
import VedetteColumns
import VedetteEvent
import VedetteFindings
import VedetteStatistics

@testable import VedetteRules

/// The fast way against the plain way, on rules and events that nobody would write.
@Suite("Fast against plain")
struct DifferentialTests {
  @Test(
    "rules that were made at random hold on the same events",
    arguments: 0..<160 as Range<UInt64>
  )
  func agrees(seed: UInt64) throws {
    var maker = RandomRules(random: SplitMix64(seed: seed))
    let yaml = (0..<20).map { maker.rule($0) }.joined(separator: "\n---\n")
    let rules = RuleText.load(yaml, placeholders: RandomRules.placeholders)
    // Some are wrong, as a number with 'contains': the others must be enough.
    #expect(rules.entries.count > 8, "seed \(seed): \(rules.errors.prefix(3).map(\.description))")
    let detector = RuleDetector(RulePlan(rules))
    for round in 0..<3 {
      let events = (0..<40).map { _ in maker.event() }
      for batch in try FlatEvents.batches(events, rowsMax: round == 2 ? 7 : 40) {
        var fast: [Set<Int>] = Array(repeating: [], count: batch.rowCount)
        for match in detector.match(batch) { fast[match.row].insert(match.rule) }
        for row in 0..<batch.rowCount {
          let evaluator = ReferenceEvaluator(batch: batch, row: row)
          for (index, entry) in rules.entries.enumerated() {
            guard case .rule(let rule) = entry else { continue }
            let isFast = fast[row].contains(index)
            guard isFast != evaluator.matches(rule) else { continue }
            let line = batch.records[row].line
            Issue.record(
              "seed \(seed), round \(round): \(rule.metadata.id) is \(isFast) on \(events[line - 1])"
            )
          }
        }
      }
    }
  }

  @Test("matches come by row, then rule, and the same from a fresh detector")
  func order() throws {
    var maker = RandomRules(random: SplitMix64(seed: 7))
    let rules = RuleText.load((0..<160).map { maker.rule($0) }.joined(separator: "\n---\n"))
    let plan = RulePlan(rules)
    let used = RuleDetector(plan)
    var count = 0
    for _ in 0..<20 {
      let batch = try #require(
        try FlatEvents.batches((0..<60).map { _ in maker.event() }, rowsMax: 60).first
      )
      let matches = used.match(batch)
      #expect(matches == matches.sorted() && Set(matches).count == matches.count)
      #expect(matches == RuleDetector(plan).match(batch))
      count += matches.count
    }
    #expect(count > 1_000)
  }

  @Test("a detector that forgets everything, or a part, finds the same")
  func forgetting() throws {
    var maker = RandomRules(random: SplitMix64(seed: 11))
    let plan = RulePlan(
      RuleText.load((0..<60).map { maker.rule($0) }.joined(separator: "\n---\n"))
    )
    let keeping = RuleDetector(plan)
    let forgetful = [
      RuleDetector(plan, memory: RuleDetector.Memory(itemsMax: 20)),
      RuleDetector(plan, memory: RuleDetector.Memory(cachedVerdictsMax: 0)),
      RuleDetector(plan, memory: RuleDetector.Memory(routeSetsMax: 2)),
    ]
    let events = (0..<900).map { _ in maker.event() }
    var count = 0
    for batch in try FlatEvents.batches(events, rowsMax: 9) {
      let matches = keeping.match(batch)
      for detector in forgetful { #expect(detector.match(batch) == matches) }
      count += matches.count
    }
    #expect(count > 500)
  }

  @Test("many texts at once are found where each by itself is", arguments: 0..<64 as Range<UInt64>)
  func scanner(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    func text(_ lengths: ClosedRange<Int>) -> [UInt8] {
      (0..<Int.random(in: lengths, using: &random)).map { _ in
        UInt8.random(in: 0x61...0x63, using: &random)
      }
    }
    // Where all are long, the pass leaves out bytes.
    let shortest = [1, 5, 7, 12][Int(seed % 4)]
    let texts = Array(Set((0..<40).map { _ in text(shortest...(shortest + 8)) })).sorted {
      $0.lexicographicallyPrecedes($1)
    }
    let scanner = LiteralScanner(texts)
    var hits = LiteralHits(literalCount: texts.count)
    for _ in 0..<50 {
      var value = text(0...30)
      for _ in 0..<Int.random(in: 0...2, using: &random) {
        value += texts[Int.random(in: 0..<texts.count, using: &random)] + text(0...9)
      }
      let padded = value + [UInt8](repeating: 0, count: LiteralScanner.padding)
      scanner.scan(padded.span, length: value.count, into: &hits)
      for (index, text) in texts.enumerated() {
        var places: LiteralPlaces = []
        for start in value.indices where value[start...].starts(with: text) {
          places.insert(.anywhere)
          if start == 0 { places.insert(.start) }
          if start + text.count == value.count { places.insert(.end) }
        }
        #expect(hits.places(Int32(index)) == places)
      }
      #expect(Set(hits.literals).count == hits.literals.count)
    }
  }

  @Test("lower case is each character's own, all of Unicode")
  func folding() {
    for value in UInt32(0)...0x10ffff {
      guard let scalar = Unicode.Scalar(value), value < 0x20000 || value % 1_009 == 0 else {
        continue
      }
      let text = Array(String(scalar).utf8)
      let expected = Array(scalar.properties.lowercaseMapping.utf8)
      if CaseFolding.folded(text) != expected {
        Issue.record("\(scalar.properties.name ?? "\(value)")")
      }
    }
  }

  @Test("what is not UTF-8 stays as it is")
  func strayBytes() {
    for text: [UInt8] in [
      [0x41, 0xff, 0x42], [0xc3], [0xe2, 0x82, 0x41], [0xf4, 0x90, 0x80, 0x80],
    ] {
      #expect(CaseFolding.folded(text) == text.map { $0 == 0x41 || $0 == 0x42 ? $0 | 0x20 : $0 })
    }
  }
}
