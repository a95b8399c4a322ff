import ArgumentParser
import FoundationEssentials
import Vedette
import VedetteStatistics

/// `vedette score points`: an isolation forest over the rows of a table.
struct ScorePointsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "points",
    abstract: "Score the rows of a table with an isolation forest.",
    discussion: """
      Every column that holds numbers is an input, except one called 'label'. Rows count from 1. \
      A score is more than 0 and at most 1; about 0.5 is ordinary. A value that is missing takes \
      the side of each cut that large values take.
      """
  )

  /// Rows that a thread takes at once.
  private static let blockRows = 16_384

  @OptionGroup var options: ScoreOptions
  @Argument(help: "A CSV file with a header, plain or gzip; '-' is standard input.") var file:
    String
  @Option(help: "Fit on this file instead of the one that is scored.") var train: String?
  @Option(help: "The number of trees.") var trees = 100
  @Option(help: "The most rows a tree is grown from.") var sample = 256
  @Option(help: "Where the forest's randomness comes from.") var seed: UInt64 = 1
  @Option(help: "How many threads score, 1 to 64; the scores don't depend on it.") var threads: Int?

  func validate() throws {
    guard (1...IsolationForest.treeCountMax).contains(trees) else {
      throw ValidationError("\(trees) trees is not between 1 and \(IsolationForest.treeCountMax)")
    }
    guard (2...IsolationForest.sampleCountMax).contains(sample) else {
      throw ValidationError(
        "a sample of \(sample) is not between 2 and \(IsolationForest.sampleCountMax)"
      )
    }
    if let threads, !(1...64).contains(threads) {
      throw ValidationError("\(threads) threads is not between 1 and 64")
    }
  }

  func run() throws {
    let training = try train.map { try PointFile($0, columns: nil, options: options) }
    let points = try PointFile(file, columns: training?.columns, options: options)
    let model = IsolationForest(
      fitting: (training ?? points).table,
      options: IsolationForest.Options(treeCount: trees, sampleCount: sample, seed: seed)
    )
    let scores = scores(of: points.table, by: model)
    var printer = ScorePrinter(options.format, columns: ["row", "score"])
    for (row, score) in scores.enumerated() { printer.print([.row(row + 1), .score(score)]) }
    printer.finish()
    let columns = points.columns.count
    options.note(
      "\(scores.count) rows of \(columns) \(columns == 1 ? "column" : "columns"), "
        + "\(points.missingCount) values missing; "
        + "\(trees) trees of \(model.sampleCount) rows, seed \(seed)"
    )
    if points.problemCount + (training?.problemCount ?? 0) > 0 { throw ExitCode(2) }
  }

  private func scores(of table: PointTable, by forest: IsolationForest) -> [Double] {
    let blocks = (table.rowCount + Self.blockRows - 1) / Self.blockRows
    let workers = threads ?? min(64, ProcessInfo.processInfo.activeProcessorCount)
    return ParallelMap.run(count: blocks, workers: workers) { block in
      let first = block * Self.blockRows
      return forest.scores(of: table, rows: first..<min(first + Self.blockRows, table.rowCount))
    }.flatMap(\.self)
  }
}
