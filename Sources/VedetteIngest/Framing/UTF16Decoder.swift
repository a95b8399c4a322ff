/// Turns UTF-16 into UTF-8, piece by piece.
///
/// A surrogate without its partner becomes U+FFFD and is counted. Every scalar takes exactly the
/// bytes that ``StoredUnit/utf16`` counts for it, which is how records keep their true offsets.
struct UTF16Decoder: Sendable {
  let isBigEndian: Bool
  private(set) var unreadableUnits = 0
  private var lowByte: UInt8?
  private var highSurrogate: UInt16?

  init(isBigEndian: Bool) {
    self.isBigEndian = isBigEndian
  }

  /// Decodes a piece and appends the result to `output`.
  mutating func decode(_ piece: Span<UInt8>, into output: inout [UInt8]) {
    for index in piece.indices {
      guard let first = lowByte else {
        lowByte = piece[index]
        continue
      }
      lowByte = nil
      let second = piece[index]
      take(
        isBigEndian
          ? UInt16(first) << 8 | UInt16(second)
          : UInt16(second) << 8 | UInt16(first),
        into: &output
      )
    }
  }

  /// Ends the text; half a unit or half a pair at the end is counted.
  mutating func finish(into output: inout [UInt8]) {
    if highSurrogate != nil { replace(into: &output) }
    highSurrogate = nil
    if lowByte != nil { unreadableUnits += 1 }
    lowByte = nil
  }

  private mutating func take(_ unit: UInt16, into output: inout [UInt8]) {
    if let high = highSurrogate {
      highSurrogate = nil
      if unit & 0xfc00 == 0xdc00 {
        let offset = UInt32(high & 0x3ff) << 10 | UInt32(unit & 0x3ff)
        return append(0x10000 + offset, to: &output)
      }
      replace(into: &output)
    }
    switch unit & 0xfc00 {
    case 0xd800: highSurrogate = unit
    case 0xdc00: replace(into: &output)
    default: append(UInt32(unit), to: &output)
    }
  }

  private mutating func replace(into output: inout [UInt8]) {
    unreadableUnits += 1
    append(0xfffd, to: &output)
  }

  private func append(_ scalar: UInt32, to output: inout [UInt8]) {
    let tail = { (shift: UInt32) in UInt8(truncatingIfNeeded: 0x80 | scalar >> shift & 0x3f) }
    switch scalar {
    case ..<0x80:
      output.append(UInt8(scalar))
    case ..<0x800:
      output.append(UInt8(0xc0 | scalar >> 6))
      output.append(tail(0))
    case ..<0x10000:
      output.append(UInt8(0xe0 | scalar >> 12))
      output.append(tail(6))
      output.append(tail(0))
    default:
      output.append(UInt8(0xf0 | scalar >> 18))
      output.append(tail(12))
      output.append(tail(6))
      output.append(tail(0))
    }
  }
}
