import VedetteEvent

/// A user's own names of fields and log sources, as a mapping file or a processing pipeline of
/// pySigma says them.
///
/// What it says is added: a field is looked up under its own name and under each that it is given,
/// and events of a rule's own log source are looked at beside those of the one that it is given.
public struct RuleMapping: Sendable, Hashable {
  /// A mapping that says nothing.
  public static let none = RuleMapping()

  /// What is done with rules, in order.
  var steps: [Step] = []
  /// Which events log sources stand for, beside the tables in the binary.
  var entries: [RoutingTable.Entry] = []
  /// The values of placeholders, by name without percent signs.
  public internal(set) var placeholders: [String: [String]] = [:]
  /// Which placeholders without values stand for anything.
  var wildcards: PlaceholderChoice = .only([])
  /// Pipelines of a lower priority come first.
  var priority: Int64 = 0

  /// Which placeholders a transformation is for.
  enum PlaceholderChoice: Sendable, Hashable {
    case only(Set<String>)
    case allBut(Set<String>)

    func contains(_ name: String) -> Bool {
      switch self {
      case .only(let names): names.contains(name)
      case .allBut(let names): !names.contains(name)
      }
    }
  }

  /// One transformation of rules.
  struct Step: Sendable, Hashable {
    var action: Action
    var rules = RuleChoice()
    var fields = FieldChoice()
  }

  /// What a transformation does.
  enum Action: Sendable, Hashable {
    /// Fields have other names too.
    case rename([String: [String]])
    /// Fields have a name with something before it too.
    case prefix(String)
    /// Fields have a name with something behind it too.
    case suffix(String)
    /// Fields whose name begins so have one that begins otherwise too.
    case renamePrefix([String: [String]])
    /// Events of another log source are looked at too.
    case logSource(LogSource)
    /// Something else must hold, or must not.
    case require(Expression)
    /// Comparisons are left out.
    case drop
    /// The rule is rejected.
    case reject(String)
  }

  /// Which rules a transformation is for.
  struct RuleChoice: Sendable, Hashable {
    enum Condition: Sendable, Hashable {
      case logSource(LogSource)
      case isRule
      case isCorrelation
      case tag(String)
      case hasField(String)
    }

    var conditions: [Condition] = []
    var requiresAny = false
    var isNegated = false
  }

  /// Which fields a transformation is for.
  struct FieldChoice: Sendable, Hashable {
    struct Condition: Sendable, Hashable {
      var names: Set<String>
      var isExclusion: Bool
    }

    var conditions: [Condition] = []
    var requiresAny = false
    var isNegated = false

    func contains(_ field: String) -> Bool {
      if conditions.isEmpty { return true }
      func holds(_ condition: Condition) -> Bool {
        condition.names.contains(field) != condition.isExclusion
      }
      let isIn = requiresAny ? conditions.contains(where: holds) : conditions.allSatisfy(holds)
      return isIn != isNegated
    }
  }

  /// Creates a mapping that says nothing.
  public init() {}

  /// Returns mappings as one; those of a lower priority come first.
  ///
  /// - Parameter mappings: The mappings, in the order they were given.
  /// - Returns: What they say together.
  public static func joined(_ mappings: [RuleMapping]) -> RuleMapping {
    var all = RuleMapping()
    let ordered = mappings.enumerated().sorted {
      ($0.element.priority, $0.offset) < ($1.element.priority, $1.offset)
    }
    for (_, mapping) in ordered {
      all.steps += mapping.steps
      all.entries += mapping.entries
      all.placeholders.merge(mapping.placeholders) { $1 }
      switch (all.wildcards, mapping.wildcards) {
      case (.only(let left), .only(let right)): all.wildcards = .only(left.union(right))
      case (.only, .allBut): all.wildcards = mapping.wildcards
      case (.allBut, .only): break
      case (.allBut(let left), .allBut(let right)):
        all.wildcards = .allBut(left.intersection(right))
      }
    }
    return all
  }

  /// Adds values of placeholders.
  ///
  /// - Parameter values: The values, by name; they replace those that there are.
  public mutating func addPlaceholders(_ values: [String: [String]]) {
    placeholders.merge(values) { $1 }
  }

  /// The tables in the binary with this mapping's log sources.
  var routing: RoutingTable {
    guard !entries.isEmpty else { return .builtIn }
    var table = RoutingTable.builtIn
    table.add(entries)
    return table
  }
}
