import VedetteColumns

/// Which column of a batch each slot reads.
struct ColumnBinding {
  /// The field that is every event's own time where no column has the name.
  static let timeName = "@timestamp"

  /// For each slot its column, or `nil` if the batch has none.
  private(set) var slots: [Int?] = []
  /// The same for the slots that choose routes.
  private(set) var routing: [Int?] = []
  /// The columns in which keywords are looked for.
  private(set) var keywordColumns: [Int] = []
  /// For each slot the columns of the members of its field, where it matters that the field is there.
  private(set) var members: [[Int]] = []
  private var schema: BatchSchema?

  /// Looks the columns up, unless the schema is the last one.
  mutating func bind(_ schema: BatchSchema, _ plan: RulePlan) {
    if let last = self.schema, last == schema { return }
    self.schema = schema
    slots = plan.slots.map { $0.name.flatMap(schema.index) }
    routing = plan.routingSlots.map { $0.name.flatMap(schema.index) }
    members = plan.slots.map { slot in
      guard slot.matcher.asksPresence, let name = slot.name else { return [] }
      return schema.members(of: name)
    }
    keywordColumns = schema.names.indices.filter { index in
      let name = schema.names[index]
      return name != BatchSchema.joinedName && !name.hasPrefix("_")
    }
  }

  /// Returns the rows in which the field of a slot has members.
  func membered(_ batch: EventBatch, slot: Int) -> Bitmap {
    var rows = Bitmap()
    for index in members[slot] {
      let column = batch.columns[index]
      for present in [column.valid, column.null, column.empty] {
        present.forEachRow { rows.set($0) }
      }
    }
    return rows
  }
}
