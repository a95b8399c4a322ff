/// Measurements as lines of text, one table a log.
///
/// Rates are of processor seconds, so that they are those of one core whatever the number of
/// threads; the two columns of ratios compare rates of bytes within the run.
struct ResultTable {
  let rows: [[String]]

  private static let header = [
    "stage", "MB/s", "events/s", "ns/event", "CPU s", "(min–max)", "wall s", "peak MB", "x wc -l",
    "x JSON",
  ]

  /// Lays out the measurements of one log.
  ///
  /// - Parameter measurements: In the order of the rows.
  init(_ measurements: [Measurement]) {
    let lineCount = measurements.first { $0.stage == LineCountStage.name }
    let plainJSON = measurements.first { $0.stage == PlainJSONStage.name }
    rows = measurements.map { measurement in
      [
        measurement.stage,
        Self.fixed(measurement.megabytesPerSecond, digits: 1),
        Self.grouped(measurement.eventsPerSecond),
        Self.fixed(measurement.nanosecondsPerEvent, digits: 0),
        Self.fixed(measurement.medianSeconds, digits: 3),
        "(\(Self.fixed(measurement.fastestSeconds, digits: 3))–"
          + "\(Self.fixed(measurement.slowestSeconds, digits: 3)))",
        Self.fixed(measurement.medianWallSeconds, digits: 3),
        measurement.peakBytes.map { Self.fixed(Double($0) / 1e6, digits: 0) } ?? "–",
        Self.ratio(of: measurement, to: lineCount),
        Self.ratio(of: measurement, to: plainJSON),
      ]
    }
  }

  /// The table's lines: a header, then the rows, the names to the left and figures to the right.
  var lines: [String] {
    let all = [Self.header] + rows
    let widths = Self.header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      row.enumerated().map { column, text in
        let padding = String(repeating: " ", count: widths[column] - text.count)
        return column == 0 ? text + padding : padding + text
      }.joined(separator: "  ")
    }
  }

  private static func ratio(of measurement: Measurement, to base: Measurement?) -> String {
    guard let base, base.megabytesPerSecond > 0 else { return "–" }
    return fixed(measurement.megabytesPerSecond / base.megabytesPerSecond, digits: 3)
  }

  /// A number that is not negative with so many digits after the point.
  static func fixed(_ number: Double, digits: Int) -> String {
    guard number.isFinite, number >= 0, number < 1e12 else { return "–" }
    let scale = (0..<digits).reduce(1) { product, _ in product * 10 }
    let scaled = Int((number * Double(scale)).rounded())
    guard digits > 0 else { return String(scaled) }
    let fraction = String(scaled % scale)
    let zeros = String(repeating: "0", count: digits - fraction.count)
    return "\(scaled / scale).\(zeros)\(fraction)"
  }

  /// A whole number with a comma between thousands.
  static func grouped(_ number: Double) -> String {
    let digits = Array(fixed(number, digits: 0))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }
}
