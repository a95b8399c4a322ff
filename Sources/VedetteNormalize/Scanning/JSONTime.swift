// Times as JSON logs write them.
//
// Texts: RFC 3339 and its relatives (a space for the T, a comma before the fraction, no seconds, no
// colon in the offset, more than nine digits), `/Date(1700000000000)/` and numbers in quotation
// marks. Numbers: seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by
// their size: as seconds, 1e11 is the year 5138; as milliseconds, 1e11 is March 1973.

import VedetteEvent

/// A time as it was read.
struct JSONTime {
  /// The time, as UTC.
  var time: EventTime
  /// Whether no zone was given: the time is then that of the source's zone.
  var lacksZone = false

  /// Reads a time, or returns `nil` if the bytes are none.
  init?(_ bytes: Span<UInt8>) {
    if let time = Self.civil(bytes) ?? Self.dotted(bytes) {
      self = time
    } else if let time = Self.epoch(bytes) ?? Self.dotNet(bytes) {
      self.init(time: time)
    } else {
      return nil
    }
  }

  private init(time: EventTime, lacksZone: Bool = false) {
    self.time = time
    self.lacksZone = lacksZone
  }

  // MARK: - Texts

  private static func civil(_ bytes: Span<UInt8>) -> JSONTime? {
    guard bytes.count >= 16, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      bytes[10] == UInt8(ascii: "T") || bytes[10] == 0x20 || bytes[10] == UInt8(ascii: "t"),
      bytes[13] == UInt8(ascii: ":"), let year = digits(bytes, 0, 4),
      let month = digits(bytes, 5, 2), let day = digits(bytes, 8, 2),
      let hour = digits(bytes, 11, 2), let minute = digits(bytes, 14, 2)
    else { return nil }
    var index = 16
    var second = 0
    var nanosecond = 0
    if index < bytes.count, bytes[index] == UInt8(ascii: ":") {
      guard let value = digits(bytes, 17, 2) else { return nil }
      second = value
      index = 19
      if index + 1 < bytes.count, bytes[index] == UInt8(ascii: ".") || bytes[index] == 0x2c {
        guard let fraction = fraction(bytes, &index) else { return nil }
        nanosecond = fraction
      }
    }
    guard let offset = offset(bytes, from: index),
      let time = EventTime(
        year: year,
        month: month,
        day: day,
        hour: hour,
        minute: minute,
        second: second,
        nanosecond: nanosecond,
        offsetSeconds: offset ?? 0
      )
    else { return nil }
    return JSONTime(time: time, lacksZone: offset == nil)
  }

  /// `14.11.2023 10:00:00`, as tables of people's own have it: with dots the day is first.
  private static func dotted(_ bytes: Span<UInt8>) -> JSONTime? {
    guard bytes.count >= 13, bytes.count <= 40 else { return nil }
    var index = 0
    func number(_ most: Int) -> Int? {
      var value = 0
      let start = index
      while index < bytes.count, index - start < most, bytes[index] &- 0x30 <= 9 {
        value = value * 10 + Int(bytes[index] &- 0x30)
        index += 1
      }
      return index > start ? value : nil
    }
    func take(_ byte: UInt8) -> Bool {
      guard index < bytes.count, bytes[index] == byte else { return false }
      index += 1
      return true
    }
    guard let day = number(2), take(UInt8(ascii: ".")), let month = number(2),
      take(UInt8(ascii: ".")), let year = number(4), year >= 1_000
    else { return nil }
    _ = take(UInt8(ascii: ","))
    guard take(0x20), let hour = number(2), take(UInt8(ascii: ":")), let minute = number(2) else {
      return nil
    }
    let second = take(UInt8(ascii: ":")) ? number(2) : 0
    var nanosecond = 0
    if index + 1 < bytes.count, bytes[index] == UInt8(ascii: ".") || bytes[index] == 0x2c {
      nanosecond = fraction(bytes, &index) ?? 0
    }
    guard let second, let offset = offset(bytes, from: index),
      let time = EventTime(
        year: year,
        month: month,
        day: day,
        hour: hour,
        minute: minute,
        second: second,
        nanosecond: nanosecond,
        offsetSeconds: offset ?? 0
      )
    else { return nil }
    return JSONTime(time: time, lacksZone: offset == nil)
  }

  private static func digits(_ bytes: Span<UInt8>, _ start: Int, _ count: Int) -> Int? {
    guard start + count <= bytes.count else { return nil }
    var value = 0
    for index in start..<start + count {
      let digit = bytes[index] &- 0x30
      guard digit <= 9 else { return nil }
      value = value &* 10 &+ Int(digit)
    }
    return value
  }

  /// The digits after a point at `index`, as nanoseconds; what is finer is left out.
  private static func fraction(_ bytes: Span<UInt8>, _ index: inout Int) -> Int? {
    index += 1
    let first = index
    var value = 0
    var scale = 100_000_000
    while index < bytes.count, bytes[index] &- 0x30 <= 9 {
      value += Int(bytes[index] &- 0x30) * scale
      scale /= 10
      index += 1
    }
    return index > first ? value : nil
  }

  /// The zone at the end: `.some(nil)` for none, `nil` for what is no zone.
  private static func offset(_ bytes: Span<UInt8>, from start: Int) -> Int?? {
    var index = start
    while index < bytes.count, bytes[index] == 0x20 { index += 1 }
    guard index < bytes.count else { return .some(nil) }
    let rest = bytes.extracting(index..<bytes.count)
    if rest.equals("Z") || rest.equals("z") || rest.equals("UTC") || rest.equals("GMT") {
      return 0
    }
    let sign = rest[0]
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), let hours = digits(rest, 1, 2)
    else { return nil }
    var minutes = 0
    if rest.count > 3 {
      let at = rest[3] == UInt8(ascii: ":") ? 4 : 3
      guard rest.count == at + 2, let value = digits(rest, at, 2) else { return nil }
      minutes = value
    }
    guard hours <= 23, minutes <= 59 else { return nil }
    let seconds = hours * 3_600 + minutes * 60
    return sign == UInt8(ascii: "-") ? -seconds : seconds
  }

  private static func dotNet(_ bytes: Span<UInt8>) -> EventTime? {
    guard bytes.hasPrefix("/Date("), bytes.hasSuffix(")/") else { return nil }
    let inner = bytes.extracting(6..<bytes.count - 2)
    // An offset only says how to show the time.
    var end = 1
    while end < inner.count, inner[end] &- 0x30 <= 9 { end += 1 }
    guard inner.count > 0, let milliseconds = inner.extracting(0..<min(end, inner.count)).integer
    else { return nil }
    return time(milliseconds, timesPowerOfTen: 6)
  }

  // MARK: - Numbers

  private static func epoch(_ bytes: Span<UInt8>) -> EventTime? {
    guard bytes.count > 0, bytes.count <= 40 else { return nil }
    var index = bytes[0] == UInt8(ascii: "-") ? 1 : 0
    let first = index
    while index < bytes.count, bytes[index] &- 0x30 <= 9 { index += 1 }
    guard index > first, let whole = bytes.extracting(0..<index).integer else { return nil }
    var digitsOfFraction = 0
    var fraction: Int64 = 0
    if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
      index += 1
      while index < bytes.count, bytes[index] &- 0x30 <= 9 {
        if digitsOfFraction < 9 {
          fraction = fraction * 10 + Int64(bytes[index] &- 0x30)
          digitsOfFraction += 1
        }
        index += 1
      }
    }
    guard index == bytes.count else { return nil }
    let power = scale(of: whole)
    guard let base = time(whole, timesPowerOfTen: power) else { return nil }
    while digitsOfFraction > power {
      fraction /= 10
      digitsOfFraction -= 1
    }
    let rest = fraction * powersOfTen(power - digitsOfFraction)
    return base.advanced(byNanoseconds: bytes[0] == UInt8(ascii: "-") ? -rest : rest)
  }

  private static func scale(of whole: Int64) -> Int {
    switch whole.magnitude {
    case ..<100_000_000_000: 9
    case ..<100_000_000_000_000: 6
    case ..<100_000_000_000_000_000: 3
    default: 0
    }
  }

  private static func time(_ number: Int64, timesPowerOfTen power: Int) -> EventTime? {
    let (nanoseconds, overflow) = number.multipliedReportingOverflow(by: powersOfTen(power))
    return overflow ? nil : EventTime(nanosecondsSinceEpoch: nanoseconds)
  }

  private static func powersOfTen(_ power: Int) -> Int64 {
    var value: Int64 = 1
    for _ in 0..<max(power, 0) { value *= 10 }
    return value
  }
}
