import VedetteNormalize
import VedetteRules

/// A worker's own normalizer and matcher.
struct EventParser: ChunkParser {
  private let normalizer: Normalizer
  private let enricher: ModelEnricher?
  private let detector: RuleDetector
  private let profile: (sink: ProfileSink, number: Int)?
  private let reach: ReachSink?
  private var reachCount = 0

  init(
    plan: RulePlan,
    profile: ProfileSink?,
    reach: ReachSink?,
    enricher: ModelEnricher?,
    keepsContent: Bool,
    contentHash: @escaping @Sendable ([UInt8]) -> String
  ) {
    self.enricher = enricher
    normalizer = Normalizer(
      detectingFormats: (),
      keepsContent: keepsContent,
      contentHash: contentHash,
      secretHash: Engine.secretHash
    )
    let detector = profile.map { RuleDetector(plan, profilingBy: $0.clock) } ?? RuleDetector(plan)
    self.detector = detector
    self.profile = profile.map { ($0, $0.enter(detector)) }
    self.reach = reach
  }

  mutating func parse(_ chunk: SourceChunk) -> [ParsedChunk] {
    let parsed = normalizer.normalizeInParts(chunk, enricher: enricher).map { origin, normalized in
      ParsedChunk(origin: origin, normalized: normalized, matches: detector.match(normalized.batch))
    }
    if let profile { profile.sink.take(detector.profile, of: profile.number) }
    if let reach, detector.reachCount > reachCount {
      reachCount = detector.reachCount
      reach.take(detector.reachedRules)
    }
    return parsed
  }
}
