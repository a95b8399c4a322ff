// How detectors write their state as bytes.
//
// Numbers are LEB128 (signed ones zigzagged first), texts are a length and UTF-8, floating-point
// numbers their bit pattern, so that what is read back is bit for bit what was written. A state
// starts with a version number of its detector's own.

/// Writes a detector's state.
public struct StateWriter: Sendable {
  /// What was written so far.
  public private(set) var bytes: [UInt8] = []

  /// Creates an empty writer.
  public init() {}

  /// Writes a number that is not negative.
  ///
  /// - Parameter value: The number.
  public mutating func write(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// Writes a signed number.
  ///
  /// - Parameter value: The number.
  public mutating func write(_ value: Int64) {
    write(UInt64(bitPattern: value &<< 1 ^ value >> 63))
  }

  /// Writes a count or index.
  ///
  /// - Parameter value: The number.
  public mutating func write(_ value: Int) { write(Int64(value)) }

  /// Writes a floating-point number, exactly.
  ///
  /// - Parameter value: The number.
  public mutating func write(_ value: Double) { write(value.bitPattern) }

  /// Writes a truth value.
  ///
  /// - Parameter value: The truth value.
  public mutating func write(_ value: Bool) { bytes.append(value ? 1 : 0) }

  /// Writes a text.
  ///
  /// - Parameter value: The text.
  public mutating func write(_ value: String) { write(Array(value.utf8)) }

  /// Writes bytes and their count.
  ///
  /// - Parameter value: The bytes.
  public mutating func write(_ value: [UInt8]) {
    write(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  /// Writes a list and its count.
  ///
  /// - Parameters:
  ///   - values: The elements.
  ///   - body: Writes one of them.
  public mutating func write<Element>(
    _ values: some Collection<Element>,
    _ body: (inout StateWriter, Element) -> Void
  ) {
    write(UInt64(values.count))
    for value in values { body(&self, value) }
  }

  /// Writes whether there is a value, and the value.
  ///
  /// - Parameters:
  ///   - value: The value, if there is one.
  ///   - body: Writes it.
  public mutating func write<Value>(
    _ value: Value?,
    _ body: (inout StateWriter, Value) -> Void
  ) {
    write(value != nil)
    if let value { body(&self, value) }
  }
}

/// Reads a detector's state back.
///
/// Saved state can be damaged: every read checks its bounds and throws instead of trapping.
public struct StateReader: Sendable {
  private let bytes: [UInt8]
  private var position = 0

  /// Creates a reader.
  ///
  /// - Parameter bytes: What a ``StateWriter`` wrote.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Whether everything was read.
  public var isAtEnd: Bool { position == bytes.count }

  /// Reads a number that is not negative.
  ///
  /// - Throws: ``StateError`` if the bytes end or are no number.
  public mutating func unsigned() throws(StateError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < bytes.count else { throw .ends }
      let byte = bytes[position]
      position += 1
      guard shift < 63 || byte <= 1 else { throw .malformed }
      value |= UInt64(byte & 0x7f) &<< shift
      if byte < 0x80 { return value }
    }
    throw .malformed
  }

  /// Reads a signed number.
  ///
  /// - Throws: ``StateError`` if the bytes end or are no number.
  public mutating func signed() throws(StateError) -> Int64 {
    let value = try unsigned()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  /// Reads a count or index.
  ///
  /// - Throws: ``StateError`` if the bytes end or are no number.
  public mutating func integer() throws(StateError) -> Int { Int(try signed()) }

  /// Reads a floating-point number.
  ///
  /// - Throws: ``StateError`` if the bytes end or are no number.
  public mutating func double() throws(StateError) -> Double {
    Double(bitPattern: try unsigned())
  }

  /// Reads a truth value.
  ///
  /// - Throws: ``StateError`` if the bytes end or are no truth value.
  public mutating func bool() throws(StateError) -> Bool {
    guard position < bytes.count else { throw .ends }
    guard bytes[position] <= 1 else { throw .malformed }
    position += 1
    return bytes[position - 1] == 1
  }

  /// Reads a text.
  ///
  /// - Throws: ``StateError`` if the bytes end.
  public mutating func text() throws(StateError) -> String {
    String(decoding: try blob(), as: UTF8.self)
  }

  /// Reads bytes.
  ///
  /// - Throws: ``StateError`` if the bytes end.
  public mutating func blob() throws(StateError) -> [UInt8] {
    let length = try unsigned()
    guard length <= UInt64(bytes.count - position) else { throw .ends }
    let start = position
    position += Int(length)
    return Array(bytes[start..<position])
  }

  /// Reads a list.
  ///
  /// - Parameter body: Reads one element.
  /// - Returns: The elements.
  /// - Throws: ``StateError`` if the bytes end, or what `body` throws.
  public mutating func list<Element>(
    _ body: (inout StateReader) throws(StateError) -> Element
  ) throws(StateError) -> [Element] {
    let count = try unsigned()
    guard count <= UInt64(bytes.count - position) else { throw .ends }
    var elements: [Element] = []
    elements.reserveCapacity(Int(count))
    for _ in 0..<count { elements.append(try body(&self)) }
    return elements
  }

  /// Reads a value if there is one.
  ///
  /// - Parameter body: Reads it.
  /// - Returns: The value.
  /// - Throws: ``StateError`` if the bytes end, or what `body` throws.
  public mutating func optional<Value>(
    _ body: (inout StateReader) throws(StateError) -> Value
  ) throws(StateError) -> Value? {
    try bool() ? try body(&self) : nil
  }
}

/// A reason why saved state can't be read; the detector then learns anew, said aloud.
public enum StateError: Error, Sendable, Hashable {
  /// The bytes end too early.
  case ends
  /// The bytes are not what was written.
  case malformed
  /// Another version of the detector wrote it.
  case version(Int)
}

extension StateError: CustomStringConvertible {
  /// The reason in a few words.
  public var description: String {
    switch self {
    case .ends: "saved state ends too early"
    case .malformed: "saved state is damaged"
    case .version(let version): "saved state is of version \(version), written by another release"
    }
  }
}
