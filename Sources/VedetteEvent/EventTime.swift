/// A point of event time: when something happened, as its own log tells it.
///
/// Nanoseconds since 1970-01-01T00:00:00Z, without leap seconds, from the year 1677 to 2262. It is
/// never the time at which a line was read.
public struct EventTime: Sendable, Hashable, Comparable {
  /// Nanoseconds since 1970-01-01T00:00:00Z; negative before it.
  public var nanosecondsSinceEpoch: Int64

  /// Creates a time.
  ///
  /// - Parameter nanosecondsSinceEpoch: Nanoseconds since 1970-01-01T00:00:00Z.
  public init(nanosecondsSinceEpoch: Int64) {
    self.nanosecondsSinceEpoch = nanosecondsSinceEpoch
  }

  /// Creates a time from civil UTC fields, or returns `nil` if a field is out of range.
  ///
  /// - Parameters:
  ///   - year: 1678 to 2261.
  ///   - month: 1 to 12.
  ///   - day: 1 to the month's length.
  ///   - hour: 0 to 23.
  ///   - minute: 0 to 59.
  ///   - second: 0 to 60; a leap second counts as the first of the next minute.
  ///   - nanosecond: 0 to 999,999,999.
  ///   - offsetSeconds: What the zone adds to UTC, within a day.
  public init?(
    year: Int,
    month: Int,
    day: Int,
    hour: Int = 0,
    minute: Int = 0,
    second: Int = 0,
    nanosecond: Int = 0,
    offsetSeconds: Int = 0
  ) {
    guard (1678...2261).contains(year), (1...12).contains(month), day >= 1,
      day <= CivilDate.daysInMonth(month, year: year), (0...23).contains(hour),
      (0...59).contains(minute), (0...60).contains(second), (0...999_999_999).contains(nanosecond),
      (-86_400...86_400).contains(offsetSeconds)
    else { return nil }
    let days = CivilDate(year: year, month: month, day: day).daysSinceEpoch
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offsetSeconds
    self.nanosecondsSinceEpoch = Int64(seconds) * 1_000_000_000 + Int64(nanosecond)
  }

  /// Whether the left time is before the right one.
  ///
  /// - Parameters:
  ///   - lhs: A time.
  ///   - rhs: Another.
  /// - Returns: Whether the left one is earlier.
  public static func < (lhs: EventTime, rhs: EventTime) -> Bool {
    lhs.nanosecondsSinceEpoch < rhs.nanosecondsSinceEpoch
  }

  /// Moves the time by a number of nanoseconds.
  ///
  /// - Parameter nanoseconds: How far to move; negative moves back.
  /// - Returns: The moved time, held at the ends of the range.
  public func advanced(byNanoseconds nanoseconds: Int64) -> EventTime {
    EventTime(nanosecondsSinceEpoch: nanosecondsSinceEpoch.addingHeld(nanoseconds))
  }

  /// Counts the nanoseconds from another time to this one.
  ///
  /// - Parameter other: The time to count from.
  /// - Returns: The distance, held at the ends of `Int64`; negative if the other time is later.
  public func nanoseconds(since other: EventTime) -> Int64 {
    let (difference, overflow) = nanosecondsSinceEpoch.subtractingReportingOverflow(
      other.nanosecondsSinceEpoch
    )
    guard overflow else { return difference }
    return nanosecondsSinceEpoch < other.nanosecondsSinceEpoch ? .min : .max
  }

  /// Rounds down to the start of a stretch of time.
  ///
  /// - Parameter width: The stretch's length in nanoseconds; must be positive.
  /// - Returns: The start of the stretch that holds this time.
  public func floor(toMultipleOf width: Int64) -> EventTime {
    precondition(width > 0, "a stretch of time is longer than nothing")
    let rest = nanosecondsSinceEpoch % width
    return advanced(byNanoseconds: rest < 0 ? -(rest + width) : -rest)
  }
}

extension EventTime: CustomStringConvertible {
  /// RFC 3339 in UTC with as many of 0, 3, 6 or 9 fraction digits as the time needs.
  ///
  /// `2026-03-02T10:14:07Z`, `2026-03-02T10:14:07.120Z`.
  public var description: String {
    let (days, rest) = nanosecondsSinceEpoch.quotientAndRemainderRoundingDown(
      dividingBy: 86_400_000_000_000
    )
    let date = CivilDate(daysSinceEpoch: Int(days))
    let seconds = Int(rest / 1_000_000_000)
    var text = ""
    text.reserveCapacity(30)
    text.append(padded(date.year, 4))
    text.append("-")
    text.append(padded(date.month, 2))
    text.append("-")
    text.append(padded(date.day, 2))
    text.append("T")
    text.append(padded(seconds / 3_600, 2))
    text.append(":")
    text.append(padded(seconds / 60 % 60, 2))
    text.append(":")
    text.append(padded(seconds % 60, 2))
    text.append(fraction(Int(rest % 1_000_000_000)))
    text.append("Z")
    return text
  }

  private func fraction(_ nanosecond: Int) -> String {
    switch nanosecond {
    case 0: ""
    case _ where nanosecond % 1_000_000 == 0: "." + padded(nanosecond / 1_000_000, 3)
    case _ where nanosecond % 1_000 == 0: "." + padded(nanosecond / 1_000, 6)
    default: "." + padded(nanosecond, 9)
    }
  }

  private func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

/// A day of the proleptic Gregorian calendar.
///
/// Conversions follow Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms": a year that
/// starts in March puts the leap day last, so that the day of the year is a linear function.
public struct CivilDate: Sendable, Hashable {
  /// The year, 1 for 1 AD.
  public var year: Int
  /// The month, 1 to 12.
  public var month: Int
  /// The day of the month, from 1.
  public var day: Int

  /// Creates a date; the fields are not checked.
  ///
  /// - Parameters:
  ///   - year: The year.
  ///   - month: The month, 1 to 12.
  ///   - day: The day, from 1.
  public init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// Creates the date that is a number of days after 1970-01-01.
  ///
  /// - Parameter daysSinceEpoch: Days since 1970-01-01; negative before it.
  public init(daysSinceEpoch: Int) {
    let shifted = daysSinceEpoch + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    self.day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    self.month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    self.year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Days since 1970-01-01; negative before it.
  public var daysSinceEpoch: Int {
    let marchYear = month <= 2 ? year - 1 : year
    let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
    let yearOfEra = marchYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// Counts the days of a month.
  ///
  /// - Parameters:
  ///   - month: The month, 1 to 12.
  ///   - year: The year, for its leap day.
  /// - Returns: 28 to 31.
  public static func daysInMonth(_ month: Int, year: Int) -> Int {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }
}

extension Int64 {
  fileprivate func quotientAndRemainderRoundingDown(
    dividingBy divisor: Int64
  ) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
