import VedetteDocuments
import VedetteEvent
import VedetteFindings

/// Reads the `correlation` of a document.
struct CorrelationReader {
  let context: ReadingContext
  let position: Position
  private let mapping: Mapping

  /// Reads a correlation.
  ///
  /// - Parameters:
  ///   - entry: The entry of `correlation`.
  ///   - root: The whole document.
  ///   - metadata: What the document says about itself.
  ///   - context: What must be known beside them.
  /// - Returns: The correlation.
  /// - Throws: ``RuleError`` for the first thing that is wrong.
  static func read(
    _ entry: Mapping.Entry,
    root: Mapping,
    metadata: RuleMetadata,
    _ context: ReadingContext
  ) throws(RuleError) -> CorrelationRule {
    guard let mapping = entry.value.mapping else {
      throw context.error(
        .wrongKind(key: "correlation", expected: "a mapping", found: entry.value.kind),
        at: entry.value.position
      )
    }
    let reader = CorrelationReader(
      context: context,
      position: entry.keyPosition,
      mapping: mapping
    )
    let type = try reader.text("type")
    let condition = try reader.condition()
    let inputs = try reader.inputs(condition)
    let kind = try reader.kind(type, condition, inputs)
    try reader.checkTemporal(kind, condition.bounds, ruleCount: inputs.count)
    let isTemporal = kind == .temporal || kind == .temporalOrdered
    return CorrelationRule(
      metadata: metadata,
      kind: kind,
      inputs: inputs,
      groupBy: try reader.texts("group-by"),
      aliases: try reader.aliases(),
      timespanNanoseconds: try reader.timespan(),
      bounds: isTemporal ? [] : condition.bounds,
      generates: try reader.generates(root)
    )
  }

  struct RawCondition {
    /// A condition in words, which only a temporal correlation has.
    var words: Node?
    var bounds: [CorrelationPlan.Bound] = []
    var fields: [String] = []
    var percentile: Double?
    var position: Position?
  }

  func error(_ detail: String, at position: Position? = nil) -> RuleError {
    context.error(.correlation(detail: detail), at: position ?? self.position)
  }

  private func text(_ key: String) throws(RuleError) -> (value: String, position: Position) {
    guard let node = mapping[key] else { throw context.error(.missingKey(key), at: position) }
    guard let scalar = node.scalar, !scalar.text.isEmpty else {
      throw context.error(
        .wrongKind(key: key, expected: "a text", found: node.kind),
        at: node.position
      )
    }
    return (scalar.text, node.position)
  }

  private func texts(_ key: String) throws(RuleError) -> [String] {
    guard let node = mapping[key] else { return [] }
    return try names(node, key: key).map(\.name)
  }

  func names(_ node: Node, key: String) throws(RuleError) -> [CorrelationRule.Input] {
    var names: [CorrelationRule.Input] = []
    for element in node.sequence ?? [node] {
      guard let scalar = element.scalar, !scalar.text.isEmpty else {
        throw context.error(
          .wrongKind(key: key, expected: "a list of texts", found: element.kind),
          at: element.position
        )
      }
      names.append(CorrelationRule.Input(name: scalar.text, position: element.position))
    }
    return names
  }

  private func inputs(
    _ condition: RawCondition
  ) throws(RuleError) -> [CorrelationRule.Input] {
    guard let node = mapping["rules"] else {
      if let words = condition.words { return try inputs(named: words) }
      throw context.error(.missingKey("rules"), at: position)
    }
    let inputs = try names(node, key: "rules")
    guard !inputs.isEmpty else { throw context.error(.empty(key: "rules"), at: node.position) }
    for (index, input) in inputs.enumerated()
    where inputs[..<index].contains(where: { $0.name == input.name }) {
      throw error("'\(input.name)' is listed twice; list it once", at: input.position)
    }
    return inputs
  }

  private func condition() throws(RuleError) -> RawCondition {
    var raw = RawCondition()
    if let node = mapping["field"] { raw.fields = try names(node, key: "field").map(\.name) }
    guard let node = mapping["condition"] else { return raw }
    guard let condition = node.mapping else {
      raw.words = node
      raw.position = node.position
      return raw
    }
    raw.position = node.position
    for entry in condition.entries {
      if let comparison = CorrelationPlan.Comparison(rawValue: entry.key) {
        let value = try number(entry)
        raw.bounds.append(CorrelationPlan.Bound(comparison, value))
      } else if entry.key == "field" {
        raw.fields = try names(entry.value, key: "field").map(\.name)
      } else if entry.key == "percentile" {
        raw.percentile = try number(entry)
      } else {
        let known = ["gt", "gte", "lt", "lte", "eq", "neq", "field", "percentile"]
        let hint = NearestName.of(entry.key, in: known).map { "; did you mean '\($0)'?" } ?? ""
        throw error("unknown condition '\(entry.key)'\(hint)", at: entry.keyPosition)
      }
    }
    return raw
  }

  private func number(_ entry: Mapping.Entry) throws(RuleError) -> Double {
    switch entry.value.scalar?.value {
    case .integer(let number): return Double(number)
    case .number(let number) where number.isFinite: return number
    default:
      throw context.error(
        .wrongKind(key: entry.key, expected: "a number", found: entry.value.kind),
        at: entry.value.position
      )
    }
  }

  private func kind(
    _ type: (value: String, position: Position),
    _ condition: RawCondition,
    _ inputs: [CorrelationRule.Input]
  ) throws(RuleError) -> CorrelationPlan.Kind {
    if let words = condition.words { return try kind(type.value, words, inputs) }
    func needsBounds() throws(RuleError) {
      guard condition.bounds.isEmpty else { return }
      throw error(
        "'\(type.value)' needs a comparison; write one as 'condition: {gte: 10}'",
        at: condition.position
      )
    }
    func field() throws(RuleError) -> String {
      try needsBounds()
      guard condition.fields.count == 1 else {
        throw error("'\(type.value)' needs one 'field' in its condition", at: condition.position)
      }
      return condition.fields[0]
    }
    switch type.value {
    case "event_count":
      try needsBounds()
      return .eventCount
    case "value_count":
      try needsBounds()
      guard !condition.fields.isEmpty else {
        throw error("'value_count' needs a 'field' in its condition", at: condition.position)
      }
      return .valueCount(fields: condition.fields)
    case "temporal": return .temporal
    case "temporal_ordered": return .temporalOrdered
    case "absence":
      guard condition.position == nil, condition.fields.isEmpty else {
        throw error(
          "an absence has no condition: it is about events that do not come; remove it",
          at: condition.position
        )
      }
      return .absence
    case "value_sum": return .valueSum(field: try field())
    case "value_avg": return .valueAverage(field: try field())
    case "value_median": return .valuePercentile(field: try field(), percentile: 50)
    case "value_percentile":
      let name = try field()
      guard let percentile = condition.percentile, (0...100).contains(percentile) else {
        throw error(
          "'value_percentile' needs a 'percentile' from 0 to 100 in its condition",
          at: condition.position
        )
      }
      return .valuePercentile(field: name, percentile: percentile)
    default:
      let known = [
        "event_count", "value_count", "temporal", "temporal_ordered", "value_sum", "value_avg",
        "value_percentile", "value_median", "absence",
      ]
      let hint = NearestName.of(type.value, in: known).map { "; did you mean '\($0)'?" } ?? ""
      throw error("unknown type '\(type.value)'\(hint)", at: type.position)
    }
  }

  /// A temporal correlation holds when every rule has matched; a condition may only say the same.
  private func checkTemporal(
    _ kind: CorrelationPlan.Kind,
    _ bounds: [CorrelationPlan.Bound],
    ruleCount: Int
  ) throws(RuleError) {
    guard kind == .temporal || kind == .temporalOrdered else { return }
    func holds(_ count: Int) -> Bool {
      bounds.allSatisfy { $0.comparison.holds(Double(count), $0.value) }
    }
    guard holds(ruleCount), bounds.isEmpty || !(0..<ruleCount).contains(where: holds) else {
      throw error(
        "a temporal correlation needs all of its \(ruleCount) rules; remove the condition"
      )
    }
  }

  private func aliases() throws(RuleError) -> [CorrelationRule.Alias] {
    guard let node = mapping["aliases"] else { return [] }
    guard let entries = node.mapping?.entries else {
      throw context.error(
        .wrongKind(key: "aliases", expected: "a mapping", found: node.kind),
        at: node.position
      )
    }
    var aliases: [CorrelationRule.Alias] = []
    for entry in entries {
      guard let fields = entry.value.mapping?.entries else {
        throw context.error(
          .wrongKind(key: entry.key, expected: "a field for each rule", found: entry.value.kind),
          at: entry.value.position
        )
      }
      var alias = CorrelationRule.Alias(name: entry.key, fields: [:])
      for field in fields {
        guard let scalar = field.value.scalar, !scalar.text.isEmpty else {
          throw context.error(
            .wrongKind(key: field.key, expected: "a field's name", found: field.value.kind),
            at: field.value.position
          )
        }
        alias.fields[field.key] = scalar.text
      }
      aliases.append(alias)
    }
    return aliases
  }

  private func timespan() throws(RuleError) -> Int64 {
    let written = try text(mapping["timespan"] == nil ? "timeframe" : "timespan")
    guard let nanoseconds = Timespan.nanoseconds(written.value) else {
      throw error(
        "timespan '\(written.value)' is not a number with one of s, m, h, d, w, M, y",
        at: written.position
      )
    }
    return nanoseconds
  }

  private func generates(_ root: Mapping) throws(RuleError) -> Bool {
    guard let node = mapping["generate"] ?? root["generate"] else { return false }
    guard case .boolean(let flag) = node.scalar?.value else {
      throw context.error(
        .wrongKind(key: "generate", expected: "true or false", found: node.kind),
        at: node.position
      )
    }
    return flag
  }
}
