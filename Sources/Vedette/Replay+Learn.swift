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
    var detection = engine.makeDetection(configuration, storeBytesMax: Limits.replayStoreBytesMax)
    detection.savesState = false
    let digests = Engine.behaviorDigests(configuration)
    let known = try store.state(of: BehaviorDetector.name, under: digests)
    let knownOfModels = try store.state(of: ModelAccessDetector.name, under: digests)
    _ = detection.restore(
      known.rows + knownOfModels.rows,
      configuration: configuration,
      identifier: Engine.identifier
    )
    var report = try read(into: &detection, progress) { detection throws(StoreError) in
      // What was found is not wanted, and what is learned is written once.
      detection.updateIncidents()
      detection.pending = PendingChanges()
    }
    var batch = CommitBatch(at: now())
    batch.stateRows = detection.behaviorChanges()
    batch.stateDigests = [
      BehaviorDetector.name: digests, ModelAccessDetector.name: digests,
    ]
    _ = try store.commit(batch)
    report.take(detection)
    return report
  }
}
