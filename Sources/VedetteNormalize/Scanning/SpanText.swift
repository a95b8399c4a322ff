// Looking at the bytes of a record.
//
// Everything here works on a span and a range of it: nothing is copied, nothing allocates, and each
// access is checked, so that a reader of a format is a list of `skip`s and `word`s without pointers.

import Glibc
import VedetteEvent

extension Span<UInt8> {
  /// The whole of it.
  var all: Range<Int> { 0..<count }

  /// Whether a range starts with a text.
  @inline(__always)
  func hasPrefix(_ text: StaticString, _ range: Range<Int>) -> Bool {
    let length = text.utf8CodeUnitCount
    guard range.count >= length else { return false }
    // Safety: a static string has `utf8CodeUnitCount` bytes, and the span checks its own index.
    let start = unsafe text.utf8Start
    for offset in 0..<length where unsafe self[range.lowerBound + offset] != start[offset] {
      return false
    }
    return true
  }

  /// Whether a range is a text.
  @inline(__always)
  func equals(_ text: StaticString, _ range: Range<Int>) -> Bool {
    range.count == text.utf8CodeUnitCount && hasPrefix(text, range)
  }

  /// Whether a range ends with a text.
  @inline(__always)
  func hasSuffix(_ text: StaticString, _ range: Range<Int>) -> Bool {
    let length = text.utf8CodeUnitCount
    return range.count >= length
      && hasPrefix(text, range.upperBound - length..<range.upperBound)
  }

  /// Moves a range past a text that it starts with.
  ///
  /// - Returns: Whether it did; if not the range is as it was.
  @inline(__always)
  func skip(_ text: StaticString, _ range: inout Range<Int>) -> Bool {
    guard hasPrefix(text, range) else { return false }
    range = range.lowerBound + text.utf8CodeUnitCount..<range.upperBound
    return true
  }

  /// Cuts a text off a range that ends with it.
  ///
  /// - Returns: Whether it did; if not the range is as it was.
  @inline(__always)
  func drop(_ text: StaticString, _ range: inout Range<Int>) -> Bool {
    guard hasSuffix(text, range) else { return false }
    range = range.lowerBound..<range.upperBound - text.utf8CodeUnitCount
    return true
  }

  /// Moves a range past the bytes equal to one that it starts with.
  @inline(__always)
  func skipAll(_ byte: UInt8, _ range: inout Range<Int>) {
    var start = range.lowerBound
    while start < range.upperBound, self[start] == byte { start += 1 }
    range = start..<range.upperBound
  }

  /// The first place of a byte in a range.
  ///
  /// Words are short, so the first bytes are looked at here; what is longer is for `memchr`.
  @inline(__always)
  func first(_ byte: UInt8, _ range: Range<Int>) -> Int? {
    let near = Swift.min(range.lowerBound + 12, range.upperBound)
    var index = range.lowerBound
    while index < near {
      if self[index] == byte { return index }
      index += 1
    }
    return near < range.upperBound ? firstFar(byte, near..<range.upperBound) : nil
  }

  @inline(never)
  private func firstFar(_ byte: UInt8, _ range: Range<Int>) -> Int? {
    // Safety: the part that is extracted is checked to be inside, and only it is searched.
    unsafe extracting(range).withUnsafeBufferPointer { part in
      guard let start = part.baseAddress,
        let found = unsafe memchr(start, Int32(byte), part.count)
      else { return nil }
      return unsafe range.lowerBound + (UnsafeRawPointer(found) - UnsafeRawPointer(start))
    }
  }

  /// The last place of a byte in a range.
  @inline(__always)
  func last(_ byte: UInt8, _ range: Range<Int>) -> Int? {
    var index = range.upperBound
    while index > range.lowerBound {
      index -= 1
      if self[index] == byte { return index }
    }
    return nil
  }

  /// The first place of a text in a range.
  @inline(__always)
  func first(_ text: StaticString, _ range: Range<Int>) -> Int? {
    let limit = range.upperBound - text.utf8CodeUnitCount
    let head = text.byte(0)
    var index = range.lowerBound
    while index <= limit {
      guard let place = first(head, index..<limit + 1) else { return nil }
      if hasPrefix(text, place..<range.upperBound) { return place }
      index = place + 1
    }
    return nil
  }

  /// The last place of a text in a range.
  @inline(__always)
  func last(_ text: StaticString, _ range: Range<Int>) -> Int? {
    let head = text.byte(0)
    var index = range.upperBound - text.utf8CodeUnitCount
    while index >= range.lowerBound {
      if self[index] == head, hasPrefix(text, index..<range.upperBound) { return index }
      index -= 1
    }
    return nil
  }

  /// Takes the word that a range starts with, up to a blank, and moves the range past both.
  @inline(__always)
  func word(_ range: inout Range<Int>) -> Range<Int> {
    let end = first(.space, range) ?? range.upperBound
    let word = range.lowerBound..<end
    range = min(end + 1, range.upperBound)..<range.upperBound
    return word
  }

  /// The range without blanks, tabs, line ends and NULs around it.
  @inline(__always)
  func trimmed(_ range: Range<Int>) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, self[start].isBlank { start += 1 }
    while end > start, self[end - 1].isBlank { end -= 1 }
    return start..<end
  }

  /// The whole without blanks around it and without a byte-order mark before it.
  var content: Range<Int> {
    var range = trimmed(all)
    if skip("\u{FEFF}", &range) { range = trimmed(range) }
    return range
  }

  /// The number that a range of digits writes, or `nil` if it is none or over 18 digits long.
  @inline(__always)
  func number(_ range: Range<Int>) -> Int64? {
    guard (1...18).contains(range.count) else { return nil }
    var value: Int64 = 0
    for index in range {
      let digit = self[index] &- UInt8(ascii: "0")
      guard digit <= 9 else { return nil }
      value = value &* 10 &+ Int64(digit)
    }
    return value
  }

  /// The end of the digits that start at a place.
  @inline(__always)
  func endOfDigits(_ start: Int, _ limit: Int) -> Int {
    var index = start
    while index < limit, self[index].isDigit { index += 1 }
    return index
  }

  /// The address that a range is, or `nil`.
  func address(_ range: Range<Int>) -> IPAddress? {
    IPAddress(utf8: extracting(range))
  }

  /// Whether two ranges hold the same bytes.
  func areEqual(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
    guard left.count == right.count else { return false }
    for offset in 0..<left.count
    where self[left.lowerBound + offset] != self[right.lowerBound + offset] {
      return false
    }
    return true
  }
}

extension UInt8 {
  /// A blank.
  static let space = UInt8(ascii: " ")
  /// A double quote.
  static let quote = UInt8(ascii: "\"")
  /// A backslash.
  static let backslash = UInt8(ascii: "\\")
  /// A colon.
  static let colon = UInt8(ascii: ":")

  /// Whether it is an ASCII digit.
  @inline(__always)
  var isDigit: Bool { self &- 0x30 <= 9 }

  /// Whether it is an ASCII letter.
  @inline(__always)
  var isLetter: Bool { (self | 0x20) &- 0x61 <= 25 }

  /// Whether it is a blank, a tab, a line end or NUL.
  @inline(__always)
  var isBlank: Bool { self == 0x20 || self &- 0x09 <= 4 || self == 0 }

  /// The value of a hexadecimal digit, or `nil`.
  var hexValue: UInt8? {
    if isDigit { return self &- 0x30 }
    let letter = (self | 0x20) &- 0x61
    return letter <= 5 ? letter + 10 : nil
  }
}

extension StaticString {
  /// The byte at a place.
  @inline(__always)
  func byte(_ index: Int) -> UInt8 {
    precondition(index >= 0 && index < utf8CodeUnitCount)
    // Safety: a static string has `utf8CodeUnitCount` bytes.
    return unsafe utf8Start[index]
  }
}
