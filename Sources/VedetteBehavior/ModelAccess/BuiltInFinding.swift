import VedetteEvent
import VedetteFindings

/// Findings of the watch over model access, which rest on several events or observations together.
///
/// They are correlations with a built-in rule, so that they have a level, can be excepted by its id
/// and open incidents as correlations do.
enum BuiltInFinding {
  static let path = "built-in/model_access"

  static let agreement = RuleReference(
    id: "6f4b7f0e-0c52-4d0e-9c39-6d7f8b7a51c1",
    title: "Key used unlike its owner",
    level: .medium,
    path: path
  )
  static let coordinated = RuleReference(
    id: "a5d2c1c4-8a43-4f5b-b2b4-2f3d1a6c9e02",
    title: "Many keys ask for one purpose",
    level: .high,
    path: path
  )
  static let weights = RuleReference(
    id: "0d7c9b36-4c11-4e0f-a0f7-95c8e6a1d303",
    title: "Weights read part by part by a newcomer",
    level: .high,
    path: path
  )
  static let dataset = RuleReference(
    id: "c8b8a9de-2f6e-4a57-8f1b-3b7d5e0c4a04",
    title: "Training data changed by a newcomer",
    level: .medium,
    path: path
  )
  static let wording = RuleReference(
    id: "e1a6f5b8-7d29-4c80-b6de-8c9f0a2b5d05",
    title: "Refused prompt reworded until it passed",
    level: .medium,
    path: path
  )
  static let agent = RuleReference(
    id: "f7c3d2a1-5b68-49e4-9d70-1e2f3a4b6c06",
    title: "Agent read, then sent, as it never did",
    level: .medium,
    path: path
  )

  /// What a finding rests on.
  struct Basis {
    var rule: RuleReference
    /// What makes it this one finding.
    var id: [String]
    var time: Int64
    var lastTime: Int64
    var detected: Int64
    var score: Int
    var count: Int
    var techniques: [String]
    var tactics: [String]
    var entities: [Entity]
    var sources: Set<SourceID>
    var evidence: [WindowEvidence]
    var explanation: Explanation
  }

  static func finding(_ basis: Basis, _ identifier: FindingIdentifier) -> Finding {
    Finding(
      id: identifier.id(of: ["correlation", basis.rule.id] + basis.id),
      time: EventTime(nanosecondsSinceEpoch: basis.time),
      lastTime: EventTime(nanosecondsSinceEpoch: basis.lastTime),
      detectedTime: EventTime(nanosecondsSinceEpoch: basis.detected),
      detector: .correlation,
      title: basis.rule.title,
      rule: basis.rule,
      severity: basis.rule.level,
      score: basis.score,
      entities: basis.entities,
      techniques: basis.techniques,
      tactics: basis.tactics,
      sources: basis.sources.sorted { $0.name < $1.name },
      count: basis.count,
      evidence: basis.evidence.prefix(Limits.evidenceRecordsMax).map(\.evidence),
      explanation: basis.explanation
    )
  }

  /// Says that independent observations agree.
  static func agreement(
    _ subject: EntityKey,
    founder: AccessSignal,
    detected: Int64,
    terms: [AccessSignal],
    total: Double,
    involved: [AccessSignal],
    _ identifier: FindingIdentifier
  ) -> Finding {
    let score = min(64, 44 + Int(2 * (total - AccessBoard.least)))
    let shares = WindowOutliers.apportion(score, terms.map { max(0, $0.points) })
    let explained = zip(terms, shares).map { signal, share in
      ExplanationTerm(
        feature: signal.name,
        observed: signal.observed,
        expected: signal.expected,
        contribution: Double(share),
        value: signal.value
      )
    }
    let families = Set(terms.filter { $0.points >= 1 }.map(\.family))
    let cost = involved.map(\.cost).max() ?? 0
    let calls = involved.map(\.calls).max() ?? 0
    let since = EventTime(nanosecondsSinceEpoch: founder.time)
    let names = terms.prefix(4).map { $0.name.split(separator: "_").joined(separator: " ") }
    var techniques = ["AML.T0012", "AML.T0034"]
    if families.contains(.purpose), !families.contains(.origin) {
      techniques.append("AML.T0024.002")
    }
    if families.contains(.origin) { techniques += ["T1078", "T1496"] }
    return finding(
      Basis(
        rule: agreement,
        id: [subject.description, since.description],
        time: founder.time,
        lastTime: involved.last?.time ?? detected,
        detected: detected,
        score: score,
        count: max(1, Int(clamping: calls)),
        techniques: techniques.sorted(),
        tactics: ["impact", "initial-access"],
        entities: merged(involved.map(\.entities), subject),
        sources: Set(involved.map(\.source)),
        evidence: involved.map(\.evidence),
        explanation: Explanation(
          summary: "since \(since) \(calls) calls of \(subject.value) are unlike its owner's, at "
            + "about \(dollars(cost)) USD: \(names.joined(separator: ", ")); "
            + "\(families.count) independent kinds of observations agree",
          terms: explained
        )
      ),
      identifier
    )
  }

  /// Who took part in any of several events: at most sixteen, in the order of their appearance.
  static func merged(_ lists: [[Entity]], _ subject: EntityKey? = nil) -> [Entity] {
    var all: [Entity] = []
    for list in lists {
      for entity in list where all.count < 16 && !all.contains(entity) { all.append(entity) }
    }
    if let subject, !all.contains(where: { $0.key == subject }) {
      all.append(Entity(type: subject.type, value: subject.value, role: .actor))
    }
    return all
  }

  /// Every key and user of several events, then where they came from: at most 64.
  static func mergedActors(_ lists: [[Entity]]) -> [Entity] {
    var all: [Entity] = []
    for role in [EntityRole.actor, .source] {
      for list in lists {
        for entity in list where entity.role == role && all.count < 64 && !all.contains(entity) {
          all.append(entity)
        }
      }
    }
    return all
  }

  /// Dollars and cents of an amount in millionths.
  static func dollars(_ millionths: Int64) -> String {
    let cents = (millionths + 5_000) / 10_000
    let rest = cents % 100
    return "\(cents / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}
