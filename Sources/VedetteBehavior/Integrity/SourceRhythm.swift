// How long a source is usually silent, by the hour in which its silence begins.
//
// The naive way, one interval for all, takes every night and weekend of an office for an outage, or
// none for one. Here each of 48 buckets - the hours of a weekday and of a day of the weekend, in UTC
// - keeps the two longest pauses that began in it. The longest is what is usual for three weeks, which
// have the pauses of a Friday in them, and then the second longest, so that one outage teaches
// nothing. A pause is judged by its own bucket and the hours beside it.
//
// False alarms. Of n pauses of a memoryless source the longest is about log n means, so a pause of
// three times that has a chance of about 1 in n cubed; with the least n of 20 less than one in
// eight thousand pauses. At most one silence a day is stated for a source.

import VedetteEvent
import VedetteFindings

/// The pauses between the events of one source, by event time.
struct SourceRhythm: Sendable {
  static let hour: Int64 = 3_600_000_000_000
  static let day = 24 * hour
  /// A silence is never shorter, however busy the source.
  static let silenceMin = hour / 2
  static let historyMin = 7 * day
  private static let outlierHistoryMin = 21 * day
  static let daysMin = 5
  static let pausesMin = 20
  private static let factor: Int64 = 3

  /// The pauses that began in one hour of a weekday, or of a day of the weekend.
  struct Bucket: Sendable, Equatable {
    var pauses = 0
    var days = 0
    var lastDay = Int64.min
    var longest: Int64 = 0
    var secondLongest: Int64 = 0

    mutating func note(_ pause: Int64, on day: Int64) {
      pauses += 1
      if day != lastDay {
        days += 1
        lastDay = day
      }
      if pause > longest {
        (longest, secondLongest) = (pause, longest)
      } else if pause > secondLongest {
        secondLongest = pause
      }
    }
  }

  private(set) var first = Int64.max
  private(set) var last = Int64.min
  private var buckets = [Bucket](repeating: Bucket(), count: 48)
  /// The hour of the newest event, since most events are of the hour of the one before.
  private var hourStart = Int64.max
  private var hourBucket = 0
  private var hourDay: Int64 = 0

  /// Whether anything was seen.
  var isEmpty: Bool { last == .min }

  /// Takes the time of the next event; one that is older than the newest changes nothing.
  mutating func note(_ time: Int64) {
    first = min(first, time)
    guard time > last else { return }
    if last != .min {
      if last < hourStart || last.subtractingHeld(hourStart) >= Self.hour { enterHour(of: last) }
      buckets[hourBucket].note(time.subtractingHeld(last), on: hourDay)
    }
    last = time
  }

  private mutating func enterHour(of time: Int64) {
    hourStart = Self.floor(time, Self.hour).multipliedReportingOverflow(by: Self.hour).partialValue
    hourBucket = Self.bucket(of: time)
    hourDay = Self.floor(time, Self.day)
  }

  /// How long a pause that begins at the newest event may be; `nil` while too little is known.
  var pauseMax: Int64? {
    guard !isEmpty, last - first >= Self.historyMin else { return nil }
    let near = [last.subtractingHeld(Self.hour), last, last.addingHeld(Self.hour)]
      .map { buckets[Self.bucket(of: $0)] }
    guard near[1].days >= Self.daysMin,
      near.reduce(0, { $0 + $1.pauses }) >= Self.pausesMin
    else { return nil }
    let usual = usualPause
    return max(Self.silenceMin, usual > .max / Self.factor ? .max : usual * Self.factor)
  }

  /// The pause that is usual where the newest event begins one, in nanoseconds.
  var usualPause: Int64 {
    let near = [last.subtractingHeld(Self.hour), last, last.addingHeld(Self.hour)]
    let knowsWeeks = last - first >= Self.outlierHistoryMin
    return near.reduce(0) { most, time in
      let bucket = buckets[Self.bucket(of: time)]
      return max(most, knowsWeeks ? bucket.secondLongest : bucket.longest)
    }
  }

  private static func bucket(of time: Int64) -> Int {
    let hours = floor(time, hour)
    let hourOfDay = Int(hours - floor(hours, 24) * 24)
    // The first of January 1970 was a Thursday.
    let weekday = (floor(time, day) + 3) - floor(floor(time, day) + 3, 7) * 7
    return hourOfDay + (weekday >= 5 ? 24 : 0)
  }

  private static func floor(_ value: Int64, _ unit: Int64) -> Int64 {
    let quotient = value / unit
    return value % unit < 0 ? quotient - 1 : quotient
  }

  func write(to writer: inout StateWriter) {
    writer.write(first)
    writer.write(last)
    writer.write(buckets.enumerated().filter { $0.element.pauses > 0 }) { writer, entry in
      writer.write(entry.offset)
      writer.write(entry.element.pauses)
      writer.write(entry.element.days)
      writer.write(entry.element.lastDay)
      writer.write(entry.element.longest)
      writer.write(entry.element.secondLongest)
    }
  }

  init() {}

  init(from reader: inout StateReader) throws(StateError) {
    first = try reader.signed()
    last = try reader.signed()
    for (place, bucket) in try reader.list({ reader throws(StateError) in
      let place = try reader.integer()
      return (
        place,
        Bucket(
          pauses: try reader.integer(),
          days: try reader.integer(),
          lastDay: try reader.signed(),
          longest: try reader.signed(),
          secondLongest: try reader.signed()
        )
      )
    }) {
      guard buckets.indices.contains(place) else { throw .malformed }
      buckets[place] = bucket
    }
  }
}
