public import VedetteEvent
public import VedetteFindings

/// What the pipeline writes at once: either all of it is kept or nothing.
///
/// Results and how far the input was read go together, so that a restart neither repeats an event
/// nor leaves one out.
public struct CommitBatch: Sendable {
  /// A finding and where it belongs.
  public struct PlacedFinding: Sendable, Hashable {
    /// The finding.
    public var finding: Finding
    /// Its incident, in this batch or stored already; `nil` while it opens none.
    public var incident: FindingID?
    /// The exception that keeps it out of every incident, if one does.
    public var exception: String?

    /// Creates a placed finding.
    ///
    /// - Parameters:
    ///   - finding: The finding.
    ///   - incident: Its incident.
    public init(_ finding: Finding, in incident: FindingID?) {
      self.finding = finding
      self.incident = incident
    }

    /// Creates a finding that an exception keeps out of every incident.
    ///
    /// - Parameters:
    ///   - finding: The finding.
    ///   - exception: The exception's id.
    public init(_ finding: Finding, hiddenBy exception: String) {
      self.finding = finding
      self.exception = exception
    }
  }

  /// A finding that is as it was stored, but of another incident.
  public struct MovedFinding: Sendable, Hashable {
    /// The finding, stored already.
    public var id: FindingID
    /// Its incident, in this batch or stored already; `nil` if it is of none any more.
    public var incident: FindingID?

    /// Creates a move.
    ///
    /// - Parameters:
    ///   - id: The finding.
    ///   - incident: Its incident.
    public init(_ id: FindingID, to incident: FindingID?) {
      self.id = id
      self.incident = incident
    }
  }

  /// An id that was printed and what it means from now on.
  public struct Alias: Sendable, Hashable {
    /// The id that is no longer one of its own.
    public var id: FindingID
    /// What it is part of.
    public var target: FindingID

    /// Creates an alias.
    ///
    /// - Parameters:
    ///   - id: The id that is no longer one of its own.
    ///   - target: What it is part of.
    public init(_ id: FindingID, of target: FindingID) {
      self.id = id
      self.target = target
    }
  }

  /// A number that is shown by `vedette metrics`.
  public struct Metric: Sendable, Hashable {
    /// Its name, with labels if it has any.
    public var name: String
    /// Its value.
    public var value: Double

    /// Creates a metric.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - value: Its value.
    public init(name: String, value: Double) {
      self.name = name
      self.value = value
    }
  }

  /// When it is written, by the clock on the wall.
  public var time: EventTime
  /// New and changed incidents; ids among their aliases become part of them.
  public var incidents: [Incident] = []
  /// New and changed findings.
  public var findings: [PlacedFinding] = []
  /// Findings that only changed their incident: their evidence stays as it is.
  public var movedFindings: [MovedFinding] = []
  /// Incidents that became part of others; what was decided about them moves along.
  public var mergedIncidents: [Alias] = []
  /// Findings that became part of others.
  public var mergedFindings: [Alias] = []
  /// Changed detector state.
  public var stateRows: [StateRow] = []
  /// What each detector's state is learned under, by detector; of those in ``stateRows`` at least.
  public var stateDigests: [String: StateDigests] = [:]
  /// How far the files of a source were read: each source's whole state, in reading order.
  ///
  /// It replaces what was stored of the source. There is no key to update by: an inode can belong to
  /// a deleted file that is still remembered and to a new one.
  public var checkpoints: [SourceID: [Checkpoint]] = [:]
  /// How far each source is.
  public var sourceStatus: [SourceStatus] = []
  /// Records that could not be read, to be kept.
  public var deadLetters: [KeptDeadLetter] = []
  /// Messages to be sent once this is committed: none is sent before, none gets lost.
  public var notifications: [IncidentNotice] = []
  /// Incidents that nobody is told of because they are history: counted.
  public var untoldCount = 0
  /// Numbers to be shown.
  public var metrics: [Metric] = []

  /// Creates a batch of nothing.
  ///
  /// - Parameter time: When it is written, by the clock on the wall.
  public init(at time: EventTime) { self.time = time }
}

/// How much a commit wrote.
public struct CommitCounts: Sendable, Hashable {
  /// Incidents made or changed.
  public var incidents = 0
  /// Findings made or changed.
  public var findings = 0
  /// Evidence rows added; those that were there already don't count.
  public var evidence = 0
  /// Bytes of detector state written.
  public var stateBytes = 0
}
