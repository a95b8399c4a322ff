import VedetteEvent
import VedetteFindings
import VedetteIncidents
import VedetteRules

extension RuleView {
  /// Values shown of an item unless all are asked for.
  private static let valuesMax = 12

  /// What the engine understood, for people.
  ///
  /// - Parameter isWhole: Whether to show every value of long lists.
  /// - Returns: Lines.
  func compiledText(isWhole: Bool) -> String {
    var layout = heading()
    switch entry {
    case .correlation: plan.map { describe($0, &layout) }
    case .rule(let rule):
      let compiled = CompiledRule(rule)
      layout.line("  routes   an event is looked at if it passes one of these")
      for (number, route) in compiled.routes.enumerated() {
        let gates = [route.logSource] + route.conditions
        layout.paragraph(
          gates.filter { !$0.isEmpty }.joined(separator: "; "),
          first: "    \(number + 1)  "
        )
        for binding in route.bindings {
          layout.cut("         \(binding.field) is \(binding.bound) there")
        }
      }
      for variant in compiled.variants {
        let routes = variant.routes.map { String($0 + 1) }.joined(separator: ", ")
        if compiled.variants.count > 1 { layout.line("  for events of route \(routes)") }
        describe(variant, isWhole: isWhole, &layout)
      }
    }
    return layout.text
  }

  private func describe(
    _ variant: CompiledRule.Variant,
    isWhole: Bool,
    _ layout: inout TextLayout
  ) {
    layout.line(
      "  items    after modifiers and encodings; case does not count unless said"
    )
    for item in variant.items {
      let field = item.field ?? "any field"
      let head = "    \(item.number)  "
      guard item.values.count > 1 || item.values.first?.count ?? 0 > 1 else {
        layout.paragraph("\(field) \(item.values.first?.first ?? "is anything")", first: head)
        continue
      }
      layout.paragraph("\(field), \(item.requiresAll ? "all" : "any") of:", first: head)
      let shown = isWhole ? item.values.count : Self.valuesMax
      for value in item.values.prefix(shown) {
        layout.paragraph(value.joined(separator: " or "), first: "         ")
      }
      let rest = item.values.count - shown
      if rest > 0 { layout.line("         and \(rest) more; -v shows all") }
    }
    layout.field("holds if", variant.condition)
    layout.field("postfix", variant.postfix)
    guard let witness = variant.witness else {
      layout.field(
        "witness",
        "none: the condition may hold when no item does, so it is evaluated for every event of "
          + "these routes"
      )
      return
    }
    let numbers = witness.map(String.init).joined(separator: ", ")
    layout.field(
      "witness",
      "item \(numbers): the condition is evaluated only where "
        + (witness.count == 1 ? "it holds" : "one of them holds")
    )
    let items = variant.items.filter { witness.contains($0.number) }
    if items.contains(where: \.requiredTexts.isEmpty) {
      layout.field("needs", "no certain text: each value of the field is tested")
    } else {
      let texts = items.flatMap(\.requiredTexts).map { "'\($0)'" }
      let shown = texts.prefix(isWhole ? texts.count : Self.valuesMax)
      let rest = texts.count - shown.count
      layout.field(
        "needs",
        shown.joined(separator: " or ") + (rest > 0 ? " or \(rest) more" : "")
      )
    }
  }

  private func describe(_ plan: CorrelationPlan, _ layout: inout TextLayout) {
    layout.field("counts", plan.kind.words)
    for (input, fields) in zip(plan.inputs, plan.groupFields) {
      let title = source.rules.descriptors[input].reference.title
      let group = fields.isEmpty ? "not grouped" : "grouped by " + fields.joined(separator: ", ")
      layout.field("of", "\(title), \(group)")
    }
    layout.field("within", Self.duration(plan.timespanNanoseconds) + ", both ends counted")
    let bounds = plan.bounds.map {
      "\($0.comparison.rawValue) \(Self.number($0.value))"
    }
    layout.field("holds if", bounds.joined(separator: " and "))
  }

  private var plan: CorrelationPlan? { source.rules.plans.first { $0.rule == index } }

  private static func duration(_ nanoseconds: Int64) -> String {
    let seconds = nanoseconds / 1_000_000_000
    for (unit, length) in [("d", 86_400 as Int64), ("h", 3_600), ("m", 60)]
    where seconds >= length && seconds % length == 0 {
      return "\(seconds / length) \(unit)"
    }
    return "\(seconds) s"
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
  }

  /// What the engine understood, for programs.
  func compiledJSON() -> String {
    var json = JSONWriter()
    json.object { json in
      writeHead(&json)
      switch entry {
      case .correlation: if let plan { write(plan, &json) }
      case .rule(let rule): write(CompiledRule(rule), &json)
      }
    }
    return json.text
  }

  private func write(_ plan: CorrelationPlan, _ json: inout JSONWriter) {
    json.member("counts", plan.kind.words)
    json.key("inputs")
    json.array { json in
      for (input, fields) in zip(plan.inputs, plan.groupFields) {
        json.object { json in
          json.member("rule", source.rules.descriptors[input].reference.id)
          json.member("group_by", fields)
        }
      }
    }
    json.member("timespan_seconds", Double(plan.timespanNanoseconds) / 1e9)
    json.member("bounds", plan.bounds.map { "\($0.comparison.rawValue) \(Self.number($0.value))" })
  }

  private func write(_ compiled: CompiledRule, _ json: inout JSONWriter) {
    json.key("routes")
    json.array { json in
      for route in compiled.routes {
        json.object { json in
          json.member("logsource", route.logSource)
          json.member("conditions", route.conditions)
          guard !route.bindings.isEmpty else { return }
          json.key("fields")
          json.object { json in
            for binding in route.bindings { json.member(binding.field, binding.bound) }
          }
        }
      }
    }
    json.key("variants")
    json.array { json in
      for variant in compiled.variants { write(variant, &json) }
    }
  }

  private func write(_ variant: CompiledRule.Variant, _ json: inout JSONWriter) {
    json.object { json in
      json.key("routes")
      json.array { json in for route in variant.routes { json.raw(String(route + 1)) } }
      json.key("items")
      json.array { json in
        for item in variant.items {
          json.object { json in
            json.member("number", item.number)
            json.member("field", item.field)
            json.member("requires_all", item.requiresAll)
            json.key("values")
            json.array { json in
              for value in item.values {
                json.array { json in for test in value { json.string(test) } }
              }
            }
            json.member("required_texts", item.requiredTexts)
          }
        }
      }
      json.member("condition", variant.condition)
      json.member("postfix", variant.postfix)
      json.member("always_evaluated", variant.witness == nil)
      guard let witness = variant.witness else { return }
      json.key("witness")
      json.array { json in for item in witness { json.raw(String(item)) } }
    }
  }
}

extension CorrelationPlan.Kind {
  /// What is counted, in words.
  var words: String {
    let name = CorrelationPlan.shownName
    return switch self {
    case .eventCount: "events"
    case .valueCount(let fields): "distinct values of \(fields.map(name).joined(separator: ", "))"
    case .temporal: "whether each rule holds, in any order"
    case .temporalOrdered: "whether each rule holds, in this order"
    case .temporalWhere: "whether the condition on the rules holds, in any order"
    case .absence: "whether what the first rule leads to expect does not come"
    case .valueSum(let field): "the sum of \(name(field))"
    case .valueAverage(let field): "the mean of \(name(field))"
    case .valuePercentile(let field, let percentile): "percentile \(percentile) of \(name(field))"
    }
  }
}
