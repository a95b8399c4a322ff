public import VedetteEvent

/// How the behaviour detector learns and how much it keeps.
public struct BehaviorConfiguration: Sendable, Equatable {
  /// The longest learning in nanoseconds: then an entity is judged by what little it has shown.
  public var learningNanoseconds: Int64
  /// How far behind the newest event of its source an event may be, in nanoseconds.
  public var latenessNanoseconds: Int64
  /// The same for sources that differ.
  public var latenessNanosecondsBySource: [SourceID: Int64]
  /// Entities tracked for each source; then the stalest go, counted.
  public var entitiesMax: Int
  /// Findings of all sources a day that are wanted while nothing happens; infinite for no budget.
  public var falseAlarmsPerDay: Double
  /// The number of sources there will be, where it is known beforehand: each has an equal part of
  /// the findings.
  public var sourcesExpected = 1
  /// The trees of an isolation forest.
  public var treeCount: Int
  /// Where the randomness of the isolation forests comes from.
  public var seed: UInt64
  /// Where addresses are; without it no travel is judged.
  public var places: PlaceTable?

  /// Creates a configuration.
  ///
  /// - Parameters:
  ///   - learning: The longest learning; never less than an hour is used.
  ///   - lateness: How far behind its source's newest event an event may be.
  ///   - latenessBySource: The same for sources that differ.
  ///   - entitiesMax: Entities tracked for each source.
  ///   - falseAlarmsPerDay: Findings of all sources a day that are wanted while nothing happens.
  ///   - treeCount: The trees of an isolation forest.
  ///   - seed: The forests' seed.
  public init(
    learning: Duration,
    lateness: Duration,
    latenessBySource: [SourceID: Duration],
    entitiesMax: Int,
    falseAlarmsPerDay: Double,
    treeCount: Int,
    seed: UInt64
  ) {
    learningNanoseconds = max(Self.hour, learning.wholeNanoseconds)
    latenessNanoseconds = max(0, lateness.wholeNanoseconds)
    latenessNanosecondsBySource = latenessBySource.mapValues { max(0, $0.wholeNanoseconds) }
    self.entitiesMax = max(1, entitiesMax)
    self.falseAlarmsPerDay = falseAlarmsPerDay
    self.treeCount = treeCount
    self.seed = seed
  }

  /// What the product contract states: three days of learning, five minutes of lateness.
  public static let standard = BehaviorConfiguration(
    learning: .seconds(3 * 86_400),
    lateness: .seconds(300),
    latenessBySource: [:],
    entitiesMax: Limits.entitiesMax,
    falseAlarmsPerDay: 5,
    treeCount: 100,
    seed: 1
  )

  /// The least event time between an entity's first event and any statement about it.
  static let hour: Int64 = 3_600_000_000_000

  /// Looks up how late events of a source may be.
  ///
  /// - Parameter source: The source.
  /// - Returns: Nanoseconds.
  func lateness(of source: SourceID) -> Int64 {
    latenessNanosecondsBySource[source] ?? latenessNanoseconds
  }
}

extension Duration {
  /// Nanoseconds, held at the ends of `Int64`.
  fileprivate var wholeNanoseconds: Int64 {
    let (scaled, overflow) = components.seconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard !overflow else { return components.seconds < 0 ? .min : .max }
    let (sum, isOver) = scaled.addingReportingOverflow(components.attoseconds / 1_000_000_000)
    return isOver ? (scaled < 0 ? .min : .max) : sum
  }
}
