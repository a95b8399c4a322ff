import VedetteEvent
import VedetteFindings
import Glibc

/// A finding with what decides between two sources that say the same of an entity.
struct Statement: Sendable {
  var finding: Finding
  /// When the window it is about ends.
  var end: Int64
}

extension SourceContext {
  /// States that a metric of a window is far above what is usual.
  func statement(
    _ metric: ActivityMetric,
    _ window: ActivityWindow,
    of entity: EntityActivity
  ) -> Statement? {
    guard let usual = entity.usual(metric, window.width, before: window.start, self) else {
      return nil
    }
    let position = metric.position(of: window.sums[metric])
    let points = usual.points(at: position, metric)
    let amount = metric.amount(of: window.sums[metric])
    let expected = metric.amount(at: usual.mean)
    var terms = [
      ExplanationTerm(
        feature: metric.name,
        observed: amount,
        expected: expected,
        scale: metric.amount(ofSpread: usual.spread, around: usual.mean),
        contribution: Double(points.deviation)
      ),
      ExplanationTerm(
        feature: "\(metric.name)_highest_before",
        observed: amount,
        expected: metric.amount(at: usual.peak),
        contribution: Double(points.excess)
      ),
    ]
    if points.over > 0 {
      let feature = usual.isQuietFirstDay ? "first_day_limit" : "behaviour_limit"
      let limit = Double(points.score)
      terms.append(
        ExplanationTerm(feature: feature, observed: limit, contribution: -Double(points.over))
      )
    }
    let summary =
      "\(metric.words(amount)) in \(window.width.words), usually \(metric.words(expected)), "
      + "at most \(metric.words(metric.amount(at: usual.peak))) before"
    let shown = metric == .failures ? window.failures : window.events
    let start = EventTime(nanosecondsSinceEpoch: window.start).description
    return Statement(
      finding: finding(
        .baseline,
        id: [metric.name, window.width.words, start],
        entity: entity.key,
        title: "Unusual \(metric.noun) of \(entity.key.type.words)",
        score: points.score,
        time: shown.events.first?.time ?? window.first,
        lastTime: window.last,
        detected: window.time(metric, reached: usual.leastSum(metric)),
        count: window.sums[metric == .failures ? .failures : .events],
        shown.events,
        Explanation(summary: summary, terms: terms)
      ),
      end: window.end
    )
  }

  /// States that a window as a whole is unlike those of the entity's kind.
  func statement(
    _ verdict: WindowOutliers.Verdict,
    _ window: ActivityWindow,
    of key: EntityKey
  ) -> Statement {
    let ranked = WindowFeature.allCases.filter { verdict.contributions[$0.rawValue] != 0 }
      .sorted {
        (verdict.contributions[$1.rawValue], $0.rawValue)
          < (verdict.contributions[$0.rawValue], $1.rawValue)
      }
    let terms = ranked.map { feature in
      let mean = verdict.means[feature.rawValue]
      let spread = verdict.spreads[feature.rawValue]
      return ExplanationTerm(
        feature: feature.name,
        observed: feature.amount(at: Double(verdict.features[feature.rawValue])),
        expected: feature.amount(at: mean),
        scale: feature.amount(ofSpread: spread, around: mean),
        contribution: Double(verdict.contributions[feature.rawValue])
      )
    }
    let causes = ranked.prefix(3).map(\.noun).joined(separator: ", ")
    let start = EventTime(nanosecondsSinceEpoch: window.start).description
    return Statement(
      finding: finding(
        .outlier,
        id: [start],
        entity: key,
        title: "Unusual mix of activity of \(key.type.words)",
        score: verdict.score,
        time: window.first,
        lastTime: window.last,
        detected: window.last,
        count: window.sums[.events],
        window.events.events,
        Explanation(
          summary: "10 minutes unlike those of others of its kind: \(causes)",
          terms: terms
        )
      ),
      end: window.end
    )
  }

  /// States that an entity was seen with a value for the first time.
  func statement(_ news: NewValue, of key: EntityKey) -> Statement {
    let share = (Double(news.valuesBefore) + 1) / (Double(news.eventsBefore) + 2)
    // A first value of its kind says more about the log than about the entity.
    let most = news.valuesBefore == 0 ? 19 : 39
    let score = min(most, Int(-5 * log(share)))
    let term = ExplanationTerm(
      feature: news.attribute.name,
      observed: 1,
      expected: share,
      contribution: Double(score),
      value: news.value
    )
    let summary =
      "first event with the \(news.attribute.noun) \(news.value), after "
      + "\(news.eventsBefore) events with \(news.valuesBefore) others"
    let time = news.event.time
    var entities = news.entities
    let own = Entity(type: key.type, value: key.value, role: key.type.role)
    if !entities.contains(where: { $0.key == key }) { entities.insert(own, at: 0) }
    var finding = finding(
      .newValue,
      id: [
        news.attribute.name, news.value, EventTime(nanosecondsSinceEpoch: time).description,
      ],
      entity: key,
      title: "New \(news.attribute.noun) for \(key.type.words)",
      score: score,
      time: time,
      lastTime: time,
      detected: time,
      count: 1,
      [news.event],
      Explanation(summary: summary, terms: [term])
    )
    finding.entities = entities
    return Statement(finding: finding, end: time)
  }

  private func finding(
    _ detector: DetectorKind,
    id: [String],
    entity: EntityKey,
    title: String,
    score: Int,
    time: Int64,
    lastTime: Int64,
    detected: Int64,
    count: UInt64,
    _ shown: [WindowEvidence],
    _ explanation: Explanation
  ) -> Finding {
    Finding(
      id: identifier.id(of: [detector.rawValue, entity.description] + id),
      time: EventTime(nanosecondsSinceEpoch: time),
      lastTime: EventTime(nanosecondsSinceEpoch: lastTime),
      detectedTime: EventTime(nanosecondsSinceEpoch: detected),
      detector: detector,
      title: title,
      rule: nil,
      severity: Severity(risk: score),
      score: score,
      entities: [Entity(type: entity.type, value: entity.value, role: entity.type.role)],
      techniques: [],
      tactics: [],
      sources: [source],
      count: Int(clamping: count),
      evidence: shown.map(\.evidence),
      explanation: explanation
    )
  }
}

extension EntityType {
  /// The kind in words, for a title.
  var words: String {
    switch self {
    case .ip: "an address"
    case .user: "a user"
    case .host: "a host"
    case .apiKey: "an API key"
    case .accessKey: "an access key"
    case .principal, .tenant, .team, .model, .service: "a \(rawValue)"
    }
  }

  /// What such an entity does in a finding about itself.
  fileprivate var role: EntityRole {
    switch self {
    case .host: .target
    case .model: .model
    default: .actor
    }
  }
}
