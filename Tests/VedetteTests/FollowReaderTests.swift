import Foundation
import Testing
import VedetteEvent
import VedetteIngest
import VedetteNormalize

@testable import Vedette

/// What goes with the chunks of a run.
@Suite("Follow reader")
struct FollowReaderTests {
  @Test("what was done to a file goes with the first records behind it")
  func tampering() throws {
    let folder = try TemporaryFolder()
    let path = folder["a.log"]
    try folder.write("a.log", Self.lines(1...40))
    let control = try RunControl()
    var configuration = PipelineConfiguration()
    configuration.sources = [SourceConfiguration(path: path)]
    let events = SourceEvents([])
    let reader = FollowReader(
      configuration: configuration,
      start: .beginning,
      checkpoints: [],
      control: control,
      events: events,
      now: { EventTime(nanosecondsSinceEpoch: 0) },
      milliseconds: { Int64(Date.now.timeIntervalSince1970 * 1_000) }
    )
    var records = 0
    while records < 40, let chunk = reader.next() {
      records += chunk.chunk.records.count
      #expect(chunk.events.isEmpty)
    }
    try folder.write("a.log", Self.lines(101...103))
    var found: [SourceEvent] = []
    var placesBefore: [Checkpoint]?
    while found.isEmpty, let chunk = reader.next() {
      // The place that goes with it is one that does not show it again.
      placesBefore = chunk.checkpoints
      records += chunk.chunk.records.count
      found += chunk.events
    }
    #expect(found.map(\.kind) == [.truncated(bytesBefore: 1_511)])
    let size = Int64(Self.lines(101...103).utf8.count)
    #expect(placesBefore?.allSatisfy { $0.offset <= size } == true)
    #expect(events.withLock { $0 }.isEmpty)
    control.stop()
    while let chunk = reader.next() {
      records += chunk.chunk.records.count
      #expect(chunk.events.isEmpty)
    }
    #expect(records == 43)
  }

  private static func lines(_ numbers: ClosedRange<Int>) -> String {
    numbers.map { "Mar  2 10:00:00 host1 app[1]: line \($0)\n" }.joined()
  }

  @Test("a message without a year is of the year it was received in, or the one before")
  func years() throws {
    func year(_ text: String, _ now: String) throws -> Int {
      let bytes = Array(text.utf8)
      let record = RecordChunk.Record(start: 0, length: bytes.count, line: 1, offset: 0)
      let chunk = RecordChunk(source: SourceID("a"), path: "a", bytes: bytes, records: [record])
      let now = try #require(EventTime(rfc3339: now))
      return StartYear.of(received: chunk, now: now, zone: { _ in 0 })
    }
    #expect(try year("<34>Mar  2 10:00:00 h a: b", "2026-03-02T10:00:05Z") == 2026)
    #expect(try year("<34>Dec 31 23:59:58 h a: b", "2026-01-01T00:00:05Z") == 2025)
    #expect(try year("<34>Jan  1 00:00:03 h a: b", "2025-12-31T23:59:59Z") == 2026)
    #expect(try year("<34>1 2026-03-02T10:00:00Z h a - - - b", "2024-05-05T00:00:00Z") == 2024)
  }
}
