public import VedetteDocuments
package import VedetteEvent
public import VedetteFindings

/// A Sigma correlation as it is written, before its rules are looked up.
public struct CorrelationRule: Sendable, Hashable {
  /// A rule named by a correlation.
  public struct Input: Sendable, Hashable {
    /// The rule's id or name.
    public var name: String
    /// Where it is named.
    public var position: Position
  }

  /// A name that stands for a different field in each rule.
  public struct Alias: Sendable, Hashable {
    /// The name, as `group-by` uses it.
    public var name: String
    /// For a rule's id or name the field.
    public var fields: [String: String]
  }

  /// What it says about itself.
  public var metadata: RuleMetadata
  /// What is looked for.
  public var kind: CorrelationPlan.Kind
  /// The rules and correlations it looks at, in the order of the file.
  public var inputs: [Input]
  /// The fields whose values make a group; may be aliases.
  public var groupBy: [String]
  /// The aliases.
  public var aliases: [Alias]
  /// The window's length in nanoseconds.
  public var timespanNanoseconds: Int64
  /// What the count or value must satisfy.
  public var bounds: [CorrelationPlan.Bound]
  /// Whether its rules report their own matches too.
  public var generates: Bool
}

/// A Sigma filter: a condition that is and-ed to other rules.
package struct RuleFilter: Sendable, Hashable {
  /// What it says about itself.
  package var metadata: RuleMetadata
  /// The rules it is for must look at these events.
  package var logSource: LogSource
  /// The rules' ids or names; `nil` for every rule of the log source.
  package var rules: [CorrelationRule.Input]?
  /// The condition, an exclusion being written with `not`.
  package var detection: Detection
}
