/// One bit a row.
public struct Bitmap: Sendable, Equatable {
  /// The words: a row is bit `row % 64` of word `row / 64`, and bits past the last row are zero.
  public private(set) var words: [UInt64] = []

  /// Creates a bitmap of zeros.
  ///
  /// - Parameter rowCount: How many rows to make room for.
  public init(rowCount: Int = 0) {
    words = [UInt64](repeating: 0, count: (rowCount + 63) / 64)
  }

  /// Whether a row's bit is set; rows past the end are not.
  ///
  /// - Parameter row: The row.
  @inlinable
  public subscript(row: Int) -> Bool {
    let word = row >> 6
    return word < words.count && words[word] >> UInt64(row & 63) & 1 == 1
  }

  /// Sets a row's bit and grows where needed.
  ///
  /// - Parameter row: The row.
  @inline(__always)
  public mutating func set(_ row: Int) {
    let word = row >> 6
    while word >= words.count { words.append(0) }
    words[word] |= 1 &<< UInt64(row & 63)
  }

  /// Clears a row's bit.
  ///
  /// - Parameter row: The row.
  public mutating func clear(_ row: Int) {
    let word = row >> 6
    guard word < words.count else { return }
    words[word] &= ~(1 &<< UInt64(row & 63))
  }

  /// The number of set bits.
  public var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// Calls a closure with each row whose bit is set, in order.
  ///
  /// - Parameter body: What to do with the row.
  @inlinable
  public func forEachRow(_ body: (Int) -> Void) {
    for index in words.indices {
      var word = words[index]
      while word != 0 {
        body(index << 6 + word.trailingZeroBitCount)
        word &= word &- 1
      }
    }
  }
}
