import VedetteEvent

/// The beginning of a record whose end has not been read yet, in bounded memory.
///
/// It keeps one byte more than a record may have, so that the cut can see what it cuts through, and
/// counts the rest.
struct HeldRecord: Sendable {
  private(set) var bytes: [UInt8] = []
  /// All bytes of the record so far, also those not kept.
  private(set) var total = 0
  private(set) var lastByte: UInt8 = 0

  var isEmpty: Bool { total == 0 }

  mutating func hold(_ piece: Span<UInt8>, _ range: Range<Int>) {
    guard !range.isEmpty else { return }
    let room = Limits.recordBytesMax + 1 - bytes.count
    append(piece, range.limited(to: max(0, room)), to: &bytes)
    total += range.count
    lastByte = piece[range.upperBound - 1]
  }

  mutating func clear() {
    // A long record's room is given back; a usual one's is used again.
    bytes.removeAll(keepingCapacity: bytes.capacity <= 64 << 10)
    total = 0
  }
}

/// How many bytes of the file stand behind the UTF-8 bytes that are framed.
enum StoredUnit: Sendable {
  /// The file is UTF-8, or anything else that is taken byte by byte.
  case byte
  /// The file is UTF-16 and was transcoded.
  case utf16

  /// The bytes that a line feed takes.
  var lineFeedBytes: Int64 { self == .byte ? 1 : 2 }

  /// Counts the file's bytes behind a range of framed bytes.
  func storedBytes(_ piece: Span<UInt8>, _ range: Range<Int>) -> Int64 {
    switch self {
    case .byte:
      return Int64(range.count)
    case .utf16:
      var units = 0
      for index in range where piece[index] & 0xc0 != 0x80 {
        units += piece[index] >= 0xf0 ? 2 : 1
      }
      return Int64(units * 2)
    }
  }
}
