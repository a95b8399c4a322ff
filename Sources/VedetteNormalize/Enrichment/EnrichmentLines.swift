/// The lines of a table that people keep: CSV without quotes, comments behind `#`, a header first.
enum EnrichmentLines {
  /// Gives each line of a table behind its header.
  ///
  /// - Parameters:
  ///   - text: The CSV, with any line ends.
  ///   - header: The names of its columns.
  ///   - body: Takes the number of a line, from one, and its cells without the blanks around them.
  /// - Throws: ``PriceTable/Problem`` for another header, and what `body` throws.
  static func forEach(
    _ text: String,
    header: [String],
    _ body: (_ line: Int, _ cells: [String]) throws(PriceTable.Problem) -> Void
  ) throws(PriceTable.Problem) {
    var hasHeader = false
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map {
        String($0.drop { $0 == " " }.reversed().drop { $0 == " " || $0 == "\r" }.reversed())
      }
      if cells == [""] || line.hasPrefix("#") { continue }
      guard hasHeader else {
        guard cells == header else {
          let reason = "the header is " + header.joined(separator: ",")
          throw PriceTable.Problem(line: index + 1, reason: reason)
        }
        hasHeader = true
        continue
      }
      try body(index + 1, cells)
    }
  }
}
