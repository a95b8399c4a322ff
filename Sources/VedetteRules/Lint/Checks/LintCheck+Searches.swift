import VedetteDocuments
import VedetteEvent

extension LintCheck {
  private static let words = ["and", "or", "not", "of", "them", "all", "any", "1"]

  /// The named searches of a detection.
  static let searchChecks: [LintCheck] = [
    LintCheck(
      "unused-search",
      .warning,
      """
      The condition does not name the search, so that it has no effect: what it was to find is not \
      found, or what it was to exclude is not excluded.
      """
    ) { subject in
      guard let detection = subject.detection else { return [] }
      var used: Set<String> = []
      for condition in detection.conditions { condition.collectNames(&used, detection) }
      return detection.searches.filter { !used.contains($0.name) }.map { search in
        LintIssue(
          search.position,
          "search '\(search.name)' is not used by the condition; name it there or remove it"
        )
      }
    },
    searchName(
      "search-named-like-keyword",
      .warning,
      """
      The words and, or, not, of, them, all, any and 1 belong to the language of conditions. A \
      search of that name can't be named there.
      """
    ) { name in
      guard words.contains(name.lowercased()) else { return nil }
      return "search '\(name)' has the name of a word of conditions; call it 'selection_\(name)'"
    },
    searchName(
      "search-name-with-odd-character",
      .warning,
      """
      A search's name has letters, digits, '_' and '-'. A blank or a parenthesis ends the name in a \
      condition, a '*' makes a pattern of it, so that the search can't be named.
      """
    ) { name in
      let isPlain = name.unicodeScalars.allSatisfy { scalar in
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
          || ["_", "-", "."].contains(scalar)
      }
      return isPlain ? nil : "search '\(name)' can't be named in a condition; use '_' instead"
    },
    LintCheck(
      "repeated-search",
      .warning,
      """
      Two searches ask for the very same. Mostly one was copied and should have been changed; \
      otherwise one of them can be named twice in the condition.
      """
    ) { subject in
      guard let body = subject.body else { return [] }
      var seen: [Shape: String] = [:]
      return body.entries.compactMap { entry in
        guard !["condition", "rules", "timeframe"].contains(entry.key) else { return nil }
        guard let first = seen.updateValue(entry.key, forKey: Shape(entry.value)) else {
          return nil
        }
        return LintIssue(
          entry.keyPosition,
          "search '\(entry.key)' asks for the same as '\(first)'; change or remove one"
        )
      }
    },
    LintCheck(
      "repeated-alternative",
      .warning,
      """
      Two entries of a list of mappings are the same, so that the later one never adds anything. \
      Mostly it was copied and should have been changed.
      """
    ) { subject in
      (subject.body?.entries ?? []).flatMap { entry -> [LintIssue] in
        guard entry.key != "condition", let nodes = entry.value.sequence else { return [] }
        var seen: Set<Shape> = []
        return nodes.filter { $0.mapping != nil && !seen.insert(Shape($0)).inserted }.map { node in
          LintIssue(
            node.position,
            "this entry of '\(entry.key)' is there already; change or remove it"
          )
        }
      }
    },
    one(
      "filter-counted-as-hit",
      .warning,
      """
      A search whose name begins with 'filter' is meant to exclude, and here 'them' or a pattern \
      counts it among what is looked for: the rule then fires on just what it should leave out. \
      Write the pattern of the selections.
      """
    ) { subject in
      guard subject.isRule, let detection = subject.detection,
        let name = detection.conditions.lazy.compactMap({ $0.filterAsHit(detection) }).first
      else { return nil }
      return LintIssue(
        conditionPosition(subject),
        "'\(name)' is counted as a hit; write '1 of selection_*' and 'not \(name)'"
      )
    },
    LintCheck(
      "search-of-anything",
      .warning,
      """
      Every item of the search is '*', which holds for any value. The search asks only that fields \
      are there, which nearly every event of the log source satisfies.
      """
    ) { subject in
      guard let detection = subject.detection else { return [] }
      var positive: Set<String> = []
      for condition in detection.conditions { condition.collectPositive(&positive, detection) }
      return detection.searches.compactMap { named in
        let items = named.search.items
        let isAnything = items.allSatisfy { item in
          !item.isNegated
            && item.values.contains { tests in
              tests.contains { test in
                if case .text(let pattern, _) = test { pattern.isAny } else { false }
              }
            }
        }
        guard isAnything, positive.contains(named.name) else { return nil }
        return LintIssue(
          named.position,
          "search '\(named.name)' holds for any value; write what is looked for"
        )
      }
    },
  ]

  private static func searchName(
    _ id: String,
    _ severity: LintSeverity,
    _ why: String,
    _ check: @escaping @Sendable (String) -> String?
  ) -> LintCheck {
    LintCheck(id, severity, why) { subject in
      (subject.body?.entries ?? []).compactMap { entry in
        guard entry.key != "condition" else { return nil }
        return check(entry.key).map { LintIssue(entry.keyPosition, $0) }
      }
    }
  }

  /// Where the condition stands.
  static func conditionPosition(_ subject: LintSubject) -> Position {
    subject.body?["condition"]?.position ?? subject.position
  }
}

/// A node without its places: what two have in common that say the same.
private indirect enum Shape: Hashable {
  /// The bytes: texts of other bytes can be equal by Unicode and match other events.
  case scalar([UInt8], isPlain: Bool)
  case sequence([Shape])
  case mapping([String: Shape])

  init(_ node: Node) {
    switch node.content {
    case .scalar(let scalar): self = .scalar(Array(scalar.text.utf8), isPlain: scalar.isPlain)
    case .sequence(let nodes): self = .sequence(nodes.map(Shape.init))
    case .mapping(let mapping):
      self = .mapping(
        Dictionary(mapping.entries.map { ($0.key, Shape($0.value)) }) { first, _ in first }
      )
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
  /// Adds the searches that it names.
  func collectNames(_ names: inout Set<String>, _ detection: Detection) {
    switch self {
    case .search(let name): names.insert(name)
    case .some(let selector, _): names.formUnion(detection.searches(selector).map(\.name))
    case .not(let inner): inner.collectNames(&names, detection)
    case .and(let parts), .or(let parts):
      for part in parts { part.collectNames(&names, detection) }
    }
  }

  /// Adds the searches that it asks for, those under `not` left out.
  fileprivate func collectPositive(_ names: inout Set<String>, _ detection: Detection) {
    switch self {
    case .search, .some: collectNames(&names, detection)
    case .not: break
    case .and(let parts): for part in parts { part.collectPositive(&names, detection) }
    case .or(let parts): for part in parts { part.collectPositive(&names, detection) }
    }
  }

  /// A search named like a filter that a quantifier asks for beside others.
  fileprivate func filterAsHit(_ detection: Detection) -> String? {
    switch self {
    case .search, .not: return nil
    case .some(let selector, requiresAll: _):
      let names = detection.searches(selector).map(\.name)
      let filters = names.filter { $0.lowercased().hasPrefix("filter") }
      return filters.count < names.count ? filters.first : nil
    case .and(let parts), .or(let parts):
      return parts.lazy.compactMap { $0.filterAsHit(detection) }.first
    }
  }
}
