/// One part of a rule's condition, whether it holds for an event, and what was seen.
public struct ConditionTrace: Sendable, Hashable {
  /// What a part of a condition is.
  public enum Kind: String, Sendable, Hashable {
    /// The log source.
    case logSource = "logsource"
    /// Everything below must hold.
    case and
    /// Something below must hold.
    case or
    /// What is below must not hold.
    case not
    /// A search identifier.
    case search
    /// A field with its values, or keywords.
    case item
  }

  /// What it is.
  public var kind: Kind
  /// As the rule writes it: `selection`, `1 of filter_*`, `Image|endswith: \cmd.exe`.
  public var label: String
  /// Whether it holds.
  public var isTrue: Bool
  /// For an item the field's values, none where it is absent or null; else `nil`.
  public var observed: [String]?
  /// The parts that it is made of.
  public var parts: [ConditionTrace]

  /// Creates a trace.
  ///
  /// - Parameters:
  ///   - kind: What it is.
  ///   - label: As the rule writes it.
  ///   - isTrue: Whether it holds.
  ///   - observed: For an item the field's values.
  ///   - parts: The parts that it is made of.
  public init(
    kind: Kind,
    label: String,
    isTrue: Bool,
    observed: [String]? = nil,
    parts: [ConditionTrace] = []
  ) {
    self.kind = kind
    self.label = label
    self.isTrue = isTrue
    self.observed = observed
    self.parts = parts
  }
}

/// Why a rule does or does not hold for an event.
public struct RuleExplanation: Sendable, Hashable {
  /// The rule's index in its set.
  public var rule: Int
  /// What the rule says about itself.
  public var metadata: RuleMetadata
  /// Whether the rule looks at such events at all.
  public var isRouted: Bool
  /// Whether the rule holds.
  public var isTrue: Bool
  /// The log source, the condition, and the conditions of filters.
  public var trace: [ConditionTrace]
}
