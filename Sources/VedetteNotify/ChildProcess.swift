import Glibc
import VedetteEvent

/// A program that is run with a list of arguments, never through a shell.
enum ChildProcess {
  private static let errorBytesMax = 400
  private static let variables = ["PATH", "HOME", "LANG", "TZ", "SSL_CERT_FILE", "https_proxy"]

  /// Runs a program to its end.
  ///
  /// - Parameters:
  ///   - words: The program, looked for in `PATH`, and its arguments.
  ///   - input: What it reads on standard input.
  ///   - deadline: When it is ended if it has not by itself.
  ///   - milliseconds: The clock of the deadline.
  /// - Throws: ``NotificationError`` if it can't be run, takes too long or does not exit with 0.
  static func run(
    _ words: [String],
    input: [UInt8],
    _ deadline: Int64,
    _ milliseconds: () -> Int64
  ) throws(NotificationError) {
    guard let inputs = ChildProcessStart.openPipe() else {
      throw NotificationError("no pipe is free")
    }
    guard let errors = ChildProcessStart.openPipe() else {
      close(inputs[0])
      close(inputs[1])
      throw NotificationError("no pipe is free")
    }
    let (child, code) = ChildProcessStart.spawn(
      words,
      input: inputs[0],
      output: nil,
      errors: errors[1],
      passing: variables,
      isApart: false
    )
    close(inputs[0])
    close(errors[1])
    defer {
      close(errors[0])
    }
    guard code == 0 else {
      close(inputs[1])
      let hint = words[0] == "curl" ? "install curl" : "check that it is there and executable"
      throw NotificationError("'\(words[0])' can't be run: \(PosixSockets.reason(code)); \(hint)")
    }
    _ = fcntl(inputs[1], F_SETFL, O_NONBLOCK)
    _ = fcntl(errors[0], F_SETFL, O_NONBLOCK)
    let said = converse(input, inputs[1], errors[0], deadline, milliseconds)
    let status = end(child, deadline, milliseconds)
    guard status != 0 else { return }
    let reason = said.isEmpty ? "" : ": " + said
    throw NotificationError(
      status.map { "'\(words[0])' ended with \($0)\(reason)" }
        ?? "'\(words[0])' took over \(NotificationSender.millisecondsMax / 1_000) s and was ended"
    )
  }

  /// Writes the input and reads what the program complains about, until it closes both.
  private static func converse(
    _ input: [UInt8],
    _ writing: Int32,
    _ reading: Int32,
    _ deadline: Int64,
    _ milliseconds: () -> Int64
  ) -> String {
    var rest = input[...]
    var said: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4_096)
    var isWriting = true
    while true {
      if rest.isEmpty, isWriting {
        close(writing)
        isWriting = false
      }
      let left = deadline - milliseconds()
      guard left > 0 else { break }
      var entries = [
        pollfd(fd: reading, events: Int16(POLLIN), revents: 0),
        pollfd(fd: isWriting ? writing : -1, events: Int16(POLLOUT), revents: 0),
      ]
      guard unsafe poll(&entries, 2, Int32(min(left, 1_000))) >= 0 || errno == EINTR else { break }
      if isWriting, entries[1].revents != 0 {
        let count = writeQuietly(rest, to: writing)
        if count > 0 { rest = rest.dropFirst(count) }
        // Whoever reads nothing may still exit with 0.
        if count < 0, errno != EAGAIN, errno != EINTR { rest = [] }
      }
      guard entries[0].revents != 0 else { continue }
      // Safety: the call writes no more than the buffer's size.
      let count = unsafe piece.withUnsafeMutableBytes {
        unsafe read(reading, $0.baseAddress, $0.count)
      }
      if count > 0 { said += piece[..<count].prefix(errorBytesMax - said.count) }
      if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) { break }
    }
    if isWriting { close(writing) }
    let line = said.prefix { $0 != UInt8(ascii: "\n") }
    return String(decoding: line, as: UTF8.self)
  }

  /// Writes without the signal that ends a process whose reader has gone away.
  private static func writeQuietly(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Int {
    var broken = sigset_t()
    var before = sigset_t()
    unsafe sigemptyset(&broken)
    unsafe sigaddset(&broken, SIGPIPE)
    unsafe pthread_sigmask(SIG_BLOCK, &broken, &before)
    // Safety: the bytes outlive the call, which reads no more than it is told.
    let count = unsafe bytes.withUnsafeBytes {
      unsafe write(descriptor, $0.baseAddress, $0.count)
    }
    let code = errno
    if count < 0, code == EPIPE, unsafe sigismember(&before, SIGPIPE) == 0 {
      var now = timespec()
      unsafe sigtimedwait(&broken, nil, &now)
    }
    unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
    errno = code
    return count
  }

  /// Waits for the end and returns the exit status, or `nil` if it had to be ended.
  private static func end(
    _ child: pid_t,
    _ deadline: Int64,
    _ milliseconds: () -> Int64
  ) -> Int32? {
    var status: Int32 = 0
    while unsafe waitpid(child, &status, WNOHANG) == 0 {
      guard milliseconds() < deadline else {
        kill(child, SIGKILL)
        unsafe waitpid(child, &status, 0)
        return nil
      }
      usleep(5_000)
    }
    return ChildProcessStart.exitCode(status)
  }
}
