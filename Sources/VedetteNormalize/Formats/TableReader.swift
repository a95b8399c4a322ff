// Tables whose header says what their columns are: CSV (RFC 4180) and Zeek's TSV.
//
// The header is part of the file and of no row, so whoever reads on in the middle has to be told it.

import VedetteEvent

/// Writes rows of comma-separated values anew.
///
/// A row with more values than the header has is none of it; one with fewer lacks the others.
struct CSVRewriter: RecordRewriter {
  private var header: [UInt8] = []
  private var names: [[UInt8]] = []
  private var delimiter = UInt8(ascii: ",")
  /// Whether the last row had a value for every column.
  private(set) var isFull = false

  mutating func begin(header: [UInt8]?) {
    guard let header, header != self.header else { return }
    take(header: header)
  }

  mutating func rewrite(
    _ record: Span<UInt8>,
    into rewrite: inout RecordRewrite
  ) -> RewriteOutcome {
    if names.isEmpty { take(header: record.copied) }
    // Files put together have it again.
    if record.areEqual(record.all, header.span) { return .noEvent }
    rewrite.open()
    var index = record.content.lowerBound
    let end = record.content.upperBound
    var column = 0
    while index <= end {
      guard let value = Self.value(record, &index, end, delimiter) else {
        return .deadLetter(reason: "a quoted value is not closed")
      }
      guard column < names.count else {
        return .deadLetter(reason: "the row has more values than the header")
      }
      if !value.range.isEmpty, !names[column].isEmpty {
        rewrite.name(made: names[column])
        if value.isEscaped {
          rewrite.text(made: Self.unquoted(record, value.range), from: value.range)
        } else {
          rewrite.text(record, value.range)
        }
      }
      column += 1
    }
    isFull = column == names.count
    rewrite.close()
    return .written
  }

  private mutating func take(header record: [UInt8]) {
    header = record
    names = []
    let text = record.span
    delimiter = Self.delimiter(text)
    var index = text.content.lowerBound
    let end = text.content.upperBound
    while index <= end, names.count < Limits.headerNamesMax,
      let value = Self.value(text, &index, end, delimiter)
    {
      names.append(Self.unquoted(text, value.range))
    }
  }

  /// Whether a line can be a header: two names at least, none of them a number or a sentence.
  static func isHeader(_ record: Span<UInt8>) -> Bool {
    let delimiter = delimiter(record)
    var index = record.content.lowerBound
    let end = record.content.upperBound
    var count = 0
    var seen: Set<[UInt8]> = []
    while index <= end {
      guard let value = value(record, &index, end, delimiter) else { return false }
      let name = unquoted(record, record.trimmed(value.range))
      guard let first = name.first, first.isLetter || first == UInt8(ascii: "_") || first == 0x40,
        name.count <= 64, seen.insert(name).inserted,
        name.allSatisfy({ PairScanner.isKey($0) || $0 == .space || $0 == 0x28 || $0 == 0x29 }),
        name.count(where: { $0 == .space }) <= 3
      else { return false }
      count += 1
    }
    return count >= 2 && record.count > 3
  }

  /// The one of `,`, `;`, the tab and `|` that a header has most.
  private static func delimiter(_ header: Span<UInt8>) -> UInt8 {
    var best = UInt8(ascii: ",")
    var most = 0
    for mark in [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|")] {
      var count = 0
      for index in header.indices where header[index] == mark { count += 1 }
      if count > most { (best, most) = (mark, count) }
    }
    return best
  }

  /// Takes a value and moves past the delimiter after it, past the end after the last.
  private static func value(
    _ record: Span<UInt8>,
    _ index: inout Int,
    _ end: Int,
    _ delimiter: UInt8
  ) -> (range: Range<Int>, isEscaped: Bool)? {
    guard index < end, record[index] == .quote else {
      let stop = index < end ? record.first(delimiter, index..<end) ?? end : end
      defer { index = stop + 1 }
      return (min(index, stop)..<stop, false)
    }
    let start = index + 1
    var isEscaped = false
    index = start
    while index < end {
      if record[index] != .quote {
        index += 1
      } else if index + 1 < end, record[index + 1] == .quote {
        isEscaped = true
        index += 2
      } else {
        break
      }
    }
    guard index < end else { return nil }
    let range = start..<index
    index = (record.first(delimiter, index..<end) ?? end) + 1
    return (range, isEscaped)
  }

  private static func unquoted(_ record: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
    var text: [UInt8] = []
    var index = range.lowerBound
    while index < range.upperBound {
      text.append(record[index])
      let isPair =
        record[index] == .quote && index + 1 < range.upperBound && record[index + 1] == .quote
      index += isPair ? 2 : 1
    }
    return text
  }
}

/// Writes rows of Zeek's TSV anew; its JSON is read as it is.
struct ZeekRewriter: RecordRewriter {
  private var header = ZeekHeader()

  mutating func begin(header: [UInt8]?) {
    // What an earlier chunk said is not in force here, whichever worker read that.
    self.header = ZeekHeader()
    guard let header else { return }
    for line in header.split(separator: 0x0a) { self.header.take(Array(line).span) }
  }

  mutating func rewrite(
    _ record: Span<UInt8>,
    into rewrite: inout RecordRewrite
  ) -> RewriteOutcome {
    guard record.count > 0 else { return .deadLetter(reason: "the line is empty") }
    if record[0] == UInt8(ascii: "{") { return .asItIs }
    if record[0] == UInt8(ascii: "#") {
      header.take(record)
      return .noEvent
    }
    guard !header.names.isEmpty else {
      return .deadLetter(reason: "no '#fields' line came before")
    }
    rewrite.open()
    if !header.path.isEmpty {
      rewrite.name("_path")
      rewrite.text(made: header.path, from: 0..<0)
    }
    var start = 0
    var column = 0
    while start <= record.count {
      let end = record.offset(of: header.separator, from: start)
      guard column < header.names.count else {
        return .deadLetter(reason: "the row has more values than the header")
      }
      write(record, start..<end, column, to: &rewrite)
      start = end + 1
      column += 1
    }
    // A row that was torn would lack its last columns and say something else.
    guard column == header.names.count else {
      return .deadLetter(reason: "the row has fewer values than the header")
    }
    rewrite.close()
    return .written
  }

  private func write(
    _ record: Span<UInt8>,
    _ value: Range<Int>,
    _ column: Int,
    to rewrite: inout RecordRewrite
  ) {
    guard !record.areEqual(value, header.unset.span) else { return }
    let isList = header.isList(column)
    let isEmpty = record.areEqual(value, header.empty.span)
    if isList, isEmpty { return }
    rewrite.name(made: header.names[column])
    guard isList else {
      if isEmpty { return rewrite.text("") }
      return write(text: record, value, to: &rewrite)
    }
    rewrite.raw("[")
    var start = value.lowerBound
    while start <= value.upperBound {
      let end = record.first(header.setSeparator, start..<value.upperBound) ?? value.upperBound
      if start > value.lowerBound { rewrite.raw(",") }
      write(text: record, start..<end, to: &rewrite)
      start = end + 1
    }
    rewrite.raw("]")
  }

  /// `\x09` is a byte that would have been a separator.
  private func write(
    text record: Span<UInt8>,
    _ range: Range<Int>,
    to rewrite: inout RecordRewrite
  ) {
    guard record.first(.backslash, range) != nil else { return rewrite.text(record, range) }
    rewrite.text(made: ZeekHeader.unescaped(record, range), from: range)
  }
}

/// What the lines with `#` say of the rows after them.
struct ZeekHeader {
  private(set) var separator = UInt8(ascii: "\t")
  private(set) var setSeparator = UInt8(ascii: ",")
  private(set) var unset = Array("-".utf8)
  private(set) var empty = Array("(empty)".utf8)
  private(set) var path: [UInt8] = []
  private(set) var names: [[UInt8]] = []
  private var lists: [Bool] = []

  /// Takes a line that begins with `#`.
  mutating func take(_ line: Span<UInt8>) {
    var rest = line.all
    if line.skip("#separator ", &rest) {
      separator = Self.unescaped(line, line.trimmed(rest)).first ?? separator
      return
    }
    let end = line.first(separator, rest) ?? rest.upperBound
    let word = line.extracting(0..<end)
    rest = min(end + 1, line.count)..<line.count
    if word.equals("#set_separator") {
      setSeparator = rest.isEmpty ? setSeparator : line[rest.lowerBound]
    } else if word.equals("#unset_field") {
      unset = line.extracting(rest).copied
    } else if word.equals("#empty_field") {
      empty = line.extracting(rest).copied
    } else if word.equals("#path") {
      path = line.extracting(rest).copied
    } else if word.equals("#fields") {
      names = parts(line, rest)
      lists = []
    } else if word.equals("#types") {
      lists = parts(line, rest).map {
        $0.starts(with: "set[".utf8) || $0.starts(with: "vector[".utf8)
      }
    }
  }

  func isList(_ column: Int) -> Bool { column < lists.count && lists[column] }

  private func parts(_ line: Span<UInt8>, _ range: Range<Int>) -> [[UInt8]] {
    var parts: [[UInt8]] = []
    var start = range.lowerBound
    while start <= range.upperBound, parts.count < Limits.headerNamesMax {
      let end = line.first(separator, start..<range.upperBound) ?? range.upperBound
      parts.append(line.extracting(start..<end).copied)
      start = end + 1
    }
    return parts
  }

  static func unescaped(_ record: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
    var text: [UInt8] = []
    var index = range.lowerBound
    while index < range.upperBound {
      if record[index] == .backslash, index + 3 < range.upperBound,
        record[index + 1] == UInt8(ascii: "x"), let high = record[index + 2].hexValue,
        let low = record[index + 3].hexValue
      {
        text.append(high << 4 | low)
        index += 4
      } else {
        text.append(record[index])
        index += 1
      }
    }
    return text
  }
}
