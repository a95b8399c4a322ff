/// Rules compiled for matching: immutable, shared by the detectors of all threads.
///
/// ```swift
/// let plan = RulePlan(RuleLoader().load(["rules"]))
/// let detector = RuleDetector(plan)
/// let matches = detector.match(batch)
/// ```
public final class RulePlan: Sendable {
  /// What is asked of one field.
  struct Slot: Sendable {
    /// The field, or `nil` for keywords, which are looked for in every field.
    var name: String?
    var matcher: FieldMatcher
  }

  /// An item that compares two fields.
  struct Pair: Sendable {
    var item: Int32
    var field: String
    /// What the field is compared with; every value is a list of alternatives.
    var values: [[FieldReference]]
    var requiresAll: Bool
  }

  /// A rule as it is for events of some of its routes.
  struct Variant: Sendable {
    /// The rule's index in its set.
    var rule: Int32
    /// The first step of its condition.
    var entry: Int32
    /// The routes by which events come to it.
    var routes: [Int32]
    /// The slots that its condition asks.
    var slots: [Int32]
    /// The pairs that its condition asks.
    var pairs: [Int32]
    /// Whether it can be left out unless one of certain items holds.
    var hasWitness: Bool
  }

  /// A test of one item, and where to go on.
  struct Step: Sendable {
    var item: Int32
    var onTrue: Int32
    var onFalse: Int32

    /// The end at which the rule holds.
    static let accept: Int32 = -1
    /// The end at which it does not.
    static let reject: Int32 = -2
  }

  /// A route with its conditions as items.
  struct CompiledRoute: Sendable {
    var route: Route
    var items: [Int32]
  }

  let slots: [Slot]
  /// The slots that tell which routes an event takes; their items follow those of ``slots``.
  let routingSlots: [Slot]
  let routes: [CompiledRoute]
  let pairs: [Pair]
  let variants: [Variant]
  let steps: [Step]
  /// For each item where its variants start in ``witnessVariants``; one more than there are items.
  let witnessStarts: [Int32]
  /// The variants that may hold when an item does.
  let witnessVariants: [Int32]
  /// The number of items, also of routes.
  let itemCount: Int

  /// The number of rules in the set.
  public let ruleCount: Int

  /// Compiles the rules of a set.
  ///
  /// - Parameter rules: The rules.
  public convenience init(_ rules: RuleSet) {
    var compiler = RuleCompiler(routing: rules.routing)
    for (index, entry) in rules.entries.enumerated() {
      if case .rule(let rule) = entry { compiler.add(rule, index: index) }
    }
    self.init(compiler.finish(), ruleCount: rules.entries.count)
  }

  /// Compiles one rule, whose index is then zero.
  package convenience init(_ rule: Rule) {
    var compiler = RuleCompiler(routing: .builtIn)
    compiler.add(rule, index: 0)
    self.init(compiler.finish(), ruleCount: 1)
  }

  private init(_ parts: RuleCompiler.Parts, ruleCount: Int) {
    slots = parts.slots
    routingSlots = parts.routingSlots
    routes = parts.routes
    pairs = parts.pairs
    variants = parts.variants
    steps = parts.steps
    witnessStarts = parts.witnessStarts
    witnessVariants = parts.witnessVariants
    itemCount = parts.itemCount
    self.ruleCount = ruleCount
  }

  /// Whether a condition holds.
  ///
  /// - Parameters:
  ///   - entry: Its first step.
  ///   - rounds: For each item the round in which it last held.
  ///   - round: This round.
  /// - Returns: Whether it holds.
  /// - Complexity: O(*n*), where *n* is the number of items in the condition: each step is taken
  ///   at most once, as steps only lead forward.
  @inline(__always)
  func holds(_ entry: Int32, _ rounds: [UInt32], _ round: UInt32) -> Bool {
    var step = entry
    while step >= 0 {
      let current = steps[Int(step)]
      step = rounds[Int(current.item)] == round ? current.onTrue : current.onFalse
    }
    return step == Step.accept
  }
}
