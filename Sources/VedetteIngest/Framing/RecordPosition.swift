public import VedetteEvent

/// A place between two records of a file, from which reading can go on.
public struct RecordPosition: Sendable, Hashable {
  /// Bytes before the place, after decompression.
  public var offset: Int64
  /// The line that starts or goes on there, from one.
  public var line: Int

  /// Creates a place.
  ///
  /// - Parameters:
  ///   - offset: Bytes before it, after decompression.
  ///   - line: The line, from one.
  public init(offset: Int64, line: Int) {
    self.offset = offset
    self.line = line
  }

  /// The beginning of a file.
  public static let start = RecordPosition(offset: 0, line: 1)
}

/// A chunk, and the place from which its file has to be read on after it.
public struct FramedChunk: Sendable {
  /// The records.
  public var chunk: RecordChunk
  /// The place after the last of them and after what was skipped behind it.
  public var end: RecordPosition

  /// Creates a framed chunk.
  ///
  /// - Parameters:
  ///   - chunk: The records.
  ///   - end: The place after them.
  public init(chunk: RecordChunk, end: RecordPosition) {
    self.chunk = chunk
    self.end = end
  }
}
