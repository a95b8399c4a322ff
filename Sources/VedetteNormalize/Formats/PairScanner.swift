// Lines of `key=value` pairs: logfmt, Fortinet and other appliances, auditd.
//
// A value is in quotes or goes to the next blank; in double quotes a backslash escapes the next
// byte. What is no pair is text of the line's own.

import VedetteEvent

/// One pair of a line.
struct Pair {
  /// The key.
  var key: Range<Int>
  /// The value, without its quotes.
  var value: Range<Int>
  /// The quote around the value, or 0.
  var quote: UInt8 = 0
}

/// Finds the pairs of a line.
struct PairScanner {
  private var index: Int
  private let end: Int
  /// What is no pair, from the first such word to the last.
  private(set) var text: Range<Int>?

  init(_ range: Range<Int>) {
    index = range.lowerBound
    end = range.upperBound
  }

  /// The next pair, or `nil` after the last.
  mutating func next(_ record: Span<UInt8>) -> Pair? {
    while index < end {
      while index < end, isBetween(record[index]) { index += 1 }
      guard index < end else { return nil }
      let start = index
      while index < end, Self.isKey(record[index]) { index += 1 }
      if index < end, index > start, record[index] == UInt8(ascii: "=") {
        let key = start..<index
        index += 1
        return pair(key, record)
      }
      while index < end, !record[index].isBlank { index += 1 }
      text = (text?.lowerBound ?? start)..<index
    }
    return nil
  }

  private func isBetween(_ byte: UInt8) -> Bool {
    byte.isBlank || byte == 0x1d || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";")
  }

  private mutating func pair(_ key: Range<Int>, _ record: Span<UInt8>) -> Pair {
    guard index < end else { return Pair(key: key, value: index..<index) }
    let quote = record[index]
    guard quote == .quote || quote == UInt8(ascii: "'") else {
      let start = index
      while index < end, !record[index].isBlank, record[index] != 0x1d { index += 1 }
      var stop = index
      // `a=1, b=2`: the comma is between the pairs.
      if stop > start,
        record[stop - 1] == UInt8(ascii: ",") || record[stop - 1] == UInt8(ascii: ";")
      {
        stop -= 1
      }
      return Pair(key: key, value: start..<stop)
    }
    let start = index + 1
    index = start
    while index < end, record[index] != quote {
      index += quote == .quote && record[index] == .backslash ? 2 : 1
    }
    let stop = min(index, end)
    index = min(stop + 1, end)
    return Pair(key: key, value: start..<max(start, stop), quote: quote)
  }

  /// Letters, digits and what stands between the words of a key.
  static func isKey(_ byte: UInt8) -> Bool {
    byte.isLetter || byte.isDigit || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
      || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "@")
      || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "]")
  }
}

/// Writes lines of pairs anew.
struct PairRewriter: RecordRewriter {
  private let times: TimestampScanner
  private(set) var time: ScannedTime?

  /// Creates a rewriter.
  ///
  /// - Parameter context: What must be known beside the bytes.
  init(context: ReadContext) { times = TimestampScanner(zone: context.zone) }

  /// Whether a line is two pairs at least before any other text, but for a priority.
  static func isPairs(_ record: Span<UInt8>) -> Bool {
    var start = record.content
    if record.hasPrefix("<", start), let close = record.first(UInt8(ascii: ">"), start) {
      start = close + 1..<start.upperBound
    }
    var scanner = PairScanner(start)
    for _ in 0..<2 {
      guard scanner.next(record) != nil, scanner.text == nil else { return false }
    }
    return true
  }

  mutating func rewrite(
    _ record: Span<UInt8>,
    into rewrite: inout RecordRewrite
  ) -> RewriteOutcome {
    time = nil
    var whole = record.content
    rewrite.open()
    if !Self.isPairs(record), let header = SyslogHeader.scan(record, times) {
      time = header.time
      if let host = header.host {
        rewrite.name("@host")
        rewrite.text(record, host)
      }
      whole = header.message
    } else if record.hasPrefix("<", whole), let close = record.first(UInt8(ascii: ">"), whole) {
      whole = close + 1..<whole.upperBound
    }
    var scanner = PairScanner(whole)
    var count = 0
    var date: Range<Int>?
    var clock: Range<Int>?
    var zone: Range<Int>?
    var hasEpoch = false
    while count < Limits.fieldsPerEventMax, let pair = scanner.next(record) {
      count += 1
      if record.equals("date", pair.key) { date = pair.value }
      if record.equals("time", pair.key) { clock = pair.value }
      if record.equals("tz", pair.key) { zone = pair.value }
      if record.equals("eventtime", pair.key) { hasEpoch = record.number(pair.value) != nil }
      rewrite.name(record, pair.key)
      write(pair, record, to: &rewrite)
    }
    guard count >= 2 else { return .deadLetter(reason: "no key=value pairs") }
    // The time since 1970 needs no zone; day and time of day are local, with `tz` or without.
    if let date, let clock, !hasEpoch { writeTime(record, date, clock, zone, to: &rewrite) }
    if let text = scanner.text {
      rewrite.name("@text")
      rewrite.text(record, text)
    }
    rewrite.close()
    return .written
  }

  private func write(_ pair: Pair, _ record: Span<UInt8>, to rewrite: inout RecordRewrite) {
    guard pair.quote == .quote, record.first(.backslash, pair.value) != nil else {
      return rewrite.text(record, pair.value)
    }
    var text: [UInt8] = []
    var index = pair.value.lowerBound
    while index < pair.value.upperBound {
      // Only these are escapes for certain: a path of Windows has others that are none.
      if record[index] == .backslash, index + 1 < pair.value.upperBound,
        record[index + 1] == .quote || record[index + 1] == .backslash
      {
        index += 1
      }
      text.append(record[index])
      index += 1
    }
    rewrite.text(made: text, from: pair.value)
  }

  /// Fortinet's day and time of day are two pairs.
  private func writeTime(
    _ record: Span<UInt8>,
    _ date: Range<Int>,
    _ clock: Range<Int>,
    _ zone: Range<Int>?,
    to rewrite: inout RecordRewrite
  ) {
    var text = record.extracting(date).copied
    text.append(.space)
    text += record.extracting(clock).copied
    if let zone, record.hasPrefix("+", zone) || record.hasPrefix("-", zone) {
      text += record.extracting(zone).copied
    }
    rewrite.name("@time")
    rewrite.text(made: text, from: date)
  }
}
