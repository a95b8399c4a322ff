import Glibc
import Vedette

/// Turns signals into the end of a run.
enum Signals {
  /// A second signal within this many seconds is the first one again: some tools signal a process
  /// and then its group.
  private static let repeatSeconds = 2.0

  /// Stops a run at the first SIGINT or SIGTERM; a later one ends the process.
  static func stop(_ control: RunControl) {
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe sigaddset(&signals, SIGINT)
    unsafe sigaddset(&signals, SIGTERM)
    unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    let waited = signals
    Thread.detach {
      var number: Int32 = 0
      var signals = waited
      unsafe sigwait(&signals, &number)
      control.stop()
      let first = Clock.monotonicSeconds()
      repeat {
        unsafe sigwait(&signals, &number)
      } while Clock.monotonicSeconds() - first < repeatSeconds
      _exit(130)
    }
  }
}

/// A thread that nobody waits for.
enum Thread {
  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  static func detach(_ run: @escaping @Sendable () -> Void) {
    var handle = pthread_t()
    let body = unsafe Unmanaged.passRetained(Body(run))
    // Safety: the body was retained for the thread, which releases it when it takes it up.
    let code = unsafe pthread_create(
      &handle,
      nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      },
      body.toOpaque()
    )
    if code == 0 { pthread_detach(handle) } else { unsafe body.release() }
  }
}
