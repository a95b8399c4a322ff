import Testing
import VedetteColumns
import VedetteEvent
import VedetteStatistics

@Suite("Event batch builder")
struct EventBatchBuilderTests {
  private let source = SourceID("auth.log")

  private func record(_ line: Int) -> RecordChunk.Record {
    RecordChunk.Record(start: 0, length: 0, line: line, offset: Int64(line))
  }

  @Test("keeps absent, null and empty apart")
  func threeStates() throws {
    let builder = EventBatchBuilder()
    let user = try #require(builder.slot("user.name"))
    builder.beginRow(record(1))
    builder.endRow(time: nil, logSource: LogSource())
    builder.beginRow(record(2))
    builder.appendNull(to: user)
    builder.endRow(time: nil, logSource: LogSource())
    builder.beginRow(record(3))
    builder.append("", to: user)
    builder.endRow(time: nil, logSource: LogSource())
    let column = try #require(
      builder.finish(source: source, path: "a", raw: []).column("user.name")
    )
    #expect(!column.valid[0] && !column.null[0])
    #expect(!column.valid[1] && column.null[1])
    #expect(column.valid[2] && !column.null[2] && column.text(2) == "")
  }

  @Test("a raw name reaches the normalized column, also in another case")
  func names() throws {
    let builder = EventBatchBuilder()
    let action = try #require(builder.slot("event.action"))
    builder.link("eventName", to: action)
    builder.beginRow(record(1))
    builder.append("StopLogging", to: action)
    builder.endRow(time: nil, logSource: LogSource())
    let batch = builder.finish(source: source, path: "a", raw: [])
    #expect(batch.text("eventName", row: 0) == "StopLogging")
    #expect(batch.text("EVENTNAME", row: 0) == "StopLogging")
    #expect(batch.text("event.action", row: 0) == "StopLogging")
    #expect(batch.column("eventname.x") == nil)
  }

  @Test("further elements of an array are kept by row")
  func arrays() throws {
    let builder = EventBatchBuilder()
    let tool = try #require(builder.slot("gen_ai.tool.name"))
    for (line, values) in [["a", "b"], [], ["c"], ["d", "e", "f"]].enumerated() {
      builder.beginRow(record(line))
      for value in values { builder.append(value, to: tool) }
      builder.endRow(time: nil, logSource: LogSource())
    }
    let column = try #require(
      builder.finish(source: source, path: "a", raw: []).column("gen_ai.tool.name")
    )
    #expect((0..<4).map(column.texts) == [["a", "b"], [], ["c"], ["d", "e", "f"]])
  }

  @Test("a column of whole numbers becomes texts at the first value that prints differently")
  func integerFallback() throws {
    let builder = EventBatchBuilder()
    let port = try #require(builder.slot("source.port", type: .integer))
    for value in ["22", "-7", "022", "9223372036854775807", "", "x"] {
      builder.beginRow(record(1))
      builder.append(value, to: port)
      builder.endRow(time: nil, logSource: LogSource())
    }
    let column = try #require(
      builder.finish(source: source, path: "a", raw: []).column("source.port")
    )
    #expect(
      (0..<6).map(column.text) == ["22", "-7", "022", "9223372036854775807", "", "x"]
    )
    builder.beginRow(record(2))
    builder.append("80", to: port)
    builder.endRow(time: nil, logSource: LogSource())
    let next = try #require(
      builder.finish(source: source, path: "a", raw: []).column("source.port")
    )
    guard case .integers(let numbers) = next.values else {
      Issue.record("the next batch is typed again")
      return
    }
    #expect(numbers == [80])
  }

  @Test(
    "agrees with a list of rows, also when rows are taken back",
    arguments: 0..<32 as Range<UInt64>
  )
  func agreesWithReference(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let builder = EventBatchBuilder()
    let slots = try (0..<4).map { index in
      try #require(builder.slot("f\(index)", type: index == 3 ? .integer : .text))
    }
    for _ in 0..<3 {
      var expected: [[[String]]] = []
      for line in 0..<Int.random(in: 0...300, using: &random) {
        builder.beginRow(record(line))
        var row = [[String]](repeating: [], count: 4)
        for slot in slots {
          for _ in 0..<Int.random(in: 0...2, using: &random) {
            let value = String(Int.random(in: -2...1_000, using: &random))
            builder.append(value, to: slot)
            row[slot].append(value)
          }
        }
        if Int.random(in: 0..<5, using: &random) == 0 {
          builder.cancelRow()
        } else {
          builder.endRow(time: nil, logSource: LogSource())
          expected.append(row)
        }
      }
      let batch = builder.finish(source: source, path: "a", raw: [])
      #expect(batch.rowCount == expected.count)
      for (row, values) in expected.enumerated() {
        for slot in slots { #expect(batch.columns[slot].texts(row) == values[slot]) }
      }
    }
  }

  @Test("a column that never repeats stops being encoded and stays right")
  func plainColumn() throws {
    let builder = EventBatchBuilder()
    let id = try #require(builder.slot("event.id"))
    for round in 0..<20 {
      for line in 0..<1_100 {
        builder.beginRow(record(line))
        builder.append("id-\(round)-\(line)", to: id)
        builder.endRow(time: nil, logSource: LogSource())
      }
      let batch = builder.finish(source: source, path: "a", raw: [])
      #expect(batch.text("event.id", row: 0) == "id-\(round)-0")
      #expect(batch.text("event.id", row: 1_099) == "id-\(round)-1099")
    }
  }

  @Test(
    "columns hold what was written, however it repeats and whatever was taken back",
    arguments: 0..<8 as Range<UInt64>
  )
  func agreesWithArrays(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let builder = EventBatchBuilder()
    let names = ["constant", "few", "many", "runs"]
    let slots = try names.map { try #require(builder.slot($0)) }
    var sealed: [(EventBatch, [[String?]])] = []
    for _ in 0..<30 {
      var expected: [[String?]] = []
      for line in 0..<Int.random(in: 0...900, using: &random) {
        let row: [String?] = [
          "same", "v\(random.next() % 50)",
          random.next() % 9 == 0 ? nil : "unique \(random.next() % 1_000_000)",
          "run \(line / 40)",
        ]
        builder.beginRow(record(line))
        for (slot, value) in zip(slots, row) {
          if let value { builder.append(value, to: slot) }
        }
        if random.next() % 10 == 0 {
          builder.cancelRow()
        } else {
          builder.endRow(time: nil, logSource: LogSource())
          expected.append(row)
        }
      }
      sealed.append((builder.finish(source: source, path: "a", raw: []), expected))
    }
    for (batch, expected) in sealed {
      #expect(batch.rowCount == expected.count)
      for row in expected.indices {
        #expect(names.map { batch.text($0, row: row) } == expected[row])
      }
    }
  }

  @Test("the store lets go of the oldest batches and counts them")
  func retention() throws {
    let builder = EventBatchBuilder()
    let hour: Int64 = 3_600_000_000_000
    var store = EventStore(policy: RetentionPolicy(bytesMax: 1 << 20, ageMaxNanoseconds: hour))
    for minute in 0..<120 {
      builder.beginRow(record(minute))
      let time = EventTime(nanosecondsSinceEpoch: Int64(minute) * 60_000_000_000)
      builder.endRow(time: time, logSource: LogSource())
      store.append(builder.finish(source: source, path: "a", raw: []))
    }
    #expect(store.eventCount == 61)
    #expect(store.evictedCount == 59)
    let oldest = try #require(store.batches.first?.times.first)
    #expect(oldest == 59 * 60_000_000_000 as Int64)
  }
}
