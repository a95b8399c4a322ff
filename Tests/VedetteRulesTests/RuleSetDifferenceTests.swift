import Testing

@testable import VedetteRules

@Suite("The difference of two sets of rules")
struct RuleSetDifferenceTests {
  static let base = """
    title: Base
    id: a
    level: high
    tags: [attack.t1110]
    logsource: {product: x}
    detection:
      s:
        f|contains: [one, two]
        g: 1
      condition: s
    """

  static func difference(_ old: String, _ new: String) -> RuleSetDifference {
    let (old, new) = (RuleText.load(old), RuleText.load(new))
    #expect(old.errors + new.errors == [])
    return RuleSetDifference(old: old, new: new)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let edit: (from: String, to: String)
    /// What is different, as `what -removed +added`.
    let told: [String]
    let affectsMatches: Bool
    var testDescription: String { "\(edit.from) becomes \(edit.to)" }
  }

  static let cases: [Case] = [
    Case(
      edit: ("[one, two]", "[two, one]"),
      told: ["s -  + its parts are joined in another way"],
      affectsMatches: true
    ),
    Case(
      edit: ("[one, two]", "[one, three]"),
      told: ["s: f|contains -contains 'two' +contains 'three'"],
      affectsMatches: true
    ),
    Case(
      edit: ("f|contains", "f|endswith"),
      told: [
        "s: f|contains -contains 'one',contains 'two' +",
        "s: f|endswith - +ends with 'one',ends with 'two'",
      ],
      affectsMatches: true
    ),
    Case(edit: ("    g: 1\n", ""), told: ["s: g -is '1' +"], affectsMatches: true),
    Case(
      edit: ("condition: s", "condition: not s"),
      told: ["condition -s +not s"],
      affectsMatches: true
    ),
    Case(
      edit: ("product: x", "product: y"),
      told: ["logsource -product=x +product=y"],
      affectsMatches: true
    ),
    Case(edit: ("level: high", "level: low"), told: ["level -high +low"], affectsMatches: false),
    Case(
      edit: ("title: Base", "title: Other"),
      told: ["title -Base +Other"],
      affectsMatches: false
    ),
    Case(
      edit: ("t1110", "t1110.001"),
      told: ["tags -attack.t1110 +attack.t1110.001"],
      affectsMatches: false
    ),
    Case(edit: ("id: a", "id: b"), told: ["id -a +b"], affectsMatches: false),
    Case(edit: ("title: Base\n", "title: Base\n# a comment\n\n"), told: [], affectsMatches: false),
  ]

  @Test("what is different about a rule is told by its part", arguments: cases)
  func told(_ example: Case) throws {
    let edited = Self.base.replacing(example.edit.from, with: example.edit.to)
    #expect(edited != Self.base)
    let difference = Self.difference(Self.base, edited)
    #expect(difference.added.isEmpty && difference.removed.isEmpty)
    let changes = difference.changed.first?.changes ?? []
    let told = changes.map {
      "\($0.what) -\($0.removed.joined(separator: ",")) +\($0.added.joined(separator: ","))"
    }
    #expect(
      told.map { $0.replacing(" ", with: "") } == example.told.map { $0.replacing(" ", with: "") }
    )
    #expect(difference.changed.first?.affectsMatches ?? false == example.affectsMatches)
    // The other way round it is the opposite.
    let back = Self.difference(edited, Self.base).changed.first?.changes ?? []
    #expect(
      back.flatMap(\.removed).sorted() == changes.flatMap(\.added).sorted()
        || example.told.first?.contains("joined") == true
    )
  }

  @Test("rules that come and go are told, and a set is no different from itself")
  func comings() {
    let other = Self.base.replacing("id: a", with: "id: z").replacing("Base", with: "Second")
    let both = Self.base + "\n---\n" + other
    #expect(Self.difference(both, both).sameCount == 2)
    let more = Self.difference(Self.base, both)
    #expect((more.added, more.removed.count, more.sameCount) == ([1], 0, 1))
    let less = Self.difference(both, Self.base)
    #expect((less.added.count, less.removed, less.sameCount) == (0, [1], 1))
  }

  @Test("of a correlation its rules, window, groups and bounds")
  func correlations() {
    let old =
      Self.base + """

        ---
        title: C
        id: c
        correlation:
          type: event_count
          rules: [a]
          group-by: [u]
          timespan: 1h
          condition: {gte: 5}
        """
    let new = old.replacing("1h", with: "30m").replacing("gte: 5", with: "gt: 7.5")
      .replacing("[u]", with: "[u, v]")
    let changes = Self.difference(old, new).changed.flatMap(\.changes)
    #expect(
      changes.map(\.what) == ["group-by", "timespan", "condition"]
    )
    #expect(changes.map(\.added) == [["v"], ["1800 s"], ["gt 7.5"]])
  }
}
