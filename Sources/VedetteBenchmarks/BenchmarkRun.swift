import Glibc

/// Runs the stages that were asked for and prints a table for each log.
struct BenchmarkRun {
  /// Processor seconds after which a stage gets no further pass, once it had three.
  private static let stageSecondsMax = 8.0

  private let options: BenchmarkOptions

  init(_ options: BenchmarkOptions) { self.options = options }

  /// Measures everything.
  ///
  /// - Returns: The measurements, in the order of the tables.
  /// - Throws: ``BenchmarkError`` if a stage can't do its work.
  func run() throws(BenchmarkError) -> [Measurement] {
    let folder = try TemporaryFolder()
    var all: [Measurement] = []
    for kind in options.inputs {
      let file = try InputFile.generate(
        kind,
        in: folder.path,
        byteCountMin: options.megabytes * 1_000_000
      )
      let size = ResultTable.fixed(Double(file.byteCount) / 1e6, digits: 1)
      print("\(kind.rawValue): \(size) MB, \(ResultTable.grouped(Double(file.lineCount))) lines")
      let measurements = try measure(file, stages: stages())
      ResultTable(measurements).lines.forEach { print("  \($0)") }
      print("")
      fflush(nil)
      all += measurements
      unsafe unlink(file.path)
    }
    return all
  }

  /// The stages that were asked for, in the order of the rows.
  func stages() -> [any Stage] {
    let stages: [any Stage] = [
      LineCountStage(), ReadStage(), SplitStage(), PlainJSONStage(), NormalizeStage(),
    ]
    return stages.filter { options.selects(stage: $0.name) }
  }

  private func measure(
    _ file: InputFile,
    stages: [any Stage]
  ) throws(BenchmarkError) -> [Measurement] {
    var measurements: [Measurement] = []
    for stage in stages where stage.takes(file.kind) {
      let part = try stage.bytesMax.map { max throws(BenchmarkError) in
        try file.beginning(byteCountMin: max)
      }
      var passes: [Pass] = []
      var seconds = 0.0
      while passes.count < options.passes {
        let pass = try stage.run(part ?? file)
        seconds += pass.processorSeconds
        passes.append(pass)
        if passes.count >= 3, seconds > Self.stageSecondsMax { break }
      }
      measurements.append(Measurement(input: file.kind, stage: stage.name, passes: passes))
    }
    return measurements
  }
}
