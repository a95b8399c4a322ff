import FoundationEssentials
import Glibc
import Synchronization
import VedetteIncidents

/// Results on standard output, everything else on standard error.
enum Output {
  /// Writes text to standard output.
  static func write(_ text: String) { write(text, to: STDOUT_FILENO) }

  /// Writes a line to standard output.
  static func line(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

  /// Writes a line for people to standard output: what rules, files and logs bring along of control
  /// characters is made visible.
  static func shownLine(_ text: String) { line(visible(text)) }

  /// Writes a line to standard error, for people.
  static func note(_ text: String) {
    guard let divert = diversion.withLock({ $0 }) else {
      return write(visible(text) + "\n", to: STDERR_FILENO)
    }
    divert(text)
  }

  private static let diversion = Mutex<(@Sendable (String) -> Void)?>(nil)

  /// Gives lines for people to somebody else than standard error: to whoever draws the screen.
  static func divert(_ taker: (@Sendable (String) -> Void)?) { diversion.withLock { $0 = taker } }

  private static func visible(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { TerminalText.visible(String($0)) }.joined(separator: "\n")
  }

  /// Whether results that can't be written end the command: not that of a run, which goes on to
  /// watch.
  static let endsOnFailure = Atomic<Bool>(true)

  /// Writes lines to standard error.
  static func noteText(_ text: String) { write(text, to: STDERR_FILENO) }

  /// Replaces the current line of standard error.
  static func noteInPlace(_ text: String) { write("\r\u{1b}[K" + text, to: STDERR_FILENO) }

  /// Whether people read standard output.
  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Whether people read standard error.
  static var isErrorTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// A reader that went away is success: nobody wants the rest.
  private static func write(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count > 0 {
        bytes = bytes.dropFirst(count)
      } else if errno == EPIPE {
        exit(0)
      } else if errno != EINTR && errno != EAGAIN {
        let reason = unsafe String(cString: strerror(errno))
        guard descriptor == STDOUT_FILENO else { return }
        note("vedette: standard output can't be written: \(reason); what was printed is not whole")
        if endsOnFailure.load(ordering: .relaxed) { exit(2) }
        return
      }
    }
  }
}
