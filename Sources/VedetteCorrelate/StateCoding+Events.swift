import VedetteEvent
import VedetteFindings

extension StateWriter {
  mutating func write(_ entity: Entity) {
    write(entity.type.rawValue)
    write(entity.role.rawValue)
    write(entity.value)
  }

  mutating func write(_ origin: RecordOrigin) {
    write(origin.path)
    write(origin.line)
    write(origin.offset)
    write(origin.length)
  }

  mutating func write(_ evidence: Evidence) {
    write(evidence.time) { $0.write($1.nanosecondsSinceEpoch) }
    write(evidence.origin)
    write(evidence.raw)
  }

  mutating func write(_ id: FindingID) {
    write(id.high)
    write(id.low)
  }
}

extension StateReader {
  mutating func entity() throws(StateError) -> Entity {
    guard let type = EntityType(rawValue: try text()), let role = EntityRole(rawValue: try text())
    else { throw .malformed }
    return Entity(type: type, value: try text(), role: role)
  }

  mutating func origin() throws(StateError) -> RecordOrigin {
    RecordOrigin(
      path: try text(),
      line: try integer(),
      offset: try signed(),
      length: try integer()
    )
  }

  mutating func evidence() throws(StateError) -> Evidence {
    let time = try optional { reader throws(StateError) in
      EventTime(nanosecondsSinceEpoch: try reader.signed())
    }
    return Evidence(time: time, origin: try origin(), raw: try blob())
  }

  mutating func findingID() throws(StateError) -> FindingID {
    FindingID(high: try unsigned(), low: try unsigned())
  }
}

extension CorrelatedEvent {
  func write(to writer: inout StateWriter) {
    writer.write(time)
    writer.write(isTimed)
    writer.write(source.name)
    writer.write(ordinal)
    writer.write(rule)
    writer.write(weight)
    writer.write(fields) { $0.write($1) { $0.write($1) } }
    writer.write(entities) { $0.write($1) }
    writer.write(origin)
    writer.write(raw)
  }

  static func read(from reader: inout StateReader) throws(StateError) -> CorrelatedEvent {
    CorrelatedEvent(
      time: try reader.signed(),
      isTimed: try reader.bool(),
      source: SourceID(try reader.text()),
      ordinal: try reader.signed(),
      rule: try reader.integer(),
      weight: try reader.integer(),
      fields: try reader.list { reader throws(StateError) in
        try reader.optional { reader throws(StateError) in try reader.text() }
      },
      entities: try reader.list { reader throws(StateError) in try reader.entity() },
      origin: try reader.origin(),
      raw: try reader.blob()
    )
  }
}
