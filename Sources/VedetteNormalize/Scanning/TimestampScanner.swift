// Times as logs write them, straight from the bytes.
//
// A general date parser takes a pattern and microseconds; a log line has one of a dozen forms, each
// told from the others by its first few bytes, and is read here in one pass without allocation. A
// field out of range (a 13th month, February 30th, hour 24) makes no time at all: a record whose
// time is wrong is marked, never moved to a date that nobody wrote.

package import VedetteEvent

/// A time found in a record.
package struct ScannedTime: Sendable, Equatable {
  /// When it is, in UTC; one without a year is the *local* time, in the year 2000.
  ///
  /// Which offset holds depends on the year where the zone has summer time, so the year must be
  /// known first: see ``YearResolver``.
  package var time: EventTime
  /// Whether the year is not written.
  package var isYearless: Bool
  /// The first byte after the time.
  package var end: Int

  /// Creates a time.
  ///
  /// - Parameters:
  ///   - time: When it is.
  ///   - isYearless: Whether the year is not written.
  ///   - end: The first byte after it.
  package init(time: EventTime, isYearless: Bool = false, end: Int) {
    self.time = time
    self.isYearless = isYearless
    self.end = end
  }
}

/// Reads times out of records.
package struct TimestampScanner: Sendable {
  private let zone: @Sendable (EventTime) -> Int

  /// Creates a scanner.
  ///
  /// - Parameter zone: Returns what the zone adds to UTC, in seconds, at a local time: for times
  ///   that name no zone themselves.
  package init(zone: @escaping @Sendable (EventTime) -> Int = { _ in 0 }) {
    self.zone = zone
  }

  /// Reads any of the known forms; the place may be before an opening bracket.
  ///
  /// - Parameters:
  ///   - bytes: The record.
  ///   - start: The first byte of the time.
  /// - Returns: The time, or `nil` if there is none. A bracket that was opened is closed before
  ///   `end`.
  package func scan(_ bytes: Span<UInt8>, at start: Int) -> ScannedTime? {
    guard start < bytes.count else { return nil }
    if bytes[start] == UInt8(ascii: "[") {
      guard var found = scan(bytes, at: start + 1, isBracketed: true), found.end < bytes.count,
        bytes[found.end] == UInt8(ascii: "]")
      else { return nil }
      found.end += 1
      return found
    }
    return scan(bytes, at: start, isBracketed: false)
  }

  private func scan(_ bytes: Span<UInt8>, at start: Int, isBracketed: Bool) -> ScannedTime? {
    guard start < bytes.count else { return nil }
    guard bytes[start].isDigit else { return scanNamed(bytes, at: start) }
    return scanISO(bytes, at: start) ?? scanCommon(bytes, at: start)
      ?? scanEpoch(bytes, at: start)
  }

  /// Reads `Dec 10 06:55:46`, with a weekday before, a fraction, or a year before or after the time
  /// of day.
  ///
  /// RFC 3164, Cisco's `Mar  1 2026 18:46:11.123`, Apache's `Sun Dec 04 04:47:44.123456 2005`.
  ///
  /// - Parameters:
  ///   - bytes: The record.
  ///   - start: The first byte of the time.
  /// - Returns: The time, or `nil` if there is none.
  package func scanNamed(_ bytes: Span<UInt8>, at start: Int) -> ScannedTime? {
    var cursor = FieldCursor(index: start, end: bytes.count)
    if let weekdayEnd = Self.endOfWeekday(bytes, at: start) {
      cursor.index = weekdayEnd
      if cursor.index < bytes.count, bytes[cursor.index].isDigit {
        return scanISO(bytes, at: cursor.index)
      }
    }
    guard let month = cursor.month(bytes), cursor.take(.space, bytes) else { return nil }
    _ = cursor.take(.space, bytes)
    guard let day = cursor.number(bytes, digits: 1...2), cursor.take(.space, bytes)
    else { return nil }
    var year = cursor.year(bytes, before: .space)
    if year != nil { cursor.index += 1 }
    guard let clock = cursor.clock(bytes) else { return nil }
    if year == nil, cursor.peek(bytes) == .space {
      var after = FieldCursor(index: cursor.index + 1, end: cursor.end)
      year = after.year(bytes, before: nil)
      if year != nil { cursor.index = after.index }
    }
    let isUTC = cursor.takeUTC(bytes, terminator: .colon)
    let date = CivilDate(year: year ?? 2_000, month: month, day: day)
    guard year != nil else {
      guard let time = utc(date, clock, offset: 0) else { return nil }
      return ScannedTime(time: time, isYearless: true, end: cursor.index)
    }
    return finish(date, clock, offset: isUTC ? 0 : nil, end: cursor.index)
  }

  /// Reads RFC 3339 and its kin: `2026-03-02T10:14:07.120Z`, `2017-05-16 00:00:00.008`,
  /// `2026-03-02 10:14:07,120 +0100`, `2026/03/02 10:14:07`.
  ///
  /// - Parameters:
  ///   - bytes: The record.
  ///   - start: The first byte of the time.
  /// - Returns: The time, or `nil` if there is none.
  package func scanISO(_ bytes: Span<UInt8>, at start: Int) -> ScannedTime? {
    var cursor = FieldCursor(index: start, end: bytes.count)
    guard let year = cursor.number(bytes, digits: 4...4), let separator = cursor.peek(bytes),
      separator == UInt8(ascii: "-") || separator == UInt8(ascii: "/"),
      cursor.take(separator, bytes), let month = cursor.number(bytes, digits: 2...2),
      cursor.take(separator, bytes), let day = cursor.number(bytes, digits: 2...2),
      let between = cursor.peek(bytes),
      between == .space || between | 0x20 == UInt8(ascii: "t")
    else { return nil }
    cursor.index += 1
    guard let clock = cursor.clock(bytes) else { return nil }
    let date = CivilDate(year: year, month: month, day: day)
    let offset = cursor.offset(bytes) ?? (cursor.takeUTC(bytes, terminator: nil) ? 0 : nil)
    if offset == nil, cursor.isAtBadOffset(bytes) { return nil }
    return finish(date, clock, offset: offset, end: cursor.index)
  }

  /// Reads the common log format's `10/Oct/2000:13:55:36 -0700`.
  ///
  /// - Parameters:
  ///   - bytes: The record.
  ///   - start: The first byte of the time, after the bracket.
  /// - Returns: The time, or `nil` if there is none.
  package func scanCommon(_ bytes: Span<UInt8>, at start: Int) -> ScannedTime? {
    var cursor = FieldCursor(index: start, end: bytes.count)
    guard let day = cursor.number(bytes, digits: 1...2), cursor.take(UInt8(ascii: "/"), bytes),
      let month = cursor.month(bytes), cursor.take(UInt8(ascii: "/"), bytes),
      let year = cursor.number(bytes, digits: 4...4), cursor.take(.colon, bytes),
      let clock = cursor.clock(bytes)
    else { return nil }
    let date = CivilDate(year: year, month: month, day: day)
    return finish(date, clock, offset: cursor.offset(bytes), end: cursor.index)
  }

  /// Reads seconds since 1970 with an optional fraction, or 13, 16 or 19 digits of milli-, micro-
  /// or nanoseconds.
  ///
  /// - Parameters:
  ///   - bytes: The record.
  ///   - start: The first byte of the time.
  /// - Returns: The time, or `nil` if there is none.
  package func scanEpoch(_ bytes: Span<UInt8>, at start: Int) -> ScannedTime? {
    let end = bytes.endOfDigits(start, bytes.count)
    let unit: Int64
    switch end - start {
    case 9...10: unit = 1_000_000_000
    case 13: unit = 1_000_000
    case 16: unit = 1_000
    case 19: unit = 1
    default: return nil
    }
    var value: Int64 = 0
    for index in start..<end {
      let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, sumOverflow) = scaled.addingReportingOverflow(Int64(bytes[index] &- 0x30))
      if overflow || sumOverflow { return nil }
      value = sum
    }
    let (nanoseconds, overflow) = value.multipliedReportingOverflow(by: unit)
    guard !overflow else { return nil }
    var cursor = FieldCursor(index: end, end: bytes.count)
    let fraction = unit == 1_000_000_000 ? cursor.fraction(bytes) : 0
    let time = EventTime(nanosecondsSinceEpoch: nanoseconds)
    return ScannedTime(time: time.advanced(byNanoseconds: Int64(fraction)), end: cursor.index)
  }

  private func finish(
    _ date: CivilDate,
    _ clock: ClockFields,
    offset: Int?,
    end: Int
  ) -> ScannedTime? {
    if let offset {
      guard let time = utc(date, clock, offset: offset) else { return nil }
      return ScannedTime(time: time, end: end)
    }
    guard let local = utc(date, clock, offset: 0) else { return nil }
    let moved = local.advanced(byNanoseconds: -Int64(zone(local)) * 1_000_000_000)
    return ScannedTime(time: moved, end: end)
  }

  private func utc(_ date: CivilDate, _ clock: ClockFields, offset: Int) -> EventTime? {
    EventTime(
      year: date.year,
      month: date.month,
      day: date.day,
      hour: clock.hour,
      minute: clock.minute,
      second: clock.second,
      nanosecond: clock.nanosecond,
      offsetSeconds: offset
    )
  }

  /// The place after `Sun ` or `Sun, `, or `nil` if there is no weekday.
  private static func endOfWeekday(_ bytes: Span<UInt8>, at start: Int) -> Int? {
    guard start + 4 < bytes.count else { return nil }
    switch bytes.letters(start..<start + 3) {
    case 0x6d6f6e, 0x747565, 0x776564, 0x746875, 0x667269, 0x736174, 0x73756e: break
    default: return nil
    }
    var index = start + 3
    if bytes[index] == UInt8(ascii: ",") { index += 1 }
    return bytes[index] == .space ? index + 1 : nil
  }
}
