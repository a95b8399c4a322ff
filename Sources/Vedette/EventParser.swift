import VedetteNormalize
import VedetteRules

/// A worker's own normalizer and matcher.
struct EventParser: ChunkParser {
  private let normalizer: Normalizer
  private var detector: RuleDetector

  init(
    plan: RulePlan,
    keepsContent: Bool,
    contentHash: @escaping @Sendable ([UInt8]) -> String
  ) {
    normalizer = Normalizer(
      detectingFormats: (),
      keepsContent: keepsContent,
      contentHash: contentHash
    )
    detector = RuleDetector(plan)
  }

  mutating func parse(_ chunk: SourceChunk) -> ParsedChunk {
    let normalized = normalizer.normalize(
      chunk.chunk,
      as: chunk.choice.format,
      settings: chunk.settings
    )
    return ParsedChunk(
      origin: chunk,
      normalized: normalized,
      matches: detector.match(normalized.batch)
    )
  }
}
