import Glibc

/// Seconds that passed, and seconds that a processor worked for this process.
struct ProcessorClock {
  private let wall: Double
  private let processor: Double

  /// Starts the clock.
  init() {
    wall = Self.seconds(CLOCK_MONOTONIC)
    processor = Self.seconds(CLOCK_PROCESS_CPUTIME_ID)
  }

  var wallSeconds: Double { Self.seconds(CLOCK_MONOTONIC) - wall }

  /// What all threads of the process took together.
  var processorSeconds: Double { Self.seconds(CLOCK_PROCESS_CPUTIME_ID) - processor }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
