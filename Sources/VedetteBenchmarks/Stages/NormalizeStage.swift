import VedetteColumns
import VedetteEvent
import VedetteNormalize

/// Reading, cutting and normalizing into columns.
struct NormalizeStage: Stage {
  var name: String { "parse + normalize" }

  func run(_ file: InputFile) throws(BenchmarkError) -> Pass {
    try .inProcess { () throws(BenchmarkError) in
      let normalizer = Self.makeNormalizer()
      var work = Work(bytes: file.byteCount, events: 0)
      var deadLetterCount = 0
      try SplitStage.forEachChunk(of: file) { chunk in
        let normalized = normalizer.normalize(
          chunk,
          as: file.kind.format,
          settings: SourceSettings()
        )
        work.events += normalized.batch.rowCount
        deadLetterCount += normalized.deadLetterCount
      }
      guard deadLetterCount == 0 else {
        throw .failed("\(file.path): \(deadLetterCount) records are dead letters")
      }
      return work
    }
  }

  /// A normalizer as the pipeline has it, but for what no generated line needs.
  static func makeNormalizer() -> Normalizer {
    Normalizer(
      configuration: unsafe NormalizerConfiguration(
        detect: { _ in nil },
        keepsContent: false,
        contentHash: { String(StableHash.of(bytes: $0), radix: 16) },
        secretHash: { String(StableHash.of(bytes: $0), radix: 16) }
      )
    )
  }
}

extension InputKind {
  /// The format that the product would find.
  var format: LogFormat {
    switch self {
    case .sshd: .syslog
    case .cloudtrail: .cloudtrail
    case .nginx: .access
    }
  }
}
