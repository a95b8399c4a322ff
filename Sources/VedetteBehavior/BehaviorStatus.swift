public import VedetteEvent
import VedetteStatistics

/// What is known of one entity in one source, and what is still learning.
public struct EntityStatus: Sendable, Equatable {
  /// What one metric of it usually is.
  public struct Series: Sendable, Equatable {
    /// The metric, as `failures`.
    public var metric: String
    /// The length of its windows, in seconds.
    public var windowSeconds: Int
    /// The windows that it was learned from.
    public var windows: Int
    /// How many windows are wanted before it is judged.
    public var windowsWanted: Int
    /// Whether it is judged; else it says "not scoring yet".
    public var isScoring: Bool
    /// What is usual, in the metric's unit.
    public var usual: Double
    /// The highest that is remembered, in the metric's unit.
    public var highest: Double
    /// The most that passes at present, in the metric's unit; absent while it is not judged.
    public var bound: Double?
  }

  /// Who is asked whether a new value is news, and how much they have to say.
  public struct Scope: Sendable, Equatable {
    /// `own`, `peers` or `organisation`.
    public var name: String
    /// The entities that are known for an hour at least: itself, or others of its kind.
    public var entities: Int
    /// How many of them are wanted.
    public var entitiesWanted: Int
    /// How long the oldest of them has been known, in nanoseconds.
    public var ageNanoseconds: Int64
    /// Their events in windows that are over.
    public var events: UInt64
    /// Whether it says anything.
    public var isScoring: Bool
    /// How far its learning is.
    public var progress: String
  }

  /// How many values of an attribute it was seen with.
  public struct Values: Sendable, Equatable {
    /// The attribute, as `source_network`.
    public var attribute: String
    /// The different values.
    public var count: Int
  }

  /// The entity.
  public var entity: EntityKey
  /// Where it was seen.
  public var source: SourceID
  /// Its first event.
  public var firstSeen: EventTime
  /// The end of its last window that is over; absent before there is one.
  public var lastSeen: EventTime?
  /// Its events in windows that are over.
  public var events: UInt64
  /// How long it has been known, in nanoseconds of event time.
  public var ageNanoseconds: Int64
  /// The longest that it learns, in nanoseconds.
  public var learningNanoseconds: Int64
  /// Its series, by metric, then length.
  public var series: [Series]
  /// How many different values each attribute was seen with, by attribute.
  public var values: [Values]
  /// Whether a value that it was never seen with is news.
  public var isNewsScoring: Bool
  /// Who says how much news it is: itself, its peers, the organisation.
  public var scopes: [Scope] = []

  /// Whether anything of its own history is judged.
  public var isScoring: Bool { series.contains(where: \.isScoring) }

  /// How far its learning is, as `1.5 of 3 days, 212 events: not scoring yet`.
  public var progress: String {
    let scoring = series.count(where: \.isScoring)
    let state = scoring == 0 ? "not scoring yet" : "scoring \(scoring) of \(series.count) series"
    return "\(LearningText.days(ageNanoseconds, of: learningNanoseconds)), \(events) "
      + "\(events == 1 ? "event" : "events"): \(state)"
  }
}

/// How far a source's false-alarm budget is calibrated.
public struct CalibrationStatus: Sendable, Equatable {
  /// The limit of one kind of score.
  public struct Limit: Sendable, Equatable {
    /// The kind: `counts`, `sizes`, `mix` or `news`.
    public var kind: String
    /// From where on such a score is a finding; absent where none is wanted.
    public var least: Double?
    /// Findings a day that are expected above it while nothing happens; absent while unknown.
    public var expectedPerDay: Double?
  }

  /// The source.
  public var source: SourceID
  /// Its first event.
  public var firstSeen: EventTime?
  /// How long it has been read, in nanoseconds of event time.
  public var ageNanoseconds: Int64
  /// Whether its limits come from its own scores; before that they are high.
  public var isCalibrated: Bool
  /// The limits, by kind.
  public var limits: [Limit]

  /// How far it is, as `3 of 7 days: high limits until then`.
  public var progress: String {
    isCalibrated
      ? "calibrated"
      : "\(LearningText.days(ageNanoseconds, of: Calibration.calibratingNanoseconds)): "
        + "not calibrated yet, limits are high"
  }
}

/// Words for how long something has been learned.
enum LearningText {
  /// Says how many days there are of those wanted, as `1.5 of 3 days`.
  static func days(_ age: Int64, of wanted: Int64) -> String {
    "\(days(min(max(0, age), wanted))) of \(days(wanted)) days"
  }

  static func days(_ nanoseconds: Int64) -> String {
    let tenths = nanoseconds / (Calibration.day / 10)
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }
}

extension EntityActivity {
  /// Tells what is known, and what is still learning.
  func status(_ context: SourceContext) -> EntityStatus {
    let now = context.watermark
    let age = max(0, now.subtractingHeld(firstSeen))
    let start = WindowWidth.short.start(of: now)
    return EntityStatus(
      entity: key,
      source: context.source,
      firstSeen: EventTime(nanosecondsSinceEpoch: firstSeen),
      lastSeen: lastSealed == .min ? nil : EventTime(nanosecondsSinceEpoch: lastSealed),
      events: eventCount,
      ageNanoseconds: age,
      learningNanoseconds: context.learning,
      series: seriesStatus(context, age: age),
      values: attributes.compactMap { attribute in
        let count = values.count(attribute, before: .max)
        return count > 0 ? EntityStatus.Values(attribute: attribute.name, count: count) : nil
      },
      isNewsScoring: isNews(at: start, context)
    )
  }
}

extension EntityActivity {
  /// The numbers of series that are learning and that are judged, for the summary.
  func seriesCounts(_ context: SourceContext) -> (learning: Int, judged: Int) {
    var counts = (learning: 0, judged: 0)
    for entry in series {
      let isJudged = usual(entry.metric, entry.width, before: context.watermark, context) != nil
      if isJudged { counts.judged += 1 } else { counts.learning += 1 }
    }
    return counts
  }

  /// What each series knows, by metric, then width.
  fileprivate func seriesStatus(_ context: SourceContext, age: Int64) -> [EntityStatus.Series] {
    let sorted = series.sorted {
      ($0.metric.rawValue, $0.width.rawValue) < ($1.metric.rawValue, $1.width.rawValue)
    }
    return sorted.map { entry in
      let plain = entry.series.usual
      let judged = usual(entry.metric, entry.width, before: context.watermark, context)
      let limits = context.limits(at: context.watermark)
      let level = limits.leastLevel(entry.metric, entry.width)
      let least = judged?.leastSum(entry.metric, level: level, limits)
      let wanted = age >= context.learning ? Self.windowsMinAfterLearning : Self.windowsMin
      return EntityStatus.Series(
        metric: entry.metric.name,
        windowSeconds: Int(entry.width.nanoseconds / 1_000_000_000),
        windows: Int((judged ?? plain).count),
        windowsWanted: Int(wanted),
        isScoring: judged != nil,
        usual: entry.metric.amount(at: plain.mean),
        highest: entry.metric.amount(at: plain.peak),
        bound: least.flatMap { $0 < .max ? entry.metric.amount(of: $0 - 1) : nil }
      )
    }
  }
}

extension SourceActivity {
  /// Adds what is known of the entities of each kind.
  func summarize(
    _ context: SourceContext,
    into kinds: inout [EntityType: BehaviorSummary.Kind]
  ) {
    for (entity, isUsed) in zip(entities, isUsed) where isUsed {
      let series = entity.seriesCounts(context)
      let type = entity.key.type
      var kind = kinds[type] ?? .empty(type)
      let age = max(0, context.watermark.subtractingHeld(entity.firstSeen))
      kind.entities += 1
      kind.entitiesScoring += series.judged > 0 ? 1 : 0
      kind.events &+= entity.eventCount
      kind.ageNanoseconds = max(kind.ageNanoseconds, age)
      kind.seriesLearning += series.learning
      kind.seriesScoring += series.judged
      kinds[type] = kind
    }
    for (type, forest) in outliers {
      kinds[type, default: .empty(type)].forestWindows += forest.trainedCount
    }
  }

  /// Tells how far the calibration is.
  func calibrationStatus(_ context: SourceContext) -> CalibrationStatus {
    let newest = calibration.newest
    let begun = calibration.firstTime
    return CalibrationStatus(
      source: id,
      firstSeen: begun.map { EventTime(nanosecondsSinceEpoch: $0) },
      ageNanoseconds: begun.map { max(0, watermark.subtractingHeld($0)) } ?? 0,
      isCalibrated: newest.isCalibrated,
      limits: ScoreKind.allCases.map { kind in
        let least = newest.least[kind.rawValue]
        let tail = newest.isCalibrated ? newest.tails[kind.rawValue] : nil
        return CalibrationStatus.Limit(
          kind: "\(kind)",
          least: least.isFinite ? least : nil,
          expectedPerDay: tail.map { min(newest.rate, $0.rate(above: least)) }
        )
      }
    )
  }
}

extension BehaviorSummary.Kind {
  fileprivate static func empty(_ type: EntityType) -> BehaviorSummary.Kind {
    BehaviorSummary.Kind(
      type: type,
      entities: 0,
      entitiesScoring: 0,
      events: 0,
      ageNanoseconds: 0,
      seriesLearning: 0,
      seriesScoring: 0,
      forestWindows: 0
    )
  }
}
