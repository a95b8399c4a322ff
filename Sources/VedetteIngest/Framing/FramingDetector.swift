import VedetteEvent

/// Tells from a file's first bytes how it is cut into records.
///
/// The answer depends only on the first line that is not blank, or on as much of it as fits into
/// ``Limits/framingPrefixBytesMax``. So it is the same for a file that is read whole, for one that
/// is still being written, and for every way its bytes are cut.
struct FramingDetector {
  /// Returns the framing, or `nil` if more bytes are needed.
  static func detect(_ prefix: Span<UInt8>, isComplete: Bool) -> RecordFramer.Framing? {
    let bytes = prefix.extracting((0..<prefix.count).limited(to: Limits.framingPrefixBytesMax))
    let isAll = isComplete || bytes.count == Limits.framingPrefixBytesMax
    let undecided: RecordFramer.Framing? = isAll ? .lines : nil
    guard let first = significant(bytes, from: 0) else { return undecided }
    switch bytes[first] {
    case ASCII.openBrace:
      guard let second = significant(bytes, from: first + 1) else { return undecided }
      guard beginsObject(bytes[second]) else { return .lines }
      return detectObject(bytes, from: first, isAll: isAll)
    case ASCII.openBracket:
      guard let second = significant(bytes, from: first + 1) else { return undecided }
      // "[Sun Dec 04 04:47:44 2005]" and "[ 12.345678] kernel" are lines, as is "[{id}] text".
      if bytes[second] == ASCII.closeBracket { return .jsonElements }
      guard bytes[second] == ASCII.openBrace else { return .lines }
      guard let third = significant(bytes, from: second + 1) else { return undecided }
      return beginsObject(bytes[third]) ? .jsonElements : .lines
    default:
      return .lines
    }
  }

  /// An object whose first line is whole is a line of its own, unless it is an envelope.
  private static func detectObject(
    _ bytes: Span<UInt8>,
    from first: Int,
    isAll: Bool
  ) -> RecordFramer.Framing? {
    let lineEnd = firstIndex(of: ASCII.lineFeed, in: bytes, from: first)
    let line = bytes.extracting(0..<(lineEnd ?? bytes.count))
    var envelope = EnvelopeScanner()
    let (index, outcome) = envelope.scan(line, from: first)
    switch outcome {
    case .broken:
      return .lines
    case .element:
      if envelope.memberCount == 1 { return .jsonElements }
      return detectWideEnvelope(line, from: index, &envelope, hasLineEnd: lineEnd != nil, isAll)
    case .closed:
      if envelope.isEmptyEnvelope { return .jsonElements }
      guard let next = significant(line, from: index) else {
        return lineEnd != nil || isAll ? .lines : nil
      }
      return line[next] == ASCII.openBrace ? .jsonElements : .lines
    case .needsMore:
      guard lineEnd != nil else { return isAll ? .lines : nil }
      return envelope.nesting.isInString ? .lines : .jsonElements
    }
  }

  /// An array of records that is not the first member: `{"count":2,"value":[{…`.
  ///
  /// On one line with its object it belongs to an event, as in Google Workspace's activities. In an
  /// object that goes on over many lines, or that is longer than the prefix, it is the content.
  private static func detectWideEnvelope(
    _ line: Span<UInt8>,
    from index: Int,
    _ envelope: inout EnvelopeScanner,
    hasLineEnd: Bool,
    _ isAll: Bool
  ) -> RecordFramer.Framing? {
    let (_, outcome) = envelope.nesting.scan(line, from: index, floor: 0)
    switch outcome {
    case .broken: return .lines
    case .closed: return hasLineEnd || isAll ? .lines : nil
    case .needsMore:
      guard hasLineEnd || isAll else { return nil }
      return envelope.nesting.isInString && hasLineEnd ? .lines : .jsonElements
    }
  }

  private static func beginsObject(_ byte: UInt8) -> Bool {
    byte == ASCII.quote || byte == ASCII.closeBrace
  }

  private static func significant(_ bytes: Span<UInt8>, from start: Int) -> Int? {
    var index = start
    while index < bytes.count {
      switch bytes[index] {
      case ASCII.space, ASCII.tab, ASCII.carriageReturn, ASCII.lineFeed, ASCII.null: index += 1
      default: return index
      }
    }
    return nil
  }
}
