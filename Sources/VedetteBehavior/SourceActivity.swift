import VedetteColumns
import VedetteEvent
import VedetteFindings
import VedetteStatistics

/// The entities of one source, and its clock.
///
/// Sources are kept apart: each has its own watermark, and how the batches of several are
/// interleaved changes nothing about any of them.
struct SourceActivity: Sendable {
  /// Windows of one start and width, with the places of the entities that have one.
  private struct OpenGroup: Sendable {
    var width: WindowWidth
    var start: Int64
    var places: [Int]

    var end: Int64 { start.addingHeld(width.nanoseconds) }
  }

  private struct Notable: Sendable {
    var place: Int
    var width: WindowWidth
    var start: Int64
  }

  let id: SourceID
  private(set) var watermark = Int64.min
  private(set) var counts = BehaviorCounts()
  var outliers: [EntityType: WindowOutliers] = [:]
  var calibration = Calibration()
  var contacts = ContactTable()
  var travel = TravelTable()
  var slots = EntitySlots()
  /// By place; where ``isUsed`` is not set, what an entity left behind.
  private(set) var entities: [EntityActivity] = []
  private(set) var isUsed: [Bool] = []
  /// Which of ``entities`` are asked about a new value, by kind.
  private(set) var neighbourhoods: [EntityType: Neighbourhood] = [:]
  private var places: [EntityKey: Int] = [:]
  private var free: [Int] = []
  /// By end, then width.
  private var open: [OpenGroup] = []
  private var notable: [Notable] = []
  private var awaiting: [Int] = []
  private var codeHashes = CodeHashes()
  // What has changed since it was last saved.
  private var changed: [Bool] = []
  private var removed: Set<EntityKey> = []
  var hasNewWindows: Set<EntityType> = []

  init(id: SourceID) { self.id = id }

  /// Takes the events of a batch.
  ///
  /// - Parameters:
  ///   - batch: The batch.
  ///   - context: What entities are told; its watermark is this source's.
  ///   - configuration: How much is tracked, and what the forests are.
  ///   - statements: Where statements go.
  mutating func observe(
    _ batch: EventBatch,
    _ context: inout SourceContext,
    _ configuration: BehaviorConfiguration,
    into statements: inout [Statement]
  ) {
    let facts = BatchFacts(batch, codeHashes)
    var pairs = ContactColumns(batch, codeHashes)
    defer {
      facts.giveBack(&codeHashes)
      pairs?.giveBack(&codeHashes)
    }
    var columns = EntityColumn.all(batch)
    var places = PlaceColumn(batch, configuration.places)
    for row in 0..<batch.rowCount {
      guard batch.timed[row] else {
        counts.untimed += 1
        continue
      }
      let time = batch.times[row]
      guard time >= watermark else {
        counts.late += 1
        continue
      }
      if time.subtractingHeld(context.lateness) > watermark {
        let before = counts.evicted
        calibration.begin(at: time)
        watermark = time.subtractingHeld(context.lateness)
        context.watermark = watermark
        seal(&context, configuration, into: &statements)
        setLimits(&context, into: &statements)
        if counts.evicted != before { for index in columns.indices { columns[index].forget() } }
      }
      let rowFacts = facts.facts(row)
      if pairs != nil { contacts.record(rowFacts, facts, &pairs, context) }
      let from = places?.place(row)
      for index in columns.indices {
        let place = columns[index].place(row) {
          find($0, at: time, limit: configuration.entitiesMax)
        }
        guard let place else { continue }
        record(rowFacts, facts, place, context)
        if let from { noteTravel(entities[place].key, from, rowFacts, facts) }
      }
    }
    publish(context, into: &statements)
  }

  /// Ends every window, as if the input ended now.
  mutating func conclude(
    _ context: inout SourceContext,
    _ configuration: BehaviorConfiguration,
    into statements: inout [Statement]
  ) {
    watermark = .max
    context.watermark = .max
    seal(&context, configuration, into: &statements)
    publish(context, into: &statements)
  }

  private mutating func find(_ key: EntityKey, at time: Int64, limit: Int) -> Int? {
    if let place = places[key] { return place }
    // Between two seals nothing is evicted; past twice the limit, nothing is taken in either.
    guard places.count < 2 * limit else {
      counts.refused += 1
      return nil
    }
    return insert(slots.promote(key, at: time) ?? EntityActivity(key: key, firstSeen: time))
  }

  private mutating func insert(_ entity: EntityActivity) -> Int {
    let place = free.popLast() ?? entities.count
    if place == entities.count {
      entities.append(entity)
      isUsed.append(true)
      changed.append(true)
    } else {
      entities[place] = entity
      isUsed[place] = true
      changed[place] = true
    }
    neighbourhoods[entity.key.type, default: Neighbourhood()].insert(entity, at: place)
    places[entity.key] = place
    return place
  }

  private mutating func record(
    _ facts: RowFacts,
    _ batch: BatchFacts,
    _ place: Int,
    _ context: SourceContext
  ) {
    let firstSeen = entities[place].firstSeen
    let change = entities[place].record(facts, batch, context)
    changed[place] = true
    if facts.time < firstSeen {
      let entity = entities[place]
      neighbourhoods[entity.key.type]?.move(entity, at: place, from: firstSeen)
    }
    for width in change.opened { join(place, width, width.start(of: facts.time)) }
    for width in change.notable {
      notable.append(Notable(place: place, width: width, start: width.start(of: facts.time)))
    }
    if change.hasCandidates { awaiting.append(place) }
  }

  private mutating func join(_ place: Int, _ width: WindowWidth, _ start: Int64) {
    if let index = open.lastIndex(where: { $0.start == start && $0.width == width }) {
      open[index].places.append(place)
      return
    }
    let group = OpenGroup(width: width, start: start, places: [place])
    let index =
      open.firstIndex { ($0.end, $0.width.rawValue) > (group.end, width.rawValue) } ?? open.count
    open.insert(group, at: index)
  }

  /// Publishes what has grown and what has become certain.
  private mutating func publish(
    _ context: SourceContext,
    into statements: inout [Statement]
  ) {
    for entry in notable {
      let metrics = entities[entry.place].takeNotable(entry.width, entry.start)
      let entity = entities[entry.place]
      guard let window = entity.window(entry.width, entry.start) else { continue }
      statements += metrics.compactMap { context.statement($0, window, of: entity) }
    }
    notable.removeAll(keepingCapacity: true)
    publishNews(context, into: &statements)
  }

  /// Publishes the new values that have become certain.
  private mutating func publishNews(
    _ context: SourceContext,
    into statements: inout [Statement]
  ) {
    var waiting: [Int] = []
    for place in awaiting {
      let news = entities[place].takeNewValues(context)
      if !entities[place].values.candidates.isEmpty { waiting.append(place) }
      guard !news.isEmpty else { continue }
      changed[place] = true
      let entity = entities[place]
      for one in news {
        let peerage = peerage(of: one, of: entity, at: place, context)
        let statement = context.statement(one, peerage, of: entity.key)
        statements.append(statement)
        calibration.add(
          Calibration.Entry(
            end: one.event.time,
            kind: .news,
            score: one.surprise(among: peerage),
            isFinding: statement.isFinding,
            key: entity.key
          )
        )
      }
    }
    awaiting = waiting
    publishMoves(context, into: &statements)
  }

  /// Sets what the scores of the next hour are read against, when one has begun.
  private mutating func setLimits(
    _ context: inout SourceContext,
    into statements: inout [Statement]
  ) {
    guard calibration.isBehind(context) else { return }
    // Whatever is certain before the hour counts, wherever batches are cut.
    publishNews(context, into: &statements)
    calibration.advance(context)
    context.hourLimits = calibration.limits
  }

  private mutating func seal(
    _ context: inout SourceContext,
    _ configuration: BehaviorConfiguration,
    into statements: inout [Statement]
  ) {
    guard let first = open.first, first.end <= watermark else { return }
    // What is usual for these windows is known only until others are learned.
    publish(context, into: &statements)
    noteScores(context)
    while let group = open.first, group.end <= watermark {
      open.removeFirst()
      var over: [Over] = []
      for place in inOrder(group.places) {
        changed[place] = true
        guard let window = entities[place].seal(group.width, group.start, context),
          window.width == .short
        else { continue }
        over.append(
          Over(window: window, key: entities[place].key, hash: entities[place].shortHash)
        )
      }
      judge(over, context, configuration, into: &statements)
    }
    let limit = configuration.entitiesMax
    if places.count > limit { evict(to: limit - limit / 8, context) }
    contacts.evict()
    travel.evict()
  }

  /// Puts places into an order that depends on who is there alone: by hash, then key.
  private func inOrder(_ places: [Int]) -> [Int] {
    places.map { (hash: entities[$0].shortHash, place: $0) }
      .sorted { left, right in
        guard left.hash == right.hash else { return left.hash < right.hash }
        return entities[left.place].key < entities[right.place].key
      }
      .map(\.place)
  }

  /// Notes how unusual the windows were that are over, before any of them is learned.
  private mutating func noteScores(_ context: SourceContext) {
    for group in open where group.end <= watermark {
      var entries: [Calibration.Entry] = []
      for place in inOrder(group.places) {
        entries += entities[place].scores(group.width, group.start, context)
      }
      for entry in entries { calibration.add(entry) }
    }
  }

  /// Leaves only a slot of the entities that were least active; those with an open window stay.
  private mutating func evict(to count: Int, _ context: SourceContext) {
    let ranked = entities.indices.compactMap { place in
      isUsed[place] ? (entities[place].activity, entities[place].key, place) : nil
    }
    .sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    for (_, key, place) in ranked.dropLast(count) where entities[place].windows.isEmpty {
      slots.demote(entities[place], context)
      entities[place] = EntityActivity(key: key, firstSeen: .max)
      isUsed[place] = false
      places[key] = nil
      free.append(place)
      removed.insert(key)
      counts.evicted += 1
    }
    // A place is given again to another entity: nothing may still point to it.
    awaiting.removeAll { !isUsed[$0] }
    for type in neighbourhoods.keys { neighbourhoods[type]?.removeAll { !isUsed[$0] } }
  }
}

// Saving and restoring.
extension SourceActivity {
  /// Takes the rows that have changed since they were last taken, in a fixed order.
  mutating func takeChanges() -> [StateRow] {
    var rows: [StateRow] = []
    for key in removed where places[key] == nil { rows.append(row(key.description, key, nil)) }
    for (key, place) in places where changed[place] {
      var writer = SnapshotWriter()
      entities[place].write(to: &writer)
      rows.append(row(key.description, key, writer.bytes))
      changed[place] = false
    }
    for type in hasNewWindows {
      var writer = SnapshotWriter()
      outliers[type]?.write(to: &writer)
      rows.append(row("forest" + Self.partMark + type.rawValue, nil, writer.bytes))
    }
    rows += moveRows() + slots.takeChanges().map { row($0.name, nil, $0.bytes) }
    var writer = SnapshotWriter()
    calibration.write(to: &writer)
    rows.append(row("calibration", nil, writer.bytes))
    removed = []
    hasNewWindows = []
    writer = SnapshotWriter()
    writer.write(watermark)
    counts.write(to: &writer)
    for counts in [contacts.counts, travel.counts] { counts.write(to: &writer) }
    slots.writeCounts(to: &writer)
    rows.append(row("clock", nil, writer.bytes))
    return rows.sorted { $0.key < $1.key }
  }

  /// Lets go of what is kept only to tell which rows have changed.
  mutating func forgetChanges() {
    removed.removeAll()
    contacts.forgetChanges()
    travel.forgetChanges()
    slots.forgetChanges()
  }

  /// Takes a row back in.
  ///
  /// - Parameters:
  ///   - name: The row's key without the source.
  ///   - bytes: The row's bytes.
  /// - Returns: Whether they were understood.
  mutating func restore(_ name: String, _ bytes: [UInt8]) -> Bool {
    var reader = SnapshotReader(bytes)
    if name == "clock" {
      watermark = reader.int64()
      counts = BehaviorCounts(from: &reader)
      contacts.restore(ContactCounts(from: &reader))
      travel.restore(ContactCounts(from: &reader))
      slots.restoreCounts(from: &reader)
      return reader.isComplete
    }
    if let isRestored = restoreMove(name, &reader) { return isRestored }
    if name == "calibration" {
      guard let restored = Calibration(from: &reader), reader.isComplete else { return false }
      calibration = restored
      return true
    }
    let forest = "forest" + Self.partMark
    if name.hasPrefix(forest) {
      guard let type = EntityType(rawValue: String(name.dropFirst(forest.count))),
        let restored = WindowOutliers(from: &reader), reader.isComplete
      else { return false }
      outliers[type] = restored
      return true
    }
    guard let entity = EntityActivity(from: &reader), reader.isComplete else { return false }
    let place = insert(entity)
    changed[place] = false
    for window in entity.windows { join(place, window.width, window.start) }
    if !entity.values.candidates.isEmpty { awaiting.append(place) }
    return true
  }
}
