/// The modifiers that write a text in another way.
enum ValueEncoding {
  /// Applies one of `windash`, `base64`, `base64offset`, `utf16`, `utf16le`, `utf16be` and `wide`.
  ///
  /// - Parameters:
  ///   - modifier: The modifier; any other leaves the pattern as it is.
  ///   - pattern: The pattern; without wildcards for base64.
  /// - Returns: The patterns it becomes, any of which may match.
  static func apply(_ modifier: FieldModifier, to pattern: TextPattern) -> [TextPattern] {
    switch modifier {
    case .windash: [pattern.mapBytes(dashes)]
    case .base64: [TextPattern(literal: base64(pattern.plain ?? []))]
    case .base64offset: (0..<3).map { offset($0, pattern.plain ?? []) }
    case .utf16le, .wide: [pattern.mapBytes { [.bytes(utf16($0, isBigEndian: false))] }]
    case .utf16be: [pattern.mapBytes { [.bytes(utf16($0, isBigEndian: true))] }]
    case .utf16:
      [
        TextPattern(
          pieces: [.bytes([0xff, 0xfe])]
            + pattern.mapBytes { [.bytes(utf16($0, isBigEndian: false))] }.pieces
        )
      ]
    default: [pattern]
    }
  }

  /// Windows' programs take any of these before a flag.
  static let dashTexts: [[UInt8]] = ["-", "/", "\u{2013}", "\u{2014}", "\u{2015}"].map {
    Array($0.utf8)
  }

  private static let dashesExpandedMax = 4

  /// Writes each dash of a pattern as each of ``dashTexts``.
  ///
  /// - Parameter pattern: The pattern, perhaps with dashes that stand for all of them.
  /// - Returns: The patterns, the one itself without such dashes; `nil` for more than four dashes,
  ///   of which there are too many ways to write them.
  static func withDashes(_ pattern: TextPattern) -> [TextPattern]? {
    let count = pattern.pieces.count { $0 == .dash }
    guard count > 0 else { return [pattern] }
    guard count <= dashesExpandedMax else { return nil }
    var written: [[TextPattern.Piece]] = [[]]
    for piece in pattern.pieces {
      written =
        piece == .dash
        ? written.flatMap { start in dashTexts.map { start + [.bytes($0)] } }
        : written.map { $0 + [piece] }
    }
    return written.map(TextPattern.init(pieces:))
  }

  /// Replaces a dash where a flag starts: after no letter, digit or underscore and before one.
  private static func dashes(_ bytes: [UInt8]) -> [TextPattern.Piece] {
    var pieces: [TextPattern.Piece] = []
    var literal: [UInt8] = []
    var index = 0
    while index < bytes.count {
      let dash = dashTexts.first { bytes[index...].starts(with: $0) }
      if let dash {
        let next = index + dash.count
        let isAfterWord = index > 0 && isWord(bytes[index - 1])
        if !isAfterWord, next < bytes.count, isWord(bytes[next]) {
          pieces += [.bytes(literal), .dash]
          literal = []
        } else {
          literal += dash
        }
        index = next
      } else {
        literal.append(bytes[index])
        index += 1
      }
    }
    return pieces + [.bytes(literal)]
  }

  /// Letters beyond ASCII count as letters, as their bytes do here; the dashes themselves end in
  /// 0x93 to 0x95 and are seen before.
  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: byte >= 0x80
    }
  }

  private static func utf16(_ bytes: [UInt8], isBigEndian: Bool) -> [UInt8] {
    String(decoding: bytes, as: UTF8.self).utf16.flatMap { unit -> [UInt8] in
      let high = UInt8(truncatingIfNeeded: unit >> 8)
      let low = UInt8(truncatingIfNeeded: unit)
      return isBigEndian ? [high, low] : [low, high]
    }
  }

  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
  )

  /// RFC 4648 section 4, padded.
  private static func base64(_ bytes: [UInt8]) -> [UInt8] {
    var encoded: [UInt8] = []
    encoded.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let count = min(3, bytes.count - start)
      var group: UInt32 = 0
      for index in 0..<3 {
        group = group << 8 | (index < count ? UInt32(bytes[start + index]) : 0)
      }
      for index in 0..<4 {
        let digit = Int(group >> UInt32(18 - 6 * index)) & 63
        encoded.append(index <= count ? alphabet[digit] : UInt8(ascii: "="))
      }
    }
    return encoded
  }

  /// The digits that are the same whatever stands before and after the bytes, when a number of
  /// bytes, modulo three, stands before them.
  private static func offset(_ before: Int, _ bytes: [UInt8]) -> TextPattern {
    let encoded = base64([UInt8](repeating: 0x20, count: before) + bytes)
    let start = [0, 2, 3][before]
    let cut = [0, 3, 2][(bytes.count + before) % 3]
    guard encoded.count - cut > start else { return TextPattern(literal: []) }
    return TextPattern(literal: Array(encoded[start..<(encoded.count - cut)]))
  }
}
