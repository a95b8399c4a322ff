import Testing
import VedetteColumns
import VedetteEvent

@testable import VedetteNormalize

@Suite("Year resolver")
struct YearResolverTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let startYear: Int
    /// Local times without a year.
    let written: [String]
    /// The years they are in; `nil` where there is no such day.
    let years: [Int?]
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(
      name: "a file within a year",
      startYear: 2025,
      written: ["Jan  5 00:00:00", "Jun 30 00:00:00", "Dec 31 23:59:59"],
      years: [2025, 2025, 2025]
    ),
    Case(
      name: "a step back of over six months starts a new year",
      startYear: 2025,
      written: ["Dec 31 23:59:59", "Jan  1 00:00:00", "Jan  2 00:00:00"],
      years: [2025, 2026, 2026]
    ),
    Case(
      name: "a step forward of over six months returns to the old year",
      startYear: 2025,
      written: ["Dec 31 23:59:58", "Jan  1 00:00:00", "Dec 31 23:59:59", "Jan  1 00:00:01"],
      years: [2025, 2026, 2025, 2026]
    ),
    Case(
      name: "a late record of the old year before any new one",
      startYear: 2026,
      written: ["Jan  1 00:00:00", "Dec 31 23:59:59", "Jan  1 00:00:01"],
      years: [2026, 2025, 2026]
    ),
    Case(
      name: "a quiet stretch is no step into the old year",
      startYear: 2026,
      written: ["Jan  5 00:00:00", "Aug 20 00:00:00", "Dec  1 00:00:00"],
      years: [2026, 2026, 2026]
    ),
    Case(
      name: "a step back of less than six months is disorder",
      startYear: 2026,
      written: ["Jun 10 00:00:00", "May 10 00:00:00", "Jan  1 00:00:00", "Jun 11 00:00:00"],
      years: [2026, 2026, 2026, 2026]
    ),
    Case(
      name: "several years",
      startYear: 2023,
      written: ["Nov  1 00:00:00", "Feb  1 00:00:00", "Nov  1 00:00:00", "Feb 29 00:00:00"],
      years: [2023, 2024, 2023, 2024]
    ),
    Case(
      name: "three years in steps",
      startYear: 2023,
      written: [
        "Nov  1 00:00:00", "Feb 29 12:00:00", "Jul  1 00:00:00", "Nov  1 00:00:00",
        "Feb 28 00:00:00",
      ],
      years: [2023, 2024, 2024, 2024, 2025]
    ),
    Case(
      name: "a leap day in a year that has none has no time",
      startYear: 2025,
      written: ["Feb 28 00:00:00", "Feb 29 00:00:00", "Mar  1 00:00:00"],
      years: [2025, nil, 2025]
    ),
  ]

  private static func held(_ text: String) throws -> EventTime {
    let found = try #require(scanTime(text))
    #expect(found.isYearless)
    return found.time
  }

  @Test("gives each time its year, in file order", arguments: cases)
  func resolves(_ example: Case) throws {
    let lines = example.written.map { Array("\($0) host sshd[1]: x".utf8) }
    var resolver = YearResolver(startYear: example.startYear)
    // One line a batch: the cuts between batches change nothing.
    var years: [Int?] = []
    for line in lines {
      let batch = resolver.resolve(readBatch([line], as: SyslogReader.self).batch)
      #expect(batch.yearless.count == 0)
      years.append(batch.time(0).flatMap { Int($0.description.prefix(4)) })
    }
    #expect(years == example.years)
    #expect(resolver.unreadableCount == example.years.filter { $0 == nil }.count)
    var whole = YearResolver(startYear: example.startYear)
    let batch = whole.resolve(readBatch(lines, as: SyslogReader.self).batch)
    #expect(
      lines.indices.map { row in batch.time(row).flatMap { Int($0.description.prefix(4)) } }
        == example.years
    )
  }

  @Test("keeps day and time of day, and rows that have a year")
  func keepsRest() {
    let lines = [
      "Dec 31 23:59:59.000000001 host a: x", "2020-05-05T05:05:05Z host a: x",
      "Mar  1 00:00:00 host a: x", "<13>x",
    ]
    let batch = readBatch(lines.map { Array($0.utf8) }, as: SyslogReader.self).batch
    var resolver = YearResolver(startYear: 2024)
    let resolved = resolver.resolve(batch)
    #expect(
      (0..<4).map { resolved.time($0)?.description } == [
        "2024-12-31T23:59:59.000000001Z", "2020-05-05T05:05:05Z", "2025-03-01T00:00:00Z", nil,
      ]
    )
  }

  @Test("summer time is that of the year, not of the year 2000", .enabled(if: hasZones))
  func summerTime() throws {
    // In 2000 summer time began on March 26, in 2026 on March 29.
    let zone = try TimeZoneTable(named: "Europe/Berlin")
    var resolver = YearResolver(startYear: 2026) { zone.offsetSeconds(atLocal: $0) }
    let times = try ["Mar 27 12:00:00", "Mar 29 12:00:00"].map(Self.held)
    #expect(
      times.map { resolver.resolve($0)?.description } == [
        "2026-03-27T11:00:00Z", "2026-03-29T10:00:00Z",
      ]
    )
  }

  struct StartCase: Sendable, CustomTestStringConvertible {
    let first: String
    let last: String
    let modified: String
    let year: Int
    var testDescription: String { "\(first) to \(last), written \(modified)" }
  }

  static let startCases: [StartCase] = [
    StartCase(
      first: "Dec  9 00:00:00",
      last: "Dec 10 00:00:00",
      modified: "2026-12-10T00:00:00Z",
      year: 2026
    ),
    StartCase(
      first: "Dec  9 00:00:00",
      last: "Dec 10 00:00:01",
      modified: "2026-12-10T00:00:00Z",
      year: 2025
    ),
    StartCase(
      first: "Dec  9 00:00:00",
      last: "Dec 10 00:00:00",
      modified: "2026-01-01T00:00:00Z",
      year: 2025
    ),
    StartCase(
      first: "Dec 31 00:00:00",
      last: "Jan  1 00:00:00",
      modified: "2026-01-01T06:00:00Z",
      year: 2025
    ),
    StartCase(
      first: "Jan  1 00:00:00",
      last: "Dec 31 00:00:00",
      modified: "2026-01-01T00:00:00Z",
      year: 2025
    ),
    StartCase(
      first: "Feb 28 00:00:00",
      last: "Feb 29 00:00:00",
      modified: "2026-06-01T00:00:00Z",
      year: 2024
    ),
    StartCase(
      first: "Feb 29 00:00:00",
      last: "Mar  1 00:00:00",
      modified: "1903-06-01T00:00:00Z",
      year: 1896
    ),
    StartCase(
      first: "Jun 20 00:00:00",
      last: "Jun 19 00:00:00",
      modified: "2026-07-01T00:00:00Z",
      year: 2026
    ),
  ]

  @Test("the start year follows from the last time and the modification", arguments: startCases)
  func startYear(_ example: StartCase) throws {
    let modified = try #require(scanTime(example.modified))
    let year = YearResolver.startYear(
      first: try Self.held(example.first),
      last: try Self.held(example.last),
      modified: modified.time
    )
    #expect(year == example.year)
  }

  @Test("a tolerance and a zone ahead of UTC keep the present year")
  func tolerance() throws {
    let modified = try #require(EventTime(year: 2026, month: 3, day: 2, hour: 10))
    let last = try Self.held("Mar  2 11:59:00")
    func year(_ offset: Int, _ tolerance: Int64) -> Int {
      YearResolver.startYear(
        first: last,
        last: last,
        modified: modified,
        zone: { _ in offset },
        toleranceNanoseconds: tolerance
      )
    }
    #expect(year(0, 0) == 2025)
    #expect(year(7_200, 0) == 2026)
    #expect(year(0, 14 * 3_600_000_000_000) == 2026)
  }

  @Test("any modification time gives a year")
  func extremes() throws {
    let held = try Self.held("Feb 29 00:00:00")
    for nanoseconds in [Int64.min, -1, 0, Int64.max] {
      let modified = EventTime(nanosecondsSinceEpoch: nanoseconds)
      let year = YearResolver.startYear(first: held, last: held, modified: modified)
      #expect((1_600...2_300).contains(year))
    }
  }
}
