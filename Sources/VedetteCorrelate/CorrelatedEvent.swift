import VedetteEvent
import VedetteFindings

/// An event that a rule matched, with what correlations need of it after its batch is gone.
final class CorrelatedEvent: Sendable {
  /// When it happened, in nanoseconds since 1970.
  let time: Int64
  /// Whether its time could be read; else it is the newest time of its source.
  let isTimed: Bool
  /// The logical source.
  let source: SourceID
  /// The event's number in its logical source.
  let ordinal: Int64
  /// The rule that matched.
  let rule: Int
  /// How often it happened.
  let weight: Int
  /// The values of the rule's fields that any correlation asks for, in the order of its layout.
  let fields: [String?]
  /// Who took part.
  let entities: [Entity]
  /// Where it was read, and its bytes.
  let origin: RecordOrigin
  /// Its bytes.
  let raw: [UInt8]

  init(
    time: Int64,
    isTimed: Bool,
    source: SourceID,
    ordinal: Int64,
    rule: Int,
    weight: Int,
    fields: [String?],
    entities: [Entity],
    origin: RecordOrigin,
    raw: [UInt8]
  ) {
    self.time = time
    self.isTimed = isTimed
    self.source = source
    self.ordinal = ordinal
    self.rule = rule
    self.weight = weight
    self.fields = fields
    self.entities = entities
    self.origin = origin
    self.raw = raw
  }

  /// The event without its bytes and without who took part: what a window counts.
  var counted: CorrelatedEvent {
    CorrelatedEvent(
      time: time,
      isTimed: isTimed,
      source: source,
      ordinal: ordinal,
      rule: rule,
      weight: weight,
      fields: [],
      entities: [],
      origin: RecordOrigin(path: "", line: 0, offset: 0, length: 0),
      raw: []
    )
  }

  /// A number of the event's own, whichever rule matched it.
  var fingerprint: UInt64 {
    var hash = StableHash()
    hash.combine(source.name)
    hash.combine(UInt64(bitPattern: ordinal))
    return hash.value
  }

  var evidence: Evidence {
    Evidence(
      time: isTimed ? EventTime(nanosecondsSinceEpoch: time) : nil,
      origin: origin,
      raw: raw
    )
  }
}

/// An event as one input of one correlation.
struct CorrelationItem {
  let event: CorrelatedEvent
  /// Which of the correlation's inputs it came through.
  let input: Int

  /// The total order of a group's events: time, logical source, position in it.
  static func precedes(_ left: CorrelationItem, _ right: CorrelationItem) -> Bool {
    if left.event.time != right.event.time { return left.event.time < right.event.time }
    if left.event.source != right.event.source { return left.event.source < right.event.source }
    if left.event.ordinal != right.event.ordinal {
      return left.event.ordinal < right.event.ordinal
    }
    return left.input < right.input
  }
}
