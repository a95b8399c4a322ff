import VedetteEvent

/// Turns rules into a plan: items that are shared, conditions as steps, witnesses.
struct RuleCompiler {
  /// What a plan is made of.
  struct Parts {
    var slots: [RulePlan.Slot] = []
    var routingSlots: [RulePlan.Slot] = []
    var routes: [RulePlan.CompiledRoute] = []
    var pairs: [RulePlan.Pair] = []
    var variants: [RulePlan.Variant] = []
    var steps: [RulePlan.Step] = []
    var witnessStarts: [Int32] = []
    var witnessVariants: [Int32] = []
    var itemCount = 0
  }

  /// What makes two lines of rules the same.
  struct ItemKey: Hashable {
    var field: String?
    /// Of keywords the log source of their rules; else `nil`.
    var scope: LogSource?
    var values: [[ValueTest]]
    var requiresAll: Bool
  }

  /// What is looked at together: a field, or all fields for the keywords of one log source.
  ///
  /// Keywords are looked for in every value of an event. One search for those of all log sources
  /// would look in Windows events for what web servers write.
  private struct SlotKey: Hashable {
    var field: String?
    var scope: LogSource?
  }

  /// An expression with its items numbered.
  indirect enum Numbered: Sendable {
    case item(Int32)
    case not(Numbered)
    case and([Numbered])
    case or([Numbered])
  }

  /// Where an item is judged.
  private enum Place {
    case slot(Int32)
    case pair(Int32)
  }

  /// Whether ``trees`` is kept: only to show what was understood.
  var keepsTrees = false
  /// The condition of each variant, with its items numbered.
  private(set) var trees: [Numbered] = []
  private let router: Router
  private var parts = Parts()
  private var builders: [(name: String?, builder: FieldMatcherBuilder)] = []
  private var slotIndices: [SlotKey: Int32] = [:]
  /// The log source of the rule that is added.
  private var logSource = LogSource()
  /// The number of each item.
  private(set) var items = KeyNumbering<ItemKey>()
  private var places: [Place] = []
  private var costs: [Double] = []
  private var routesBySource: [LogSource: [Int32]] = [:]
  private var routeIndices: [Route: Int32] = [:]
  private var witnesses: [[Int32]] = []

  /// Creates a compiler without rules.
  ///
  /// - Parameter routing: Which events the rules' log sources stand for.
  init(routing: RoutingTable) { router = Router(routing) }

  /// Adds a rule.
  ///
  /// - Parameters:
  ///   - rule: The rule.
  ///   - index: Its index in its set.
  mutating func add(_ rule: Rule, index: Int) {
    let expression = rule.expression
    let fields = expression.fields
    logSource = rule.logSource
    // Routes whose field maps say nothing of the rule's fields share a variant.
    var groups: [(map: [String: String], routes: [Int32])] = []
    for route in routes(of: rule) {
      let map = parts.routes[Int(route)].route.fieldMap.filter { fields.contains($0.key) }
      if let known = groups.firstIndex(where: { $0.map == map }) {
        groups[known].routes.append(route)
      } else {
        groups.append((map, [route]))
      }
    }
    for group in groups {
      add(expression, rule: index, map: group.map, routes: group.routes)
    }
  }

  private mutating func routes(of rule: Rule) -> [Int32] {
    var all = routes(rule.logSource)
    for source in rule.otherLogSources {
      for route in routes(source) where !all.contains(route) { all.append(route) }
    }
    return all
  }

  private mutating func routes(_ source: LogSource) -> [Int32] {
    if let known = routesBySource[source] { return known }
    let routes = router.routes(source).map { route -> Int32 in
      if let known = routeIndices[route] { return known }
      let index = Int32(parts.routes.count)
      routeIndices[route] = index
      parts.routes.append(RulePlan.CompiledRoute(route: route, items: []))
      return index
    }
    routesBySource[source] = routes
    return routes
  }

  private mutating func add(
    _ expression: Expression,
    rule: Int,
    map: [String: String],
    routes: [Int32]
  ) {
    var used: Set<Int32> = []
    let numbered = numbered(expression, map, &used)
    if keepsTrees { trees.append(numbered) }
    let entry = emit(numbered, onTrue: RulePlan.Step.accept, onFalse: RulePlan.Step.reject)
    var slots: Set<Int32> = []
    var pairs: Set<Int32> = []
    for item in used {
      switch places[Int(item)] {
      case .slot(let slot): slots.insert(slot)
      case .pair(let pair): pairs.insert(pair)
      }
    }
    let witness = witness(numbered)
    parts.variants.append(
      RulePlan.Variant(
        rule: Int32(rule),
        entry: entry,
        routes: routes,
        slots: slots.sorted(),
        pairs: pairs.sorted(),
        hasWitness: witness != nil
      )
    )
    witnesses.append(witness?.items ?? [])
  }

  private mutating func numbered(
    _ expression: Expression,
    _ map: [String: String],
    _ used: inout Set<Int32>
  ) -> Numbered {
    switch expression {
    case .item(let item):
      let number = number(item, map)
      used.insert(number)
      return .item(number)
    case .not(let inner): return .not(numbered(inner, map, &used))
    case .and(let parts): return .and(parts.map { numbered($0, map, &used) })
    case .or(let parts): return .or(parts.map { numbered($0, map, &used) })
    }
  }

  /// Writes the steps of an expression, from its end to its start, and returns the first.
  private mutating func emit(_ expression: Numbered, onTrue: Int32, onFalse: Int32) -> Int32 {
    switch expression {
    case .item(let number):
      parts.steps.append(RulePlan.Step(item: number, onTrue: onTrue, onFalse: onFalse))
      return Int32(parts.steps.count - 1)
    case .not(let inner): return emit(inner, onTrue: onFalse, onFalse: onTrue)
    case .and(let inner):
      return inner.reversed().reduce(onTrue) { emit($1, onTrue: $0, onFalse: onFalse) }
    case .or(let inner):
      return inner.reversed().reduce(onFalse) { emit($1, onTrue: onTrue, onFalse: $0) }
    }
  }

  private mutating func number(_ item: DetectionItem, _ map: [String: String]) -> Int32 {
    let field = item.field.map { map[$0] ?? $0 }
    let isPair = item.values.contains {
      $0.contains { if case .field = $0 { true } else { false } }
    }
    var key = ItemKey(
      field: field,
      scope: field == nil ? logSource : nil,
      values: item.values,
      requiresAll: item.requiresAll && item.values.count > 1
    )
    if isPair, !map.isEmpty { key.values = key.values.map { $0.map { $0.renamed(map) } } }
    let (number, isNew) = items.number(key)
    guard isNew else { return number }
    costs.append(WitnessCost.of(key.values, requiresAll: key.requiresAll, field: field))
    if isPair, let field {
      places.append(.pair(Int32(parts.pairs.count)))
      parts.pairs.append(
        RulePlan.Pair(
          item: number,
          field: field,
          values: key.values.map { $0.compactMap(\.reference) },
          requiresAll: key.requiresAll
        )
      )
    } else {
      let slot = slot(SlotKey(field: field, scope: key.scope))
      places.append(.slot(slot))
      builders[Int(slot)].builder.add(number, key.values, requiresAll: key.requiresAll)
    }
    return number
  }

  private mutating func slot(_ key: SlotKey) -> Int32 {
    if let known = slotIndices[key] { return known }
    let slot = Int32(builders.count)
    slotIndices[key] = slot
    builders.append((key.field, FieldMatcherBuilder()))
    return slot
  }

  /// The cheapest items of which one must hold for the expression to hold, or `nil` if it may hold
  /// when no item does.
  private func witness(_ expression: Numbered) -> (cost: Double, items: [Int32])? {
    switch expression {
    case .item(let number): return (costs[Int(number)], [number])
    case .not: return nil
    case .and(let parts):
      var best: (cost: Double, items: [Int32])?
      for part in parts {
        guard let found = witness(part), found.cost < best?.cost ?? .infinity else { continue }
        best = found
      }
      return best
    case .or(let parts):
      var all: (cost: Double, items: [Int32]) = (0, [])
      for part in parts {
        guard let found = witness(part) else { return nil }
        all.cost += found.cost
        all.items += found.items
      }
      return all
    }
  }

  /// Finishes the plan.
  ///
  /// - Returns: What it is made of.
  mutating func finish() -> Parts {
    var routing: [(name: String, builder: FieldMatcherBuilder)] = []
    var routingItems: [Route.Condition: Int32] = [:]
    var itemCount = Int32(places.count)
    for index in parts.routes.indices {
      for condition in parts.routes[index].route.conditions {
        if let known = routingItems[condition] {
          parts.routes[index].items.append(known)
          continue
        }
        let slot =
          routing.firstIndex { $0.name == condition.field }
          ?? {
            routing.append((condition.field, FieldMatcherBuilder()))
            return routing.count - 1
          }()
        let tests = condition.values.map {
          [ValueTest.text(TextPattern(parsing: $0), isCased: false)]
        }
        routing[slot].builder.add(itemCount, tests, requiresAll: false)
        routingItems[condition] = itemCount
        parts.routes[index].items.append(itemCount)
        itemCount += 1
      }
    }
    parts.itemCount = Int(itemCount)
    for index in builders.indices {
      let matcher = builders[index].builder.build()
      parts.slots.append(RulePlan.Slot(name: builders[index].name, matcher: matcher))
    }
    for index in routing.indices {
      let matcher = routing[index].builder.build()
      parts.routingSlots.append(RulePlan.Slot(name: routing[index].name, matcher: matcher))
    }
    linkWitnesses()
    return parts
  }

  private mutating func linkWitnesses() {
    var lists = [[Int32]](repeating: [], count: parts.itemCount)
    for (variant, items) in witnesses.enumerated() {
      for item in items where lists[Int(item)].last != Int32(variant) {
        lists[Int(item)].append(Int32(variant))
      }
    }
    parts.witnessStarts = [0]
    for list in lists {
      parts.witnessVariants += list
      parts.witnessStarts.append(Int32(parts.witnessVariants.count))
    }
  }
}

extension Expression {
  /// The names of the fields that are compared, also of those compared with.
  package var fields: Set<String> {
    var fields: Set<String> = []
    collectFields(&fields)
    return fields
  }

  private func collectFields(_ fields: inout Set<String>) {
    switch self {
    case .item(let item):
      if let field = item.field { fields.insert(field) }
      for test in item.values.lazy.joined() {
        if let reference = test.reference { fields.insert(reference.field) }
      }
    case .not(let inner): inner.collectFields(&fields)
    case .and(let parts), .or(let parts):
      for part in parts { part.collectFields(&fields) }
    }
  }
}

extension ValueTest {
  /// The comparison with another field, if it is one.
  var reference: FieldReference? {
    if case .field(let reference) = self { reference } else { nil }
  }

  /// The test with the other field under its other name.
  fileprivate func renamed(_ map: [String: String]) -> ValueTest {
    guard case .field(var reference) = self else { return self }
    reference.field = map[reference.field] ?? reference.field
    return .field(reference)
  }
}
