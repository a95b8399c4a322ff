package import VedetteDocuments

/// What a rule looks for: named searches and the condition that joins them.
package struct Detection: Sendable, Hashable {
  /// A search with its name.
  package struct NamedSearch: Sendable, Hashable {
    /// The search identifier.
    package var name: String
    /// Where it stands.
    package var position: Position
    /// What it asks for.
    package var search: Search
  }

  /// The searches, in the order of the file.
  package var searches: [NamedSearch]
  /// The conditions: the rule holds if any of them does.
  package var conditions: [Condition]

  /// Returns a search, or `nil` if there is none of that name.
  ///
  /// - Parameter name: The search identifier.
  /// - Returns: The search.
  package func search(_ name: String) -> Search? {
    searches.first { $0.name == name }?.search
  }
}

/// What one search identifier stands for.
package indirect enum Search: Sendable, Hashable {
  /// Everything must hold: a mapping.
  case all([Search])
  /// Something must hold: a list.
  case any([Search])
  /// A field compared with values, or keywords.
  case item(DetectionItem)
}

/// One field, or the whole event, compared with values.
package struct DetectionItem: Sendable, Hashable {
  /// The field, or `nil` for keywords, which are looked for in every field.
  package var field: String?
  /// The modifiers, as written.
  package var modifiers: [FieldModifier]
  /// The values; each is a list of alternatives into which its modifiers expanded it.
  package var values: [[ValueTest]]
  /// Whether every value must hold instead of any.
  package var requiresAll: Bool
  /// Whether the item holds when its values do not: `neq`.
  package var isNegated: Bool
  /// Where the item stands.
  package var position: Position

  /// The item as a rule writes it, without its values: `CommandLine|contains|all`.
  package var key: String {
    ([field ?? ""] + modifiers.map(\.rawValue)).joined(separator: "|")
  }
}

/// How searches are joined.
package indirect enum Condition: Sendable, Hashable {
  /// Which searches a quantifier ranges over.
  package enum Selector: Sendable, Hashable {
    /// All whose name does not begin with an underscore: `them`.
    case them
    /// Those whose name is like a pattern in which `*` stands for anything.
    case named(String)
  }

  /// A search holds.
  case search(String)
  /// Any or all of several searches hold.
  case some(Selector, requiresAll: Bool)
  /// It does not hold.
  case not(Condition)
  /// Everything holds.
  case and([Condition])
  /// Something holds.
  case or([Condition])
}

/// A rule's condition with its searches filled in.
package indirect enum Expression: Sendable, Hashable {
  /// An item holds; its ``DetectionItem/isNegated`` is already outside of it.
  case item(DetectionItem)
  /// It does not hold.
  case not(Expression)
  /// Everything holds.
  case and([Expression])
  /// Something holds.
  case or([Expression])
}

extension Detection {
  /// The searches that a quantifier ranges over, in the order of the file.
  ///
  /// - Parameter selector: Which searches.
  /// - Returns: The searches; none if the selector matches nothing.
  package func searches(_ selector: Condition.Selector) -> [NamedSearch] {
    switch selector {
    case .them: searches.filter { !$0.name.hasPrefix("_") }
    case .named(let pattern):
      searches.filter { Self.matches(Array($0.name.utf8)[...], Array(pattern.utf8)[...]) }
    }
  }

  /// The condition with the searches filled in.
  package var expression: Expression { .or(conditions.map(expression)) }

  /// A condition with the searches filled in; what is not defined never holds.
  ///
  /// - Parameter condition: The condition.
  /// - Returns: The expression.
  package func expression(_ condition: Condition) -> Expression {
    switch condition {
    case .search(let name): search(name).map(Expression.init) ?? .or([])
    case .some(let selector, let requiresAll):
      requiresAll
        ? .and(searches(selector).map { Expression($0.search) })
        : .or(searches(selector).map { Expression($0.search) })
    case .not(let inner): .not(expression(inner))
    case .and(let parts): .and(parts.map(expression))
    case .or(let parts): .or(parts.map(expression))
    }
  }

  /// Whether a name is like a pattern with stars, in time linear in both but for the stars.
  private static func matches(_ name: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
    var name = name
    var pattern = pattern
    var retry: (name: ArraySlice<UInt8>, pattern: ArraySlice<UInt8>)?
    while true {
      if let first = pattern.first, first == UInt8(ascii: "*") {
        pattern = pattern.dropFirst()
        retry = (name, pattern)
      } else if let byte = name.first, byte == pattern.first {
        name = name.dropFirst()
        pattern = pattern.dropFirst()
      } else if name.isEmpty, pattern.isEmpty {
        return true
      } else if let last = retry, !last.name.isEmpty {
        name = last.name.dropFirst()
        pattern = last.pattern
        retry = (name, pattern)
      } else {
        return false
      }
    }
  }
}

extension Expression {
  /// Creates the expression of a search.
  ///
  /// - Parameter search: The search.
  package init(_ search: Search) {
    switch search {
    case .all(let parts): self = .and(parts.map(Expression.init))
    case .any(let parts): self = .or(parts.map(Expression.init))
    case .item(var item):
      if item.isNegated {
        item.isNegated = false
        self = .not(.item(item))
      } else {
        self = .item(item)
      }
    }
  }
}
