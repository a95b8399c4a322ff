import Testing
import VedetteEvent

@Suite("Event time")
struct EventTimeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let nanoseconds: Int64
    let text: String
    var testDescription: String { text }
  }

  static let cases: [Case] = [
    Case(nanoseconds: 0, text: "1970-01-01T00:00:00Z"),
    Case(nanoseconds: -1, text: "1969-12-31T23:59:59.999999999Z"),
    Case(nanoseconds: 1_767_225_600_120_000_000, text: "2026-01-01T00:00:00.120Z"),
    Case(nanoseconds: 951_782_400_000_001_000, text: "2000-02-29T00:00:00.000001Z"),
    Case(nanoseconds: .min, text: "1677-09-21T00:12:43.145224192Z"),
    Case(nanoseconds: .max, text: "2262-04-11T23:47:16.854775807Z"),
  ]

  @Test("prints RFC 3339 with the digits it needs", arguments: cases)
  func description(_ example: Case) {
    #expect(EventTime(nanosecondsSinceEpoch: example.nanoseconds).description == example.text)
  }

  @Test("civil dates and days agree over eight hundred years")
  func civilRoundTrip() {
    var date = CivilDate(year: 1599, month: 12, day: 31)
    for days in date.daysSinceEpoch...CivilDate(year: 2400, month: 1, day: 1).daysSinceEpoch {
      let next = CivilDate(daysSinceEpoch: days)
      #expect(next.daysSinceEpoch == days)
      if next != date {
        let isNextDay = next.month == date.month && next.day == date.day + 1
        #expect(isNextDay || next.day == 1)
      }
      date = next
    }
  }

  @Test("civil fields out of range make no time")
  func invalidFields() {
    #expect(EventTime(year: 2026, month: 2, day: 29) == nil)
    #expect(EventTime(year: 2024, month: 2, day: 29) != nil)
    #expect(EventTime(year: 2026, month: 13, day: 1) == nil)
    #expect(EventTime(year: 2026, month: 1, day: 1, hour: 24) == nil)
    #expect(EventTime(year: 1500, month: 1, day: 1) == nil)
  }

  @Test("an offset moves the time back to UTC")
  func offset() throws {
    let time = try #require(
      EventTime(year: 2026, month: 3, day: 1, hour: 1, offsetSeconds: 2 * 3_600)
    )
    #expect(time.description == "2026-02-28T23:00:00Z")
  }

  @Test("arithmetic holds at the ends of time")
  func extremes() {
    let first = EventTime(nanosecondsSinceEpoch: .min)
    let last = EventTime(nanosecondsSinceEpoch: .max)
    #expect(first.advanced(byNanoseconds: -1) == first)
    #expect(last.advanced(byNanoseconds: 1) == last)
    #expect(last.nanoseconds(since: first) == .max)
    #expect(first.nanoseconds(since: last) == .min)
    let beforeEpoch = EventTime(nanosecondsSinceEpoch: -1)
    #expect(beforeEpoch.floor(toMultipleOf: 60).nanosecondsSinceEpoch == -60)
  }
}
