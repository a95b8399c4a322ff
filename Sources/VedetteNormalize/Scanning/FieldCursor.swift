// The parts of a time, one after the other.

/// The time of day.
struct ClockFields {
  var hour: Int
  var minute: Int
  var second: Int
  var nanosecond: Int
}

/// A place in a record that moves past the parts of a time.
struct FieldCursor {
  var index: Int
  let end: Int

  /// The byte at the place.
  @inline(__always)
  func peek(_ bytes: Span<UInt8>) -> UInt8? { index < end ? bytes[index] : nil }

  /// Moves past a byte if it is there.
  @inline(__always)
  mutating func take(_ byte: UInt8, _ bytes: Span<UInt8>) -> Bool {
    guard index < end, bytes[index] == byte else { return false }
    index += 1
    return true
  }

  /// Reads a number of so many digits, no more.
  @inline(__always)
  mutating func number(_ bytes: Span<UInt8>, digits: ClosedRange<Int>) -> Int? {
    var value = 0
    var place = index
    while place < end, bytes[place].isDigit {
      guard place - index < digits.upperBound else { return nil }
      value = value &* 10 &+ Int(bytes[place] &- 0x30)
      place += 1
    }
    guard place - index >= digits.lowerBound else { return nil }
    index = place
    return value
  }

  /// Reads a month's first three letters in any case.
  @inline(__always)
  mutating func month(_ bytes: Span<UInt8>) -> Int? {
    guard index + 3 <= end else { return nil }
    let month: Int
    switch bytes.letters(index..<index + 3) {
    case 0x6a616e: month = 1
    case 0x666562: month = 2
    case 0x6d6172: month = 3
    case 0x617072: month = 4
    case 0x6d6179: month = 5
    case 0x6a756e: month = 6
    case 0x6a756c: month = 7
    case 0x617567: month = 8
    case 0x736570: month = 9
    case 0x6f6374: month = 10
    case 0x6e6f76: month = 11
    case 0x646563: month = 12
    default: return nil
    }
    index += 3
    return month
  }

  /// Reads a year of four digits, if the terminator, or anything but a digit or letter, follows.
  mutating func year(_ bytes: Span<UInt8>, before terminator: UInt8?) -> Int? {
    var ahead = self
    guard let year = ahead.number(bytes, digits: 4...4), (1970...2199).contains(year)
    else { return nil }
    let next = ahead.peek(bytes)
    if let terminator {
      guard next == terminator else { return nil }
    } else if let next, next.isLetter || next == UInt8(ascii: ".") || next == UInt8(ascii: "-") {
      return nil
    }
    self = ahead
    return year
  }

  /// Reads `06:55:46` and a fraction.
  @inline(__always)
  mutating func clock(_ bytes: Span<UInt8>) -> ClockFields? {
    guard let hour = number(bytes, digits: 2...2), take(.colon, bytes),
      let minute = number(bytes, digits: 2...2), take(.colon, bytes),
      let second = number(bytes, digits: 2...2)
    else { return nil }
    return ClockFields(hour: hour, minute: minute, second: second, nanosecond: fraction(bytes))
  }

  /// Reads a dot or comma and digits as nanoseconds; digits past the ninth are read over.
  mutating func fraction(_ bytes: Span<UInt8>) -> Int {
    guard let mark = peek(bytes), mark == UInt8(ascii: ".") || mark == UInt8(ascii: ","),
      index + 1 < end, bytes[index + 1].isDigit
    else { return 0 }
    index += 1
    var value = 0
    var digits = 0
    while index < end, bytes[index].isDigit {
      if digits < 9 {
        value = value * 10 + Int(bytes[index] &- 0x30)
        digits += 1
      }
      index += 1
    }
    while digits < 9 {
      value *= 10
      digits += 1
    }
    return value
  }

  /// Reads `Z`, `+02:00`, `-0700`, `+02`, or a blank and one of four digits, as seconds.
  mutating func offset(_ bytes: Span<UInt8>) -> Int? {
    guard let mark = peek(bytes) else { return nil }
    if mark | 0x20 == UInt8(ascii: "z") {
      index += 1
      return 0
    }
    var ahead = self
    let isApart = ahead.take(.space, bytes)
    guard let sign = ahead.peek(bytes), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-")
    else { return nil }
    ahead.index += 1
    guard let hours = ahead.pair(bytes), hours <= 23 else { return nil }
    let beforeColon = ahead
    let hasColon = ahead.take(.colon, bytes)
    var minutes = 0
    if let written = ahead.pair(bytes) {
      minutes = written
    } else if isApart || hasColon {
      // `10:14:07 -05 failed` is more likely a message than an offset; `+02:` ends with the hours.
      guard !isApart else { return nil }
      ahead = beforeColon
    }
    guard minutes <= 59, !(ahead.peek(bytes)?.isDigit ?? false) else { return nil }
    self = ahead
    let seconds = hours * 3_600 + minutes * 60
    return sign == UInt8(ascii: "-") ? -seconds : seconds
  }

  /// Whether what is next looks like an offset and is none that exists: `+25:00`, `-0960`.
  func isAtBadOffset(_ bytes: Span<UInt8>) -> Bool {
    guard let sign = peek(bytes), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else {
      return false
    }
    var ahead = self
    ahead.index += 1
    guard let hours = ahead.pair(bytes) else { return false }
    _ = ahead.take(.colon, bytes)
    guard let minutes = ahead.pair(bytes), !(ahead.peek(bytes)?.isDigit ?? false) else {
      return false
    }
    return hours > 23 || minutes > 59
  }

  /// Reads ` UTC` or ` GMT`, if the terminator, or anything but a letter or digit, follows.
  mutating func takeUTC(_ bytes: Span<UInt8>, terminator: UInt8?) -> Bool {
    guard index + 4 <= end, bytes[index] == .space else { return false }
    let name = bytes.letters(index + 1..<index + 4)
    guard name == 0x757463 || name == 0x676d74 else { return false }
    let next = index + 4 < end ? bytes[index + 4] : nil
    if let terminator {
      guard next == terminator else { return false }
    } else if let next, next.isLetter || next.isDigit {
      return false
    }
    index += 4
    return true
  }

  /// Reads two digits.
  private mutating func pair(_ bytes: Span<UInt8>) -> Int? {
    guard index + 2 <= end, bytes[index].isDigit, bytes[index + 1].isDigit else { return nil }
    let value = Int(bytes[index] &- 0x30) * 10 + Int(bytes[index + 1] &- 0x30)
    index += 2
    return value
  }
}

extension Span<UInt8> {
  /// The letters of a range of up to four as one number, in lower case; 0 if one is no letter.
  @inline(__always)
  func letters(_ range: Range<Int>) -> UInt32 {
    var packed: UInt32 = 0
    for index in range {
      guard self[index].isLetter else { return 0 }
      packed = packed &<< 8 | UInt32(self[index] | 0x20)
    }
    return packed
  }
}
