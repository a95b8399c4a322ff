import VedetteColumns
import VedetteEvent
import VedetteFindings

/// Which addresses and keys many share, so that findings are not one because they have them in
/// common.
///
/// An address is shared from when the fifth identity acts from it: an office, a NAT, a gateway, a
/// proxy. A key is shared from when the fifth end user is served with it: an application's. What
/// counts is the event time at which each identity first acted in the same source, and of that only
/// what nothing earlier can come before any more: so the answer for an event is the same whatever
/// the order of arrival within the lateness. Accounts that were only tried don't count: an attacker
/// makes no address shared by guessing.
public struct SharedEntities: Sendable {
  /// How many identities make an entity shared.
  static let actorsMin = 5
  /// Entities that are watched; past that those go whose identities are oldest.
  private static let entitiesMax = 65_536

  /// Entities of a source that were let go because there were too many.
  private(set) var evictedCount = 0
  /// The entities whose identities changed since the state was last saved.
  private(set) var changed: Set<Place> = []
  private var sources: [SourceID: Source] = [:]

  /// Creates a table in which nothing is shared.
  public init() {}

  /// An entity in a source.
  struct Place: Hashable, Comparable {
    var source: SourceID
    var entity: EntityKey

    static func < (left: Place, right: Place) -> Bool {
      (left.source, left.entity) < (right.source, right.entity)
    }
  }

  private struct Source: Sendable {
    var latenessNanoseconds: Int64 = 0
    /// The first identities of each entity by the time of their first act.
    var actors: [EntityKey: [Actor]] = [:]
    /// When each shared entity began to be.
    var since: [EntityKey: Int64] = [:]
    /// The short hashes of those in ``since``.
    var hashes: Set<UInt32> = []
  }

  /// Who acted, and when first.
  private struct Actor: Sendable {
    var hash: UInt64
    var first: Int64
  }

  /// Takes note of who acts from where, and who is served with which key.
  ///
  /// - Parameters:
  ///   - batch: A batch, its years resolved.
  ///   - newest: The time of the newest event of its source before.
  ///   - latenessNanoseconds: How far behind its newest event the source may be: what is further
  ///     behind says nothing any more.
  ///   - savesState: Whether what changed will be asked for.
  mutating func observe(
    _ batch: EventBatch,
    newest: Int64 = .min,
    latenessNanoseconds: Int64,
    savesState: Bool
  ) {
    var reader = IdentityReader(batch)
    guard !reader.isEmpty else { return }
    var source = sources.removeValue(forKey: batch.source) ?? Source()
    source.latenessNanoseconds = latenessNanoseconds
    var newest = newest
    for row in 0..<batch.rowCount where batch.timed[row] {
      let time = batch.times[row]
      newest = max(newest, time)
      guard time >= newest.subtractingHeld(latenessNanoseconds) else { continue }
      reader.forEachNew(row, time) { entity, actor in
        guard Self.add(Actor(hash: actor, first: time), to: entity, of: &source) else { return }
        if savesState { changed.insert(Place(source: batch.source, entity: entity)) }
      }
    }
    if source.actors.count > Self.entitiesMax { evict(&source) }
    sources[batch.source] = source
  }

  /// Returns whether an entity was shared when something happened.
  ///
  /// - Parameters:
  ///   - entity: The entity.
  ///   - source: The source of the event.
  ///   - time: When it happened, in nanoseconds since 1970.
  /// - Returns: Whether it was.
  func isShared(_ entity: EntityKey, in source: SourceID, at time: Int64) -> Bool {
    guard let known = sources[source], let since = known.since[entity] else { return false }
    return since < time.subtractingHeld(known.latenessNanoseconds)
  }

  /// Whether any entity of a source may be shared.
  func hasShared(in source: SourceID) -> Bool { !(sources[source]?.hashes.isEmpty ?? true) }

  /// Whether an entity of a source may be shared, by its short hash.
  func mayBeShared(_ hash: UInt32, in source: SourceID) -> Bool {
    sources[source]?.hashes.contains(hash) ?? false
  }

  /// Returns whether anything changed.
  private static func add(
    _ actor: Actor,
    to entity: EntityKey,
    of source: inout Source
  ) -> Bool {
    var actors = source.actors[entity] ?? []
    if let known = actors.firstIndex(where: { $0.hash == actor.hash }) {
      guard actor.first < actors[known].first else { return false }
      actors.remove(at: known)
    } else if actors.count == actorsMin {
      guard let last = actors.last, actor.first < last.first else { return false }
      actors.removeLast()
    }
    let place = actors.firstIndex { ($0.first, $0.hash) > (actor.first, actor.hash) }
    actors.insert(actor, at: place ?? actors.count)
    source.actors[entity] = actors
    if actors.count == actorsMin {
      source.since[entity] = actors[actorsMin - 1].first
      source.hashes.insert(entity.shortHash)
    }
    return true
  }

  private mutating func evict(_ source: inout Source) {
    let byAge = source.actors.filter { source.since[$0.key] == nil }
      .sorted { ($0.value.last?.first ?? 0, $0.key) < ($1.value.last?.first ?? 0, $1.key) }
    for (entity, _) in byAge.prefix(Self.entitiesMax / 16) {
      source.actors[entity] = nil
      evictedCount += 1
    }
  }
}

extension SharedEntities {
  /// Lets go of what is kept for the state.
  mutating func forgetChanges() { changed.removeAll() }

  /// Writes the identities of an entity.
  func write(_ place: Place, to writer: inout StateWriter) {
    writer.write(place.source.name)
    writer.write(sources[place.source]?.latenessNanoseconds ?? 0)
    writer.write(Entity(type: place.entity.type, value: place.entity.value, role: .source))
    writer.write(sources[place.source]?.actors[place.entity] ?? []) { writer, actor in
      writer.write(actor.hash)
      writer.write(actor.first)
    }
  }

  /// Takes up the identities of an entity.
  mutating func restore(from reader: inout StateReader) throws(StateError) {
    let name = SourceID(try reader.text())
    let lateness = try reader.signed()
    let entity = try reader.entity().key
    let actors = try reader.list { reader throws(StateError) in
      Actor(hash: try reader.unsigned(), first: try reader.signed())
    }
    var source = sources.removeValue(forKey: name) ?? Source()
    source.latenessNanoseconds = lateness
    for actor in actors { _ = Self.add(actor, to: entity, of: &source) }
    sources[name] = source
  }
}
