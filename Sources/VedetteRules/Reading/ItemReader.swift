import VedetteDocuments
import VedetteEvent

/// Reads one field with its modifiers and values.
///
/// Modifiers are applied in the order they are written. A value is what it was in YAML until the
/// first modifier that needs more: `re`, `cidr`, `fieldref`, `exists` and the comparisons take it
/// raw, all others make it a pattern.
struct ItemReader {
  let context: ReadingContext
  let field: String?
  let modifiers: [FieldModifier]
  let position: Position
  let isCased: Bool
  let referenceMode: FieldReference.Mode

  /// A value on its way through the modifiers.
  enum Draft {
    case raw(Scalar)
    case patterns([TextPattern])
    case regex(String, LinearRegex.Options)
    case done(ValueTest)
    case timePart(TimePart, NumberComparison, Double)
    case comparison(NumberComparison, Double)
    case reference(String)
  }

  /// Reads an item.
  ///
  /// - Parameters:
  ///   - entry: The key with its modifiers, and the value or values.
  ///   - context: What must be known beside them.
  /// - Returns: The item as a search; keywords that must all be there are several items.
  /// - Throws: ``RuleError`` if a modifier or value can't be used.
  static func read(
    _ entry: Mapping.Entry,
    _ context: ReadingContext
  ) throws(RuleError) -> Search {
    let (field, modifiers) = try Self.split(entry, context)
    let nodes = entry.value.sequence ?? [entry.value]
    guard !nodes.isEmpty else {
      throw context.error(.empty(key: entry.key), at: entry.value.position)
    }
    return try read(
      field: field,
      modifiers: modifiers,
      values: nodes,
      position: entry.keyPosition,
      context
    )
  }

  /// Reads a field, or keywords if it is `nil`, with modifiers and values.
  static func read(
    field: String?,
    modifiers: [FieldModifier],
    values nodes: [Node],
    position: Position,
    _ context: ReadingContext
  ) throws(RuleError) -> Search {
    let reader = ItemReader(
      context: context,
      field: field,
      modifiers: modifiers,
      position: position,
      isCased: modifiers.contains(.cased),
      referenceMode: Self.mode(modifiers)
    )
    try reader.checkCombination()
    var values: [[ValueTest]] = []
    values.reserveCapacity(nodes.count)
    for node in nodes { values.append(try reader.tests(node)) }
    let count = values.reduce(0) { $0 + $1.count }
    guard count <= Limits.ruleValuesMax else {
      throw context.error(.tooMany(what: "values", max: Limits.ruleValuesMax), at: position)
    }
    var item = DetectionItem(
      field: field,
      modifiers: modifiers,
      values: values,
      requiresAll: modifiers.contains(.all),
      isNegated: modifiers.contains(.neq),
      position: position
    )
    // Each keyword may be in a field of its own, so that they are items of their own.
    if field == nil, item.requiresAll, values.count > 1 {
      item.requiresAll = false
      item.isNegated = false
      let parts = values.map { value in
        var part = item
        part.values = [value]
        return Search.item(part)
      }
      guard modifiers.contains(.neq) else { return .all(parts) }
      throw context.error(
        .misusedModifier("neq", reason: "keywords are negated in the condition, with 'not'"),
        at: position
      )
    }
    return .item(item)
  }

  private static func split(
    _ entry: Mapping.Entry,
    _ context: ReadingContext
  ) throws(RuleError) -> (String?, [FieldModifier]) {
    let parts = entry.key.split(separator: "|", omittingEmptySubsequences: false)
    var modifiers: [FieldModifier] = []
    for part in parts.dropFirst() {
      guard let modifier = FieldModifier(name: String(part)) else {
        let names = FieldModifier.allCases.map(\.rawValue)
        throw context.error(
          .unknownModifier(String(part), suggestion: NearestName.of(String(part), in: names)),
          at: entry.keyPosition
        )
      }
      modifiers.append(modifier)
    }
    let field = parts.first.map(String.init) ?? ""
    return (field.isEmpty ? nil : field, modifiers)
  }

  private static func mode(_ modifiers: [FieldModifier]) -> FieldReference.Mode {
    if modifiers.contains(.contains) { return .contains }
    let isAtStart = modifiers.contains(.startswith)
    let isAtEnd = modifiers.contains(.endswith)
    return isAtStart && isAtEnd
      ? .contains : isAtStart ? .startswith : isAtEnd ? .endswith : .equals
  }

  func misuse(_ modifier: FieldModifier, _ reason: String) -> RuleError {
    context.error(.misusedModifier(modifier.rawValue, reason: reason), at: position)
  }

  private func checkCombination() throws(RuleError) {
    for (index, modifier) in modifiers.enumerated() where modifiers[..<index].contains(modifier) {
      throw misuse(modifier, "is written twice; once is enough")
    }
    if modifiers.contains(.cased) {
      let others: [FieldModifier] = [
        .re, .cidr, .exists, .lt, .lte, .gt, .gte, .minute, .hour, .day, .week, .month, .year,
      ]
      for other in others where modifiers.contains(other) {
        throw misuse(.cased, "is about texts, and '\(other.rawValue)' compares none; remove it")
      }
    }
    let isReference = modifiers.contains(.fieldref)
    for modifier in modifiers where isReference {
      switch modifier {
      case .fieldref, .contains, .startswith, .endswith, .all, .neq, .cased: continue
      default: throw misuse(modifier, "can't be combined with 'fieldref'")
      }
    }
    if field == nil {
      let needsField: [FieldModifier] = [.exists, .fieldref]
      for modifier in needsField where modifiers.contains(modifier) {
        throw misuse(modifier, "needs a field before it")
      }
    }
  }

  private func tests(_ node: Node) throws(RuleError) -> [ValueTest] {
    guard let scalar = node.scalar else {
      throw context.error(
        .wrongKind(
          key: field ?? "keywords",
          expected: "a value or a list of values",
          found: node.kind
        ),
        at: node.position
      )
    }
    var draft = Draft.raw(scalar)
    for modifier in modifiers { draft = try apply(modifier, to: draft, node.position) }
    return try finish(draft, scalar, node.position)
  }

  private func finish(
    _ draft: Draft,
    _ scalar: Scalar,
    _ position: Position
  ) throws(RuleError) -> [ValueTest] {
    switch draft {
    case .done(let test): return [test]
    case .comparison(let comparison, let number): return [.number(comparison, number)]
    case .timePart(let part, let comparison, let number):
      return [.timePart(part, comparison, number)]
    case .reference(let field):
      return [.field(FieldReference(field: field, mode: referenceMode, isCased: isCased))]
    case .regex(let pattern, let options):
      do {
        return [.regex(try RegexTest(pattern, options))]
      } catch {
        throw context.error(.regex(pattern: pattern, reason: "\(error)"), at: position)
      }
    case .raw(let scalar):
      if case .null = scalar.value {
        guard field != nil else {
          throw context.error(
            .invalidValue("null", reason: "a keyword is a text; name a field to ask for null"),
            at: position
          )
        }
        return [.null]
      }
      return finish([pattern(scalar)])
    case .patterns(let patterns): return finish(patterns)
    }
  }

  private func finish(_ patterns: [TextPattern]) -> [ValueTest] {
    patterns.map { pattern in
      // A keyword is looked for inside of values.
      let whole = field == nil ? pattern.opened(atStart: true, atEnd: true) : pattern
      return .text(whole, isCased: isCased)
    }
  }

  /// A value as a pattern: numbers and truth values by their text, which has no wildcards.
  private func pattern(_ scalar: Scalar) -> TextPattern {
    switch scalar.value {
    case .null: TextPattern(literal: [])
    case .boolean(let flag): TextPattern(literal: Array((flag ? "true" : "false").utf8))
    case .integer(let number): TextPattern(literal: Array(String(number).utf8))
    case .number(let number): TextPattern(literal: Array(String(number).utf8))
    case .text(let text): TextPattern(parsing: text)
    }
  }

  private func apply(
    _ modifier: FieldModifier,
    to draft: Draft,
    _ position: Position
  ) throws(RuleError) -> Draft {
    switch modifier {
    case .all, .neq, .cased: return draft
    case .contains: return try open(draft, true, true, modifier, position)
    case .startswith: return try open(draft, false, true, modifier, position)
    case .endswith: return try open(draft, true, false, modifier, position)
    case .re, .i, .m, .s: return try regex(modifier, draft, position)
    case .exists, .cidr, .fieldref: return try typed(modifier, draft, position)
    case .lt, .lte, .gt, .gte: return try compare(modifier, draft, position)
    case .minute, .hour, .day, .week, .month, .year:
      return try timePart(modifier, draft, position)
    case .windash, .base64, .base64offset, .utf16, .utf16le, .utf16be, .wide:
      return .patterns(try encode(modifier, try patterns(draft, modifier, position), position))
    case .expand: return .patterns(try expand(draft, position))
    }
  }

  func patterns(
    _ draft: Draft,
    _ modifier: FieldModifier,
    _ position: Position
  ) throws(RuleError) -> [TextPattern] {
    switch draft {
    case .patterns(let patterns): return patterns
    case .raw(let scalar):
      if case .null = scalar.value {
        throw context.error(
          .invalidValue("null", reason: "'\(modifier.rawValue)' needs a text"),
          at: position
        )
      }
      return [pattern(scalar)]
    default:
      throw misuse(modifier, "needs a text; a modifier before it made something else")
    }
  }

  private func open(
    _ draft: Draft,
    _ start: Bool,
    _ end: Bool,
    _ modifier: FieldModifier,
    _ position: Position
  ) throws(RuleError) -> Draft {
    if modifiers.contains(.fieldref) { return draft }
    if case .regex = draft {
      // The search is unanchored, so that it contains already.
      if modifier == .contains { return draft }
      throw misuse(modifier, "a regular expression is anchored by '^' and '$'")
    }
    return .patterns(
      try patterns(draft, modifier, position).map { $0.opened(atStart: start, atEnd: end) }
    )
  }

  private func encode(
    _ modifier: FieldModifier,
    _ patterns: [TextPattern],
    _ position: Position
  ) throws(RuleError) -> [TextPattern] {
    var patterns = patterns
    if modifier != .windash {
      // What is encoded is one dash or another.
      let expanded = patterns.map(ValueEncoding.withDashes)
      guard expanded.allSatisfy({ $0 != nil }) else {
        throw misuse(
          modifier,
          "has too many dashes before it for 'windash'; write fewer in a value"
        )
      }
      patterns = expanded.flatMap { $0 ?? [] }
    }
    if modifier == .base64 || modifier == .base64offset {
      for pattern in patterns where pattern.plain == nil {
        throw context.error(
          .invalidValue("\(pattern)", reason: "wildcards can't be encoded in base64"),
          at: position
        )
      }
    }
    let encoded = patterns.flatMap { ValueEncoding.apply(modifier, to: $0) }
    // What is left of one byte at each offset is nothing that could be looked for.
    guard modifier != .base64offset || !encoded.contains(where: \.pieces.isEmpty) else {
      throw context.error(
        .invalidValue(
          patterns.map(\.description).joined(),
          reason: "'base64offset' needs two bytes or more"
        ),
        at: position
      )
    }
    return encoded
  }
}
