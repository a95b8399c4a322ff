import Testing
import VedetteColumns
import VedetteEvent

@testable import VedetteNormalize

/// What a chunk says does not depend on the chunks that a worker read before.
@Suite("Chunks are read by themselves")
struct ChunkIndependenceTests {
  @Test("a table's header is in force only behind it")
  func lateHeader() {
    let lines = [
      "1772409600.1\tC0\t10.0.0.1", "#separator \\x09", "#fields\tts\tuid\tid.orig_h",
      "#types\ttime\tstring\taddr", "1772409600.1\tC1\t10.0.0.1",
    ]
    var bytes: [UInt8] = []
    var records: [RecordChunk.Record] = []
    for (index, line) in lines.enumerated() {
      let start = bytes.count
      bytes += Array(line.utf8) + [0x0a]
      records.append(
        RecordChunk.Record(
          start: start,
          length: line.utf8.count,
          line: index + 1,
          offset: Int64(start)
        )
      )
    }
    let chunk = RecordChunk(source: SourceID("a"), path: "a", bytes: bytes, records: records)
    let normalizer = Normalizer(
      detectingFormats: (),
      keepsContent: false,
      contentHash: { _ in "" },
      secretHash: { _ in "" }
    )
    let settings = SourceSettings(zone: { _ in 0 }, logSource: nil, detectsEachRecord: false)
    let counts = (0..<3).map { _ in
      let read = normalizer.normalize(chunk, as: .zeek, settings: settings)
      return [read.batch.rowCount, read.deadLetterCount]
    }
    #expect(counts == [[1, 1], [1, 1], [1, 1]])
  }
}
