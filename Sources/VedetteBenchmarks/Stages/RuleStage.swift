import Vedette
import VedetteColumns
import VedetteEvent
import VedetteNormalize
import VedetteRules

/// Reading, cutting, normalizing and matching the rules in the binary against each event.
struct RuleStage: Stage {
  var name: String { "+ rules" }
  private let plan = RulePlan(RuleSource.load(PipelineConfiguration()).rules)

  func run(_ file: InputFile) throws(BenchmarkError) -> Pass {
    try .inProcess { () throws(BenchmarkError) in
      let normalizer = NormalizeStage.makeNormalizer()
      let detector = RuleDetector(plan)
      var work = Work(bytes: file.byteCount, events: 0)
      try SplitStage.forEachChunk(of: file) { chunk in
        let normalized = normalizer.normalize(
          chunk,
          as: file.kind.format,
          settings: SourceSettings()
        )
        work.events += normalized.batch.rowCount
        _ = detector.match(normalized.batch)
      }
      return work
    }
  }
}
