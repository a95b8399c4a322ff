public import VedetteEvent
public import VedetteFindings

/// An entity that takes part in what a rule speaks of, and when.
public struct Involvement: Sendable, Hashable {
  /// Who.
  public let entity: EntityKey
  /// The ``EntityKey/shortHash`` of ``entity``.
  public let hash: UInt32
  /// Whether it acts, and is not only acted upon.
  public let isActing: Bool
  /// The first event.
  public let from: EventTime
  /// The last event so far.
  public let until: EventTime
}

extension RuleCorrelator {
  /// Takes the findings that are new or have changed since they were last taken.
  ///
  /// - Returns: Findings and merges, in a stable order.
  public mutating func takeFindings() -> [FindingChange] {
    var changes = readyChanges
    readyChanges = []
    earlierReadyCount = 0
    for address in dirty { publish(address, into: &changes) }
    dirty.removeAll(keepingCapacity: true)
    return changes
  }

  mutating func publish(_ address: GroupAddress, into changes: inout [FindingChange]) {
    let state = tables[address.plan].states[address.place]
    guard state.isUsed, state.isDirty else { return }
    guard !descriptors[plans[address.plan].rule].isSilent else {
      tables[address.plan].update(address.place) { $0.note(published: []) }
      return
    }
    let key = tables[address.plan].keys[address.place]
    let settled = state.settledIDs
    let findings = state.episodes.dropFirst(settled.count).map {
      finding($0, plan: address.plan, key: key)
    }
    let ids = settled + findings.map(\.id)
    for old in state.published where !ids.contains(old) {
      guard let heir = ids.last else { continue }
      changes.append(.merged(old, into: heir))
    }
    changes.append(contentsOf: findings.map(FindingChange.upsert))
    tables[address.plan].update(address.place) { $0.note(published: Array(ids)) }
  }

  /// Says who took part in what correlations and rules speak of that the last batch added to.
  ///
  /// - Parameters:
  ///   - severity: Rules of lower levels are left out.
  ///   - body: Called with each entity, with the time from the first to the last event.
  public mutating func forEachInvolvement(
    atLeast severity: Severity,
    _ body: (Involvement) -> Void
  ) {
    for plan in plans.indices where !touched[plan].isEmpty {
      let descriptor = descriptors[plans[plan].rule]
      guard !descriptor.isSilent, descriptor.reference.level >= severity else { continue }
      for place in touched[plan] {
        tables[plan].update(place) { state in
          state.forEachInvolvement(body)
        }
      }
    }
    for case .upsert(let finding) in readyChanges[earlierReadyCount...]
    where finding.severity >= severity {
      for entity in finding.entities {
        body(
          Involvement(
            entity: entity.key,
            hash: entity.key.shortHash,
            isActing: entity.isActing,
            from: finding.time,
            until: max(finding.time, finding.lastTime)
          )
        )
      }
    }
  }

  /// A match that came too late for its group is a finding by itself.
  func lateFinding(_ item: CorrelationItem, plan: Int) -> Finding {
    var episode = Episode(founder: item.event, heldFrom: item.event.time)
    episode.add(item)
    return finding(episode, plan: plan, key: group(of: item, plan: plan) ?? "")
  }

  func finding(_ episode: Episode, plan index: Int, key: String) -> Finding {
    let plan = plans[index]
    let descriptor = descriptors[plan.rule]
    let start = EventTime(nanosecondsSinceEpoch: episode.founder.time)
    let level = descriptor.reference.level
    var finding = Finding(
      id: identifier.id(
        of: [plan.detector.rawValue, descriptor.reference.id, key, start.description],
        raw: episode.founder.raw
      ),
      time: start,
      lastTime: EventTime(nanosecondsSinceEpoch: episode.lastTime),
      detectedTime: EventTime(nanosecondsSinceEpoch: episode.heldFrom),
      detector: plan.detector,
      title: descriptor.reference.title,
      rule: descriptor.reference,
      severity: level,
      score: level.findingScore,
      entities: episode.entities.sorted {
        ($0.role.order, $0.type.rawValue, $0.value) < ($1.role.order, $1.type.rawValue, $1.value)
      },
      techniques: descriptor.techniques,
      tactics: descriptor.tactics,
      sources: episode.sources.sorted(),
      count: episode.count,
      basis: episode.counts.map {
        FindingBasis(
          name: descriptors[$0.rule].reference.id,
          count: $0.count,
          fingerprint: $0.fingerprint
        )
      },
      evidence: [],
      explanation: explanation(episode, plan: plan, level: level)
    )
    finding.show(episode.shown)
    return finding
  }

  private func explanation(
    _ episode: Episode,
    plan: PreparedPlan,
    level: Severity
  ) -> Explanation {
    let count = episode.count
    let span = DurationText.of(
      nanoseconds: episode.lastTime.subtractingHeld(episode.founder.time)
    )
    let events = count == 1 ? "1 event" : "\(count) events in \(span)"
    let bound = plan.bounds.first?.value
    let window = DurationText.of(nanoseconds: plan.timespanNanoseconds)
    let summary: String
    switch plan.kind {
    case .eventCount where plan.detector == .rule: summary = events
    case .eventCount: summary = "\(events); \(number(bound)) in \(window) are enough"
    case .valueCount(let fields):
      let what = fields.map(CorrelationPlan.shownName).joined(separator: ", ")
      summary =
        "\(events) with \(number(episode.peak)) values of \(what); \(number(bound)) in \(window) are enough"
    case .temporal: summary = "\(events): all of its rules within \(window)"
    case .temporalWhere: summary = "\(events): its condition holds within \(window)"
    case .absence:
      let waits = count == 1 ? "1 event" : "\(count) events"
      summary = "what was expected did not come within \(window) of \(waits)"
    case .temporalOrdered: summary = "\(events): all of its rules in order within \(window)"
    case .valueSum(let field), .valueAverage(let field), .valuePercentile(let field, _):
      summary =
        "\(events) with \(CorrelationPlan.shownName(field)) at \(number(episode.peak)); the bound is \(number(bound)) in \(window)"
    }
    let condition = ExplanationTerm(
      feature: plan.featureName,
      observed: plan.detector == .rule ? Double(count) : episode.peak,
      expected: bound,
      contribution: Double(level.findingScore),
      bound: plan.detector == .rule ? nil : plan.passingBound
    )
    return Explanation(summary: summary, terms: [condition] + shownValues(episode, plan))
  }

  /// What the fields that a rule compares had as values in the first event.
  private func shownValues(_ episode: Episode, _ plan: PreparedPlan) -> [ExplanationTerm] {
    guard plan.detector == .rule else { return [] }
    return shownFields[plan.rule].compactMap { field in
      guard let value = episode.founder.field(field.number), !value.isEmpty else { return nil }
      let isCut = value.count > Self.shownValueMax
      return ExplanationTerm(
        feature: field.name,
        observed: 1,
        contribution: 0,
        value: isCut ? value.prefix(Self.shownValueMax) + "…" : value
      )
    }
  }

  private static let shownValueMax = 160

  private func number(_ value: Double?) -> String {
    guard let value else { return "any" }
    return value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
  }
}

extension PreparedPlan {
  /// The largest count that would have passed, or `nil` if no bound alone says.
  fileprivate var passingBound: Double? {
    guard bounds.count == 1, let bound = bounds.first else { return nil }
    let isCount =
      switch kind {
      case .eventCount, .valueCount: true
      default: false
      }
    return switch bound.comparison {
    case .atLeast where isCount: bound.value.rounded(.up) - 1
    case .moreThan: bound.value
    default: nil
    }
  }

  /// What the condition is about.
  fileprivate var featureName: String {
    switch kind {
    case .eventCount: "event_count"
    case .valueCount: "value_count"
    case .temporal: "temporal"
    case .temporalWhere: "temporal"
    case .absence: "absence"
    case .temporalOrdered: "temporal_ordered"
    case .valueSum: "value_sum"
    case .valueAverage: "value_avg"
    case .valuePercentile: "value_percentile"
    }
  }
}

extension Severity {
  /// The score of a finding whose rule has this level: the middle of the band, 0 to 100.
  var findingScore: Int {
    switch self {
    case .informational: 10
    case .low: 30
    case .medium: 52
    case .high: 75
    case .critical: 92
    }
  }
}

extension EntityRole {
  /// Actors first.
  var order: Int {
    switch self {
    case .actor: 0
    case .source: 1
    case .target: 2
    case .model: 3
    }
  }
}

/// A stretch of time in words.
enum DurationText {
  /// Returns `45 s`, `10 min 14 s`, `3 h 12 min` or `2 d 4 h`.
  static func of(nanoseconds: Int64) -> String {
    let seconds = max(0, nanoseconds / 1_000_000_000)
    let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24)
    let (minutes, rest) = (seconds / 60 % 60, seconds % 60)
    if days > 0 { return hours > 0 ? "\(days) d \(hours) h" : "\(days) d" }
    if hours > 0 { return minutes > 0 ? "\(hours) h \(minutes) min" : "\(hours) h" }
    if minutes > 0 { return rest > 0 ? "\(minutes) min \(rest) s" : "\(minutes) min" }
    return "\(rest) s"
  }
}
