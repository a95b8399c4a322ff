import VedetteEvent
public import VedetteFindings

/// Rules that can be used together, ordered by id.
///
/// A rule's index in ``entries`` is how all stages behind know it.
public struct RuleSet: Sendable {
  /// A rule or a correlation of rules.
  public enum Entry: Sendable, Hashable {
    /// A rule on single events.
    case rule(Rule)
    /// A correlation.
    case correlation(CorrelationRule)

    /// What it says about itself.
    public var metadata: RuleMetadata {
      switch self {
      case .rule(let rule): rule.metadata
      case .correlation(let correlation): correlation.metadata
      }
    }
  }

  /// The rules and correlations, ordered by id.
  public let entries: [Entry]
  /// For each entry what the stages behind need to know.
  public let descriptors: [RuleDescriptor]
  /// The correlations, each after those that it rests on.
  public let plans: [CorrelationPlan]
  /// What is wrong with the rules that can't be used, in the order of files.
  public let errors: [RuleError]
  /// Which events the rules' log sources stand for.
  package let routing: RoutingTable

  /// Creates a set of documents: applies filters, looks up what correlations name.
  init(_ documents: [RuleDocument], errors: [RuleError], routing: RoutingTable = .builtIn) {
    self.routing = routing
    var builder = RuleSetBuilder(documents, errors: errors)
    builder.applyFilters()
    var resolver = CorrelationResolver(builder.entries)
    let (plans, rejected, planErrors) = resolver.resolve()
    // Indices of plans count what is left.
    var newIndex: [Int] = []
    var count = 0
    for index in builder.entries.indices {
      newIndex.append(count)
      if !rejected.contains(index) { count += 1 }
    }
    let entries = builder.entries.indices.filter { !rejected.contains($0) }
      .map { builder.entries[$0] }
    self.entries = entries
    self.plans = plans.map { plan in
      var plan = plan
      plan.rule = newIndex[plan.rule]
      plan.inputs = plan.inputs.map { newIndex[$0] }
      return plan
    }
    self.errors = (builder.errors + planErrors).sorted { $0.location < $1.location }
    descriptors = Self.descriptors(entries, self.plans)
  }

  /// What the stages behind need to know: an input of a correlation is silent unless one that it
  /// is an input of generates.
  private static func descriptors(
    _ entries: [Entry],
    _ plans: [CorrelationPlan]
  ) -> [RuleDescriptor] {
    var isSilent = [Bool](repeating: false, count: entries.count)
    var isGenerated = isSilent
    for plan in plans {
      guard case .correlation(let correlation) = entries[plan.rule] else { continue }
      for input in plan.inputs {
        // A correlation that another looks at is a statement of its own and is made all the same.
        if case .rule = entries[input] { isSilent[input] = true }
        if correlation.generates { isGenerated[input] = true }
      }
    }
    return entries.indices.map { index in
      let metadata = entries[index].metadata
      return RuleDescriptor(
        reference: metadata.reference,
        techniques: metadata.techniques,
        tactics: metadata.tactics,
        isSilent: isSilent[index] && !isGenerated[index],
        fields: entries[index].shownFields
      )
    }
  }

  /// Returns the index of a rule, or `nil` if there is none.
  ///
  /// - Parameter name: Its id or name.
  /// - Returns: The index in ``entries``.
  public func index(of name: String) -> Int? {
    entries.firstIndex { $0.metadata.id == name || $0.metadata.name == name }
  }

  /// Returns the rules that a test chooses; correlations keep the rules they rest on, which stay
  /// silent.
  ///
  /// - Parameter isIncluded: Whether to keep a rule.
  /// - Returns: The smaller set, with the same errors.
  public func filtered(_ isIncluded: (RuleMetadata) -> Bool) -> RuleSet {
    var keeps = entries.map { isIncluded($0.metadata) }
    for plan in plans.reversed() where keeps[plan.rule] {
      for input in plan.inputs { keeps[input] = true }
    }
    let documents = entries.indices.filter { keeps[$0] }.map { index -> RuleDocument in
      switch entries[index] {
      case .rule(let rule): .rule(rule)
      case .correlation(let correlation): .correlation(correlation)
      }
    }
    return RuleSet(documents, errors: errors, routing: routing)
  }
}

extension RuleSet.Entry {
  private static let shownFieldsMax = 6

  /// The first fields that are compared with values in the rule's condition.
  fileprivate var shownFields: [String] {
    guard case .rule(let rule) = self else { return [] }
    var fields: [String] = []
    rule.detection.expression.addFields(to: &fields)
    return Array(fields.prefix(Self.shownFieldsMax))
  }
}

extension Expression {
  /// Adds the fields of items that are not negated, each once.
  fileprivate func addFields(to fields: inout [String]) {
    switch self {
    case .item(let item):
      if let field = item.field, !fields.contains(field) { fields.append(field) }
    case .not: break
    case .and(let parts), .or(let parts):
      for part in parts { part.addFields(to: &fields) }
    }
  }
}

/// Puts documents together: refuses duplicates, orders by id, applies filters.
private struct RuleSetBuilder {
  private(set) var entries: [RuleSet.Entry] = []
  private(set) var errors: [RuleError]
  private var filters: [RuleFilter] = []

  init(_ documents: [RuleDocument], errors: [RuleError]) {
    self.errors = errors
    var ids: [String: SourceLocation] = [:]
    var names: [String: SourceLocation] = [:]
    for document in documents {
      let metadata = document.metadata
      if let first = ids[metadata.id] {
        reject(metadata, .duplicateRule(key: "id", value: metadata.id, first: first))
        continue
      }
      if let name = metadata.name, let first = names[name] {
        reject(metadata, .duplicateRule(key: "name", value: name, first: first))
        continue
      }
      ids[metadata.id] = metadata.location
      if let name = metadata.name { names[name] = metadata.location }
      switch document {
      case .rule(let rule): entries.append(.rule(rule))
      case .correlation(let correlation): entries.append(.correlation(correlation))
      case .filter(let filter): filters.append(filter)
      }
    }
    // By place: moving whole rules about took longer than comparing their ids.
    let order = entries.map(\.metadata.id)
    entries = entries.indices.sorted { (order[$0], $0) < (order[$1], $1) }.map { entries[$0] }
    filters.sort { $0.metadata.id < $1.metadata.id }
  }

  private mutating func reject(_ metadata: RuleMetadata, _ problem: RuleError.Problem) {
    errors.append(RuleError(problem, at: metadata.location))
  }

  /// Ands each filter to the rules it names, which must look at events that the filter is for.
  mutating func applyFilters() {
    guard !filters.isEmpty else { return }
    var indices: [String: Int] = [:]
    for (index, entry) in entries.enumerated() {
      indices[entry.metadata.id] = index
      if let name = entry.metadata.name { indices[name] = index }
    }
    var nearest = LimitedNearestName(indices.keys)
    for filter in filters {
      guard let names = filter.rules else {
        for index in entries.indices { apply(filter, to: index) }
        continue
      }
      for name in names {
        let location = SourceLocation(path: filter.metadata.location.path, position: name.position)
        guard let index = indices[name.name] else {
          let suggestion = nearest.suggestion(for: name.name)
          errors.append(RuleError(.unknownRule(name.name, suggestion: suggestion), at: location))
          continue
        }
        guard !apply(filter, to: index) else { continue }
        errors.append(
          RuleError(
            .filter(
              detail: "'\(name.name)' does not look at \(filter.logSource); name rules that do"
            ),
            at: location
          )
        )
      }
    }
  }

  @discardableResult
  private mutating func apply(_ filter: RuleFilter, to index: Int) -> Bool {
    guard case .rule(var rule) = entries[index], filter.logSource.admits(rule.logSource) else {
      return false
    }
    rule.filters.append(filter.detection.expression)
    entries[index] = .rule(rule)
    return true
  }
}
