import VedetteEvent
import VedetteNormalize

extension Normalizer {
  /// Normalizes a chunk; one with more names of fields than a batch has room for in parts.
  ///
  /// What a record says must not depend on what others beside it are like.
  ///
  /// - Parameters:
  ///   - chunk: The chunk.
  ///   - enricher: Adds what tables know beside the log, if there are any.
  /// - Returns: The chunk, or its parts in order, each normalized.
  /// - Complexity: A chunk of `n` records is read at most log2 `n` times.
  func normalizeInParts(
    _ chunk: SourceChunk,
    enricher: ModelEnricher?
  ) -> [(origin: SourceChunk, normalized: NormalizedChunk)] {
    var normalized = normalize(chunk.chunk, as: chunk.choice.format, settings: chunk.settings)
    let count = chunk.chunk.records.count
    guard normalized.metColumnLimit, count > 1 else {
      if let enricher { normalized.enrich(by: enricher) }
      return [(chunk, normalized)]
    }
    return chunk.parts(of: (count + 1) / 2).flatMap { normalizeInParts($0, enricher: enricher) }
  }
}

extension SourceChunk {
  /// The chunk in parts of so many records: the first has what was lost and done before it, the last
  /// the state to save after it.
  fileprivate func parts(of recordsMax: Int) -> [SourceChunk] {
    let pieces = chunk.pieces(of: recordsMax)
    return pieces.enumerated().map { index, piece in
      var part = self
      part.chunk = piece
      if index > 0 { (part.losses, part.events) = ([:], []) }
      if index < pieces.count - 1 {
        part.checkpoints = nil
        part.isContinued = true
      }
      return part
    }
  }
}
