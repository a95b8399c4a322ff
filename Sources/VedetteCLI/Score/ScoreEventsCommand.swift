import ArgumentParser
import FoundationEssentials
import VedetteEvent
import VedetteIncidents
import VedetteStatistics

/// `vedette score events`: counts of categories per minute, compared with those before.
struct ScoreEventsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "events",
    abstract: "Score a stream of events by how suddenly there are more of their like.",
    discussion: """
      Columns named by --categorical are compared as texts; every other one that holds numbers in \
      the first row is compared by magnitude, except the time and one called 'label'. Row n is \
      scored by the rows before it. A time is RFC 3339, seconds since 1970 with a fraction, or 13, \
      16 or 19 digits; a smaller whole number counts ticks itself. Rows count from 1.
      """
  )

  /// Each column has a sketch of a quarter of a megabyte.
  private static let columnCountMax = 256

  @OptionGroup var options: ScoreOptions
  @Argument(help: "A CSV file with a header, plain or gzip; '-' is standard input.") var file:
    String
  @Option(help: "The columns that are compared as texts, separated by commas; may be repeated.")
  var categorical: [String] = []
  @Option(help: "The column that holds the time; a tick is a minute of it.") var time: String

  func run() throws {
    var rows = try CSVFile.open(file)
    let timeColumn = try rows.column(time, for: "--time")
    let named = categorical.flatMap { $0.split(separator: ",").map(String.init) }
    if let label = named.first(where: ScoreOptions.isLabel) {
      options.note("\(rows.path): column '\(label)' says what is an anomaly and is no input")
    }
    let categories = try named.filter { !ScoreOptions.isLabel($0) }.map {
      try rows.column($0, for: "--categorical")
    }
    var printer = ScorePrinter(options.format, columns: ["row", "score"])
    guard rows.advance() else { return printer.finish() }
    let numbers = numericColumns(of: rows, except: Set(categories + [timeColumn]))
    guard !(categories + numbers).isEmpty else {
      throw CommandFailure("\(rows.path): has no column to score; name some with --categorical")
    }
    guard categories.count + numbers.count <= Self.columnCountMax else {
      throw CommandFailure(
        "\(rows.path): \(categories.count + numbers.count) columns to score; the limit is "
          + "\(Self.columnCountMax): leave some out of the file"
      )
    }
    var stream = EventRows(
      time: timeColumn,
      categories: categories,
      numbers: numbers,
      bar: ProgressBar(total: FileSize.of(file), isShown: !options.quiet)
    )
    repeat { stream.score(&rows, into: &printer) } while rows.advance()
    printer.finish()
    stream.finish(rows, options: options)
    rows.problems.finish()
    if rows.problems.count > 0 { throw ExitCode(2) }
  }

  private func numericColumns(of rows: borrowing CSVFile, except taken: Set<Int>) -> [Int] {
    var numeric: [Int] = []
    for (column, name) in rows.header.enumerated() {
      guard !taken.contains(column), !ScoreOptions.isLabel(name) else { continue }
      if rows.value(column) == .text {
        let shown = TerminalText.visible(name)
        options.note(
          "\(rows.path): column '\(shown)' is neither categorical nor a number; left out"
        )
      } else {
        numeric.append(column)
      }
    }
    return numeric
  }
}

/// Scores the rows of an open file one by one.
struct EventRows {
  private let time: Int
  private let categories: [Int]
  private let numbers: [Int]
  private var scorer: EventScorer
  private var bar: ProgressBar
  private let times = CSVTime()
  private var hashes: [UInt64] = []
  private var values: [Double] = []

  init(time: Int, categories: [Int], numbers: [Int], bar: ProgressBar) {
    self.time = time
    self.categories = categories
    self.numbers = numbers
    self.bar = bar
    scorer = EventScorer(categoryCount: categories.count, numberCount: numbers.count)
  }

  /// Scores the current row.
  mutating func score(_ rows: inout CSVFile, into printer: inout ScorePrinter) {
    hashes.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    for column in categories { hashes.append(rows.hash(column)) }
    for column in numbers { values.append(rows.number(column)) }
    let at = times.time(in: rows.cells, time)
    if at == nil { rows.tell(time, "'\(rows.shownText(time))' is no time") }
    let score = scorer.score(hashes, values, at: at)
    printer.print([.row(rows.rowCount), .score(score)])
    bar.update(rows.storedBytes, rows: rows.rowCount)
  }

  /// Tells what was done.
  mutating func finish(_ rows: borrowing CSVFile, options: ScoreOptions) {
    bar.clear()
    options.note(
      "\(rows.rowCount) rows: \(categories.count) categories, \(numbers.count) numbers, "
        + "\(scorer.aspectCount) aspects; \(scorer.lateCount) rows late, "
        + "\(scorer.resetCount) times the clock went back"
    )
    if scorer.unwatchedPairCount > 0 {
      options.note("\(scorer.unwatchedPairCount) pairs of categories are not watched: too many")
    }
  }
}
