import VedetteEvent
import VedetteFindings

extension RuleMapping {
  /// The most names that one field is looked up under.
  static let namesMax = 64

  /// Applies the transformations to documents.
  ///
  /// - Parameters:
  ///   - documents: The documents.
  ///   - errors: What is wrong with those that are rejected goes here.
  /// - Returns: The documents that are left.
  func applied(to documents: [RuleDocument], _ errors: inout [RuleError]) -> [RuleDocument] {
    guard !steps.isEmpty else { return documents }
    var kept: [RuleDocument] = []
    for document in documents {
      do throws(RuleError) {
        switch document {
        case .rule(let rule): kept.append(.rule(try applied(to: rule)))
        case .filter(let filter): kept.append(.filter(try applied(to: filter)))
        case .correlation(let correlation):
          kept.append(.correlation(try applied(to: correlation, of: documents)))
        }
      } catch {
        errors.append(error)
      }
    }
    return kept
  }

  private func applied(to rule: Rule) throws(RuleError) -> Rule {
    var rule = rule
    var subject = Subject(
      metadata: rule.metadata,
      sources: [rule.logSource],
      fields: rule.detection.fields
    )
    var chosen: [Step] = []
    for step in steps where step.rules.contains(subject) {
      switch step.action {
      case .logSource(let source):
        if !subject.sources.contains(source) { subject.sources.append(source) }
      case .require(let expression): rule.filters.append(expression)
      case .reject(let message):
        throw RuleError(
          .notARule(detail: "the mapping rejects it: \(message)"),
          at: rule.metadata.location
        )
      case .rename, .prefix, .suffix, .renamePrefix, .drop: chosen.append(step)
      }
    }
    rule.otherLogSources = Array(subject.sources.dropFirst())
    rule.detection = try Renamer(steps: chosen, location: rule.metadata.location)
      .renamed(rule.detection)
    return rule
  }

  private func applied(to filter: RuleFilter) throws(RuleError) -> RuleFilter {
    var filter = filter
    let subject = Subject(
      metadata: filter.metadata,
      sources: [filter.logSource],
      fields: filter.detection.fields
    )
    let chosen = steps.filter { step in
      switch step.action {
      case .rename, .prefix, .suffix, .renamePrefix, .drop: step.rules.contains(subject)
      case .logSource, .require, .reject: false
      }
    }
    filter.detection = try Renamer(steps: chosen, location: filter.metadata.location)
      .renamed(filter.detection)
    return filter
  }

  /// Fields of a correlation have the names that they have in any of its rules.
  private func applied(
    to correlation: CorrelationRule,
    of documents: [RuleDocument]
  ) throws(RuleError) -> CorrelationRule {
    var correlation = correlation
    let inputs = Set(correlation.inputs.map(\.name))
    let subjects = documents.compactMap { document -> Subject? in
      guard case .rule(let rule) = document,
        inputs.contains(rule.metadata.id) || rule.metadata.name.map(inputs.contains) == true
      else { return nil }
      return Subject(
        metadata: rule.metadata,
        sources: [rule.logSource],
        fields: rule.detection.fields
      )
    }
    let chosen = steps.filter { step in
      switch step.action {
      case .rename, .prefix, .suffix, .renamePrefix: subjects.contains(where: step.rules.contains)
      case .logSource, .require, .drop, .reject: false
      }
    }
    let renamer = Renamer(steps: chosen, location: correlation.metadata.location)
    for index in correlation.groupBy.indices {
      let field = correlation.groupBy[index]
      guard !correlation.aliases.contains(where: { $0.name == field }) else { continue }
      correlation.groupBy[index] = try renamer.joinedNames(field)
    }
    for index in correlation.aliases.indices {
      for (rule, field) in correlation.aliases[index].fields {
        correlation.aliases[index].fields[rule] = try renamer.joinedNames(field)
      }
    }
    correlation.kind = try renamer.renamed(correlation.kind)
    return correlation
  }

  /// What the conditions of a transformation are asked about.
  struct Subject {
    var metadata: RuleMetadata
    var sources: [LogSource]
    var fields: Set<String>
  }
}

extension RuleMapping.RuleChoice {
  /// Whether a transformation is for a rule.
  func contains(_ subject: RuleMapping.Subject) -> Bool {
    if conditions.isEmpty { return true }
    func holds(_ condition: Condition) -> Bool {
      switch condition {
      case .logSource(let source): subject.sources.contains(where: source.admits)
      case .isRule: true
      case .isCorrelation: false
      case .tag(let tag): subject.metadata.tags.contains { $0.lowercased() == tag }
      case .hasField(let field): subject.fields.contains(field)
      }
    }
    let isIn = requiresAny ? conditions.contains(where: holds) : conditions.allSatisfy(holds)
    return isIn != isNegated
  }
}

/// Gives the fields of a detection their other names.
private struct Renamer {
  let steps: [RuleMapping.Step]
  let location: SourceLocation

  func renamed(_ detection: Detection) throws(RuleError) -> Detection {
    guard !steps.isEmpty else { return detection }
    var detection = detection
    for index in detection.searches.indices {
      let search = try renamed(detection.searches[index].search)
      // A search of which nothing is left holds always, as a mapping without entries would.
      detection.searches[index].search = search ?? .all([])
    }
    return detection
  }

  private func renamed(_ search: Search) throws(RuleError) -> Search? {
    switch search {
    case .item(let item): return try renamed(item)
    case .all(let parts), .any(let parts):
      var kept: [Search] = []
      for part in parts {
        if let part = try renamed(part) { kept.append(part) }
      }
      guard !kept.isEmpty else { return nil }
      if case .any = search { return .any(kept) }
      return .all(kept)
    }
  }

  /// The names of a field as a correlation has them.
  func joinedNames(_ field: String) throws(RuleError) -> String {
    try names(field).joined(separator: CorrelationPlan.nameSeparator)
  }

  func renamed(_ kind: CorrelationPlan.Kind) throws(RuleError) -> CorrelationPlan.Kind {
    switch kind {
    case .valueCount(let fields):
      var renamed: [String] = []
      for field in fields { renamed.append(try joinedNames(field)) }
      return .valueCount(fields: renamed)
    case .valueSum(let field): return .valueSum(field: try joinedNames(field))
    case .valueAverage(let field): return .valueAverage(field: try joinedNames(field))
    case .valuePercentile(let field, let percentile):
      return .valuePercentile(field: try joinedNames(field), percentile: percentile)
    case .eventCount, .temporal, .temporalOrdered, .temporalWhere, .absence: return kind
    }
  }

  /// The names of a field: its own, then those that it is given.
  private func names(_ field: String) throws(RuleError) -> [String] {
    var names = [field]
    for step in steps {
      for name in names where step.fields.contains(name) {
        for other in Self.others(name, step.action) where !names.contains(other) {
          names.append(other)
        }
      }
      guard names.count <= RuleMapping.namesMax else {
        throw RuleError(
          .tooMany(what: "names for '\(field)' in the mapping", max: RuleMapping.namesMax),
          at: location
        )
      }
    }
    return names
  }

  private static func others(_ name: String, _ action: RuleMapping.Action) -> [String] {
    switch action {
    case .rename(let table): table[name] ?? []
    case .prefix(let prefix): [prefix + name]
    case .suffix(let suffix): [name + suffix]
    case .renamePrefix(let table):
      table.sorted { $0.key < $1.key }.filter { name.hasPrefix($0.key) }.flatMap { entry in
        entry.value.map { $0 + name.dropFirst(entry.key.count) }
      }
    case .logSource, .require, .drop, .reject: []
    }
  }

  /// An item under every name: a value may stand in any of the fields; it is absent if it is in none.
  private func renamed(_ item: DetectionItem) throws(RuleError) -> Search? {
    guard let field = item.field else { return .item(item) }
    if steps.contains(where: { $0.action == .drop && $0.fields.contains(field) }) { return nil }
    var item = item
    for index in item.values.indices {
      var tests: [ValueTest] = []
      for test in item.values[index] {
        guard case .field(let reference) = test else {
          tests.append(test)
          continue
        }
        for name in try names(reference.field) {
          var other = reference
          other.field = name
          tests.append(.field(other))
        }
      }
      item.values[index] = tests
    }
    let names = try names(field)
    guard names.count > 1 else { return .item(item) }
    func copies(_ values: [[ValueTest]]) -> [Search] {
      names.map { name in
        var copy = item
        copy.field = name
        copy.values = values
        return .item(copy)
      }
    }
    func asksForAbsence(_ tests: [ValueTest]) -> Bool {
      tests.contains { $0 == .null || $0 == .exists(false) }
    }
    let present = item.values.filter { !asksForAbsence($0) }
    let absent = item.values.filter(asksForAbsence)
    if absent.isEmpty || item.requiresAll {
      return item.isNegated ? .all(copies(item.values)) : .any(copies(item.values))
    }
    // The negation is the items' own, so that 'any' and 'all' change places with it.
    let presence = present.isEmpty ? [] : copies(present)
    return item.isNegated
      ? .all(presence + [.any(copies(absent))]) : .any(presence + [.all(copies(absent))])
  }
}

extension Detection {
  /// The names of the fields that are compared.
  fileprivate var fields: Set<String> {
    var fields: Set<String> = []
    func collect(_ search: Search) {
      switch search {
      case .item(let item): if let field = item.field { fields.insert(field) }
      case .all(let parts), .any(let parts): parts.forEach(collect)
      }
    }
    for search in searches { collect(search.search) }
    return fields
  }
}
