import VedetteEvent
import VedetteFindings

/// What an event carries, in one buffer: its bytes, then its entities, then fields by number.
///
/// An entity is its type and role (one byte each), a hash of type and value (four) and its value; a
/// field is its number and its value. Numbers and lengths are LEB128.
struct PackedEvent: Sendable {
  private let bytes: [UInt8]
  private let rawCount: UInt32
  /// Where the fields begin.
  private let fieldStart: UInt32

  private static let types = EntityType.allCases
  private static let roles = EntityRole.allCases

  /// Packs an event.
  ///
  /// - Parameters:
  ///   - raw: Its bytes.
  ///   - entities: Who took part.
  ///   - fields: Fields with their numbers.
  init(
    raw: some Collection<UInt8>,
    entities: Entities,
    fields: [(number: Int, value: String)]
  ) {
    var bytes: [UInt8] = []
    let valued = fields.reduce(0) { $0 + $1.value.utf8.count + 3 }
    bytes.reserveCapacity(raw.count + entities.bytes.count + valued)
    bytes.append(contentsOf: raw)
    rawCount = UInt32(clamping: bytes.count)
    bytes.append(contentsOf: entities.bytes)
    fieldStart = UInt32(clamping: bytes.count)
    for field in fields {
      Self.append(UInt64(field.number), to: &bytes)
      Self.append(field.value, to: &bytes)
    }
    self.bytes = bytes
  }

  /// The event's bytes.
  var raw: ArraySlice<UInt8> { bytes[..<Int(rawCount)] }

  /// Who took part.
  var entities: Entities { Entities(bytes: bytes[Int(rawCount)..<Int(fieldStart)]) }

  /// Returns the value of a field, or `nil` if it is not among them; its cost is the number of
  /// fields.
  ///
  /// - Parameter number: The field's number.
  /// - Returns: Its value.
  func field(_ number: Int) -> String? {
    var rest = Cursor(bytes: bytes[Int(fieldStart)...])
    while let known = rest.number(), let value = rest.value() {
      if known == number { return String(decoding: value, as: UTF8.self) }
    }
    return nil
  }

  fileprivate static func append(_ value: String, to bytes: inout [UInt8]) {
    append(UInt64(value.utf8.count), to: &bytes)
    bytes.append(contentsOf: value.utf8)
  }

  private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7f | 0x80))
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

extension PackedEvent {
  /// Who took part, in a fixed order: actors first.
  struct Entities: Sequence {
    fileprivate let bytes: ArraySlice<UInt8>

    fileprivate init(bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// Packs entities, in their order.
    init(packing entities: [Entity]) {
      var bytes: [UInt8] = []
      bytes.reserveCapacity(entities.reduce(0) { $0 + $1.value.utf8.count + 8 })
      for entity in entities {
        bytes.append(entity.type.code)
        bytes.append(entity.role.code)
        let hash = entity.key.shortHash
        for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(hash >> shift & 0xff)) }
        PackedEvent.append(entity.value, to: &bytes)
      }
      self.bytes = bytes[...]
    }

    func makeIterator() -> Iterator { Iterator(rest: Cursor(bytes: bytes)) }
  }

  /// One entity as it lies in the buffer.
  struct PackedEntity {
    let type: EntityType
    let role: EntityRole
    /// The ``EntityKey/shortHash`` of type and value.
    let hash: UInt32
    fileprivate let value: ArraySlice<UInt8>

    /// The entity by itself.
    var entity: Entity {
      Entity(type: type, value: String(decoding: value, as: UTF8.self), role: role)
    }

    /// Whether it is this one, whatever either does.
    func isSame(as other: Entity) -> Bool {
      guard type == other.type else { return false }
      let bytes = other.value.utf8Span.span
      guard bytes.count == value.count else { return false }
      for index in 0..<bytes.count where value[value.startIndex + index] != bytes[index] {
        return false
      }
      return true
    }
  }

  struct Iterator: IteratorProtocol {
    fileprivate var rest: Cursor

    mutating func next() -> PackedEntity? {
      guard let type = rest.byte(), let role = rest.byte(), let hash = rest.word(),
        Int(type) < PackedEvent.types.count, Int(role) < PackedEvent.roles.count,
        let value = rest.value()
      else { return nil }
      return PackedEntity(
        type: PackedEvent.types[Int(type)],
        role: PackedEvent.roles[Int(role)],
        hash: hash,
        value: value
      )
    }
  }

  /// Reads on from where it is; `nil` at the end and where the rest is no such thing.
  fileprivate struct Cursor {
    private let bytes: ArraySlice<UInt8>
    private var place: Int

    init(bytes: ArraySlice<UInt8>) {
      self.bytes = bytes
      place = bytes.startIndex
    }

    var isAtEnd: Bool { place == bytes.endIndex }

    mutating func byte() -> UInt8? {
      guard place < bytes.endIndex else { return nil }
      defer { place += 1 }
      return bytes[place]
    }

    mutating func word() -> UInt32? {
      guard bytes.endIndex - place >= 4 else { return nil }
      defer { place += 4 }
      return UInt32(bytes[place]) | UInt32(bytes[place + 1]) << 8
        | UInt32(bytes[place + 2]) << 16 | UInt32(bytes[place + 3]) << 24
    }

    mutating func number() -> Int? {
      var number: UInt64 = 0
      for shift in stride(from: UInt64(0), through: 28, by: 7) {
        guard let byte = byte() else { return nil }
        number |= UInt64(byte & 0x7f) << shift
        if byte < 0x80 { return Int(number) }
      }
      return nil
    }

    mutating func value() -> ArraySlice<UInt8>? {
      guard let count = number(), count <= bytes.endIndex - place else { return nil }
      defer { place += count }
      return bytes[place..<place + count]
    }
  }
}

extension PackedEvent {
  func write(to writer: inout StateWriter) {
    writer.write(Int(rawCount))
    writer.write(Int(fieldStart))
    writer.write(bytes)
  }

  /// Takes up what was written.
  ///
  /// - Throws: ``StateError`` if it is damaged.
  init(from reader: inout StateReader) throws(StateError) {
    let rawCount = try reader.integer()
    let fieldStart = try reader.integer()
    bytes = try reader.blob()
    guard 0 <= rawCount, rawCount <= fieldStart, fieldStart <= bytes.count,
      bytes.count <= UInt32.max
    else { throw .malformed }
    self.rawCount = UInt32(rawCount)
    self.fieldStart = UInt32(fieldStart)
    var entities = Iterator(rest: Cursor(bytes: bytes[rawCount..<fieldStart]))
    while entities.next() != nil {}
    var fields = Cursor(bytes: bytes[fieldStart...])
    while !fields.isAtEnd {
      guard fields.number() != nil, fields.value() != nil else { throw .malformed }
    }
    guard entities.rest.isAtEnd else { throw .malformed }
  }
}

extension EntityRole {
  /// Its place among all cases.
  fileprivate var code: UInt8 {
    switch self {
    case .actor: 0
    case .target: 1
    case .source: 2
    case .model: 3
    }
  }
}
