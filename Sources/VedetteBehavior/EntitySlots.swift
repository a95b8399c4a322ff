import VedetteEvent
import VedetteStatistics

/// What is kept of the entities that are not among the most active: 32 bytes each.
///
/// The mean, the spread and the peak of what they did in ten minutes, and since when they are known.
/// One that comes back has its full state built upon that.
struct EntitySlots: Sendable {
  /// What the names of its rows begin with.
  static let rowMark = "slots\u{1f}"
  /// Slots are saved in so many rows: of those that have not changed nothing is written.
  private static let shardBits = 6

  private var table: SlotTable
  private(set) var promotedCount = 0
  private(set) var demotedCount = 0
  private(set) var forgottenCount = 0
  private var changedShards: Set<Int> = []

  /// Creates slots for nobody.
  init(capacity: Int = Limits.entitySlotsMax) {
    table = SlotTable(capacity: capacity, halfLife: 800)
  }

  var count: Int { table.count }
  var byteCount: Int { table.byteCount }

  /// Keeps what is worth most of an entity.
  mutating func demote(_ entity: EntityActivity, _ context: SourceContext) {
    let key = entity.keyHash
    demotedCount += 1
    if table.count >= table.capacity {
      let gone = table.forget(atLeast: max(1, table.capacity / 8))
      forgottenCount += gone.count
      for key in gone { changedShards.insert(Self.shard(of: key)) }
    }
    if !table.put(entity.demoted(context), for: key) { forgottenCount += 1 }
    changedShards.insert(Self.shard(of: key))
  }

  /// Takes an entity out, to be in full again; `nil` if nothing is known of it.
  mutating func promote(_ key: EntityKey, at time: Int64) -> EntityActivity? {
    guard table.count > 0 else { return nil }
    let hash = StableHash.of(key.description)
    guard let slot = table.take(hash) else { return nil }
    promotedCount += 1
    changedShards.insert(Self.shard(of: hash))
    return EntityActivity(key: key, promoted: time, from: slot)
  }

  private static func shard(of key: UInt64) -> Int { Int(key >> UInt64(64 - shardBits)) }

  /// Takes the rows that have changed, empty ones without bytes.
  mutating func takeChanges() -> [(name: String, bytes: [UInt8]?)] {
    guard !changedShards.isEmpty else { return [] }
    var shards: [Int: [(key: UInt64, summary: SlotSummary)]] = [:]
    for slot in table.summaries {
      let shard = Self.shard(of: slot.key)
      if changedShards.contains(shard) { shards[shard, default: []].append(slot) }
    }
    defer { changedShards.removeAll() }
    return changedShards.sorted().map { shard in
      guard let slots = shards[shard] else { return (Self.rowMark + "\(shard)", nil) }
      var writer = SnapshotWriter()
      writer.write(count: slots.count)
      for (key, slot) in slots.sorted(by: { $0.key < $1.key }) {
        writer.write(key)
        for number in [slot.mean, slot.variance, slot.peak] { writer.write(number) }
        writer.write(slot.count)
        writer.write(slot.mark)
      }
      return (Self.rowMark + "\(shard)", writer.bytes)
    }
  }

  mutating func forgetChanges() { changedShards.removeAll() }

  /// Takes back a row.
  mutating func restore(_ reader: inout SnapshotReader) -> Bool {
    for _ in 0..<reader.count(elementBytes: 28) {
      let key = reader.uint64()
      let numbers = (0..<3).map { _ in reader.float() }
      let slot = SlotSummary(
        count: reader.uint32(),
        mean: numbers[0],
        variance: numbers[1],
        peak: numbers[2],
        mark: reader.uint32()
      )
      guard !reader.hasFailed, slot.isSound else { return false }
      table.put(slot, for: key)
    }
    return !reader.hasFailed
  }

  func writeCounts(to writer: inout SnapshotWriter) {
    for number in [promotedCount, demotedCount, forgottenCount] { writer.write(count: number) }
  }

  mutating func restoreCounts(from reader: inout SnapshotReader) {
    promotedCount = Int(clamping: reader.variable())
    demotedCount = Int(clamping: reader.variable())
    forgottenCount = Int(clamping: reader.variable())
  }
}

extension EntityActivity {
  private static let hour: Int64 = 3_600_000_000_000

  /// The same for the same entity, everywhere.
  var keyHash: UInt64 { StableHash.of(key.description) }

  /// How much it is worth to keep all of it: when it was last active, and a day later for every
  /// doubling of its events.
  var activity: Int64 {
    let doublings = UInt64.bitWidth - eventCount.leadingZeroBitCount
    return lastSealed.addingHeld(Int64(doublings) * Calibration.day)
  }

  /// The attributes that say something about an entity of this kind.
  ///
  /// A machine is reached from anywhere and an address is its own network: their networks are no
  /// news.
  var attributes: [ValueAttribute] {
    switch key.type {
    case .user: ValueAttribute.allCases
    case .accessKey, .apiKey: [.network, .operation, .model, .region, .agent, .combination]
    case .ip: [.operation, .host, .model]
    default: [.operation]
    }
  }

  /// The mark of a slot: the first full hour after the first event.
  static func mark(firstSeen: Int64) -> UInt32 {
    UInt32(clamping: firstSeen.addingHeld(hour - 1) / hour)
  }

  /// When an entity was first seen, by the mark of its slot.
  static func firstSeen(_ slot: SlotSummary) -> Int64 { Int64(slot.mark) * hour }
}

extension SourceActivity {
  func summarizeSizes(into sizes: inout BehaviorSummary.Sizes) {
    sizes.full += isUsed.count(where: \.self)
    sizes.slots += slots.count
    sizes.slotBytes += slots.byteCount
    sizes.promoted += slots.promotedCount
    sizes.demoted += slots.demotedCount
    sizes.forgotten += slots.forgottenCount
  }
}
