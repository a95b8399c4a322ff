public import VedetteEvent

/// One address that is received from.
protocol IntakePart: AnyObject {
  /// Where in ``ReceivedRecords/sources`` its records go.
  var place: Int { get }
  /// What to wait on; nothing that would have to wait anyway while there is no room.
  func descriptors(hasRoom: Bool) -> [Int32]
  /// Takes what came, a bounded part of it, and returns whether there is more right away.
  func poll(now: Int64, into received: inout ReceivedRecords) -> Bool
  /// Takes nothing new, and gives what is open.
  func finish(into received: inout ReceivedRecords)
}

/// Receives from all addresses of a configuration: one thread owns it, polls and waits.
///
/// ```swift
/// let receiver = Receiver(options: ReceiveOptions(), waker: waker)
/// receiver.set(addresses, checkpoints: stored, into: &received)
/// while !isStopped {
///   if !receiver.poll(now: milliseconds, into: &received) { receiver.wait(milliseconds: 1_000) }
/// }
/// receiver.finish(into: &received)
/// ```
public final class Receiver {
  private let options: ReceiveOptions
  private let waker: FollowWaker
  private var parts: [any IntakePart] = []
  private var hasRoom = true

  private static let roomMilliseconds = 20

  /// Creates a receiver of nothing.
  ///
  /// - Parameters:
  ///   - options: How to treat those who send.
  ///   - waker: Ends ``wait(milliseconds:)`` from another thread.
  public init(options: ReceiveOptions, waker: FollowWaker) {
    self.options = options
    self.waker = waker
  }

  /// Receives from these addresses and no others; those that stay go on undisturbed.
  ///
  /// - Parameters:
  ///   - addresses: What to receive from.
  ///   - checkpoints: What was stored of them last.
  ///   - received: Takes what is still open at addresses that go.
  public func set(
    _ addresses: [IntakeAddress],
    checkpoints: [Checkpoint],
    into received: inout ReceivedRecords
  ) {
    for part in parts where !addresses.contains(received.sources[part.place].address) {
      part.finish(into: &received)
    }
    parts.removeAll { !addresses.contains(received.sources[$0.place].address) }
    for address in addresses {
      let place = received.sources.firstIndex { $0.address == address } ?? received.sources.count
      guard !parts.contains(where: { $0.place == place }) else { continue }
      if place == received.sources.count {
        let checkpoint = checkpoints.first { $0.source == address.source }
        received.sources.append(ReceivedSource(address, checkpoint: checkpoint))
      }
      switch address {
      case .listener(let listened):
        parts.append(SyslogListener(listened, place: place, options: options))
      case .journal(let matches):
        parts.append(JournalReader(matches: matches, place: place, options: options))
      }
    }
  }

  /// Takes what came, a bounded part of each.
  ///
  /// - Parameters:
  ///   - now: The time by a clock that never goes back, in milliseconds.
  ///   - received: Takes records, losses and events.
  /// - Returns: Whether there is more right away.
  public func poll(now: Int64, into received: inout ReceivedRecords) -> Bool {
    var hasMore = false
    for part in parts {
      let isMore = part.poll(now: now, into: &received)
      hasMore = isMore || hasMore
    }
    hasRoom = !received.isFull
    return hasMore
  }

  /// Waits until something comes.
  ///
  /// - Parameter milliseconds: How long to wait at most; shorter while there is no room.
  public func wait(milliseconds: Int) {
    let descriptors = [waker.descriptor] + parts.flatMap { $0.descriptors(hasRoom: hasRoom) }
    let longest = hasRoom ? milliseconds : min(milliseconds, Self.roomMilliseconds)
    let ready = Waiting.ready(descriptors, milliseconds: longest)
    if ready.contains(waker.descriptor) { waker.reset() }
  }

  /// Takes nothing new, and gives what is open.
  ///
  /// - Parameter received: Takes it.
  public func finish(into received: inout ReceivedRecords) {
    for part in parts { part.finish(into: &received) }
    parts = []
  }

  /// The port that a listener was given, for those that asked for any.
  package func port(of address: ListenAddress, in received: ReceivedRecords) -> UInt16? {
    for part in parts where received.sources[part.place].address == .listener(address) {
      return (part as? SyslogListener)?.port
    }
    return nil
  }

  /// Whether what a journal is told by is on this host.
  public static var hasJournal: Bool { ChildProcess.isInstalled(ReceiveOptions().journalProgram) }
}
