import VedetteEvent
import VedetteFindings

/// Looks up what correlations name and puts them in an order in which each can run.
struct CorrelationResolver {
  /// Names of a circle that are shown, and steps after which nobody looks for its end.
  private static let shownNamesMax = 8
  private static let circleStepsMax = 64
  private let entries: [RuleSet.Entry]
  private var nearest: LimitedNearestName
  private var indices: [String: Int] = [:]

  init(_ entries: [RuleSet.Entry]) {
    self.entries = entries
    for (index, entry) in entries.enumerated() {
      indices[entry.metadata.id] = index
      if let name = entry.metadata.name { indices[name] = index }
    }
    nearest = LimitedNearestName(indices.keys)
  }

  /// Resolves every correlation.
  ///
  /// - Returns: The plans, each after those it rests on; the indices of entries that can't be used;
  ///   and what is wrong with them.
  mutating func resolve() -> (plans: [CorrelationPlan], rejected: Set<Int>, errors: [RuleError]) {
    var plans: [Int: CorrelationPlan] = [:]
    var rejected: Set<Int> = []
    var errors: [RuleError] = []
    for (index, entry) in entries.enumerated() {
      guard case .correlation(let correlation) = entry else { continue }
      do {
        plans[index] = try plan(correlation, index)
      } catch {
        errors.append(error)
        rejected.insert(index)
      }
    }
    var dependents: [Int: [Int]] = [:]
    var waitCounts: [Int: Int] = [:]
    for index in plans.keys.sorted() {
      let waitsFor = (plans[index]?.inputs ?? []).filter {
        plans[$0] != nil || rejected.contains($0)
      }
      waitCounts[index] = waitsFor.count
      for input in waitsFor { dependents[input, default: []].append(index) }
    }
    var ordered: [CorrelationPlan] = []
    // Whatever is settled, for good or bad, settles what rests on it (Kahn's algorithm).
    var settled = (rejected.sorted() + plans.keys.sorted().filter { waitCounts[$0] == 0 })[...]
    while let index = settled.popFirst() {
      if let plan = plans[index], !rejected.contains(index) { ordered.append(plan) }
      for dependent in dependents[index] ?? [] {
        waitCounts[dependent, default: 0] -= 1
        if rejected.contains(index), rejected.insert(dependent).inserted {
          errors.append(
            RuleError(
              .rejectedInput(entries[index].metadata.name ?? entries[index].metadata.id),
              at: entries[dependent].metadata.location
            )
          )
        }
        if waitCounts[dependent] == 0 { settled.append(dependent) }
      }
    }
    let circular = plans.filter { waitCounts[$0.key, default: 0] > 0 }
    for index in circular.keys.sorted() where rejected.insert(index).inserted {
      errors.append(
        RuleError(.cycle(cycle(from: index, circular)), at: entries[index].metadata.location)
      )
    }
    return (ordered, rejected, errors)
  }

  private mutating func plan(
    _ correlation: CorrelationRule,
    _ index: Int
  ) throws(RuleError) -> CorrelationPlan {
    let path = correlation.metadata.location.path
    var inputs: [Int] = []
    var groupFields: [[String]] = []
    for input in correlation.inputs {
      let location = SourceLocation(path: path, position: input.position)
      guard let rule = indices[input.name] else {
        throw RuleError(
          .unknownRule(input.name, suggestion: nearest.suggestion(for: input.name)),
          at: location
        )
      }
      if case .correlation(let below) = entries[rule], below.kind == .absence {
        throw RuleError(
          .correlation(
            detail: "'\(input.name)' is an absence, on which no other correlation can rest"
          ),
          at: location
        )
      }
      inputs.append(rule)
      groupFields.append(try fields(correlation, input, entries[rule].metadata, location))
    }
    return CorrelationPlan(
      rule: index,
      kind: correlation.kind,
      inputs: inputs,
      groupFields: groupFields,
      timespanNanoseconds: correlation.timespanNanoseconds,
      bounds: correlation.bounds
    )
  }

  /// The fields that make the group in the events of one rule.
  private func fields(
    _ correlation: CorrelationRule,
    _ input: CorrelationRule.Input,
    _ rule: RuleMetadata,
    _ location: SourceLocation
  ) throws(RuleError) -> [String] {
    var fields: [String] = []
    for name in correlation.groupBy {
      guard let alias = correlation.aliases.first(where: { $0.name == name }) else {
        fields.append(name)
        continue
      }
      let keys = [input.name, rule.name ?? rule.id, rule.id]
      guard let field = keys.lazy.compactMap({ alias.fields[$0] }).first else {
        throw RuleError(
          .correlation(detail: "alias '\(name)' has no field for '\(input.name)'; add one"),
          at: location
        )
      }
      fields.append(field)
    }
    return fields
  }

  /// The names of a circle that can be reached from a correlation; of a long one the first.
  private func cycle(from start: Int, _ plans: [Int: CorrelationPlan]) -> [String] {
    func name(_ index: Int) -> String {
      entries[index].metadata.name ?? entries[index].metadata.id
    }
    var path = [start]
    while path.count < Self.circleStepsMax, let plan = plans[path[path.count - 1]],
      let next = plan.inputs.first(where: { plans[$0] != nil })
    {
      if let first = path.firstIndex(of: next) {
        let circle = path[first...] + [next]
        guard circle.count > Self.shownNamesMax else { return circle.map(name) }
        return circle.prefix(Self.shownNamesMax).map(name) + ["..", name(next)]
      }
      path.append(next)
    }
    return path.prefix(Self.shownNamesMax).map(name) + [".."]
  }
}

/// Suggestions for names that are not there, of which a set of rules gets the first hundred: each
/// takes a look at every name.
struct LimitedNearestName {
  private static let countMax = 100
  private let names: Dictionary<String, Int>.Keys
  private var sorted: [String] = []
  private var count = 0

  init(_ names: Dictionary<String, Int>.Keys) { self.names = names }

  /// Returns the name that may have been meant.
  mutating func suggestion(for name: String) -> String? {
    guard count < Self.countMax else { return nil }
    count += 1
    if sorted.isEmpty { sorted = names.sorted() }
    return NearestName.of(name, in: sorted)
  }
}
