import VedetteEvent

/// Reads numbers and times from values.
enum ValueReading {
  private static let numberBytesMax = 64

  /// Reads a decimal number, blanks around it allowed.
  ///
  /// - Parameter bytes: The value.
  /// - Returns: The number, or `nil` if the value is none; `0x1f`, `inf` and `nan` are none.
  static func number(_ bytes: Span<UInt8>) -> Double? {
    var start = 0
    var end = bytes.count
    while start < end, isBlank(bytes[start]) { start += 1 }
    while end > start, isBlank(bytes[end - 1]) { end -= 1 }
    guard start < end, end - start <= numberBytesMax else { return nil }
    var text = ""
    for index in start..<end {
      switch bytes[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
        UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
        text.unicodeScalars.append(Unicode.Scalar(bytes[index]))
      default: return nil
      }
    }
    guard let value = Double(text), value.isFinite else { return nil }
    return value
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0d).contains(byte)
  }

  /// The parts of a time as it is written; no zone is applied.
  struct Time {
    var year: Int
    var month: Int
    var day: Int
    var hour: Int
    var minute: Int

    /// Returns a part.
    ///
    /// - Parameter part: Which one.
    /// - Returns: Its number.
    func value(_ part: TimePart) -> Double {
      switch part {
      case .minute: Double(minute)
      case .hour: Double(hour)
      case .day: Double(day)
      case .month: Double(month)
      case .year: Double(year)
      case .week: Double(week)
      }
    }

    /// The ISO 8601 week: the one that has the Thursday of the date's week.
    private var week: Int {
      let days = CivilDate(year: year, month: month, day: day).daysSinceEpoch
      // 1970-01-01 was a Thursday; weekdays count from Monday, 0.
      let weekday = ((days + 3) % 7 + 7) % 7
      let thursday = CivilDate(daysSinceEpoch: days - weekday + 3)
      let newYear = CivilDate(year: thursday.year, month: 1, day: 1).daysSinceEpoch
      return (days - weekday + 3 - newYear) / 7 + 1
    }
  }

  /// Reads `2026-03-02T10:14:07.120Z` and the like: a date, then `T` or a blank, then a time of
  /// day; or a date alone, which is midnight.
  ///
  /// - Parameter bytes: The value.
  /// - Returns: Its parts, or `nil` if the value is no such time.
  static func time(_ bytes: Span<UInt8>) -> Time? {
    guard bytes.count >= 10, let year = digits(bytes, 0, 4), isSeparator(bytes[4]),
      let month = digits(bytes, 5, 2), bytes[7] == bytes[4], let day = digits(bytes, 8, 2),
      (1...12).contains(month), (1...CivilDate.daysInMonth(month, year: year)).contains(day)
    else { return nil }
    if bytes.count == 10 { return Time(year: year, month: month, day: day, hour: 0, minute: 0) }
    let between = bytes[10]
    let isTime = between == UInt8(ascii: "T") || between == UInt8(ascii: "t") || between == 0x20
    guard isTime, bytes.count >= 16, let hour = digits(bytes, 11, 2),
      bytes[13] == UInt8(ascii: ":"), let minute = digits(bytes, 14, 2), hour < 24, minute < 60
    else { return nil }
    return Time(year: year, month: month, day: day, hour: hour, minute: minute)
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/")
  }

  private static func digits(_ bytes: Span<UInt8>, _ start: Int, _ count: Int) -> Int? {
    var value = 0
    for index in start..<start + count {
      let digit = Int(bytes[index]) - 0x30
      guard (0...9).contains(digit) else { return nil }
      value = value * 10 + digit
    }
    return value
  }
}
