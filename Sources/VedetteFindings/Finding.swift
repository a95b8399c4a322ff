public import VedetteEvent

/// What made a finding.
public enum DetectorKind: String, Sendable, Hashable, CaseIterable {
  /// A Sigma rule on single events.
  case rule
  /// A Sigma correlation of several.
  case correlation
  /// A value that was never seen for the entity.
  case newValue = "new_value"
  /// A streaming z-score of one series.
  case baseline
  /// An isolation forest over a window's features.
  case outlier
}

/// The rule that a finding comes from.
public struct RuleReference: Sendable, Hashable {
  /// The rule's id, or its path if it has none.
  public var id: String
  /// The rule's title.
  public var title: String
  /// The rule's level.
  public var level: Severity
  /// The rule's file, relative to where rules were loaded from.
  public var path: String

  /// Creates a reference.
  ///
  /// - Parameters:
  ///   - id: The rule's id.
  ///   - title: Its title.
  ///   - level: Its level.
  ///   - path: Its file.
  public init(id: String, title: String, level: Severity, path: String) {
    self.id = id
    self.title = title
    self.level = level
    self.path = path
  }
}

/// One event that a finding rests on, kept so that it can be shown again.
public struct Evidence: Sendable, Hashable {
  /// When it happened, or `nil` if its time could not be read.
  public var time: EventTime?
  /// Where it was read; not part of the canonical form.
  public var origin: RecordOrigin
  /// Its bytes, at most ``Limits/evidenceBytesMax``.
  public var raw: [UInt8]

  /// Creates evidence.
  ///
  /// - Parameters:
  ///   - time: When it happened.
  ///   - origin: Where it was read.
  ///   - raw: Its bytes.
  public init(time: EventTime?, origin: RecordOrigin, raw: [UInt8]) {
    self.time = time
    self.origin = origin
    self.raw = raw
  }
}

/// One detector's statement: what happened, to whom, how bad, and why it thinks so.
///
/// A finding that was published only grows: its count and last time rise, evidence and terms are
/// added. It is replaced only by one whose founding event is earlier.
public struct Finding: Sendable, Hashable {
  /// What it is known by.
  public var id: FindingID
  /// When it began, in event time.
  public var time: EventTime
  /// When it was last seen, in event time.
  public var lastTime: EventTime
  /// What made it.
  public var detector: DetectorKind
  /// A few words: the rule's title, or what is unusual.
  public var title: String
  /// The rule it comes from, if any.
  public var rule: RuleReference?
  /// Its rule's level, or the band of its score.
  public var severity: Severity
  /// How sure and how bad, 0 to 100.
  public var score: Int
  /// Who took part, by role, type and value.
  public var entities: [Entity]
  /// ATT&CK and ATLAS technique ids.
  public var techniques: [String]
  /// Tactics, as `credential-access`.
  public var tactics: [String]
  /// The logical sources its events come from, in order.
  public var sources: [SourceID]
  /// The number of events it rests on; repeated ones count as often as they say.
  public var count: Int
  /// The first, the last and some in between; at most ``Limits/evidenceRecordsMax``.
  public var evidence: [Evidence]
  /// Why.
  public var explanation: Explanation

  /// Creates a finding.
  ///
  /// - Parameters:
  ///   - id: What it is known by.
  ///   - time: When it began.
  ///   - lastTime: When it was last seen.
  ///   - detector: What made it.
  ///   - title: A few words.
  ///   - rule: The rule it comes from.
  ///   - severity: How bad.
  ///   - score: 0 to 100.
  ///   - entities: Who took part.
  ///   - techniques: Technique ids.
  ///   - tactics: Tactics.
  ///   - sources: The logical sources.
  ///   - count: The number of events.
  ///   - evidence: Some of the events.
  ///   - explanation: Why.
  public init(
    id: FindingID,
    time: EventTime,
    lastTime: EventTime,
    detector: DetectorKind,
    title: String,
    rule: RuleReference?,
    severity: Severity,
    score: Int,
    entities: [Entity],
    techniques: [String],
    tactics: [String],
    sources: [SourceID],
    count: Int,
    evidence: [Evidence],
    explanation: Explanation
  ) {
    self.id = id
    self.time = time
    self.lastTime = lastTime
    self.detector = detector
    self.title = title
    self.rule = rule
    self.severity = severity
    self.score = score
    self.entities = entities
    self.techniques = techniques
    self.tactics = tactics
    self.sources = sources
    self.count = count
    self.evidence = evidence
    self.explanation = explanation
  }
}

/// What a detector says has changed.
public enum FindingChange: Sendable, Hashable {
  /// A finding is new or has grown.
  case upsert(Finding)
  /// A finding turned out to be part of another, which is or will be upserted; its id stays an
  /// alias.
  case merged(FindingID, into: FindingID)
}
