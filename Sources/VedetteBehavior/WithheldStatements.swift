import VedetteEvent
import VedetteFindings
import VedetteStatistics

/// Statements beyond the budget, kept for a day in case a rule speaks against their entity.
///
/// Alone they would be one false alarm too many; beside a signature they say what else was unusual.
/// Because they wait, it does not matter whether the rule's events come before or after, nor where
/// batches are cut.
struct WithheldStatements: Sendable, Equatable {
  private static let keptNanoseconds: Int64 = 86_400_000_000_000

  /// What a statement is about: asked after every batch, while the statement itself lies still.
  struct Subject: Sendable, Equatable {
    var key: EntityKey
    /// The ``EntityKey/shortHash`` of ``key``.
    var hash: UInt32
    var start: Int64
    var end: Int64

    init(_ statement: Statement) {
      key = statement.key
      hash = statement.key.shortHash
      start = statement.start
      end = statement.end
    }
  }

  private var statements: [FindingID: Statement] = [:]
  /// Of each statement.
  private var subjects: [FindingID: Subject] = [:]
  /// Statements that nothing spoke for, in all.
  private(set) var dropped = 0
  private var hasChanged = false

  /// The number of statements that wait.
  var count: Int { statements.count }

  /// Keeps a statement, in place of an earlier one about the same.
  mutating func add(_ statement: Statement) {
    statements[statement.finding.id] = statement
    subjects[statement.finding.id] = Subject(statement)
    hasChanged = true
  }

  /// Takes the statements about entities that a rule speaks against, in the order of their ids.
  ///
  /// - Parameter isUnderRule: Whether a rule speaks against what a statement is about.
  /// - Returns: The statements.
  mutating func release(where isUnderRule: (Subject) -> Bool) -> [Statement] {
    let ids = subjects.compactMap { isUnderRule($0.value) ? $0.key : nil }.sorted()
    guard !ids.isEmpty else { return [] }
    hasChanged = true
    return ids.compactMap { id in
      subjects[id] = nil
      return statements.removeValue(forKey: id)
    }
  }

  /// Lets go of what is a day old, and of the oldest past the limit.
  ///
  /// - Parameter watermark: The event time before which every source is done.
  mutating func prune(before watermark: Int64) {
    let before = statements.count
    let limit = watermark.subtractingHeld(Self.keptNanoseconds)
    if subjects.values.contains(where: { $0.end < limit }) {
      statements = statements.filter { $0.value.end >= limit }
    }
    if statements.count > Limits.withheldFindingsMax {
      let kept = statements.sorted { ($0.value.end, $0.key) > ($1.value.end, $1.key) }
      statements = Dictionary(
        uniqueKeysWithValues: kept.prefix(Limits.withheldFindingsMax * 3 / 4).map { ($0, $1) }
      )
    }
    guard before != statements.count else { return }
    subjects = statements.mapValues(Subject.init)
    dropped += before - statements.count
    hasChanged = true
  }

  mutating func takeChanges() -> Bool {
    defer { hasChanged = false }
    return hasChanged
  }

  func write(to writer: inout SnapshotWriter) {
    writer.write(count: dropped)
    writer.write(count: statements.count)
    for (_, statement) in statements.sorted(by: { $0.key < $1.key }) {
      statement.write(to: &writer)
    }
  }

  init() {}

  init?(from reader: inout SnapshotReader) {
    dropped = Int(clamping: reader.variable())
    for _ in 0..<reader.count(elementBytes: 60) {
      guard let statement = Statement(from: &reader) else { return nil }
      statements[statement.finding.id] = statement
    }
    subjects = statements.mapValues(Subject.init)
    guard !reader.hasFailed else { return nil }
  }
}

extension Statement {
  func write(to writer: inout SnapshotWriter) {
    writer.write(finding.id.high)
    writer.write(finding.id.low)
    for time in [finding.time, finding.lastTime, finding.detectedTime] {
      writer.write(time.nanosecondsSinceEpoch)
    }
    writer.write(finding.detector.rawValue)
    writer.write(finding.title)
    writer.write(count: finding.score)
    writer.write(count: finding.entities.count)
    for entity in finding.entities {
      writer.write(entity.key.description)
      writer.write(entity.role.rawValue)
    }
    writer.write(finding.sources.first?.name ?? "")
    writer.write(count: finding.count)
    writer.write(count: finding.evidence.count)
    for one in finding.evidence {
      let event = WindowEvidence(
        time: one.time?.nanosecondsSinceEpoch ?? start,
        origin: one.origin,
        raw: one.raw
      )
      event.write(to: &writer)
    }
    finding.explanation.write(to: &writer)
    writer.write(key.description)
    writer.write(start)
    writer.write(end)
  }

  init?(from reader: inout SnapshotReader) {
    let id = FindingID(high: reader.uint64(), low: reader.uint64())
    let times = (0..<3).map { _ in EventTime(nanosecondsSinceEpoch: reader.int64()) }
    guard let detector = DetectorKind(rawValue: reader.text()) else { return nil }
    let title = reader.text()
    let score = Int(clamping: reader.variable())
    var entities: [Entity] = []
    for _ in 0..<reader.count(elementBytes: 2) {
      guard let key = EntityKey(reader.text()), let role = EntityRole(rawValue: reader.text())
      else { return nil }
      entities.append(Entity(type: key.type, value: key.value, role: role))
    }
    let source = SourceID(reader.text())
    let count = Int(clamping: reader.variable())
    var evidence: [Evidence] = []
    for _ in 0..<reader.count(elementBytes: 34) {
      evidence.append(WindowEvidence(from: &reader).evidence)
    }
    let explanation = Explanation(from: &reader)
    guard let key = EntityKey(reader.text()) else { return nil }
    finding = Finding(
      id: id,
      time: times[0],
      lastTime: times[1],
      detectedTime: times[2],
      detector: detector,
      title: title,
      rule: nil,
      severity: Severity(risk: score),
      score: score,
      entities: entities,
      techniques: [],
      tactics: [],
      sources: [source],
      count: count,
      evidence: evidence,
      explanation: explanation
    )
    isFinding = false
    self.key = key
    start = reader.int64()
    end = reader.int64()
    guard !reader.hasFailed, start <= end else { return nil }
  }
}

extension Explanation {
  fileprivate func write(to writer: inout SnapshotWriter) {
    func write(_ number: Double?) {
      writer.write(byte: number == nil ? 0 : 1)
      if let number { writer.write(number) }
    }
    writer.write(summary)
    writer.write(count: terms.count)
    for term in terms {
      writer.write(term.feature)
      writer.write(term.observed)
      write(term.expected)
      write(term.scale)
      writer.write(term.contribution)
      write(term.bound)
      writer.write(byte: term.value == nil ? 0 : 1)
      if let value = term.value { writer.write(value) }
    }
    writer.write(count: nearestNormal.count)
    for fact in nearestNormal {
      writer.write(fact.name)
      writer.write(fact.value)
    }
  }

  fileprivate init(from reader: inout SnapshotReader) {
    self.init(summary: reader.text())
    for _ in 0..<reader.count(elementBytes: 21) {
      var term = ExplanationTerm(
        feature: reader.text(),
        observed: reader.double(),
        contribution: 0
      )
      if reader.byte() == 1 { term.expected = reader.double() }
      if reader.byte() == 1 { term.scale = reader.double() }
      term.contribution = reader.double()
      if reader.byte() == 1 { term.bound = reader.double() }
      if reader.byte() == 1 { term.value = reader.text() }
      terms.append(term)
    }
    for _ in 0..<reader.count(elementBytes: 2) {
      nearestNormal.append(ExplanationFact(name: reader.text(), value: reader.text()))
    }
  }
}
