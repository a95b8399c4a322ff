public import VedetteEvent
public import VedetteFindings

/// A message about an incident, to be sent to one target.
public struct IncidentNotice: Sendable, Hashable {
  /// Why it is sent.
  public enum Reason: String, Sendable, Hashable, CaseIterable {
    /// The incident is new.
    case opened
    /// Its severity has risen.
    case worse
    /// Somebody has taken the work on it up again.
    case reopened
    /// Nothing happened; somebody tries the target.
    case test
  }

  /// The target's name, which the configuration knows.
  public var target: String
  /// The incident.
  public var incident: FindingID
  /// Its severity as it is told.
  public var severity: Severity
  /// Why it is sent.
  public var reason: Reason
  /// What is sent: JSON in one line.
  public var body: String

  /// Creates a message.
  ///
  /// - Parameters:
  ///   - target: The target's name.
  ///   - incident: The incident.
  ///   - severity: Its severity as it is told.
  ///   - reason: Why it is sent.
  ///   - body: JSON in one line.
  public init(
    target: String,
    incident: FindingID,
    severity: Severity,
    reason: Reason,
    body: String
  ) {
    self.target = target
    self.incident = incident
    self.severity = severity
    self.reason = reason
    self.body = body
  }
}

/// A message that waits in the database.
public struct WaitingNotification: Sendable, Hashable {
  /// Its number, in the order in which messages were made.
  public var number: Int64
  /// The target's name.
  public var target: String
  /// The incident.
  public var incident: FindingID
  /// What is sent.
  public var body: String
  /// When it was made, by the clock on the wall.
  public var made: EventTime
  /// How often sending it was tried.
  public var attempts: Int
  /// Why it did not work last time.
  public var lastError: String?
}

/// What a target was told of an incident.
public struct NotifiedSeverity: Sendable, Hashable {
  /// The severity it was told.
  public var severity: Severity
  /// Whether somebody has taken the work up again since.
  public var isReopened: Bool
}
