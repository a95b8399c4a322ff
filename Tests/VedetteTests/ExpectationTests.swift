import Testing
@testable import Vedette
import VedetteEvent
import VedetteFindings

@Suite("Expectations")
struct ExpectationTests {
  static let attack = ExpectedAttack(
    name: "a",
    kind: "",
    first: time(100),
    last: time(200),
    entities: [EntityKey(type: .ip, value: "203.0.113.1")],
    severityMin: .high
  )

  static func time(_ seconds: Int64) -> EventTime {
    EventTime(nanosecondsSinceEpoch: seconds * 1_000_000_000)
  }

  static func incident(
    risk: Int,
    _ first: Int64,
    _ last: Int64,
    ip: String = "203.0.113.1"
  ) -> IncidentDetail {
    let incident = Incident(
      id: FindingID(high: UInt64(first), low: UInt64(risk)),
      title: "t",
      risk: risk,
      riskTerms: [RiskTerm(label: "t", points: risk)],
      firstSeen: time(first),
      lastSeen: time(last),
      entities: [Entity(type: .ip, value: ip, role: .source)],
      techniques: [],
      tactics: [],
      findings: [],
      eventCount: 1,
      sources: [],
      narrative: "",
      aliases: []
    )
    return IncidentDetail(incident: incident, findings: [])
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let incidents: [IncidentDetail]
    let recall: Double
    let precision: Double
    let falseCount: Int
    var attacks = [attack]
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(name: "nothing", incidents: [], recall: 0, precision: 1, falseCount: 0),
    Case(
      name: "no attack, no incident",
      incidents: [],
      recall: 1,
      precision: 1,
      falseCount: 0,
      attacks: []
    ),
    Case(
      name: "found",
      incidents: [incident(risk: 80, 120, 180)],
      recall: 1,
      precision: 1,
      falseCount: 0
    ),
    Case(
      name: "found twice",
      incidents: [incident(risk: 80, 120, 130), incident(risk: 80, 140, 180)],
      recall: 1,
      precision: 1,
      falseCount: 0
    ),
    Case(
      name: "touching at an end is an overlap",
      incidents: [incident(risk: 80, 200, 300)],
      recall: 1,
      precision: 1,
      falseCount: 0
    ),
    Case(
      name: "too late",
      incidents: [incident(risk: 80, 201, 300)],
      recall: 0,
      precision: 0,
      falseCount: 1
    ),
    Case(
      name: "somebody else",
      incidents: [incident(risk: 80, 120, 180, ip: "203.0.113.2")],
      recall: 0,
      precision: 0,
      falseCount: 1
    ),
    Case(
      name: "one right, one false",
      incidents: [
        incident(risk: 80, 120, 180), incident(risk: 80, 120, 180, ip: "203.0.113.2"),
      ],
      recall: 1,
      precision: 0.5,
      falseCount: 1
    ),
    Case(
      name: "not bad enough for the label, yet not false",
      incidents: [incident(risk: 52, 120, 180)],
      recall: 0,
      precision: 1,
      falseCount: 0
    ),
    Case(
      name: "what is below medium does not count",
      incidents: [incident(risk: 10, 900, 901)],
      recall: 0,
      precision: 1,
      falseCount: 0
    ),
  ]

  @Test("precision and recall", arguments: cases)
  func comparison(_ example: Case) {
    let result = ExpectationResult(attacks: example.attacks, incidents: example.incidents)
    #expect(result.recall == example.recall)
    #expect(result.precision == example.precision)
    #expect(result.falseIncidents.count == example.falseCount)
    #expect(example.attacks.allSatisfy { result.timeToDetect($0) == nil })
  }

  @Test("labels are read, empty lines passed over")
  func labels() throws {
    let text = """

      {"attack":"a","first":"1970-01-01T00:01:40Z","last":"1970-01-01T00:03:20Z",\
      "entities":[{"type":"ip","value":"203.0.113.1"}],"min_severity":"high"}

      {"attack":"b","kind":"k","first":"1970-01-01T00:00:00Z","last":"1970-01-01T00:00:00Z",\
      "entities":[{"type":"user","value":"x"}]}
      """
    let attacks = try ExpectedAttack.read(Array(text.utf8))
    #expect(attacks.map(\.name) == ["a", "b"])
    #expect(attacks.first == Self.attack)
    #expect(attacks.last?.severityMin == .medium)
    #expect(attacks.last?.kind == "k")
  }

  static let good = #""first":"2026-01-01T00:00:00Z","last":"2026-01-01T00:00:00Z""#

  @Test(
    "a line that is no label is named",
    arguments: [
      ("x", "a label is an object"),
      (#"{"attack":"a"}"#, "a label is an object"),
      (#"{"attack":"a","first":"x","last":"y","entities":[]}"#, "RFC 3339"),
      (#"{"attack":"a",\#(good),"entities":[]}"#, "names entities"),
      (#"{"attack":"a",\#(good),"entities":[{"type":"thing","value":"v"}]}"#, "of a type of"),
      (
        #"{"attack":"a",\#(good),"entities":[{"type":"ip","value":"v"}],"min_severity":"bad"}"#,
        "min_severity"
      ),
    ]
  )
  func badLabels(line: String, words: String) throws {
    let error = try #require(throws: ExpectationError.self) {
      try ExpectedAttack.read(Array("\n\(line)\n".utf8))
    }
    #expect(error.line == 2)
    #expect(error.description.contains(words))
  }
}
