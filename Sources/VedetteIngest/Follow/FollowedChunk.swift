public import VedetteEvent

/// Records of a followed file, and how far the file is read once they are stored.
///
/// Whoever stores what came of ``chunk`` does three things in one transaction: removes the rows of
/// ``forgotten``, stores the records' outcome, and puts ``checkpoint`` in the place of the row with
/// the same source, device and inode. A restart with all stored checkpoints then reads every
/// further record exactly once. A chunk without records only carries such changes.
public struct FollowedChunk: Sendable {
  /// The records; possibly none.
  public var chunk: RecordChunk
  /// How far the file is read after them, or `nil` for what can't be read again: a stream, or a
  /// file whose content is gone.
  public var checkpoint: Checkpoint?
  /// Checkpoints that stand for no file any more.
  public var forgotten: [Checkpoint]

  /// Creates a followed chunk.
  ///
  /// - Parameters:
  ///   - chunk: The records.
  ///   - checkpoint: How far the file is read after them.
  ///   - forgotten: Checkpoints that stand for no file any more.
  public init(chunk: RecordChunk, checkpoint: Checkpoint?, forgotten: [Checkpoint] = []) {
    self.chunk = chunk
    self.checkpoint = checkpoint
    self.forgotten = forgotten
  }
}

extension FollowedChunk {
  /// A change of checkpoints without records.
  init(_ known: KnownFile, forgotten: [Checkpoint] = []) {
    self.init(
      chunk: RecordChunk(source: known.source, path: "\(known.path)", bytes: [], records: []),
      checkpoint: known.checkpoint,
      forgotten: forgotten
    )
  }

  /// The end of what was known of a file.
  init(forgetting known: KnownFile) {
    self.init(
      chunk: RecordChunk(source: known.source, path: "\(known.path)", bytes: [], records: []),
      checkpoint: nil,
      forgotten: [known.checkpoint]
    )
  }
}
