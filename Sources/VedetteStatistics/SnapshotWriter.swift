/// Writes the state of a detector as bytes.
///
/// Integers have a fixed width and are little-endian, or are written in as few bytes as they need
/// (LEB128, as in DWARF); floating-point numbers keep every bit. There are no names and no types in
/// the bytes: a reader asks for the same things in the same order.
public struct SnapshotWriter: Sendable {
  /// What was written so far.
  public private(set) var bytes: [UInt8] = []

  /// Creates an empty writer.
  public init() {}

  /// Writes a byte.
  ///
  /// - Parameter value: The byte.
  public mutating func write(byte value: UInt8) { bytes.append(value) }

  /// Writes eight bytes.
  ///
  /// - Parameter value: The number.
  public mutating func write(_ value: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: value &>> shift))
    }
  }

  /// Writes four bytes.
  ///
  /// - Parameter value: The number.
  public mutating func write(_ value: UInt32) {
    for shift in stride(from: UInt32(0), to: 32, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: value &>> shift))
    }
  }

  /// Writes a number in eight bytes.
  ///
  /// - Parameter value: The number.
  public mutating func write(_ value: Int64) { write(UInt64(bitPattern: value)) }

  /// Writes the eight bytes of a number, bit by bit.
  ///
  /// - Parameter value: The number.
  public mutating func write(_ value: Double) { write(value.bitPattern) }

  /// Writes the four bytes of a number, bit by bit.
  ///
  /// - Parameter value: The number.
  public mutating func write(_ value: Float) { write(value.bitPattern) }

  /// Writes a number in as many bytes as it needs: one below 128, ten at most.
  ///
  /// - Parameter value: The number.
  public mutating func write(variable value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest &>>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// Writes a count in as many bytes as it needs.
  ///
  /// - Parameter value: The count, which must not be negative.
  public mutating func write(count value: Int) {
    precondition(value >= 0, "a count of \(value)")
    write(variable: UInt64(value))
  }

  /// Writes a text, its length first.
  ///
  /// - Parameter text: The text.
  public mutating func write(_ text: String) {
    write(count: text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  /// Writes bytes, their number first.
  ///
  /// - Parameter content: The bytes.
  public mutating func write(bytes content: [UInt8]) {
    write(count: content.count)
    bytes.append(contentsOf: content)
  }
}
