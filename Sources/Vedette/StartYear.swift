import VedetteEvent
import VedetteIngest
import VedetteNormalize

/// Chooses the year of the first time in a file whose times name none.
///
/// From its modification time, so that its last event is not later than that; the last event's day
/// is looked up at the file's end, so that a log that runs over New Year begins in the old one.
enum StartYear {
  private static let tailBytes = 64 << 10
  private static let toleranceNanoseconds: Int64 = 86_400_000_000_000

  /// Returns the year, or the year of the modification where the file tells no more.
  static func of(
    _ file: SourceFile,
    first chunk: RecordChunk,
    zone: @escaping @Sendable (EventTime) -> Int
  ) -> Int {
    let facts = FileFacts(file, tailBytesMax: tailBytes)
    let scanner = TimestampScanner(zone: { _ in 0 })
    guard let first = firstTime(chunk, scanner) else { return year(of: facts.modified) }
    let last = lastTime(facts.tail, scanner) ?? lastTime(chunk, scanner) ?? first
    guard let modified = facts.modified else { return year(of: nil) }
    return YearResolver.startYear(
      first: first,
      last: last,
      modified: modified,
      zone: zone,
      toleranceNanoseconds: toleranceNanoseconds
    )
  }

  /// Returns the year of a first time that is about the present or was buffered before.
  static func of(
    received chunk: RecordChunk,
    now: EventTime,
    zone: @escaping @Sendable (EventTime) -> Int
  ) -> Int {
    let scanner = TimestampScanner(zone: { _ in 0 })
    guard let first = firstTime(chunk, scanner) else { return year(of: now) }
    return YearResolver.startYear(
      first: first,
      last: lastTime(chunk, scanner) ?? first,
      modified: now,
      zone: zone,
      toleranceNanoseconds: toleranceNanoseconds
    )
  }

  private static func firstTime(_ chunk: RecordChunk, _ scanner: TimestampScanner) -> EventTime? {
    chunk.records.lazy.prefix(100).compactMap { time(chunk.bytes, $0.start, scanner) }.first
  }

  private static func lastTime(_ chunk: RecordChunk, _ scanner: TimestampScanner) -> EventTime? {
    chunk.records.reversed().lazy.prefix(100)
      .compactMap { time(chunk.bytes, $0.start, scanner) }.first
  }

  private static func lastTime(_ tail: [UInt8], _ scanner: TimestampScanner) -> EventTime? {
    let starts = tail.indices.filter { $0 > 0 && tail[$0 - 1] == UInt8(ascii: "\n") }
    return starts.reversed().lazy.prefix(100).compactMap { time(tail, $0, scanner) }.first
  }

  /// The time without a year at a place, behind a priority if there is one.
  private static func time(
    _ bytes: [UInt8],
    _ start: Int,
    _ scanner: TimestampScanner
  ) -> EventTime? {
    var start = start
    if start < bytes.count, bytes[start] == UInt8(ascii: "<"),
      let close = bytes[start...].prefix(6).firstIndex(of: UInt8(ascii: ">"))
    {
      start = close + 1
    }
    guard start < bytes.count, let scanned = scanner.scan(bytes.span, at: start) else {
      return nil
    }
    return scanned.isYearless ? scanned.time : nil
  }

  private static func year(of time: EventTime?) -> Int {
    guard let time else { return 1970 }
    return CivilDate(
      daysSinceEpoch: Int(
        time.floor(toMultipleOf: 86_400_000_000_000).nanosecondsSinceEpoch / 86_400_000_000_000
      )
    ).year
  }
}
