import FoundationEssentials
import VedetteEvent
import VedetteIngest

/// A labelled series.
struct LabelledSeries: Sendable {
  let name: String
  let times: [EventTime]
  let values: [Double]
  /// Rows within each labelled window, in order.
  let windows: [ClosedRange<Int>]

  /// Rows at the start that don't count: 15 %, at most 750.
  var probation: Int { min(Int(0.15 * Double(values.count)), 750) }
}

/// A folder of series as CSV with the columns timestamp and value, and `labels.json` with the
/// windows of each: `{"name.csv": [["2014-04-10 07:15:00", "2014-04-11 16:45:00"]]}`.
enum SeriesCorpus {
  /// Reads a corpus.
  ///
  /// - Parameter folder: Its path.
  /// - Returns: The series, by name.
  /// - Throws: ``BenchmarkError`` if something can't be read.
  static func read(_ folder: String) throws(BenchmarkError) -> [LabelledSeries] {
    guard let data = FileManager.default.contents(atPath: "\(folder)/labels.json"),
      let labels = try? JSONDecoder().decode([String: [[String]]].self, from: data)
    else { throw .failed("'\(folder)/labels.json' can't be read: see --help") }
    var corpus: [LabelledSeries] = []
    for name in labels.keys.sorted() {
      let plain = "\(folder)/\(name)"
      let path = FileManager.default.fileExists(atPath: plain) ? plain : plain + ".gz"
      corpus.append(try series(name, path: path, windows: labels[name] ?? []))
    }
    return corpus
  }

  private static func series(
    _ name: String,
    path: String,
    windows: [[String]]
  ) throws(BenchmarkError) -> LabelledSeries {
    var times: [EventTime] = []
    var values: [Double] = []
    for line in try lines(path).dropFirst() {
      let cells = line.split(separator: ",")
      guard cells.count == 2, let value = Double(cells[1]), let time = time(String(cells[0])) else {
        throw .failed("\(path): '\(line)' is no row of timestamp and value")
      }
      times.append(time)
      values.append(value)
    }
    let ranges = windows.compactMap { window -> ClosedRange<Int>? in
      guard window.count == 2, let start = time(window[0]), let end = time(window[1]) else {
        return nil
      }
      let rows = times.indices.filter { times[$0] >= start && times[$0] <= end }
      guard let first = rows.first, let last = rows.last else { return nil }
      return first...last
    }
    guard ranges.count == windows.count else {
      throw .failed("\(path): a window of its labels is outside of it")
    }
    return LabelledSeries(name: name, times: times, values: values, windows: ranges)
  }

  private static func lines(_ path: String) throws(BenchmarkError) -> [String] {
    var lines: [String] = []
    do {
      var reader = try FileReader(SourceFile(SourcePath(path)), framing: .lines)
      while let chunk = try reader.nextChunk() {
        for record in chunk.records {
          let bytes = chunk.bytes[record.start..<record.start + record.length]
          lines.append(String(decoding: bytes, as: UTF8.self))
        }
      }
    } catch {
      throw .failed("\(error)")
    }
    return lines
  }

  /// `2014-04-10 07:15:00` with or without a fraction, as UTC.
  private static func time(_ text: String) -> EventTime? { EventTime(rfc3339: text + "Z") }
}
