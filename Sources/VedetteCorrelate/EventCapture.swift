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

  init(_ batch: EventBatch, layouts: [[String]]) {
    self.batch = batch
    self.layouts = layouts
    extractor = EntityExtractor(batch)
    weights = batch.column("event.count")
  }

  mutating func event(row: Int, rule: Int, time: Int64, ordinal: Int64) -> CorrelatedEvent {
    if row != lastRow {
      lastRow = row
      lastEntities = extractor.entities(row)
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
      fields: columns[rule]?.map { Self.text(of: $0, row) } ?? [],
      entities: lastEntities,
      origin: batch.origin(row),
      raw: lastRaw
    )
  }

  private static func text(of columns: [Column], _ row: Int) -> String? {
    for column in columns {
      if let text = column.text(row) { return text }
    }
    return nil
  }
}
