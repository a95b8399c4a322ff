import Synchronization
import Testing
import VedetteColumns
import VedetteEvent

@testable import Vedette

@Suite("The pace of a replay")
struct ReplayPaceTests {
  private static func batch(_ seconds: Int64...) -> EventBatch {
    let builder = EventBatchBuilder()
    for second in seconds {
      builder.beginRow(RecordChunk.Record(start: 0, length: 0, line: 1, offset: 0))
      builder.endRow(
        time: EventTime(nanosecondsSinceEpoch: second * 1_000_000_000),
        logSource: LogSource()
      )
    }
    return builder.finish(source: SourceID("test"), path: "test.log", raw: [])
  }

  @Test("events are due when so much of their time has passed, and not before")
  func delays() {
    let clock = Mutex<Int64>(5_000)
    var pace = ReplayPace(speed: 60, milliseconds: { clock.withLock { $0 } }, sleep: { _ in })
    #expect(pace.delay(of: Self.batch(1_000)) == 0)
    #expect(pace.delay(of: Self.batch(1_060)) == 1_000)
    clock.withLock { $0 += 400 }
    #expect(pace.delay(of: Self.batch(1_060)) == 600)
    #expect(pace.delay(of: Self.batch(900)) < 0)
    clock.withLock { $0 += 600 }
    #expect(pace.delay(of: Self.batch(1_060)) == 0)
    #expect(pace.delay(of: Self.batch()) == 0)
  }

  @Test("a chunk in pieces has the same records", arguments: [1, 2, 3, 7])
  func pieces(of count: Int) {
    let lines = ["one", "two", "three", "four", "five", "six", "seven"]
    var bytes: [UInt8] = []
    var records: [RecordChunk.Record] = []
    for (index, line) in lines.enumerated() {
      records.append(
        RecordChunk.Record(
          start: bytes.count,
          length: line.utf8.count,
          line: index + 1,
          offset: Int64(bytes.count)
        )
      )
      bytes += Array(line.utf8) + [0x0a]
    }
    let chunk = RecordChunk(source: SourceID("a"), path: "a", bytes: bytes, records: records)
    let pieces = chunk.pieces(of: count)
    #expect(pieces.count == (lines.count + count - 1) / count)
    let texts = pieces.flatMap { piece in
      piece.records.map { record in
        String(decoding: piece.bytes[record.start..<record.start + record.length], as: UTF8.self)
      }
    }
    #expect(texts == lines)
    #expect(pieces.flatMap { $0.records.map(\.line) } == Array(1...7))
  }
}
