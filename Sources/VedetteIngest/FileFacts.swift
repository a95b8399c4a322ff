import Glibc
public import VedetteEvent

/// What is asked of a file beside its records: when it was written, and how it ends.
public struct FileFacts: Sendable {
  /// When the file was last written, or `nil` if the system doesn't say.
  public let modified: EventTime?
  /// The file's last bytes as they are stored; nothing where it is no regular file.
  public let tail: [UInt8]

  /// Asks for a file's facts.
  ///
  /// - Parameters:
  ///   - file: The file.
  ///   - tailBytesMax: How many of its last bytes to read.
  public init(_ file: SourceFile, tailBytesMax: Int) {
    var info = stat()
    let code = unsafe file.path.withCString { unsafe stat($0, &info) }
    guard code == 0, info.st_mode & S_IFMT == S_IFREG else {
      modified = nil
      tail = []
      return
    }
    let seconds = Int64(info.st_mtim.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
    modified =
      seconds.overflow
      ? nil
      : EventTime(nanosecondsSinceEpoch: seconds.partialValue)
        .advanced(byNanoseconds: Int64(info.st_mtim.tv_nsec))
    let start = max(0, Int64(info.st_size) - Int64(tailBytesMax))
    let length = Int(Int64(info.st_size) - start)
    tail = (try? OpenFile.open(file.path).bytes(at: start, count: length)) ?? []
  }
}

extension SourcePath {
  /// Whether a shell's pattern matches the path.
  ///
  /// - Parameter pattern: A path with `*`, `?` and `[...]`.
  /// - Returns: Whether it matches.
  public func isMatched(by pattern: SourcePath) -> Bool {
    unsafe pattern.withCString { pattern in
      unsafe withCString { path in unsafe fnmatch(pattern, path, FNM_PATHNAME) == 0 }
    }
  }
}
