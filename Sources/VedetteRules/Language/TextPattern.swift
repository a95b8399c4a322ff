/// A value of a rule as text with wildcards, in UTF-8.
///
/// A backslash makes a wildcard or a backslash after it plain; any other backslash is plain itself
/// (Sigma rules specification, "Escaping").
package struct TextPattern: Sendable, Hashable {
  /// A part of a pattern.
  package enum Piece: Sendable, Hashable {
    /// These bytes; never empty.
    case bytes([UInt8])
    /// Anything, also nothing: `*`.
    case anyRun
    /// One character: `?`.
    case anyOne
    /// Any of the five dashes that start a flag on Windows.
    case dash
  }

  /// The parts: no two byte strings and no two runs follow each other.
  package private(set) var pieces: [Piece] = []

  /// Creates a pattern without wildcards.
  ///
  /// - Parameter bytes: The text.
  package init(literal bytes: [UInt8]) {
    if !bytes.isEmpty { pieces = [.bytes(bytes)] }
  }

  /// Creates a pattern of pieces, joining what can be joined.
  ///
  /// - Parameter pieces: The pieces.
  package init(pieces: [Piece]) {
    for piece in pieces { append(piece) }
  }

  /// Creates a pattern from a value as it is written in a rule.
  ///
  /// - Parameter text: The value.
  package init(parsing text: String) {
    var literal: [UInt8] = []
    var isEscaped = false
    func flush(_ pieces: inout [Piece]) {
      if !literal.isEmpty { pieces.append(.bytes(literal)) }
      literal = []
    }
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "*"), UInt8(ascii: "?"):
        if isEscaped {
          literal.append(byte)
          isEscaped = false
        } else {
          flush(&pieces)
          append(byte == UInt8(ascii: "*") ? .anyRun : .anyOne)
        }
      case UInt8(ascii: "\\"):
        if isEscaped { literal.append(byte) }
        isEscaped.toggle()
      default:
        if isEscaped { literal.append(UInt8(ascii: "\\")) }
        isEscaped = false
        literal.append(byte)
      }
    }
    if isEscaped { literal.append(UInt8(ascii: "\\")) }
    flush(&pieces)
  }

  /// The bytes, if there is no wildcard in them.
  package var plain: [UInt8]? {
    switch pieces.count {
    case 0: return []
    case 1:
      if case .bytes(let bytes) = pieces[0] { return bytes }
      return nil
    default: return nil
    }
  }

  /// Whether it begins with `*`.
  package var isOpenAtStart: Bool { pieces.first == .anyRun }
  /// Whether it ends with `*`.
  package var isOpenAtEnd: Bool { pieces.last == .anyRun }
  /// Whether it is `*` alone.
  package var isAny: Bool { pieces == [.anyRun] }

  /// Returns the pattern with `*` before or after it.
  ///
  /// - Parameters:
  ///   - start: Whether to put one before.
  ///   - end: Whether to put one after.
  /// - Returns: The wider pattern.
  package func opened(atStart start: Bool, atEnd end: Bool) -> TextPattern {
    TextPattern(pieces: (start ? [.anyRun] : []) + pieces + (end ? [.anyRun] : []))
  }

  /// Returns the pattern with its byte strings changed.
  ///
  /// - Parameter transform: What to make of each.
  /// - Returns: The changed pattern.
  package func mapBytes(_ transform: ([UInt8]) -> [Piece]) -> TextPattern {
    TextPattern(
      pieces: pieces.flatMap { piece -> [Piece] in
        if case .bytes(let bytes) = piece { transform(bytes) } else { [piece] }
      }
    )
  }

  private mutating func append(_ piece: Piece) {
    switch (pieces.last, piece) {
    case (.anyRun, .anyRun): return
    case (_, .bytes(let bytes)) where bytes.isEmpty: return
    case (.bytes(let before), .bytes(let bytes)):
      pieces[pieces.count - 1] = .bytes(before + bytes)
    default: pieces.append(piece)
    }
  }
}

extension TextPattern: CustomStringConvertible {
  /// The pattern as a rule would write it.
  package var description: String {
    pieces.map { piece in
      switch piece {
      case .anyRun: "*"
      case .anyOne: "?"
      case .dash: "-"
      case .bytes(let bytes):
        String(decoding: bytes, as: UTF8.self)
          .split(separator: "*", omittingEmptySubsequences: false).joined(separator: "\\*")
          .split(separator: "?", omittingEmptySubsequences: false).joined(separator: "\\?")
      }
    }.joined()
  }
}

extension TextPattern.Piece {
  /// Hashes the piece; equal ones alike.
  ///
  /// - Parameter hasher: Where to.
  package func hash(into hasher: inout Hasher) {
    switch self {
    case .anyRun: hasher.combine(0 as UInt8)
    case .anyOne: hasher.combine(1 as UInt8)
    case .dash: hasher.combine(2 as UInt8)
    case .bytes(let bytes): bytes.hashWords(into: &hasher)
    }
  }
}

extension [UInt8] {
  /// Hashes eight bytes at a time: the array's own way hashes each by itself, which took a tenth of
  /// the time in which thousands of rules are compiled.
  ///
  /// - Parameter hasher: Where to.
  func hashWords(into hasher: inout Hasher) {
    hasher.combine(count)
    var word: UInt64 = 0
    for (index, byte) in enumerated() {
      word = word << 8 | UInt64(byte)
      if index & 7 == 7 {
        hasher.combine(word)
        word = 0
      }
    }
    if count & 7 != 0 { hasher.combine(word) }
  }
}
