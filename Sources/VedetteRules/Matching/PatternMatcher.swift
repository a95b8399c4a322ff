// Whether a value is like a pattern with wildcards.
//
// A run (`*`) takes as little as it can. When what follows does not fit, only the last run takes a
// byte more: an earlier one could only bring the last one to a later start, which it reaches by
// itself. So the time is at most the product of the two lengths, and not exponential.

/// Matches patterns with wildcards.
enum PatternMatcher {
  /// Returns whether a value is like a pattern, from its first byte to its last.
  ///
  /// - Parameters:
  ///   - bytes: The value, in lower case unless case counts.
  ///   - pieces: The pattern, likewise.
  /// - Returns: Whether it is.
  static func matches(_ bytes: Span<UInt8>, _ pieces: [TextPattern.Piece]) -> Bool {
    var index = 0
    var piece = 0
    var retryPiece = -1
    var retryIndex = 0
    while true {
      if piece == pieces.count {
        if index == bytes.count { return true }
      } else if pieces[piece] == .anyRun {
        piece += 1
        if piece == pieces.count { return true }
        retryPiece = piece
        retryIndex = index
        continue
      } else if let next = step(bytes, index, pieces[piece]) {
        index = next
        piece += 1
        continue
      }
      guard retryPiece >= 0, retryIndex < bytes.count else { return false }
      retryIndex += 1
      index = retryIndex
      piece = retryPiece
    }
  }

  /// The index after a piece, or `nil` if it does not fit.
  private static func step(
    _ bytes: Span<UInt8>,
    _ index: Int,
    _ piece: TextPattern.Piece
  ) -> Int? {
    switch piece {
    case .anyRun: return index
    case .anyOne:
      return index < bytes.count ? index + CaseFolding.sequenceLength(bytes, index) : nil
    case .bytes(let expected): return after(expected, bytes, index)
    case .dash:
      for dash in ValueEncoding.dashTexts {
        if let next = after(dash, bytes, index) { return next }
      }
      return nil
    }
  }

  private static func after(_ expected: [UInt8], _ bytes: Span<UInt8>, _ index: Int) -> Int? {
    guard index + expected.count <= bytes.count else { return nil }
    for offset in 0..<expected.count where bytes[index + offset] != expected[offset] {
      return nil
    }
    return index + expected.count
  }
}
