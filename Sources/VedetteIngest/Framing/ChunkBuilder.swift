import VedetteEvent

/// Collects records into chunks whose boundaries depend on nothing but the records.
///
/// The buffer of a chunk is each record followed by one line feed, whatever stood between them in
/// the file: so it is the same whichever way the bytes arrived. Consecutive lines of one piece that
/// already look so are copied in one stroke, as a *run*; everything else is copied record by record.
struct ChunkBuilder: Sendable {
  let source: SourceID
  var path: String
  var counts = IngestCounts()
  /// Records and empty lines that start before this byte were given earlier and are left out.
  var emitsFrom: Int64 = 0
  private(set) var ready: [FramedChunk] = []

  private var bytes: [UInt8] = []
  private var records: [RecordChunk.Record] = []
  /// The part of the current piece that belongs to the chunk and is not yet copied.
  private var run = 0..<0
  private var lastRecordCount = 0

  init(source: SourceID, path: String) {
    self.source = source
    self.path = path
  }

  var isEmpty: Bool { records.isEmpty }

  /// Adds a record that lies in `piece`.
  ///
  /// `contentLength` is its full length, more than the range if only its beginning was held.
  mutating func append(
    _ piece: Span<UInt8>,
    _ range: Range<Int>,
    contentLength: Int,
    start: RecordPosition,
    next: RecordPosition,
    isCut: Bool = false
  ) {
    guard start.offset >= emitsFrom else { return }
    var range = range
    let isTooLong = contentLength > Limits.recordBytesMax
    if isTooLong {
      let kept = cutLength(of: piece.extracting(range), limit: Limits.recordBytesMax)
      range = range.lowerBound..<range.lowerBound + kept
      counts.cutBytes &+= Int64(contentLength - kept)
    }
    if !records.isEmpty, byteCount + range.count + 1 > Limits.chunkBytesMax {
      close(piece, end: start)
    }
    let place = reserve(piece, range)
    records.append(
      RecordChunk.Record(
        start: place,
        length: range.count,
        line: start.line,
        offset: start.offset,
        isCut: isCut || isTooLong
      )
    )
    counts.records &+= 1
    if isCut || isTooLong { counts.cutRecords &+= 1 }
    if byteCount >= Limits.chunkBytesTarget || records.count >= Limits.batchRowsMax {
      close(piece, end: next)
    }
  }

  /// Adds a record that was held over several pieces, `length` bytes of it.
  mutating func append(
    _ held: HeldRecord,
    length: Int,
    start: RecordPosition,
    next: RecordPosition,
    isCut: Bool
  ) {
    let span = held.bytes.span
    append(
      span,
      0..<min(length, span.count),
      contentLength: length,
      start: start,
      next: next,
      isCut: isCut
    )
    endPiece(span)
  }

  mutating func countEmptyLine(at start: RecordPosition) {
    if start.offset >= emitsFrom { counts.emptyLines &+= 1 }
  }

  mutating func countBrokenDocument(at start: RecordPosition) {
    if start.offset >= emitsFrom { counts.brokenDocuments &+= 1 }
  }

  mutating func countNulls(_ count: Int, at start: RecordPosition) {
    if start.offset >= emitsFrom { counts.nulBytes &+= Int64(count) }
  }

  /// Copies what is still to be taken from a piece that is about to go away.
  mutating func endPiece(_ piece: Span<UInt8>) {
    guard !run.isEmpty else { return }
    if bytes.isEmpty, piece.count >= 32 << 10 {
      // Only a busy file gets a whole chunk's room at once; a quiet one has small chunks.
      bytes.reserveCapacity(Limits.chunkBytesTarget + piece.count)
      records.reserveCapacity(lastRecordCount)
    }
    VedetteIngest.append(piece, run, to: &bytes)
    run = 0..<0
  }

  /// Ends the chunk although it could take more; the piece it came from must have ended.
  mutating func flush(end: RecordPosition) {
    assert(run.isEmpty, "a piece ends before its chunk is flushed")
    guard !records.isEmpty else { return }
    finishChunk(end: end)
  }

  /// Takes the oldest finished chunk.
  mutating func takeChunk() -> FramedChunk? {
    ready.isEmpty ? nil : ready.removeFirst()
  }

  private var byteCount: Int { bytes.count + run.count }

  /// Returns where in the chunk's buffer the range will lie, and makes it lie there.
  private mutating func reserve(_ piece: Span<UInt8>, _ range: Range<Int>) -> Int {
    if run.isEmpty || run.upperBound != range.lowerBound {
      endPiece(piece)
      run = range.lowerBound..<range.lowerBound
    }
    let place = bytes.count + range.lowerBound - run.lowerBound
    let hasRoomForEnd = place + range.count < Limits.chunkBytesMax
    if range.upperBound < piece.count, piece[range.upperBound] == ASCII.lineFeed, hasRoomForEnd {
      run = run.lowerBound..<range.upperBound + 1
    } else {
      run = run.lowerBound..<range.upperBound
      endPiece(piece)
      if hasRoomForEnd { bytes.append(ASCII.lineFeed) }
    }
    return place
  }

  private mutating func close(_ piece: Span<UInt8>, end: RecordPosition) {
    endPiece(piece)
    finishChunk(end: end)
  }

  private mutating func finishChunk(end: RecordPosition) {
    lastRecordCount = records.count
    let chunk = RecordChunk(source: source, path: path, bytes: bytes, records: records)
    ready.append(FramedChunk(chunk: chunk, end: end))
    bytes = []
    records = []
  }
}
