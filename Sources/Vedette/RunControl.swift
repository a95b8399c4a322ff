import Synchronization
public import VedetteIngest

/// Stops a run from another thread, such as the one that waits for signals.
public final class RunControl: Sendable {
  private let stops = Atomic<Bool>(false)
  let waker: FollowWaker

  /// Creates a control.
  ///
  /// - Throws: ``IngestError`` if the system has no more descriptors.
  public init() throws(IngestError) { waker = try FollowWaker() }

  /// Asks the run to read what is there, commit and end.
  public func stop() {
    stops.store(true, ordering: .releasing)
    waker.wake()
  }

  /// Whether the run was asked to end.
  public var isStopping: Bool { stops.load(ordering: .acquiring) }
}
