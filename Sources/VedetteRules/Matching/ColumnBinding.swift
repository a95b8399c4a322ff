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
  private var schema: BatchSchema?

  /// Looks the columns up, unless the schema is the last one.
  mutating func bind(_ schema: BatchSchema, _ plan: RulePlan) {
    if let last = self.schema, last == schema { return }
    self.schema = schema
    slots = plan.slots.map { $0.name.flatMap(schema.index) }
    routing = plan.routingSlots.map { $0.name.flatMap(schema.index) }
    keywordColumns = schema.names.indices.filter { !schema.names[$0].hasPrefix("_") }
  }
}
