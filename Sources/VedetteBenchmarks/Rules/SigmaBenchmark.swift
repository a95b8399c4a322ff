import FoundationEssentials
import Glibc
import VedetteRules

/// Measures `vedette scan` with SigmaHQ's rules on real Windows events, less its start-up.
///
/// The rules and events are looked for in a folder that holds `sigmahq-rules.tar.xz` and
/// `dev-events.ndjson.gz`; they are not part of this package.
struct SigmaBenchmark {
  private static let defaultFolder = "../shared/data/sigma"
  private static let passes = 3

  private let source: String
  private let folder: String
  private let megabytes: Int

  init(_ options: BenchmarkOptions, folder: String) {
    source = options.sigmaFolder ?? Self.defaultFolder
    self.folder = folder
    megabytes = options.scanMegabytes
  }

  var isThere: Bool {
    ["sigmahq-rules.tar.xz", "dev-events.ndjson.gz"]
      .allSatisfy { FileManager.default.fileExists(atPath: "\(source)/\($0)") }
  }

  /// Measures all rules and a hundred of them.
  ///
  /// - Parameter program: The built program.
  /// - Returns: The speed of `scan` with each set of rules.
  /// - Throws: ``BenchmarkError`` if the program or the data can't be used.
  func run(_ program: String) throws(BenchmarkError) -> [ScalingPlot.Point] {
    let (events, count) = try prepareEvents()
    let all = "\(folder)/rules"
    try shell("mkdir -p \(all) && tar -xJf '\(source)/sigmahq-rules.tar.xz' -C \(all)")
    let some = try copyHundred(of: all)
    print("real Windows events: \(ResultTable.grouped(Double(count))) lines, \(megabytes) MB")
    var points: [ScalingPlot.Point] = []
    var costs: [Double] = []
    for rules in [some, all] {
      let start = try median([program, "scan", "\(folder)/none.ndjson", "--rules", rules])
      let whole = try median([program, "scan", events, "--rules", rules])
      let seconds = max(1e-9, whole.seconds - start.seconds)
      let number = RuleLoader().load([rules]).entries.count
      costs.append(seconds)
      points.append(ScalingPlot.Point(rules: number, eventsPerSecond: Double(count) / seconds))
      print(
        "  \(ResultTable.grouped(Double(number))) rules: start-up "
          + "\(ResultTable.fixed(start.seconds, digits: 3)) CPU s, then "
          + "\(ResultTable.grouped(Double(count) / seconds)) events per CPU s; peak "
          + "\(ResultTable.fixed(Double(whole.peakBytes) / 1e6, digits: 0)) MB"
      )
    }
    print("  all rules cost \(ResultTable.fixed(costs[1] / costs[0], digits: 2)) times a hundred")
    print("")
    fflush(nil)
    return points
  }

  private func median(
    _ arguments: [String]
  ) throws(BenchmarkError) -> (seconds: Double, peakBytes: Int) {
    var seconds: [Double] = []
    var peak = 0
    for _ in 0..<Self.passes {
      let child = try ChildProcess(arguments + ["--workers", "1", "-q", "-o", "csv"])
      guard child.status == 0 else {
        throw .failed("'\(arguments.joined(separator: " "))' ended with status \(child.status)")
      }
      seconds.append(child.processorSeconds)
      peak = max(peak, child.peakBytes)
    }
    return (Measurement.median(seconds), peak)
  }

  /// Writes the events as often as they must be for their size, and an empty file beside them.
  private func prepareEvents() throws(BenchmarkError) -> (path: String, count: Int) {
    let once = "\(folder)/once.ndjson"
    let path = "\(folder)/events.ndjson"
    try shell("gzip -dc '\(source)/dev-events.ndjson.gz' > \(once); : > \(folder)/none.ndjson")
    guard let data = FileManager.default.contents(atPath: once), !data.isEmpty else {
      throw .system("read", once)
    }
    let lines = data.count { $0 == 0x0a }
    let times = max(1, (megabytes * 1_000_000 + data.count - 1) / data.count)
    try shell("for i in $(seq \(times)); do cat \(once); done > \(path)")
    return (path, lines * times)
  }

  /// Copies every so many-th rule file, a hundred in all.
  private func copyHundred(of folder: String) throws(BenchmarkError) -> String {
    let files = RuleFolder.files([folder]).files
    let some = "\(self.folder)/hundred"
    try shell("mkdir -p \(some)")
    let step = max(1, files.count / 100)
    do {
      for index in 0..<min(100, files.count) {
        let file = files[index * step]
        try Data(file.bytes).write(to: URL(filePath: "\(some)/\(index).yml"))
      }
    } catch {
      throw .system("write", some)
    }
    return some
  }

  private func shell(_ line: String) throws(BenchmarkError) {
    let child = try ChildProcess(["sh", "-c", line])
    guard child.status == 0 else { throw .failed("'\(line)' ended with status \(child.status)") }
  }
}
