/// The words by which programs say how bad something is.
enum LevelWord {
  private static let words: [StaticString] = [
    "info", "error", "warning", "warn", "notice", "debug", "trace", "crit", "critical", "fatal",
    "emerg", "emergency", "alert", "err", "audit", "panic", "severe", "trace1", "trace2",
    "trace3", "trace4", "trace5", "trace6", "trace7", "trace8",
  ]

  /// Whether a range is one of them, in any case.
  static func isLevel(_ record: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard (3...9).contains(range.count) else { return false }
    for word in words where word.utf8CodeUnitCount == range.count {
      if isSame(record, range, word) { return true }
    }
    return false
  }

  private static func isSame(
    _ record: Span<UInt8>,
    _ range: Range<Int>,
    _ word: StaticString
  ) -> Bool {
    for offset in 0..<range.count
    where record[range.lowerBound + offset] | 0x20 != word.byte(offset) | 0x20 { return false }
    return true
  }
}
