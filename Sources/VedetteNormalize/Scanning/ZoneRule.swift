// A zone's rule for the years after its list, in the form of POSIX's `TZ`:
//
//   rule   = name offset [name [offset] "," change "," change]
//   name   = 3*letter | "<" 1*(letter | digit | sign) ">"
//   change = ("M" month "." week "." weekday | "J" day | day) ["/" time]
//   time   = [sign] hours [":" minutes [":" seconds]]
//
// `CET-1CEST,M3.5.0,M10.5.0/3`. Offsets count west of UTC, so they are turned round.

import VedetteEvent

/// A zone's rule for the future.
struct ZoneRule {
  /// What the zone adds to UTC in winter, in seconds.
  let standardOffset: Int
  private var summerOffset = 0
  private var summerStart: YearDay?
  private var summerEnd: YearDay?

  /// Reads a rule, or returns `nil` if it is not of the form above.
  ///
  /// - Parameter text: The rule.
  init?(_ text: String) {
    let bytes = text.utf8.span
    var cursor = FieldCursor(index: 0, end: bytes.count)
    guard cursor.skipName(bytes), let west = cursor.signedTime(bytes) else { return nil }
    standardOffset = -west
    guard cursor.index < bytes.count else { return }
    guard cursor.skipName(bytes) else { return nil }
    summerOffset = standardOffset + 3_600
    if cursor.peek(bytes) != UInt8(ascii: ",") {
      guard let west = cursor.signedTime(bytes) else { return nil }
      summerOffset = -west
    }
    guard let start = YearDay(&cursor, bytes), let end = YearDay(&cursor, bytes),
      cursor.index == bytes.count
    else { return nil }
    summerStart = start
    summerEnd = end
  }

  /// Returns the changes that the rule makes after a time, up to the end of event times.
  ///
  /// - Parameter seconds: The last change that is listed, in seconds since 1970.
  /// - Returns: The changes by time.
  func changes(after seconds: Int64) -> [TimeZoneTable.Change] {
    guard let summerStart, let summerEnd else { return [] }
    let firstYear = CivilDate(daysSinceEpoch: Int((seconds - 86_400) / 86_400)).year
    guard firstYear <= 2_262 else { return [] }
    var changes: [TimeZoneTable.Change] = []
    for year in max(firstYear, 1_678)...2_262 {
      let start = summerStart.seconds(in: year) - Int64(standardOffset)
      let end = summerEnd.seconds(in: year) - Int64(summerOffset)
      changes.append(TimeZoneTable.Change(utcSeconds: start, offset: summerOffset))
      changes.append(TimeZoneTable.Change(utcSeconds: end, offset: standardOffset))
    }
    changes.sort { $0.utcSeconds < $1.utcSeconds }
    return changes.filter { $0.utcSeconds > seconds }
  }
}

/// A day and time of every year on which clocks change.
private struct YearDay {
  private enum Day {
    case weekday(month: Int, week: Int, weekday: Int)
    case withoutLeapDay(Int)
    case withLeapDay(Int)
  }

  private let day: Day
  private var secondsOfDay = 7_200

  init?(_ cursor: inout FieldCursor, _ bytes: Span<UInt8>) {
    guard cursor.take(UInt8(ascii: ","), bytes) else { return nil }
    if cursor.take(UInt8(ascii: "M"), bytes) {
      guard let month = cursor.number(bytes, digits: 1...2), (1...12).contains(month),
        cursor.take(UInt8(ascii: "."), bytes), let week = cursor.number(bytes, digits: 1...1),
        (1...5).contains(week), cursor.take(UInt8(ascii: "."), bytes),
        let weekday = cursor.number(bytes, digits: 1...1), weekday <= 6
      else { return nil }
      day = .weekday(month: month, week: week, weekday: weekday)
    } else {
      let isJulian = cursor.take(UInt8(ascii: "J"), bytes)
      guard let number = cursor.number(bytes, digits: 1...3), number <= 365,
        !isJulian || number >= 1
      else { return nil }
      day = isJulian ? .withoutLeapDay(number) : .withLeapDay(number)
    }
    if cursor.take(UInt8(ascii: "/"), bytes) {
      guard let time = cursor.signedTime(bytes) else { return nil }
      secondsOfDay = time
    }
  }

  /// The local time of the change, in seconds since 1970.
  func seconds(in year: Int) -> Int64 {
    let newYear = CivilDate(year: year, month: 1, day: 1).daysSinceEpoch
    let days: Int
    switch day {
    case .withLeapDay(let number): days = newYear + number
    case .withoutLeapDay(let number):
      let isLeap = CivilDate.daysInMonth(2, year: year) == 29
      days = newYear + number - 1 + (isLeap && number > 59 ? 1 : 0)
    case .weekday(let month, let week, let weekday):
      let first = CivilDate(year: year, month: month, day: 1).daysSinceEpoch
      // 1970-01-01 was a Thursday.
      let firstWeekday = ((first + 4) % 7 + 7) % 7
      var dayOfMonth = (weekday - firstWeekday + 7) % 7 + (week - 1) * 7
      while dayOfMonth >= CivilDate.daysInMonth(month, year: year) { dayOfMonth -= 7 }
      days = first + dayOfMonth
    }
    return Int64(days) * 86_400 + Int64(secondsOfDay)
  }
}

extension FieldCursor {
  /// Moves past a zone's abbreviation.
  fileprivate mutating func skipName(_ bytes: Span<UInt8>) -> Bool {
    let start = index
    if take(UInt8(ascii: "<"), bytes) {
      guard let close = bytes.first(UInt8(ascii: ">"), index..<end) else { return false }
      index = close + 1
      return true
    }
    while let byte = peek(bytes), byte.isLetter { index += 1 }
    return index - start >= 3
  }

  /// Reads hours, minutes and seconds as seconds.
  fileprivate mutating func signedTime(_ bytes: Span<UInt8>) -> Int? {
    let isNegative = take(UInt8(ascii: "-"), bytes)
    if !isNegative { _ = take(UInt8(ascii: "+"), bytes) }
    guard let hours = number(bytes, digits: 1...3), hours <= 167 else { return nil }
    var seconds = hours * 3_600
    for unit in [60, 1] where take(.colon, bytes) {
      guard let part = number(bytes, digits: 1...2), part <= 59 else { return nil }
      seconds += part * unit
    }
    return isNegative ? -seconds : seconds
  }
}
