import VedetteEvent
public import VedetteIngest

/// What a pipeline did: everything that was read, refused, counted or let go.
public struct PipelineReport: Sendable {
  /// The sources, by name.
  public internal(set) var sources: [SourceRecord] = []
  /// What could not be read, in the order in which it was met.
  public internal(set) var problems: [IngestError] = []
  /// What was found in folders and is not read.
  public internal(set) var passedOver: [SourcePlan.PassedOver] = []
  /// Events kept in memory at the end.
  public internal(set) var keptEventCount = 0
  /// Events that had to leave memory.
  public internal(set) var evictedEventCount = 0
  /// Matches of rules that came behind the watermark.
  public internal(set) var lateMatchCount = 0
  /// Groups and entities let go because a limit was reached.
  public internal(set) var evictedStateCount = 0

  /// Findings of correlations over the limit of what is kept of history, which are not counted.
  public internal(set) var droppedFindingCount = 0
  /// Of a scan the rules to whose log source no event belonged, as indices in their set.
  public internal(set) var unreachedRules: [Int] = []

  /// Whether a year was taken from a file's modification time.
  public internal(set) var guessedYear = false

  /// Creates a report of nothing.
  public init() {}

  /// Records read.
  public var recordCount: Int { sources.reduce(0) { $0 + $1.recordCount } }
  /// Events made of them.
  public var eventCount: Int { sources.reduce(0) { $0 + $1.eventCount } }
  /// Records that were older than where their source was to begin.
  public var passedOverCount: Int { sources.reduce(0) { $0 + $1.passedOverCount } }
  /// Bytes of the records.
  public var byteCount: Int { sources.reduce(0) { $0 + $1.byteCount } }
  /// Records that could not be read.
  public var deadLetterCount: Int { sources.reduce(0) { $0 + $1.deadLetterCount } }
}
