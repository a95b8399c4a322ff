import Foundation
import Testing
import VedetteEvent
import VedetteStatistics

@testable import VedetteNormalize

@Suite("Time zone table")
struct TimeZoneTableTests {
  @Test(
    "fixed offsets need no file",
    arguments: zip(
      ["UTC", "Z", "utc", "GMT", "+02:00", "-0330", "+14", "-00:00"],
      [0, 0, 0, 0, 7_200, -12_600, 50_400, 0]
    )
  )
  func fixed(name: String, seconds: Int) throws {
    let zone = try TimeZoneTable(named: name, directory: "/nonexistent")
    #expect(zone.offsetSeconds(at: EventTime(nanosecondsSinceEpoch: 0)) == seconds)
    #expect(zone.offsetSeconds(atLocal: EventTime(nanosecondsSinceEpoch: .min)) == seconds)
    #expect(zone == TimeZoneTable(fixedOffset: seconds))
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let local: String
    let offset: Int
    let why: String
    var testDescription: String { "\(local): \(why)" }
  }

  static let berlin: [Case] = [
    Case(local: "2026-03-29 01:59:59", offset: 3_600, why: "winter"),
    Case(local: "2026-03-29 02:30:00", offset: 3_600, why: "skipped, as if not yet changed"),
    Case(local: "2026-03-29 03:00:00", offset: 7_200, why: "summer"),
    Case(local: "2026-10-25 01:59:59", offset: 7_200, why: "summer"),
    Case(local: "2026-10-25 02:30:00", offset: 7_200, why: "repeated, the first of the two"),
    Case(local: "2026-10-25 03:00:00", offset: 3_600, why: "winter"),
    Case(local: "2100-07-01 12:00:00", offset: 7_200, why: "summer by the rule after the list"),
    Case(local: "2100-12-01 12:00:00", offset: 3_600, why: "winter by the rule"),
    Case(local: "1975-07-01 12:00:00", offset: 3_600, why: "before summer time came back"),
  ]

  @Test("local times of Berlin", .enabled(if: hasZones), arguments: berlin)
  func local(_ example: Case) throws {
    let zone = try TimeZoneTable(named: "Europe/Berlin")
    let time = try #require(scanTime(example.local)).time
    #expect(zone.offsetSeconds(atLocal: time) == example.offset)
  }

  @Test(
    "agrees with Foundation",
    .enabled(if: hasZones),
    arguments: [
      "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Nuuk",
      "Africa/Casablanca", "Pacific/Apia", "Asia/Tehran", "Europe/Dublin", "America/Sao_Paulo",
      "UTC", "Etc/GMT+5",
    ]
  )
  func agreesWithFoundation(name: String) throws {
    let zone = try TimeZoneTable(named: name)
    let other = try #require(TimeZone(identifier: name))
    var random = SplitMix64(seed: 7)
    for _ in 0..<400 {
      // 1970 to 2037: what both know from the same list.
      let seconds = Int64.random(in: 0...2_140_000_000, using: &random)
      let time = EventTime(nanosecondsSinceEpoch: seconds * 1_000_000_000)
      let expected = other.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
      #expect(zone.offsetSeconds(at: time) == expected, "\(time) in \(name)")
    }
  }

  @Test(
    "an unknown name gets the nearest one",
    .enabled(if: hasZones),
    arguments: zip(
      ["Europe/Berln", "europe/berlin", "Berlin", "America/New York", "Asia/Calcuta", "Utz"],
      [
        "Europe/Berlin", "Europe/Berlin", "Europe/Berlin", nil, "Asia/Calcutta", nil,
      ] as [String?]
    )
  )
  func unknown(name: String, suggestion: String?) throws {
    let error = #expect(throws: TimeZoneError.self) { try TimeZoneTable(named: name) }
    guard let suggestion else { return }
    #expect(error?.problem == .unknown(suggestion: suggestion))
    #expect(error?.description == "no time zone '\(name)'; did you mean '\(suggestion)'?")
  }

  @Test(
    "a name can't leave the folder of zones, and a file must be one",
    arguments: ["../../etc/passwd", "/etc/localtime", "", "zone.tab", "+02:0", "+", "tzdata"]
  )
  func hostileNames(name: String) {
    #expect(throws: TimeZoneError.self) { try TimeZoneTable(named: name) }
  }

  @Test("cut and changed zone files are refused or read, never a crash", .enabled(if: hasZones))
  func hostileFiles() throws {
    let path = "/usr/share/zoneinfo/Europe/Berlin"
    let whole = Array(try Data(contentsOf: URL(filePath: path)))
    #expect(parseZone(whole) != nil)
    for length in stride(from: 0, to: whole.count - 30, by: 7) {
      #expect(parseZone(whole[..<length]) == nil)
    }
    var random = SplitMix64(seed: 3)
    var readCount = 0
    for _ in 0..<2_000 {
      var bytes = whole
      for _ in 0..<4 {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
          in: 0...255,
          using: &random
        )
      }
      guard let zone = parseZone(bytes) else { continue }
      readCount += 1
      for nanoseconds in [Int64.min, 0, Int64.max] {
        let time = EventTime(nanosecondsSinceEpoch: nanoseconds)
        #expect(abs(zone.offsetSeconds(at: time)) <= 200_000)
      }
    }
    #expect(readCount > 100)
  }

  @Test(
    "rules for the future",
    arguments: [
      ("EST5EDT,M3.2.0,M11.1.0", true), ("<+01>-1", true),
      ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", true),
      ("IST-1GMT0,M10.5.0,M3.5.0/1", true), ("AAA3BBB,J60,J300/2:30:15", true),
      ("AAA3BBB,59,299", true), ("", false), ("X5", false), ("EST", false), ("EST5EDT", false),
      ("EST5EDT,M13.2.0,M11.1.0", false), ("EST5EDT,M3.6.0,M11.1.0", false), ("EST5x", false),
      ("EST5EDT,M3.2.7,M11.1.0", false), ("EST999,", false), ("EST5EDT,J0,J1", false),
    ]
  )
  func rules(text: String, isRule: Bool) {
    #expect((ZoneRule(text) != nil) == isRule)
  }
}
