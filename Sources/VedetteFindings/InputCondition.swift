/// What must be true of the rules that a temporal correlation looks at: `a and (b or not c)`.
public indirect enum InputCondition: Sendable, Hashable {
  /// The rule at this place of the correlation's inputs has matched.
  case input(Int)
  /// It is not so.
  case not(InputCondition)
  /// Everything is so.
  case and([InputCondition])
  /// Something is so.
  case or([InputCondition])

  /// Evaluates the condition.
  ///
  /// - Parameter hasMatched: Whether the rule at a place has matched.
  /// - Returns: Whether the condition holds.
  public func holds(_ hasMatched: (Int) -> Bool) -> Bool {
    switch self {
    case .input(let index): hasMatched(index)
    case .not(let inner): !inner.holds(hasMatched)
    case .and(let parts): parts.allSatisfy { $0.holds(hasMatched) }
    case .or(let parts): parts.contains { $0.holds(hasMatched) }
    }
  }

  /// Whether one more match can't make it untrue: it has no `not`.
  public var isMonotone: Bool {
    switch self {
    case .input: true
    case .not: false
    case .and(let parts), .or(let parts): parts.allSatisfy(\.isMonotone)
    }
  }
}

extension CorrelationPlan {
  /// What stands between the names of one field, of which the first that an event has counts.
  public static let nameSeparator = "\u{1f}"

  /// The fields whose values are counted or added up.
  package var valueFields: [String] {
    switch kind {
    case .valueCount(let fields): fields
    case .valueSum(let field), .valueAverage(let field), .valuePercentile(let field, _): [field]
    case .eventCount, .temporal, .temporalOrdered, .temporalWhere, .absence: []
    }
  }

  /// Returns the name by which a person knows a field.
  ///
  /// - Parameter field: The field, as a plan has it.
  /// - Returns: The name that the rule has.
  public static func shownName(_ field: String) -> String {
    field.split(separator: nameSeparator).first.map(String.init) ?? field
  }

  /// Whether a late event can make untrue what was true.
  ///
  /// It can with a mean, a percentile, "fewer than", `not`, and the absence of an event. Such a
  /// correlation speaks when the watermark has passed.
  public var isDeferred: Bool {
    switch kind {
    case .absence, .valueAverage, .valuePercentile: return true
    case .temporalWhere(let condition): return !condition.isMonotone
    case .temporal, .temporalOrdered: return false
    case .eventCount, .valueCount, .valueSum:
      return bounds.contains { $0.comparison != .atLeast && $0.comparison != .moreThan }
    }
  }
}
