import VedetteEvent

// What is known beside a record becomes a column like any other.
extension EventBatch {
  /// Values of a field, one a row, for rows that have none.
  public enum Filling: Sendable {
    /// Texts of a field; left out where the batch has a column of it already.
    case texts([String?])
    /// Numbers of a field; those that the batch has stay.
    case numbers([Double?])
  }

  /// Returns the batch with fields filled in where they are missing.
  ///
  /// - Parameter fields: Each field's name and what to fill in, one value a row.
  /// - Returns: The batch; itself if there is nothing to fill in.
  /// - Complexity: O(*n* · *m*) for *n* rows and *m* fields.
  public func filling(_ fields: [(name: String, values: Filling)]) -> EventBatch {
    var schema = schema
    var columns = columns
    for (name, values) in fields {
      var builder: ColumnBuilder
      let index = schema.index(of: name)
      switch values {
      case .texts(let texts):
        precondition(texts.count == rowCount)
        guard index == nil, texts.contains(where: { $0 != nil }) else { continue }
        builder = ColumnBuilder(type: .text)
        for (row, text) in texts.enumerated() {
          if let text { builder.appendText(text, row: row) }
        }
      case .numbers(let numbers):
        precondition(numbers.count == rowCount)
        let old = index.map { columns[$0] }
        guard numbers.indices.contains(where: { numbers[$0] != nil && old?.valid[$0] != true })
        else { continue }
        builder = ColumnBuilder(type: .number)
        for row in 0..<rowCount {
          if old?.valid[row] == true {
            if let number = old?.number(row) { builder.append(number: number, row: row) }
          } else if let number = numbers[row] {
            builder.append(number: number, row: row)
          }
        }
      }
      let column = builder.finish(rowCount: rowCount)
      if let index {
        columns[index] = column
      } else {
        _ = schema.add(name)
        columns.append(column)
      }
    }
    return copy(
      schema: schema,
      columns: columns,
      times: times,
      timed: timed,
      yearless: yearless,
      raw: raw
    )
  }
}
