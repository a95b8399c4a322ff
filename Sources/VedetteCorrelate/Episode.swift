import VedetteEvent
import VedetteFindings

/// The stretch of a group's events during which a correlation's condition held.
///
/// It becomes one finding, which grows while the condition holds.
struct Episode {
  private static let evidenceHalf = Limits.evidenceRecordsMax / 2

  /// The event it began with: what its finding's id hashes.
  let founder: CorrelatedEvent
  /// When the condition became true.
  let heldFrom: Int64
  /// The newest event's time.
  private(set) var lastTime: Int64
  /// The number of events by the rule that matched them, in the order of the rules.
  private(set) var counts: [(rule: Int, count: Int, fingerprint: UInt64)] = []
  /// The number of entities that were not acting when they appeared.
  private var otherCount = 0
  /// Who took part, in the order in which they appeared.
  private(set) var entities: [Entity] = []
  /// The logical sources, in the order in which they appeared.
  private(set) var sources: [SourceID] = []
  /// The largest count or value that the condition was asked about.
  private(set) var peak: Double = 0
  /// The hashes of ``entities``.
  private var hashes: [UInt32] = []
  private var firstEvents: [CorrelatedEvent] = []
  private var lastEvents: [CorrelatedEvent] = []

  init(founder: CorrelatedEvent, heldFrom: Int64) {
    self.founder = founder
    self.heldFrom = heldFrom
    self.lastTime = founder.time
  }

  /// The number of events.
  var count: Int { counts.reduce(0) { $0 + $1.count } }

  /// The first and the last events.
  var shown: [CorrelatedEvent] { firstEvents + lastEvents }

  /// Takes the next event.
  mutating func add(_ item: CorrelationItem) {
    let (event, rule) = (item.event, Int(item.rule))
    lastTime = max(lastTime, event.time)
    let weight = Int(event.weight)
    if let index = counts.firstIndex(where: { $0.rule >= rule }) {
      if counts[index].rule == rule {
        counts[index].count += weight
        counts[index].fingerprint &+= event.fingerprint
      } else {
        counts.insert((rule, weight, event.fingerprint), at: index)
      }
    } else {
      counts.append((rule, weight, event.fingerprint))
    }
    for entity in event.entities { add(entity) }
    if sources.last != event.source, !sources.contains(event.source) {
      sources.append(event.source)
    }
    if firstEvents.count < Self.evidenceHalf {
      firstEvents.append(event)
    } else {
      if lastEvents.count == Self.evidenceHalf { lastEvents.removeFirst() }
      lastEvents.append(event)
    }
  }

  mutating func raisePeak(to value: Double) { peak = max(peak, value) }

  /// Says who took part in episodes, and from when until when.
  ///
  /// Field by field, because an episode as a whole is copied when it is handed on.
  static func forEachInvolvement(in episodes: [Episode], _ body: (Involvement) -> Void) {
    for place in episodes.indices {
      let from = EventTime(nanosecondsSinceEpoch: episodes[place].founder.time)
      let last = EventTime(nanosecondsSinceEpoch: episodes[place].lastTime)
      let (entities, hashes) = (episodes[place].entities, episodes[place].hashes)
      for index in entities.indices {
        body(
          Involvement(
            entity: entities[index].key,
            hash: hashes[index],
            isActing: entities[index].isActing,
            from: from,
            until: max(from, last)
          )
        )
      }
    }
  }

  /// An entity that acts in one event and is a target in another is an actor.
  private mutating func add(_ entity: PackedEvent.PackedEntity) {
    for index in hashes.indices
    where hashes[index] == entity.hash && entity.isSame(as: entities[index]) {
      if entity.role == .actor { entities[index].role = .actor }
      return
    }
    let isOther = entity.role == .target || entity.role == .model
    guard entities.count < Limits.entitiesPerFindingMax,
      !isOther || otherCount < Limits.targetsPerFindingMax
    else { return }
    if isOther { otherCount += 1 }
    entities.append(entity.entity)
    hashes.append(entity.hash)
  }
}

extension Episode {
  func write(to writer: inout StateWriter) {
    founder.write(to: &writer)
    writer.write(heldFrom)
    writer.write(lastTime)
    writer.write(counts) { writer, count in
      writer.write(count.rule)
      writer.write(count.count)
      writer.write(count.fingerprint)
    }
    writer.write(entities) { $0.write($1) }
    writer.write(otherCount)
    writer.write(sources) { $0.write($1.name) }
    writer.write(peak)
    writer.write(firstEvents) { $1.write(to: &$0) }
    writer.write(lastEvents) { $1.write(to: &$0) }
  }

  init(from reader: inout StateReader) throws(StateError) {
    self.init(
      founder: try CorrelatedEvent.read(from: &reader),
      heldFrom: try reader.signed()
    )
    lastTime = try reader.signed()
    counts = try reader.list { reader throws(StateError) in
      (try reader.integer(), try reader.integer(), try reader.unsigned())
    }
    entities = try reader.list { reader throws(StateError) in try reader.entity() }
    otherCount = try reader.integer()
    sources = try reader.list { reader throws(StateError) in SourceID(try reader.text()) }
    peak = try reader.double()
    firstEvents = try reader.list { reader throws(StateError) in
      try CorrelatedEvent.read(from: &reader)
    }
    lastEvents = try reader.list { reader throws(StateError) in
      try CorrelatedEvent.read(from: &reader)
    }
    hashes = entities.map(\.key.shortHash)
  }
}

extension Entity {
  /// Whether it acts, or is where the act came from: it is not only acted upon.
  var isActing: Bool { role == .actor || role == .source }
}
