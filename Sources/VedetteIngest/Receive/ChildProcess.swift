// A program that runs beside us and whose output is read.
//
// Safety: descriptors are owned by one object and closed with it.

import Glibc
import VedetteEvent

/// A program that was started with a list of arguments, never through a shell.
final class ChildProcess: Sendable {
  private static let variables = ["PATH", "LANG", "SYSTEMD_LOG_LEVEL"]

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
    let (process, code) = ChildProcessStart.spawn(
      words,
      input: nil,
      output: outputs[1],
      errors: errors[1],
      passing: variables,
      isApart: true
    )
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
    return (
      ChildProcessStart.exitCode(status),
      lines.last.map { String(decoding: $0, as: UTF8.self) } ?? ""
    )
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
    guard let ends = ChildProcessStart.openPipe() else { throw .last }
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    return ends
  }
}
