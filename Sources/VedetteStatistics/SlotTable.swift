/// The statistics of very many entities, 32 bytes for each.
///
/// For the many entities that are seen now and then: mean, spread, recent mean and peak of one
/// number each. What is worth more state has a ``SeriesScorer``.
///
/// ```swift
/// var table = SlotTable(capacity: 1 << 20, halfLife: 800)
/// let scores = table.update(keys: hashes, values: positions)
/// ```
///
/// The same batches give the same table, whatever the hash order of anything. It grows up to its
/// limit; entities that come later are counted and not learned.
public struct SlotTable: Sendable, Equatable {
  /// The most entities of a table.
  public static let entityCountMax = 1 << 26
  private static let slotCountMin = 64

  /// The most entities of this table.
  public let capacity: Int
  /// The number of entities learned.
  public private(set) var count = 0
  /// How many values came for entities that there was no room for.
  public private(set) var refusedCount = 0

  /// How values fade: the weight of the newest in the mean, and in the recent mean.
  package var rates: (slow: Float, fast: Float) { (fading.slow, fading.fast) }

  private let fading: SlotRates
  private var slots: [EntitySlot]

  /// Creates an empty table.
  ///
  /// - Parameters:
  ///   - capacity: The most entities, held to ``entityCountMax``.
  ///   - halfLife: Values after which the weight of one has halved; more than 0.
  public init(capacity: Int, halfLife: Double) {
    precondition(halfLife > 0, "a half-life of \(halfLife) observations")
    self.capacity = min(max(capacity, 1), Self.entityCountMax)
    fading = SlotRates(
      slow: Float(ExponentialMoments.rate(halfLife: halfLife)),
      fast: Float(ExponentialMoments.rate(halfLife: 8))
    )
    slots = [EntitySlot](repeating: EntitySlot(), count: Self.slotCountMin)
  }

  /// Scores a batch of values, then learns it, in its order.
  ///
  /// - Parameters:
  ///   - keys: The hash of each value's entity.
  ///   - values: The values; heavy-tailed ones belong on the ``MagnitudeScale`` first.
  /// - Returns: What each lies from its entity's mean, in deviations.
  public mutating func update(keys: [UInt64], values: [Float]) -> [Float] {
    precondition(keys.count == values.count, "\(keys.count) keys and \(values.count) values")
    grow(to: min(count + keys.count, capacity))
    var scores = [Float](repeating: 0, count: keys.count)
    var output = scores.mutableSpan
    let room = capacity - count
    let (added, refused) = Self.update(&slots, keys, values, &output, fading, room: room)
    count += added
    refusedCount += refused
    return scores
  }

  /// What is known of an entity: how many values, their mean and standard deviation.
  ///
  /// - Parameter key: The entity's hash.
  /// - Returns: The statistics, or `nil` for one that was never seen.
  public func statistics(of key: UInt64) -> (count: Int, mean: Double, deviation: Double)? {
    guard let slot = slot(of: key) else { return nil }
    return (Int(slot.count), Double(slot.mean), Double(slot.variance.squareRoot()))
  }

  private func slot(of key: UInt64) -> EntitySlot? {
    let wanted = key == 0 ? 1 : key
    let mask = UInt64(slots.count - 1)
    var place = slotPlace(of: wanted, mask: mask)
    while slots[Int(place)].key != wanted {
      guard slots[Int(place)].key != 0 else { return nil }
      place = (place + 1) & mask
    }
    return slots[Int(place)]
  }

  /// What is known of every entity, in no particular order.
  public var summaries: [(key: UInt64, summary: SlotSummary)] {
    slots.compactMap { $0.key == 0 ? nil : ($0.key, SlotSummary($0)) }
  }

  /// The bytes of all slots, used or not.
  public var byteCount: Int { slots.count * MemoryLayout<EntitySlot>.stride }

  /// Puts a slot in the place of its key.
  mutating func store(_ slot: EntitySlot) -> Bool {
    if self.slot(of: slot.key) == nil {
      guard count < capacity else {
        refusedCount += 1
        return false
      }
      grow(to: count + 1)
      count += 1
    }
    let mask = UInt64(slots.count - 1)
    var place = slotPlace(of: slot.key, mask: mask)
    while slots[Int(place)].key != 0, slots[Int(place)].key != slot.key {
      place = (place + 1) & mask
    }
    slots[Int(place)] = slot
    return true
  }

  /// Empties the slot of a key, and moves those behind it up that were put off by it.
  mutating func remove(_ key: UInt64) -> EntitySlot? {
    let mask = UInt64(slots.count - 1)
    var hole = slotPlace(of: key, mask: mask)
    while slots[Int(hole)].key != key {
      guard slots[Int(hole)].key != 0 else { return nil }
      hole = (hole + 1) & mask
    }
    let removed = slots[Int(hole)]
    var place = hole
    while true {
      place = (place + 1) & mask
      guard slots[Int(place)].key != 0 else { break }
      // One that would be looked for behind the hole stays where it is.
      let home = slotPlace(of: slots[Int(place)].key, mask: mask)
      guard (place &- home) & mask >= (place &- hole) & mask else { continue }
      slots[Int(hole)] = slots[Int(place)]
      hole = place
    }
    slots[Int(hole)] = EntitySlot()
    count -= 1
    return removed
  }

  /// Makes room so that at most two thirds of the slots are used.
  private mutating func grow(to entityCount: Int) {
    var size = slots.count
    while size * 2 / 3 <= entityCount { size *= 2 }
    guard size > slots.count else { return }
    let mask = UInt64(size - 1)
    var grown = [EntitySlot](repeating: EntitySlot(), count: size)
    for slot in slots where slot.key != 0 {
      var place = slotPlace(of: slot.key, mask: mask)
      while grown[Int(place)].key != 0 { place = (place + 1) & mask }
      grown[Int(place)] = slot
    }
    slots = grown
  }

  private static func update(
    _ slots: inout [EntitySlot],
    _ keys: [UInt64],
    _ values: [Float],
    _ scores: inout MutableSpan<Float>,
    _ rates: SlotRates,
    room: Int
  ) -> (added: Int, refused: Int) {
    var span = slots.mutableSpan
    return updateSlots(
      &span,
      keys: keys.span,
      values: values.span,
      scores: &scores,
      rates: rates,
      room: room
    )
  }
}

extension SlotTable: Snapshotting {
  /// Writes the state.
  ///
  /// - Parameter writer: Where to.
  public func write(to writer: inout SnapshotWriter) {
    writer.write(count: capacity)
    writer.write(count: count)
    writer.write(count: refusedCount)
    writer.write(fading.slow)
    writer.write(fading.fast)
    writer.write(count: slots.count)
    for (place, slot) in slots.enumerated() where slot.key != 0 {
      writer.write(count: place)
      writer.write(slot.key)
      for number in [slot.mean, slot.variance, slot.recent, slot.peak] { writer.write(number) }
      writer.write(slot.count)
      writer.write(slot.mark)
    }
  }

  /// Reads the state, or fails if the bytes are not one.
  ///
  /// - Parameter reader: Where from.
  public init?(from reader: inout SnapshotReader) {
    let header = (0..<3).map { _ in reader.variable() }
    let (slow, fast) = (reader.float(), reader.float())
    let size = reader.variable()
    guard !reader.hasFailed, (1...UInt64(Self.entityCountMax)).contains(header[0]),
      header[1] <= header[0], header[2] <= UInt64(Int64.max), slow > 0, slow <= 1, fast > 0,
      fast <= 1, size >= Self.slotCountMin, size <= 4 * UInt64(Self.entityCountMax),
      size & (size - 1) == 0, size > header[1], reader.remaining >= 33 * Int(header[1])
    else { return nil }
    capacity = Int(header[0])
    count = Int(header[1])
    refusedCount = Int(header[2])
    fading = SlotRates(slow: slow, fast: fast)
    slots = [EntitySlot](repeating: EntitySlot(), count: Int(size))
    for _ in 0..<count {
      let place = reader.variable()
      guard place < size else { return nil }
      var slot = EntitySlot(key: reader.uint64())
      slot.mean = reader.float()
      slot.variance = reader.float()
      slot.recent = reader.float()
      slot.peak = reader.float()
      slot.count = reader.uint32()
      slot.mark = reader.uint32()
      guard !reader.hasFailed, slot.key != 0, slot.mean.isFinite, slot.variance >= 0,
        slot.variance.isFinite, slot.recent.isFinite, slot.peak.isFinite
      else { return nil }
      slots[Int(place)] = slot
    }
  }
}
