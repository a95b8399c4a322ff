public import VedetteColumns
import VedetteEvent
public import VedetteFindings
import VedetteIngest
public import VedetteRules

/// A record that a rule holds on.
public struct ScanMatch: Sendable {
  /// The rule.
  public let rule: RuleReference
  /// The batch that the record's event is in.
  public let batch: EventBatch
  /// The event's row.
  public let row: Int
}

/// Single-event signatures over files: no state, no database.
public struct Scan {
  private let configuration: PipelineConfiguration
  private let engine: Engine

  /// Creates a scan.
  ///
  /// - Parameters:
  ///   - configuration: What to read and how.
  ///   - engine: The rules, compiled.
  public init(configuration: PipelineConfiguration, engine: Engine) {
    self.configuration = configuration
    self.engine = engine
  }

  /// Reads everything and gives each match, in input order, of one record by rule id.
  ///
  /// - Parameter emit: What to do with a match.
  /// - Returns: What was read, refused and counted.
  /// - Throws: What `emit` throws.
  public func run<Failure: Error>(
    emit: (ScanMatch) throws(Failure) -> Void
  ) throws(Failure) -> PipelineReport {
    try run(profile: nil, emit: emit)
  }

  /// Does the same and measures what each rule costs, which makes it slower.
  ///
  /// - Parameters:
  ///   - clock: The clock to measure by.
  ///   - emit: What to do with a match.
  /// - Returns: What was read, refused and counted, and what rules cost.
  /// - Throws: What `emit` throws.
  public func run<Failure: Error>(
    profilingBy clock: ProfileClock,
    emit: (ScanMatch) throws(Failure) -> Void
  ) throws(Failure) -> (report: PipelineReport, profile: RuleProfile?) {
    let sink = ProfileSink(clock)
    let report = try run(profile: sink, emit: emit)
    return (report, sink.total.map { RuleProfile(engine.plan, $0) })
  }

  private func run<Failure: Error>(
    profile: ProfileSink?,
    emit: (ScanMatch) throws(Failure) -> Void
  ) throws(Failure) -> PipelineReport {
    let problems = ReadProblems([])
    var report = PipelineReport()
    let readers = ReplayReader.lanes(configuration, problems: problems, report: &report)
    let pool = WorkerPool<ReplayReader, ParsedChunk>(
      readers: readers,
      depth: max(1, min(8, 64 / max(1, readers.count)))
    )
    var ledger = SourceLedger()
    let reach = ReachSink()
    let base = engine.rules.descriptors
    try pool.run(
      workers: configuration.workerCount,
      makeParser: engine.makeParser(configuration, profile: profile, reach: reach)
    ) { () throws(Failure) in
      for lane in 0..<pool.laneCount {
        while let parsed = pool.take(lane: lane) {
          let batch = ledger.resolveYears(parsed)
          _ = ledger.count(parsed, batch: batch)
          for match in parsed.matches {
            try emit(ScanMatch(rule: base[match.rule].reference, batch: batch, row: match.row))
          }
        }
      }
    }
    report.problems += problems.withLock { $0 }.sorted { $0.description < $1.description }
    report.sources = ledger.sorted
    let reached = reach.reached
    report.unreachedRules = base.indices.filter { !reached.contains($0) }
    return report
  }
}
