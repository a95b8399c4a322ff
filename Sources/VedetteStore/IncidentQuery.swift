public import VedetteEvent
public import VedetteFindings

/// Which incidents to list, and in which order.
///
/// Every filter that is set must hold.
public struct IncidentQuery: Sendable, Hashable {
  /// The order of a list; equal ones follow by the other criterion, then by id.
  public enum Order: String, Sendable, Hashable, CaseIterable {
    /// The highest risk first.
    case risk
    /// The last seen first.
    case time
  }

  /// Only those last seen at or after a time.
  public var since: EventTime?
  /// Only those first seen at or before a time.
  public var until: EventTime?
  /// Only those of one of these statuses; empty for any.
  public var statuses: [IncidentStatus] = []
  /// Only those of exactly this severity.
  public var severity: Severity?
  /// Only those at least this severe.
  public var minSeverity: Severity?
  /// Only those in which an entity takes part: `type:value`, or a value of any type.
  ///
  /// A key may be given as the terminal shows it, `access_key:AKIA..7Q`.
  public var entity: String?
  /// Only those that show a technique; `T1110` stands for its sub-techniques too.
  public var technique: String?
  /// Only those with a finding of a rule, by id.
  public var rule: String?
  /// The most to return; `nil` for all.
  public var limit: Int?
  /// The order.
  public var order = Order.risk

  /// Creates a query for all incidents, the highest risk first.
  public init() {}
}
