public import VedetteEvent
import VedetteStatistics

/// What the behaviour detector knows, for `vedette model status`.
public struct BehaviorSummary: Sendable, Equatable {
  /// What is known about the entities of one kind.
  public struct Kind: Sendable, Equatable {
    /// The kind.
    public var type: EntityType
    /// Entities tracked, counted once for each source.
    public var entities: Int
    /// Series that say "not scoring yet".
    public var seriesLearning: Int
    /// Series that are judged.
    public var seriesScoring: Int
    /// Windows that the isolation forests were grown from; 0 while there is none.
    public var forestWindows: Int
  }

  /// The kinds that occur, in a fixed order.
  public var kinds: [Kind]
  /// What was left out, and why.
  public var counts: BehaviorCounts
}

/// What the behaviour detector left out, and why.
public struct BehaviorCounts: Sendable, Equatable {
  /// Events without a readable time.
  public var untimed = 0
  /// Events behind their source's watermark.
  public var late = 0
  /// Entities that had to go for others.
  public var evicted = 0
  /// Events of entities for which there was no room.
  public var refused = 0
  /// Saved rows that could not be read: what they held is learned again.
  public var unreadableRows = 0

  /// Creates counts of nothing.
  public init() {}

  mutating func add(_ other: BehaviorCounts) {
    untimed += other.untimed
    late += other.late
    evicted += other.evicted
    refused += other.refused
    unreadableRows += other.unreadableRows
  }

  func write(to writer: inout SnapshotWriter) {
    for count in [untimed, late, evicted, refused, unreadableRows] { writer.write(count: count) }
  }

  init(from reader: inout SnapshotReader) {
    untimed = Int(clamping: reader.variable())
    late = Int(clamping: reader.variable())
    evicted = Int(clamping: reader.variable())
    refused = Int(clamping: reader.variable())
    unreadableRows = Int(clamping: reader.variable())
  }
}
