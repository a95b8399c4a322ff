// The inside of JSON strings: escapes (RFC 8259 section 7) and UTF-8 (RFC 3629).
//
// A lone surrogate escape, which RFC 8259 section 8.2 leaves open, becomes U+FFFD: Windows writes
// them, and a record that could be made unreadable by one `\ud800` in a user agent would be a way
// past every rule.

import CScan

enum JSONText {
  /// Returns the number of bytes of the escape at `index`, or 0 if it is malformed.
  @inline(__always)
  @unsafe
  static func escapeLength(
    _ bytes: UnsafePointer<UInt8>,
    at index: Int,
    end: Int
  ) -> Int {
    guard index + 1 < end else { return 0 }
    switch unsafe bytes[index + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return 2
    case UInt8(ascii: "u"):
      guard index + 6 <= end, unsafe hexadecimal(bytes + index + 2) >= 0 else { return 0 }
      return 6
    default: return 0
    }
  }

  /// Returns what four hexadecimal digits write, or a negative number.
  @unsafe
  static func hexadecimal(_ digits: UnsafePointer<UInt8>) -> Int {
    var value = 0
    for index in 0..<4 {
      let digit = unsafe digits[index]
      switch digit {
      case 0x30...0x39: value = value &* 16 &+ Int(digit &- 0x30)
      case 0x41...0x46: value = value &* 16 &+ Int(digit &- 0x37)
      case 0x61...0x66: value = value &* 16 &+ Int(digit &- 0x57)
      default: return -1
      }
    }
    return value
  }

  /// Writes a string's text without its escapes and returns its length.
  ///
  /// The escapes must have been checked. The text is never longer than what writes it.
  @unsafe
  static func unescape(
    _ bytes: UnsafePointer<UInt8>,
    from start: Int,
    to end: Int,
    into output: UnsafeMutablePointer<UInt8>
  ) -> Int {
    var index = start
    var length = 0
    while index < end {
      let stop = unsafe Int(cscan_string_stop(bytes, UInt64(index), UInt64(end)) & ~notASCII)
      unsafe (output + length).update(from: bytes + index, count: stop - index)
      length += stop - index
      index = stop
      guard index < end else { break }
      let letter = unsafe bytes[index + 1]
      if letter == UInt8(ascii: "u") {
        var scalar = unsafe UInt32(truncatingIfNeeded: hexadecimal(bytes + index + 2))
        index += 6
        if scalar & 0xfc00 == 0xd800, index + 6 <= end, unsafe bytes[index] == 0x5c,
          unsafe bytes[index + 1] == UInt8(ascii: "u")
        {
          let low = unsafe UInt32(truncatingIfNeeded: hexadecimal(bytes + index + 2))
          if low & 0xfc00 == 0xdc00 {
            scalar = 0x10000 + (scalar & 0x3ff) << 10 + low & 0x3ff
            index += 6
          }
        }
        length += unsafe encode(scalar, into: output + length)
      } else {
        unsafe output[length] = plain(letter)
        length += 1
        index += 2
      }
    }
    return length
  }

  private static let notASCII: UInt64 = 1 << 63

  private static func plain(_ letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0c
    case UInt8(ascii: "n"): 0x0a
    case UInt8(ascii: "r"): 0x0d
    case UInt8(ascii: "t"): 0x09
    default: letter
    }
  }

  @unsafe
  private static func encode(_ scalar: UInt32, into output: UnsafeMutablePointer<UInt8>) -> Int {
    let scalar = scalar & 0xffff_f800 == 0xd800 ? 0xfffd : scalar
    switch scalar {
    case ..<0x80:
      unsafe output[0] = UInt8(scalar)
      return 1
    case ..<0x800:
      unsafe output[0] = UInt8(0xc0 | scalar >> 6)
      unsafe output[1] = UInt8(0x80 | scalar & 0x3f)
      return 2
    case ..<0x10000:
      unsafe output[0] = UInt8(0xe0 | scalar >> 12)
      unsafe output[1] = UInt8(0x80 | scalar >> 6 & 0x3f)
      unsafe output[2] = UInt8(0x80 | scalar & 0x3f)
      return 3
    default:
      unsafe output[0] = UInt8(0xf0 | scalar >> 18)
      unsafe output[1] = UInt8(0x80 | scalar >> 12 & 0x3f)
      unsafe output[2] = UInt8(0x80 | scalar >> 6 & 0x3f)
      unsafe output[3] = UInt8(0x80 | scalar & 0x3f)
      return 4
    }
  }

  /// Whether bytes are well-formed UTF-8, after table 3-7 of the Unicode standard.
  @unsafe
  static func isUTF8(_ bytes: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Bool {
    var index = start
    let raw = unsafe UnsafeRawPointer(bytes)
    while index < end {
      if index + 8 <= end,
        unsafe raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080
          == 0
      {
        index += 8
        continue
      }
      let length = unsafe sequenceLength(bytes + index, left: end - index)
      if length == 0 { return false }
      index += length
    }
    return true
  }

  @inline(__always)
  @unsafe
  private static func sequenceLength(_ bytes: UnsafePointer<UInt8>, left: Int) -> Int {
    let first = unsafe bytes[0]
    if first < 0x80 { return 1 }
    guard left >= 2 else { return 0 }
    let second = unsafe bytes[1]
    switch first {
    case 0xc2...0xdf:
      return isContinuation(second) ? 2 : 0
    case 0xe0...0xef:
      let low: UInt8 = first == 0xe0 ? 0xa0 : 0x80
      let high: UInt8 = first == 0xed ? 0x9f : 0xbf
      guard left >= 3, second >= low, second <= high else { return 0 }
      return unsafe isContinuation(bytes[2]) ? 3 : 0
    case 0xf0...0xf4:
      let low: UInt8 = first == 0xf0 ? 0x90 : 0x80
      let high: UInt8 = first == 0xf4 ? 0x8f : 0xbf
      guard left >= 4, second >= low, second <= high else { return 0 }
      return unsafe isContinuation(bytes[2]) && isContinuation(bytes[3]) ? 4 : 0
    default: return 0
    }
  }

  @inline(__always)
  private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xc0 == 0x80 }

  /// Counts the characters (Unicode scalars) of well-formed UTF-8.
  @unsafe
  static func characterCount(_ bytes: UnsafePointer<UInt8>, count: Int) -> Int {
    var characters = 0
    for index in 0..<count where unsafe !isContinuation(bytes[index]) { characters &+= 1 }
    return characters
  }
}
