import VedetteEvent

/// Cuts bytes into lines.
///
/// A line ends with LF or CRLF; the end is no part of the record. An empty line gives none. NULs at
/// the beginning of a line are a hole that a sparse file or a stale writer left: they are counted
/// and skipped, and the record begins behind them. Consecutive lines that are one record by what they
/// say (``LineGrouping``) are given as one, with the line ends between them.
struct LineFramer: Sendable {
  let unit: StoredUnit
  /// The first byte of the line that is being read.
  private(set) var lineStart: RecordPosition
  /// The first of the NULs that stand before ``lineStart`` with nothing behind them yet.
  private(set) var nullStart: RecordPosition?
  private var held = HeldRecord()
  private var heldStoredBytes: Int64 = 0
  /// Whether what stands before ``lineStart`` on its line was given before the line ended.
  private var isBehindGiven = false
  private var grouping = LineGrouping()
  /// Whether the next line that is not empty is the file's first.
  private var isAtFirstLine: Bool
  /// The lines of the record that may go on, as the file has them.
  private var group: [UInt8] = []
  private var groupStart: RecordPosition?

  init(start: RecordPosition, unit: StoredUnit) {
    self.lineStart = start
    self.unit = unit
    isAtFirstLine = start.line == 1
  }

  /// What the file's first line says of the others, if it is a table.
  var table: TableHead? {
    get { grouping.table }
    set {
      grouping.table = newValue
      isAtFirstLine = false
    }
  }

  /// Whether a line that begins with a byte may be one of several.
  private func mayGroup(_ first: UInt8) -> Bool {
    groupStart != nil || grouping.table != nil || LineGrouping.mayGroup(first)
  }

  /// Whether an empty line is a part of the record that is open.
  private var takesEmptyLines: Bool { grouping.table != nil && groupStart != nil }

  private mutating func noteFirstLine(_ line: Span<UInt8>) {
    isAtFirstLine = false
    grouping.table = TableHead(line)
  }

  /// The place to read from again when everything read after it is lost.
  var resume: RecordPosition { groupStart ?? nullStart ?? lineStart }

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
        closeGroup(piece, into: &out)
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
    if !held.isEmpty { endHeldLine(lineFeedBytes: 0, isCut: isTorn, into: &out) }
    let nothing: [UInt8] = []
    closeGroup(nothing.span, into: &out)
  }

  /// Gives the open line if it is one whole JSON object: only its line end can follow.
  mutating func giveWhole(into out: inout ChunkBuilder) {
    guard isHeldWhole else { return }
    endHeldLine(lineFeedBytes: nil, isCut: false, into: &out)
  }

  /// Gives the lines that wait for others of their record, unless one of those has begun.
  mutating func giveGroup(into out: inout ChunkBuilder) {
    guard held.isEmpty else { return }
    let nothing: [UInt8] = []
    closeGroup(nothing.span, into: &out)
  }

  /// Gives the open line as it stands; what comes on that line later is a record of its own.
  mutating func giveOpen(into out: inout ChunkBuilder) {
    if !held.isEmpty { endHeldLine(lineFeedBytes: nil, isCut: false, into: &out) }
    giveGroup(into: &out)
  }

  /// Whether the bytes of the open line are a JSON object from its first brace to its last.
  private var isHeldWhole: Bool {
    let bytes = held.bytes
    guard bytes.first == ASCII.openBrace, held.total == bytes.count else { return false }
    switch held.lastByte {
    case ASCII.closeBrace, ASCII.carriageReturn, ASCII.space, ASCII.tab:
      return JSONNesting.isWhole(bytes.span)
    default: return false
    }
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
    if isAtFirstLine, length > 0 { noteFirstLine(piece.extracting(range)) }
    if length == 0, isBehindGiven {
      // The end of a line that was given.
    } else if length == 0, !takesEmptyLines {
      closeGroup(piece, into: &out)
      out.countEmptyLine(at: lineStart)
    } else if length == 0 || mayGroup(piece[range.lowerBound]),
      isGrouped(piece, range, in: piece, into: &out)
    {
      // It waits for the lines after it, or went with those before.
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
    isBehindGiven = false
  }

  /// Ends the held line; without a count of bytes for its line feed it is given before it has ended.
  private mutating func endHeldLine(
    lineFeedBytes: Int64?,
    isCut: Bool,
    into out: inout ChunkBuilder
  ) {
    let next = RecordPosition(
      offset: lineStart.offset + heldStoredBytes + (lineFeedBytes ?? 0),
      line: lineStart.line + (lineFeedBytes == nil ? 0 : 1)
    )
    let length = held.total - (held.lastByte == ASCII.carriageReturn ? 1 : 0)
    let nothing: [UInt8] = []
    if isAtFirstLine, length > 0, held.total == held.bytes.count {
      let line = held.bytes
      noteFirstLine(line.span)
    }
    if length == 0, isBehindGiven {
      // The end of a line that was given.
    } else if length == 0, !takesEmptyLines {
      closeGroup(nothing.span, into: &out)
      out.countEmptyLine(at: lineStart)
    } else if !isCut, isHeldGrouped(into: &out) {
      // It waits for the lines after it, or went with those before.
    } else {
      closeGroup(nothing.span, into: &out)
      out.append(held, length: length, start: lineStart, next: next, isCut: isCut)
    }
    held.clear()
    heldStoredBytes = 0
    lineStart = next
    nullStart = nil
    isBehindGiven = lineFeedBytes == nil
  }

  /// Takes a line into the record that is open, or begins one, and returns whether it did.
  ///
  /// Whatever was open and does not go on is given first.
  private mutating func isGrouped(
    _ bytes: Span<UInt8>,
    _ range: Range<Int>,
    in piece: Span<UInt8>,
    into out: inout ChunkBuilder
  ) -> Bool {
    var place = grouping.take(bytes.extracting(range))
    let hasRoom = group.count + range.count < Limits.groupBytesMax
    if place == .alone || place == .begins || !hasRoom {
      closeGroup(piece, keepsGrouping: place == .begins, into: &out)
      guard place != .alone, range.count < Limits.groupBytesMax else { return false }
      if place != .begins { place = grouping.take(bytes.extracting(range)) }
      guard place != .alone else { return false }
    }
    if groupStart == nil {
      groupStart = lineStart
    } else {
      group.append(ASCII.lineFeed)
    }
    VedetteIngest.append(bytes, range, to: &group)
    if place == .ends {
      // The position is that after the line, which the caller moves to.
      let next = RecordPosition(
        offset: lineStart.offset + unit.storedBytes(bytes, range) + unit.lineFeedBytes,
        line: lineStart.line + 1
      )
      closeGroup(piece, end: next, into: &out)
    }
    return true
  }

  private mutating func isHeldGrouped(into out: inout ChunkBuilder) -> Bool {
    guard held.total == held.bytes.count, held.bytes.first.map(mayGroup) ?? takesEmptyLines else {
      return false
    }
    let bytes = held.bytes
    return isGrouped(bytes.span, 0..<bytes.count, in: bytes.span, into: &out)
  }

  /// Gives the lines that are open as one record.
  private mutating func closeGroup(
    _ piece: Span<UInt8>,
    keepsGrouping: Bool = false,
    end: RecordPosition? = nil,
    into out: inout ChunkBuilder
  ) {
    guard let start = groupStart else {
      if !keepsGrouping { grouping.clear() }
      return
    }
    // What the chunk takes of the piece is copied first: the order is that of the file.
    out.endPiece(piece)
    var lines: [UInt8] = []
    swap(&lines, &group)
    groupStart = nil
    if !keepsGrouping { grouping.clear() }
    let length = lines.count - (lines.last == ASCII.carriageReturn ? 1 : 0)
    out.append(
      lines.span,
      0..<length,
      contentLength: length,
      start: start,
      next: end ?? lineStart
    )
    out.endPiece(lines.span)
    lines.removeAll(keepingCapacity: lines.capacity <= 64 << 10)
    swap(&lines, &group)
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
