public import VedetteColumns
public import VedetteEvent
public import VedetteFindings
import VedetteStatistics

/// Learns what is usual for each user, address, host and key, and states what is not.
///
/// Three questions are asked of each entity, all on event time:
///
/// - *baseline*: is there far more of something (events, failures, bytes, tokens, cost) in ten
///   minutes or an hour than there ever was?
/// - *new value*: was it never seen with this network, operation, host, model, region or program?
/// - *outlier*: is the mix of ten minutes unlike those of all entities of its kind?
///
/// What is usual is learned only from windows that the source's watermark has passed; windows that
/// are still open are measured against those, and because their sums only grow, a finding about
/// one is published at once and only grows. The order of arrival within the lateness, the cuts
/// between batches and a restart change nothing about the findings.
///
/// One thread uses a detector. It is a value: a copy can be asked what it would say if the input
/// ended now, with ``concluded()``.
public struct BehaviorDetector: Sendable {
  /// What the detector's state rows are known by.
  public static let name = "behavior"

  private static let partMark = "\u{1f}"
  private static let ownPart = partMark + partMark

  private let configuration: BehaviorConfiguration
  private let identifier: FindingIdentifier
  private var sources: [SourceActivity] = []
  private var indices: [SourceID: Int] = [:]
  private var pauses = TeachingPauses()
  /// Whom rules speak of as acted upon: they go on teaching.
  private var targets = TeachingPauses()
  private var published = PublishedScores()
  private var withheld = WithheldStatements()
  private var unreadableRows = 0

  /// Creates a detector that has seen nothing.
  ///
  /// - Parameters:
  ///   - configuration: How it learns and how much it keeps.
  ///   - identifier: Makes the ids of findings.
  public init(configuration: BehaviorConfiguration, identifier: FindingIdentifier) {
    self.configuration = configuration
    self.identifier = identifier
  }

  /// Notes that a rule speaks of an entity: who acts does not teach while it lasts, and what is
  /// unusual about any of them is told, however much the budget is spent.
  ///
  /// Tell of the matches of a batch before ``observe(_:)`` takes the batch: then it does not matter
  /// where batches are cut.
  ///
  /// - Parameters:
  ///   - entity: The entity.
  ///   - hash: Its ``EntityKey/shortHash``; worked out where it is not given.
  ///   - isActing: Whether it acts, and is not only acted upon.
  ///   - from: When the rule matched.
  ///   - until: When what the rule speaks of is over.
  public mutating func noteRule(
    about entity: EntityKey,
    hash: UInt32? = nil,
    isActing: Bool,
    from: EventTime,
    until: EventTime
  ) {
    guard from <= until else { return }
    let time = from.nanosecondsSinceEpoch...until.nanosecondsSinceEpoch
    let hash = hash ?? entity.shortHash
    if isActing {
      pauses.add(entity, hash, time)
    } else {
      targets.add(entity, hash, time)
    }
  }

  /// Takes the next batch of a source.
  ///
  /// - Parameter batch: Events of one source; batches of one source come in their order.
  /// - Returns: The findings that are new or have grown, in the order of their ids.
  public mutating func observe(_ batch: EventBatch) -> [FindingChange] {
    let index = index(of: batch.source)
    var context = context(of: sources[index])
    var statements: [Statement] = []
    sources[index].observe(
      batch,
      &context,
      configuration,
      into: &statements
    )
    let done = sources.reduce(Int64.max) { min($0, $1.watermark) }
    pauses.prune(before: done.subtractingHeld(2 * Calibration.day))
    targets.prune(before: done.subtractingHeld(2 * Calibration.day))
    return admit(statements, doneBefore: done)
  }

  /// States what would be said if the input ended now.
  ///
  /// - Returns: The findings that would still come, in the order of their ids.
  public func concluded() -> [FindingChange] {
    var copy = self
    var statements: [Statement] = []
    for index in copy.sources.indices {
      var context = context(of: sources[index])
      copy.sources[index].conclude(
        &context,
        configuration,
        into: &statements
      )
    }
    return copy.admit(statements, doneBefore: .max)
  }

  /// Tells what is known, for `vedette model status`.
  ///
  /// - Returns: Counts by kind of entity, and of what was left out.
  /// - Complexity: O(*n*), where *n* is the number of series.
  public func summary() -> BehaviorSummary {
    var kinds: [EntityType: BehaviorSummary.Kind] = [:]
    var counts = BehaviorCounts()
    counts.unreadableRows = unreadableRows
    counts.beyondBudget = withheld.dropped
    for source in sources {
      counts.add(source.counts)
      counts.uncalibrated += source.calibration.refusedCount
      source.summarize(context(of: source), into: &kinds)
    }
    return BehaviorSummary(
      kinds: kinds.values.sorted { $0.type.rawValue < $1.type.rawValue },
      sources: sources.sorted { $0.id.name < $1.id.name }
        .map { $0.calibrationStatus(context(of: $0)) },
      learningNanoseconds: configuration.learningNanoseconds,
      falseAlarmsPerDay: configuration.falseAlarmsPerDay,
      seed: configuration.seed,
      withheldFindings: withheld.count,
      sizes: sources.reduce(into: BehaviorSummary.Sizes()) { $1.summarizeSizes(into: &$0) },
      contacts: sources.reduce(into: BehaviorSummary.Contacts()) {
        $1.summarizeContacts(into: &$0)
      },
      travel: configuration.places.map { places in
        sources.reduce(into: BehaviorSummary.Travel(tables: places.names)) {
          $1.summarizeTravel(into: &$0)
        }
      },
      counts: counts
    )
  }

  /// Tells what is known of entities.
  ///
  /// - Parameter matches: Whether an entity is wanted.
  /// - Returns: Their states, by entity, then source.
  public func entities(where matches: (EntityKey) -> Bool) -> [EntityStatus] {
    sources.flatMap { source in
      let context = context(of: source)
      return source.entities.indices.compactMap { place in
        source.isUsed[place] && matches(source.entities[place].key)
          ? source.status(at: place, context) : nil
      }
    }
    .sorted { ($0.entity, $0.source.name) < ($1.entity, $1.source.name) }
  }

  private mutating func index(of source: SourceID) -> Int {
    if let index = indices[source] { return index }
    sources.append(SourceActivity(id: source))
    indices[source] = sources.count - 1
    return sources.count - 1
  }

  private func context(of source: SourceActivity) -> SourceContext {
    SourceContext(
      source: source.id,
      watermark: source.watermark,
      lateness: configuration.lateness(of: source.id),
      learning: configuration.learningNanoseconds,
      pauses: pauses,
      falseAlarmsPerDay: configuration.falseAlarmsPerDay,
      sourcesExpected: configuration.sourcesExpected,
      sourceStarts: sources.compactMap(\.calibration.firstTime),
      hourLimits: source.calibration.limits,
      identifier: identifier
    )
  }

  /// Whether a rule speaks of a statement's entity, at most ten minutes after what it is about.
  private static func isUnderRule(
    _ subject: WithheldStatements.Subject,
    _ rules: TeachingPauses
  ) -> Bool {
    let until = subject.end.addingHeld(WindowWidth.short.nanoseconds)
    return !rules.allows(subject.key, subject.hash, subject.start..<until)
  }

  private mutating func admit(
    _ statements: [Statement],
    doneBefore: Int64
  ) -> [FindingChange] {
    var latest: [FindingID: Finding] = [:]
    var ready: [Statement] = []
    for statement in statements {
      // What is said of an entity under a rule is context of that rule's finding, not an alarm.
      let subject = WithheldStatements.Subject(statement)
      if statement.isFinding || Self.isUnderRule(subject, pauses)
        || Self.isUnderRule(subject, targets)
      {
        ready.append(statement)
      } else {
        withheld.add(statement)
      }
    }
    ready += withheld.release { [pauses, targets] in
      Self.isUnderRule($0, pauses) || Self.isUnderRule($0, targets)
    }
    for statement in ready where published.admit(statement) {
      latest[statement.finding.id] = statement.finding
    }
    withheld.prune(before: doneBefore)
    published.prune(before: doneBefore)
    return latest.sorted { $0.key < $1.key }.map { .upsert($0.value) }
  }
}

// Saving and restoring.
extension BehaviorDetector {
  /// Takes the pieces of the state that have changed since they were last taken.
  ///
  /// - Returns: Rows in the order of their keys.
  public mutating func changes() -> [StateRow] {
    var rows = sources.indices.flatMap { sources[$0].takeChanges() }
    if pauses.takeChanges() { rows.append(own("pauses") { pauses.write(to: &$0) }) }
    if targets.takeChanges() { rows.append(own("targets") { targets.write(to: &$0) }) }
    if published.takeChanges() { rows.append(own("published") { published.write(to: &$0) }) }
    if withheld.takeChanges() { rows.append(own("withheld") { withheld.write(to: &$0) }) }
    return rows.sorted { $0.key < $1.key }
  }

  /// Lets go of what ``changes()`` would return, where state is not saved.
  public mutating func forgetChanges() {
    for index in sources.indices { sources[index].forgetChanges() }
  }

  /// Creates a detector that goes on exactly where another was when its changes were saved.
  ///
  /// A row that can't be read is counted, and what it held is learned again.
  ///
  /// - Parameters:
  ///   - rows: All rows that were not deleted since, in any order.
  ///   - configuration: How it learns and how much it keeps.
  ///   - identifier: Makes the ids of findings.
  public init(
    restoring rows: [StateRow],
    configuration: BehaviorConfiguration,
    identifier: FindingIdentifier
  ) {
    self.init(configuration: configuration, identifier: identifier)
    for row in rows where row.detector == Self.name {
      guard let bytes = row.bytes else { continue }
      if !restore(row.key, bytes) { unreadableRows += 1 }
    }
  }

  private mutating func restore(_ key: String, _ bytes: [UInt8]) -> Bool {
    var reader = SnapshotReader(bytes)
    if key == Self.ownPart + "pauses" {
      guard let read = TeachingPauses(from: &reader), reader.isComplete else { return false }
      pauses = read
      return true
    }
    if key == Self.ownPart + "targets" {
      guard let read = TeachingPauses(from: &reader), reader.isComplete else { return false }
      targets = read
      return true
    }
    if key == Self.ownPart + "published" {
      guard let read = PublishedScores(from: &reader), reader.isComplete else { return false }
      published = read
      return true
    }
    if key == Self.ownPart + "withheld" {
      guard let read = WithheldStatements(from: &reader), reader.isComplete else { return false }
      withheld = read
      return true
    }
    guard let mark = key.firstIndex(of: Character(Self.partMark)) else { return false }
    let index = index(of: SourceID(String(key[..<mark])))
    return sources[index].restore(String(key[key.index(after: mark)...]), bytes)
  }

  private func own(_ part: String, _ write: (inout SnapshotWriter) -> Void) -> StateRow {
    var writer = SnapshotWriter()
    write(&writer)
    return StateRow(detector: Self.name, shard: 0, key: Self.ownPart + part, bytes: writer.bytes)
  }
}
