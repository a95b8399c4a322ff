public import VedetteEvent
public import VedetteFindings

/// What is to be taken away for good.
public enum PurgeScope: Sendable, Hashable {
  /// All incidents and findings that an entity takes part in, and its name wherever else it stands:
  /// `type:value`, or a value of any type.
  case entity(String)
  /// All incidents last seen before a time, and findings of none.
  case before(EventTime)
}

/// What was taken away, or would be.
public struct PurgeCounts: Sendable, Hashable {
  /// Incidents, with their findings and records.
  public var incidents = 0
  /// Of them those that nobody has closed.
  public var openIncidents = 0
  /// Findings, with those of the incidents.
  public var findings = 0
  /// Records that findings rested on.
  public var records = 0
  /// Texts and records of what stays in which the name was blanked.
  public var blankedTexts = 0
  /// Rows of what detectors know, by detector: it is learned anew.
  public var stateRows: [String: Int] = [:]
  /// Notifications that waited to be sent.
  public var notifications = 0
  /// Lines of activity whose text was taken away.
  public var activity = 0
  /// The first of the incidents, by first seen.
  public var firstIncidents: [FindingID] = []
  /// The line of activity that says so, or `nil` if nothing was taken away.
  public var tombstone: ActivityHead?

  /// Creates counts of nothing.
  public init() {}

  /// Whether there was anything to take away.
  public var isEmpty: Bool {
    incidents == 0 && findings == 0 && blankedTexts == 0 && stateRows.isEmpty && notifications == 0
      && activity == 0
  }
}
