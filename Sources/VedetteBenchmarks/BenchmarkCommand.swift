import Glibc

/// Measures throughput, next to `wc -l` and a plain JSON parse in the same run.
@main
struct BenchmarkCommand {
  static func main() {
    do throws(BenchmarkError) {
      let options = try BenchmarkOptions(Array(CommandLine.arguments.dropFirst()))
      if options.asksForHelp { return print(BenchmarkOptions.usage) }
      if let folder = options.seriesFolder {
        return SeriesQuality(try SeriesCorpus.read(folder)).run()
      }
      if options.measuresScorers {
        let misses = try ScorerSpeed(passes: options.passes).run()
        for miss in misses { print(miss) }
        if options.checks, !misses.isEmpty { exit(1) }
        return
      }
      if options.measuresModelAccess { return try ModelAccessQuality(options).run() }
      if options.measuresGigabyte { return try BenchmarkRun(options).runGigabyte() }
      if options.measuresRules { return try RuleBenchmark(options).run() }
      let measurements = try BenchmarkRun(options).run()
      guard options.checks else { return }
      let misses = try Thresholds.shipped().misses(in: measurements)
      for miss in misses { print(miss) }
      if !misses.isEmpty { exit(1) }
      print("no ratio is below its threshold")
    } catch {
      let message = Array("vedette-benchmarks: \(error)\n".utf8)
      _ = unsafe write(STDERR_FILENO, message, message.count)
      if case .usage = error { exit(64) }
      exit(1)
    }
  }
}
