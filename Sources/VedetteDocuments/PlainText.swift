/// Looks whether a text has characters that YAML refuses or takes for the end of a line.
enum PlainText {
  /// Returns whether a text is all ASCII.
  ///
  /// - Parameter bytes: The text; whether it is UTF-8 is not looked at.
  /// - Returns: `nil` if it has a control character other than the line feed, or one of the other
  ///   line breaks, byte order marks and forbidden characters of Unicode.
  static func isASCII(_ bytes: Span<UInt8>) -> Bool? {
    var isASCII = true
    for index in bytes.indices {
      let byte = bytes[index]
      if byte < 0x20 {
        guard byte == UInt8(ascii: "\n") else { return nil }
      } else if byte >= 0x7f {
        guard byte != 0x7f else { return nil }
        isASCII = false
        let next = index + 1 < bytes.count ? bytes[index + 1] : 0
        switch byte {
        // U+0080 to U+009F, among them the next line.
        case 0xc2 where next < 0xa0: return nil
        // U+2000 to U+203F, among them the separators of lines and paragraphs.
        case 0xe2 where next == 0x80:
          let last = index + 2 < bytes.count ? bytes[index + 2] : 0
          if last == 0xa8 || last == 0xa9 { return nil }
        // U+F000 to U+FFFF, among them byte order marks and what is no character.
        case 0xef where next >= 0xbb: return nil
        default: break
        }
      }
    }
    return isASCII
  }
}
