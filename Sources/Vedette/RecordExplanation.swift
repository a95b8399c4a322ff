public import VedetteColumns
public import VedetteEvent
public import VedetteFindings
public import VedetteRules

/// The way of one event through rules and grouping.
public struct RecordExplanation {
  /// The rules that look at events of its log source and hold, each with its conditions.
  public let matches: [RuleExplanation]
  /// Those that look at it and do not hold; asked for only.
  public let misses: [RuleExplanation]
  /// How many rules look at events of its log source.
  public let routedCount: Int
  /// Who takes part, and in which role.
  public let entities: [Entity]
  /// The correlations that its matches count in.
  public let correlations: [RuleReference]

  /// Explains an event.
  ///
  /// - Parameters:
  ///   - batch: Its batch.
  ///   - row: Its row.
  ///   - rules: The rules.
  ///   - keepsMisses: Whether rules that do not hold are kept too.
  public init(_ batch: EventBatch, row: Int, rules: RuleSet, keepsMisses: Bool) {
    let all = MatchExplainer(rules).explain(batch: batch, row: row)
    let held = all.filter(\.isTrue)
    matches = held
    misses = keepsMisses ? all.filter { !$0.isTrue } : []
    routedCount = all.count
    entities = EntityExtractor(batch).entities(row)
    let indices = Set(held.map(\.rule))
    correlations = rules.plans.filter { !indices.isDisjoint(with: $0.inputs) }
      .map { rules.descriptors[$0.rule].reference }
  }
}
