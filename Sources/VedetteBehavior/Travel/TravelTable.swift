import VedetteColumns
import VedetteEvent
import VedetteFindings
import VedetteStatistics

/// Where the users and keys of a source were seen, where there is a table of places.
struct TravelTable: Sendable {
  /// The kinds of entities that are in one place at a time.
  static let types: [EntityType] = [.user, .accessKey, .apiKey]

  private(set) var counts = ContactCounts()
  private(set) var travellers: [EntityKey: Traveller] = [:]
  private var waiting: Set<EntityKey> = []
  private var changed: Set<EntityKey> = []
  private var removed: Set<EntityKey> = []

  /// Notes that an entity took part in an event.
  mutating func record(
    _ key: EntityKey,
    _ place: Place,
    _ facts: RowFacts,
    _ batch: BatchFacts
  ) {
    guard travellers[key] != nil || travellers.count < 2 * Limits.travellersMax else {
      counts.refused += 1
      return
    }
    let isTaken = travellers[key, default: Traveller(key: key)].add(place, facts, batch)
    if !isTaken { counts.refused += 1 }
    waiting.insert(key)
    changed.insert(key)
  }

  /// Takes in what the watermark has passed.
  ///
  /// - Parameters:
  ///   - context: The watermark, and what scores are read against.
  ///   - statements: Where statements go.
  /// - Returns: The scores of what was found, for the budget.
  mutating func publish(
    _ context: SourceContext,
    into statements: inout [Statement]
  ) -> [Calibration.Entry] {
    guard !waiting.isEmpty else { return [] }
    var entries: [Calibration.Entry] = []
    for key in waiting.sorted() {
      guard var traveller = travellers[key] else { continue }
      for news in traveller.settle(context.watermark) {
        let told = told(news, context)
        let journey = news.journey
        traveller.told = told
        traveller.hasGrown = false
        if told.isStated { statements.append(context.statement(told, of: key)) }
        entries.append(
          Calibration.Entry(
            end: journey.to.first,
            kind: .travel,
            score: journey.value,
            isFinding: told.isFinding,
            key: key
          )
        )
      }
      if traveller.hasGrown, let told = traveller.told, told.isStated {
        traveller.hasGrown = false
        statements.append(context.statement(told, of: key))
      }
      changed.insert(key)
      if traveller.waiting.isEmpty { waiting.remove(key) }
      travellers[key] = traveller
    }
    // By time: batches may be cut anywhere.
    return entries.sorted { ($0.end, $0.key) < ($1.end, $1.key) }
  }

  private func told(
    _ news: Traveller.News,
    _ context: SourceContext
  ) -> Traveller.Told {
    let journey = news.journey
    let limits = context.limits(at: journey.to.first)
    let least = limits.least[ScoreKind.travel.rawValue]
    let plain = Int(Journey.pointsPerUnit * journey.value)
    return Traveller.Told(
      journey: journey,
      entities: news.entities,
      points: min(Journey.pointsMax, limits.points(.travel, journey.value) ?? plain),
      least: least,
      isFinding: journey.value >= least,
      count: news.count,
      last: news.last
    )
  }

  /// Lets go of those who were seen longest ago.
  mutating func evict() {
    guard travellers.count > Limits.travellersMax else { return }
    let idle = travellers.values.filter { $0.waiting.isEmpty }.map { ($0.newest, $0.key) }
    let excess = travellers.count - Limits.travellersMax * 7 / 8
    for (_, key) in idle.sorted(by: { ($0.0, $0.1) < ($1.0, $1.1) }).prefix(excess) {
      travellers[key] = nil
      removed.insert(key)
      counts.evicted += 1
    }
  }

  /// Takes the entities that have changed since they were last taken, gone ones without bytes.
  mutating func takeChanges() -> [(key: EntityKey, bytes: [UInt8]?)] {
    var rows: [(key: EntityKey, bytes: [UInt8]?)] = []
    for key in removed where travellers[key] == nil { rows.append((key, nil)) }
    for key in changed {
      guard let traveller = travellers[key] else { continue }
      var writer = SnapshotWriter()
      traveller.write(to: &writer)
      rows.append((key, writer.bytes))
    }
    forgetChanges()
    return rows
  }

  mutating func forgetChanges() {
    removed.removeAll()
    changed.removeAll()
  }

  mutating func restore(_ traveller: Traveller) {
    travellers[traveller.key] = traveller
    if !traveller.waiting.isEmpty { waiting.insert(traveller.key) }
  }

  mutating func restore(_ counts: ContactCounts) { self.counts = counts }
}

/// Where the addresses of a batch are, looked up once for each text.
struct PlaceColumn {
  private let column: Column
  private let table: PlaceTable
  /// By code: -1 unknown, -2 nowhere, else the index.
  private var codes: [Int32] = []
  private var places: [Place] = []

  init?(_ batch: EventBatch, _ table: PlaceTable?) {
    guard let table, let column = batch.column("source.ip") else { return nil }
    self.table = table
    self.column = column
  }

  /// Where a row's event came from, as far as that is known.
  mutating func place(_ row: Int) -> Place? {
    guard column.valid[row] else { return nil }
    guard case .texts(let all, _) = column.values else {
      return column.text(row).flatMap(table.place(of:))
    }
    let code = Int(all[row])
    if code >= codes.count {
      codes.append(contentsOf: repeatElement(-1, count: code + 1 - codes.count))
    }
    if codes[code] == -1 {
      codes[code] = -2
      if let place = column.text(row).flatMap(table.place(of:)) {
        codes[code] = Int32(places.count)
        places.append(place)
      }
    }
    return codes[code] < 0 ? nil : places[Int(codes[code])]
  }
}
