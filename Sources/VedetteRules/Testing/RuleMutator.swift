import VedetteFindings

/// A rule from which one condition was taken away.
public struct RuleMutation: Sendable {
  /// What was taken away: `search 'selection' without CommandLine|contains`.
  public var description: String
  /// The rules, with the changed one in its place.
  public var rules: RuleSet
}

/// Takes conditions away from rules, one at a time.
///
/// Whatever must hold beside something else can be taken away: a line of a mapping, an operand of
/// `and`, a value under `all`, a correlation's threshold or order. If no sample of the rule notices,
/// a sample is missing, or the condition is not needed.
public enum RuleMutator {
  /// Returns every mutation of a rule.
  ///
  /// - Parameters:
  ///   - index: The rule's index.
  ///   - rules: Its set.
  /// - Returns: The mutations; the rule has the same index in each.
  public static func mutations(of index: Int, in rules: RuleSet) -> [RuleMutation] {
    let changed: [(String, RuleSet.Entry)] =
      switch rules.entries[index] {
      case .rule(let rule):
        detections(rule.detection).map { description, detection in
          var rule = rule
          rule.detection = detection
          return (description, .rule(rule))
        }
      case .correlation(let correlation):
        correlations(correlation).map { ($0, .correlation($1)) }
      }
    return changed.map { description, entry in
      RuleMutation(description: description, rules: rules.replacing(index, with: entry))
    }
  }

  private static func detections(_ detection: Detection) -> [(String, Detection)] {
    var mutations: [(String, Detection)] = []
    for (number, named) in detection.searches.enumerated() {
      for (removed, search) in searches(named.search) {
        var mutated = detection
        mutated.searches[number].search = search
        mutations.append(("search '\(named.name)' without \(removed)", mutated))
      }
    }
    for (number, condition) in detection.conditions.enumerated() {
      for (removed, condition) in conditions(condition, detection) {
        var mutated = detection
        mutated.conditions[number] = condition
        mutations.append(("condition without '\(removed)'", mutated))
      }
    }
    return mutations
  }

  private static func searches(_ search: Search) -> [(String, Search)] {
    switch search {
    case .all(let parts):
      return removals(parts).map { ($0.removed.label, .all($0.rest)) }
        + changes(parts, searches).map { ($0, .all($1)) }
    case .any(let parts): return changes(parts, searches).map { ($0, .any($1)) }
    case .item(let item):
      guard item.requiresAll, item.values.count > 1 else { return [] }
      return item.values.indices.map { index in
        var only = item
        only.values = [item.values[index]]
        var mutated = item
        mutated.values.remove(at: index)
        return ("'\(only.valuesText(1, 60))' of \(item.key)", .item(mutated))
      }
    }
  }

  private static func conditions(
    _ condition: Condition,
    _ detection: Detection
  ) -> [(String, Condition)] {
    func inner(_ part: Condition) -> [(String, Condition)] { conditions(part, detection) }
    switch condition {
    case .search, .some(_, requiresAll: false): return []
    case .some(let selector, requiresAll: true):
      let names = detection.searches(selector).map { Condition.search($0.name) }
      return removals(names).map { ($0.removed.label, .and($0.rest)) }
    case .not(let part): return inner(part).map { ($0, .not($1)) }
    case .and(let parts):
      return removals(parts).map { ($0.removed.label, .and($0.rest)) }
        + changes(parts, inner).map { ($0, .and($1)) }
    case .or(let parts): return changes(parts, inner).map { ($0, .or($1)) }
    }
  }

  /// Each part with the others, if there are others.
  private static func removals<Part>(_ parts: [Part]) -> [(removed: Part, rest: [Part])] {
    guard parts.count > 1 else { return [] }
    return parts.indices.map { index in
      var rest = parts
      return (rest.remove(at: index), rest)
    }
  }

  /// The parts with one of them changed, in each way.
  private static func changes<Part>(
    _ parts: [Part],
    _ change: (Part) -> [(String, Part)]
  ) -> [(String, [Part])] {
    parts.indices.flatMap { index in
      change(parts[index]).map { description, part in
        var changed = parts
        changed[index] = part
        return (description, changed)
      }
    }
  }

  private static func correlations(
    _ correlation: CorrelationRule
  ) -> [(String, CorrelationRule)] {
    var mutations: [(String, CorrelationRule)] = []
    for (index, bound) in correlation.bounds.enumerated() {
      let one = CorrelationPlan.Bound(.atLeast, 1)
      guard bound != one else { continue }
      var mutated = correlation
      mutated.bounds[index] = one
      mutations.append(("'\(bound.comparison.rawValue): \(bound.value)' as 'gte: 1'", mutated))
    }
    if correlation.kind == .temporalOrdered {
      var mutated = correlation
      mutated.kind = .temporal
      mutations.append(("rules in any order", mutated))
    }
    return mutations
  }
}

extension Search {
  fileprivate var label: String {
    switch self {
    case .item(let item): item.key
    case .all(let parts), .any(let parts): parts.map(\.label).joined(separator: ", ")
    }
  }
}

extension Condition {
  /// The condition as a rule writes it.
  var label: String {
    switch self {
    case .search(let name): name
    case .some(.named(let name), let requiresAll): (requiresAll ? "all of " : "1 of ") + name
    case .some(.them, let requiresAll): (requiresAll ? "all" : "1") + " of them"
    case .not(let inner): "not " + inner.enclosedLabel
    case .and(let parts): parts.map(\.enclosedLabel).joined(separator: " and ")
    case .or(let parts): parts.map(\.enclosedLabel).joined(separator: " or ")
    }
  }

  private var enclosedLabel: String {
    switch self {
    case .and, .or: "(\(label))"
    default: label
    }
  }
}

extension RuleSet {
  /// Returns the set with one rule changed.
  fileprivate func replacing(_ index: Int, with entry: Entry) -> RuleSet {
    RuleSet(
      entries.indices.map { position -> RuleDocument in
        switch position == index ? entry : entries[position] {
        case .rule(let rule): .rule(rule)
        case .correlation(let correlation): .correlation(correlation)
        }
      },
      errors: errors,
      routing: routing
    )
  }
}
