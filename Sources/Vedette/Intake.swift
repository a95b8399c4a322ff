import VedetteEvent
import VedetteIngest

/// Receives on a thread of its own until it is told to stop.
///
/// So that what others send waits in memory, where it is counted, and not in the system's buffer,
/// which a few hundred datagrams fill.
final class Intake: Sendable {
  private struct State {
    var received = ReceivedRecords()
    /// What to receive from, when that has changed.
    var wanted: [IntakeAddress]?
    var checkpoints: [Checkpoint] = []
    var isFinishing = false
    var isDone = false
  }

  private static let waitMilliseconds = 1_000
  /// How long a flood may go on after the end was asked for.
  private static let finishMilliseconds: Int64 = 2_000

  private let state = Monitor(State())
  private let waker: FollowWaker
  private let readerWaker: FollowWaker
  private let milliseconds: @Sendable () -> Int64

  /// Starts receiving, or returns `nil` if the system has no thread or descriptor left.
  ///
  /// - Parameters:
  ///   - options: How to treat those who send.
  ///   - readerWaker: Used whenever there is something to take.
  ///   - milliseconds: A clock that never goes back.
  init?(
    options: ReceiveOptions,
    readerWaker: FollowWaker,
    milliseconds: @escaping @Sendable () -> Int64
  ) {
    guard let waker = try? FollowWaker() else { return nil }
    self.waker = waker
    self.readerWaker = readerWaker
    self.milliseconds = milliseconds
    guard WorkThread({ [self] in receive(options) }) != nil else { return nil }
  }

  /// Receives from these addresses and no others.
  func set(_ addresses: [IntakeAddress], checkpoints: [Checkpoint]) {
    state.withLock { state in
      state.wanted = addresses
      state.checkpoints = checkpoints
    }
    waker.wake()
  }

  /// Takes what was received and what happened meanwhile.
  func take() -> (chunks: [FollowedChunk], events: [SourceEvent]) {
    state.withLock { ($0.received.take(), $0.received.takeEvents()) }
  }

  /// Asks for the end: what has arrived is taken, nothing new is waited for.
  func finish() {
    state.withLock { $0.isFinishing = true }
    waker.wake()
  }

  /// Whether nothing more comes and all of it was taken.
  var isDone: Bool { state.withLock { $0.isDone && $0.received.isEmpty } }

  private func receive(_ options: ReceiveOptions) {
    let receiver = Receiver(options: options, waker: waker)
    var finishingSince: Int64?
    while true {
      let now = milliseconds()
      let step = state.withLock { state in
        if let wanted = state.wanted {
          receiver.set(wanted, checkpoints: state.checkpoints, into: &state.received)
          state.wanted = nil
        }
        let wasEmpty = state.received.isEmpty
        let hasMore = receiver.poll(now: now, into: &state.received)
        if state.isFinishing {
          let since = finishingSince ?? now
          finishingSince = since
          if !hasMore || now - since > Self.finishMilliseconds {
            receiver.finish(into: &state.received)
            state.isDone = true
          }
        }
        let hasNews = state.isDone || wasEmpty && !state.received.isEmpty
        return (hasMore: hasMore, hasNews: hasNews, isDone: state.isDone)
      }
      if step.hasNews { readerWaker.wake() }
      if step.isDone { return }
      if !step.hasMore { receiver.wait(milliseconds: Self.waitMilliseconds) }
    }
  }
}
