import VedetteDocuments
import VedetteEvent

/// Reads which rules and fields a transformation is for.
struct TransformationConditions {
  let reading: MappingReading

  func rules(_ item: Mapping) throws(MappingError) -> RuleMapping.RuleChoice {
    try refuse(["rule_cond_expr", "detection_item_conditions", "detection_item_cond_op"], in: item)
    var choice = RuleMapping.RuleChoice()
    for node in try nodes(item["rule_conditions"], "'rule_conditions'") {
      choice.conditions.append(try ruleCondition(node))
    }
    choice.requiresAny = try isAny(item["rule_cond_op"])
    choice.isNegated = try isNegated(item["rule_cond_not"])
    return choice
  }

  func fields(_ item: Mapping) throws(MappingError) -> RuleMapping.FieldChoice {
    try refuse(["field_name_cond_expr"], in: item)
    var choice = RuleMapping.FieldChoice()
    for node in try nodes(item["field_name_conditions"], "'field_name_conditions'") {
      let condition = try reading.mapping(node, "a condition")
      let (type, place) = try self.type(condition, node)
      guard ["include_fields", "exclude_fields"].contains(type) else {
        throw unsupported(type, ["include_fields", "exclude_fields"], place)
      }
      if let kind = condition["mode"] ?? condition["match_type"],
        try reading.text(kind, "'mode'") != "plain"
      {
        throw reading.error("only fields by their plain names can be chosen", kind.position)
      }
      guard let names = condition["fields"] else {
        throw reading.error("'fields' is missing", node.position)
      }
      choice.conditions.append(
        RuleMapping.FieldChoice.Condition(
          names: Set(try reading.texts(names, "'fields'")),
          isExclusion: type == "exclude_fields"
        )
      )
    }
    choice.requiresAny = try isAny(item["field_name_cond_op"])
    choice.isNegated = try isNegated(item["field_name_cond_not"])
    return choice
  }

  private func ruleCondition(
    _ node: Node
  ) throws(MappingError) -> RuleMapping.RuleChoice.Condition {
    let condition = try reading.mapping(node, "a condition")
    let (type, place) = try self.type(condition, node)
    switch type {
    case "logsource":
      var source = LogSource()
      for entry in condition.entries where entry.key != "type" {
        let word = try reading.text(entry.value, "'\(entry.key)'").lowercased()
        switch entry.key {
        case "product": source.product = word
        case "category": source.category = word
        case "service": source.service = word
        default: throw reading.unknown(entry, of: ["product", "category", "service"])
        }
      }
      return .logSource(source)
    case "is_sigma_rule": return .isRule
    case "is_sigma_correlation_rule": return .isCorrelation
    case "tag":
      guard let tag = condition["tag"] else {
        throw reading.error("'tag' is missing", node.position)
      }
      return .tag(try reading.text(tag, "'tag'").lowercased())
    case "contains_field":
      guard let field = condition["field"] else {
        throw reading.error("'field' is missing", node.position)
      }
      return .hasField(try reading.text(field, "'field'"))
    default:
      throw unsupported(
        type,
        ["logsource", "is_sigma_rule", "is_sigma_correlation_rule", "tag", "contains_field"],
        place
      )
    }
  }

  /// Conditions are a list, or a mapping from a name to each.
  private func nodes(_ node: Node?, _ what: String) throws(MappingError) -> [Node] {
    guard let node else { return [] }
    if let named = node.mapping { return named.entries.map(\.value) }
    return try reading.list(node, what)
  }

  private func type(
    _ condition: Mapping,
    _ node: Node
  ) throws(MappingError) -> (String, Position) {
    guard let type = condition["type"] else {
      throw reading.error("a condition needs a 'type'", node.position)
    }
    return (try reading.text(type, "'type'"), type.position)
  }

  private func isAny(_ node: Node?) throws(MappingError) -> Bool {
    guard let node else { return false }
    switch try reading.text(node, "the operator").lowercased() {
    case "or": return true
    case "and": return false
    default: throw reading.error("the operator is 'and' or 'or'", node.position)
    }
  }

  private func isNegated(_ node: Node?) throws(MappingError) -> Bool {
    guard let node else { return false }
    return try reading.flag(node, "the negation")
  }

  private func refuse(_ keys: [String], in item: Mapping) throws(MappingError) {
    for key in keys {
      guard let entry = item.entry(key) else { continue }
      throw reading.error(
        "'\(key)' is not supported; write 'rule_conditions' or 'field_name_conditions'",
        entry.keyPosition
      )
    }
  }

  private func unsupported(_ type: String, _ known: [String], _ place: Position) -> MappingError {
    reading.error(
      "condition '\(type)' is not supported; supported are \(known.joined(separator: ", "))",
      place
    )
  }
}
