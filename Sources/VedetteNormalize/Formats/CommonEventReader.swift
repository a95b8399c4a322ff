// ArcSight's CEF and QRadar's LEEF, by themselves or behind a syslog header.
//
//   CEF:0|Vendor|Product|Version|Id|Name|Severity|key=value with blanks key=value
//   LEEF:1.0|Vendor|Product|Version|Id|key=value<tab>key=value
//   LEEF:2.0|Vendor|Product|Version|Id|^|key=value^key=value
//
// In CEF's head `\|` and `\\` are escaped, in its values `\=`, `\\`, `\n` and `\r`; a value ends where
// the next key begins. LEEF 2.0 names what stands between pairs, as a character or as `x5E`; some
// writers leave that out, then it is the tab.

import VedetteEvent

/// Writes CEF and LEEF anew.
struct CommonEventRewriter: RecordRewriter {
  private let isLEEF: Bool
  private let times: TimestampScanner
  private(set) var time: ScannedTime?

  /// Bytes before the mark: a syslog header.
  static let headBytesMax = 512

  /// Creates a rewriter.
  ///
  /// - Parameters:
  ///   - isLEEF: Whether it is LEEF.
  ///   - context: What must be known beside the bytes.
  init(isLEEF: Bool, context: ReadContext) {
    self.isLEEF = isLEEF
    times = TimestampScanner(zone: context.zone)
  }

  /// Finds where `CEF:0|` begins, at the start or behind a header.
  static func start(_ record: Span<UInt8>, isLEEF: Bool) -> Int? {
    let head = 0..<min(record.count, headBytesMax)
    guard let start = isLEEF ? record.first("LEEF:", head) : record.first("CEF:", head) else {
      return nil
    }
    let version = start + (isLEEF ? 5 : 4)
    let isAlone = start == 0 || !record[start - 1].isLetter
    guard isAlone, version < record.count, record[version].isDigit,
      record.first(UInt8(ascii: "|"), version..<min(version + 5, record.count)) != nil
    else { return nil }
    return start
  }

  mutating func rewrite(
    _ record: Span<UInt8>,
    into rewrite: inout RecordRewrite
  ) -> RewriteOutcome {
    time = nil
    guard let start = Self.start(record, isLEEF: isLEEF) else {
      return .deadLetter(reason: isLEEF ? "no LEEF header" : "no CEF header")
    }
    rewrite.open()
    readSyslog(record, start, to: &rewrite)
    var rest = start + (isLEEF ? 5 : 4)..<record.trimmed(record.all).upperBound
    guard let version = Self.part(record, &rest) else {
      return .deadLetter(reason: "the header is not whole")
    }
    let names: [StaticString] =
      isLEEF
      ? ["deviceVendor", "deviceProduct", "deviceVersion", "eventId"]
      : [
        "deviceVendor", "deviceProduct", "deviceVersion", "deviceEventClassId", "name", "severity",
      ]
    for name in names {
      guard let part = Self.part(record, &rest) else {
        return .deadLetter(reason: "the header is not whole")
      }
      rewrite.name(name)
      let text = Self.unescaped(record, part, of: [UInt8(ascii: "|"), .backslash])
      rewrite.text(made: text, from: part)
    }
    if isLEEF {
      let separator =
        record.hasPrefix("2", version) ? Self.separator(record, &rest) : UInt8(ascii: "\t")
      readAttributes(record, rest, separator, to: &rewrite)
    } else {
      readExtension(record, rest, to: &rewrite)
    }
    rewrite.close()
    return .written
  }

  private mutating func readSyslog(
    _ record: Span<UInt8>,
    _ start: Int,
    to rewrite: inout RecordRewrite
  ) {
    guard start > 0 else { return }
    let head = record.extracting(0..<start)
    guard let header = SyslogHeader.scan(head, times) else { return }
    time = header.time
    guard let host = header.host ?? header.program, host.upperBound <= start else { return }
    rewrite.name("@host")
    rewrite.text(record, host)
  }

  /// Takes what is before the next bar that is not escaped; the last part has none.
  private static func part(_ record: Span<UInt8>, _ rest: inout Range<Int>) -> Range<Int>? {
    var index = rest.lowerBound
    while index < rest.upperBound, record[index] != UInt8(ascii: "|") {
      index += record[index] == .backslash ? 2 : 1
    }
    guard index < rest.upperBound else { return nil }
    let part = rest.lowerBound..<index
    rest = index + 1..<rest.upperBound
    return record.trimmed(part)
  }

  /// Takes what LEEF 2.0 says to stand between pairs.
  private static func separator(_ record: Span<UInt8>, _ rest: inout Range<Int>) -> UInt8 {
    let tab = UInt8(ascii: "\t")
    guard let bar = record.first(UInt8(ascii: "|"), rest) else { return tab }
    var named = rest.lowerBound..<bar
    guard named.count <= 4, record.first(UInt8(ascii: "="), named) == nil || named.count == 1 else {
      return tab
    }
    rest = bar + 1..<rest.upperBound
    if named.isEmpty { return tab }
    if named.count == 1 { return record[named.lowerBound] }
    if !record.skip("0x", &named) { _ = record.skip("x", &named) }
    let digits = record.extracting(named)
    guard (1...2).contains(digits.count) else { return tab }
    var value: UInt8 = 0
    for index in digits.indices {
      guard let digit = digits[index].hexValue else { return tab }
      value = value << 4 | digit
    }
    return value
  }

  private func readAttributes(
    _ record: Span<UInt8>,
    _ range: Range<Int>,
    _ separator: UInt8,
    to rewrite: inout RecordRewrite
  ) {
    var start = range.lowerBound
    var count = 0
    while start < range.upperBound, count < Limits.fieldsPerEventMax {
      let end = record.first(separator, start..<range.upperBound) ?? range.upperBound
      if let mark = record.first(UInt8(ascii: "="), start..<end) {
        let key = record.trimmed(start..<mark)
        if !key.isEmpty {
          count += 1
          let value = mark + 1..<end
          let text = Self.unescaped(record, value, of: [UInt8(ascii: "="), UInt8(ascii: "|")])
          rewrite.name(record, key)
          rewrite.text(made: text, from: value)
        }
      }
      start = end + 1
    }
  }

  private func readExtension(
    _ record: Span<UInt8>,
    _ range: Range<Int>,
    to rewrite: inout RecordRewrite
  ) {
    let pairs = Self.pairs(record, range)
    for pair in pairs {
      rewrite.name(record, pair.key)
      let text = Self.value(record, pair.value)
      rewrite.text(made: text, from: pair.value)
      // `cs1Label=Rule cs1=42`: the value has the label's name too.
      guard let label = Self.label(record, pair.key, in: pairs), !label.isEmpty,
        !label.contains(where: { record[$0] == UInt8(ascii: ".") })
      else { continue }
      rewrite.name(record, label)
      rewrite.text(made: text, from: pair.value)
    }
  }

  private static func pairs(_ record: Span<UInt8>, _ range: Range<Int>) -> [Pair] {
    var pairs: [Pair] = []
    var index = range.lowerBound
    while index < range.upperBound, pairs.count < Limits.fieldsPerEventMax {
      if record[index] == .backslash {
        index += 2
        continue
      }
      if record[index] == UInt8(ascii: "=") {
        var start = index
        while start > range.lowerBound, PairScanner.isKey(record[start - 1]) { start -= 1 }
        let isFirst = start == range.lowerBound || record[start - 1].isBlank
        if start < index, isFirst {
          if let last = pairs.indices.last {
            let end = max(pairs[last].value.lowerBound, start)
            pairs[last].value = trimmedEnd(record, pairs[last].value.lowerBound..<end)
          }
          pairs.append(Pair(key: start..<index, value: index + 1..<range.upperBound))
        }
      }
      index += 1
    }
    return pairs
  }

  private static func trimmedEnd(_ record: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    var end = range.upperBound
    while end > range.lowerBound, record[end - 1].isBlank { end -= 1 }
    return range.lowerBound..<end
  }

  private static func label(
    _ record: Span<UInt8>,
    _ key: Range<Int>,
    in pairs: [Pair]
  ) -> Range<Int>? {
    pairs.first { pair in
      pair.key.count == key.count + 5 && record.hasSuffix("Label", pair.key)
        && record.areEqual(pair.key.lowerBound..<pair.key.upperBound - 5, key)
    }?.value
  }

  private static func value(_ record: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(range.count)
    var index = range.lowerBound
    while index < range.upperBound {
      if record[index] == .backslash, index + 1 < range.upperBound {
        switch record[index + 1] {
        case UInt8(ascii: "="), .backslash, UInt8(ascii: "|"): text.append(record[index + 1])
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        default:
          text.append(.backslash)
          text.append(record[index + 1])
        }
        index += 2
      } else {
        text.append(record[index])
        index += 1
      }
    }
    return text
  }

  private static func unescaped(
    _ record: Span<UInt8>,
    _ range: Range<Int>,
    of escaped: [UInt8]
  ) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(range.count)
    var index = range.lowerBound
    while index < range.upperBound {
      if record[index] == .backslash, index + 1 < range.upperBound,
        escaped.contains(record[index + 1])
      {
        index += 1
      }
      text.append(record[index])
      index += 1
    }
    return text
  }
}
