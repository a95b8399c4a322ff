// What follows a backslash, and the small steps that all of the parser is made of.

extension RegexParser {
  /// What an escape stands for.
  enum Escape {
    case scalar(UInt32)
    case set(ScalarSet)
    case assertion(RegexAssertion)
  }

  /// Reads the escape behind the backslash at `start`.
  mutating func parseEscape(from start: Int) throws(RegexError) -> Escape {
    guard let byte = peek() else { throw RegexError(.trailingBackslash, at: start) }
    guard isASCIILetter(byte) || (0x30...0x39).contains(byte) else { return .scalar(takeScalar()) }
    position += 1

    switch byte {
    case UInt8(ascii: "a"): return .scalar(0x07)
    case UInt8(ascii: "e"): return .scalar(0x1B)
    case UInt8(ascii: "f"): return .scalar(0x0C)
    case UInt8(ascii: "n"): return .scalar(0x0A)
    case UInt8(ascii: "r"): return .scalar(0x0D)
    case UInt8(ascii: "t"): return .scalar(0x09)
    case UInt8(ascii: "d"): return .set(.digits)
    case UInt8(ascii: "D"): return .set(ScalarSet.digits.inverted())
    case UInt8(ascii: "w"): return .set(.wordCharacters)
    case UInt8(ascii: "W"): return .set(ScalarSet.wordCharacters.inverted())
    case UInt8(ascii: "s"): return .set(.whiteSpace)
    case UInt8(ascii: "S"): return .set(ScalarSet.whiteSpace.inverted())
    case UInt8(ascii: "h"): return .set(.horizontalSpace)
    case UInt8(ascii: "H"): return .set(ScalarSet.horizontalSpace.inverted())
    case UInt8(ascii: "v"): return .set(.verticalSpace)
    case UInt8(ascii: "V"): return .set(ScalarSet.verticalSpace.inverted())
    case UInt8(ascii: "N"): return .set(.allButNewline)
    case UInt8(ascii: "A"): return .assertion(.textStart)
    case UInt8(ascii: "z"): return .assertion(.textEnd)
    case UInt8(ascii: "Z"): return .assertion(.textEndOrFinalNewline)
    case UInt8(ascii: "b"): return .assertion(.wordBoundary)
    case UInt8(ascii: "B"): return .assertion(.notWordBoundary)
    case UInt8(ascii: "0"): return .scalar(takeDigits(radix: 8, countMax: 2).value)
    case UInt8(ascii: "x"), UInt8(ascii: "u"):
      return .scalar(try parseHexadecimal(byte, from: start))
    case UInt8(ascii: "1")...UInt8(ascii: "9"), UInt8(ascii: "k"), UInt8(ascii: "g"):
      throw RegexError(.unsupported(.backreference), at: start)
    case UInt8(ascii: "p"), UInt8(ascii: "P"):
      throw RegexError(.unsupported(.unicodeProperty), at: start)
    default:
      throw RegexError(.unknownEscape(text(from: start)), at: start)
    }
  }

  /// Reads what follows `\x` or `\u`.
  private mutating func parseHexadecimal(
    _ letter: UInt8,
    from start: Int
  ) throws(RegexError) -> UInt32 {
    var value: UInt32
    if letter == UInt8(ascii: "x"), take("{") {
      let digits = takeDigits(radix: 16, countMax: 8)
      guard digits.count > 0, take("}") else { throw invalidScalar(from: start) }
      value = digits.value
    } else if letter == UInt8(ascii: "x") {
      let digits = takeDigits(radix: 16, countMax: 2)
      guard digits.count > 0 else { throw invalidScalar(from: start) }
      value = digits.value
    } else {
      let digits = takeDigits(radix: 16, countMax: 4)
      guard digits.count == 4 else { throw invalidScalar(from: start) }
      value = digits.value
      if (0xD800...0xDBFF).contains(value), takeText("\\u") {
        let low = takeDigits(radix: 16, countMax: 4)
        guard low.count == 4, (0xDC00...0xDFFF).contains(low.value) else {
          throw invalidScalar(from: start)
        }
        value = 0x10000 + (value - 0xD800) << 10 + (low.value - 0xDC00)
      }
    }
    guard Unicode.Scalar(value) != nil else { throw invalidScalar(from: start) }
    return value
  }

  private mutating func takeDigits(radix: UInt32, countMax: Int) -> (value: UInt32, count: Int) {
    var value: UInt32 = 0
    var count = 0
    while count < countMax, let byte = peek(), let digit = hexadecimalValue(of: byte),
      digit < radix
    {
      value = value &* radix &+ digit
      count += 1
      position += 1
    }
    return (value, count)
  }

  private func hexadecimalValue(of byte: UInt8) -> UInt32? {
    switch byte {
    case 0x30...0x39: UInt32(byte - 0x30)
    case 0x41...0x46: UInt32(byte - 0x41 + 10)
    case 0x61...0x66: UInt32(byte - 0x61 + 10)
    default: nil
    }
  }

  private func invalidScalar(from start: Int) -> RegexError {
    RegexError(.invalidScalar(text(from: start)), at: start)
  }
}

extension RegexParser {
  /// Returns the next byte, without taking it.
  func peek() -> UInt8? {
    position < pattern.count ? pattern[position] : nil
  }

  /// Returns whether a text comes next.
  func peekText(_ text: String) -> Bool {
    pattern[position...].starts(with: text.utf8)
  }

  /// Takes a character of ASCII if it comes next.
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek() == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  /// Takes a text if it comes next.
  mutating func takeText(_ text: String) -> Bool {
    guard peekText(text) else { return false }
    position += text.utf8.count
    return true
  }

  /// Takes one scalar; the pattern is well-formed UTF-8 and not at its end.
  mutating func takeScalar() -> UInt32 {
    let lead = pattern[position]
    position += 1
    guard lead >= 0x80 else { return UInt32(lead) }
    let count = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1
    var value = UInt32(lead) & (0x3F >> UInt32(count))
    for _ in 0..<count where position < pattern.count {
      value = value << 6 | UInt32(pattern[position] & 0x3F)
      position += 1
    }
    return value
  }

  /// Skips a space or a comment, as `x` allows; returns whether there was one.
  mutating func skipExtendedSpace() -> Bool {
    guard let byte = peek() else { return false }
    if byte == UInt8(ascii: "#") {
      while let next = peek(), next != 0x0A { position += 1 }
      return true
    }
    guard byte == 0x20 || (0x09...0x0D).contains(byte) else { return false }
    position += 1
    return true
  }

  /// Returns the pattern from an offset to where the reader is.
  func text(from start: Int) -> String {
    String(decoding: pattern[start..<position], as: UTF8.self)
  }

  func isASCIILetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  func isWordByte(_ byte: UInt8) -> Bool {
    isASCIILetter(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "_")
  }
}
