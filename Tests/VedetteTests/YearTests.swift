import Foundation
import Testing
import VedetteColumns
import VedetteEvent
import VedetteIngest
import VedetteNormalize

@testable import Vedette

@Suite("Years of logs without them")
struct YearTests {
  static func parsed(_ lines: [String], startYear: Int) -> ParsedChunk {
    var framer = RecordFramer(source: SourceID("auth.log"), path: "auth.log", framing: nil)
    framer.consume(Array(lines.map { $0 + "\n" }.joined().utf8).span)
    framer.finish(isTorn: false)
    let framed = framer.takeChunk()?.chunk
    let chunk =
      framed ?? RecordChunk(source: SourceID("auth.log"), path: "auth.log", bytes: [], records: [])
    let settings = SourceConfiguration(path: "auth.log", format: .syslog)
    let origin = ChunkPreparation.prepared(
      chunk,
      choice: FormatChoice(format: .syslog, reason: "test"),
      header: nil,
      settings: settings,
      startYear: startYear,
      checkpoints: nil
    )
    let normalizer = Normalizer(
      detectingFormats: (),
      keepsContent: false,
      contentHash: { _ in "" },
      secretHash: { _ in "" }
    )
    return ParsedChunk(
      origin: origin,
      normalized: normalizer.normalize(chunk, as: .syslog, settings: origin.settings),
      matches: []
    )
  }

  static func line(_ time: String) -> String { "\(time) web01 app[1]: hello" }

  static func days(_ batch: EventBatch) -> [String] {
    (0..<batch.rowCount).map { String((batch.time($0)?.description ?? "-").prefix(10)) }
  }

  @Test("a log that runs over New Year goes into the new one, chunk by chunk")
  func overNewYear() {
    var ledger = SourceLedger()
    let chunks = [
      (["Dec 31 23:59:58", "Jan  1 00:00:01"], ["2025-12-31", "2026-01-01"]),
      (["Jan  2 08:00:00"], ["2026-01-02"]),
    ]
    for (times, days) in chunks {
      let parsed = Self.parsed(times.map(Self.line), startYear: 2025)
      let batch = ledger.resolveYears(parsed)
      #expect(Self.days(batch) == days)
      _ = ledger.count(parsed, batch: batch)
    }
    #expect(ledger.sorted.first?.firstEvent?.description == "2025-12-31T23:59:58Z")
    #expect(ledger.sorted.first?.lastEvent?.description == "2026-01-02T08:00:00Z")
    #expect(ledger.sorted.first?.lateCount == 0)
  }

  @Test("a ledger taken up again goes on in the year it was in, and counts on")
  func restored() throws {
    var before = SourceLedger()
    let first = Self.parsed(["Dec 31 23:59:58", "Jan  1 00:00:01"].map(Self.line), startYear: 2025)
    #expect(before.count(first, batch: before.resolveYears(first)) == 0)
    var after = SourceLedger()
    try after.restore(before.changes())
    #expect(after.sorted == before.sorted)
    let next = Self.parsed([Self.line("Jan  2 08:00:00")], startYear: 2025)
    let batch = after.resolveYears(next)
    #expect(Self.days(batch) == ["2026-01-02"])
    #expect(after.count(next, batch: batch) == 2)
    #expect(before.changes() == [])
  }

  @Test("events behind the watermark and ahead of the clock are counted")
  func lateAndFuture() throws {
    var ledger = SourceLedger()
    let parsed = Self.parsed(
      ["Mar  2 10:00:00", "Mar  2 09:54:59", "Mar  2 09:55:00"].map(Self.line),
      startYear: 2026
    )
    let batch = ledger.resolveYears(parsed)
    _ = ledger.count(parsed, batch: batch)
    #expect(ledger.sorted.first?.lateCount == 1)
    let limit = try #require(EventTime(rfc3339: "2026-03-02T09:57:00Z"))
    let cut = ledger.withoutFuture(batch, after: limit)
    #expect((0..<3).map { cut.timed[$0] } == [false, true, true])
    #expect(ledger.sorted.first?.timelessCount == 1)
  }

  struct Start: Sendable, CustomTestStringConvertible {
    let name: String
    let times: [String]
    let modified: String
    let year: Int
    var testDescription: String { name }
  }

  static let starts: [Start] = [
    Start(
      name: "written this year",
      times: ["Mar  1 00:00:00", "Mar  2 00:00:00"],
      modified: "2026-03-02T00:00:05Z",
      year: 2026
    ),
    Start(
      name: "runs over New Year",
      times: ["Dec 30 00:00:00", "Jan  2 00:00:00"],
      modified: "2026-01-02T00:00:05Z",
      year: 2025
    ),
    Start(
      name: "copied long after it was written",
      times: ["Nov  1 00:00:00", "Nov  2 00:00:00"],
      modified: "2026-03-02T00:00:00Z",
      year: 2025
    ),
    Start(
      name: "behind a priority, after lines without a time",
      times: ["# rotated", "<34>Dec 30 00:00:00", "<34>Jan  2 00:00:00"],
      modified: "2026-01-02T00:00:05Z",
      year: 2025
    ),
    Start(
      name: "no time at all",
      times: ["# rotated"],
      modified: "2024-06-01T00:00:00Z",
      year: 2024
    ),
  ]

  @Test("the first year follows from the modification time", arguments: starts)
  func startYears(start: Start) throws {
    let folder = try TemporaryFolder()
    try folder.write("auth.log", start.times.map { Self.line($0) + "\n" }.joined())
    let modified = try #require(EventTime(rfc3339: start.modified))
    let seconds = Double(modified.nanosecondsSinceEpoch / 1_000_000_000)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: seconds)],
      ofItemAtPath: folder["auth.log"]
    )
    let file = SourceFile(SourcePath(folder["auth.log"]))
    var reader = try FileReader(file, framing: nil)
    let chunk = try #require(try reader.nextChunk())
    #expect(StartYear.of(file, first: chunk, zone: { _ in 0 }) == start.year)
  }
}
