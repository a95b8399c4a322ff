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
    let problems = ReadProblems([])
    var report = PipelineReport()
    let readers = ReplayReader.lanes(configuration, problems: problems, report: &report)
    let depth = max(1, min(4, 64 / max(1, readers.count)))
    let pool = WorkerPool<ReplayReader, ParsedChunk>(readers: readers, depth: depth)
    var detection = engine.makeDetection(configuration, storeBytesMax: Limits.replayStoreBytesMax)
    detection.savesState = false
    var committer = Committer(
      store: store,
      digests: { engine.digests(configuration, of: $0) },
      now: now
    )
    try pool.run(
      workers: configuration.workerCount,
      makeParser: engine.makeParser(configuration)
    ) { () throws(StoreError) in
      try consume(pool, &detection, report, progress) { detection throws(StoreError) in
        try committer.commit(&detection, savesState: false)
      }
    }
    // A replay saves no state, so what would be said if the input ended now needs no copy.
    detection.conclude()
    try committer.commit(&detection, savesState: false)
    report.problems += problems.withLock { $0 }.sorted { $0.description < $1.description }
    report.take(detection)
    return report
  }

  /// Takes the chunk that begins earliest, until every lane has ended.
  ///
  /// So that what happened at the same time is seen together, however many files it is spread over,
  /// and the order depends on the files alone.
  func consume(
    _ pool: WorkerPool<ReplayReader, ParsedChunk>,
    _ detection: inout Detection,
    _ report: PipelineReport,
    _ progress: (PipelineReport) -> Void,
    commit: (inout Detection) throws(StoreError) -> Void
  ) throws(StoreError) {
    var heads: [(time: Int64, lane: Int, chunk: ParsedChunk)] = []
    func refill(_ lane: Int) {
      guard let chunk = pool.take(lane: lane) else { return }
      heads.append((detection.ledger.firstTime(of: chunk), lane, chunk))
    }
    for lane in 0..<pool.laneCount { refill(lane) }
    var taken = 0
    while let index = heads.indices.min(by: {
      (heads[$0].time, heads[$0].lane) < (heads[$1].time, heads[$1].lane)
    }) {
      let head = heads.remove(at: index)
      // What the other files go on with is not late, however far this chunk reaches.
      let awaited = heads.map { $0.time.subtractingLateness(of: $0.chunk) }.min()
      detection.take(head.chunk, awaited: awaited ?? .max)
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
      refill(head.lane)
    }
  }

  /// What is pending is written after so many chunks, or findings of behaviour.
  private static let commitChunks = 256
  private static let commitFindings = 4_096
}

extension Int64 {
  /// The earliest time of an event of a chunk that begins at this time and is in no order.
  fileprivate func subtractingLateness(of chunk: ParsedChunk) -> Int64 {
    let (time, overflow) = subtractingReportingOverflow(chunk.origin.latenessNanoseconds)
    return overflow ? .min : time
  }
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
