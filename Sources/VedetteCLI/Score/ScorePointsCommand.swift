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
  @Flag(help: "Let half of the cuts be those that separate best, and not be drawn.") var guided =
    false
  @Flag(help: "Say what each column adds to the score.") var explain = false
  @Flag(help: "Score each row by the rows before it only.") var online = false
  @Option(help: "How many rows back an online forest is grown from, 256 to 65536.") var window =
    1_024
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
    guard !online || train == nil else {
      throw ValidationError("--online learns from the rows themselves: leave --train out")
    }
    guard (256...65_536).contains(window) else {
      throw ValidationError("a window of \(window) rows is not between 256 and 65536")
    }
    if let threads, !(1...64).contains(threads) {
      throw ValidationError("\(threads) threads is not between 1 and 64")
    }
  }

  func run() throws {
    let training = try train.map { try PointFile($0, columns: nil, options: options) }
    let points = try PointFile(file, columns: training?.columns, options: options)
    var forestOptions = IsolationForest.Options(treeCount: trees, sampleCount: sample, seed: seed)
    forestOptions.isGuided = guided
    var printer = ScorePrinter(
      options.format,
      columns: ["row", "score"] + (explain ? ["baseline"] + points.columns : [])
    )
    var sampleCount = 0
    if online {
      var forest = WindowForest(
        width: points.table.width,
        windowMax: window,
        options: forestOptions
      )
      for row in 0..<points.table.rowCount {
        print(row, forest.score(Array(points.table.row(row))), to: &printer)
      }
      sampleCount = min(sample, window)
    } else {
      let model = IsolationForest(fitting: (training ?? points).table, options: forestOptions)
      sampleCount = model.sampleCount
      if explain {
        for row in 0..<points.table.rowCount {
          print(row, model.attribution(of: Array(points.table.row(row))), to: &printer)
        }
      } else {
        for (row, score) in scores(of: points.table, by: model).enumerated() {
          printer.print([.row(row + 1), .score(score)])
        }
      }
    }
    printer.finish()
    let columns = points.columns.count
    options.note(
      "\(points.table.rowCount) rows of \(columns) \(columns == 1 ? "column" : "columns"), "
        + "\(points.missingCount) values missing; "
        + "\(trees) trees of \(sampleCount) rows, seed \(seed)"
    )
    if points.problemCount + (training?.problemCount ?? 0) > 0 { throw ExitCode(2) }
  }

  /// Prints a row's score, and with `--explain` its parts.
  private func print(_ row: Int, _ result: IsolationAttribution, to printer: inout ScorePrinter) {
    let parts = explain ? [result.baseline] + result.contributions : []
    printer.print([.row(row + 1), .score(result.score)] + parts.map { .number($0) })
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
