public import VedetteEvent

/// How far the work on an incident is.
public enum IncidentStatus: String, Sendable, Hashable, CaseIterable {
  /// Nobody looked yet.
  case new
  /// Somebody is on it.
  case active
  /// It is done.
  case closed
}

/// What an incident turned out to be.
public enum Classification: String, Sendable, Hashable, CaseIterable {
  /// An attack.
  case truePositive = "true-positive"
  /// It happened, and it is all right.
  case benign
  /// It did not happen, or the rule is wrong.
  case falsePositive = "false-positive"
  /// Nobody could tell.
  case undetermined
}

/// One signed part of a risk: the parts add up to it.
public struct RiskTerm: Sendable, Hashable {
  /// What it stands for, in a few words.
  public var label: String
  /// Its points; a cap is a negative term of its own.
  public var points: Int

  /// Creates a term.
  ///
  /// - Parameters:
  ///   - label: What it stands for.
  ///   - points: Its points.
  public init(label: String, points: Int) {
    self.label = label
    self.points = points
  }
}

/// Findings that belong together, as an analyst reads them.
///
/// Everything here follows from input, rules and configuration. What an analyst decides (status,
/// classification, owner) is ``Triage`` and is kept apart, so that the pipeline never overwrites it.
public struct Incident: Sendable, Hashable {
  /// The id of the finding that founded it.
  public var id: FindingID
  /// What it is, in a few words.
  public var title: String
  /// The band of its risk.
  public var severity: Severity
  /// 0 to 100: the sum of ``riskTerms``.
  public var risk: Int
  /// What the risk adds up from.
  public var riskTerms: [RiskTerm]
  /// When its first event happened.
  public var firstSeen: EventTime
  /// When its last event happened.
  public var lastSeen: EventTime
  /// Who took part, by role, type and value.
  public var entities: [Entity]
  /// ATT&CK and ATLAS technique ids, in order.
  public var techniques: [String]
  /// Tactics in the order in which they first occurred.
  public var tactics: [String]
  /// The ids of its findings, by time, then id; of a long one as the pipeline has it, those that may
  /// still change.
  public var findings: [FindingID]
  /// The number of its findings, with those that are no longer in ``findings``.
  public var findingCount: Int
  /// The number of events its findings rest on.
  public var eventCount: Int
  /// The logical sources, in order.
  public var sources: [SourceID]
  /// The story in a paragraph.
  public var narrative: String
  /// Ids that were printed before it was merged or found to begin earlier; they resolve to it.
  public var aliases: [FindingID]

  /// Creates an incident.
  ///
  /// - Parameters:
  ///   - id: The id of the founding finding.
  ///   - title: A few words.
  ///   - risk: 0 to 100.
  ///   - riskTerms: What it adds up from.
  ///   - firstSeen: When its first event happened.
  ///   - lastSeen: When its last event happened.
  ///   - entities: Who took part.
  ///   - techniques: Technique ids.
  ///   - tactics: Tactics.
  ///   - findings: The ids of its findings.
  ///   - eventCount: The number of events.
  ///   - sources: The logical sources.
  ///   - narrative: The story.
  ///   - aliases: Earlier ids.
  public init(
    id: FindingID,
    title: String,
    risk: Int,
    riskTerms: [RiskTerm],
    firstSeen: EventTime,
    lastSeen: EventTime,
    entities: [Entity],
    techniques: [String],
    tactics: [String],
    findings: [FindingID],
    eventCount: Int,
    sources: [SourceID],
    narrative: String,
    aliases: [FindingID]
  ) {
    self.id = id
    self.title = title
    self.severity = Severity(risk: risk)
    self.risk = risk
    self.riskTerms = riskTerms
    self.firstSeen = firstSeen
    self.lastSeen = lastSeen
    self.entities = entities
    self.techniques = techniques
    self.tactics = tactics
    self.findings = findings
    findingCount = findings.count
    self.eventCount = eventCount
    self.sources = sources
    self.narrative = narrative
    self.aliases = aliases
  }
}

/// What an analyst decided about an incident.
public struct Triage: Sendable, Hashable {
  /// How far the work is.
  public var status: IncidentStatus
  /// What it turned out to be, once closed.
  public var classification: Classification?
  /// Whose it is.
  public var owner: String?
  /// How many findings came since it was closed that were only the same again.
  public var foldedCount = 0

  /// Creates the decisions; those of a new incident by default.
  ///
  /// - Parameters:
  ///   - status: How far the work is.
  ///   - classification: What it turned out to be.
  ///   - owner: Whose it is.
  public init(
    status: IncidentStatus = .new,
    classification: Classification? = nil,
    owner: String? = nil
  ) {
    self.status = status
    self.classification = classification
    self.owner = owner
  }
}
