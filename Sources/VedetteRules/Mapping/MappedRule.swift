import VedetteEvent

/// What a mapping makes of a rule's fields and log sources, for who checks the rule.
struct MappedRule: Sendable {
  /// The log sources whose events are looked at, the rule's own first.
  var sources: [LogSource]
  private let steps: [RuleMapping.Step]
  private let entries: [RoutingTable.Entry]

  fileprivate init(
    sources: [LogSource],
    steps: [RuleMapping.Step],
    entries: [RoutingTable.Entry]
  ) {
    self.sources = sources
    self.steps = steps
    self.entries = entries
  }

  /// Whether the mapping knows a field: it gives it another name, leaves it out, describes events
  /// that have it, or makes the rule look at a log source that has it.
  ///
  /// - Parameters:
  ///   - field: The field, as the rule writes it.
  ///   - fields: The fields of a log source, or `nil` where they are not listed.
  /// - Returns: Whether it does any of these.
  func knows(
    _ field: String,
    of fields: (LogSource) -> FieldTaxonomy.Fields
  ) -> Bool {
    if sources.dropFirst().contains(where: { fields($0).contains(field) }) { return true }
    return steps.contains { step in
      guard step.fields.contains(field) else { return false }
      return switch step.action {
      case .rename(let table): table[field] != nil
      case .renamePrefix(let table): table.keys.contains { field.hasPrefix($0) }
      case .prefix, .suffix, .drop: true
      case .logSource, .require, .reject: false
      }
    } || entries.contains { entry in entry.passages.contains { $0.fields[field] != nil } }
  }
}

extension RuleMapping {
  /// Returns what the mapping makes of a rule.
  ///
  /// - Parameter rule: The rule, as it is written.
  /// - Returns: Its fields and log sources, or `nil` if the mapping says nothing at all.
  func mapped(_ rule: Rule) -> MappedRule? {
    guard !steps.isEmpty || !entries.isEmpty else { return nil }
    var subject = Subject(
      metadata: rule.metadata,
      sources: [rule.logSource],
      fields: rule.expression.fields
    )
    var chosen: [Step] = []
    for step in steps where step.rules.contains(subject) {
      if case .logSource(let source) = step.action {
        if !subject.sources.contains(source) { subject.sources.append(source) }
      } else {
        chosen.append(step)
      }
    }
    let own = entries.filter { entry in
      subject.sources.contains { source in
        entry.category == source.category && entry.service == source.service
          && (entry.product == nil || source.product == nil || entry.product == source.product)
      }
    }
    return MappedRule(sources: subject.sources, steps: chosen, entries: own)
  }
}
