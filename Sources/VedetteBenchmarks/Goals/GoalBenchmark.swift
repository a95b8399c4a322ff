import VedetteColumns
import VedetteEvent
import VedetteIngest

/// Measures every path that has a goal, and prints the figures beside what is asked.
struct GoalBenchmark {
  private let options: BenchmarkOptions

  init(_ options: BenchmarkOptions) { self.options = options }

  /// Measures and prints.
  ///
  /// - Returns: The rows.
  /// - Throws: ``BenchmarkError`` if a path can't be measured.
  @discardableResult
  func run() throws(BenchmarkError) -> GoalTable {
    let sshd = try rates(of: .sshd)
    let cloudTrail = try rates(of: .cloudtrail)
    let nginx = try rates(of: .nginx)
    let table = GoalTable(goals: [
      .init(
        path: "tail + split + UTF-8 check + checkpoint",
        unit: "GB/s",
        must: 1.5,
        aim: 3,
        reached: try followed(.sshd)
      ),
      .init(
        path: "JSON parse + normalize, CloudTrail",
        unit: "MB/s",
        must: 350,
        aim: 900,
        reached: cloudTrail.bytes / 1e6
      ),
      .init(
        path: "sshd syslog parse + normalize",
        unit: "M lines/s",
        must: 2,
        aim: 4,
        reached: sshd.lines / 1e6
      ),
      .init(
        path: "nginx combined parse + normalize",
        unit: "M lines/s",
        must: 1,
        aim: 2.5,
        reached: nginx.lines / 1e6
      ),
      .init(
        path: "memory per kept event of 20 fields",
        unit: "bytes",
        must: 80,
        aim: 40,
        isLess: true,
        reached: KeptMemory.bytesPerEvent()
      ),
      .init(
        path: "p99 from a line's write to its incident, 5,000 lines/s",
        unit: "ms",
        must: 1_000,
        aim: 100,
        isLess: true,
        reached: try IncidentLatency().percentile99()
      ),
    ])
    table.lines.forEach { print($0) }
    return table
  }

  /// Bytes and lines a processor second of parsing and normalizing, the median of the passes.
  private func rates(
    of kind: InputKind
  ) throws(BenchmarkError) -> (bytes: Double, lines: Double) {
    let folder = try TemporaryFolder()
    let bytes = options.megabytes * 1_000_000
    let file = try InputFile.generate(kind, in: folder.path, byteCountMin: bytes)
    var passes: [Pass] = []
    for _ in 0..<options.passes { passes.append(try NormalizeStage().run(file)) }
    let seconds = Measurement.median(passes.map(\.processorSeconds))
    return (Double(file.byteCount) / seconds, Double(file.lineCount) / seconds)
  }

  /// Gigabytes a processor second of following a file to its end.
  private func followed(_ kind: InputKind) throws(BenchmarkError) -> Double {
    let folder = try TemporaryFolder()
    let bytes = options.megabytes * 1_000_000
    let file = try InputFile.generate(kind, in: folder.path, byteCountMin: bytes)
    var passes: [Pass] = []
    for _ in 0..<options.passes { passes.append(try FollowStage().run(file)) }
    return Double(file.byteCount) / Measurement.median(passes.map(\.processorSeconds)) / 1e9
  }
}

/// Following a file: reading, cutting, checking the text, and the checkpoint of each chunk.
struct FollowStage: Stage {
  var name: String { "tail + split + UTF-8" }

  func run(_ file: InputFile) throws(BenchmarkError) -> Pass {
    let waker: FollowWaker
    do throws(IngestError) {
      waker = try FollowWaker()
    } catch {
      throw .failed("\(error)")
    }
    return try .inProcess { () throws(BenchmarkError) in
      var options = FileFollower.Options()
      options.usesChangeReports = false
      var follower = FileFollower(
        [SourcePath(file.path)],
        options: options,
        checkpoints: [],
        waker: waker
      )
      var work = Work(bytes: 0, events: 0)
      var isText = true
      var places = 0
      var now: Int64 = 0
      while work.events < file.lineCount, now < 100_000 {
        now += 1
        _ = follower.poll(now: now) { followed in
          let chunk = followed.chunk
          work.events += chunk.records.count
          work.bytes += chunk.bytes.count
          places += followed.checkpoints?.count ?? 0
          isText = isText && (try? UTF8Span(validating: chunk.bytes.span)) != nil
          return true
        }
      }
      guard work.events == file.lineCount, isText, places > 0 else {
        throw .failed("\(file.path): \(work.events) of \(file.lineCount) lines were followed")
      }
      return work
    }
  }
}

/// What a kept event costs: a million of them with twenty fields of few distinct values.
enum KeptMemory {
  private static let fieldCount = 20
  private static let distinctCount = 50
  private static let batchCount = 128

  /// Resident bytes for each event beyond what was resident before.
  static func bytesPerEvent() -> Double? {
    let builder = EventBatchBuilder()
    let slots = (0..<fieldCount).compactMap { builder.slot("field\($0).name") }
    guard slots.count == fieldCount else { return nil }
    var store = EventStore(policy: RetentionPolicy(bytesMax: 1 << 30, ageMaxNanoseconds: .max))
    guard let before = residentBytes() else { return nil }
    var number = 0
    for _ in 0..<batchCount {
      for _ in 0..<Limits.batchRowsMax {
        builder.beginRow(
          RecordChunk.Record(start: 0, length: 0, line: number + 1, offset: Int64(number) * 100)
        )
        for (index, slot) in slots.enumerated() {
          builder.append("value \((number &* (index + 7)) % distinctCount)", to: slot)
        }
        builder.endRow(
          time: EventTime(nanosecondsSinceEpoch: Int64(number) * 1_000_000),
          logSource: LogSource()
        )
        number += 1
      }
      store.append(builder.finish(source: SourceID("a"), path: "a", raw: []))
    }
    guard let after = residentBytes() else { return nil }
    let bytes = Double(after - before) / Double(number)
    return store.byteCount > 0 ? bytes : nil
  }

  private static func residentBytes() -> Int? {
    guard PeakMemory.reset() else { return nil }
    return PeakMemory.bytes()
  }
}
