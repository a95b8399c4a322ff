import Testing
import VedetteEvent
import VedetteStatistics

@testable import VedetteNormalize

@Suite("Timestamp scanner")
struct TimestampScannerTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let text: String
    /// The time, or `nil` if there is none.
    let time: String?
    var isYearless = false
    /// What is left after the time.
    var rest = ""
    var testDescription: String { "'\(text)'" }
  }

  static let named: [Case] = [
    Case(text: "Dec 10 06:55:46", time: "2000-12-10T06:55:46Z", isYearless: true),
    Case(text: "Dec  4 06:55:46 x", time: "2000-12-04T06:55:46Z", isYearless: true, rest: " x"),
    Case(text: "Dec 4 06:55:46", time: "2000-12-04T06:55:46Z", isYearless: true),
    Case(text: "Feb 29 00:00:00", time: "2000-02-29T00:00:00Z", isYearless: true),
    Case(text: "feb 29 00:00:00", time: "2000-02-29T00:00:00Z", isYearless: true),
    Case(
      text: "Mar  1 18:46:11.123456 h",
      time: "2000-03-01T18:46:11.123456Z",
      isYearless: true,
      rest: " h"
    ),
    Case(text: "Mar  1 2026 18:46:11.120", time: "2026-03-01T18:46:11.120Z"),
    Case(text: "Mar  1 2026 18:46:11: %A", time: "2026-03-01T18:46:11Z", rest: ": %A"),
    Case(text: "Mar  1 18:46:11 2026 h", time: "2026-03-01T18:46:11Z", rest: " h"),
    Case(
      text: "Mar  1 18:46:11 2026.lan x",
      time: "2000-03-01T18:46:11Z",
      isYearless: true,
      rest: " 2026.lan x"
    ),
    Case(text: "Sun Dec 04 04:47:44 2005", time: "2005-12-04T04:47:44Z"),
    Case(text: "Fri Sep 09 10:42:29.902022 2011]", time: "2011-09-09T10:42:29.902022Z", rest: "]"),
    Case(text: "Mon 2026-03-02 10:14:07 UTC h", time: "2026-03-02T10:14:07Z", rest: " h"),
    Case(text: "Dec 32 06:55:46", time: nil),
    Case(text: "Dec 0 06:55:46", time: nil),
    Case(text: "Feb 30 06:55:46", time: nil),
    Case(text: "Dec 10 24:00:00", time: nil),
    Case(text: "Dec 10 06:60:00", time: nil),
    Case(text: "Dec 10 06:55:61", time: nil),
    Case(text: "Dec 10 06:55:60", time: "2000-12-10T06:56:00Z", isYearless: true),
    Case(text: "Dec 10 06:55", time: nil),
    Case(text: "Dec 10 6:55:46", time: nil),
    Case(text: "Dec 10 06:55:467", time: nil),
    Case(text: "Dez 10 06:55:46", time: nil),
    Case(text: "Dec 010 06:55:46", time: nil),
    Case(text: "Dec", time: nil),
    Case(text: "", time: nil),
  ]

  static let numbered: [Case] = [
    Case(text: "2026-03-02T10:14:07Z", time: "2026-03-02T10:14:07Z"),
    Case(text: "2026-03-02t10:14:07z", time: "2026-03-02T10:14:07Z"),
    Case(text: "2026-03-02T10:14:07.120Z x", time: "2026-03-02T10:14:07.120Z", rest: " x"),
    Case(text: "2026-03-02T10:14:07.123456789+02:00", time: "2026-03-02T08:14:07.123456789Z"),
    Case(text: "2026-03-02T10:14:07.1234567891234Z", time: "2026-03-02T10:14:07.123456789Z"),
    Case(text: "2026-03-02T10:14:07-0330", time: "2026-03-02T13:44:07Z"),
    Case(text: "2026-03-02T10:14:07+02 x", time: "2026-03-02T08:14:07Z", rest: " x"),
    Case(text: "2026-03-02 10:14:07,120", time: "2026-03-02T10:14:07.120Z"),
    Case(text: "2026-03-02 10:14:07 +0100", time: "2026-03-02T09:14:07Z"),
    Case(text: "2026-03-02 10:14:07 UTC", time: "2026-03-02T10:14:07Z"),
    Case(text: "2026-03-02 10:14:07 UTCX", time: "2026-03-02T10:14:07Z", rest: " UTCX"),
    Case(text: "2026-03-02 10:14:07 -12 x", time: "2026-03-02T10:14:07Z", rest: " -12 x"),
    Case(text: "2017-05-16 00:00:00.008 2", time: "2017-05-16T00:00:00.008Z", rest: " 2"),
    Case(text: "2026/03/02 10:14:07 [e", time: "2026-03-02T10:14:07Z", rest: " [e"),
    Case(text: "2026-03-02T10:14:07. x", time: "2026-03-02T10:14:07Z", rest: ". x"),
    Case(text: "2026-03-02T10:14:07+25:00", time: nil),
    Case(text: "2026-03-02T10:14:07+02:61", time: nil),
    Case(text: "2026-13-02T10:14:07Z", time: nil),
    Case(text: "2026-02-29T10:14:07Z", time: nil),
    Case(text: "2024-02-29T10:14:07Z", time: "2024-02-29T10:14:07Z"),
    Case(text: "9999-01-01T00:00:00Z", time: nil),
    Case(text: "0000-01-01T00:00:00Z", time: nil),
    Case(text: "2026-03-02X10:14:07Z", time: nil),
    Case(text: "2026-03/02 10:14:07", time: nil),
    Case(text: "2026-3-2 10:14:07", time: nil),
    Case(text: "2026-03-02", time: nil),
    Case(text: "10/Oct/2000:13:55:36 -0700", time: "2000-10-10T20:55:36Z"),
    Case(text: "10/Oct/2000:13:55:36", time: "2000-10-10T13:55:36Z"),
    Case(text: "1/Oct/2000:13:55:36 +0000] x", time: "2000-10-01T13:55:36Z", rest: "] x"),
    Case(text: "32/Oct/2000:13:55:36 -0700", time: nil),
    Case(text: "1767225600 x", time: "2026-01-01T00:00:00Z", rest: " x"),
    Case(text: "1767225600.12", time: "2026-01-01T00:00:00.120Z"),
    Case(text: "1767225600.123456789", time: "2026-01-01T00:00:00.123456789Z"),
    Case(text: "1767225600120", time: "2026-01-01T00:00:00.120Z"),
    Case(text: "1767225600120001", time: "2026-01-01T00:00:00.120001Z"),
    Case(text: "1767225600120000001", time: "2026-01-01T00:00:00.120000001Z"),
    Case(text: "9999999999999999999", time: nil),
    Case(text: "9999999999", time: nil),
    Case(text: "17672256001", time: nil),
    Case(text: "42", time: nil),
  ]

  static let bracketed: [Case] = [
    Case(text: "[Sun Dec 04 04:47:44 2005] [e", time: "2005-12-04T04:47:44Z", rest: " [e"),
    Case(text: "[10/Oct/2000:13:55:36 -0700] x", time: "2000-10-10T20:55:36Z", rest: " x"),
    Case(text: "[2026-03-02T10:14:07Z]", time: "2026-03-02T10:14:07Z"),
    Case(text: "[2026-03-02T10:14:07Z", time: nil),
    Case(text: "[2026-03-02T10:14:07Z x]", time: nil),
    Case(text: "[[2026-03-02T10:14:07Z]]", time: nil),
    Case(text: "[", time: nil),
  ]

  @Test("reads each form exactly, and no time from a field out of range", arguments: named)
  func namedForms(_ example: Case) { check(example) }

  @Test("reads numeric forms exactly", arguments: numbered)
  func numberedForms(_ example: Case) { check(example) }

  @Test("reads times in brackets", arguments: bracketed)
  func bracketedForms(_ example: Case) { check(example) }

  private func check(_ example: Case) {
    let bytes = Array(example.text.utf8)
    let found = TimestampScanner().scan(bytes.span, at: 0)
    #expect(found?.time.description == example.time)
    guard let found else { return }
    #expect(found.isYearless == example.isYearless)
    #expect(String(decoding: bytes[found.end...], as: UTF8.self) == example.rest)
  }

  @Test("a time that names no zone is in the source's, one that does is not")
  func zone() {
    let scanner = TimestampScanner { local in
      local < EventTime(nanosecondsSinceEpoch: 1_767_225_600_000_000_000) ? 3_600 : 7_200
    }
    func text(_ line: String) -> String? {
      scanner.scan(Array(line.utf8).span, at: 0)?.time.description
    }
    #expect(text("2025-12-31 23:00:00") == "2025-12-31T22:00:00Z")
    #expect(text("2026-01-01 00:00:00") == "2025-12-31T22:00:00Z")
    #expect(text("2026-01-01 00:00:00Z") == "2026-01-01T00:00:00Z")
    #expect(text("01/Jan/2026:00:00:00") == "2025-12-31T22:00:00Z")
    #expect(text("1767225600") == "2026-01-01T00:00:00Z")
    // Without a year the zone waits until the year is known.
    #expect(text("Jan  1 00:00:00") == "2000-01-01T00:00:00Z")
  }

  @Test("reads back what event times print", arguments: 0..<16 as Range<UInt64>)
  func roundTrip(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<500 {
      let range: ClosedRange<Int64> = -9_214_000_000_000_000_000...9_214_000_000_000_000_000
      let time = EventTime(nanosecondsSinceEpoch: Int64.random(in: range, using: &random))
      let text = Array(time.description.utf8)
      let found = TimestampScanner().scan(text.span, at: 0)
      #expect(found?.time == time && found?.end == text.count)
    }
  }
}
