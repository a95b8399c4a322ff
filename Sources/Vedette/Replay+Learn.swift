import VedetteBehavior
public import VedetteEvent
import VedetteIngest
public import VedetteStore

extension Replay {
  /// Reads everything and keeps only what the baselines and forests learn of it.
  ///
  /// No finding and no incident is written, and no place: a run reads what it has not read yet. The
  /// learning goes on from what the database knows, and its last windows stay open, so that a run
  /// goes on where this ended. Rules are asked all the same, because whoever is under one does not
  /// teach.
  ///
  /// - Parameters:
  ///   - store: Where what is learned goes; and what was known before comes from.
  ///   - now: The clock on the wall.
  ///   - progress: Told the records so far, now and then.
  /// - Returns: What was read, refused and counted.
  /// - Throws: ``StoreError`` if it can't be read or written.
  public func learn(
    into store: IncidentStore,
    now: @escaping @Sendable () -> EventTime,
    progress: (PipelineReport) -> Void = { _ in }
  ) throws(StoreError) -> PipelineReport {
    let problems = ReadProblems([])
    var report = PipelineReport()
    let readers = ReplayReader.lanes(configuration, problems: problems, report: &report)
    let depth = max(1, min(4, 64 / max(1, readers.count)))
    let pool = WorkerPool<ReplayReader, ParsedChunk>(readers: readers, depth: depth)
    var detection = engine.makeDetection(configuration, storeBytesMax: Limits.replayStoreBytesMax)
    detection.savesState = false
    let digests = Engine.behaviorDigests(configuration)
    let known = try store.state(of: BehaviorDetector.name, under: digests)
    _ = detection.restore(
      known.rows,
      configuration: configuration,
      identifier: Engine.identifier
    )
    try pool.run(
      workers: configuration.workerCount,
      makeParser: engine.makeParser(configuration)
    ) { () throws(StoreError) in
      try consume(pool, &detection, report, progress) { detection throws(StoreError) in
        // What was found is not wanted, and what is learned is written once.
        detection.updateIncidents()
        detection.pending = PendingChanges()
      }
    }
    var batch = CommitBatch(at: now())
    batch.stateRows = detection.behaviorChanges()
    batch.stateDigests = [BehaviorDetector.name: digests]
    _ = try store.commit(batch)
    report.problems += problems.withLock { $0 }.sorted { $0.description < $1.description }
    report.take(detection)
    return report
  }
}
