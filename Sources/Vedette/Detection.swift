// The stateful half of the pipeline: one thread, chunks in order.
//
// What leaves it is collected until the next commit: the newest state of each finding and incident,
// the checkpoints of the chunks that were taken, and the detector state that goes with them.

import VedetteBehavior
import VedetteColumns
import VedetteCorrelate
import VedetteEvent
import VedetteFindings
import VedetteIncidents
import VedetteIngest
import VedetteNormalize

/// Everything that remembers: correlations, baselines, incidents, sources.
struct Detection {
  /// How far each source is.
  var ledger: SourceLedger
  /// The most recent events.
  private(set) var events: EventStore
  /// The baselines.
  private(set) var behavior: BehaviorDetector
  /// The watch over keys, prompts, weights and tools of models.
  private(set) var modelAccess: ModelAccessDetector
  private(set) var rules: RuleCorrelator
  private(set) var incidents: IncidentCorrelator
  /// What speaks of the logs themselves.
  private(set) var integrity: LogIntegrity
  /// Whether ``stateChanges()`` will be asked: else nothing is kept for it.
  var savesState = true {
    didSet { rules.savesState = savesState }
  }
  /// What keeps findings out of every incident; they are stored and counted all the same.
  var exceptions = ExceptionSet([])
  /// What changed since the last commit.
  var pending = PendingChanges()
  /// Findings that the incidents have not been told of.
  private var untold = FindingChanges()

  init(
    configuration: PipelineConfiguration,
    storeBytesMax: Int,
    descriptors: [RuleDescriptor],
    plans: [CorrelationPlan],
    assets: AssetTable,
    identifier: FindingIdentifier
  ) {
    ledger = SourceLedger()
    events = EventStore(
      policy: RetentionPolicy(
        bytesMax: storeBytesMax,
        ageMaxNanoseconds: configuration.storeAgeMaxNanoseconds
      )
    )
    behavior = BehaviorDetector(
      configuration: configuration.behavior,
      identifier: identifier
    )
    modelAccess = ModelAccessDetector(
      configuration: configuration.behavior,
      identifier: identifier
    )
    rules = RuleCorrelator(
      descriptors: descriptors,
      plans: plans,
      foldNanoseconds: configuration.groupWindowNanoseconds,
      identifier: identifier
    )
    integrity = LogIntegrity(
      identifier: identifier,
      foldNanoseconds: configuration.groupWindowNanoseconds
    )
    incidents = IncidentCorrelator(
      windowNanoseconds: configuration.groupWindowNanoseconds,
      openingSeverity: configuration.openingSeverity,
      assets: assets
    )
  }

  /// The names under which state is saved.
  static let stateNames = [
    RuleCorrelator.stateName, IncidentCorrelator.stateName, BehaviorDetector.name,
    ModelAccessDetector.name, SourceLedger.stateName, LogIntegrity.stateName,
  ]

  /// Returns a chunk's events with their years: asked once for each, in the order of its source.
  mutating func resolveYears(_ parsed: ParsedChunk) -> EventBatch { ledger.resolveYears(parsed) }

  /// Takes the next chunk.
  ///
  /// - Parameters:
  ///   - parsed: The chunk.
  ///   - batch: Its events with their years, if they are resolved already.
  ///   - strayCount: How many of its times were taken back by what followed.
  ///   - limit: The latest time that is believed, if any: a clock that runs ahead must not make
  ///     everybody else late.
  ///   - awaited: The earliest time of events that are known to come later from other sources.
  mutating func take(
    _ parsed: ParsedChunk,
    resolved batch: EventBatch? = nil,
    strayCount: Int = 0,
    notAfter limit: EventTime? = nil,
    awaited: Int64 = .max
  ) {
    rules.awaitedTime = awaited
    var batch = batch ?? ledger.resolveYears(parsed)
    if let limit {
      let now = limit.advanced(byNanoseconds: -Run.futureNanoseconds)
      publish(integrity.noteArrival(batch, at: now))
      batch = ledger.withoutFuture(batch, after: limit)
    }
    let firstOrdinal = ledger.count(parsed, batch: batch, strayCount: strayCount)
    rules.take(
      batch,
      matches: parsed.matches,
      firstOrdinal: firstOrdinal,
      latenessNanoseconds: parsed.origin.latenessNanoseconds
    )
    // Who is under a signature of medium or above does not teach what is usual while it lasts.
    rules.forEachInvolvement(atLeast: .medium) { one in
      behavior.noteRule(
        about: one.entity,
        hash: one.hash,
        isActing: one.isActing,
        from: one.from,
        until: one.until
      )
    }
    publish(behavior.observe(batch))
    publish(
      integrity.observe(batch, latenessNanoseconds: parsed.origin.latenessNanoseconds)
    )
    publish(modelAccess.observe(batch))
    pending.take(parsed)
    events.append(batch)
  }

  /// Takes what happened to a source itself.
  ///
  /// - Parameters:
  ///   - event: What happened.
  ///   - now: The present, where no event of the source tells a time.
  mutating func note(_ event: SourceEvent, at now: EventTime) {
    if ledger.note(event) { pending.noteStatus() }
    switch event.kind {
    case .truncated(let bytes):
      publish(integrity.note(.cutShort(bytesBefore: bytes), of: event.path, event.source, at: now))
    case .overwritten(let bytes):
      publish(
        integrity.note(.overwritten(bytesBefore: bytes), of: event.path, event.source, at: now)
      )
    case .gone, .unreadable, .readable, .polling: break
    }
  }

  /// States which sources are silent, now that all there is was read.
  mutating func noteQuiet(at now: EventTime) { publish(integrity.silences(now: now)) }

  /// Publishes what would be said if the input ended now; for a replay's end, on a copy.
  mutating func conclude() {
    rules.conclude()
    publish(behavior.concluded())
    publish(integrity.silences(now: nil))
    publish(modelAccess.concluded())
  }

  /// Brings findings and incidents up to date: before what is pending is written.
  ///
  /// Once for many chunks, since a finding is made of all its events and an incident of all its
  /// findings whenever one of them has grown.
  mutating func updateIncidents() {
    publish(rules.takeFindings())
    let changes = untold.all
    guard !changes.isEmpty else { return }
    untold = FindingChanges()
    pending.take(incidents.take(changes, sharing: rules.sharing))
  }

  private mutating func publish(_ changes: [FindingChange]) {
    guard !changes.isEmpty else { return }
    pending.take(changes)
    untold.take(exceptions.isEmpty ? changes : changes.filter { !hides($0) })
  }

  private func hides(_ change: FindingChange) -> Bool {
    guard case .upsert(let finding) = change else { return false }
    return exception(of: finding) != nil
  }

  /// Returns what keeps a finding out of every incident, if anything does; one that is in one
  /// stays.
  func exception(of finding: Finding) -> FindingException? {
    guard !exceptions.isEmpty, incidents.finding(finding.id) == nil else { return nil }
    return exceptions.first(covering: finding)
  }

  /// Returns the incident that a finding is part of, if any.
  func incident(of finding: FindingID) -> FindingID? { incidents.incident(of: finding) }

  /// The time of the newest event, if there was any.
  var newestTime: EventTime? { ledger.sorted.compactMap(\.lastEvent).max() }

  /// Returns the detector state that changed since the last call.
  mutating func stateChanges() -> [StateRow] {
    rules.changes() + incidents.changes() + behaviorChanges() + ledger.changes()
      + integrity.changes()
  }

  /// Returns the state of the baselines that changed since the last call.
  mutating func behaviorChanges() -> [StateRow] { behavior.changes() + modelAccess.changes() }

  /// Lets go of what ``stateChanges()`` would return, where state is not saved.
  mutating func forgetStateChanges() {
    rules.forgetChanges()
    incidents.forgetChanges()
    behavior.forgetChanges()
    integrity.forgetChanges()
    modelAccess.forgetChanges()
  }

  /// Takes up saved state.
  ///
  /// - Parameters:
  ///   - rows: All saved rows.
  ///   - configuration: How the baselines learn.
  ///   - identifier: Makes the findings' ids.
  /// - Returns: The detectors that could not be restored and learn anew, each with the reason.
  mutating func restore(
    _ rows: [StateRow],
    configuration: PipelineConfiguration,
    identifier: FindingIdentifier
  ) -> [(detector: String, reason: StateError)] {
    var failures: [(detector: String, reason: StateError)] = []
    let byDetector = Dictionary(grouping: rows, by: \.detector)
    func attempt(_ name: String, _ body: ([StateRow]) throws(StateError) -> Void) {
      do throws(StateError) {
        try body(byDetector[name] ?? [])
      } catch {
        failures.append((name, error))
      }
    }
    var rules = self.rules
    var incidents = self.incidents
    var ledger = self.ledger
    attempt(RuleCorrelator.stateName) { rows throws(StateError) in
      try rules.restore(rows)
      self.rules = rules
    }
    attempt(IncidentCorrelator.stateName) { rows throws(StateError) in
      try incidents.restore(rows)
      self.incidents = incidents
    }
    var integrity = self.integrity
    attempt(LogIntegrity.stateName) { rows throws(StateError) in
      try integrity.restore(rows)
      self.integrity = integrity
    }
    attempt(SourceLedger.stateName) { rows throws(StateError) in
      try ledger.restore(rows)
      self.ledger = ledger
    }
    behavior = BehaviorDetector(
      restoring: byDetector[BehaviorDetector.name] ?? [],
      configuration: configuration.behavior,
      identifier: identifier
    )
    modelAccess = ModelAccessDetector(
      restoring: byDetector[ModelAccessDetector.name] ?? [],
      configuration: configuration.behavior,
      identifier: identifier
    )
    return failures
  }
}
