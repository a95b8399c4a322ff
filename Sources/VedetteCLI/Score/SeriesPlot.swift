import VedetteEvent
import VedetteIncidents
import VedetteStatistics

/// A picture of a series: value, expected band, score and the rows worth a look, as one SVG file
/// that needs nothing else.
///
/// A column of the picture stands for many rows of a long series; it shows their least and greatest
/// value, their widest band and their highest score, so that nothing that stands out is lost.
struct SeriesPlot {
  /// What a column of the picture shows.
  private struct Column {
    var rows = 0
    var values: ClosedRange<Double>?
    var band: ClosedRange<Double>?
    var score = 0.0
    var alarm: Double?
    var time: EventTime?

    mutating func add(_ other: Column) {
      rows += other.rows
      values = Self.joined(values, other.values)
      band = Self.joined(band, other.band)
      if other.alarm != nil, alarm == nil || other.score >= score { alarm = other.alarm }
      score = max(score, other.score)
      time = time ?? other.time
    }

    private static func joined(
      _ one: ClosedRange<Double>?,
      _ other: ClosedRange<Double>?
    ) -> ClosedRange<Double>? {
      guard let one, let other else { return one ?? other }
      return min(one.lowerBound, other.lowerBound)...max(one.upperBound, other.upperBound)
    }
  }

  private static let columnMax = 2_000
  private let title: String
  private var columns: [Column] = []
  /// How many rows a column holds.
  private var rowsPerColumn = 1
  private var rowCount = 0

  init(title: String) { self.title = title }

  /// Adds a row.
  mutating func add(
    _ value: Double,
    expected: ClosedRange<Double>?,
    score: Double,
    at time: EventTime?
  ) {
    var column = Column(rows: 1, band: expected, score: score, time: time)
    if value.isFinite {
      column.values = value...value
      if score >= SeriesScorer.alarmScore { column.alarm = value }
    }
    rowCount += 1
    if let last = columns.last, last.rows < rowsPerColumn {
      columns[columns.count - 1].add(column)
      return
    }
    if columns.count == Self.columnMax { halve() }
    columns.append(column)
  }

  private mutating func halve() {
    columns = stride(from: 0, to: columns.count, by: 2).map { index in
      var column = columns[index]
      if index + 1 < columns.count { column.add(columns[index + 1]) }
      return column
    }
    rowsPerColumn *= 2
  }

  /// The picture.
  var svg: String {
    let frame = PlotFrame(values: valueRange, columnCount: columns.count)
    return frame.document(title: title, subtitle: subtitle) { svg in
      svg += frame.axes(times: times, threshold: SeriesScorer.alarmScore)
      svg += frame.band(columns.map(\.band))
      svg += frame.line(columns.map(\.values))
      svg += frame.scores(columns.map(\.score))
      for (place, column) in columns.enumerated() {
        guard let value = column.alarm else { continue }
        let when = column.time.map { "\($0)" } ?? "row without a time"
        let score = ScorePrinter.fixed(column.score).prefix(5)
        svg += frame.mark(place, value, label: "\(when): \(value), score \(score)")
      }
    }
  }

  private var subtitle: String {
    let alarms = columns.reduce(0) { $0 + ($1.alarm == nil ? 0 : 1) }
    let packed = rowsPerColumn > 1 ? ", \(rowsPerColumn) rows in a column" : ""
    return "\(rowCount) rows\(packed), \(alarms) worth a look"
  }

  /// Values as they were seen; a band that goes far beyond them is cut.
  private var valueRange: ClosedRange<Double> {
    let seen = columns.compactMap(\.values)
    guard let least = seen.map(\.lowerBound).min(), let most = seen.map(\.upperBound).max() else {
      return 0...1
    }
    let half = most / 2 - least / 2
    let margin = half > 0 ? half / 8 : max(least.magnitude / 10, 1e-9)
    return max(
      least - margin,
      -.greatestFiniteMagnitude
    )...min(
      most + margin,
      .greatestFiniteMagnitude
    )
  }

  /// The times under the axis: the first, three between, the last.
  private var times: [(place: Int, text: String)] {
    let last = columns.count - 1
    return (0...4).compactMap { step in
      let place = last * step / 4
      guard columns.indices.contains(place), let time = columns[place].time else { return nil }
      return (place, String("\(time)".prefix(16)).replacing("T", with: " "))
    }
  }
}
