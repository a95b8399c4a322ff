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

/// How many events of one kind a finding rests on.
///
/// Several findings can rest on the same events: a fast and a slow threshold over the same failed
/// logins. An incident counts each basis once.
public struct FindingBasis: Sendable, Hashable {
  /// What the events have in common: the id of the rule that matched them, or the series.
  public var name: String
  /// The number of events.
  public var count: Int
  /// The sum of the events' hashes: two rules that matched the same events have the same one.
  public var fingerprint: UInt64

  /// Creates a basis.
  ///
  /// - Parameters:
  ///   - name: What the events have in common.
  ///   - count: The number of events.
  ///   - fingerprint: The sum of the events' hashes.
  public init(name: String, count: Int, fingerprint: UInt64) {
    self.name = name
    self.count = count
    self.fingerprint = fingerprint
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
  /// The SHA-256 of the record as it was read, where ``raw`` was cut or has content blanked; `nil`
  /// where it is that of ``raw``.
  public var originalSHA256: [UInt8]?

  /// Creates evidence.
  ///
  /// - Parameters:
  ///   - time: When it happened.
  ///   - origin: Where it was read.
  ///   - raw: Its bytes.
  ///   - originalSHA256: The SHA-256 of the record as it was read, where `raw` is not all of it.
  public init(
    time: EventTime?,
    origin: RecordOrigin,
    raw: [UInt8],
    originalSHA256: [UInt8]? = nil
  ) {
    self.time = time
    self.origin = origin
    self.raw = raw
    self.originalSHA256 = originalSHA256
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
  /// The event time at which it could first be said: that of the event which made it true.
  public var detectedTime: EventTime
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
  /// The same number by what the events have in common; empty if that is the finding itself.
  public var basis: [FindingBasis]
  /// The first, the last and some in between; at most ``Limits/evidenceRecordsMax``.
  public var evidence: [Evidence] {
    get { evidenceList.all }
    set { evidenceList = EvidenceList(newValue) }
  }
  private var evidenceList: EvidenceList
  /// Why.
  public var explanation: Explanation

  /// Creates a finding.
  ///
  /// - Parameters:
  ///   - id: What it is known by.
  ///   - time: When it began.
  ///   - lastTime: When it was last seen.
  ///   - detectedTime: When it could first be said; when it began if that is not told.
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
  ///   - basis: The same by what the events have in common.
  ///   - evidence: Some of the events.
  ///   - explanation: Why.
  public init(
    id: FindingID,
    time: EventTime,
    lastTime: EventTime,
    detectedTime: EventTime? = nil,
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
    basis: [FindingBasis] = [],
    evidence: [Evidence],
    explanation: Explanation
  ) {
    self.id = id
    self.time = time
    self.lastTime = lastTime
    self.detectedTime = detectedTime ?? time
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
    self.basis = basis
    evidenceList = EvidenceList(evidence)
    self.explanation = explanation
  }

  /// Makes the evidence what is asked of these whenever it is asked for.
  ///
  /// - Parameter sources: What the evidence is made of, at most ``Limits/evidenceRecordsMax``.
  public mutating func show(_ sources: [any EvidenceSource]) {
    evidenceList = EvidenceList(of: sources)
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
