public import VedetteEvent

/// How far a followed file is read.
public struct FollowStatus: Sendable, Equatable {
  /// The logical source.
  public let source: SourceID
  /// The file's path when it was last seen.
  public let path: String
  /// The first byte not taken, after decompression.
  public let offset: Int64
  /// Bytes that are there and not taken, as far as that is known without unpacking.
  public let lagBytes: Int64
  /// Whether the file is read to its end and not expected to grow.
  public let isFinished: Bool
  /// What was read of the file since the start.
  public let counts: IngestCounts
  /// Why the file can't be read, if it can't.
  public let problem: IngestError.Problem?

  init(_ file: FollowedFile) {
    source = file.known.source
    path = file.known.path.description
    offset = file.known.position.offset
    lagBytes = file.lagBytes
    isFinished = file.known.isFinished
    counts = file.counts
    problem = file.problem
  }
}
