import Glibc

/// Runs the stages that were asked for and prints a table for each log.
struct BenchmarkRun {
  /// Processor seconds after which a stage gets no further pass.
  private static let stageSecondsMax = 10.0

  private let options: BenchmarkOptions

  init(_ options: BenchmarkOptions) { self.options = options }

  /// Measures everything.
  ///
  /// - Returns: The measurements, in the order of the tables.
  /// - Throws: ``BenchmarkError`` if a stage can't do its work.
  func run() throws(BenchmarkError) -> [Measurement] {
    let folder = try TemporaryFolder()
    let stages = stages()
    var all: [Measurement] = []
    for kind in options.inputs {
      let file = try generate(kind, in: folder.path, megabytes: options.megabytes)
      all += try measure(file, stages: stages, passesMax: options.passes)
    }
    return all
  }

  /// Measures the peak memory of the built program on 1 GB of sshd's lines, once.
  ///
  /// - Throws: ``BenchmarkError`` if the program is not there or fails.
  func runGigabyte() throws(BenchmarkError) {
    guard let program = programPath else {
      throw .failed("'vedette' is not built: make build, or give its path with --vedette")
    }
    let folder = try TemporaryFolder()
    let file = try generate(.sshd, in: folder.path, megabytes: 1_000)
    _ = try measure(file, stages: [ProgramStage(programPath: program)], passesMax: 1)
  }

  /// The stages that were asked for, in the order of the rows.
  func stages() -> [any Stage] {
    var stages: [any Stage] = [
      LineCountStage(), ReadStage(), SplitStage(), PlainJSONStage(), NormalizeStage(), RuleStage(),
      PipelineStage(),
    ]
    if let programPath { stages.append(ProgramStage(programPath: programPath)) }
    return stages.filter { options.selects(stage: $0.name) }
  }

  private var programPath: String? { options.vedettePath ?? ProgramStage.besideThisOne() }

  private func generate(
    _ kind: InputKind,
    in folder: String,
    megabytes: Int
  ) throws(BenchmarkError) -> InputFile {
    try InputFile.generate(kind, in: folder, byteCountMin: megabytes * 1_000_000)
  }

  private func measure(
    _ file: InputFile,
    stages: [any Stage],
    passesMax: Int
  ) throws(BenchmarkError) -> [Measurement] {
    var measurements: [Measurement] = []
    for stage in stages where stage.takes(file.kind) {
      let part = try stage.bytesMax.map { max throws(BenchmarkError) in
        try file.beginning(byteCountMin: max)
      }
      var passes: [Pass] = []
      var seconds = 0.0
      while passes.count < passesMax, seconds < Self.stageSecondsMax {
        let pass = try stage.run(part ?? file)
        seconds += pass.processorSeconds
        passes.append(pass)
      }
      measurements.append(Measurement(input: file.kind, stage: stage.name, passes: passes))
    }
    let size = ResultTable.fixed(Double(file.byteCount) / 1e6, digits: 1)
    print("\(file.kind): \(size) MB, \(ResultTable.grouped(Double(file.lineCount))) lines")
    ResultTable(measurements).lines.forEach { print("  \($0)") }
    print("")
    fflush(nil)
    unsafe unlink(file.path)
    return measurements
  }
}
