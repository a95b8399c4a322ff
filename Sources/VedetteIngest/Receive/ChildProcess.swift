// A program that runs beside us and whose output is read.
//
// Safety: copies of arguments and surroundings live until the call returns and end with a null
// pointer each; descriptors are owned by one object and closed with it.

import Glibc

/// A program that was started with a list of arguments, never through a shell.
final class ChildProcess: Sendable {
  /// What it prints, to be read without waiting.
  let output: Int32
  private let errors: Int32
  private let process: pid_t

  private init(process: pid_t, output: Int32, errors: Int32) {
    self.process = process
    self.output = output
    self.errors = errors
  }

  deinit {
    close(output)
    close(errors)
  }

  /// Starts a program that is looked for in `PATH`.
  static func start(_ words: [String]) throws(PosixError) -> ChildProcess {
    let outputs = try openPipe()
    let errors: [Int32]
    do throws(PosixError) {
      errors = try openPipe()
    } catch {
      for end in outputs { close(end) }
      throw error
    }
    let (process, code) = spawn(words, output: outputs[1], errors: errors[1])
    close(outputs[1])
    close(errors[1])
    let child = ChildProcess(process: process, output: outputs[0], errors: errors[0])
    guard code == 0 else { throw PosixError(code: code) }
    return child
  }

  /// Whether a program of this name is in `PATH` and may be run.
  static func isInstalled(_ program: String) -> Bool {
    let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/usr/bin:/bin"
    return path.split(separator: ":").contains { folder in
      unsafe SourcePath(String(folder)).appending(program.utf8).withCString {
        unsafe access($0, X_OK) == 0
      }
    }
  }

  /// Reads what is there; 0 at the end.
  func read(into buffer: inout [UInt8]) throws(PosixError) -> Int {
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe Glibc.read(output, $0.baseAddress, $0.count)
      }
      if count >= 0 { return count }
      guard errno == EINTR else { throw .last }
    }
  }

  /// Ends the program, or takes notice of its end, and returns how it ended and what it said last.
  func end(errorBytesMax: Int) -> (status: Int32, said: String) {
    kill(process, SIGTERM)
    var status: Int32 = 0
    var waits = 0
    while unsafe waitpid(process, &status, WNOHANG) == 0 {
      waits += 1
      // A second is enough for one that listens; the others are not asked.
      if waits == 200 { kill(process, SIGKILL) }
      usleep(5_000)
    }
    var said: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = unsafe piece.withUnsafeMutableBytes {
        unsafe Glibc.read(errors, $0.baseAddress, $0.count)
      }
      guard count > 0 else { break }
      said = Array((said + piece[..<count]).suffix(errorBytesMax))
    }
    let lines = said.split(separator: ASCII.lineFeed)
    let code = status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
    return (code, lines.last.map { String(decoding: $0, as: UTF8.self) } ?? "")
  }

  /// Keeps a program that complains a lot from waiting for somebody to listen.
  func passOverErrors() {
    var bytesReady: Int32 = 0
    guard unsafe ioctl(errors, UInt(FIONREAD), &bytesReady) == 0, bytesReady > 32 << 10 else {
      return
    }
    var piece = [UInt8](repeating: 0, count: 16 << 10)
    _ = unsafe piece.withUnsafeMutableBytes {
      unsafe Glibc.read(errors, $0.baseAddress, $0.count)
    }
  }

  /// Returns the end to read, which never waits, and the end to write.
  private static func openPipe() throws(PosixError) -> [Int32] {
    var ends: [Int32] = [0, 0]
    guard unsafe pipe(&ends) == 0 else { throw .last }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    return ends
  }

  private static func spawn(
    _ words: [String],
    output: Int32,
    errors: Int32
  ) -> (process: pid_t, code: Int32) {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    unsafe posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    // What this process blocks and ignores, the program must not.
    var none = sigset_t()
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    var usual = sigset_t()
    unsafe sigemptyset(&usual)
    unsafe sigaddset(&usual, SIGPIPE)
    unsafe posix_spawnattr_setsigdefault(&attributes, &usual)
    // A group of its own: a key on the terminal must not end it before it is read to its end.
    let flags =
      Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETPGROUP)
    unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
    var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
    var surroundings = unsafe environment.map { unsafe strdup($0) } + [nil]
    defer {
      unsafe (arguments + surroundings).forEach { unsafe free($0) }
    }
    var process = pid_t()
    let code = unsafe posix_spawnp(
      &process,
      words[0],
      &actions,
      &attributes,
      &arguments,
      &surroundings
    )
    return (process, code)
  }

  /// What a program is told of this process's surroundings: no more than it needs.
  private static var environment: [String] {
    ["PATH", "LANG", "SYSTEMD_LOG_LEVEL"].compactMap { name in
      guard let value = unsafe getenv(name) else { return nil }
      return unsafe "\(name)=\(String(cString: value))"
    }
  }
}
