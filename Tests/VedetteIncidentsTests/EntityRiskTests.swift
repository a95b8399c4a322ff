import Testing
import VedetteEvent
import VedetteFindings
import VedetteIncidents

@Suite("Entity risk")
struct EntityRiskTests {
  private static let now = Example.time((12, 0, 0))

  private static func part(
    _ risk: Int,
    _ role: EntityRole = .actor,
    daysAgo: Int = 0,
    _ triage: Triage = Triage()
  ) -> EntityStanding.Part {
    EntityStanding.Part(
      incident: Example.id(String(risk + daysAgo, radix: 16)),
      title: "brute force",
      risk: risk,
      role: role,
      lastSeen: now.advanced(byNanoseconds: Int64(-daysAgo) * 86_400_000_000_000),
      triage: triage
    )
  }

  private static func risk(
    _ parts: [EntityStanding.Part],
    _ criticality: AssetCriticality? = nil
  ) -> EntityRisk {
    let entity = EntityKey(type: .host, value: "db01")
    let standing = EntityStanding(entity: entity, firstSeen: now, lastSeen: now, parts: parts)
    return EntityRisk(standing, at: now, criticality: criticality)
  }

  @Test("roles weigh, further incidents count by halves, and time takes half in seven days")
  func sums() {
    #expect(Self.risk([Self.part(80)]).risk == 80)
    #expect(Self.risk([Self.part(80, .source)]).risk == 64)
    #expect(Self.risk([Self.part(80, .target)]).risk == 40)
    #expect(Self.risk([Self.part(80, .model)]).risk == 20)
    #expect(Self.risk([Self.part(60), Self.part(40)]).risk == 80)
    #expect(Self.risk([Self.part(80, daysAgo: 7)]).risk == 40)
    #expect(
      Self.risk([Self.part(80, daysAgo: 7)]).terms.last == RiskTerm(label: "faded", points: -40)
    )
    #expect(Self.risk([Self.part(80, daysAgo: 28)]).risk == 5)
  }

  @Test("criticality and the cap are terms of their own, and nothing is hidden")
  func terms() {
    let one = Self.risk([Self.part(90), Self.part(80)], .critical)
    #expect(one.terms.map(\.points) == [90, 40, 6, -36])
    #expect(one.risk == 100)
    #expect(Self.risk([], .critical).terms == [])
    #expect(Self.risk([Self.part(50)], .low).terms.count == 1)
  }

  @Test("what was closed as nothing does not count")
  func verdicts() {
    for classification in [Classification.benign, .falsePositive] {
      let closed = Triage(status: .closed, classification: classification)
      #expect(Self.risk([Self.part(80, .actor, closed)]).risk == 0)
    }
    let attack = Triage(status: .closed, classification: .truePositive)
    #expect(Self.risk([Self.part(80, .actor, attack)]).risk == 80)
  }

  @Test("the printed terms add up, whatever there is", arguments: 0..<64)
  func addsUp(seed: Int) {
    let parts = (0..<seed % 9).map { index in
      Self.part(1 + (seed * 31 + index * 17) % 100, daysAgo: (seed * 7 + index * 5) % 40)
    }
    let risk = Self.risk(parts, seed.isMultiple(of: 2) ? .high : nil)
    #expect(risk.risk == risk.terms.reduce(0) { $0 + $1.points })
    #expect((0...100).contains(risk.risk))
  }

  @Test("an explanation says what was seen, against what, and what would have passed")
  func explanation() {
    var detail = Example.detail
    detail.findings[0].explanation.terms = [
      ExplanationTerm(
        feature: "failed_logins",
        observed: 212,
        expected: 1.4,
        scale: 0.9,
        contribution: 48,
        bound: 3.5
      ),
      ExplanationTerm(
        feature: "CommandLine",
        observed: 1,
        contribution: 0,
        value: "nc -e\u{1b}[2J"
      ),
    ]
    let text = IncidentText(TextStyle()).explanation(detail)
    #expect(
      text.contains("- failed logins 212, usually 1.4 give or take 0.9; 3.5 would have passed;")
    )
    #expect(text.contains("adds 48"))
    #expect(text.contains("- CommandLine was nc -e"))
    #expect(!text.contains("\u{1b}"))
    #expect(text.contains("nearest normal: window 03-02 10:14, calls 31"))
    #expect(text.contains("+50  sequence rule"))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }
}
