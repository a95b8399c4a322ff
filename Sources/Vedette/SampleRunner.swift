public import VedetteColumns
import VedetteCorrelate
public import VedetteEvent
public import VedetteFindings
import VedetteIngest
import VedetteNormalize
public import VedetteRules

/// Runs lines of text through the stages, for tests of rules and for explanations.
public struct SampleRunner: CorrelationRunning {
  /// What became of some lines.
  public struct Outcome: Sendable {
    /// The format they were read as, and why.
    public let choice: FormatChoice
    /// The events.
    public let batch: EventBatch
    /// The records that could not be read, each with its line and reason.
    public let failures: [(origin: RecordOrigin, reason: String, raw: [UInt8])]
    /// The number of records that could not be read.
    public let failureCount: Int
    /// The number of records.
    public let recordCount: Int
    /// The shapes of those that could not be read, with how often each came.
    public let shapes: [(shape: String, count: Int)]
  }

  private let contentHash: @Sendable ([UInt8]) -> String

  /// Creates a runner.
  ///
  /// - Parameter contentHash: Hashes content that is not kept.
  public init(contentHash: @escaping @Sendable ([UInt8]) -> String = { _ in "" }) {
    self.contentHash = contentHash
  }

  /// Reads lines as the records of one file.
  ///
  /// - Parameters:
  ///   - bytes: The lines, or a JSON document.
  ///   - path: What the file is called.
  ///   - settings: The format, log source and zone to assume.
  ///   - year: The year of times that name none.
  /// - Returns: What became of them, a chunk at a time.
  public func read(
    _ bytes: [UInt8],
    path: String,
    settings: SourceConfiguration,
    year: Int?
  ) -> [Outcome] {
    var framer = RecordFramer(source: SourceID(path), path: path, framing: nil)
    framer.consume(bytes.span)
    framer.finish(isTorn: false)
    let normalizer = Normalizer(
      detectingFormats: (),
      keepsContent: false,
      contentHash: contentHash,
      secretHash: Engine.secretHash
    )
    var ledger = SourceLedger()
    var choice: FormatChoice?
    var header = FileHeader()
    var outcomes: [Outcome] = []
    while let framed = framer.takeChunk() {
      let decided = choice ?? ChunkPreparation.choice(for: framed.chunk, settings: settings)
      choice = decided
      let chunk = ChunkPreparation.prepared(
        framed.chunk,
        choice: decided,
        header: header.take(framed.chunk, as: decided.format) { nil },
        settings: settings,
        startYear: year ?? 2000,
        checkpoints: nil
      )
      var normalized = normalizer.normalize(
        chunk.chunk,
        as: decided.format,
        settings: chunk.settings
      )
      if let enricher = EnrichmentFiles.standard { normalized.enrich(by: enricher) }
      let parsed = ParsedChunk(origin: chunk, normalized: normalized, matches: [])
      outcomes.append(
        Outcome(
          choice: decided,
          batch: ledger.resolveYears(parsed),
          failures: normalized.deadLetters.map { ($0.origin, $0.reason, $0.raw) },
          failureCount: normalized.deadLetterCount,
          recordCount: normalized.recordCount,
          shapes: normalized.failureShapes
        )
      )
    }
    return outcomes
  }

  /// Reads the lines of a rule's sample.
  ///
  /// - Parameters:
  ///   - lines: The lines.
  ///   - format: The format's name, or `auto`.
  ///   - logSource: The log source to assert.
  ///   - year: The year of times that name none.
  /// - Returns: The events.
  public func events(
    _ lines: [String],
    format: String,
    logSource: LogSource?,
    year: Int?
  ) -> [EventBatch] {
    var settings = SourceConfiguration(path: "sample")
    settings.format = LogFormat(rawValue: format)
    settings.logSource = logSource
    let bytes = Array(lines.joined(separator: "\n").utf8)
    return read(bytes, path: "sample", settings: settings, year: year).map(\.batch)
  }

  /// Finds the correlations that come true.
  ///
  /// - Parameters:
  ///   - rules: The rules.
  ///   - batches: The events, in order.
  ///   - matches: For each batch the matches of the rules.
  /// - Returns: The indices of the correlations that came true at least once.
  public func correlationsThatFire(
    _ rules: RuleSet,
    batches: [EventBatch],
    matches: [[RuleMatch]]
  ) -> Set<Int> {
    var correlator = RuleCorrelator(
      descriptors: rules.descriptors.map { descriptor in
        var audible = descriptor
        audible.isSilent = false
        return audible
      },
      plans: rules.plans,
      foldNanoseconds: PipelineConfiguration().groupWindowNanoseconds,
      identifier: Engine.identifier
    )
    var fired: Set<String> = []
    func take(_ changes: [FindingChange]) {
      for case .upsert(let finding) in changes where finding.detector == .correlation {
        if let rule = finding.rule { fired.insert(rule.id) }
      }
    }
    var ordinal: Int64 = 0
    for (batch, own) in zip(batches, matches) {
      take(
        correlator.observe(
          batch,
          matches: own,
          firstOrdinal: ordinal,
          latenessNanoseconds: PipelineConfiguration.defaultLateness(of: .cloudtrail)
        )
      )
      ordinal += Int64(batch.rowCount)
    }
    take(correlator.concluded())
    return Set(
      rules.plans.map(\.rule).filter { fired.contains(rules.descriptors[$0].reference.id) }
    )
  }
}
