// A record written anew as one JSON object, so that one scanner and one kind of table serve formats
// that are no JSON, or JSON inside JSON.
//
// The buffer is used again for every record: nothing is allocated for a record once it is as large
// as the largest. Each piece remembers where in the record it came from, so that what turns out to
// be a prompt can be blanked there.

/// A record as one JSON object.
struct RecordRewrite {
  /// A stretch of the object and the part of the record that it came from.
  private struct Piece {
    var start: Int
    var source: Range<Int>
    /// Whether the bytes are the same ones; else the whole of the source stands for each.
    var isCopy: Bool
  }

  /// The object.
  private(set) var bytes: [UInt8] = []
  private var pieces: [Piece] = []

  /// Forgets the record before.
  mutating func reset() {
    bytes.removeAll(keepingCapacity: true)
    pieces.removeAll(keepingCapacity: true)
  }

  /// Begins an object.
  mutating func open() { bytes.append(UInt8(ascii: "{")) }

  /// Ends an object.
  mutating func close() { bytes.append(UInt8(ascii: "}")) }

  /// Ends the whole record: bytes that are not UTF-8 are replaced by U+FFFD.
  mutating func finish() {
    let isUTF8 = unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe buffer.baseAddress.map { unsafe JSONText.isUTF8($0, from: 0, to: buffer.count) }
    }
    guard isUTF8 == false else { return }
    bytes = Array(String(decoding: bytes, as: UTF8.self).utf8)
    // Places are no longer the same: all is one piece.
    if let first = pieces.first, let last = pieces.last {
      let source = first.source.lowerBound..<max(first.source.upperBound, last.source.upperBound)
      pieces = [Piece(start: 0, source: source, isCopy: false)]
    }
  }

  /// Writes a member's name.
  mutating func name(_ name: StaticString) {
    comma()
    raw(name)
    raw("\":")
  }

  /// Writes a member's name that the record has.
  mutating func name(_ record: Span<UInt8>, _ range: Range<Int>) {
    comma()
    escape(record, range)
    raw("\":")
  }

  /// Writes a member's name that was made.
  mutating func name(made name: [UInt8]) {
    comma()
    escape(name.span, 0..<name.count)
    raw("\":")
  }

  /// Writes a member's name that is JSON already.
  mutating func member(_ record: Span<UInt8>, _ key: Range<Int>) {
    comma()
    note(key, isCopy: true)
    for index in key { bytes.append(record[index]) }
    raw("\":")
  }

  /// Writes a text as a value.
  mutating func text(_ text: StaticString) {
    bytes.append(.quote)
    raw(text)
    bytes.append(.quote)
  }

  /// Writes a part of the record as a value.
  mutating func text(_ record: Span<UInt8>, _ range: Range<Int>) {
    note(range, isCopy: false)
    bytes.append(.quote)
    escape(record, range)
    bytes.append(.quote)
  }

  /// Writes bytes that were made of a part of the record as a value.
  mutating func text(made: [UInt8], from source: Range<Int>) {
    note(source, isCopy: false)
    bytes.append(.quote)
    escape(made.span, 0..<made.count)
    bytes.append(.quote)
  }

  /// Copies a part of the record that is JSON.
  mutating func copy(_ record: Span<UInt8>, _ range: Range<Int>) {
    note(range, isCopy: true)
    bytes.reserveCapacity(bytes.count + range.count)
    for index in range { bytes.append(record[index]) }
  }

  /// Writes bytes that are JSON and stand for a part of the record.
  mutating func insert(_ json: [UInt8], for source: Range<Int>) {
    note(source, isCopy: false)
    bytes += json
  }

  /// Writes JSON's own marks.
  mutating func raw(_ text: StaticString) {
    for index in 0..<text.utf8CodeUnitCount { bytes.append(text.byte(index)) }
  }

  /// Returns the parts of the record that spans of the object came from.
  func sources(of spans: [Range<Int>]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    for span in spans {
      for (index, piece) in pieces.enumerated() {
        let end = index + 1 < pieces.count ? pieces[index + 1].start : bytes.count
        guard span.lowerBound < end, span.upperBound > piece.start else { continue }
        var source = piece.source
        if piece.isCopy {
          let shift = piece.source.lowerBound - piece.start
          let lower = max(span.lowerBound, piece.start) + shift
          let upper = min(min(span.upperBound, end) + shift, piece.source.upperBound)
          guard lower < upper else { continue }
          source = lower..<upper
        }
        if found.last != source { found.append(source) }
      }
    }
    return found
  }

  private mutating func comma() {
    if bytes.last != UInt8(ascii: "{"), bytes.last != UInt8(ascii: "[") {
      bytes.append(UInt8(ascii: ","))
    }
    bytes.append(.quote)
  }

  private mutating func note(_ source: Range<Int>, isCopy: Bool) {
    pieces.append(Piece(start: bytes.count, source: source, isCopy: isCopy))
  }

  private mutating func escape(_ text: Span<UInt8>, _ range: Range<Int>) {
    for index in range {
      let byte = text[index]
      switch byte {
      case .quote, .backslash:
        bytes.append(.backslash)
        bytes.append(byte)
      case 0x0a: raw("\\n")
      case 0x0d: raw("\\r")
      case 0x09: raw("\\t")
      case 0..<0x20:
        raw("\\u00")
        bytes.append(byte >> 4 + 0x30)
        bytes.append(byte & 15 < 10 ? byte & 15 + 0x30 : byte & 15 + 0x57)
      default: bytes.append(byte)
      }
    }
  }
}
