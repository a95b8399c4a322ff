public import VedetteColumns
import VedetteEvent

/// Explains why rules do or do not hold for an event.
///
/// It evaluates the plain way, part by part, and so is not for many events.
public struct MatchExplainer: Sendable {
  private static let valuesMax = 5
  private static let valueLengthMax = 80

  private let rules: RuleSet

  /// Creates an explainer.
  ///
  /// - Parameter rules: The rules.
  public init(_ rules: RuleSet) { self.rules = rules }

  /// Explains a rule.
  ///
  /// - Parameters:
  ///   - rule: The rule's index.
  ///   - batch: The batch.
  ///   - row: The event's row.
  /// - Returns: The explanation, or `nil` for a correlation, which looks at no event by itself.
  public func explain(rule: Int, batch: EventBatch, row: Int) -> RuleExplanation? {
    guard rules.entries.indices.contains(rule), case .rule(let written) = rules.entries[rule]
    else { return nil }
    let evaluator = ReferenceEvaluator(batch: batch, row: row, routing: rules.routing)
    let routes = evaluator.routes(written)
    // The route by which the rule holds, else the first one that the event takes.
    let route = routes.first { evaluator.holds(written.expression, $0.fieldMap) } ?? routes.first
    let tracer = Tracer(evaluator: evaluator, map: route?.fieldMap ?? [:], rule: written)
    let trace = tracer.trace(isRouted: route != nil)
    return RuleExplanation(
      rule: rule,
      metadata: written.metadata,
      isRouted: route != nil,
      isTrue: trace.allSatisfy(\.isTrue),
      trace: trace
    )
  }

  /// Explains every rule that looks at events like this one.
  ///
  /// - Parameters:
  ///   - batch: The batch.
  ///   - row: The event's row.
  /// - Returns: The explanations, in the order of rules.
  public func explain(batch: EventBatch, row: Int) -> [RuleExplanation] {
    rules.entries.indices.compactMap { explain(rule: $0, batch: batch, row: row) }
      .filter(\.isRouted)
  }

  /// Walks one rule.
  private struct Tracer {
    let evaluator: ReferenceEvaluator
    let map: [String: String]
    let rule: Rule

    func trace(isRouted: Bool) -> [ConditionTrace] {
      var parts = [
        ConditionTrace(kind: .logSource, label: "\(rule.logSource)", isTrue: isRouted)
      ]
      let conditions = rule.detection.conditions.map(trace)
      parts.append(
        conditions.count == 1 ? conditions[0] : joined(.or, "one of the conditions", conditions)
      )
      for filter in rule.filters { parts.append(trace(filter)) }
      return parts
    }

    private func joined(
      _ kind: ConditionTrace.Kind,
      _ label: String,
      _ parts: [ConditionTrace]
    ) -> ConditionTrace {
      let isTrue =
        switch kind {
        case .or: parts.contains(where: \.isTrue)
        case .not: !parts.allSatisfy(\.isTrue)
        default: parts.allSatisfy(\.isTrue)
        }
      return ConditionTrace(kind: kind, label: label, isTrue: isTrue, parts: parts)
    }

    private func trace(_ condition: Condition) -> ConditionTrace {
      switch condition {
      case .search(let name):
        let parts = rule.detection.search(name).map { [trace(Expression($0))] } ?? []
        return joined(.search, name, parts)
      case .some(let selector, let requiresAll):
        let parts = rule.detection.searches(selector).map { trace(.search($0.name)) }
        let pattern = if case .named(let name) = selector { name } else { "them" }
        return joined(requiresAll ? .and : .or, "\(requiresAll ? "all" : "1") of \(pattern)", parts)
      case .not(let inner): return joined(.not, "not", [trace(inner)])
      case .and(let parts): return joined(.and, "and", parts.map(trace))
      case .or(let parts): return joined(.or, "or", parts.map(trace))
      }
    }

    private func trace(_ expression: Expression) -> ConditionTrace {
      switch expression {
      case .item(let item): trace(item)
      case .not(let inner): joined(.not, "not", [trace(inner)])
      case .and(let parts): joined(.and, "and", parts.map(trace))
      case .or(let parts): joined(.or, "or", parts.map(trace))
      }
    }

    private func trace(_ item: DetectionItem) -> ConditionTrace {
      let observed = item.field.map { evaluator.elements(map[$0] ?? $0) }
      return ConditionTrace(
        kind: .item,
        label: "\(item.key): \(item.valuesText(valuesMax, valueLengthMax))",
        isTrue: evaluator.holds(item, map),
        observed: observed ?? evaluator.batch.schema.names.flatMap(seen)
      )
    }

    /// Of keywords the fields that have something to say are many: only those with values.
    private func seen(_ name: String) -> [String] {
      name.hasPrefix("_") ? [] : evaluator.elements(name)
    }
  }
}

extension DetectionItem {
  /// The values as a rule writes them, the first few.
  ///
  /// - Parameters:
  ///   - countMax: How many to show.
  ///   - lengthMax: How much to show of each.
  /// - Returns: The values, parted by commas.
  func valuesText(_ countMax: Int, _ lengthMax: Int) -> String {
    let shown = values.prefix(countMax).map { value in
      let text = value.first.map(\.shownText) ?? ""
      return text.count > lengthMax ? text.prefix(lengthMax) + "…" : text
    }
    let rest = values.count - shown.count
    return shown.joined(separator: requiresAll ? " and " : ", ")
      + (rest > 0 ? " and \(rest) more" : "")
  }
}

extension ValueTest {
  /// The value as a rule writes it, without what modifiers added.
  fileprivate var shownText: String {
    switch self {
    case .text(let pattern, _): pattern.pieces.isEmpty ? "''" : pattern.description
    case .regex(let regex): regex.pattern
    case .network(let network): network.description
    case .number(_, let bound), .timePart(_, _, let bound):
      bound == bound.rounded() && abs(bound) < 1e15 ? String(Int64(bound)) : String(bound)
    case .null: "null"
    case .exists(let isWanted): String(isWanted)
    case .field(let reference): reference.field
    }
  }
}
