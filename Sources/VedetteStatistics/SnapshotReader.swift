/// Reads what a ``SnapshotWriter`` wrote.
///
/// A reader never traps on bytes that are cut, altered or hostile: once something is missing it
/// answers with zeros and ``hasFailed`` stays true. So the code that reads is a list of fields, and
/// the question is asked once, at the end.
public struct SnapshotReader: Sendable {
  /// Whether something that was asked for was not there.
  public private(set) var hasFailed = false

  private let bytes: [UInt8]
  private var position = 0

  /// Creates a reader.
  ///
  /// - Parameter bytes: What a writer wrote.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The number of bytes not read yet.
  public var remaining: Int { bytes.count - position }

  /// Whether everything was there and everything was read.
  public var isComplete: Bool { !hasFailed && remaining == 0 }

  /// Reports that what was read makes no sense.
  public mutating func fail() { hasFailed = true }

  /// Reads a byte.
  ///
  /// - Returns: The byte, or 0 after a failure.
  public mutating func byte() -> UInt8 {
    guard !hasFailed, position < bytes.count else {
      hasFailed = true
      return 0
    }
    position += 1
    return bytes[position - 1]
  }

  /// Reads eight bytes.
  ///
  /// - Returns: The number, or 0 after a failure.
  public mutating func uint64() -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 8) { value |= UInt64(byte()) &<< shift }
    return hasFailed ? 0 : value
  }

  /// Reads four bytes.
  ///
  /// - Returns: The number, or 0 after a failure.
  public mutating func uint32() -> UInt32 {
    var value: UInt32 = 0
    for shift in stride(from: UInt32(0), to: 32, by: 8) { value |= UInt32(byte()) &<< shift }
    return hasFailed ? 0 : value
  }

  /// Reads a number of eight bytes.
  ///
  /// - Returns: The number, or 0 after a failure.
  public mutating func int64() -> Int64 { Int64(bitPattern: uint64()) }

  /// Reads a number, bit by bit.
  ///
  /// - Returns: The number, or 0 after a failure.
  public mutating func double() -> Double { Double(bitPattern: uint64()) }

  /// Reads a number, bit by bit.
  ///
  /// - Returns: The number, or 0 after a failure.
  public mutating func float() -> Float { Float(bitPattern: uint32()) }

  /// Reads a number of variable length.
  ///
  /// - Returns: The number, or 0 after a failure.
  public mutating func variable() -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while !hasFailed {
      let next = byte()
      guard shift < 63 || next <= 1 else { break }
      value |= UInt64(next & 0x7f) &<< shift
      if next < 0x80 { return hasFailed ? 0 : value }
      shift += 7
    }
    hasFailed = true
    return 0
  }

  /// Reads the number of elements that follow.
  ///
  /// - Parameter elementBytes: What each takes at the least; a count that the rest of the bytes
  ///   can't hold is a failure, so that nothing is reserved for it.
  /// - Returns: The count, or 0 after a failure.
  public mutating func count(elementBytes: Int) -> Int {
    let value = variable()
    guard !hasFailed, value <= UInt64(remaining / max(1, elementBytes)) else {
      hasFailed = true
      return 0
    }
    return Int(value)
  }

  /// Reads a text.
  ///
  /// - Returns: The text, or an empty one after a failure; bad UTF-8 is a failure.
  public mutating func text() -> String {
    let content = byteString()
    guard let text = String(validating: content, as: UTF8.self) else {
      hasFailed = true
      return ""
    }
    return text
  }

  /// Reads bytes that were written with their number.
  ///
  /// - Returns: The bytes, or none after a failure.
  public mutating func byteString() -> [UInt8] {
    let length = count(elementBytes: 1)
    defer { position += length }
    return Array(bytes[position..<position + length])
  }
}
