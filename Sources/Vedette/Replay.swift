public import VedetteEvent
import VedetteBehavior
import VedetteColumns
import VedetteCorrelate
import VedetteIngest
public import VedetteStore

/// The pipeline over files that do not grow: on the event clock, to the end, then stop.
public struct Replay: Sendable {
  let configuration: PipelineConfiguration
  let engine: Engine
  /// How fast event time passes, or `nil` for as fast as possible.
  public var pace: ReplayPace?

  /// Creates a replay.
  ///
  /// - Parameters:
  ///   - configuration: What to read and how.
  ///   - engine: The rules, compiled.
  public init(configuration: PipelineConfiguration, engine: Engine) {
    self.configuration = configuration
    self.engine = engine
  }

  /// Reads everything and writes what was found.
  ///
  /// - Parameters:
  ///   - store: Where findings and incidents go.
  ///   - now: The clock on the wall, for what is not part of the canonical form.
  ///   - progress: Told the records so far, now and then.
  /// - Returns: What was read, refused and counted.
  /// - Throws: ``StoreError`` if what was found can't be written.
  public func run(
    into store: IncidentStore,
    now: @escaping @Sendable () -> EventTime,
    progress: (PipelineReport) -> Void = { _ in }
  ) throws(StoreError) -> PipelineReport {
    var detection = engine.makeDetection(configuration, storeBytesMax: Limits.replayStoreBytesMax)
    detection.savesState = false
    var committer = Committer(
      store: store,
      digests: { engine.digests(configuration, of: $0) },
      now: now
    )
    var report = try read(into: &detection, progress) { detection throws(StoreError) in
      try committer.commit(&detection, savesState: false)
    }
    // A replay saves no state, so what would be said if the input ended now needs no copy.
    detection.conclude()
    try committer.commit(&detection, savesState: false)
    report.take(detection)
    return report
  }

  /// Reads everything.
  ///
  /// - Parameters:
  ///   - detection: Takes what is read.
  ///   - progress: Told the records so far, now and then.
  ///   - commit: Asked to let go of what is pending, whenever enough is.
  /// - Returns: What can't be read and what is passed over.
  /// - Throws: What `commit` throws.
  func read(
    into detection: inout Detection,
    _ progress: (PipelineReport) -> Void,
    commit: (inout Detection) throws(StoreError) -> Void
  ) throws(StoreError) -> PipelineReport {
    let problems = ReadProblems([])
    var report = PipelineReport()
    let pool = WorkerPool<ReplayReader, ParsedChunk>(
      reading: configuration,
      problems: problems,
      piecesOf: pace == nil ? nil : ReplayPace.recordsMax,
      report: &report
    )
    try pool.run(
      workers: configuration.workerCount,
      makeParser: engine.makeParser(configuration)
    ) { () throws(StoreError) in
      try consume(pool, &detection, report, progress, commit: commit)
    }
    report.problems += problems.withLock { $0 }.sorted { $0.description < $1.description }
    return report
  }

  /// Takes the chunk that begins earliest, until every file has ended.
  private func consume(
    _ pool: WorkerPool<ReplayReader, ParsedChunk>,
    _ detection: inout Detection,
    _ report: PipelineReport,
    _ progress: (PipelineReport) -> Void,
    commit: (inout Detection) throws(StoreError) -> Void
  ) throws(StoreError) {
    var lanes = OrderedLanes(pool)
    var taken = 0
    var pace = self.pace
    while let next = lanes.next({ detection.resolveYears($0) }) {
      if let delay = pace?.delay(of: next.batch), delay > 0 {
        // Whoever watches sees what there is up to now.
        try commit(&detection)
        pace?.wait(delay)
      }
      detection.take(
        next.chunk,
        resolved: next.batch,
        strayCount: next.strayCount,
        awaited: next.awaited
      )
      taken += 1
      // Nobody waits for the rows of a replay: written late, a finding that grows is written once.
      if taken % Self.commitChunks == 0 || detection.pending.findings.count > Self.commitFindings {
        try commit(&detection)
      }
      if taken % 64 == 0 {
        var current = report
        current.take(detection)
        progress(current)
      }
    }
  }

  /// What is pending is written after so many chunks, or findings of behaviour.
  private static let commitChunks = 128
  private static let commitFindings = 4_096
}

extension PipelineReport {
  mutating func take(_ detection: Detection) {
    sources = detection.ledger.sorted
    keptEventCount = detection.events.eventCount
    evictedEventCount = detection.events.evictedCount
    lateMatchCount = detection.rules.lateCount
    evictedStateCount =
      detection.rules.evictedGroupCount + detection.behavior.summary().counts.evicted
  }
}
