import VedetteColumns
import VedetteEvent
import VedetteFindings

/// Takes out of a batch what outlives it: bound to one batch, it looks columns up once.
struct EventCapture {
  private let batch: EventBatch
  private let layouts: [[String]]
  private let extractor: EntityExtractor
  private let weights: Column?
  /// For each rule and field the columns of the field's names, the first that has a value counts.
  private var columns: [Int: [[Column]]] = [:]
  private var lastRow = -1
  private var lastEntities: [Entity] = []
  private var lastRaw: [UInt8] = []
  /// Shares what many events have alike.
  private(set) var shared: SharedParts

  init(_ batch: EventBatch, layouts: [[String]], shared: SharedParts) {
    self.batch = batch
    self.layouts = layouts
    self.shared = shared
    extractor = EntityExtractor(batch)
    weights = batch.column("event.count")
  }

  mutating func event(row: Int, rule: Int, time: Int64, ordinal: Int64) -> CorrelatedEvent {
    if row != lastRow {
      lastRow = row
      lastEntities = shared.share(extractor.entities(row))
      lastRaw = Array(batch.rawBytes(row).prefix(Limits.evidenceBytesMax))
    }
    if columns[rule] == nil {
      columns[rule] = layouts[rule].map { field in
        field.split(separator: CorrelationPlan.nameSeparator).compactMap {
          batch.column(String($0))
        }
      }
    }
    let weight = weights?.number(row).map { Int(max(1, min($0, 1_000_000))) } ?? 1
    return CorrelatedEvent(
      time: time,
      isTimed: batch.timed[row],
      source: batch.source,
      ordinal: ordinal,
      rule: rule,
      weight: weight,
      fields: shared.share(
        columns[rule]?.map { $0.lazy.compactMap { $0.text(row) }.first } ?? []
      ),
      entities: lastEntities,
      origin: batch.origin(row),
      raw: lastRaw
    )
  }
}

/// The parts of events that others have alike: each is kept once, however many events share it.
///
/// A window of a day holds hundreds of thousands of events of a few thousand attackers. Whether two
/// events share a part changes nothing but the memory they take.
struct SharedParts {
  private static let countMax = 16_384

  private var entities: Set<[Entity]> = []
  private var fields: Set<[String?]> = []

  mutating func share(_ part: [Entity]) -> [Entity] {
    if entities.count >= Self.countMax { entities.removeAll() }
    return entities.insert(part).memberAfterInsert
  }

  mutating func share(_ part: [String?]) -> [String?] {
    if fields.count >= Self.countMax { fields.removeAll() }
    return fields.insert(part).memberAfterInsert
  }
}
