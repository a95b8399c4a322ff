import VedetteEvent

/// What the engine understood of a rule, for people: its routes, the fields it really asks, its
/// values after their modifiers, its condition, and what must be found before it is looked at.
///
/// It is what the compiler made of the rule alone; among others a rule shares its items with them,
/// which changes nothing of what it means.
public struct CompiledRule: Sendable {
  /// One way in which events come to the rule.
  public struct Route: Sendable, Hashable {
    /// What the event's log source must be.
    public var logSource: String
    /// What fields of the event must be, each as `Channel = Security`.
    public var conditions: [String]
    /// For fields of the rule the fields that these events have instead, as the rule's name and
    /// theirs, in the order of names.
    public var bindings: [Binding]
  }

  /// A field of the rule under another name.
  public struct Binding: Sendable, Hashable {
    /// The name in the rule.
    public var field: String
    /// The name in the events.
    public var bound: String
  }

  /// One line of the rule: a field and what is asked of it.
  public struct Item: Sendable, Hashable {
    /// How it is called in ``Variant/condition``, from one.
    public var number: Int
    /// The field that is asked, or `nil` for keywords, which are looked for in every field.
    public var field: String?
    /// The values: each is a list of alternatives, in words.
    public var values: [[String]]
    /// Whether every value must hold instead of any.
    public var requiresAll: Bool
    /// The texts of which one must be found before the item can hold, in lower case; empty where
    /// it may hold without any.
    public var requiredTexts: [String]
  }

  /// The rule as it is for events of some of its routes.
  public struct Variant: Sendable, Hashable {
    /// The routes, by their place in ``CompiledRule/routes``.
    public var routes: [Int]
    /// The items, in the order in which the condition names them.
    public var items: [Item]
    /// The condition over the items' numbers: `1 and (2 or 3) and not 4`.
    public var condition: String
    /// The same, operators last: `1 2 3 or and 4 not and`.
    public var postfix: String
    /// The numbers of the items of which one must hold before the condition is evaluated, or `nil`
    /// if it is evaluated for every event of the routes.
    public var witness: [Int]?
  }

  /// The routes.
  public let routes: [Route]
  /// The variants: one unless routes give fields other names.
  public let variants: [Variant]

  /// Compiles a rule.
  ///
  /// - Parameter rule: The rule.
  public init(_ rule: Rule) {
    var compiler = RuleCompiler(routing: .builtIn)
    compiler.keepsTrees = true
    compiler.add(rule, index: 0)
    let (keys, trees) = (compiler.items.keys, compiler.trees)
    let parts = compiler.finish()
    let fields = rule.expression.fields
    routes = parts.routes.map { Route($0.route, of: fields) }
    var itemKeys: [Int32: RuleCompiler.ItemKey] = [:]
    for (number, key) in keys.enumerated() { itemKeys[Int32(number)] = key }
    variants = parts.variants.indices.map { index in
      var numbering = Numbering()
      let condition = numbering.infix(trees[index], binding: 0)
      let witness = itemKeys.keys.filter { item in
        let range = parts.witnessStarts[Int(item)]..<parts.witnessStarts[Int(item) + 1]
        return range.contains { parts.witnessVariants[Int($0)] == Int32(index) }
      }
      return Variant(
        routes: parts.variants[index].routes.map(Int.init),
        items: numbering.order.enumerated().compactMap { place, item in
          itemKeys[item].map { Item(number: place + 1, $0) }
        },
        condition: condition,
        postfix: numbering.postfix(trees[index]),
        witness: parts.variants[index].hasWitness ? witness.map(numbering.number).sorted() : nil
      )
    }
  }

  /// Gives items the numbers that people see, in the order in which they are met.
  private struct Numbering {
    private(set) var order: [Int32] = []

    func number(_ item: Int32) -> Int { (order.firstIndex(of: item) ?? -1) + 1 }

    mutating func infix(_ tree: RuleCompiler.Numbered, binding outer: Int) -> String {
      var text = ""
      var own = 3
      switch tree {
      case .item(let item):
        if !order.contains(item) { order.append(item) }
        return String(number(item))
      case .not(let inner):
        own = 2
        text = "not " + infix(inner, binding: 2)
      case .and(let parts):
        guard !parts.isEmpty else { return "always" }
        own = parts.count == 1 ? outer : 1
        text = parts.map { infix($0, binding: parts.count == 1 ? outer : 1) }
          .joined(separator: " and ")
      case .or(let parts):
        guard !parts.isEmpty else { return "never" }
        own = parts.count == 1 ? outer : 0
        text = parts.map { infix($0, binding: parts.count == 1 ? outer : 0) }
          .joined(separator: " or ")
      }
      return own < outer ? "(\(text))" : text
    }

    func postfix(_ tree: RuleCompiler.Numbered) -> String {
      switch tree {
      case .item(let item): return String(number(item))
      case .not(let inner): return postfix(inner) + " not"
      case .and(let parts): return joined(parts, "and", none: "always")
      case .or(let parts): return joined(parts, "or", none: "never")
      }
    }

    private func joined(
      _ parts: [RuleCompiler.Numbered],
      _ word: String,
      none: String
    ) -> String {
      guard let first = parts.first else { return none }
      return parts.dropFirst().reduce(postfix(first)) { "\($0) \(postfix($1)) \(word)" }
    }
  }
}

extension CompiledRule.Route {
  fileprivate init(_ route: Route, of fields: Set<String>) {
    func gate(_ key: String, _ words: [String]?) -> String? {
      words.map { "\(key)=\($0.joined(separator: "|"))" }
    }
    var parts = [
      gate("product", route.products), gate("category", route.categories),
      gate("service", route.services),
    ].compactMap { $0 }
    if route.admitsUnknownProduct { parts[0] += " or none" }
    logSource = parts.joined(separator: ", ")
    conditions = route.conditions.map {
      "\($0.field) = \($0.values.joined(separator: " or "))"
    }
    bindings = route.fieldMap.filter { fields.contains($0.key) }
      .map { CompiledRule.Binding(field: $0.key, bound: $0.value) }
      .sorted { $0.field < $1.field }
  }
}

extension CompiledRule.Item {
  fileprivate init(number: Int, _ key: RuleCompiler.ItemKey) {
    self.number = number
    field = key.field
    values = key.values.map { $0.map(\.words) }
    requiresAll = key.requiresAll
    let texts = key.values.map { value in value.map(\.requiredText) }
    // With `all` one value's texts are enough to look for: the longest.
    func known(_ value: [[UInt8]?]) -> [[UInt8]]? {
      value.contains(nil) ? nil : value.compactMap { $0 }
    }
    let needed: [[UInt8]]?
    if requiresAll {
      needed = texts.compactMap(known).max { length($0) < length($1) }
    } else {
      let all = texts.map(known)
      needed = all.contains(nil) ? nil : all.compactMap { $0 }.flatMap { $0 }
    }
    requiredTexts = (needed ?? []).map { String(decoding: $0, as: UTF8.self) }
    func length(_ texts: [[UInt8]]) -> Int { texts.map(\.count).min() ?? 0 }
  }
}
