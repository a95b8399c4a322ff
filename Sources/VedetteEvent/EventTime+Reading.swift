extension EventTime {
  /// Reads an RFC 3339 time, or returns `nil` if the text is not one.
  ///
  /// `2026-03-02T10:14:07Z`, with a fraction of up to nine digits and `Z` or an offset. For what
  /// people write; logs are read by the normalizer's own scanner.
  ///
  /// - Parameter text: The time.
  public init?(rfc3339 text: String) {
    let bytes = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int? {
      guard range.upperBound <= bytes.count else { return nil }
      var value = 0
      for byte in bytes[range] {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
      }
      return value
    }
    guard bytes.count >= 20, let year = number(0..<4), let month = number(5..<7),
      let day = number(8..<10), let hour = number(11..<13), let minute = number(14..<16),
      let second = number(17..<19), bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      bytes[10] | 0x20 == UInt8(ascii: "t") || bytes[10] == UInt8(ascii: " "),
      bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":")
    else { return nil }
    var rest = 19
    var nanosecond = 0
    if bytes[rest] == UInt8(ascii: ".") {
      let digits = bytes[(rest + 1)...].prefix { $0 >= 0x30 && $0 <= 0x39 }
      guard (1...9).contains(digits.count), let value = number(digits.startIndex..<digits.endIndex)
      else { return nil }
      nanosecond = value
      for _ in digits.count..<9 { nanosecond *= 10 }
      rest = digits.endIndex
    }
    guard let offset = Self.offsetSeconds(bytes[rest...]) else { return nil }
    self.init(
      year: year,
      month: month,
      day: day,
      hour: hour,
      minute: minute,
      second: second,
      nanosecond: nanosecond,
      offsetSeconds: offset
    )
  }

  /// `Z`, `+hh:mm` or `-hh:mm` in seconds.
  private static func offsetSeconds(_ bytes: ArraySlice<UInt8>) -> Int? {
    if bytes.count == 1, let letter = bytes.first, letter | 0x20 == UInt8(ascii: "z") { return 0 }
    let text = Array(bytes)
    guard text.count == 6, text[3] == UInt8(ascii: ":"),
      let hours = Int(String(decoding: text[1...2], as: UTF8.self)),
      let minutes = Int(String(decoding: text[4...5], as: UTF8.self)), (0...23).contains(hours),
      (0...59).contains(minutes)
    else { return nil }
    switch text[0] {
    case UInt8(ascii: "+"): return hours * 3_600 + minutes * 60
    case UInt8(ascii: "-"): return -(hours * 3_600 + minutes * 60)
    default: return nil
    }
  }
}
