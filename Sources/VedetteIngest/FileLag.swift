public import VedetteEvent

/// What is in a followed file behind the place that is stored for it.
public struct FileLag: Sendable, Hashable, CustomStringConvertible {
  /// The file's path.
  public let path: String
  /// Bytes behind the stored place, at least 1.
  public let bytes: Int64
  /// Whether they are the beginning of one line, which has not ended yet.
  public let isOpenLine: Bool

  /// Looks at a file that a checkpoint is of.
  ///
  /// - Parameter checkpoint: What is stored of the file.
  /// - Returns: What is behind the place, or `nil` if that is nothing, or can't be told: the file is
  ///   gone, another, unreadable or compressed.
  /// - Complexity: Linear in the bytes behind the place, and in ``Limits/recordBytesMax`` at most.
  public static func of(_ checkpoint: Checkpoint) -> FileLag? {
    let known = KnownFile(checkpoint)
    guard !known.isFinished else { return nil }
    do throws(PosixError) {
      let file = try OpenFile.open(known.path)
      let status = try file.status()
      guard status.kind == .regular, status.identity == known.identity,
        status.size > known.position.offset
      else { return nil }
      let head = try file.bytes(at: 0, count: CompressionFormat.headBytes)
      guard CompressionFormat.detect(head.span) == .plain else { return nil }
      let bytes = status.size - known.position.offset
      let count = Int(min(bytes, Int64(Limits.recordBytesMax)))
      let text = try file.bytes(at: known.position.offset, count: count)
      let isOpenLine = firstIndex(of: ASCII.lineFeed, in: text.span, from: 0) == nil
      return FileLag(path: checkpoint.path, bytes: bytes, isOpenLine: isOpenLine)
    } catch {
      return nil
    }
  }

  /// What is behind the place, in words: `45 bytes of a line without its end`.
  public var description: String {
    isOpenLine ? "\(bytes) bytes of a line without its end" : "\(bytes) bytes not read yet"
  }
}
