import Glibc

/// A value that threads share, and a way to wait until it changes.
///
/// A mutex with a condition variable, as the bounded queues between the stages need it. Every
/// access goes through ``withLock(_:)`` or ``wait(until:_:)``.
@safe
final class Monitor<State>: @unchecked Sendable {
  // Safety: `state` is touched only between lock and unlock. The mutex and the condition are
  // allocated once and freed in `deinit`, when no thread can hold them.

  private var state: State
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init(_ state: sending State) {
    self.state = state
    unsafe pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    unsafe pthread_cond_init(condition, &attributes)
    unsafe pthread_condattr_destroy(&attributes)
  }

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe pthread_mutex_destroy(mutex)
    unsafe condition.deallocate()
    unsafe mutex.deallocate()
  }

  /// Does something with the state alone, then wakes whoever waits.
  func withLock<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer {
      unsafe pthread_cond_broadcast(condition)
      unsafe pthread_mutex_unlock(mutex)
    }
    return try body(&state)
  }

  /// Waits until a closure returns something.
  ///
  /// - Parameters:
  ///   - milliseconds: The longest wait, or `nil` for as long as it takes.
  ///   - body: Asked at once and whenever the state may have changed.
  /// - Returns: What the closure returned, or `nil` if the time was up.
  func wait<Result>(milliseconds: Int? = nil, _ body: (inout State) -> Result?) -> Result? {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    var deadline = milliseconds.map(Self.deadline)
    while true {
      if let result = body(&state) {
        unsafe pthread_cond_broadcast(condition)
        return result
      }
      if var until = deadline {
        let code = unsafe pthread_cond_timedwait(condition, mutex, &until)
        if code == ETIMEDOUT { return body(&state) }
        deadline = until
      } else {
        unsafe pthread_cond_wait(condition, mutex)
      }
    }
  }

  private static func deadline(milliseconds: Int) -> timespec {
    var now = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &now)
    let nanoseconds = now.tv_nsec + (milliseconds % 1_000) * 1_000_000
    return timespec(
      tv_sec: now.tv_sec + milliseconds / 1_000 + nanoseconds / 1_000_000_000,
      tv_nsec: nanoseconds % 1_000_000_000
    )
  }
}

/// A thread of our own: stages block on files and locks, which Swift's pool must not.
@safe
struct WorkThread {
  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  private let handle: pthread_t

  /// Starts a thread with a stack of 8 MiB, or returns `nil` if the system has none left.
  init?(_ run: @escaping @Sendable () -> Void) {
    var handle = pthread_t()
    let body = unsafe Unmanaged.passRetained(Body(run))
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    unsafe pthread_attr_setstacksize(&attributes, 8 << 20)
    defer { unsafe pthread_attr_destroy(&attributes) }
    // Safety: the body was retained for the thread, which releases it when it takes it up.
    let code = unsafe pthread_create(
      &handle,
      &attributes,
      { argument in
        guard let argument = unsafe argument else { return nil }
        let body = unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
        body.run()
        return nil
      },
      body.toOpaque()
    )
    guard code == 0 else {
      unsafe body.release()
      return nil
    }
    self.handle = handle
  }

  /// Waits until the thread is done.
  func join() { pthread_join(handle, nil) }
}
