/// An incident and what was decided about it: a row of a list.
public struct TriagedIncident: Sendable, Hashable {
  /// What follows from input, rules and configuration.
  public var incident: Incident
  /// What an analyst decided.
  public var triage: Triage

  /// Creates a row.
  ///
  /// - Parameters:
  ///   - incident: The incident.
  ///   - triage: What was decided.
  public init(incident: Incident, triage: Triage) {
    self.incident = incident
    self.triage = triage
  }
}

/// An incident with all that belongs to it: what is shown, told and exported.
public struct IncidentDetail: Sendable, Hashable {
  /// What follows from input, rules and configuration.
  public var incident: Incident
  /// What an analyst decided.
  public var triage: Triage
  /// Its findings with their evidence, by time, then id.
  public var findings: [Finding]
  /// What was done about it, oldest first.
  public var activity: [Activity]

  /// Creates a detail.
  ///
  /// - Parameters:
  ///   - incident: The incident.
  ///   - triage: What was decided.
  ///   - findings: Its findings, by time, then id.
  ///   - activity: What was done about it, oldest first.
  public init(
    incident: Incident,
    triage: Triage = Triage(),
    findings: [Finding],
    activity: [Activity] = []
  ) {
    self.incident = incident
    self.triage = triage
    self.findings = findings
    self.activity = activity
  }
}
