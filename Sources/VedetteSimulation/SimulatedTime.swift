import VedetteEvent

extension EventTime {
  /// The start of every scenario, Monday 2026-03-02 08:00:00 UTC.
  static let morning = EventTime(nanosecondsSinceEpoch: 1_772_438_400_000_000_000)

  /// A time of the scenarios' day.
  static func at(_ hour: Int, _ minute: Int, _ second: Int = 0) -> EventTime {
    morning.plus(seconds: (hour - 8) * 3_600 + minute * 60 + second)
  }

  func plus(minutes: Int) -> EventTime { plus(milliseconds: minutes * 60_000) }

  func plus(seconds: Int) -> EventTime { plus(milliseconds: seconds * 1_000) }

  func plus(milliseconds: Int) -> EventTime {
    advanced(byNanoseconds: Int64(milliseconds) * 1_000_000)
  }

  /// The time without its fraction.
  var wholeSecond: EventTime { floor(toMultipleOf: 1_000_000_000) }

  /// The form of RFC 3164, `Mar  2 10:14:07`.
  var syslogText: String {
    let date = civilDate
    return "\(Self.months[date.month - 1]) \(padded(String(date.day), to: 2, with: " "))"
      + " \(clockText)"
  }

  /// The form of an access log, `02/Mar/2026:10:14:07 +0000`.
  var accessLogText: String {
    let date = civilDate
    return "\(padded(String(date.day), to: 2, with: "0"))/\(Self.months[date.month - 1])/"
      + "\(date.year):\(clockText) +0000"
  }

  /// Seconds since 1970 with three fraction digits, `1772446447.120`.
  var epochSecondsText: String {
    let milliseconds = nanosecondsSinceEpoch / 1_000_000
    return "\(milliseconds / 1_000)."
      + padded(String(milliseconds % 1_000), to: 3, with: "0")
  }

  /// Whole seconds since the start of the scenarios.
  var secondsSinceMorning: Int {
    Int(nanoseconds(since: .morning) / 1_000_000_000)
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  private var civilDate: CivilDate {
    CivilDate(daysSinceEpoch: Int(nanosecondsSinceEpoch / 86_400_000_000_000))
  }

  private var clockText: String {
    let seconds = Int(nanosecondsSinceEpoch / 1_000_000_000 % 86_400)
    let parts = [seconds / 3_600, seconds / 60 % 60, seconds % 60]
    return parts.map { padded(String($0), to: 2, with: "0") }.joined(separator: ":")
  }
}
