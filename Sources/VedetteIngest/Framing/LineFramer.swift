import VedetteEvent

/// Cuts bytes into lines.
///
/// A line ends with LF or CRLF; the end is no part of the record. An empty line gives none. NULs at
/// the beginning of a line are a hole that a sparse file or a stale writer left: they are counted
/// and skipped, and the record begins behind them.
struct LineFramer: Sendable {
  let unit: StoredUnit
  /// The first byte of the line that is being read.
  private(set) var lineStart: RecordPosition
  /// The first of the NULs that stand before ``lineStart`` with nothing behind them yet.
  private(set) var nullStart: RecordPosition?
  private var held = HeldRecord()
  private var heldStoredBytes: Int64 = 0

  init(start: RecordPosition, unit: StoredUnit) {
    self.lineStart = start
    self.unit = unit
  }

  /// The place to read from again when everything read after it is lost.
  var resume: RecordPosition { nullStart ?? lineStart }

  mutating func consume(
    _ piece: Span<UInt8>,
    from first: Int,
    into out: inout ChunkBuilder
  ) {
    var index = first
    if !held.isEmpty, index < piece.count {
      guard let end = firstIndex(of: ASCII.lineFeed, in: piece, from: index) else {
        return hold(piece, index..<piece.count)
      }
      hold(piece, index..<end)
      endHeldLine(lineFeedBytes: unit.lineFeedBytes, isCut: false, into: &out)
      index = end + 1
    }
    while index < piece.count {
      if piece[index] == ASCII.null {
        index = skipNulls(piece, from: index, into: &out)
        continue
      }
      guard let end = firstIndex(of: ASCII.lineFeed, in: piece, from: index) else {
        return hold(piece, index..<piece.count)
      }
      endLine(piece, index..<end, into: &out)
      index = end + 1
    }
  }

  /// Gives the last line although no line end follows.
  mutating func finish(isTorn: Bool, into out: inout ChunkBuilder) {
    nullStart = nil
    guard !held.isEmpty else { return }
    endHeldLine(lineFeedBytes: 0, isCut: isTorn, into: &out)
  }

  /// Forgets the NULs at the end, so that they can be read again when something else is there.
  mutating func forgetTrailingNulls(in out: inout ChunkBuilder) {
    guard let start = nullStart else { return }
    let count = (lineStart.offset - start.offset) / unit.lineFeedBytes
    out.countNulls(-Int(count), at: start)
    lineStart = start
    nullStart = nil
  }

  private mutating func endLine(
    _ piece: Span<UInt8>,
    _ range: Range<Int>,
    into out: inout ChunkBuilder
  ) {
    let next = RecordPosition(
      offset: lineStart.offset + unit.storedBytes(piece, range) + unit.lineFeedBytes,
      line: lineStart.line + 1
    )
    var length = range.count
    if length > 0, piece[range.upperBound - 1] == ASCII.carriageReturn { length -= 1 }
    if length == 0 {
      out.countEmptyLine(at: lineStart)
    } else {
      out.append(
        piece,
        range.lowerBound..<range.lowerBound + length,
        contentLength: length,
        start: lineStart,
        next: next
      )
    }
    lineStart = next
    nullStart = nil
  }

  private mutating func endHeldLine(
    lineFeedBytes: Int64,
    isCut: Bool,
    into out: inout ChunkBuilder
  ) {
    let next = RecordPosition(
      offset: lineStart.offset + heldStoredBytes + lineFeedBytes,
      line: lineStart.line + 1
    )
    let length = held.total - (held.lastByte == ASCII.carriageReturn ? 1 : 0)
    if length == 0 {
      out.countEmptyLine(at: lineStart)
    } else {
      out.append(held, length: length, start: lineStart, next: next, isCut: isCut)
    }
    held.clear()
    heldStoredBytes = 0
    lineStart = next
    nullStart = nil
  }

  private mutating func hold(_ piece: Span<UInt8>, _ range: Range<Int>) {
    held.hold(piece, range)
    heldStoredBytes += unit.storedBytes(piece, range)
    if !range.isEmpty { nullStart = nil }
  }

  private mutating func skipNulls(
    _ piece: Span<UInt8>,
    from index: Int,
    into out: inout ChunkBuilder
  ) -> Int {
    let end = firstIndexOfNonNull(in: piece, from: index)
    out.countNulls(end - index, at: lineStart)
    if nullStart == nil { nullStart = lineStart }
    lineStart.offset += Int64(end - index) * unit.lineFeedBytes
    return end
  }
}
