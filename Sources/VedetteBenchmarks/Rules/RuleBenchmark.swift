import FoundationEssentials
import Glibc
import VedetteColumns
import VedetteEvent
import VedetteIngest
import VedetteNormalize
import VedetteRules

/// Measures the rule engine: from ten to a hundred thousand rules, and SigmaHQ's where they are.
struct RuleBenchmark {
  private static let counts = [10, 100, 1_000, 10_000, 100_000]
  private let options: BenchmarkOptions

  init(_ options: BenchmarkOptions) { self.options = options }

  /// Measures everything and prints it.
  ///
  /// - Throws: ``BenchmarkError`` if something can't be measured.
  func run() throws(BenchmarkError) {
    let folder = try TemporaryFolder()
    // First, since a program that is started counts the peak of the one that starts it as its own.
    let sigma = SigmaBenchmark(options, folder: folder.path)
    var measured: [ScalingPlot.Point] = []
    if let program = options.vedettePath ?? ProgramStage.besideThisOne(), sigma.isThere {
      measured = try sigma.run(program)
    } else {
      print("left out: SigmaHQ's rules and events, or the built program, are not there")
    }
    let path = "\(folder.path)/windows.jsonl"
    let lineCount = try writeEvents(to: path, megabytes: options.megabytes)
    let batches = try normalized(path)
    print("generated events: \(options.megabytes) MB, \(lineCount) lines")
    var rows = [["rules", "load s", "compile s", "matching events/s", "ns/event", "matches"]]
    var points: [ScalingPlot.Point] = []
    for count in Self.counts where count <= options.rulesMax {
      let row = measure(count, batches)
      points.append(row.point)
      rows.append(row.cells)
    }
    show(rows)
    let series = [
      ScalingPlot.Series(
        name: "generated rules, matching alone",
        color: "#2166ac",
        points: points
      ),
      ScalingPlot.Series(
        name: "SigmaHQ, a whole scan less start-up",
        color: "#b2182b",
        points: measured
      ),
    ]
    if let plot = options.plotPath { try write(series.filter { !$0.points.isEmpty }, to: plot) }
  }

  private func measure(
    _ count: Int,
    _ batches: [EventBatch]
  ) -> (point: ScalingPlot.Point, cells: [String]) {
    var maker = GeneratedRules()
    let files = maker.files(count)
    let loading = ProcessorClock()
    let rules = RuleLoader().load(files)
    let loadSeconds = loading.processorSeconds
    let compiling = ProcessorClock()
    let plan = RulePlan(rules)
    let compileSeconds = compiling.processorSeconds
    var seconds: [Double] = []
    var matches = 0
    for _ in 0..<options.passes where seconds.reduce(0, +) < 10 {
      let detector = RuleDetector(plan)
      let clock = ProcessorClock()
      matches = batches.reduce(0) { $0 + detector.match($1).count }
      seconds.append(clock.processorSeconds)
    }
    let events = batches.reduce(0) { $0 + $1.rowCount }
    let median = Measurement.median(seconds)
    let rate = median > 0 ? Double(events) / median : 0
    return (
      ScalingPlot.Point(rules: rules.entries.count, eventsPerSecond: rate),
      [
        ResultTable.grouped(Double(rules.entries.count)),
        ResultTable.fixed(loadSeconds, digits: 3), ResultTable.fixed(compileSeconds, digits: 3),
        ResultTable.grouped(rate), ResultTable.grouped(median * 1e9 / Double(max(1, events))),
        ResultTable.grouped(Double(matches)),
      ]
    )
  }

  private func writeEvents(to path: String, megabytes: Int) throws(BenchmarkError) -> Int {
    var source = WindowsLines()
    var writer = LineWriter()
    while writer.bytes.count < megabytes * 1_000_000 { source.write(to: &writer) }
    do {
      try Data(writer.bytes).write(to: URL(filePath: path))
    } catch {
      throw .system("write", path)
    }
    return writer.bytes.count { $0 == 0x0a }
  }

  private func normalized(_ path: String) throws(BenchmarkError) -> [EventBatch] {
    let normalizer = NormalizeStage.makeNormalizer()
    var batches: [EventBatch] = []
    do throws(IngestError) {
      var reader = try FileReader(SourceFile(SourcePath(path)), framing: nil)
      while let chunk = try reader.nextChunk() {
        batches.append(
          normalizer.normalize(chunk, as: .windows, settings: SourceSettings()).batch.withoutRaw()
        )
      }
    } catch {
      throw .failed("\(path): \(error)")
    }
    return batches
  }

  private func show(_ rows: [[String]]) {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    for row in rows {
      let cells = row.enumerated().map { column, text in
        String(repeating: " ", count: widths[column] - text.count) + text
      }
      print("  " + cells.joined(separator: "  "))
    }
    print("")
    fflush(nil)
  }

  private func write(_ series: [ScalingPlot.Series], to path: String) throws(BenchmarkError) {
    let plot = ScalingPlot(title: "Matching speed by number of rules", series: series)
    do {
      try Data(plot.svg.utf8).write(to: URL(filePath: path))
    } catch {
      throw .system("write", path)
    }
    print("plot: \(path)")
  }
}
