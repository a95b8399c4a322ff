import VedetteDocuments

extension LintCheck {
  /// The fields and values of a detection.
  static let valueChecks: [LintCheck] = [
    each("all-with-one-value", .warning) { item in
      guard item.modifiers.contains(.all), item.values.count == 1 else { return nil }
      return "'all' has one value to choose from; remove it"
    },
    each("repeated-value", .warning) { item in
      var seen: Set<[ValueTest]> = []
      guard item.values.contains(where: { !seen.insert($0).inserted }) else { return nil }
      return "a value is listed twice, perhaps in another case; list it once"
    },
    each("field-with-blank", .warning) { item in
      guard let field = item.field, field.contains(where: \.isWhitespace) else { return nil }
      return "field '\(field)' has a blank; Sigma writes fields without"
    },
    each("regex-without-need", .note) { item in
      for case .regex(let regex) in item.values.joined()
      where !regex.pattern.contains(where: { "\\^$.|?*+()[]{}".contains($0) }) {
        return "'\(regex.pattern)' is a plain text; write it with 'contains'"
      }
      return nil
    },
    each("any-value-in-list", .warning) { item in
      let isAny = item.values.joined().contains { test in
        if case .text(let pattern, _) = test { pattern.isAny } else { false }
      }
      guard isAny, item.values.count > 1, !item.requiresAll else { return nil }
      return "'*' makes the other values of the list needless"
    },
    each("contained-value", .note) { item in
      guard item.modifiers == [.contains], !item.requiresAll else { return nil }
      let texts = item.values.compactMap { $0.first?.containedText }
      guard texts.count > 1, texts.count <= 200 else { return nil }
      for (index, text) in texts.enumerated() {
        let other = texts.indices.first { other in
          let long = texts[other]
          return other != index && text.count < long.count
            && PatternMatcher.matches(long.span, [.anyRun, .bytes(text), .anyRun])
        }
        guard let other else { continue }
        let long = String(decoding: texts[other], as: UTF8.self)
        let short = String(decoding: text, as: UTF8.self)
        return "'\(long)' is needless beside '\(short)', which is inside of it"
      }
      return nil
    },
    LintCheck("detection-with-only-exclusions", .warning) { subject in
      guard let conditions = subject.detection?.conditions, !conditions.isEmpty, subject.isRule,
        conditions.allSatisfy(\.isNegative), let node = subject.root["detection"]
      else { return [] }
      return [(node.position, "the condition only says what must not be: nearly all events match")]
    },
  ]

  private static func each(
    _ id: String,
    _ severity: LintSeverity,
    _ check: @escaping @Sendable (DetectionItem) -> String?
  ) -> LintCheck {
    LintCheck(id, severity) { subject in
      (subject.detection?.searches ?? []).flatMap { named in
        named.search.items.compactMap { item in check(item).map { (item.position, $0) } }
      }
    }
  }
}

extension Search {
  /// Every item in it.
  var items: [DetectionItem] {
    switch self {
    case .item(let item): [item]
    case .all(let parts), .any(let parts): parts.flatMap(\.items)
    }
  }
}

extension Condition {
  /// Whether it asks for nothing to be there.
  fileprivate var isNegative: Bool {
    switch self {
    case .not: true
    case .and(let parts): parts.allSatisfy(\.isNegative)
    case .or(let parts): parts.contains(where: \.isNegative)
    case .search, .some: false
    }
  }
}

extension ValueTest {
  /// The text in lower case that must be somewhere, if that is what is asked.
  fileprivate var containedText: [UInt8]? {
    guard case .text(let pattern, isCased: false) = self, pattern.pieces.count == 3,
      case .bytes(let bytes) = pattern.pieces[1]
    else { return nil }
    return CaseFolding.folded(bytes)
  }
}
