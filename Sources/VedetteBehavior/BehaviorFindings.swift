import VedetteEvent
import VedetteFindings

/// A finding with what decides between two sources that say the same of an entity.
struct Statement: Sendable, Equatable {
  var finding: Finding
  /// When the window it is about ends.
  var end: Int64
  /// Whether it is within the budget: else it waits for a rule to speak against its entity.
  var isFinding: Bool
  /// The entity that it is about.
  var key: EntityKey
  /// When the window it is about starts.
  var start: Int64
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
    let limits = limits(at: window.start)
    let sum = window.sums[metric]
    let kind = metric.scoreKind
    let leastFinding = usual.leastSum(
      metric,
      level: limits.leastLevel(metric, window.width),
      limits
    )
    let leastStated = usual.leastSum(metric, level: limits.leastStated(kind), limits)
    guard sum >= leastStated, leastStated < .max else { return nil }
    let isFinding = sum >= leastFinding && leastFinding < .max
    let reached = isFinding ? leastFinding : leastStated
    let points = usual.points(at: metric.position(of: sum), metric, limits)
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
        detected: window.time(metric, reached: reached),
        count: window.sums[metric == .failures ? .failures : .events],
        shown.events,
        explanation(metric, window, usual, points, bound: reached - 1)
      ),
      end: window.end,
      isFinding: isFinding,
      key: entity.key,
      start: window.start
    )
  }

  private func explanation(
    _ metric: ActivityMetric,
    _ window: ActivityWindow,
    _ usual: UsualAmount,
    _ points: UsualAmount.Points,
    bound: UInt64
  ) -> Explanation {
    let amount = metric.amount(of: window.sums[metric])
    let expected = metric.amount(at: usual.mean)
    var terms = [
      ExplanationTerm(
        feature: metric.name,
        observed: amount,
        expected: expected,
        scale: metric.amount(ofSpread: usual.spread, around: usual.mean),
        contribution: Double(points.deviation),
        bound: metric.amount(of: bound)
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
    let nearest = usual.highest.map { highest in
      [
        ExplanationFact(
          name: "at",
          value: EventTime(nanosecondsSinceEpoch: highest.start).description
        ),
        ExplanationFact(
          name: metric.name,
          value: metric.figure(metric.amount(at: highest.position))
        ),
      ]
    }
    return Explanation(
      summary: "\(metric.words(amount)) in \(window.width.words), usually "
        + "\(metric.words(expected)), at most \(metric.words(metric.amount(at: usual.peak))) before",
      terms: terms,
      nearestNormal: nearest ?? []
    )
  }

  /// States that a window as a whole is unlike those of the entity's kind.
  ///
  /// - Parameters:
  ///   - verdict: What the forest says.
  ///   - window: The window.
  ///   - key: Its entity.
  ///   - points: The score.
  ///   - isFinding: Whether it is within the budget.
  ///   - passing: For each feature what would have passed, on its scale, or `nil`.
  /// - Returns: The statement.
  func statement(
    _ verdict: WindowOutliers.Verdict,
    _ window: ActivityWindow,
    of key: EntityKey,
    points: Int,
    isFinding: Bool,
    passing: [Double?]
  ) -> Statement {
    let contributions = WindowOutliers.apportion(points, verdict.parts)
    let ranked = WindowFeature.allCases.filter { contributions[$0.rawValue] != 0 }
      .sorted {
        (contributions[$1.rawValue], $0.rawValue) < (contributions[$0.rawValue], $1.rawValue)
      }
    let terms = ranked.map { feature in
      let mean = verdict.means[feature.rawValue]
      let spread = verdict.spreads[feature.rawValue]
      return ExplanationTerm(
        feature: feature.name,
        observed: feature.amount(at: Double(verdict.features[feature.rawValue])),
        expected: feature.amount(at: mean),
        scale: feature.amount(ofSpread: spread, around: mean),
        contribution: Double(contributions[feature.rawValue]),
        bound: passing[feature.rawValue].map(feature.amount(at:))
      )
    }
    let causes = ranked.prefix(3).map(\.noun).joined(separator: ", ")
    let alone = terms.contains { $0.bound != nil }
    let start = EventTime(nanosecondsSinceEpoch: window.start).description
    return Statement(
      finding: finding(
        .outlier,
        id: [start],
        entity: key,
        title: "Unusual mix of activity of \(key.type.words)",
        score: points,
        time: window.first,
        lastTime: window.last,
        detected: window.last,
        count: window.sums[.events],
        window.events.events,
        Explanation(
          summary: "10 minutes unlike those of others of its kind: \(causes)"
            + (alone ? "" : "; no single one of them at a usual value would have passed"),
          terms: terms,
          nearestNormal: WindowFeature.allCases.map { feature in
            let position = Double(verdict.nearest[feature.rawValue])
            return ExplanationFact(
              name: feature.name,
              value: feature.figure(feature.amount(at: position))
            )
          }
        )
      ),
      end: window.end,
      isFinding: isFinding,
      key: key,
      start: window.start
    )
  }

  /// States that an entity was seen with a value for the first time.
  ///
  /// - Parameters:
  ///   - news: The value.
  ///   - others: Who else has it.
  ///   - key: The entity.
  /// - Returns: The statement.
  func statement(_ news: NewValue, _ others: Peerage, of key: EntityKey) -> Statement {
    let limits = limits(at: news.event.time)
    let surprise = news.surprise(among: others)
    // A first value of its kind says more about the log than about the entity.
    let most = news.valuesBefore == 0 ? 19 : 39
    let calibrated = limits.points(.news, surprise)
    let score = min(most, calibrated ?? Int(5 * surprise))
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
      explanation(news, others, score: score)
    )
    finding.entities = entities
    return Statement(
      finding: finding,
      end: time,
      isFinding: surprise >= limits.least[ScoreKind.news.rawValue],
      key: key,
      start: time
    )
  }

  /// Says what its own history, its peers and the organisation add to the score, and who of them is
  /// still too few or too young to say anything.
  private func explanation(_ news: NewValue, _ others: Peerage, score: Int) -> Explanation {
    let scopes = [
      ("peers", others.peers, Peerage.peersMin, others.peersPoints),
      ("organisation", others.organisation, Peerage.organisationMin, others.organisationPoints),
    ]
    let points = WindowOutliers.apportion(score, [news.surprise] + scopes.map(\.3))
    var terms = [
      ExplanationTerm(
        feature: news.attribute.name,
        observed: 1,
        expected: news.share,
        contribution: Double(points[0]),
        bound: 0,
        value: news.value
      )
    ]
    for (index, scope) in scopes.enumerated() where scope.1.others >= scope.2 {
      terms.append(
        ExplanationTerm(
          feature: "\(news.attribute.name)_in_\(scope.0)",
          observed: Double(scope.1.having),
          expected: Double(scope.1.others),
          contribution: Double(points[index + 1])
        )
      )
    }
    let facts = scopes.map { name, company, least, _ in
      let state =
        company.others < least
        ? "\(company.others) of \(least) others known: not scoring yet"
        : "\(company.having) of \(company.others) others had it"
      return ExplanationFact(name: name, value: state)
    }
    return Explanation(
      summary: "first event with the \(news.attribute.noun) \(news.value), after "
        + "\(news.eventsBefore) events with \(news.valuesBefore) others",
      terms: terms,
      nearestNormal: facts
    )
  }

  func finding(
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
