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
