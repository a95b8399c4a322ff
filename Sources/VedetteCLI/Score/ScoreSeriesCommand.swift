import ArgumentParser
import FoundationEssentials
import VedetteEvent
import VedetteIncidents
import VedetteStatistics

/// `vedette score series`: a series of numbers, each scored by those before it.
struct ScoreSeriesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "series",
    abstract: "Score a series of numbers by how unlike its own past each one is.",
    discussion: """
      The file has the columns timestamp and value. Row n is scored by the rows before it. A score \
      is 0 to 1; from \(SeriesScorer.alarmScore) on a row is worth a look. After such a row the \
      next 110 are told only if they are more unusual, and get 0 otherwise. A time is RFC 3339, \
      seconds since 1970, or 13, 16 or 19 digits; a row without one is scored without its hour.
      """
  )

  @OptionGroup var options: ScoreOptions
  @Argument(help: "A CSV file with a header, plain or gzip; '-' is standard input.") var file:
    String
  @Option(help: "Also draw the series into this file, as SVG.") var plot: String?

  func run() throws {
    var rows = try CSVFile.open(file)
    let timeColumn = try rows.column("timestamp", for: "the time")
    let valueColumn = try rows.column("value", for: "the number")
    var printer = ScorePrinter(options.format, columns: ["timestamp", "value", "score"])
    var bar = ProgressBar(total: FileSize.of(file), isShown: !options.quiet)
    var scorer = SeriesScorer()
    var picture = plot.map { _ in SeriesPlot(title: rows.path) }
    let times = CSVTime()
    var counts = SeriesCounts()
    while rows.advance() {
      let value = rows.number(valueColumn)
      let time = times.time(in: rows.cells, timeColumn)
      if time == nil { rows.tell(timeColumn, "'\(rows.shownText(timeColumn))' is no time") }
      let expected = picture == nil ? nil : scorer.expected(at: time)
      let score = scorer.score(value, at: time)
      picture?.add(value, expected: expected, score: score, at: time)
      counts.add(value, score: score, at: time)
      printer.print([.text(rows.text(timeColumn)), .number(value), .score(score)])
      bar.update(rows.storedBytes, rows: rows.rowCount)
    }
    bar.clear()
    printer.finish()
    if let plot, let picture { try write(picture.svg, to: plot) }
    options.note("\(rows.rowCount) rows: \(counts)")
    rows.problems.finish()
    if rows.problems.count > 0 { throw ExitCode(2) }
  }

  private func write(_ text: String, to path: String) throws {
    do {
      try Data(text.utf8).write(to: URL(filePath: path))
    } catch {
      throw CommandFailure("can't write '\(path)'; check the folder's permission and space")
    }
  }
}

/// What a series held.
struct SeriesCounts: CustomStringConvertible {
  private var missing = 0
  private var alarms = 0
  private var backward = 0
  private var last: EventTime?

  mutating func add(_ value: Double, score: Double, at time: EventTime?) {
    if value.isNaN { missing += 1 }
    if score >= SeriesScorer.alarmScore { alarms += 1 }
    guard let time else { return }
    if let last, time < last { backward += 1 }
    last = max(last ?? time, time)
  }

  var description: String {
    let learning = SeriesScorer.learningCount
    return "\(alarms) score at least \(SeriesScorer.alarmScore), \(missing) without a value, "
      + "\(backward) out of order; the first \(learning) are learned only"
  }
}
