/// A rule as the stages behind the rule engine know it.
public struct RuleDescriptor: Sendable, Hashable {
  /// Who it is.
  public var reference: RuleReference
  /// ATT&CK and ATLAS technique ids from its tags, upper case, as `T1110.001` and `AML.T0024`.
  public var techniques: [String]
  /// Tactics from its tags, in lower case with hyphens.
  public var tactics: [String]
  /// Whether its own matches stay silent: it is only there for a correlation.
  public var isSilent: Bool
  /// The fields that must have values for it to hold, as it names them: what a finding shows of its
  /// first event.
  public var fields: [String]

  /// Creates a descriptor.
  ///
  /// - Parameters:
  ///   - reference: Who it is.
  ///   - techniques: Technique ids.
  ///   - tactics: Tactics.
  ///   - isSilent: Whether its own matches stay silent.
  ///   - fields: The fields that a finding shows.
  public init(
    reference: RuleReference,
    techniques: [String],
    tactics: [String],
    isSilent: Bool,
    fields: [String] = []
  ) {
    self.reference = reference
    self.techniques = techniques
    self.tactics = tactics
    self.isSilent = isSilent
    self.fields = fields
  }
}

/// A row of a batch that a rule holds on.
public struct RuleMatch: Sendable, Hashable, Comparable {
  /// The row.
  public var row: Int
  /// The rule's index in its rule set, which is ordered by rule id.
  public var rule: Int

  /// Creates a match.
  ///
  /// - Parameters:
  ///   - row: The row.
  ///   - rule: The rule's index.
  public init(row: Int, rule: Int) {
    self.row = row
    self.rule = rule
  }

  /// Orders by row, then rule.
  ///
  /// - Parameters:
  ///   - lhs: A match.
  ///   - rhs: Another.
  /// - Returns: Whether the left one comes first.
  public static func < (lhs: RuleMatch, rhs: RuleMatch) -> Bool {
    (lhs.row, lhs.rule) < (rhs.row, rhs.rule)
  }
}

/// A Sigma correlation, ready to run over the matches of its rules.
public struct CorrelationPlan: Sendable, Hashable {
  /// What is looked for.
  public enum Kind: Sendable, Hashable {
    /// The number of events.
    case eventCount
    /// The number of distinct values of a field, or of distinct tuples of several.
    case valueCount(fields: [String])
    /// Every rule matched, in any order.
    case temporal
    /// Every rule matched, in the order of ``CorrelationPlan/inputs``.
    case temporalOrdered
    /// The rules that matched, in any order, are as a condition says.
    case temporalWhere(InputCondition)
    /// The first rule matched, and none of the others, or itself if it is the only one, did until
    /// the time span after it had passed.
    case absence
    /// The sum of a field's values.
    case valueSum(field: String)
    /// The mean of a field's values.
    case valueAverage(field: String)
    /// A percentile of a field's values, 0 to 100.
    case valuePercentile(field: String, percentile: Double)
  }

  /// A comparison of the count or value with a number.
  public enum Comparison: String, Sendable, Hashable {
    /// At least.
    case atLeast = "gte"
    /// More than.
    case moreThan = "gt"
    /// At most.
    case atMost = "lte"
    /// Less than.
    case lessThan = "lt"
    /// Equal to.
    case equal = "eq"
    /// Other than.
    case notEqual = "neq"

    /// Compares.
    ///
    /// - Parameters:
    ///   - value: The count or value.
    ///   - bound: The number in the rule.
    /// - Returns: Whether the comparison holds.
    public func holds(_ value: Double, _ bound: Double) -> Bool {
      switch self {
      case .atLeast: value >= bound
      case .moreThan: value > bound
      case .atMost: value <= bound
      case .lessThan: value < bound
      case .equal: value == bound
      case .notEqual: value != bound
      }
    }
  }

  /// One comparison of the condition; all must hold.
  public struct Bound: Sendable, Hashable {
    /// How to compare.
    public var comparison: Comparison
    /// With what.
    public var value: Double

    /// Creates a bound.
    ///
    /// - Parameters:
    ///   - comparison: How to compare.
    ///   - value: With what.
    public init(_ comparison: Comparison, _ value: Double) {
      self.comparison = comparison
      self.value = value
    }
  }

  /// The correlation's own index in its rule set.
  public var rule: Int
  /// What is looked for.
  public var kind: Kind
  /// The indices of the rules and correlations it looks at; correlations among them come earlier in
  /// the list of plans.
  public var inputs: [Int]
  /// For each input the fields that make the group, in the order of `group-by`, aliases resolved.
  public var groupFields: [[String]]
  /// The window's length in nanoseconds, inclusive at both ends.
  public var timespanNanoseconds: Int64
  /// What the count or value must satisfy; empty for temporal ones.
  public var bounds: [Bound]

  /// Creates a plan.
  ///
  /// - Parameters:
  ///   - rule: The correlation's own index.
  ///   - kind: What is looked for.
  ///   - inputs: The indices of its inputs.
  ///   - groupFields: For each input the fields that make the group.
  ///   - timespanNanoseconds: The window's length.
  ///   - bounds: What the count or value must satisfy.
  public init(
    rule: Int,
    kind: Kind,
    inputs: [Int],
    groupFields: [[String]],
    timespanNanoseconds: Int64,
    bounds: [Bound]
  ) {
    self.rule = rule
    self.kind = kind
    self.inputs = inputs
    self.groupFields = groupFields
    self.timespanNanoseconds = timespanNanoseconds
    self.bounds = bounds
  }
}
