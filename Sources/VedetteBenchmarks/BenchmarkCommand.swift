import Glibc
import VedetteSimulation

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
      if options.measuresGoals {
        try GoalBenchmark(options).run()
        return
      }
      if options.measuresIncidentLoad { return try measureIncidentLoad(options) }
      if options.judgesIncidents { return try judgeIncidents(options) }
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

  private static func judgeIncidents(_ options: BenchmarkOptions) throws(BenchmarkError) {
    let seeds = options.usesJudgingSeeds ? AttackCorpus.judgingSeeds : AttackCorpus.developmentSeeds
    let misses: [String]
    do {
      misses = try IncidentQuality().run(seeds, explains: options.explains)
    } catch {
      throw .failed("the corpora can't be replayed: \(error)")
    }
    for miss in misses { print(miss) }
    if options.checks, !misses.isEmpty { exit(1) }
  }

  private static func measureIncidentLoad(_ options: BenchmarkOptions) throws(BenchmarkError) {
    let misses: [String]
    do {
      misses = try IncidentLoad(program: options.vedettePath ?? ProgramStage.besideThisOne()).run()
    } catch {
      throw .failed("the load on incidents can't be measured: \(error)")
    }
    for miss in misses { print(miss) }
    if options.checks, !misses.isEmpty { exit(1) }
  }
}
