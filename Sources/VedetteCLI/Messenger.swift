import Glibc
import Synchronization
import Vedette
import VedetteEvent
import VedetteIncidents
import VedetteNotify
import VedetteStore

/// Sends what a run puts into the outbox, on a thread of its own: a target that is slow must not
/// keep logs from being read.
final class Messenger: Sendable {
  private static let pauseMicroseconds: UInt32 = 250_000
  /// How long the end of a run waits for messages on their way.
  private static let finishMilliseconds: Int64 = 5_000

  /// Decides what is told.
  let announcer: Announcer?
  private let delivery: Delivery
  private let store: IncidentStore
  private let options: GlobalOptions
  private let control: RunControl
  private let isFinished = Atomic<Bool>(false)

  init(
    _ notifiers: [Notifier],
    store: IncidentStore,
    database: String,
    options: GlobalOptions,
    control: RunControl
  ) throws {
    announcer = notifiers.isEmpty ? nil : Announcer(notifiers: notifiers, database: database)
    delivery = Delivery(to: notifiers, milliseconds: Clock.milliseconds, now: Clock.now)
    self.store = store
    self.options = options
    self.control = control
    for notifier in notifiers {
      options.note(
        "'\(TerminalText.visible(notifier.name))' is told of incidents of "
          + "\(notifier.minSeverity.name) and above"
      )
    }
  }

  /// Begins to send.
  func start() {
    guard let announcer else { return isFinished.store(true, ordering: .releasing) }
    Thread.detach { [self] in
      while !control.isStopping {
        round(announcer) { [self] in control.isStopping }
        usleep(Self.pauseMicroseconds)
      }
      isFinished.store(true, ordering: .releasing)
    }
  }

  /// Sends what the last commit brought, if its targets answer soon; the rest waits in the database.
  func finish() {
    let end =
      Clock.milliseconds() + Self.finishMilliseconds + Int64(NotificationSender.millisecondsMax)
    while !isFinished.load(ordering: .acquiring), Clock.milliseconds() < end { usleep(10_000) }
    guard let announcer else { return }
    let last = Clock.milliseconds() + Self.finishMilliseconds
    round(announcer) { Clock.milliseconds() >= last }
    if let waiting = try? store.waitingNotifications(), waiting.count > 0 {
      options.note("\(waiting.count) notifications wait in the database for the next run")
    }
  }

  private func round(_ announcer: Announcer, isStopping: () -> Bool) {
    do throws(StoreError) {
      try announcer.announceReopened(store, at: Clock.now())
      let outcome = try delivery.round(store, isStopping: isStopping)
      for failure in outcome.failures {
        let target = TerminalText.visible(failure.target)
        Output.note("vedette: '\(target)' was not told, it waits: \(failure.error)")
      }
    } catch {
      // The run says so too, and waits; the outbox is read again.
      options.note("vedette: notifications wait: \(error)")
    }
  }
}
