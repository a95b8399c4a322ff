public import VedetteEvent

/// Decides which bytes are one record.
///
/// A framer is a state machine without input or output of its own: bytes go in, in pieces of any
/// size, and chunks of records come out. What comes out does not depend on how the bytes were cut.
/// It holds at most one record and one chunk, whatever the input.
///
/// ```swift
/// var framer = RecordFramer(source: SourceID("app.log"), path: "app.log", framing: nil)
/// framer.consume(piece.span)
/// framer.finish(isTorn: false)
/// while let framed = framer.takeChunk() { ... }
/// ```
///
/// A byte-order mark at the beginning is left out once; UTF-16 that has one is turned into UTF-8,
/// with offsets that still count the file's own bytes. It is not for knowing what a record says.
public struct RecordFramer: Sendable {
  /// How a file is cut into records.
  public enum Framing: Sendable, Equatable {
    /// A record a line.
    case lines
    /// A record for each element of a JSON array, of an envelope's array, or for each object.
    case jsonElements
  }

  /// How the file was found to be cut, or `nil` as long as too little of it is known.
  public private(set) var framing: Framing?

  private var text: TextState
  private var out: ChunkBuilder
  private var lines: LineFramer
  private var elements: ElementFramer
  /// Framed bytes that came before the framing was known.
  private var prefix: [UInt8] = []
  private var decoded: [UInt8] = []

  private enum TextState: Sendable {
    /// The first bytes may still become a byte-order mark.
    case undecided([UInt8])
    case bytes
    case utf16(UTF16Decoder)
  }

  /// Creates a framer at the beginning of a file.
  ///
  /// - Parameters:
  ///   - source: The logical source the records belong to.
  ///   - path: The file as given or found.
  ///   - framing: How to cut, or `nil` to tell it from the first bytes.
  public init(source: SourceID, path: String, framing: Framing?) {
    self.framing = framing
    text = .undecided([])
    out = ChunkBuilder(source: source, path: path)
    lines = LineFramer(start: .start, unit: .byte)
    elements = ElementFramer(start: .start, unit: .byte)
  }

  /// Creates a framer that goes on in the middle of a file of lines.
  ///
  /// - Parameters:
  ///   - source: The logical source the records belong to.
  ///   - path: The file as given or found.
  ///   - position: Where a line begins.
  ///   - encoding: How the file's text is encoded, which its beginning tells.
  package init(
    source: SourceID,
    path: String,
    resumingLinesAt position: RecordPosition,
    encoding: TextEncoding
  ) {
    framing = .lines
    out = ChunkBuilder(source: source, path: path)
    let unit = encoding == .bytes ? StoredUnit.byte : .utf16
    lines = LineFramer(start: position, unit: unit)
    elements = ElementFramer(start: position, unit: unit)
    switch encoding {
    case .bytes: text = .bytes
    case .utf16LittleEndian: text = .utf16(UTF16Decoder(isBigEndian: false))
    case .utf16BigEndian: text = .utf16(UTF16Decoder(isBigEndian: true))
    }
  }

  /// Tells from its first bytes how a file is cut into records.
  ///
  /// - Parameters:
  ///   - prefix: The first bytes, without a byte-order mark.
  ///   - isComplete: Whether the file has no more bytes.
  /// - Returns: The framing, or `nil` if the first line has to be longer for that.
  public static func detectFraming(prefix: Span<UInt8>, isComplete: Bool) -> Framing? {
    FramingDetector.detect(prefix, isComplete: isComplete)
  }

  /// What the bytes so far came to.
  public var counts: IngestCounts {
    var counts = out.counts
    if case .utf16(let decoder) = text {
      counts.unreadableUnits = Int64(decoder.unreadableUnits)
    }
    return counts
  }

  /// Where to read from again when everything that was not given is lost.
  ///
  /// Exact between two calls: the first byte of the record that is still open, if one is.
  public var resume: RecordPosition {
    switch framing {
    case nil: .start
    case .lines: lines.resume
    case .jsonElements: elements.resume
    }
  }

  /// What the file's first line says of the others, if it is a table; for a framer that goes on in
  /// the middle.
  package mutating func setTable(fromHead head: Span<UInt8>) {
    var start = 0
    while start < head.count, head[start] == ASCII.lineFeed || head[start] == ASCII.carriageReturn {
      start += 1
    }
    guard let end = firstIndex(of: ASCII.lineFeed, in: head, from: start) else { return }
    lines.table = TableHead(head.extracting(start..<end))
  }

  /// Leaves out the records that start before a byte: they were given by another framer.
  package var emitsFrom: Int64 {
    get { out.emitsFrom }
    set { out.emitsFrom = newValue }
  }

  /// The file's path, which changes when the file is renamed while it is read.
  package var path: String {
    get { out.path }
    set { out.path = newValue }
  }

  /// Takes the next bytes of the file.
  ///
  /// - Parameter piece: The bytes, as many or few as there are.
  public mutating func consume(_ piece: Span<UInt8>) {
    guard piece.count > 0 else { return }
    out.counts.bytes &+= Int64(piece.count)
    switch text {
    case .bytes:
      frame(piece, isComplete: false)
    case .utf16:
      decode(piece)
    case .undecided(var head):
      let taken = min(3 - head.count, piece.count)
      append(piece, 0..<taken, to: &head)
      text = .undecided(head)
      if decideText(head, isComplete: false) {
        consumeRest(piece.extracting(taken..<piece.count))
      }
    }
  }

  /// Gives what is still open, since the file has no more bytes.
  ///
  /// - Parameter isTorn: Whether the bytes ended early, as in a damaged archive; an open record is
  ///   then marked as cut.
  public mutating func finish(isTorn: Bool) {
    if case .undecided(let head) = text { _ = decideText(head, isComplete: true) }
    if case .utf16(var decoder) = text {
      var units: [UInt8] = []
      decoder.finish(into: &units)
      text = .utf16(decoder)
      frame(units.span, isComplete: false)
    }
    let none: [UInt8] = []
    if framing == nil { frame(none.span, isComplete: true) }
    switch framing {
    case .jsonElements: elements.finish(isTorn: isTorn, into: &out)
    case .lines, nil: lines.finish(isTorn: isTorn, into: &out)
    }
    out.flush(end: resume)
  }

  /// Gives the open record if it is whole as it stands: a JSON object whose line end is not there.
  package mutating func giveWhole() {
    if framing == nil {
      guard JSONNesting.isWhole(prefix.span) else { return }
      framePrefix(isComplete: true)
    }
    if framing == .lines { lines.giveWhole(into: &out) }
  }

  /// Gives lines that wait for others of their record.
  package mutating func giveGroup() {
    if framing == .lines { lines.giveGroup(into: &out) }
  }

  /// Gives an open line as it stands.
  package mutating func giveOpenLine() {
    if framing == nil, !prefix.isEmpty { framePrefix(isComplete: true) }
    if framing == .lines { lines.giveOpen(into: &out) }
  }

  /// Ends the open chunk, so that ``takeChunk()`` gives everything that is framed so far.
  public mutating func flush() {
    out.flush(end: resume)
  }

  /// Takes the oldest finished chunk.
  ///
  /// - Returns: The chunk, or `nil` if none is finished.
  public mutating func takeChunk() -> FramedChunk? {
    out.takeChunk()
  }

  /// Whether nothing but NULs came since the last record ended.
  package var isInNulls: Bool { framing == .lines && lines.nullStart != nil }

  /// Forgets the NULs at the end of what was read, to read that place again later.
  package mutating func forgetTrailingNulls() {
    guard framing == .lines else { return }
    lines.forgetTrailingNulls(in: &out)
  }

  /// Settles the encoding if `head` is enough for it, and frames what is no byte-order mark.
  private mutating func decideText(_ head: [UInt8], isComplete: Bool) -> Bool {
    guard let (encoding, markLength) = TextEncoding.detect(head.span, isComplete: isComplete) else {
      return false
    }
    let start = RecordPosition(offset: Int64(markLength), line: 1)
    let unit = encoding == .bytes ? StoredUnit.byte : .utf16
    lines = LineFramer(start: start, unit: unit)
    elements = ElementFramer(start: start, unit: unit)
    switch encoding {
    case .bytes: text = .bytes
    case .utf16LittleEndian: text = .utf16(UTF16Decoder(isBigEndian: false))
    case .utf16BigEndian: text = .utf16(UTF16Decoder(isBigEndian: true))
    }
    consumeRest(head.span.extracting(markLength..<head.count))
    return true
  }

  private mutating func consumeRest(_ piece: Span<UInt8>) {
    switch text {
    case .utf16: decode(piece)
    case .bytes, .undecided: frame(piece, isComplete: false)
    }
  }

  private mutating func decode(_ piece: Span<UInt8>) {
    guard case .utf16(var decoder) = text else { return }
    var units = decoded
    decoded = []
    units.removeAll(keepingCapacity: true)
    decoder.decode(piece, into: &units)
    text = .utf16(decoder)
    frame(units.span, isComplete: false)
    decoded = units
  }

  private mutating func frame(_ piece: Span<UInt8>, isComplete: Bool) {
    guard framing == nil else { return cut(piece) }
    guard prefix.isEmpty, !isComplete else {
      append(piece, 0..<piece.count, to: &prefix)
      if isComplete || mayDecide(piece) { framePrefix(isComplete: isComplete) }
      return
    }
    framing = FramingDetector.detect(piece, isComplete: isComplete)
    if framing != nil {
      cut(piece)
    } else {
      append(piece, 0..<piece.count, to: &prefix)
    }
  }

  /// Whether looking at the prefix again can bring an answer that it did not bring before.
  private func mayDecide(_ piece: Span<UInt8>) -> Bool {
    prefix.count < 256 || prefix.count >= Limits.framingPrefixBytesMax || piece.count >= 4_096
      || firstIndex(of: ASCII.lineFeed, in: piece, from: 0) != nil
  }

  private mutating func framePrefix(isComplete: Bool) {
    framing = FramingDetector.detect(prefix.span, isComplete: isComplete)
    guard framing != nil else { return }
    let held = prefix
    prefix = []
    cut(held.span)
  }

  private mutating func cut(_ piece: Span<UInt8>) {
    switch framing {
    case .jsonElements: elements.consume(piece, into: &out)
    case .lines, nil: lines.consume(piece, from: 0, into: &out)
    }
    out.endPiece(piece)
  }
}
