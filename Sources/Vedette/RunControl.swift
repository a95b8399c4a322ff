import Synchronization
public import VedetteIngest

/// Stops a run from another thread, such as the one that waits for signals, or makes it take up a
/// new configuration.
public final class RunControl: Sendable {
  private let stops = Atomic<Bool>(false)
  private let reloads = Atomic<Bool>(false)
  let waker: FollowWaker
  /// Streams of the run before, which can't be opened anew without losing what is half read.
  let streams = Monitor<OpenStreams>(OpenStreams())
  /// What the run before received from, which goes on meanwhile.
  let intake = Monitor<Intake?>(nil)

  /// Creates a control.
  ///
  /// - Throws: ``IngestError`` if the system has no more descriptors.
  public init() throws(IngestError) { waker = try FollowWaker() }

  /// Asks the run to read what is there, commit and end.
  public func stop() {
    stops.store(true, ordering: .releasing)
    waker.wake()
  }

  /// Asks the run to commit what was read and end, so that another one goes on in its place.
  public func reload() {
    reloads.store(true, ordering: .releasing)
    waker.wake()
  }

  /// Whether the run was asked to end.
  public var isStopping: Bool { stops.load(ordering: .acquiring) }

  /// Whether another run is to go on in the place of this one.
  public var isReloading: Bool { reloads.load(ordering: .acquiring) }

  /// Takes the wish for another run, if there is one and it was not told to end for good.
  ///
  /// - Returns: Whether another run is to go on.
  public func takeReload() -> Bool {
    reloads.exchange(false, ordering: .acquiringAndReleasing) && !isStopping
  }
}
