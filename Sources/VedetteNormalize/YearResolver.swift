package import VedetteColumns
package import VedetteEvent

/// Gives the times of a file that carry no year their year, in file order.
///
/// RFC 3164 writes `Dec 10 06:55:46`. Readers hold such a time as local time in the year 2000, a
/// leap year. A step back of over six months starts a new year; a step forward of over six months
/// returns to the old one, as when a late record of December 31 stands among those of January 1.
/// A step forward before any step back is taken for a late record only if it leaps over eleven
/// months: a quiet log may well say nothing from January to August.
///
/// February 29 of a year that has none was not written in that year: the row's time is taken away,
/// and counted, rather than moved to a day nobody wrote.
package struct YearResolver: Sendable {
  /// The number of rows whose day their year does not have.
  package private(set) var unreadableCount = 0
  /// The year of the latest yearless row.
  package private(set) var year: Int
  private var startedYears = 0
  private var previous: Int64?
  private let zone: @Sendable (EventTime) -> Int

  /// What a resolver remembers, so that it can go on after a restart.
  package struct State: Sendable, Hashable {
    /// The year of the latest yearless row.
    package var year: Int
    /// How many years began since the file's first time.
    package var startedYears: Int
    /// The latest time, as it was held.
    package var previous: Int64?

    /// Creates a state.
    ///
    /// - Parameters:
    ///   - year: The year of the latest yearless row.
    ///   - startedYears: How many years began since the first.
    ///   - previous: The latest time, as it was held.
    package init(year: Int, startedYears: Int, previous: Int64?) {
      self.year = year
      self.startedYears = startedYears
      self.previous = previous
    }
  }

  /// What the resolver remembers.
  package var state: State {
    State(year: year, startedYears: startedYears, previous: previous)
  }

  /// Half a leap year.
  private static let halfYear: Int64 = 183 * day
  private static let elevenMonths: Int64 = 335 * day
  private static let day: Int64 = 86_400_000_000_000

  /// Creates a resolver for a file.
  ///
  /// - Parameters:
  ///   - startYear: The year of the file's first time.
  ///   - zone: What the source's zone adds to UTC at a local time, as the reader was given it.
  package init(
    startYear: Int,
    zone: @escaping @Sendable (_ local: EventTime) -> Int = { _ in 0 }
  ) {
    year = startYear
    self.zone = zone
  }

  /// Creates a resolver that goes on where another was.
  ///
  /// - Parameters:
  ///   - state: What that one remembered.
  ///   - zone: What the source's zone adds to UTC at a local time.
  package init(
    resuming state: State,
    zone: @escaping @Sendable (_ local: EventTime) -> Int = { _ in 0 }
  ) {
    year = state.year
    startedYears = state.startedYears
    previous = state.previous
    self.zone = zone
  }

  /// Moves the yearless rows of the file's next batch into their years.
  ///
  /// - Parameter batch: A batch; rows with a year stay as they are.
  /// - Returns: The batch, with no row that lacks a year.
  package mutating func resolve(_ batch: EventBatch) -> EventBatch {
    guard batch.yearless.count > 0 else { return batch }
    var times = batch.times
    var timed = batch.timed
    batch.yearless.forEachRow { row in
      if let time = resolve(EventTime(nanosecondsSinceEpoch: times[row])) {
        times[row] = time.nanosecondsSinceEpoch
      } else {
        times[row] = 0
        timed.clear(row)
        unreadableCount += 1
      }
    }
    return batch.with(times: times, timed: timed)
  }

  /// Moves one time into its year.
  ///
  /// - Parameter held: Local time in the year 2000; the one after the last that was given.
  /// - Returns: The time in UTC, or `nil` if its year has no such day.
  package mutating func resolve(_ held: EventTime) -> EventTime? {
    step(to: held.nanosecondsSinceEpoch)
    return Self.time(held, in: year, zone: zone)
  }

  private mutating func step(to held: Int64) {
    defer { previous = held }
    guard let previous else { return }
    let step = held - previous
    if step < -Self.halfYear {
      year += 1
      startedYears += 1
    } else if step > Self.halfYear, startedYears > 0 {
      year -= 1
      startedYears -= 1
    } else if step > Self.elevenMonths {
      year -= 1
    }
  }

  /// Chooses the year of a file's first time from the file's modification time.
  ///
  /// The year is the last in which the file's last time is not later than the modification, and in
  /// which the first and last day exist.
  ///
  /// - Parameters:
  ///   - first: The file's first time without a year, local, held in the year 2000.
  ///   - last: Its last one; earlier in the year by over six months, it is in the year after.
  ///   - modified: When the file was last written.
  ///   - zone: What the source's zone adds to UTC at a local time.
  ///   - toleranceNanoseconds: How much later than the modification the last time may be: clocks of
  ///     remote senders and zones that nobody configured run ahead.
  /// - Returns: The year of the first time.
  package static func startYear(
    first: EventTime,
    last: EventTime,
    modified: EventTime,
    zone: (_ local: EventTime) -> Int = { _ in 0 },
    toleranceNanoseconds: Int64 = 0
  ) -> Int {
    let wraps = first.nanoseconds(since: last) > halfYear ? 1 : 0
    let limit = modified.advanced(byNanoseconds: toleranceNanoseconds)
    let days = limit.floor(toMultipleOf: day).nanosecondsSinceEpoch / day
    // The local year may be one ahead of UTC's; a leap day is at most eight years back (1900).
    let newest = CivilDate(daysSinceEpoch: Int(days)).year + 1
    for lastYear in stride(from: newest, through: newest - 10, by: -1) {
      guard let moved = time(last, in: lastYear, zone: zone), moved <= limit,
        time(first, in: lastYear - wraps, zone: zone) != nil
      else { continue }
      return lastYear - wraps
    }
    return newest - 1 - wraps
  }

  /// The same day and time of day in another year, in UTC.
  private static func time(
    _ held: EventTime,
    in year: Int,
    zone: (EventTime) -> Int
  ) -> EventTime? {
    let start = held.floor(toMultipleOf: day)
    let date = CivilDate(daysSinceEpoch: Int(start.nanosecondsSinceEpoch / day))
    guard let midnight = EventTime(year: year, month: date.month, day: date.day) else { return nil }
    let local = midnight.advanced(byNanoseconds: held.nanoseconds(since: start))
    return local.advanced(byNanoseconds: -Int64(zone(local)) * 1_000_000_000)
  }
}
