// Lower case, byte by byte where that is enough.
//
// Text compares by Unicode's full lower case of each character on its own, without regard to
// language or to what stands beside it. Rules and values go through this one function, so that they
// meet. What is not UTF-8 stays as it is.

/// Makes text lower case.
enum CaseFolding {
  /// Puts bytes into an array in lower case, with zeros after them.
  ///
  /// - Parameters:
  ///   - bytes: The text.
  ///   - output: The array; what it held is gone.
  ///   - padding: The number of zeros.
  /// - Returns: The length of the text in lower case.
  static func fold(_ bytes: Span<UInt8>, into output: inout [UInt8], padding: Int) -> Int {
    output.removeAll(keepingCapacity: true)
    output.append(contentsOf: repeatElement(0, count: bytes.count + padding))
    guard !foldASCII(bytes, into: output.mutableSpan) else { return bytes.count }
    output.removeAll(keepingCapacity: true)
    appendFolded(bytes, to: &output)
    let length = output.count
    output.append(contentsOf: repeatElement(0, count: padding))
    return length
  }

  /// Makes ASCII lower case; returns whether there was nothing else.
  private static func foldASCII(
    _ bytes: Span<UInt8>,
    into output: consuming MutableSpan<UInt8>
  ) -> Bool {
    precondition(output.count >= bytes.count)
    var all: UInt8 = 0
    // Safety: `index < bytes.count <= output.count`. Without checks the loop takes sixteen at once.
    for index in 0..<bytes.count {
      let byte = unsafe bytes[unchecked: index]
      all |= byte
      let bit: UInt8 = byte &- UInt8(ascii: "A") < 26 ? 0x20 : 0
      unsafe output[unchecked: index] = byte | bit
    }
    return all < 0x80
  }

  private static func appendFolded(_ bytes: Span<UInt8>, to output: inout [UInt8]) {
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte < 0x80 {
        output.append(byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte)
        index += 1
        continue
      }
      let length = sequenceLength(bytes, index)
      if length > 1, let lower = table.lowercase(of: scalar(bytes, index, length)) {
        output.append(contentsOf: lower)
      } else {
        for offset in 0..<length { output.append(bytes[index + offset]) }
      }
      index += length
    }
  }

  /// Returns bytes in lower case.
  ///
  /// - Parameter bytes: The text.
  /// - Returns: The text in lower case.
  static func folded(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    _ = fold(bytes.span, into: &output, padding: 0)
    return output
  }

  /// Returns the length of the UTF-8 sequence at an index; one where there is none.
  ///
  /// - Parameters:
  ///   - bytes: The text.
  ///   - index: Where the sequence starts.
  /// - Returns: One to four.
  @inline(__always)
  static func sequenceLength(_ bytes: Span<UInt8>, _ index: Int) -> Int {
    let lead = bytes[index]
    let length =
      switch lead {
      case 0xc2...0xdf: 2
      case 0xe0...0xef: 3
      case 0xf0...0xf4: 4
      default: 1
      }
    guard index + length <= bytes.count else { return 1 }
    for offset in 1..<max(length, 1) + 1 where offset < length {
      if bytes[index + offset] & 0xc0 != 0x80 { return 1 }
    }
    return length
  }

  private static func scalar(_ bytes: Span<UInt8>, _ index: Int, _ length: Int) -> Int {
    var value = Int(bytes[index]) & (0xff >> (length + 1))
    for offset in 1..<length { value = value << 6 | Int(bytes[index + offset]) & 0x3f }
    return value
  }

  private static let table = LowercaseTable()
}

/// The lower case of every character beyond ASCII that has one.
private struct LowercaseTable: Sendable {
  /// For a scalar's upper bits the page of it, zero for the empty page.
  private var pages: [UInt8]
  /// For each page 256 indices into ``replacements``, zero for none.
  private var entries: [UInt16]
  private var replacements: [[UInt8]] = [[]]

  /// Where Unicode keeps letters with case; a test looks everywhere else.
  private static let ranges: [Range<UInt32>] = [
    0x80..<0x3000, 0xa000..<0xb000, 0xff00..<0x10000, 0x10400..<0x10e00, 0x11800..<0x11900,
    0x16e00..<0x16f00, 0x1e900..<0x1ea00,
  ]

  init() {
    pages = [UInt8](repeating: 0, count: 0x1ea)
    entries = [UInt16](repeating: 0, count: 256)
    for range in Self.ranges {
      for value in range {
        guard let scalar = Unicode.Scalar(value), scalar.properties.changesWhenLowercased else {
          continue
        }
        let page = Int(value >> 8)
        if pages[page] == 0 {
          pages[page] = UInt8(entries.count / 256)
          entries += [UInt16](repeating: 0, count: 256)
        }
        entries[Int(pages[page]) * 256 + Int(value & 0xff)] = UInt16(replacements.count)
        replacements.append(Array(scalar.properties.lowercaseMapping.utf8))
      }
    }
  }

  func lowercase(of scalar: Int) -> [UInt8]? {
    let page = scalar >> 8
    guard page < pages.count, pages[page] != 0 else { return nil }
    let index = entries[Int(pages[page]) * 256 + scalar & 0xff]
    return index == 0 ? nil : replacements[Int(index)]
  }
}
