import VedetteEvent

/// The open reading of a file that may grow, be cut short or be written over at any moment.
///
/// Every read begins with up to a kibibyte that was read before. If those bytes are not the same
/// any more, nothing behind them is taken: so a file that was truncated and grew past the old place
/// is noticed by the very read that would go wrong.
struct PlainReading: Sendable {
  /// What a read came to.
  enum Outcome: Equatable {
    /// So many bytes were new.
    case grew(Int)
    /// Nothing is new.
    case end
    /// The file does not hold any more what was read of it.
    case displaced
  }

  /// What waits in a framer for bytes that may come.
  enum Waiting {
    /// Whole lines, for others of their record.
    case lines
    /// A line without its end.
    case openLine
  }

  /// A chunk, and the mark of the bytes before its end.
  struct Marked {
    let framed: FramedChunk
    let marker: ContentMark
  }

  let file: OpenFile
  /// The first bytes of the file, at most a kibibyte, as far as they were read.
  private var firstBytes: [UInt8]
  var framer: RecordFramer
  /// The next byte to read, behind bytes that may wait in the framer.
  private(set) var offset: Int64
  /// The bytes before ``offset``.
  private var tail: [UInt8]
  /// The place the framer would resume from, as of the last read, and the bytes before it.
  private var resume: RecordPosition
  private var resumeTail: [UInt8]

  /// Takes up reading at the known place, or returns `nil` if the file holds something else.
  init?(_ file: OpenFile, _ known: KnownFile, emitsFrom: Int64) throws(PosixError) {
    self.file = file
    firstBytes = try file.bytes(at: 0, count: known.fingerprint.length)
    guard known.fingerprint.matches(firstBytes) else { return nil }
    let markerStart = known.position.offset - Int64(known.marker.length)
    tail = try file.bytes(at: markerStart, count: known.marker.length)
    guard known.marker.matches(tail) else { return nil }
    resume = known.position
    offset = known.position.offset
    framer = RecordFramer(source: known.source, path: "\(known.path)", framing: nil)
    if known.position.offset > 0 {
      let prefix = try file.bytes(at: 0, count: Limits.framingPrefixBytesMax)
      if let resumed = Self.resumedLines(known, prefix) {
        framer = resumed
      } else {
        // Inside a document the place alone does not tell the nesting: read it again from the
        // beginning, and leave out what was given.
        (tail, offset, resume) = ([], 0, .start)
        framer.emitsFrom = known.position.offset
      }
    }
    framer.emitsFrom = max(framer.emitsFrom, emitsFrom)
    resumeTail = tail
  }

  /// Returns a framer for the middle of a file of lines, or `nil` for a file of elements.
  private static func resumedLines(_ known: KnownFile, _ prefix: [UInt8]) -> RecordFramer? {
    guard let (encoding, length) = TextEncoding.detect(prefix.span, isComplete: true) else {
      return nil
    }
    var text = Array(prefix.dropFirst(length))
    if encoding != .bytes {
      var decoder = UTF16Decoder(isBigEndian: encoding == .utf16BigEndian)
      let units = text
      text = []
      decoder.decode(units.span, into: &text)
    }
    guard FramingDetector.detect(text.span, isComplete: true) == .lines else { return nil }
    var framer = RecordFramer(
      source: known.source,
      path: "\(known.path)",
      resumingLinesAt: known.position,
      encoding: encoding
    )
    framer.setTable(fromHead: text.span)
    return framer
  }

  /// The bytes to know the file by.
  ///
  /// NULs at their end may be room that is still to be filled, unless a record behind them was read.
  var head: [UInt8] {
    guard firstBytes.last == ASCII.null else { return firstBytes }
    let end = firstBytes.lastIndex { $0 != ASCII.null } ?? -1
    return Array(firstBytes.prefix(max(end + 1, Int(clamping: resume.offset))))
  }

  /// Whether the file still begins as it did.
  func hasIntactHead() throws(PosixError) -> Bool {
    let expected = head
    return try file.bytes(at: 0, count: expected.count) == expected
  }

  /// Reads what comes next and frames it.
  mutating func read(
    _ buffer: inout [UInt8],
    into chunks: inout [Marked]
  ) throws(PosixError) -> Outcome {
    let base = offset - Int64(tail.count)
    let count = try file.read(into: &buffer, at: base)
    guard hasPrefix(buffer.span.extracting(0..<count), tail.span) else { return .displaced }
    let fresh = count - tail.count
    guard fresh > 0 else { return .end }
    framer.consume(buffer.span.extracting(tail.count..<count))
    growHead(buffer[tail.count..<count])
    offset += Int64(fresh)
    while let framed = framer.takeChunk() {
      let before = try bytes(before: framed.end.offset, buffer[..<count], base)
      chunks.append(Marked(framed: framed, marker: ContentMark(before)))
    }
    let next = framer.resume
    if next != resume {
      resumeTail = try bytes(before: next.offset, buffer[..<count], base)
      resume = next
    }
    tail = Array(buffer[..<count].suffix(ContentMark.bytesMax))
    return .grew(fresh)
  }

  /// Ends the open chunk at the end of what there is, and steps back before trailing NULs.
  ///
  /// A writer that set room aside will put its next record where those NULs are.
  mutating func settle(into chunks: inout [Marked]) throws(PosixError) {
    framer.giveWhole()
    try flush(into: &chunks)
    guard framer.isInNulls else { return }
    framer.forgetTrailingNulls()
    offset = resume.offset
    tail = resumeTail
    firstBytes = Array(firstBytes.prefix(Int(clamping: offset)))
  }

  /// Whether something that was read waits for more.
  var isWaiting: Bool { framer.resume.offset < offset }

  /// Gives what waits for more although the file may go on: lines of one record, or an open line.
  mutating func giveWaiting(
    _ waiting: Waiting,
    into chunks: inout [Marked]
  ) throws(PosixError) {
    switch waiting {
    case .lines: framer.giveGroup()
    case .openLine: framer.giveOpenLine()
    }
    try flush(into: &chunks)
  }

  /// Ends the open chunk and takes it.
  private mutating func flush(into chunks: inout [Marked]) throws(PosixError) {
    let next = framer.resume
    if next != resume {
      let count = min(next.offset, Int64(ContentMark.bytesMax))
      resumeTail =
        next.offset == offset
        ? tail : try file.bytes(at: next.offset - count, count: Int(count))
      resume = next
    }
    framer.flush()
    takeChunks(into: &chunks)
  }

  /// Gives what is open, since nothing more is expected.
  mutating func finish(isTorn: Bool, into chunks: inout [Marked]) {
    framer.finish(isTorn: isTorn)
    resume = framer.resume
    resumeTail = tail
    takeChunks(into: &chunks)
  }

  /// The place to go on from, and the mark of the bytes before it.
  var place: (position: RecordPosition, marker: ContentMark) {
    (resume, ContentMark(resumeTail))
  }

  private mutating func takeChunks(into chunks: inout [Marked]) {
    while let framed = framer.takeChunk() {
      chunks.append(Marked(framed: framed, marker: ContentMark(resumeTail)))
    }
  }

  private mutating func growHead(_ fresh: ArraySlice<UInt8>) {
    let missing = Int64(firstBytes.count) - offset
    guard firstBytes.count < ContentMark.bytesMax, missing >= 0, missing < Int64(fresh.count) else {
      return
    }
    let room = ContentMark.bytesMax - firstBytes.count
    firstBytes += fresh.dropFirst(Int(missing)).prefix(room)
  }

  /// Returns the bytes before a place that the framer named after the last read.
  private func bytes(
    before end: Int64,
    _ buffer: ArraySlice<UInt8>,
    _ base: Int64
  ) throws(PosixError) -> [UInt8] {
    let start = max(0, end - Int64(ContentMark.bytesMax))
    if start >= base {
      return Array(buffer[Int(start - base)..<Int(end - base)])
    }
    if end == resume.offset { return resumeTail }
    return try file.bytes(at: start, count: Int(end - start))
  }
}
