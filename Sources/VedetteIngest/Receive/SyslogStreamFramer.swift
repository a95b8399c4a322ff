// One connection's bytes to messages (RFC 6587).
//
// Grammar.  octet-counted:  *( MSG-LEN SP SYSLOG-MSG )      MSG-LEN = NONZERO-DIGIT *DIGIT
//           newline:        *( SYSLOG-MSG LF )
//
// Which of the two a sender speaks is told once, by the first bytes of its connection: digits, a
// space and a `<` are a count, anything else is a line. Invariants:
//
// 1. What comes out does not depend on how the bytes were cut.
// 2. Every byte of a message is given, or counted as cut; a wrong count loses none: what can't be a
//    frame is given as a line, up to where a count and a `<` stand again or a line ends.
// 3. At most one message is held, of `Limits.recordBytesMax` and one byte.

import VedetteEvent

/// Cuts what comes over one connection into messages.
package struct SyslogStreamFramer: Sendable {
  /// What came out.
  package enum Output: Sendable, Equatable {
    /// A message; whether its end is missing.
    case message([UInt8], isCut: Bool)
    /// A count that was wrong.
    case badCount
    /// Bytes of a message that is too long.
    case cut(Int)
  }

  private enum Mode: Sendable, Equatable {
    case undecided
    case lines
    /// Between two frames, or in the digits of a count.
    case header
    /// In a message, so many bytes of which are still to come.
    case body(Int)
    /// In what was no frame, until one begins or a line ends.
    case adrift
  }

  private var mode = Mode.undecided
  private var held: [UInt8] = []
  private var cutBytes = 0

  /// Creates a framer at the beginning of a connection.
  package init() {}

  /// Whether a message has begun whose end did not come.
  var isOpen: Bool { !held.isEmpty || cutBytes > 0 }

  /// Takes the next bytes.
  ///
  /// - Parameters:
  ///   - piece: The bytes.
  ///   - give: Called with what came out.
  package mutating func consume(_ piece: Span<UInt8>, _ give: (Output) -> Void) {
    var index = 0
    while index < piece.count {
      switch mode {
      case .undecided: index = decide(piece, from: index, give)
      case .lines: index = line(piece, from: index, give)
      case .header: index = header(piece, from: index, give)
      case .body(let count): index = body(piece, from: index, count, give)
      case .adrift: index = drift(piece, from: index, give)
      }
    }
  }

  /// Gives what is open, since the connection has ended.
  ///
  /// - Parameter give: Called with what came out.
  package mutating func finish(_ give: (Output) -> Void) {
    switch mode {
    case .undecided, .lines, .adrift: endMessage(isCut: false, give)
    case .header, .body: endMessage(isCut: true, give)
    }
  }

  /// Looks at the first bytes one by one, without taking them from what follows.
  private mutating func decide(
    _ piece: Span<UInt8>,
    from start: Int,
    _ give: (Output) -> Void
  ) -> Int {
    var index = start
    while index < piece.count {
      let byte = piece[index]
      if held.isEmpty, byte == ASCII.lineFeed || byte == ASCII.null {
        index += 1
        continue
      }
      held.append(byte)
      index += 1
      if let isCounted = Self.isCounted(held) {
        let first = held
        held = []
        mode = isCounted ? .header : .lines
        consume(first.span, give)
        return index
      }
    }
    return index
  }

  /// Whether bytes begin a counted message; `nil` as long as they may.
  private static func isCounted(_ bytes: [UInt8]) -> Bool? {
    let digits = bytes.prefix { isDigit($0) }.count
    if digits == 0 || bytes[0] == UInt8(ascii: "0") { return false }
    if digits > Limits.octetCountDigitsMax { return false }
    guard bytes.count > digits else { return nil }
    guard bytes[digits] == ASCII.space else { return false }
    guard bytes.count > digits + 1 else { return nil }
    return bytes[digits + 1] == UInt8(ascii: "<")
  }

  private mutating func line(
    _ piece: Span<UInt8>,
    from start: Int,
    _ give: (Output) -> Void
  ) -> Int {
    guard let end = firstIndex(of: ASCII.lineFeed, in: piece, from: start) else {
      hold(piece, start..<piece.count)
      return piece.count
    }
    hold(piece, start..<end)
    endMessage(isCut: false, give)
    return end + 1
  }

  private mutating func header(
    _ piece: Span<UInt8>,
    from start: Int,
    _ give: (Output) -> Void
  ) -> Int {
    let byte = piece[start]
    if held.isEmpty, byte == ASCII.lineFeed || byte == ASCII.null { return start + 1 }
    let isFirst = held.isEmpty
    if Self.isDigit(byte), !(isFirst && byte == UInt8(ascii: "0")),
      held.count < Limits.octetCountDigitsMax
    {
      held.append(byte)
      return start + 1
    }
    let count = held.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    guard byte == ASCII.space, !isFirst, count <= Limits.recordBytesMax else {
      give(.badCount)
      mode = .adrift
      return start
    }
    held = []
    mode = .body(count)
    return start + 1
  }

  private mutating func body(
    _ piece: Span<UInt8>,
    from start: Int,
    _ count: Int,
    _ give: (Output) -> Void
  ) -> Int {
    let taken = min(count, piece.count - start)
    hold(piece, start..<start + taken)
    if taken == count {
      endMessage(isCut: false, give)
      mode = .header
    } else {
      mode = .body(count - taken)
    }
    return start + taken
  }

  /// Takes bytes as a line until a count stands before a `<`, from where frames go on.
  private mutating func drift(
    _ piece: Span<UInt8>,
    from start: Int,
    _ give: (Output) -> Void
  ) -> Int {
    for index in start..<piece.count {
      let byte = piece[index]
      if byte == ASCII.lineFeed {
        endMessage(isCut: false, give)
        mode = .header
        return index + 1
      }
      if byte == UInt8(ascii: "<"), let digits = trailingCount {
        let count = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        if count > 0, count <= Limits.recordBytesMax {
          held.removeLast(digits.count + 1)
          endMessage(isCut: true, give)
          mode = .body(count)
          return index
        }
      }
      hold(piece, index..<index + 1)
    }
    return piece.count
  }

  /// The digits before a space at the end of what is held, as a count has them.
  private var trailingCount: [UInt8]? {
    guard cutBytes == 0, held.last == ASCII.space else { return nil }
    let window = held.dropLast().suffix(Limits.octetCountDigitsMax)
    let digits = Array(window.reversed().prefix { Self.isDigit($0) }.reversed())
    // Of a longer run of digits the end may be a count.
    let count = Array(digits.drop { $0 == UInt8(ascii: "0") })
    return count.isEmpty ? nil : count
  }

  private mutating func hold(_ piece: Span<UInt8>, _ range: Range<Int>) {
    let room = max(0, Limits.recordBytesMax + 1 - held.count)
    let kept = min(room, range.count)
    append(piece, range.lowerBound..<range.lowerBound + kept, to: &held)
    cutBytes += range.count - kept
  }

  private mutating func endMessage(isCut: Bool, _ give: (Output) -> Void) {
    while let last = held.last,
      last == ASCII.lineFeed || last == ASCII.carriageReturn || last == ASCII.null
    {
      held.removeLast()
    }
    if cutBytes > 0 { give(.cut(cutBytes)) }
    if !held.isEmpty { give(.message(held, isCut: isCut || cutBytes > 0)) }
    held = []
    cutBytes = 0
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
