import VedetteEvent
import VedetteIncidents

/// Prints rows with their scores, a buffer at a time.
struct ScorePrinter {
  /// One cell: text as it stood in the file, or a number.
  enum Cell {
    case text(String)
    case row(Int)
    case number(Double)
    case score(Double)
  }

  private static let bufferBytesMax = 64 << 10
  private static let widths = (text: 25, number: 14, score: 9)

  private let format: OutputFormat
  private let columns: [String]
  private var buffer = ""
  private var rowCount = 0

  /// Begins.
  ///
  /// - Parameters:
  ///   - format: How to print.
  ///   - columns: The names of the cells of each row.
  init(_ format: OutputFormat, columns: [String]) {
    self.format = format
    self.columns = columns
    switch format {
    case .csv: buffer = columns.joined(separator: ",") + "\n"
    case .json: buffer = "["
    case .table, .ndjson: break
    }
  }

  mutating func print(_ cells: [Cell]) {
    if format == .table, rowCount == 0 {
      buffer += columns.indices.map { padded(columns[$0], cells[$0]) }.joined(separator: "  ")
      buffer += "\n"
    }
    switch format {
    case .csv: buffer += cells.map { csv($0) }.joined(separator: ",") + "\n"
    case .table:
      buffer += cells.map { padded(shown($0), $0) }.joined(separator: "  ") + "\n"
    case .json: buffer += (rowCount == 0 ? "\n" : ",\n") + object(cells)
    case .ndjson: buffer += object(cells) + "\n"
    }
    rowCount += 1
    if buffer.utf8.count > Self.bufferBytesMax { flush() }
  }

  /// Writes what is left.
  mutating func finish() {
    if format == .json { buffer += rowCount == 0 ? "]\n" : "\n]\n" }
    flush()
  }

  private mutating func flush() {
    Output.write(buffer)
    buffer = ""
  }

  private func csv(_ cell: Cell) -> String {
    if case .text(let text) = cell { return CSV.field(text) }
    return shown(cell)
  }

  private func shown(_ cell: Cell) -> String {
    switch cell {
    case .text(let text): TerminalText.visible(text)
    case .row(let row): String(row)
    case .number(let number): Self.plain(number)
    case .score(let score): Self.fixed(score)
    }
  }

  private func padded(_ text: String, _ cell: Cell) -> String {
    switch cell {
    case .text: TerminalText.padded(text, to: Self.widths.text)
    case .row, .number: Self.right(text, Self.widths.number)
    case .score: Self.right(text, Self.widths.score)
    }
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.utf8.count)) + text
  }

  private func object(_ cells: [Cell]) -> String {
    var json = JSONWriter()
    json.object { json in
      for (name, cell) in zip(columns, cells) {
        switch cell {
        case .text(let text): json.member(name, text)
        case .row(let row): json.member(name, row)
        case .number(let number):
          json.key(name)
          json.raw(number.isFinite ? Self.plain(number) : "null")
        case .score(let score):
          json.key(name)
          json.raw(Self.fixed(score))
        }
      }
    }
    return json.text
  }

  /// A number as short as it can be; nothing for what is not one.
  private static func plain(_ number: Double) -> String {
    guard !number.isNaN else { return "" }
    let isWhole = number.magnitude < 1e15 && number == number.rounded()
    return isWhole ? "\(Int(number))" : "\(number)"
  }

  /// A score with nine digits after the point: more than it means, enough to tell rows apart.
  static func fixed(_ score: Double) -> String {
    let billionths = Int((min(max(score, 0), 1) * 1e9).rounded())
    let digits = String(billionths % 1_000_000_000)
    let zeros = String(repeating: "0", count: 9 - digits.utf8.count)
    return "\(billionths / 1_000_000_000).\(zeros)\(digits)"
  }
}

/// A bar on standard error while a long file is worked on; only people see it.
struct ProgressBar {
  private static let width = 30
  private let total: Int64
  private let isShown: Bool
  private let start = Clock.monotonicSeconds()
  private var lastShown = 0.0
  private var isOnScreen = false

  /// Begins.
  ///
  /// - Parameters:
  ///   - total: What will be done in all; 0 if that is not known.
  ///   - isShown: Whether to show anything.
  init(total: Int64, isShown: Bool) {
    self.total = total
    self.isShown = isShown && Output.isErrorTerminal
  }

  /// Shows how far it is, at most five times a second and not in the first.
  mutating func update(_ done: Int64, rows: Int) {
    guard isShown, rows % 1_024 == 0 else { return }
    let now = Clock.monotonicSeconds()
    guard now - start > 1, now - lastShown > 0.2 else { return }
    lastShown = now
    isOnScreen = true
    guard total > 0 else { return Output.noteInPlace("\(rows) rows") }
    let part = min(1, Double(done) / Double(total))
    let filled = Int(part * Double(Self.width))
    let bar = String(repeating: "=", count: filled)
    let rest = String(repeating: " ", count: Self.width - filled)
    Output.noteInPlace("[\(bar)\(rest)] \(Int(part * 100)) %  \(rows) rows")
  }

  mutating func clear() {
    if isOnScreen { Output.noteInPlace("") }
    isOnScreen = false
  }
}
