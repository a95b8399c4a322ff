public import VedetteEvent

/// Records of a followed file, and how far its log is read once they are stored.
///
/// Whoever stores what came of ``chunk`` does it in one transaction with ``checkpoints``, which
/// replace all stored checkpoints of the chunk's source. A follower that is given the stored
/// checkpoints of all sources then reads every further record exactly once. Of several chunks that
/// are stored together only the last one's checkpoints count. A chunk without records carries only
/// a change of checkpoints.
public struct FollowedChunk: Sendable {
  /// The records; possibly none.
  public var chunk: RecordChunk
  /// Every checkpoint of the source, one a file, or `nil` for a stream: it can't be read again.
  public var checkpoints: [Checkpoint]?
  /// What was lost since the source's chunk before; files lose nothing.
  public var losses: [ReceiveLoss: Int] = [:]

  /// Creates a followed chunk.
  ///
  /// - Parameters:
  ///   - chunk: The records.
  ///   - checkpoints: Every checkpoint of the source after them.
  public init(chunk: RecordChunk, checkpoints: [Checkpoint]?) {
    self.chunk = chunk
    self.checkpoints = checkpoints
  }
}

/// What reading one file brought, before it is joined with the state of its log's other files.
struct FileUpdate {
  /// The records, or `nil` for a change of the checkpoint alone.
  var chunk: RecordChunk?
  /// What is known of the file after them.
  var checkpoint: Checkpoint
}
