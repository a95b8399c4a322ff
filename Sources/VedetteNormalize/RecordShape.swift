/// The shape of a text: what is left when the values that differ from line to line are taken out.
public enum RecordShape {
  private static let bytesMax = 160

  /// Returns the shape of a text: numbers become `0`, long hexadecimal words and addresses `#`, what
  /// is in quotes `".."`, and only the beginning is kept.
  ///
  /// - Parameter text: The text's bytes.
  /// - Returns: The shape.
  public static func of(_ text: some Collection<UInt8>) -> String {
    var shape: [UInt8] = []
    var word: [UInt8] = []
    for byte in text.prefix(4 * bytesMax) {
      if byte.isLetter || byte.isDigit || byte == UInt8(ascii: ".") || byte == .colon
        || byte >= 0x80
      {
        word.append(byte)
      } else {
        end(&word, into: &shape)
        shape.append(byte)
      }
      if shape.count >= bytesMax { break }
    }
    end(&word, into: &shape)
    return String(decoding: shape.prefix(bytesMax), as: UTF8.self)
  }

  private static func end(_ word: inout [UInt8], into shape: inout [UInt8]) {
    defer { word.removeAll(keepingCapacity: true) }
    guard word.contains(where: \.isDigit) else { return shape += word }
    let isHex = word.allSatisfy { $0.hexValue != nil || $0 == .colon || $0 == 0x2e }
    if isHex, word.count >= 7 { return shape.append(UInt8(ascii: "#")) }
    var wasDigit = false
    for byte in word {
      if !byte.isDigit {
        shape.append(byte)
      } else if !wasDigit {
        shape.append(UInt8(ascii: "0"))
      }
      wasDigit = byte.isDigit
    }
  }
}
