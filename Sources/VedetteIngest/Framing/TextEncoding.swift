/// How a file's text is encoded, as far as framing has to know.
package enum TextEncoding: Sendable, Equatable {
  /// UTF-8, or whatever else has its line feeds as single bytes.
  case bytes
  /// UTF-16 with the low byte first.
  case utf16LittleEndian
  /// UTF-16 with the high byte first.
  case utf16BigEndian

  /// Tells the encoding and the length of the byte-order mark from a file's first three bytes.
  ///
  /// Returns `nil` if they could still become a mark.
  package static func detect(
    _ head: Span<UInt8>,
    isComplete: Bool
  ) -> (encoding: TextEncoding, markLength: Int)? {
    let isEnough = isComplete || head.count >= 3
    guard head.count > 0 else { return isComplete ? (.bytes, 0) : nil }
    switch head[0] {
    case 0xff:
      guard head.count > 1 else { return isEnough ? (.bytes, 0) : nil }
      return head[1] == 0xfe ? (.utf16LittleEndian, 2) : (.bytes, 0)
    case 0xfe:
      guard head.count > 1 else { return isEnough ? (.bytes, 0) : nil }
      return head[1] == 0xff ? (.utf16BigEndian, 2) : (.bytes, 0)
    case 0xef:
      if head.count > 1, head[1] != 0xbb { return (.bytes, 0) }
      guard head.count > 2 else { return isEnough ? (.bytes, 0) : nil }
      return head[2] == 0xbf ? (.bytes, 3) : (.bytes, 0)
    default:
      return (.bytes, 0)
    }
  }
}
