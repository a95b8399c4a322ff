import VedetteDocuments
import VedetteFindings

// Conditions in words, which say which rules of a temporal correlation must have matched: `login and
// (download or not approval)`.
extension CorrelationReader {
  /// Reads a condition in words.
  ///
  /// - Parameters:
  ///   - type: The correlation's type.
  ///   - words: The condition.
  ///   - inputs: The rules that it may name.
  /// - Returns: What is looked for.
  /// - Throws: ``RuleError`` at the word that is not understood.
  func kind(
    _ type: String,
    _ words: Node,
    _ inputs: [CorrelationRule.Input]
  ) throws(RuleError) -> CorrelationPlan.Kind {
    guard type == "temporal" else {
      throw error(
        "a condition in words is for 'type: temporal'; write a mapping as 'gte: 10'",
        at: words.position
      )
    }
    // The grammar is that of detections, whose searches are the rules here.
    let rules = Detection(
      searches: inputs.map {
        Detection.NamedSearch(name: $0.name, position: $0.position, search: .any([]))
      },
      conditions: []
    )
    let condition = try ConditionParser.parse(words, rules, context)
    return .temporalWhere(Self.inputCondition(condition, rules))
  }

  /// The rules that a condition in words names, where the correlation has no list of them.
  func inputs(named words: Node) throws(RuleError) -> [CorrelationRule.Input] {
    let text = words.scalar?.text ?? ""
    var inputs: [CorrelationRule.Input] = []
    let separators: Set<Character> = ["(", ")", " ", "\t", "\n"]
    for word in text.split(whereSeparator: separators.contains) {
      let name = String(word)
      guard !["and", "or", "not"].contains(name.lowercased()),
        !inputs.contains(where: { $0.name == name })
      else { continue }
      inputs.append(CorrelationRule.Input(name: name, position: words.position))
    }
    guard !inputs.isEmpty else {
      throw error("the condition names no rule", at: words.position)
    }
    return inputs
  }

  private static func inputCondition(
    _ condition: Condition,
    _ rules: Detection
  ) -> InputCondition {
    func place(_ name: String) -> InputCondition {
      .input(rules.searches.firstIndex { $0.name == name } ?? 0)
    }
    switch condition {
    case .search(let name): return place(name)
    case .some(let selector, let requiresAll):
      let parts = rules.searches(selector).map { place($0.name) }
      return requiresAll ? .and(parts) : .or(parts)
    case .not(let inner): return .not(inputCondition(inner, rules))
    case .and(let parts): return .and(parts.map { inputCondition($0, rules) })
    case .or(let parts): return .or(parts.map { inputCondition($0, rules) })
    }
  }
}
