import VedetteColumns
public import VedetteEvent
public import VedetteFindings
import VedetteRules

/// What rules would have found in logs of the past: how much, when, with whom, and where to look.
///
/// Correlations come true as they would in a replay. It is for whoever is about to take a rule into
/// use and wants to know whether it says something, and whether it says too much.
public struct RuleTrial {
  /// An event, or a correlation's finding, to look at.
  public struct Example: Sendable, Hashable {
    /// The file.
    public var path: String
    /// The line, from one.
    public var line: Int
    /// When it happened, if it is known.
    public var time: EventTime?
    /// Values of the fields that the rule asks, a few.
    public var fields: [Field]
  }

  /// A field and its value.
  public struct Field: Sendable, Hashable {
    /// The name, as the rule has it.
    public var name: String
    /// The value; several are joined by commas.
    public var value: String
  }

  /// Something that is counted.
  public struct Tally: Sendable, Hashable {
    /// What.
    public var name: String
    /// How often.
    public var count: Int
  }

  /// What a rule would have found.
  public struct Outcome: Sendable, Hashable {
    /// The rule.
    public var rule: RuleReference
    /// Whether it is a correlation, whose findings are counted instead of events.
    public var isCorrelation: Bool
    /// Whether by itself it stays silent: it is only there for a correlation.
    public var isSilent: Bool
    /// The events that it holds on, or the findings of a correlation.
    public var count: Int
    /// The same by day in UTC, in order; days without any are not listed.
    public var days: [Tally]
    /// The entities with the most, at most five, as `user alice`.
    public var entities: [Tally]
    /// The first ones, by time where it is known, and the last.
    public var examples: [Example]
  }

  /// What all of it would have found.
  public struct Report: Sendable {
    /// Each rule, in the order of ids.
    public var outcomes: [Outcome]
    /// The days from the first event to the last, both counted; zero if no event has a time.
    public var dayCount: Int
    /// What was read, refused and counted.
    public var reading: PipelineReport
  }

  private let configuration: PipelineConfiguration
  private let engine: Engine
  /// The most findings of correlations that are looked at.
  var findingsMax = HistoryCorrelations.findingsMax

  /// Creates a trial.
  ///
  /// - Parameters:
  ///   - configuration: What to read and how.
  ///   - engine: The rules, compiled.
  public init(configuration: PipelineConfiguration, engine: Engine) {
    self.configuration = configuration
    self.engine = engine
  }

  /// Reads everything.
  ///
  /// - Returns: What the rules would have found.
  public func run() -> Report {
    let rules = engine.rules
    var counts = rules.entries.map { TrialCount($0) }
    var correlations = HistoryCorrelations(
      engine,
      configuration: configuration,
      findingsMax: findingsMax
    )
    var span: ClosedRange<Int64>?
    var reading = History(configuration: configuration, engines: [engine]).run { chunk in
      let matches = chunk.matches[0]
      var extractor: EntityExtractor?
      for match in matches {
        let entities = extractor ?? EntityExtractor(chunk.batch)
        extractor = entities
        counts[match.rule].take(chunk.batch, match.row, entities.entities(match.row))
      }
      correlations.take(chunk, matches)
      for row in 0..<chunk.batch.rowCount where chunk.batch.timed[row] {
        let day = chunk.batch.times[row] / 86_400_000_000_000
        span = min(span?.lowerBound ?? day, day)...max(span?.upperBound ?? day, day)
      }
    }
    correlations.conclude()
    reading.droppedFindingCount = correlations.droppedCount
    for finding in correlations.findings.values.sorted(by: {
      ($0.time, $0.rule, $0.first?.line ?? 0) < ($1.time, $1.rule, $1.first?.line ?? 0)
    }) {
      if let index = rules.index(of: finding.rule) { counts[index].take(finding) }
    }
    return Report(
      outcomes: counts.indices.map { counts[$0].outcome(rules.descriptors[$0]) },
      dayCount: span.map { Int($0.upperBound - $0.lowerBound) + 1 } ?? 0,
      reading: reading
    )
  }
}

/// One rule's part of a trial.
private struct TrialCount {
  private static let entitiesMax = 20_000
  private static let topMax = 5
  private static let examplesMax = 3
  private static let fieldsMax = 4

  private let isCorrelation: Bool
  private let fields: [String]
  private var count = 0
  private var days: [String: Int] = [:]
  private var entities: [EntityKey: Int] = [:]
  private var first: [RuleTrial.Example] = []
  private var last: [RuleTrial.Example] = []

  init(_ entry: RuleSet.Entry) {
    switch entry {
    case .rule(let rule):
      isCorrelation = false
      fields = rule.expression.fields.sorted()
    case .correlation:
      isCorrelation = true
      fields = []
    }
  }

  mutating func take(_ batch: EventBatch, _ row: Int, _ involved: [Entity]) {
    tally(batch.time(row), involved)
    let example = { [fields] in
      RuleTrial.Example(
        path: batch.path,
        line: batch.records[row].line,
        time: batch.time(row),
        fields: fields.lazy.compactMap { name -> RuleTrial.Field? in
          let texts = batch.column(name)?.texts(row) ?? []
          guard !texts.isEmpty else { return nil }
          return RuleTrial.Field(name: name, value: texts.joined(separator: ", "))
        }.prefix(Self.fieldsMax).map { $0 }
      )
    }
    keep(example)
  }

  mutating func take(_ finding: HistoryCorrelations.Summary) {
    tally(finding.time, finding.entities)
    keep {
      RuleTrial.Example(
        path: finding.first?.path ?? "",
        line: finding.first?.line ?? 0,
        time: finding.time,
        fields: [RuleTrial.Field(name: "events", value: String(finding.count))]
          + finding.entities.prefix(Self.fieldsMax - 1).map {
            RuleTrial.Field(name: $0.type.rawValue, value: $0.value)
          }
      )
    }
  }

  private mutating func tally(_ time: EventTime?, _ involved: [Entity]) {
    count += 1
    days[time.map { String($0.description.prefix(10)) } ?? "no time", default: 0] += 1
    for entity in involved where entities[entity.key] != nil || entities.count < Self.entitiesMax {
      entities[entity.key, default: 0] += 1
    }
  }

  /// Keeps the first few by time, and the last.
  private mutating func keep(_ example: () -> RuleTrial.Example) {
    let new = example()
    func isBefore(_ left: RuleTrial.Example, _ right: RuleTrial.Example) -> Bool {
      switch (left.time, right.time) {
      case (let left?, let right?): left < right
      case (nil, .some): false
      case (.some, nil): true
      case (nil, nil): false
      }
    }
    if first.count < Self.examplesMax || isBefore(new, first[first.count - 1]) {
      first.insert(new, at: first.firstIndex { isBefore(new, $0) } ?? first.count)
      if first.count > Self.examplesMax { first.removeLast() }
    }
    if last.isEmpty || !isBefore(new, last[0]) { last = [new] }
  }

  func outcome(_ descriptor: RuleDescriptor) -> RuleTrial.Outcome {
    let top = entities.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(Self.topMax)
    return RuleTrial.Outcome(
      rule: descriptor.reference,
      isCorrelation: isCorrelation,
      isSilent: descriptor.isSilent,
      count: count,
      days: days.sorted { $0.key < $1.key }.map { RuleTrial.Tally(name: $0.key, count: $0.value) },
      entities: top.map {
        RuleTrial.Tally(name: "\($0.key.type.rawValue) \($0.key.value)", count: $0.value)
      },
      examples: first + last.filter { !first.contains($0) }
    )
  }
}
