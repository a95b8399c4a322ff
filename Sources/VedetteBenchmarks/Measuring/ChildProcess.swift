import Glibc

/// A program that was run to its end, and what the system counted for it.
struct ChildProcess {
  let status: Int32
  let processorSeconds: Double
  let wallSeconds: Double
  let peakBytes: Int

  /// Runs a program without input; what it says goes nowhere.
  ///
  /// - Parameter arguments: The program, looked up like a shell does, and its arguments.
  /// - Throws: ``BenchmarkError`` if it can't be started.
  init(_ arguments: [String]) throws(BenchmarkError) {
    guard let program = arguments.first else { throw .usage("no program to run") }
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    for descriptor: Int32 in 0...2 {
      let mode = descriptor == 0 ? O_RDONLY : O_WRONLY
      unsafe posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", mode, 0)
    }
    var texts = unsafe arguments.map { unsafe strdup($0) } + [nil]
    defer { unsafe texts.forEach { unsafe free($0) } }
    var process = pid_t()
    let clock = ProcessorClock()
    // Safety: the list of arguments ends with a null and outlives the call.
    let code = unsafe posix_spawnp(&process, program, &actions, nil, &texts, environ)
    guard code == 0 else {
      errno = code
      throw .system("run", program)
    }
    var status: Int32 = 0
    var usage = rusage()
    while unsafe wait4(process, &status, 0, &usage) < 0 {
      guard errno == EINTR else { throw .system("wait for", program) }
    }
    wallSeconds = clock.wallSeconds
    self.status = status
    processorSeconds = Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime)
    peakBytes = usage.ru_maxrss * 1_024
  }

  private static func seconds(_ time: timeval) -> Double {
    Double(time.tv_sec) + Double(time.tv_usec) / 1e6
  }
}
