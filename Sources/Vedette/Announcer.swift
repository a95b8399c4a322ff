public import VedetteEvent
public import VedetteFindings
import VedetteIncidents
public import VedetteNotify
public import VedetteStore

/// Decides what is told of incidents: each when it is new, when its severity rises and when it is
/// taken up again, never once for each finding.
///
/// What was told is in the database, beside the messages that wait: a run that is killed between two
/// commits tells nothing twice and forgets nothing.
public struct Announcer: Sendable {
  /// What was last seen longer ago is history: it is written and not told.
  private static let freshNanoseconds: Int64 = 3_600_000_000_000

  private let notifiers: [Notifier]
  private let database: String

  /// Creates an announcer.
  ///
  /// - Parameters:
  ///   - notifiers: Who is told.
  ///   - database: The database as the commands in a message name it.
  public init(notifiers: [Notifier], database: String) {
    self.notifiers = notifiers
    self.database = database
  }

  /// Returns the incidents of a commit that would be told if they were not history, by id.
  func untold(of batch: CommitBatch) -> [FindingID] {
    batch.incidents.filter { incident in
      batch.time.nanoseconds(since: incident.lastSeen) > Self.freshNanoseconds
        && notifiers.contains { incident.severity >= $0.minSeverity }
    }.map(\.id)
  }

  /// Returns the messages that a commit brings about; they are written with it.
  func notifications(
    of batch: CommitBatch,
    _ store: IncidentStore
  ) throws(StoreError) -> [IncidentNotice] {
    var notifications: [IncidentNotice] = []
    var head: ActivityHead?
    let fresh = batch.incidents.filter { incident in
      batch.time.nanoseconds(since: incident.lastSeen) <= Self.freshNanoseconds
    }
    for notifier in notifiers {
      let worthy = fresh.filter { $0.severity >= notifier.minSeverity }
      guard !worthy.isEmpty else { continue }
      let ids = Dictionary(worthy.map { ($0.id, $0.aliases) }) { first, _ in first }
      let told = try store.notified(of: ids, target: notifier.name)
      for incident in worthy {
        let known = told[incident.id]
        if let known, known.severity >= incident.severity { continue }
        if head == nil { head = try store.activityHead() }
        guard let head else { continue }
        notifications.append(
          message(incident, known == nil ? .opened : .worse, to: notifier, head)
        )
      }
    }
    return notifications
  }

  /// Puts messages about incidents that were taken up again into the outbox.
  ///
  /// - Parameters:
  ///   - store: The database.
  ///   - time: The clock on the wall.
  /// - Throws: ``StoreError`` if the database can't be read or written.
  public func announceReopened(
    _ store: IncidentStore,
    at time: EventTime
  ) throws(StoreError) {
    for notifier in notifiers {
      for id in try store.reopened(target: notifier.name) {
        let incident = try store.incident(id.hex).incident
        let head = try store.activityHead()
        try store.add([message(incident, .reopened, to: notifier, head, as: id)], at: time)
      }
    }
  }

  /// Returns a message that says only that it is a test.
  ///
  /// - Parameters:
  ///   - notifier: Who is told.
  ///   - time: The clock on the wall.
  ///   - head: The end of the activity.
  /// - Returns: The message's body.
  public static func test(_ notifier: Notifier, at time: EventTime, _ head: ActivityHead) -> String
  {
    IncidentMessage.test(target: notifier.name, time: time, head: head)
  }

  private func message(
    _ incident: Incident,
    _ reason: IncidentNotice.Reason,
    to notifier: Notifier,
    _ head: ActivityHead,
    as id: FindingID? = nil
  ) -> IncidentNotice {
    IncidentNotice(
      target: notifier.name,
      incident: id ?? incident.id,
      severity: incident.severity,
      reason: reason,
      body: IncidentMessage.text(
        incident,
        reason: reason.rawValue,
        database: database,
        head: head
      )
    )
  }
}
