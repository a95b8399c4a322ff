/// Rows of numbers of one width, held one after the other as an isolation forest reads them.
///
/// A value that is not a number is a missing one. Infinities are held at the largest finite number.
public struct PointTable: Sendable, Equatable {
  /// The number of values of a row.
  public let width: Int
  /// All values, row by row.
  public private(set) var values: [Float] = []

  /// Creates a table without rows.
  ///
  /// - Parameter width: The number of values of a row, at least 1.
  public init(width: Int) {
    precondition(width > 0, "a row of \(width) values")
    self.width = width
  }

  /// The number of rows.
  public var rowCount: Int { values.count / width }

  /// Adds a row.
  ///
  /// - Parameter row: As many values as the table is wide.
  public mutating func append(_ row: [Float]) { append(row[...]) }

  /// Adds a row.
  ///
  /// - Parameter row: As many values as the table is wide.
  public mutating func append(_ row: ArraySlice<Float>) {
    precondition(row.count == width, "a row of \(row.count) values in a table of \(width)")
    let most = Float.greatestFiniteMagnitude
    for value in row { values.append(value.isNaN ? value : min(max(value, -most), most)) }
  }

  /// Adds rows of another table of the same width.
  ///
  /// - Parameters:
  ///   - rows: Which of its rows, in this order.
  ///   - table: The other table.
  mutating func append(_ rows: [Int], of table: PointTable) {
    values.reserveCapacity(values.count + rows.count * width)
    for row in rows { values.append(contentsOf: table.row(row)) }
  }

  /// Looks up a row.
  ///
  /// - Parameter index: The row, from 0.
  /// - Returns: Its values.
  public func row(_ index: Int) -> ArraySlice<Float> {
    values[index * width..<(index + 1) * width]
  }

  /// The number of values that are missing.
  public var missingCount: Int { values.reduce(0) { $1.isNaN ? $0 + 1 : $0 } }

  /// Returns a table of some of the columns.
  ///
  /// - Parameter columns: Which, in their new order; at least one.
  /// - Returns: All rows, as wide as that.
  public func selecting(columns: [Int]) -> PointTable {
    var selected = PointTable(width: columns.count)
    selected.values.reserveCapacity(rowCount * columns.count)
    for row in 0..<rowCount {
      for column in columns { selected.values.append(values[row * width + column]) }
    }
    return selected
  }

  /// Removes the oldest rows.
  ///
  /// - Parameter count: How many, at most all.
  public mutating func removeFirst(_ count: Int) {
    values.removeFirst(count * width)
  }
}
