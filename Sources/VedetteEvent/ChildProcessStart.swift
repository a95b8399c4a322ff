// Starting programs. What a program is told of this process, which signals it has and which
// descriptors, is decided here once: a stage stands on this module alone, and two of them start some.
//
// Safety: copies of arguments and surroundings live until the call returns and end with a null
// pointer each.

import Glibc

/// Starts programs with a list of arguments, never through a shell.
package enum ChildProcessStart {
  /// Starts a program that is looked for in `PATH`.
  ///
  /// It has the usual signals, whatever this process blocks and ignores.
  ///
  /// - Parameters:
  ///   - words: The program and its arguments.
  ///   - input: What it reads on standard input, or `nil` for nothing.
  ///   - output: Where its standard output goes, or `nil` for nowhere.
  ///   - errors: Where its standard error goes.
  ///   - variables: The variables of this process that it is told, as far as they are set.
  ///   - isApart: Whether it has a group of its own, so that a key on the terminal does not end it.
  /// - Returns: The process, and 0 or the `errno` why there is none.
  package static func spawn(
    _ words: [String],
    input: Int32?,
    output: Int32?,
    errors: Int32,
    passing variables: [String],
    isApart: Bool
  ) -> (process: Int32, code: Int32) {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    if let input {
      unsafe posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    } else {
      unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    }
    if let output {
      unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    } else {
      unsafe posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    }
    unsafe posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    var usual = sigset_t()
    unsafe sigemptyset(&usual)
    unsafe sigaddset(&usual, SIGPIPE)
    unsafe posix_spawnattr_setsigdefault(&attributes, &usual)
    var flags = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
    if isApart { flags |= Int32(POSIX_SPAWN_SETPGROUP) }
    unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
    var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
    var surroundings = unsafe set(variables).map { unsafe strdup($0) } + [nil]
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

  /// Opens a pipe that other programs do not inherit.
  ///
  /// - Returns: The end to read and the end to write, or `nil`, with `errno`, if none is free.
  package static func openPipe() -> [Int32]? {
    var ends: [Int32] = [0, 0]
    guard unsafe pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return ends
  }

  /// Returns how a program ended, in the way of a shell.
  ///
  /// - Parameter status: What `waitpid` said.
  /// - Returns: Its exit status, or 128 and the signal that ended it.
  package static func exitCode(_ status: Int32) -> Int32 {
    status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
  }

  /// The variables that are set, as `NAME=value`.
  private static func set(_ variables: [String]) -> [String] {
    variables.compactMap { name in
      guard let value = unsafe getenv(name) else { return nil }
      return unsafe "\(name)=\(String(cString: value))"
    }
  }
}
