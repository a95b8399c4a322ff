import Glibc
import VedetteBehavior
import VedetteCorrelate
public import VedetteEvent
public import VedetteFindings
public import VedetteIngest
public import VedetteStore

/// What a run tells whoever watches it.
public enum RunNews: Sendable {
  /// A source's format was decided, with the reason.
  case format(path: String, FormatChoice)
  /// Something happened to a source.
  case source(SourceEvent)
  /// Incidents were written, new or grown.
  case incidents([Incident])
  /// Detectors learn anew, with the reason.
  case relearns(detector: String, reason: String)
  /// What was found can't be written for now; the run waits and tries again.
  case waiting(StoreError)
  /// What was found could be written after all.
  case written
  /// Incidents that are older than is to be kept were taken away.
  case purged(PurgeCounts)
  /// Nobody is told of incidents because they are history: said once, counted in the database.
  case history(Int)
}

/// The pipeline over files that grow: follows them until it is told to stop.
///
/// What came of a chunk, the place behind it and the state after it are one transaction: a run that
/// is killed goes on where the last one was committed.
public struct Run: Sendable {
  private static let retryMicroseconds: UInt32 = 1_000_000
  private static let chunksPerCommitMax = 64
  private static let idleMilliseconds = 200
  private static let commitMilliseconds: Int64 = 500
  static let futureNanoseconds: Int64 = 300_000_000_000
  private static let laneDepth = 8

  private let configuration: PipelineConfiguration
  private let engine: Engine
  private let now: @Sendable () -> EventTime
  private let milliseconds: @Sendable () -> Int64
  /// What is to be told of incidents, and to whom.
  public var announcer: Announcer?

  /// Creates a run.
  ///
  /// - Parameters:
  ///   - configuration: What to follow and how.
  ///   - engine: The rules, compiled.
  ///   - now: The clock on the wall, for what is not part of the canonical form.
  ///   - milliseconds: A clock that never goes back, for waiting.
  public init(
    configuration: PipelineConfiguration,
    engine: Engine,
    now: @escaping @Sendable () -> EventTime,
    milliseconds: @escaping @Sendable () -> Int64
  ) {
    self.configuration = configuration
    self.engine = engine
    self.now = now
    self.milliseconds = milliseconds
  }

  /// Follows the sources until told to stop, then reads what is there, commits and ends.
  ///
  /// - Parameters:
  ///   - store: Where findings, incidents, places and state go; and where they come from.
  ///   - start: Where to begin in sources not seen before.
  ///   - control: Stops the run.
  ///   - tell: Told what happens.
  /// - Returns: What was read, refused and counted.
  /// - Throws: ``StoreError`` if what was found can't be read or written.
  public func follow(
    into store: IncidentStore,
    start: RunStart,
    control: RunControl,
    tell: (RunNews) -> Void
  ) throws(StoreError) -> PipelineReport {
    let events = SourceEvents([])
    var detection = try restored(from: store, tell: tell)
    if case .time(let time) = start { detection.ledger.startOfNewSources = time }
    var committer = Committer(
      store: store,
      digests: { engine.digests(configuration, of: $0) },
      now: now
    )
    committer.announcer = announcer
    let reader = FollowReader(
      configuration: configuration,
      start: start,
      checkpoints: try store.checkpoints(),
      control: control,
      events: events,
      now: now,
      milliseconds: milliseconds
    )
    let pool = WorkerPool<FollowReader, ParsedChunk>(readers: [reader], depth: Self.laneDepth)
    try pool.run(
      workers: configuration.workerCount,
      makeParser: engine.makeParser(configuration)
    ) { () throws(StoreError) in
      try consume(pool, &detection, &committer, store, events, control, tell)
    }
    var report = PipelineReport()
    report.take(detection)
    return report
  }

  private func consume(
    _ pool: WorkerPool<FollowReader, ParsedChunk>,
    _ detection: inout Detection,
    _ committer: inout Committer,
    _ store: IncidentStore,
    _ events: SourceEvents,
    _ control: RunControl,
    _ tell: (RunNews) -> Void
  ) throws(StoreError) {
    var formats: [String: FormatChoice] = [:]
    let makeParser = engine.makeParser(configuration)
    /// Parses anew what is left of a chunk of which a part is too old.
    var lateParser: EventParser?
    var isEnded = false
    var committed = milliseconds()
    var saidHistory = false
    var retention = Retention(configuration.retainNanoseconds)
    while !isEnded {
      // Commit as soon as nothing more is at hand, so that a quiet line is not kept waiting.
      let hasPending = detection.pending.chunkCount > 0
      switch pool.take(lane: 0, milliseconds: hasPending ? 0 : Self.idleMilliseconds) {
      case .some(.some(let parsed)):
        let path = parsed.origin.chunk.path
        if !parsed.origin.chunk.records.isEmpty,
          formats[path]?.format != parsed.origin.choice.format
        {
          formats[path] = parsed.origin.choice
          tell(.format(path: path, parsed.origin.choice))
        }
        for event in parsed.origin.events {
          tell(.source(event))
          detection.note(event, at: now())
        }
        let limit = now().advanced(byNanoseconds: Self.futureNanoseconds)
        if let rest = detection.ledger.since(start: parsed) {
          var parser = lateParser ?? makeParser()
          for part in parser.parse(rest) { detection.take(part, notAfter: limit) }
          lateParser = parser
        } else {
          detection.take(parsed, notAfter: limit)
        }
        if parsed.origin.isContinued { continue }
        guard
          detection.pending.chunkCount >= Self.chunksPerCommitMax
            || milliseconds() - committed >= Self.commitMilliseconds
        else { continue }
      case .some(.none): isEnded = true
      case .none where !hasPending: detection.noteQuiet(at: now())
      case .none: break
      }
      for event in events.withLock({ list in
        defer { list = [] }
        return list
      }) {
        tell(.source(event))
        detection.note(event, at: now())
      }
      let written = try commit(&detection, &committer, store, control, tell)
      committed = milliseconds()
      if !written.isEmpty { tell(.incidents(written)) }
      if !saidHistory, !committer.untold.isEmpty {
        saidHistory = true
        tell(.history(committer.untold.count))
      }
      if let counts = try retention.purge(store, detection, committed, at: now()) {
        tell(.purged(counts))
      }
    }
  }

  /// Commits what is pending; while the disk or another process is in the way, waits and tells.
  private func commit(
    _ detection: inout Detection,
    _ committer: inout Committer,
    _ store: IncidentStore,
    _ control: RunControl,
    _ tell: (RunNews) -> Void
  ) throws(StoreError) -> [Incident] {
    var last: StoreError?
    let written = try committer.commit(&detection, savesState: true) { error in
      guard error.isPassing, !control.isStopping else { return false }
      if error != last {
        tell(.waiting(error))
        store.noteWaiting(error)
      }
      last = error
      usleep(Self.retryMicroseconds)
      return true
    }
    if last != nil {
      tell(.written)
      store.noteWaiting(nil)
    }
    return written
  }

  private func restored(
    from store: IncidentStore,
    tell: (RunNews) -> Void
  ) throws(StoreError) -> Detection {
    var detection = engine.makeDetection(configuration, storeBytesMax: Limits.storeBytesMax)
    var rows: [StateRow] = []
    for detector in Detection.stateNames {
      let stored = try store.state(of: detector, under: engine.digests(configuration, of: detector))
      rows += stored.rows
      if !stored.differences.isEmpty {
        let what = stored.differences.joined(separator: ", ")
        tell(.relearns(detector: detector, reason: "\(what) changed"))
      }
    }
    for failure in detection.restore(
      rows,
      configuration: configuration,
      identifier: Engine.identifier
    ) {
      tell(.relearns(detector: failure.detector, reason: "\(failure.reason)"))
    }
    return detection
  }
}

extension StoreError {
  /// Whether waiting may help: the disk may be freed, another writer may end.
  var isPassing: Bool {
    switch problem {
    case .busy, .full, .inputOutput, .readOnly: true
    default: false
    }
  }
}
