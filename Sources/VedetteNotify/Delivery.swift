public import VedetteEvent
public import VedetteStore

/// Sends what waits in the outbox, and puts off what can't be sent.
///
/// A message leaves the outbox when its target has it, so none is lost; one whose answer was lost is
/// sent again, under the same number.
public struct Delivery: Sendable {
  private static let batchMax = 20
  private static let firstDelaySeconds: Int64 = 2
  private static let delaySecondsMax: Int64 = 3_600

  private let notifiers: [String: Notifier]
  private let sender: NotificationSender
  private let now: @Sendable () -> EventTime

  /// What came of a round.
  public struct Outcome: Sendable {
    /// Messages that are where they belong.
    public var sent = 0
    /// Messages that are put off, each with its target and why.
    public var failures: [(target: String, error: String)] = []
  }

  /// Creates what delivers.
  ///
  /// - Parameters:
  ///   - notifiers: The targets.
  ///   - milliseconds: A clock that never goes back.
  ///   - now: The clock on the wall.
  public init(
    to notifiers: [Notifier],
    milliseconds: @escaping @Sendable () -> Int64,
    now: @escaping @Sendable () -> EventTime
  ) {
    self.notifiers = Dictionary(notifiers.map { ($0.name, $0) }) { first, _ in first }
    sender = NotificationSender(milliseconds: milliseconds)
    self.now = now
  }

  /// Sends the messages that are due.
  ///
  /// - Parameters:
  ///   - store: The database with the outbox.
  ///   - isStopping: Asked before each message.
  /// - Returns: How many were sent, and what went wrong.
  /// - Throws: ``StoreError`` if the database can't be read or written.
  public func round(
    _ store: IncidentStore,
    isStopping: () -> Bool
  ) throws(StoreError) -> Outcome {
    var outcome = Outcome()
    for message in try store.dueNotifications(at: now(), limit: Self.batchMax) {
      if isStopping() { break }
      guard let problem = send(message) else {
        try store.finishNotification(message.number)
        outcome.sent += 1
        continue
      }
      outcome.failures.append((message.target, problem))
      let delay = Self.delaySeconds(afterAttempts: message.attempts + 1)
      try store.delayNotification(
        message.number,
        error: problem,
        until: now().advanced(byNanoseconds: delay * 1_000_000_000)
      )
    }
    return outcome
  }

  /// Sends a message and returns what went wrong, if anything.
  private func send(_ message: WaitingNotification) -> String? {
    guard let notifier = notifiers[message.target] else {
      return "the configuration names no target '\(message.target)' any more"
    }
    do throws(NotificationError) {
      try sender.send(message.body, number: message.number, to: notifier, at: now())
      return nil
    } catch {
      return error.description
    }
  }

  /// Returns how long to wait after a number of failed attempts: twice as long each time, up to an
  /// hour.
  static func delaySeconds(afterAttempts attempts: Int) -> Int64 {
    min(delaySecondsMax, firstDelaySeconds << Int64(min(20, max(0, attempts - 1))))
  }
}
