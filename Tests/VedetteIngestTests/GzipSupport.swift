/// Gzip as the tests make it, without a compressor: stored blocks, or one byte repeated.
enum Gzip {
  /// One member of stored blocks.
  static func member(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]
    var index = 0
    repeat {
      let count = min(65_535, bytes.count - index)
      let isLast = index + count == bytes.count
      result += [isLast ? 1 : 0] + little(UInt32(count), 2) + little(~UInt32(count), 2)
      result += bytes[index..<index + count]
      index += count
    } while index < bytes.count
    return result + little(checksum(bytes), 4) + little(UInt32(bytes.count), 4)
  }

  static func member(_ text: String) -> [UInt8] { member(Array(text.utf8)) }

  private static func little(_ number: UInt32, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> UInt32($0 * 8)) }
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var value: UInt32 = .max
    for byte in bytes {
      value ^= UInt32(byte)
      for _ in 0..<8 { value = value >> 1 ^ (value & 1 == 1 ? 0xedb8_8320 : 0) }
    }
    return ~value
  }
}
