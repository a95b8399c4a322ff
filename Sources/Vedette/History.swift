import VedetteColumns
import VedetteCorrelate
import VedetteEvent
import VedetteFindings
import VedetteIngest
import VedetteNormalize
import VedetteRules

/// Logs read as a replay reads them, matched by one or more sets of rules at once.
///
/// It keeps nothing and writes nothing: what rules would have found in history is all that it is
/// for. The order of chunks is a replay's, so that correlations come true as they would there.
struct History {
  /// What is given of a chunk.
  struct Chunk {
    var batch: EventBatch
    /// For each engine its matches, by row, then rule.
    var matches: [[RuleMatch]]
    /// The number of the batch's first row in its logical source.
    var firstOrdinal: Int64
    var latenessNanoseconds: Int64
    /// The earliest time of what other files go on with.
    var awaited: Int64
  }

  let configuration: PipelineConfiguration
  /// The sets of rules; at least one.
  let engines: [Engine]

  /// Reads everything.
  ///
  /// - Parameter take: Takes the chunks, in the order of a replay.
  /// - Returns: What was read, refused and counted.
  func run(_ take: (Chunk) -> Void) -> PipelineReport {
    let problems = ReadProblems([])
    var report = PipelineReport()
    let pool = WorkerPool<ReplayReader, MatchedChunk>(
      reading: configuration,
      problems: problems,
      report: &report
    )
    var ledger = SourceLedger()
    let keepsContent = configuration.keepsContent
    pool.run(workers: configuration.workerCount) { [engines] in
      HistoryParser(engines: engines, keepsContent: keepsContent)
    } consume: {
      var lanes = OrderedLanes(pool)
      while let next = lanes.next({ ledger.resolveYears($0) }) {
        let parsed = next.chunk.parsed
        take(
          Chunk(
            batch: next.batch,
            matches: next.chunk.matches,
            firstOrdinal: ledger.count(parsed, batch: next.batch, strayCount: next.strayCount),
            latenessNanoseconds: parsed.origin.latenessNanoseconds,
            awaited: next.awaited
          )
        )
      }
    }
    report.problems += problems.withLock { $0 }.sorted { $0.description < $1.description }
    report.sources = ledger.sorted
    return report
  }
}

/// A chunk with the matches of several sets of rules.
private struct MatchedChunk: ParsedChunkCarrying {
  var parsed: ParsedChunk
  var matches: [[RuleMatch]]
}

/// A worker's own normalizer, and a matcher for each set of rules.
private struct HistoryParser: ChunkParser {
  private let normalizer: Normalizer
  private let detectors: [RuleDetector]

  init(engines: [Engine], keepsContent: Bool) {
    normalizer = Normalizer(
      detectingFormats: (),
      keepsContent: keepsContent,
      contentHash: engines[0].contentHash,
      secretHash: Engine.secretHash
    )
    detectors = engines.map { RuleDetector($0.plan) }
  }

  mutating func parse(_ chunk: SourceChunk) -> [MatchedChunk] {
    normalizer.normalizeInParts(chunk, enricher: EnrichmentFiles.standard).map {
      origin,
      normalized in
      MatchedChunk(
        parsed: ParsedChunk(origin: origin, normalized: normalized, matches: []),
        matches: detectors.map { $0.match(normalized.batch) }
      )
    }
  }
}

/// The correlations of a set of rules, run over its matches.
struct HistoryCorrelations {
  /// What is kept of a correlation's finding.
  struct Summary {
    var rule: String
    var time: EventTime
    var count: Int
    var entities: [Entity]
    var first: RecordOrigin?
    var last: RecordOrigin?
  }

  /// The most findings that are kept; further ones are only counted.
  static let findingsMax = 200_000

  private let findingsMax: Int
  private var correlator: RuleCorrelator?
  private(set) var findings: [FindingID: Summary] = [:]
  private(set) var droppedCount = 0

  init(_ engine: Engine, configuration: PipelineConfiguration, findingsMax: Int) {
    self.findingsMax = findingsMax
    guard !engine.rules.plans.isEmpty else { return }
    let correlations = Set(engine.rules.plans.map(\.rule))
    correlator = RuleCorrelator(
      // Matches of single events are counted by whoever asks; as findings nobody needs them.
      descriptors: engine.rules.descriptors.enumerated().map { index, descriptor in
        var descriptor = descriptor
        descriptor.isSilent = !correlations.contains(index)
        return descriptor
      },
      plans: engine.rules.plans,
      foldNanoseconds: configuration.groupWindowNanoseconds,
      identifier: Engine.identifier
    )
  }

  mutating func take(_ chunk: History.Chunk, _ matches: [RuleMatch]) {
    correlator?.awaitedTime = chunk.awaited
    guard
      let changes = correlator?.observe(
        chunk.batch,
        matches: matches,
        firstOrdinal: chunk.firstOrdinal,
        latenessNanoseconds: chunk.latenessNanoseconds
      )
    else { return }
    take(changes)
  }

  /// Takes what the correlations say when the input has ended.
  mutating func conclude() { take(correlator?.concluded() ?? []) }

  private mutating func take(_ changes: [FindingChange]) {
    for change in changes {
      switch change {
      case .merged(let id, _): findings[id] = nil
      case .upsert(let finding):
        guard finding.detector == .correlation, let rule = finding.rule else { continue }
        if findings[finding.id] == nil, findings.count >= findingsMax {
          droppedCount += 1
          continue
        }
        findings[finding.id] = Summary(
          rule: rule.id,
          time: finding.time,
          count: finding.count,
          entities: finding.entities,
          first: finding.evidence.first?.origin,
          last: finding.evidence.last?.origin
        )
      }
    }
  }
}
