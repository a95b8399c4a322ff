import FoundationEssentials
import VedetteIncidents
import VedetteStatistics

/// The numeric columns of a CSV file, in memory.
struct PointFile {
  /// What was seen in a column.
  private struct Seen {
    var numbers = 0
    var texts: [(line: Int, column: Int, text: String)] = []
    var textCount = 0
  }

  /// The names of the columns of the table.
  private(set) var columns: [String] = []
  private(set) var table: PointTable
  /// How many values are missing.
  private(set) var missingCount = 0
  /// How many cells and lines could not be read.
  private(set) var problemCount = 0

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: The file; `-` is standard input.
  ///   - wanted: The columns to take, or `nil` for every one that holds numbers and is no label.
  ///   - options: How much to tell.
  /// - Throws: `IngestError` or `CommandFailure` if there is nothing to score.
  init(_ path: String, columns wanted: [String]?, options: ScoreOptions) throws {
    var file = try CSVFile.open(path)
    let taken = try Self.taken(wanted, of: file.header, path: file.path)
    guard !taken.isEmpty else { throw CommandFailure("\(file.path): has no column to score") }
    var seen = [Seen](repeating: Seen(), count: taken.count)
    var read = PointTable(width: taken.count)
    var row = [Float](repeating: 0, count: taken.count)
    var bar = ProgressBar(total: FileSize.of(path), isShown: !options.quiet)
    while file.advance() {
      for (place, column) in taken.enumerated() {
        row[place] = Self.value(&file, column, &seen[place])
      }
      read.append(row)
      bar.update(file.storedBytes, rows: file.rowCount)
    }
    bar.clear()
    let kept = taken.indices.filter { wanted != nil || seen[$0].numbers > seen[$0].textCount }
    for place in taken.indices where !kept.contains(place) {
      let name = TerminalText.visible(file.header[taken[place]])
      options.note("\(file.path): column '\(name)' holds no numbers and is left out")
    }
    guard !kept.isEmpty else { throw CommandFailure("\(file.path): has no column of numbers") }
    for seen in kept.map({ seen[$0] }) { Self.tell(seen, &file.problems) }
    file.problems.finish()
    problemCount = file.problems.count
    columns = kept.map { file.header[taken[$0]] }
    table = kept.count == taken.count ? read : read.selecting(columns: kept)
    missingCount = table.missingCount
  }

  private static func taken(
    _ wanted: [String]?,
    of header: [String],
    path: String
  ) throws -> [Int] {
    guard let wanted else {
      return header.indices.filter { !ScoreOptions.isLabel(header[$0]) }
    }
    let absent = wanted.filter { !header.contains($0) }.map { TerminalText.visible($0) }
    guard absent.isEmpty else {
      let names = absent.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
      throw CommandFailure(
        "\(path): lacks \(absent.count) of the columns of the file it was trained on: \(names)"
      )
    }
    return wanted.compactMap { header.firstIndex(of: $0) }
  }

  private static func value(_ file: inout CSVFile, _ column: Int, _ seen: inout Seen) -> Float {
    switch file.value(column) {
    case .number(let number):
      seen.numbers += 1
      return Float(number)
    case .missing: return .nan
    case .text:
      seen.textCount += 1
      if seen.texts.count < CSVProblems.namedMax {
        let text = TerminalText.truncated(TerminalText.visible(file.text(column)), to: 40)
        seen.texts.append((file.line, file.cells.columns[column] + 1, text))
      }
      return .nan
    }
  }

  /// Names what is no number in a column that otherwise holds them.
  private static func tell(_ seen: Seen, _ problems: inout CSVProblems) {
    for found in seen.texts {
      problems.tell(line: found.line, column: found.column, "'\(found.text)' is no number")
    }
    problems.add(seen.textCount - seen.texts.count)
  }
}

/// How large files are.
enum FileSize {
  /// Returns the bytes of a file, or 0 if that is not known.
  static func of(_ path: String) -> Int64 {
    let facts = try? FileManager.default.attributesOfItem(atPath: path)
    return (facts?[.size] as? UInt64).map { Int64(clamping: $0) } ?? 0
  }
}
