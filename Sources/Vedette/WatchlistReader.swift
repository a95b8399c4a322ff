import FoundationEssentials
import VedetteDocuments
import VedetteEvent

/// Reads watchlists: CSV files with a header, whose values rules use by name.
///
/// Of `vip.csv` with the columns `user,team` the first column is `%vip%` and each is `%vip.user%`,
/// `%vip.team%`: `user.name|expand: '%vip%'`.
public enum WatchlistReader {
  /// Reads watchlists.
  ///
  /// - Parameter paths: CSV files, and folders of them.
  /// - Returns: The values by name, in file order.
  /// - Throws: ``ConfigurationError`` for the first file that can't be read or is no list.
  public static func read(
    _ paths: [String]
  ) throws(ConfigurationError) -> [String: [String]] {
    var lists: [String: [String]] = [:]
    for path in paths {
      for file in try files(path) { try read(file, into: &lists) }
    }
    return lists
  }

  /// Returns the CSV files that a path stands for, by name.
  static func files(_ path: String) throws(ConfigurationError) -> [String] {
    var isFolder = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw failure(path, 1, "no such file or folder; check the path")
    }
    guard isFolder else { return [path] }
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw failure(path, 1, "the folder can't be read; check its permission")
    }
    return names.filter { $0.hasSuffix(".csv") && !$0.hasPrefix(".") }.sorted()
      .map { path + "/" + $0 }
  }

  private static func read(
    _ path: String,
    into lists: inout [String: [String]]
  ) throws(ConfigurationError) {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw failure(path, 1, "can't be read; check path and permission")
    }
    let file = path.split(separator: "/").last.map(String.init) ?? path
    let name = file.hasSuffix(".csv") ? String(file.dropLast(4)) : file
    guard lists[name] == nil else {
      throw failure(path, 1, "another watchlist is called '\(name)' too; rename one")
    }
    let table = try table(Array(data), path)
    for (column, title) in table.header.enumerated() {
      let values = table.rows.map { $0[column] }.filter { !$0.isEmpty }
      lists["\(name).\(title)"] = values
      if column == 0 { lists[name] = values }
    }
  }

  /// Reads a table of texts (RFC 4180); empty lines and those that begin with `#` are passed over.
  ///
  /// - Parameters:
  ///   - bytes: The file's bytes.
  ///   - path: The file's path, as errors name it.
  /// - Returns: The header and the rows, each as long as the header.
  /// - Throws: ``ConfigurationError`` at the first line that is not of the header's shape.
  static func table(
    _ bytes: [UInt8],
    _ path: String
  ) throws(ConfigurationError) -> (header: [String], rows: [[String]]) {
    var header: [String] = []
    var rows: [[String]] = []
    let start = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    let lines = bytes[start...].split(
      separator: UInt8(ascii: "\n"),
      omittingEmptySubsequences: false
    )
    for (index, line) in lines.enumerated() {
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      guard let first = line.first, first != UInt8(ascii: "#") else { continue }
      guard let cells = cells(line) else {
        throw failure(path, index + 1, "a quote is not closed on its line; close it")
      }
      guard !header.isEmpty else {
        header = cells
        continue
      }
      guard cells.count == header.count else {
        throw failure(
          path,
          index + 1,
          "\(cells.count) cells under a header of \(header.count); give each column one"
        )
      }
      guard rows.count < Limits.watchlistValuesMax else {
        throw failure(path, index + 1, "over \(Limits.watchlistValuesMax) rows; split the file")
      }
      rows.append(cells)
    }
    guard !header.isEmpty else { throw failure(path, 1, "empty; the first line names the columns") }
    return (header, rows)
  }

  private static func cells(_ line: ArraySlice<UInt8>) -> [String]? {
    let (quote, comma) = (UInt8(ascii: "\""), UInt8(ascii: ","))
    var cells: [String] = []
    var cell: [UInt8] = []
    var isQuoted = false
    var wasQuoted = false
    var index = line.startIndex
    func finished() -> String {
      let text = String(decoding: cell, as: UTF8.self)
      return wasQuoted
        ? text
        : String(
          text.trimmingPrefix { $0 == " " }.reversed()
            .trimmingPrefix { $0 == " " }.reversed()
        )
    }
    while index < line.endIndex {
      let byte = line[index]
      index += 1
      if isQuoted {
        if byte != quote {
          cell.append(byte)
        } else if index < line.endIndex, line[index] == quote {
          cell.append(quote)
          index += 1
        } else {
          isQuoted = false
        }
      } else if byte == quote, cell.allSatisfy({ $0 == UInt8(ascii: " ") }) {
        (isQuoted, wasQuoted, cell) = (true, true, [])
      } else if byte == comma {
        cells.append(finished())
        (cell, wasQuoted) = ([], false)
      } else {
        cell.append(byte)
      }
    }
    guard !isQuoted else { return nil }
    return cells + [finished()]
  }

  private static func failure(_ path: String, _ line: Int, _ problem: String) -> ConfigurationError
  {
    ConfigurationError(
      path: path,
      position: Position(line: line, column: 1),
      problem: problem
    )
  }
}
