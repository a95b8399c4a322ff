import FoundationEssentials
import VedetteEvent
import VedetteIncidents
import VedetteIngest

/// A CSV file with a header, read from its beginning to its end, plain or compressed.
struct CSVFile: ~Copyable {
  /// The path as people read it.
  let path: String
  /// The names of the columns.
  let header: [String]
  /// What was wrong with the file.
  var problems: CSVProblems
  /// The cells of the current row.
  private(set) var cells = CSVCells()
  /// The line of the current row, from 1.
  private(set) var line = 0
  /// The number of rows so far.
  private(set) var rowCount = 0

  private var reader: FileReader
  private var chunk: RecordChunk?
  /// The next record of the chunk; the first is the header.
  private var next = 1
  private let separator: UInt8

  /// Opens a file and reads its header.
  ///
  /// - Parameter name: The file; `-` is standard input.
  /// - Returns: The file, before its first row.
  /// - Throws: `IngestError` if it can't be read, `CommandFailure` if it has no header.
  static func open(_ name: String) throws -> CSVFile {
    let source = SourcePath(name)
    let path = TerminalText.visible(source.description)
    var reader = try FileReader(SourceFile(source), framing: .lines)
    let chunk = try reader.nextChunk()
    guard let chunk, let first = chunk.records.first else {
      throw CommandFailure("\(path): is empty; the first line must name the columns")
    }
    let line = first.start..<first.start + first.length
    let separator = Self.separator(of: chunk.bytes[line])
    var cells = CSVCells()
    cells.cut(chunk.bytes, line, separator: separator)
    let header = (0..<cells.count).map { cells.text($0) }
    if cells.isBroken {
      throw CommandFailure("\(path):\(first.line):1: a quote is not closed in the header")
    }
    let names = header.filter { !$0.isEmpty }.sorted()
    if let twice = zip(names, names.dropFirst()).first(where: { $0 == $1 }) {
      throw CommandFailure(
        "\(path):\(first.line):1: two columns are called '\(TerminalText.visible(twice.0))'"
      )
    }
    return CSVFile(path: path, header: header, reader: reader, chunk, separator: separator)
  }

  private init(
    path: String,
    header: [String],
    reader: consuming FileReader,
    _ chunk: RecordChunk,
    separator: UInt8
  ) {
    self.path = path
    self.header = header
    self.reader = reader
    self.chunk = chunk
    self.separator = separator
    problems = CSVProblems(path: path)
  }

  /// Bytes read so far, before unpacking.
  var storedBytes: Int64 { reader.counts.storedBytes }

  /// Goes to the next row, or returns `false` after the last.
  ///
  /// A row with too few or too many cells is told and given all the same: one row of the file is
  /// one row of the result.
  mutating func advance() -> Bool {
    while let chunk {
      if next < chunk.records.count {
        let record = chunk.records[next]
        next += 1
        line = record.line
        rowCount += 1
        cells.cut(
          chunk.bytes,
          record.start..<record.start + record.length,
          separator: separator
        )
        check(isCut: record.isCut, length: record.length)
        return true
      }
      do {
        self.chunk = try reader.nextChunk()
      } catch {
        problems.tell("\(error)")
        self.chunk = nil
      }
      next = 0
    }
    return false
  }

  /// The value of a cell of the current row; one that is not there is missing.
  func value(_ column: Int) -> CSVCells.Value {
    column < cells.count ? cells.value(column) : .missing
  }

  /// The text of a cell of the current row; one that is not there is empty.
  func text(_ column: Int) -> String { column < cells.count ? cells.text(column) : "" }

  /// The number in a cell: not a number where it is missing, and told where it is something else.
  mutating func number(_ column: Int) -> Double {
    switch value(column) {
    case .number(let number): return number
    case .missing: return .nan
    case .text:
      tell(column, "'\(shownText(column))' is no number")
      return .nan
    }
  }

  /// The text of a cell of the current row as people may see it.
  func shownText(_ column: Int) -> String {
    TerminalText.truncated(TerminalText.visible(text(column)), to: 40)
  }

  /// A stable hash of the text of a cell of the current row.
  func hash(_ column: Int) -> UInt64 {
    column < cells.count ? StableHash.of(bytes: cells.bytes[cells.ranges[column]]) : 0
  }

  /// Tells what is wrong with a cell of the current row.
  mutating func tell(_ column: Int, _ cause: String) {
    let place = column < cells.count ? cells.columns[column] + 1 : 1
    problems.tell(line: line, column: place, cause)
  }

  /// Finds a column.
  ///
  /// - Parameters:
  ///   - name: Its name.
  ///   - option: What asked for it.
  /// - Returns: Its place.
  /// - Throws: `CommandFailure` with the nearest name if there is none.
  func column(_ name: String, for option: String) throws -> Int {
    if let index = header.firstIndex(of: name) { return index }
    let nearest = NearestName.of(name, in: header).map { "; the nearest is '\($0)'" } ?? ""
    throw CommandFailure(
      "\(path): has no column '\(TerminalText.visible(name))' for \(option)"
        + TerminalText.visible(nearest)
    )
  }

  private mutating func check(isCut: Bool, length: Int) {
    if isCut {
      problems.tell(line: line, column: length + 1, "the line is too long and was cut")
    } else if cells.isBroken {
      let column = (cells.columns.last ?? 0) + 1
      problems.tell(line: line, column: column, "a quote is not closed on its line")
    } else if cells.count != header.count {
      let place = cells.count > header.count ? cells.columns[header.count] : length
      problems.tell(
        line: line,
        column: place + 1,
        "\(cells.count) \(cells.count == 1 ? "cell" : "cells"), but the header names \(header.count)"
      )
    }
  }

  private static func separator(of header: ArraySlice<UInt8>) -> UInt8 {
    let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
    return candidates.first { header.contains($0) } ?? UInt8(ascii: ",")
  }
}

/// What is wrong with a file: the first few named, all counted.
struct CSVProblems {
  /// How many are named.
  static let namedMax = 10

  let path: String
  private(set) var count = 0

  init(path: String) { self.path = path }

  mutating func tell(line: Int, column: Int, _ cause: String) {
    tell("\(path):\(line):\(column): \(cause)")
  }

  mutating func tell(_ text: String) {
    count += 1
    if count <= Self.namedMax { Output.note("vedette: \(text)") }
  }

  /// Counts problems that are not named.
  mutating func add(_ more: Int) { count += more }

  /// Tells how many were not named.
  func finish() {
    if count > Self.namedMax {
      Output.note("vedette: \(path): \(count - Self.namedMax) more such problems, \(count) in all")
    }
  }
}
