import VedetteEvent

extension Column {
  /// Returns for each row the value of the first column that has the field there.
  ///
  /// - Parameter columns: Columns of the same rows, at least one.
  /// - Returns: The column; one of them if no other has anything.
  static func joined(_ columns: [Column]) -> Column {
    let filled = columns.filter { !$0.isBlank }
    guard filled.count > 1 else { return filled.first ?? columns[0] }
    var builder = ColumnBuilder(type: .text)
    var places = [Int](repeating: 0, count: filled.count)
    let rowCount = columns[0].rowCount
    for row in 0..<rowCount {
      guard let index = filled.firstIndex(where: { $0.has(row) }) else { continue }
      if filled[index].valid[row] {
        builder.append(filled[index], row, from: &places[index])
        if filled[index].derived[row] { builder.noteDerived(row: row) }
      } else if filled[index].empty[row] {
        builder.appendEmpty(row: row)
      } else {
        builder.appendNull(row: row)
      }
    }
    return builder.finish(rowCount: rowCount)
  }

  /// Whether no row has the field.
  private var isBlank: Bool { valid.count == 0 && null.count == 0 && empty.count == 0 }

  private func has(_ row: Int) -> Bool { valid[row] || null[row] || empty[row] }

  private var rowCount: Int {
    switch values {
    case .texts(let codes, _): codes.count
    case .integers(let numbers): numbers.count
    case .numbers(let numbers): numbers.count
    }
  }
}

extension ColumnBuilder {
  /// Appends a row's value, and the further ones of an array.
  ///
  /// `place` goes along ``Column/further``, whose rows only grow.
  fileprivate mutating func append(_ column: Column, _ row: Int, from place: inout Int) {
    guard let first = column.text(row) else { return }
    appendText(first, row: row)
    guard case .texts(_, let dictionary) = column.values else { return }
    while place < column.further.count, column.further[place].row < row { place += 1 }
    while place < column.further.count, column.further[place].row == row {
      appendText(dictionary.text(column.further[place].code), row: row)
      place += 1
    }
  }
}
