public import VedetteEvent

/// What is known of an entity: the incidents that it takes part in.
public struct EntityStanding: Sendable, Hashable {
  /// One incident, as it counts for the entity.
  public struct Part: Sendable, Hashable {
    /// The incident.
    public var incident: FindingID
    /// What it is.
    public var title: String
    /// Its risk.
    public var risk: Int
    /// What the entity did in it.
    public var role: EntityRole
    /// When it was last seen.
    public var lastSeen: EventTime
    /// What was decided about it.
    public var triage: Triage

    /// Creates a part.
    ///
    /// - Parameters:
    ///   - incident: The incident.
    ///   - title: What it is.
    ///   - risk: Its risk.
    ///   - role: What the entity did in it.
    ///   - lastSeen: When it was last seen.
    ///   - triage: What was decided about it.
    public init(
      incident: FindingID,
      title: String,
      risk: Int,
      role: EntityRole,
      lastSeen: EventTime,
      triage: Triage
    ) {
      self.incident = incident
      self.title = title
      self.risk = risk
      self.role = role
      self.lastSeen = lastSeen
      self.triage = triage
    }
  }

  /// The entity.
  public var entity: EntityKey
  /// When an incident first named it.
  public var firstSeen: EventTime
  /// When one last did.
  public var lastSeen: EventTime
  /// Its incidents, the worst first.
  public var parts: [Part]

  /// Creates a standing.
  ///
  /// - Parameters:
  ///   - entity: The entity.
  ///   - firstSeen: When an incident first named it.
  ///   - lastSeen: When one last did.
  ///   - parts: Its incidents.
  public init(entity: EntityKey, firstSeen: EventTime, lastSeen: EventTime, parts: [Part]) {
    self.entity = entity
    self.firstSeen = firstSeen
    self.lastSeen = lastSeen
    self.parts = parts
  }
}
