import Glibc
import Vedette

/// Turns signals into the end of a run, or into its taking up a new configuration.
enum Signals {
  /// A second signal within this many seconds is the first one again: some tools signal a process
  /// and then its group.
  private static let repeatSeconds = 2.0

  /// Stops a run at the first SIGINT or SIGTERM.
  ///
  /// A later one ends the process. SIGHUP reloads.
  static func handle(_ control: RunControl) {
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe sigaddset(&signals, SIGINT)
    unsafe sigaddset(&signals, SIGTERM)
    unsafe sigaddset(&signals, SIGHUP)
    unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    let waited = signals
    Thread.detach {
      var number: Int32 = 0
      var signals = waited
      var stopped: Double?
      while true {
        unsafe sigwait(&signals, &number)
        if number == SIGHUP {
          control.reload()
          continue
        }
        let now = Clock.monotonicSeconds()
        if let stopped, now - stopped >= repeatSeconds { _exit(130) }
        if stopped == nil { stopped = now }
        control.stop()
      }
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
