import VedetteEvent
import VedetteFindings

/// An attack on a model service, told by three findings.
enum Example {
  static func time(_ text: (Int, Int, Int)) -> EventTime {
    EventTime(year: 2026, month: 3, day: 2, hour: text.0, minute: text.1, second: text.2)
      ?? EventTime(nanosecondsSinceEpoch: 0)
  }

  static let head = ActivityHead(number: 7, digest: String(repeating: "ab", count: 32))

  static func id(_ start: String) -> FindingID {
    FindingID(hex: start + String(repeating: "0", count: 32 - start.count))
      ?? FindingID(high: 0, low: 0)
  }

  static let key = Entity(type: .accessKey, value: "AKIAIOSFODNN7EXAMP7Q", role: .actor)
  static let user = Entity(type: .user, value: "svc-batch", role: .actor)
  static let address = Entity(type: .ip, value: "203.0.113.9", role: .source)

  static func evidence(_ line: Int, at time: EventTime?, _ raw: String) -> Evidence {
    Evidence(
      time: time,
      origin: RecordOrigin(
        path: "logs/bedrock.ndjson",
        line: line,
        offset: Int64(line) * 100,
        length: raw.utf8.count
      ),
      raw: Array(raw.utf8)
    )
  }

  static let probing = Finding(
    id: id("7f3a91c204"),
    time: time((12, 1, 7)),
    lastTime: time((12, 1, 9)),
    detector: .rule,
    title: "model listing by a new key",
    rule: RuleReference(id: "r-1", title: "List", level: .medium, path: "model/list.yml"),
    severity: .medium,
    score: 45,
    entities: [key, user, address],
    techniques: ["AML.T0012"],
    tactics: ["discovery"],
    sources: [SourceID("logs/bedrock.ndjson")],
    count: 1,
    evidence: [evidence(4, at: time((12, 1, 7)), #"{"op":"ListFoundationModels"}"#)],
    explanation: Explanation(summary: "the key never listed models before")
  )

  static let volume = Finding(
    id: id("c1e02ab170"),
    time: time((12, 2, 0)),
    lastTime: time((12, 10, 21)),
    detector: .baseline,
    title: "model calls far above usual",
    rule: nil,
    severity: .high,
    score: 78,
    entities: [key, user, Entity(type: .model, value: "claude-3", role: .model)],
    techniques: ["AML.T0034", "T1496"],
    tactics: ["impact"],
    sources: [SourceID("logs/bedrock.ndjson")],
    count: 612,
    evidence: [
      evidence(9, at: time((12, 2, 0)), "InvokeModel first"),
      evidence(620, at: time((12, 10, 21)), "InvokeModel \u{1b}[31mlast\u{202e}"),
    ],
    explanation: Explanation(
      summary: "612 calls in 9 min, usually 31 an hour.",
      terms: [
        ExplanationTerm(
          feature: "calls",
          observed: 612,
          expected: 4.6,
          scale: 1.5,
          contribution: 48.5
        ),
        ExplanationTerm(feature: "network", observed: 1, contribution: 10, value: "AS14061"),
      ],
      nearestNormal: [
        ExplanationFact(name: "window", value: "03-02 10:14"),
        ExplanationFact(name: "calls", value: "31"),
      ]
    )
  )

  static let incident = Incident(
    id: probing.id,
    title: "LLMjacking: key probing, then bulk invocation",
    risk: 84,
    riskTerms: [
      RiskTerm(label: "sequence rule", points: 50), RiskTerm(label: "new network", points: 10),
      RiskTerm(label: "volume", points: 30), RiskTerm(label: "cap", points: -6),
    ],
    firstSeen: probing.time,
    lastSeen: volume.lastTime,
    entities: [key, user, address, Entity(type: .model, value: "claude-3", role: .model)],
    techniques: ["AML.T0012", "AML.T0034", "T1496"],
    tactics: ["discovery", "impact"],
    findings: [probing.id, volume.id],
    eventCount: 613,
    sources: [SourceID("logs/bedrock.ndjson")],
    narrative: "Somebody uses a stolen key.",
    aliases: []
  )

  static let detail = IncidentDetail(incident: incident, findings: [probing, volume])

  static let triaged = IncidentDetail(
    incident: incident,
    triage: Triage(status: .closed, classification: .truePositive, owner: "ada"),
    findings: [probing, volume],
    activity: [
      Activity(
        number: 1,
        incident: incident.id,
        time: time((13, 0, 0)),
        user: "ada",
        action: "comment",
        detail: "key\nrevoked"
      ),
      Activity(
        number: 2,
        incident: incident.id,
        time: time((13, 5, 0)),
        user: "ada",
        action: "close",
        detail: "true-positive: the key was stolen"
      ),
    ]
  )
}
