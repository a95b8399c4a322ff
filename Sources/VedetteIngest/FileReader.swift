public import VedetteEvent

/// Reads one file, plain or compressed, or standard input, from its beginning to its end.
///
/// ```swift
/// var reader = try FileReader(file, framing: nil)
/// while let chunk = try reader.nextChunk() { ... }
/// ```
///
/// Where a chunk ends depends only on what the file holds, so a file and its compressed copy give
/// the same chunks. For files that grow there is ``FileFollower``.
public struct FileReader: ~Copyable {
  private var content: ContentReader
  private var framer: RecordFramer
  private var piece: [UInt8]
  private var isAtEnd = false
  private var problem: IngestError?

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - file: The file and the logical source it belongs to.
  ///   - framing: How it is cut into records, or `nil` to tell it from the first bytes.
  /// - Throws: ``IngestError`` if the file can't be opened or is compressed in an unknown way.
  public init(_ file: SourceFile, framing: RecordFramer.Framing?) throws(IngestError) {
    content = try ContentReader(file.path)
    framer = RecordFramer(
      source: file.source,
      path: file.path.description,
      framing: framing
    )
    piece = [UInt8](repeating: 0, count: content.pieceBytes)
  }

  /// Leaves out the records that start before a byte, since they were given earlier.
  package var emitsFrom: Int64 {
    get { framer.emitsFrom }
    set { framer.emitsFrom = newValue }
  }

  /// Whether a record that breaks off with its file is given, marked as cut; else it is left for
  /// another reading.
  package var givesTornEnd = true

  /// How the file was found to be cut, or `nil` as long as too little of it is known.
  public var framing: RecordFramer.Framing? { framer.framing }

  /// What was read so far.
  public var counts: IngestCounts {
    var counts = framer.counts
    counts.storedBytes = content.storedBytes
    return counts
  }

  /// Returns the next records of the file, or `nil` after the last.
  ///
  /// - Throws: ``IngestError`` once, after everything that could be read was given, if the file is
  ///   damaged or can't be read to its end.
  public mutating func nextChunk() throws(IngestError) -> RecordChunk? {
    try nextFramedChunk()?.chunk
  }

  /// Returns the next records and the place behind them, or `nil` after the last.
  package mutating func nextFramedChunk() throws(IngestError) -> FramedChunk? {
    while true {
      if let framed = framer.takeChunk() { return framed }
      guard !isAtEnd else {
        guard let problem else { return nil }
        self.problem = nil
        throw problem
      }
      let count = content.read(into: &piece)
      if count > 0 {
        // A second reference for the time of the call: a span of `piece` would lock all of `self`.
        let bytes = piece
        framer.consume(bytes.span.extracting(0..<count))
      } else {
        end()
      }
    }
  }

  private mutating func end() {
    isAtEnd = true
    problem = content.problem
    let isTorn = content.problem?.endsInsideRecord ?? false
    if isTorn, !givesTornEnd {
      framer.flush()
    } else {
      framer.finish(isTorn: isTorn)
    }
  }
}

extension IngestError {
  /// Whether the last bytes read may be the beginning of something longer.
  fileprivate var endsInsideRecord: Bool {
    if case .trailingGarbage = problem { return false }
    return true
  }
}
