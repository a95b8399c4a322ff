import Glibc
import VedetteEvent
import VedetteStatistics

/// A value that an entity was never seen with, as long as its first event is not certain.
struct NewValue: Sendable, Equatable {
  var attribute: ValueAttribute
  var hash: UInt64
  var value: String
  var event: WindowEvidence
  var entities: [Entity]
  /// How many events and how many values of the attribute certainly came before.
  var eventsBefore: UInt64
  var valuesBefore: Int
  /// The hashes of what it is made of, if it is a combination.
  var parts: [UInt64] = []

  /// The share of events with a new value among those before.
  var share: Double { (Double(valuesBefore) + 1) / (Double(eventsBefore) + 2) }
  /// Minus the natural logarithm of the share.
  var surprise: Double { -log(share) }

  /// How much news it is: by the entity's own history, and by who else has the value.
  func surprise(among others: Peerage) -> Double {
    max(0, surprise + others.peersPoints + others.organisationPoints)
  }
}

/// The values one entity was seen with, each with the time it was first seen.
///
/// A value is new if its first event comes after the entity has shown enough of itself. Because
/// events may come out of order within the lateness, "first" is certain only when the watermark is
/// past it: until then the value is a candidate. So the order of arrival changes nothing.
struct KnownValues: Sendable, Equatable {
  private struct Known: Sendable, Equatable {
    var attribute: ValueAttribute
    var hash: UInt64
    var first: Int64

    var place: (UInt64, Int) { (hash, attribute.rawValue) }
  }

  /// What certainly came before the window of an event.
  struct Past {
    /// Up to when it reaches.
    var end: Int64
    var events: UInt64
  }

  /// An attribute with so many values has no usual ones.
  static let usualMax = 64

  /// By hash, then attribute.
  private var known: [Known] = []
  private(set) var candidates: [NewValue] = []
  private var counts = SIMD8<UInt16>(repeating: 0)
  /// From when on an attribute's values are too many to be news.
  private var unremarkableFrom = SIMD8<Int64>(repeating: .max)

  /// Notes the values of an event.
  ///
  /// - Parameters:
  ///   - facts: The event.
  ///   - batch: Its batch, asked for details of a candidate only.
  ///   - past: What came before; `nil` while the entity's new values are no news.
  ///   - attributes: Those that say something about this kind of entity.
  mutating func note(
    _ facts: RowFacts,
    _ batch: BatchFacts,
    past: Past?,
    attributes: [ValueAttribute]
  ) {
    for attribute in attributes {
      let hash = facts.values[attribute]
      guard hash != 0 else { continue }
      let place = partition(hash, attribute)
      if place < known.count, known[place].place == (hash, attribute.rawValue) {
        guard facts.time <= known[place].first else { continue }
        known[place].first = facts.time
        moveCandidate(attribute, hash, to: facts, batch, past: past)
      } else if counts[attribute.rawValue] < Limits.valuesPerAttributeMax {
        counts[attribute.rawValue] += 1
        known.insert(Known(attribute: attribute, hash: hash, first: facts.time), at: place)
        addCandidate(attribute, hash, facts, batch, past: past)
      }
    }
  }

  /// Takes the candidates whose first event is certain.
  ///
  /// - Parameter watermark: Nothing before it comes any more.
  /// - Returns: The new values, earliest first.
  mutating func takeCertain(watermark: Int64) -> [NewValue] {
    guard candidates.contains(where: { $0.event.time < watermark }) else { return [] }
    let certain = candidates.filter { candidate in
      candidate.event.time < watermark
        // Where a part is new as well, the part is the news.
        && zip(ValueAttribute.parts, candidate.parts).allSatisfy {
          has($0, $1, before: candidate.event.time)
        }
    }
    candidates.removeAll { $0.event.time < watermark }
    return certain.sorted {
      ($0.event.time, $0.attribute.rawValue, $0.hash)
        < ($1.event.time, $1.attribute.rawValue, $1.hash)
    }
  }

  /// Counts the values of an attribute that were first seen before a time.
  func count(_ attribute: ValueAttribute, before time: Int64) -> Int {
    known.count { $0.attribute == attribute && $0.first < time }
  }

  /// Whether a value of an attribute was first seen before a time.
  func has(_ attribute: ValueAttribute, _ hash: UInt64, before time: Int64) -> Bool {
    let place = partition(hash, attribute)
    return place < known.count && known[place].place == (hash, attribute.rawValue)
      && known[place].first < time
  }

  /// Says by what it did before a time whom it is like: entities with the same operations have the
  /// same signature, those with some in common have it with the probability of what they share.
  ///
  /// The least of the operations' hashes (Broder, "On the resemblance and containment of documents",
  /// 1997), with one permutation.
  ///
  /// - Parameter time: What was first done at or after it does not count.
  /// - Returns: The signature, or `nil` if it did nothing.
  func signature(before time: Int64) -> UInt64? {
    // In the order of hashes: the first operation that counts has the least.
    known.first { $0.attribute == .operation && $0.first < time }?.hash
  }

  /// Notes that a window is over: from then on its values are certain.
  ///
  /// - Parameters:
  ///   - end: The window's end.
  ///   - effect: When what is certain then begins to matter.
  mutating func seal(end: Int64, effect: Int64) {
    guard known.count >= Self.usualMax else { return }
    for attribute in ValueAttribute.allCases
    where unremarkableFrom[attribute.rawValue] == .max
      && count(attribute, before: end) >= Self.usualMax
    {
      unremarkableFrom[attribute.rawValue] = effect
    }
  }

  private func partition(_ hash: UInt64, _ attribute: ValueAttribute) -> Int {
    var low = 0
    var high = known.count
    while low < high {
      let middle = (low + high) / 2
      if known[middle].place < (hash, attribute.rawValue) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }

  private mutating func addCandidate(
    _ attribute: ValueAttribute,
    _ hash: UInt64,
    _ facts: RowFacts,
    _ batch: BatchFacts,
    past: Past?
  ) {
    guard let past, facts.time < unremarkableFrom[attribute.rawValue],
      let value = batch.value(attribute, facts.row)
    else { return }
    candidates.append(
      NewValue(
        attribute: attribute,
        hash: hash,
        value: value,
        event: batch.evidence(facts),
        entities: batch.entities(facts.row),
        eventsBefore: past.events,
        valuesBefore: count(attribute, before: past.end),
        parts: attribute == .combination ? ValueAttribute.parts.map { facts.values[$0] } : []
      )
    )
  }

  private mutating func moveCandidate(
    _ attribute: ValueAttribute,
    _ hash: UInt64,
    to facts: RowFacts,
    _ batch: BatchFacts,
    past: Past?
  ) {
    let index = candidates.firstIndex { $0.hash == hash && $0.attribute == attribute }
    if let index {
      guard batch.evidence(facts).precedes(candidates[index].event) else { return }
      candidates.remove(at: index)
    }
    addCandidate(attribute, hash, facts, batch, past: past)
  }
}

extension KnownValues {
  func write(to writer: inout SnapshotWriter) {
    writer.write(count: known.count)
    for value in known {
      writer.write(byte: UInt8(value.attribute.rawValue))
      writer.write(value.hash)
      writer.write(value.first)
    }
    for index in unremarkableFrom.indices { writer.write(unremarkableFrom[index]) }
    writer.write(count: candidates.count)
    for candidate in candidates {
      writer.write(byte: UInt8(candidate.attribute.rawValue))
      writer.write(candidate.hash)
      writer.write(candidate.value)
      candidate.event.write(to: &writer)
      writer.write(count: candidate.entities.count)
      for entity in candidate.entities {
        writer.write(entity.key.description)
        writer.write(entity.role.rawValue)
      }
      writer.write(variable: candidate.eventsBefore)
      writer.write(count: candidate.valuesBefore)
      writer.write(count: candidate.parts.count)
      for part in candidate.parts { writer.write(part) }
    }
  }

  init?(from reader: inout SnapshotReader) {
    for _ in 0..<reader.count(elementBytes: 17) {
      guard let attribute = ValueAttribute(rawValue: Int(reader.byte())) else { return nil }
      known.append(Known(attribute: attribute, hash: reader.uint64(), first: reader.int64()))
      counts[attribute.rawValue] += 1
    }
    for index in unremarkableFrom.indices { unremarkableFrom[index] = reader.int64() }
    for _ in 0..<reader.count(elementBytes: 40) {
      guard let candidate = Self.candidate(from: &reader) else { return nil }
      candidates.append(candidate)
    }
    guard !reader.hasFailed, zip(known, known.dropFirst()).allSatisfy({ $0.place < $1.place })
    else { return nil }
  }

  private static func candidate(from reader: inout SnapshotReader) -> NewValue? {
    guard let attribute = ValueAttribute(rawValue: Int(reader.byte())) else { return nil }
    let hash = reader.uint64()
    let value = reader.text()
    let event = WindowEvidence(from: &reader)
    var entities: [Entity] = []
    for _ in 0..<reader.count(elementBytes: 2) {
      guard let key = EntityKey(reader.text()), let role = EntityRole(rawValue: reader.text())
      else { return nil }
      entities.append(Entity(type: key.type, value: key.value, role: role))
    }
    var news = NewValue(
      attribute: attribute,
      hash: hash,
      value: value,
      event: event,
      entities: entities,
      eventsBefore: reader.variable(),
      valuesBefore: Int(truncatingIfNeeded: reader.variable() & 0xffff)
    )
    for _ in 0..<reader.count(elementBytes: 8) { news.parts.append(reader.uint64()) }
    return news
  }
}
