import Glibc

/// The most memory that this process had resident since the last reset.
///
/// Linux keeps the figure; where it can't be reset there is none.
enum PeakMemory {
  /// Forgets the peak so far; whether that went well.
  static func reset() -> Bool {
    guard let stream = unsafe fopen("/proc/self/clear_refs", "w") else { return false }
    let written = unsafe fputs("5", stream)
    return unsafe fclose(stream) == 0 && written >= 0
  }

  /// The peak in bytes, or `nil` if the system does not tell.
  static func bytes() -> Int? {
    guard let stream = unsafe fopen("/proc/self/status", "r") else { return nil }
    defer { unsafe fclose(stream) }
    var line = [CChar](repeating: 0, count: 256)
    while unsafe fgets(&line, Int32(line.count), stream) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
      guard text.hasPrefix("VmHWM:") else { continue }
      return text.split(whereSeparator: \.isWhitespace).dropFirst().first
        .flatMap { Int($0) }.map { $0 * 1_024 }
    }
    return nil
  }
}
