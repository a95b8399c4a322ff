import VedetteEvent
import VedetteNormalize

/// Times in cells.
struct CSVTime {
  /// Numbers below count minutes; from here on they are seconds since 1970.
  private static let minutesMax = 99_999_999.0
  private let scanner = TimestampScanner()

  /// Reads a cell's time.
  ///
  /// - Parameters:
  ///   - cells: The row.
  ///   - column: The cell.
  /// - Returns: The time, or `nil` if it is none.
  func time(in cells: CSVCells, _ column: Int) -> EventTime? {
    guard column < cells.count else { return nil }
    let range = cells.ranges[column]
    let bytes = Array(cells.bytes[range])
    if let found = scanner.scanISO(bytes.span, at: 0), found.end == bytes.count {
      return found.time
    }
    if let found = scanner.scanEpoch(bytes.span, at: 0), found.end == bytes.count {
      return found.time
    }
    guard case .number(let number) = cells.value(column), (0...Self.minutesMax).contains(number)
    else { return nil }
    return EventTime(nanosecondsSinceEpoch: Int64(number) * 60_000_000_000)
  }
}
