import Glibc

/// A terminal that shows a screen of its own and gives keys as they are pressed.
///
/// Whoever takes it over gives it back: ``guarded(arguments:)`` does so from a process of its own,
/// which outlives one that is killed or crashes.
enum RawTerminal {
  /// Set for the process that draws.
  static let variable = "VEDETTE_UI"
  private static let enter = "\u{1b}[?1049h\u{1b}[?25l\u{1b}[2J"
  private static let leave = "\u{1b}[?25h\u{1b}[?1049l\u{1b}[0m"

  /// Whether both ends are a terminal.
  static var isAvailable: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

  /// Runs this program again to draw, waits for its end and gives the terminal back, however it
  /// ended.
  ///
  /// - Parameter arguments: The arguments of the program.
  /// - Returns: What to exit with.
  static func guarded(arguments: [String]) -> Int32 {
    var before = termios()
    guard unsafe tcgetattr(STDIN_FILENO, &before) == 0 else { return 70 }
    // What comes for this process is for the one that draws; it ends by itself then.
    for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] { signal(number, SIG_IGN) }
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    for number in [SIGTERM, SIGHUP, SIGCHLD] { unsafe sigaddset(&signals, number) }
    for number in [SIGTERM, SIGHUP, SIGCHLD] { signal(number, SIG_DFL) }
    unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    var child = pid_t()
    let code = spawn(arguments, &child)
    guard code == 0 else { return 70 }
    var status: Int32 = 0
    while unsafe waitpid(child, &status, WNOHANG) == 0 {
      var number: Int32 = 0
      unsafe sigwait(&signals, &number)
      if number != SIGCHLD { kill(child, SIGTERM) }
    }
    Output.write(leave)
    unsafe tcsetattr(STDIN_FILENO, TCSANOW, &before)
    let isExit = status & 0x7f == 0
    if !isExit {
      Output.note("vedette: ended by signal \(status & 0x7f); what was committed is safe")
    }
    return isExit ? (status >> 8) & 0xff : 70
  }

  private static func spawn(_ arguments: [String], _ child: inout pid_t) -> Int32 {
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    var all = sigset_t()
    unsafe sigemptyset(&all)
    for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] { unsafe sigaddset(&all, number) }
    unsafe posix_spawnattr_setsigdefault(&attributes, &all)
    let flags = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
    unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
    unsafe setenv(variable, "1", 1)
    // Safety: the copies live until the call returns, and end with a null pointer each.
    var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
    var surroundings = unsafe variables().map { unsafe strdup($0) } + [nil]
    defer { unsafe (words + surroundings).forEach { unsafe free($0) } }
    return unsafe posix_spawn(&child, "/proc/self/exe", nil, &attributes, &words, &surroundings)
  }

  /// The variables of this process, as `NAME=value`.
  private static func variables() -> [String] {
    var list: [String] = []
    guard let file = unsafe fopen("/proc/self/environ", "r") else { return ["\(variable)=1"] }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = unsafe fread(&piece, 1, piece.count, file)
      guard count > 0 else { break }
      bytes += piece[..<count]
    }
    for entry in bytes.split(separator: 0) { list.append(String(decoding: entry, as: UTF8.self)) }
    return list.filter { !$0.hasPrefix("\(variable)=") } + ["\(variable)=1"]
  }

  /// Takes the terminal over: keys come at once and are not shown.
  static func take() {
    var state = termios()
    guard unsafe tcgetattr(STDIN_FILENO, &state) == 0 else { return }
    state.c_lflag &= ~tcflag_t(ICANON | ECHO)
    state.c_iflag &= ~tcflag_t(IXON)
    unsafe tcsetattr(STDIN_FILENO, TCSANOW, &state)
    Output.write(enter)
  }

  /// The rows and columns of the screen.
  static var size: (rows: Int, columns: Int) {
    var size = winsize()
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else {
      return (24, 80)
    }
    return (max(8, min(200, Int(size.ws_row))), max(40, min(400, Int(size.ws_col))))
  }

  /// Waits for keys and returns them by name.
  ///
  /// - Parameter milliseconds: How long to wait.
  /// - Returns: The keys, or `nil` if the terminal is gone.
  static func keys(milliseconds: Int32) -> [String]? {
    var entry = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&entry, 1, milliseconds) > 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = unsafe read(STDIN_FILENO, &bytes, bytes.count)
    guard count > 0 else { return count < 0 && errno == EINTR ? [] : nil }
    return names(Array(bytes[..<count]))
  }

  /// Returns the names of the keys that sent bytes.
  static func names(_ bytes: [UInt8]) -> [String] {
    let sequences: [(String, String)] = [
      ("\u{1b}[A", "up"), ("\u{1b}[B", "down"), ("\u{1b}OA", "up"), ("\u{1b}OB", "down"),
      ("\u{1b}[5~", "pageup"), ("\u{1b}[6~", "pagedown"),
    ]
    var rest = String(decoding: bytes, as: UTF8.self)[...]
    var names: [String] = []
    while let first = rest.first {
      if let known = sequences.first(where: { rest.hasPrefix($0.0) }) {
        names.append(known.1)
        rest = rest.dropFirst(known.0.count)
        continue
      }
      rest = rest.dropFirst()
      switch first {
      case "\u{1b}":
        // Any other sequence is no key of ours.
        if rest.first == "[" {
          rest = rest.dropFirst().drop { !$0.isLetter && $0 != "~" }.dropFirst()
        } else {
          names.append("escape")
        }
      case "\r", "\n": names.append("enter")
      case "\u{7f}", "\u{8}": names.append("backspace")
      case " ": names.append("space")
      case let letter where letter.unicodeScalars.allSatisfy({ $0.value < 0x20 }): break
      default: names.append(String(first))
      }
    }
    return names
  }
}
