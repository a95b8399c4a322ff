import VedetteEvent

/// Cuts JSON documents into records without ever holding a document.
///
/// The records are the elements of a top-level array, the elements of an envelope's array, or else
/// each top-level object, also when it spans many lines. What breaks a document off or breaks the
/// rules of JSON ends this: the record that was open is given as a cut one, and everything after
/// it is taken line by line.
struct ElementFramer: Sendable {
  private enum Mode {
    case betweenDocuments, inEnvelope, inArray, inElement, inScalar, passingOver, lines
  }

  private let unit: StoredUnit
  private var mode = Mode.betweenDocuments
  /// The place of ``marked`` in the file.
  private var position: RecordPosition
  /// The byte of the current piece that ``position`` stands for.
  private var marked = 0
  private var recordStart: RecordPosition
  /// Where the open record begins or goes on in the current piece.
  private var holdFrom = 0
  private var held = HeldRecord()
  private var nesting = JSONNesting()
  private var envelope = EnvelopeScanner()
  private var isInEnvelope = false
  private var lines: LineFramer

  init(start: RecordPosition, unit: StoredUnit) {
    self.unit = unit
    position = start
    recordStart = start
    lines = LineFramer(start: start, unit: unit)
  }

  private var isHolding: Bool { mode == .inEnvelope || mode == .inElement || mode == .inScalar }

  /// The place to read from again when everything read after it is lost.
  var resume: RecordPosition {
    if mode == .lines { return lines.resume }
    return isHolding ? recordStart : position
  }

  mutating func consume(_ piece: Span<UInt8>, into out: inout ChunkBuilder) {
    marked = 0
    holdFrom = 0
    var index = 0
    while index < piece.count, mode != .lines {
      switch mode {
      case .betweenDocuments: index = readBetween(piece, index, into: &out)
      case .inEnvelope: index = readEnvelope(piece, index, into: &out)
      case .inArray: index = readArray(piece, index, into: &out)
      case .inElement: index = readElement(piece, index, into: &out)
      case .inScalar: index = readScalar(piece, index, into: &out)
      case .passingOver: index = passOver(piece, index, into: &out)
      case .lines: break
      }
    }
    guard mode != .lines else { return lines.consume(piece, from: index, into: &out) }
    if isHolding { held.hold(piece, holdFrom..<piece.count) }
    mark(piece, piece.count)
  }

  /// Gives what is open at the end of the file.
  mutating func finish(isTorn: Bool, into out: inout ChunkBuilder) {
    guard mode != .lines else { return lines.finish(isTorn: isTorn, into: &out) }
    if isHolding { giveHeld(isCut: true, into: &out) }
    if mode != .betweenDocuments { out.countBrokenDocument(at: position) }
    mode = .betweenDocuments
  }

  private mutating func readBetween(
    _ piece: Span<UInt8>,
    _ index: Int,
    into out: inout ChunkBuilder
  ) -> Int {
    switch piece[index] {
    case ASCII.lineFeed:
      position.line += 1
    case ASCII.space, ASCII.tab, ASCII.carriageReturn, ASCII.comma, ASCII.recordSeparator:
      break
    case ASCII.null:
      out.countNulls(1, at: position)
    case ASCII.openBracket:
      isInEnvelope = false
      mode = .inArray
    case ASCII.openBrace:
      envelope = EnvelopeScanner()
      begin(.inEnvelope, piece, index)
      return index
    default:
      return breakUp(piece, index, into: &out)
    }
    return index + 1
  }

  private mutating func readEnvelope(
    _ piece: Span<UInt8>,
    _ start: Int,
    into out: inout ChunkBuilder
  ) -> Int {
    let (index, outcome) = envelope.scan(piece, from: start)
    switch outcome {
    case .needsMore:
      break
    case .broken:
      return breakUp(piece, index, into: &out)
    case .element:
      drop(piece, index)
      isInEnvelope = true
      mode = .inArray
    case .closed:
      if envelope.isEmptyEnvelope {
        drop(piece, index)
      } else {
        end(piece, index, isCut: false, into: &out)
      }
      mode = .betweenDocuments
    }
    return index
  }

  private mutating func readArray(
    _ piece: Span<UInt8>,
    _ index: Int,
    into out: inout ChunkBuilder
  ) -> Int {
    switch piece[index] {
    case ASCII.lineFeed:
      position.line += 1
    case ASCII.space, ASCII.tab, ASCII.carriageReturn, ASCII.comma:
      break
    case ASCII.null:
      out.countNulls(1, at: position)
    case ASCII.closeBracket:
      if isInEnvelope { _ = envelope.nesting.step(ASCII.closeBracket) }
      mode = isInEnvelope ? .passingOver : .betweenDocuments
    case ASCII.openBrace, ASCII.openBracket:
      begin(.inElement, piece, index)
      return index
    case ASCII.closeBrace, ASCII.colon:
      return breakUp(piece, index, into: &out)
    default:
      begin(.inScalar, piece, index)
      return index
    }
    return index + 1
  }

  private mutating func readElement(
    _ piece: Span<UInt8>,
    _ start: Int,
    into out: inout ChunkBuilder
  ) -> Int {
    let (index, outcome) = nesting.scan(piece, from: start, floor: 0)
    switch outcome {
    case .needsMore:
      break
    case .broken:
      return breakUp(piece, index, into: &out)
    case .closed:
      end(piece, index, isCut: false, into: &out)
      mode = .inArray
    }
    return index
  }

  /// An element that is no object: a number, a literal or a string.
  private mutating func readScalar(
    _ piece: Span<UInt8>,
    _ start: Int,
    into out: inout ChunkBuilder
  ) -> Int {
    var index = start
    while index < piece.count {
      if nesting.isInString {
        index = nesting.skipString(piece, from: index)
        guard index < piece.count else { return index }
        guard !nesting.isInString else { return breakUp(piece, index, into: &out) }
      } else if piece[index] == ASCII.comma || piece[index] == ASCII.closeBracket {
        end(piece, index, isCut: false, into: &out)
        mode = .inArray
        return index
      } else if nesting.step(piece[index]) != .needsMore || nesting.depth > 0 {
        return breakUp(piece, index, into: &out)
      }
      index += 1
    }
    return index
  }

  /// The members of an envelope behind its records.
  private mutating func passOver(
    _ piece: Span<UInt8>,
    _ start: Int,
    into out: inout ChunkBuilder
  ) -> Int {
    let (index, outcome) = envelope.nesting.scan(piece, from: start, floor: 0)
    guard outcome != .broken else { return breakUp(piece, index, into: &out) }
    if outcome == .closed {
      position.line += envelope.nesting.takeLineFeeds()
      mode = .betweenDocuments
    }
    return index
  }

  private mutating func begin(_ mode: Mode, _ piece: Span<UInt8>, _ index: Int) {
    mark(piece, index)
    recordStart = position
    holdFrom = index
    nesting = JSONNesting()
    self.mode = mode
  }

  /// Leaves out what was held: it is an envelope's beginning.
  private mutating func drop(_ piece: Span<UInt8>, _ index: Int) {
    mark(piece, index)
    position.line += envelope.nesting.takeLineFeeds()
    held.clear()
  }

  /// Gives the record that ends before `index`.
  private mutating func end(
    _ piece: Span<UInt8>,
    _ index: Int,
    isCut: Bool,
    into out: inout ChunkBuilder
  ) {
    mark(piece, index)
    guard held.isEmpty else {
      held.hold(piece, holdFrom..<index)
      return giveHeld(isCut: isCut, into: &out)
    }
    position.line += nesting.takeLineFeeds() + envelope.nesting.takeLineFeeds()
    var last = index
    while last > holdFrom, isWhitespace(piece[last - 1]) { last -= 1 }
    out.append(
      piece,
      holdFrom..<last,
      contentLength: last - holdFrom,
      start: recordStart,
      next: position,
      isCut: isCut
    )
  }

  private mutating func giveHeld(isCut: Bool, into out: inout ChunkBuilder) {
    position.line += nesting.takeLineFeeds() + envelope.nesting.takeLineFeeds()
    var length = held.total
    if length == held.bytes.count {
      while length > 0, isWhitespace(held.bytes[length - 1]) { length -= 1 }
    }
    out.append(held, length: length, start: recordStart, next: position, isCut: isCut)
    held.clear()
  }

  /// Gives up on JSON: the rest of this line and all further ones are records of their own.
  private mutating func breakUp(
    _ piece: Span<UInt8>,
    _ index: Int,
    into out: inout ChunkBuilder
  ) -> Int {
    if isHolding {
      end(piece, index, isCut: true, into: &out)
    } else {
      mark(piece, index)
      position.line += envelope.nesting.takeLineFeeds()
    }
    out.countBrokenDocument(at: position)
    var next = index
    if piece[index] == ASCII.lineFeed {
      next += 1
      mark(piece, next)
      position.line += 1
    }
    lines = LineFramer(start: position, unit: unit)
    mode = .lines
    return next
  }

  private mutating func mark(_ piece: Span<UInt8>, _ index: Int) {
    position.offset += unit.storedBytes(piece, marked..<index)
    marked = index
  }

  private func isWhitespace(_ byte: UInt8) -> Bool {
    switch byte {
    case ASCII.space, ASCII.tab, ASCII.carriageReturn, ASCII.lineFeed, ASCII.null: true
    default: false
    }
  }
}
