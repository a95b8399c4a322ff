import FoundationEssentials
import Glibc
import VedetteEvent

/// What this program calls itself.
enum Release {
  static let version = "0.1.0"
  static let name = "vedette \(version)"
}

/// The clocks, which only the interfaces may ask.
enum Clock {
  /// The time on the wall.
  @Sendable static func now() -> EventTime {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return EventTime(
      nanosecondsSinceEpoch: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    )
  }

  /// Waits for so many milliseconds.
  @Sendable static func sleep(_ milliseconds: Int64) {
    var left = milliseconds
    while left > 0 {
      let step = min(left, 500)
      usleep(UInt32(step) * 1_000)
      left -= step
    }
  }

  /// Milliseconds of a clock that never steps.
  @Sendable static func milliseconds() -> Int64 { Int64(monotonicSeconds() * 1_000) }

  /// Nanoseconds of a clock that never steps.
  @Sendable static func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// Seconds of a clock that never steps.
  static func monotonicSeconds() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// The zone of this machine, or of `TZ`.
enum LocalZone {
  /// What it is called now, as `CET`.
  static var name: String { name(at: Clock.now()) }

  /// What it is called at a time.
  static func name(at time: EventTime) -> String {
    var time = time_t(time.nanosecondsSinceEpoch / 1_000_000_000)
    var parts = unsafe tm()
    guard unsafe localtime_r(&time, &parts) != nil, let name = unsafe parts.tm_zone else {
      return "local"
    }
    return unsafe String(cString: name)
  }

  /// Returns what it adds to UTC at a time, in seconds.
  static func offsetSeconds(at time: EventTime) -> Int {
    var seconds = time_t(time.nanosecondsSinceEpoch / 1_000_000_000)
    var parts = unsafe tm()
    guard unsafe localtime_r(&seconds, &parts) != nil else { return 0 }
    return unsafe parts.tm_gmtoff
  }
}

/// Folders for what nobody named a place for.
enum TemporaryFolder {
  /// Makes a folder that only this user can enter.
  static func make() throws -> String {
    let parent = Environment.value("TMPDIR") ?? "/tmp"
    var template = Array("\(parent)/vedette-XXXXXX".utf8CString)
    let made = unsafe template.withUnsafeMutableBufferPointer { buffer -> String? in
      guard let start = buffer.baseAddress, let made = unsafe mkdtemp(start) else {
        return String?.none
      }
      return unsafe String(cString: made)
    }
    guard let made else {
      throw CommandFailure(
        "can't make a folder in '\(parent)': set TMPDIR to one that can be written"
      )
    }
    return made
  }
}

extension TemporaryFolder {
  /// Removes a folder that ``make()`` made, and what lies in it.
  static func remove(_ folder: String) { try? FileManager.default.removeItem(atPath: folder) }
}

/// The key of this machine under which prompts are hashed, made on first use.
enum ContentKey {
  private static let byteCount = 32

  /// Returns the key of `$XDG_STATE_HOME/vedette/content.key`, which only this user can read.
  static func load() throws -> [UInt8] {
    let home = Environment.value("HOME") ?? "/root"
    let folder = (Environment.value("XDG_STATE_HOME") ?? "\(home)/.local/state") + "/vedette"
    let path = folder + "/content.key"
    if let data = FileManager.default.contents(atPath: path), data.count == byteCount {
      return Array(data)
    }
    let key = (0..<byteCount).map { _ in UInt8.random(in: 0...255) }
    do {
      try FileManager.default.createDirectory(
        atPath: folder,
        withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700]
      )
    } catch {
      return key
    }
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let descriptor = unsafe open(path, flags, 0o600)
    guard descriptor >= 0 else { return key }
    defer { close(descriptor) }
    let written = unsafe key.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    guard written == byteCount else {
      throw CommandFailure("can't write the content key '\(path)'; free some space and try again")
    }
    return key
  }
}

/// Puts a file in the place of another in one step.
enum FileReplacement {
  /// Writes beside the file, waits for the disk, and renames; whoever opens it finds the old or the
  /// new content, also after a crash.
  ///
  /// - Parameters:
  ///   - path: The file, which no symbolic link leads to.
  ///   - bytes: The new content; the permissions stay.
  /// - Returns: Whether it worked; if not, the file is as it was.
  static func replace(_ path: String, with bytes: [UInt8]) -> Bool {
    var old = stat()
    guard unsafe stat(path, &old) == 0 else { return false }
    let temporary = "\(path).\(getpid()).new"
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let descriptor = unsafe open(temporary, flags, 0o600)
    guard descriptor >= 0 else { return false }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe write(descriptor, $0.baseAddress, $0.count)
      }
      guard count > 0 else { break }
      rest = rest.dropFirst(count)
    }
    let isWritten =
      rest.isEmpty && fchmod(descriptor, old.st_mode & 0o7777) == 0 && fsync(descriptor) == 0
    close(descriptor)
    if isWritten, unsafe rename(temporary, path) == 0 { return true }
    unsafe unlink(temporary)
    return false
  }
}

/// The variables of the process.
enum Environment {
  /// Returns a variable's value, or `nil` if it is not set or empty.
  static func value(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
  }
}

/// Who is at the keyboard.
enum User {
  static var name: String {
    if let sudoer = Environment.value("SUDO_USER") { return sudoer }
    if let entry = unsafe getpwuid(getuid()), let name = unsafe entry.pointee.pw_name {
      return unsafe String(cString: name)
    }
    return Environment.value("USER") ?? "uid \(getuid())"
  }
}

/// The terminal that people read.
enum Terminal {
  /// Its width, 80 where there is none.
  static var columns: Int {
    var size = winsize()
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 40 else {
      return 80
    }
    return min(Int(size.ws_col), 160)
  }
}

/// What is piped into the program.
enum StandardInput {
  /// Reads to the end, or to a number of bytes.
  static func read(bytesMax: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count < bytesMax {
      let count = unsafe piece.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(STDIN_FILENO, buffer.baseAddress, buffer.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      bytes.append(contentsOf: piece[..<count])
    }
    return bytes
  }
}
