import FoundationEssentials
import Vedette
import VedetteEvent
import VedetteFindings
import VedetteSimulation
import VedetteStore

/// How much of the attacks on model services is found, and how often it is cried wolf.
///
/// For each seed and difficulty an organisation is generated that holds every kind of attack and
/// every benign twin, and is replayed with default settings. Beside it stand two baselines on the
/// same corpora: the rules alone, and one threshold of requests an hour for every key, set so low
/// as its false incidents allow.
struct ModelAccessQuality {
  let seeds: [UInt64]
  let keyCount: Int
  let learningDays: Int
  let judgedDays: Int
  let instances: Int
  let difficulties: [CorpusDifficulty]
  let lists: Bool

  init(_ options: BenchmarkOptions) throws(BenchmarkError) {
    seeds = options.seeds
    keyCount = options.keyCount
    learningDays = 3
    judgedDays = 2
    instances = 2
    lists = options.lists
    guard let name = options.difficulty else {
      difficulties = CorpusDifficulty.allCases
      return
    }
    guard let difficulty = CorpusDifficulty(rawValue: name) else {
      throw .usage("--difficulty takes easy, medium or hard, not '\(name)'")
    }
    difficulties = [difficulty]
  }

  func run() throws(BenchmarkError) {
    print(
      "\(keyCount) keys, \(learningDays) days of learning, \(judgedDays) judged, "
        + "\(instances) of each attack, seeds \(seeds.map(String.init).joined(separator: " "))"
    )
    let rules = RuleSource.load(PipelineConfiguration()).rules
    let engine = Engine(rules: rules, contentKey: [UInt8](repeating: 7, count: 32))
    for difficulty in difficulties {
      var tally = ModelAccessTally()
      for seed in seeds { try judge(seed, difficulty, engine, &tally) }
      print("\n\(difficulty.rawValue)\n" + tally.table)
    }
  }

  private func judge(
    _ seed: UInt64,
    _ difficulty: CorpusDifficulty,
    _ engine: Engine,
    _ tally: inout ModelAccessTally
  ) throws(BenchmarkError) {
    let corpus = ModelAccessCorpus(
      attacks: CorpusAttack.allCases,
      difficulty: difficulty,
      seed: seed,
      keyCount: keyCount,
      learningDays: learningDays,
      judgedDays: judgedDays,
      instances: instances
    )
    let folder = try TemporaryFolder()
    let logs = "\(folder.path)/corpus"
    do {
      try FileManager.default.createDirectory(atPath: logs, withIntermediateDirectories: true)
      for file in corpus.files {
        try Data(file.bytes).write(to: URL(filePath: "\(logs)/\(file.path)"))
      }
    } catch {
      throw .failed("can't write \(logs): \(error)")
    }
    let details = try replay(logs, "\(folder.path)/incidents.db", engine)
    guard let labels = corpus.files.first(where: { $0.path == "labels.ndjson" }),
      let attacks = try? ExpectedAttack.read(labels.bytes)
    else { throw .failed("the corpus has no labels") }
    let judged = details.filter { $0.incident.lastSeen >= corpus.judgedFrom }
    tally.add(corpus, attacks, judged)
    if lists { list(ExpectationResult(attacks: attacks, incidents: judged), seed) }
  }

  private func replay(
    _ logs: String,
    _ path: String,
    _ engine: Engine
  ) throws(BenchmarkError) -> [IncidentDetail] {
    var configuration = PipelineConfiguration()
    configuration.year = 2026
    configuration.sources = [SourceConfiguration(path: logs)]
    do throws(StoreError) {
      let store = try IncidentStore.open(path, for: .pipeline, writtenBy: "vedette-benchmarks")
      _ = try Replay(configuration: configuration, engine: engine).run(
        into: store,
        now: { EventTime(nanosecondsSinceEpoch: 1_772_409_600_000_000_000) }
      )
      var details: [IncidentDetail] = []
      try store.forEachIncident { details.append($0) }
      try store.close()
      return details
    } catch {
      throw .failed("\(path): \(error)")
    }
  }

  private func list(_ result: ExpectationResult, _ seed: UInt64) {
    for (attack, incidents) in result.attacks {
      let time = result.timeToDetect(attack).map { "\($0 / 1_000_000_000) s" } ?? "-"
      let titles = Set(incidents.flatMap(\.findings).filter { $0.severity >= .medium }.map(\.title))
      print("  \(seed) \(attack.name): \(time) \(titles.sorted().joined(separator: ", "))")
    }
    for incident in result.falseIncidents {
      let names = incident.incident.entities.prefix(3).map(\.value).joined(separator: " ")
      let titles = Set(incident.findings.filter { $0.severity >= .medium }.map(\.title))
      let summary =
        incident.findings.first { $0.severity >= .medium }?.explanation.terms
        .map { "\($0.feature) \($0.observed) \($0.contribution)" }.joined(separator: ", ") ?? ""
      print("  \(seed) FALSE \(names): \(titles.sorted().joined(separator: ", ")); \(summary)")
    }
  }
}
