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
    /// Entities of which something is judged.
    public var entitiesScoring: Int
    /// Events of these entities in windows that are over.
    public var events: UInt64
    /// How long the oldest of them has been known, in nanoseconds of event time.
    public var ageNanoseconds: Int64
    /// Series that say "not scoring yet".
    public var seriesLearning: Int
    /// Series that are judged.
    public var seriesScoring: Int
    /// Windows that the isolation forests were grown from; 0 while there is none.
    public var forestWindows: Int
  }

  /// How many entities have the full state, and how many only a slot of 32 bytes.
  public struct Sizes: Sendable, Equatable {
    /// Entities with the full state: the most active.
    public var full = 0
    /// Entities of which ten-minute counts are kept, and since when they are known.
    public var slots = 0
    /// The bytes of the slots.
    public var slotBytes = 0
    /// How often an entity came back from a slot.
    public var promoted = 0
    /// How often one went into a slot.
    public var demoted = 0
    /// Slots that had to go for others.
    public var forgotten = 0
  }

  /// What is known of who contacts what by the clock.
  public struct Contacts: Sendable, Equatable {
    /// Pairs of an entity and a target.
    public var pairs = 0
    /// Those of them whose contacts are regular.
    public var regular = 0
    /// Pairs that had to go for others.
    public var evicted = 0
    /// Events for which there was no room.
    public var refused = 0
  }

  /// What is known of where entities were.
  public struct Travel: Sendable, Equatable {
    /// What places are read from.
    public var tables: [String] = []
    /// Users and keys that were seen somewhere.
    public var entities = 0
    /// Minutes in which one was.
    public var sightings = 0
    /// Entities that had to go for others.
    public var evicted = 0
    /// Events for which there was no room.
    public var refused = 0
  }

  /// The kinds that occur, in a fixed order.
  public var kinds: [Kind]
  /// How far the budget of each source is calibrated, in the order of the sources.
  public var sources: [CalibrationStatus]
  /// The longest learning, in nanoseconds of event time.
  public var learningNanoseconds: Int64
  /// Findings a day that are wanted of all sources while nothing happens.
  public var falseAlarmsPerDay: Double
  /// Where the randomness of the forests comes from.
  public var seed: UInt64
  /// Findings beyond the budget that wait for a rule to speak against their entity.
  public var withheldFindings: Int
  /// The two sizes of what is kept of an entity.
  public var sizes: Sizes
  /// Contacts by the clock.
  public var contacts: Contacts
  /// Changes of place; absent where no table says where addresses are, so that none is judged.
  public var travel: Travel?
  /// What was left out, and why.
  public var counts: BehaviorCounts

  /// How far a kind is, as `1.5 of 3 days, 212 events: not scoring yet`.
  ///
  /// - Parameter kind: One of the kinds.
  /// - Returns: The words.
  public func progress(of kind: Kind) -> String {
    let state =
      kind.entitiesScoring == 0
      ? "not scoring yet" : "scoring \(kind.entitiesScoring) of \(kind.entities)"
    let days = LearningText.days(kind.ageNanoseconds, of: learningNanoseconds)
    return "\(days), \(kind.events) \(kind.events == 1 ? "event" : "events"): \(state)"
  }
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
  /// Findings beyond the budget that no rule spoke for within a day.
  public var beyondBudget = 0
  /// Scores that were not counted for the budget, because too many came at once.
  public var uncalibrated = 0
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
