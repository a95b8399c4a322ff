import FoundationEssentials
import Glibc

/// Results on standard output, everything else on standard error.
enum Output {
  /// Writes text to standard output.
  static func write(_ text: String) { write(text, to: STDOUT_FILENO) }

  /// Writes a line to standard output.
  static func line(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

  /// Writes a line to standard error.
  static func note(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

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
        return
      }
    }
  }
}
