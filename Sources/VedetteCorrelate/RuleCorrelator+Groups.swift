import VedetteEvent
import VedetteFindings

extension RuleCorrelator {
  /// Returns the group that an item belongs to, or `nil` if it lacks a field of it.
  ///
  /// What a shared address does is not one actor's. A group by address is therefore one of the
  /// address and the account or, where the accounts are counted, the host that it is about.
  ///
  /// - Parameters:
  ///   - item: The item.
  ///   - row: The row it was taken from, if it has just been.
  ///   - plan: The place of the correlation.
  /// - Returns: The key of the group.
  func group(of item: CorrelationItem, in row: CapturedRow? = nil, plan: Int) -> String? {
    let key = plans[plan].group(of: item, in: row)
    guard let key, plans[plan].isByAddress, sharing.hasShared(in: item.event.source) else {
      return key
    }
    let event = item.event
    let mayBeShared = event.entities.contains { entity in
      (entity.type == .ip || entity.type == .apiKey)
        && sharing.mayBeShared(entity.hash, in: event.source)
    }
    guard mayBeShared else { return key }
    let entities = event.entities.map(\.entity)
    func isShared(_ key: EntityKey) -> Bool {
      sharing.isShared(key, in: event.source, at: event.time)
    }
    if case .actor = plans[plan].grouping {
      return JoinKey.primary(entities, isShared: isShared)
    }
    guard entities.contains(where: { $0.type == .ip && isShared($0.key) }) else { return key }
    let kept: Set<EntityType> = plans[plan].countsAccounts ? [.host] : [.host, .user]
    return entities.filter { kept.contains($0.type) }.map(\.key).sorted()
      .reduce(key) { $0 + "\u{1f}" + $1.description }
  }

  /// The fields that are asked of events in windows.
  ///
  /// They are values that are counted or added up, and what correlations of correlations are grouped
  /// by. Others only say which group an event goes into.
  static func lastingFields(_ plans: [CorrelationPlan]) -> Set<String> {
    let correlations = Set(plans.map(\.rule))
    return plans.reduce(into: []) { lasting, plan in
      lasting.formUnion(plan.valueFields)
      for (input, rule) in plan.inputs.enumerated() where correlations.contains(rule) {
        lasting.formUnion(plan.groupFields[input])
      }
    }
  }

  /// Numbers the fields that findings of single rules show, each a number of its own: what
  /// correlations ask for of the same name need not last as long.
  static func shownFields(
    _ descriptors: [RuleDescriptor],
    _ plans: [CorrelationPlan],
    after first: Int
  ) -> [[(name: String, number: Int)]] {
    let correlations = Set(plans.map(\.rule))
    var next = first
    return descriptors.enumerated().map { rule, descriptor in
      guard !descriptor.isSilent, !correlations.contains(rule) else { return [] }
      return descriptor.fields.map { name in
        defer { next += 1 }
        return (name, next)
      }
    }
  }

  static func layouts(_ ruleCount: Int, _ plans: [CorrelationPlan]) -> [[String]] {
    var layouts = [[String]](repeating: [], count: ruleCount)
    // A field that a correlation asks of a correlation is asked of the rules below it.
    func ask(_ fields: [String], of rule: Int) {
      if let upstream = plans.first(where: { $0.rule == rule }) {
        for input in upstream.inputs { ask(fields, of: input) }
      } else if layouts.indices.contains(rule) {
        for field in fields where !layouts[rule].contains(field) { layouts[rule].append(field) }
      }
    }
    for plan in plans {
      for (input, rule) in plan.inputs.enumerated() {
        ask(plan.groupFields[input] + plan.valueFields, of: rule)
      }
    }
    return layouts
  }
}
