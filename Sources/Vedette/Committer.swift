import VedetteCorrelate
import VedetteEvent
import VedetteFindings
import VedetteIncidents
import VedetteNormalize
import VedetteStore

/// Turns what changed into one transaction.
struct Committer {
  /// Past so many, the same incident may be counted again.
  private static let untoldMax = 100_000
  private let store: IncidentStore
  private let digests: @Sendable (_ detector: String) -> StateDigests
  private let now: @Sendable () -> EventTime
  /// What is to be told of incidents, and to whom; nothing in a replay.
  var announcer: Announcer?
  /// Incidents that nobody was told of because they are history.
  private(set) var untold: Set<FindingID> = []
  /// Where each finding was last said to belong.
  private var placements: [FindingID: FindingID] = [:]

  /// Creates a committer.
  ///
  /// - Parameters:
  ///   - store: Where to.
  ///   - digests: What a detector's state is learned under.
  ///   - now: The clock on the wall, for what is not part of the canonical form.
  init(
    store: IncidentStore,
    digests: @escaping @Sendable (_ detector: String) -> StateDigests,
    now: @escaping @Sendable () -> EventTime
  ) {
    self.store = store
    self.digests = digests
    self.now = now
  }

  /// Writes what changed since the last commit, with the state that goes with it.
  ///
  /// - Parameters:
  ///   - detection: What has changed; its pending changes are taken.
  ///   - savesState: Whether detector state and checkpoints are written: not after a conclusion
  ///     that is drawn on a copy.
  ///   - triesAgain: Asked when writing failed; returns whether to try once more.
  /// - Returns: The incidents that were written.
  /// - Throws: ``StoreError`` if writing failed and is not tried again; nothing was written then.
  @discardableResult
  mutating func commit(
    _ detection: inout Detection,
    savesState: Bool,
    triesAgain: (StoreError) -> Bool = { _ in false }
  ) throws(StoreError) -> [Incident] {
    detection.updateIncidents()
    let pending = detection.pending
    guard !pending.isEmpty else { return [] }
    detection.pending = PendingChanges()
    var batch = CommitBatch(at: now())
    place(pending, detection, into: &batch)
    batch.mergedIncidents = pending.mergedIncidents.map { .init($0.old, of: $0.heir) }
    batch.mergedFindings = pending.mergedFindings.map { .init($0.old, of: $0.heir) }
    batch.sourceStatus = detection.ledger.sorted.map { status($0, at: batch.time) }
    batch.deadLetters = pending.deadLetters.map { source, letter in
      KeptDeadLetter(
        source: source,
        reason: letter.reason,
        origin: letter.origin,
        raw: letter.raw
      )
    }
    if savesState {
      batch.stateRows = detection.stateChanges()
      let detectors = Set(batch.stateRows.map(\.detector))
      batch.stateDigests = Dictionary(
        uniqueKeysWithValues: detectors.map { ($0, digests($0)) }
      )
      batch.checkpoints = pending.checkpoints
    } else {
      detection.forgetStateChanges()
    }
    while true {
      do throws(StoreError) {
        var news: [FindingID] = []
        if let announcer {
          batch.notifications = try announcer.notifications(of: batch, store)
          news = announcer.untold(of: batch).filter { !untold.contains($0) }
          batch.untoldCount = news.count
        }
        _ = try store.commit(batch)
        if untold.count < Self.untoldMax { untold.formUnion(news) }
        return batch.incidents
      } catch {
        guard triesAgain(error) else { throw error }
      }
    }
  }

  /// Adds incidents and findings, also those findings that only changed their incident.
  private mutating func place(
    _ pending: PendingChanges,
    _ detection: Detection,
    into batch: inout CommitBatch
  ) {
    for (old, _) in pending.mergedFindings { placements[old] = nil }
    var moved = Set(pending.findings.keys)
    for incident in pending.incidents.values {
      for id in incident.findings where placements[id] != incident.id { moved.insert(id) }
    }
    for id in moved.sorted() {
      let incident = detection.incident(of: id)
      if let finding = pending.findings[id], let exception = detection.exception(of: finding) {
        batch.findings.append(.init(finding, hiddenBy: exception.id))
        continue
      }
      if let finding = pending.findings[id] {
        batch.findings.append(.init(finding, in: incident))
      } else if detection.incidents.finding(id) != nil {
        batch.movedFindings.append(.init(id, to: incident))
      } else {
        continue
      }
      placements[id] = incident
    }
    batch.incidents = pending.incidents.values.sorted { $0.id < $1.id }.map { incident in
      var told = incident
      let findings = detection.incidents.representatives(of: incident.id)
      told.narrative = Narrative.text(incident, findings: findings)
      return told
    }
    forgetOld(detection)
  }

  /// Findings that the correlator let go can't be moved any more.
  private mutating func forgetOld(_ detection: Detection) {
    guard placements.count > 2 * detection.incidents.findingCount + 10_000 else { return }
    placements = placements.filter { detection.incidents.finding($0.key) != nil }
  }

  private func status(_ record: SourceRecord, at time: EventTime) -> SourceStatus {
    var status = SourceStatus(source: record.source)
    let newest = record.formats.max { $0.key < $1.key }?.value
    status.format = newest?.format.rawValue ?? ""
    status.formatReason = newest?.reason ?? ""
    status.records = record.recordCount
    status.events = record.eventCount
    status.bytes = record.byteCount
    status.lateEvents = record.lateCount
    let losses = record.losses.map { (SourceStatus.lossPrefix + $0.key, $0.value) }
    status.deadLetters = (Array(record.deadLetters) + losses).sorted { $0.0 < $1.0 }.map {
      SourceStatus.ReasonCount(reason: $0.0, count: $0.1)
    }
    status.problem = record.problem
    status.firstEvent = record.firstEvent
    status.lastEvent = record.lastEvent
    status.watermark = record.watermark
    status.lastRead = time
    return status
  }
}
