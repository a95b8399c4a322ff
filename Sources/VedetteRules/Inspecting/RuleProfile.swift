import VedetteFindings

/// What each rule cost in a run, and why.
///
/// Rules share tests: one that several rules ask is run once. Its time is parted equally between
/// them, and the time of looking for all texts of a field at once between the rules whose texts
/// they are, by the number of texts; the evaluation of conditions by how often each was evaluated.
/// So the costs add up to what was measured.
public struct RuleProfile: Sendable {
  /// A reason why a rule costs time.
  public enum Reason: Sendable, Hashable {
    /// A regular expression in which no text is certain, run on every new value of a field.
    case regexWithoutText(field: String)
    /// A regular expression, run where its certain text was found.
    case regex(field: String)
    /// A pattern with wildcards inside, or in which case counts.
    case pattern(field: String)
    /// Its part of looking for texts, numbers and addresses in the values of a field.
    case search(field: String)
    /// Its part of looking for keywords in every field.
    case keywords
    /// Evaluating its condition where an item that it needs holds.
    case evaluation
    /// Evaluating its condition for every new combination of values: no item must hold for it.
    case evaluationWithoutWitness
  }

  /// A part of a rule's cost.
  public struct Part: Sendable, Hashable {
    /// Why.
    public var reason: Reason
    /// The time.
    public var nanoseconds: Double
    /// The number of runs, or of values that were looked at.
    public var count: Int
  }

  /// A rule's cost.
  public struct Cost: Sendable, Hashable {
    /// The rule's index in its set.
    public var rule: Int
    /// All of it.
    public var nanoseconds: Double
    /// Its parts, the greatest first.
    public var parts: [Part]
  }

  /// The rules that cost something, the most expensive first.
  public let costs: [Cost]
  /// The time that was measured.
  public let nanoseconds: Double

  /// Attributes what was measured.
  ///
  /// - Parameters:
  ///   - plan: The plan that was measured.
  ///   - profile: What was measured.
  public init(_ plan: RulePlan, _ profile: MatchProfile) {
    let rulesOfItem = Self.rulesOfItems(plan) { profile.eventCounts[$0] > 0 }
    var parts = [[Reason: Part]](repeating: [:], count: plan.ruleCount)
    func add(_ rule: Int32, _ reason: Reason, _ nanoseconds: Double, _ count: Int) {
      guard nanoseconds > 0 || count > 0 else { return }
      let none = Part(reason: reason, nanoseconds: 0, count: 0)
      parts[Int(rule)][reason, default: none].nanoseconds += nanoseconds
      parts[Int(rule)][reason, default: none].count += count
    }
    for (slot, measured) in zip(plan.slots, profile.slots) where measured.valueCount > 0 {
      let matcher = slot.matcher
      let field = slot.name ?? "any field"
      let always = Set(matcher.alwaysChecks)
      func rules(of test: Int) -> Set<Int32> {
        let uses = matcher.useStarts[test]..<matcher.useStarts[test + 1]
        return Set(
          uses.flatMap { rulesOfItem[Int(matcher.itemIDs[Int(matcher.uses[Int($0)].item)])] }
        )
      }
      for (index, check) in matcher.checks.enumerated() where measured.checkRuns[index] > 0 {
        let owners = rules(of: Int(check.test))
        let reason: Reason =
          switch check.kind {
          case .pattern: .pattern(field: field)
          case .regex:
            always.contains(Int32(index)) ? .regexWithoutText(field: field) : .regex(field: field)
          }
        let share = Double(measured.checkNanoseconds[index]) / Double(max(1, owners.count))
        for rule in owners { add(rule, reason, share, Int(measured.checkRuns[index])) }
      }
      let checks = measured.checkNanoseconds.reduce(0, +)
      let search = Double(measured.nanoseconds > checks ? measured.nanoseconds - checks : 0)
      var weights: [Int32: Double] = [:]
      for test in 0..<matcher.testCount {
        let owners = rules(of: test)
        for rule in owners { weights[rule, default: 0] += 1 / Double(owners.count) }
      }
      let total = weights.values.reduce(0, +)
      for (rule, weight) in weights where total > 0 {
        let reason: Reason = slot.name == nil ? .keywords : .search(field: field)
        add(rule, reason, search * weight / total, measured.valueCount)
      }
    }
    let evaluations = profile.evaluationCounts.reduce(0.0) { $0 + Double($1) }
    for (variant, count) in zip(plan.variants, profile.evaluationCounts) where count > 0 {
      add(
        variant.rule,
        variant.hasWitness ? .evaluation : .evaluationWithoutWitness,
        Double(profile.evaluationNanoseconds) * Double(count) / evaluations,
        Int(count)
      )
    }
    costs = parts.enumerated().compactMap { rule, parts in
      guard !parts.isEmpty else { return nil }
      let sorted = parts.values.sorted { $0.nanoseconds > $1.nanoseconds }
      return Cost(
        rule: rule,
        nanoseconds: sorted.reduce(0) { $0 + $1.nanoseconds },
        parts: sorted
      )
    }.sorted { ($1.nanoseconds, $0.rule) < ($0.nanoseconds, $1.rule) }
    nanoseconds =
      profile.slots.reduce(Double(profile.evaluationNanoseconds)) { $0 + Double($1.nanoseconds) }
  }

  /// For each item the rules that ask it, by variants that looked at events.
  private static func rulesOfItems(
    _ plan: RulePlan,
    _ looksAtEvents: (Int) -> Bool
  ) -> [[Int32]] {
    var rules = [[Int32]](repeating: [], count: plan.itemCount)
    for (index, variant) in plan.variants.enumerated() where looksAtEvents(index) {
      var seen: Set<Int32> = []
      var open = [variant.entry]
      while let step = open.popLast() {
        guard step >= 0, seen.insert(step).inserted else { continue }
        let current = plan.steps[Int(step)]
        if rules[Int(current.item)].last != variant.rule {
          rules[Int(current.item)].append(variant.rule)
        }
        open += [current.onTrue, current.onFalse]
      }
    }
    return rules
  }
}

extension RuleProfile.Part {
  /// What the part is, in words.
  public var words: String {
    switch reason {
    case .regexWithoutText(let field):
      "regular expression without a certain text, on \(count) new values of \(field)"
    case .regex(let field): "regular expression, run \(count) times on \(field)"
    case .pattern(let field): "wildcards or case, tested \(count) times on \(field)"
    case .search(let field): "part of the search in \(count) new values of \(field)"
    case .keywords: "keywords, looked for in \(count) new values of every field"
    case .evaluation: "condition evaluated \(count) times"
    case .evaluationWithoutWitness:
      "condition evaluated \(count) times, as no item must hold for it"
    }
  }
}
