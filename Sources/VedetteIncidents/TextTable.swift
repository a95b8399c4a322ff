import VedetteEvent

/// Rows in aligned columns, the last of which takes what is left.
struct TextTable {
  struct Row {
    /// The cells, safe to show.
    var cells: [String]
    var severity: Severity
  }

  let header: [String]
  /// The column that is shown in the row's colour.
  let painted: Int
  /// The column that gives way to the last one where there is not room for both.
  let flexible: Int
  let rows: [Row]

  /// Returns the table's lines, none wider than the style's columns.
  func text(_ style: TextStyle) -> String {
    var widths = header.indices.map { column in
      ([header] + rows.map(\.cells)).map { TerminalText.width(of: $0[column]) }.max() ?? 0
    }
    let last = header.count - 1
    let gaps = 2 * last
    let rest = max(24, style.columns - gaps - widths[..<last].reduce(0, +) + widths[flexible])
    widths[flexible] = min(widths[flexible], max(8, rest / 3, rest - widths[last]))
    widths[last] = rest - widths[flexible]
    var text = line(header, widths) { _, cell in cell }
    for row in rows {
      text += line(row.cells, widths) { column, cell in
        column == painted ? style.painted(cell, row.severity) : cell
      }
    }
    return text
  }

  private func line(
    _ cells: [String],
    _ widths: [Int],
    paint: (Int, String) -> String
  ) -> String {
    var parts: [String] = []
    for (column, cell) in cells.enumerated() {
      let cut = TerminalText.truncated(cell, to: widths[column])
      let padding = column == cells.count - 1 ? 0 : widths[column] - TerminalText.width(of: cut)
      parts.append(paint(column, cut) + String(repeating: " ", count: padding))
    }
    return parts.joined(separator: "  ") + "\n"
  }
}
