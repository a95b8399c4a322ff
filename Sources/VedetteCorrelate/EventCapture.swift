import VedetteColumns
import VedetteEvent
import VedetteFindings

/// A row that was just taken out of its batch.
struct CapturedRow {
  /// What outlives the batch.
  let event: CorrelatedEvent
  /// The key that its matches are folded by.
  let actor: String
  /// What correlations ask for to put it into groups, by number.
  fileprivate let fields: [(number: Int, value: String)]

  /// Returns the value of a field, or `nil` if it has none.
  func field(_ number: Int) -> String? { fields.first { $0.number == number }?.value }
}

/// Takes out of a batch what outlives it: bound to one batch, it looks columns up once.
struct EventCapture {
  private let batch: EventBatch
  private let extractor: EntityExtractor
  private let weights: Column?
  /// For each field the columns of its names: the first that has a value counts.
  private let columns: [[Column]]
  /// For each field whether it outlives the batch.
  private let isLasting: [Bool]
  /// The last row of each address, by its code: an attack repeats itself.
  private var known: [UInt32: KnownRow] = [:]

  private var lastFile: EventFile?

  private struct KnownRow {
    let row: Int
    let entities: PackedEvent.Entities
    let actor: String
  }

  /// Creates a capture.
  ///
  /// - Parameters:
  ///   - batch: What is taken out of.
  ///   - fields: The fields that correlations ask for, by number.
  ///   - isLasting: For each of them whether it is asked of events in windows.
  init(_ batch: EventBatch, fields: [String], isLasting: [Bool]) {
    self.batch = batch
    self.isLasting = isLasting
    extractor = EntityExtractor(batch)
    weights = batch.column("event.count")
    columns = fields.map { field in
      field.split(separator: CorrelationPlan.nameSeparator).compactMap {
        batch.column(String($0))
      }
    }
  }

  /// Takes a row.
  ///
  /// - Parameters:
  ///   - row: The row.
  ///   - fields: The numbers of the fields that are asked for; one may occur several times.
  ///   - time: When it happened.
  ///   - ordinal: Its number in its logical source.
  /// - Returns: What outlives the batch, and what decides where it goes.
  mutating func row(
    _ row: Int,
    fields: [Int],
    time: Int64,
    ordinal: Int64
  ) -> CapturedRow {
    let (entities, actor) = participants(row)
    var values: [(number: Int, value: String)] = []
    for number in fields where !values.contains(where: { $0.number == number }) {
      if let text = text(of: number, row) { values.append((number, text)) }
    }
    let origin = batch.origin(row)
    let event = CorrelatedEvent(
      time: time,
      isTimed: batch.timed[row],
      file: file(of: origin),
      ordinal: ordinal,
      weight: weights?.number(row).map { Int(max(1, min($0, 1_000_000))) } ?? 1,
      origin: origin,
      packed: PackedEvent(
        raw: batch.rawBytes(row).prefix(Limits.evidenceBytesMax),
        entities: entities,
        fields: values.filter { isLasting[$0.number] }
      )
    )
    return CapturedRow(event: event, actor: actor, fields: values)
  }

  private mutating func file(of origin: RecordOrigin) -> EventFile {
    if let lastFile, lastFile.path == origin.path { return lastFile }
    let file = EventFile(source: batch.source, path: origin.path)
    lastFile = file
    return file
  }

  private mutating func participants(_ row: Int) -> (entities: PackedEvent.Entities, actor: String)
  {
    let code = extractor.addressCode(row)
    if let code, let last = known[code], extractor.isSame(row, as: last.row) {
      return (last.entities, last.actor)
    }
    let entities = extractor.entities(row)
    let packed = PackedEvent.Entities(packing: entities)
    let actor = JoinKey.primary(entities)
    if let code { known[code] = KnownRow(row: row, entities: packed, actor: actor) }
    return (packed, actor)
  }

  /// By places, because a loop over columns copies each.
  private func text(of field: Int, _ row: Int) -> String? {
    for index in columns[field].indices {
      if let text = columns[field][index].text(row) { return text }
    }
    return nil
  }
}
