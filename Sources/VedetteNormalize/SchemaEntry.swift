public import VedetteEvent

/// A field of the schema with the formats whose records fill it.
public struct SchemaEntry: Sendable {
  /// The field.
  public let field: FieldDefinition
  /// The formats, by name, in their order.
  public let formats: [String]
  /// For each format that says so the names that its records have for the field.
  public let names: [(format: String, names: [String])]

  /// Every field of the schema, in the order in which they are documented.
  public static var all: [SchemaEntry] {
    let tables = FormatMappings.all
    let filled = tables.map { Set($0.filledFields) }
    return FieldCatalog.fields.map { field in
      var formats: [String] = []
      var names: [(format: String, names: [String])] = []
      for (table, fields) in zip(tables, filled) where fields.contains(field.name) {
        formats.append(table.format.rawValue)
        let own =
          table.fields.filter { $0.field == field.name }.map(\.raw)
          + table.copies.filter { $0.field == field.name }.flatMap(\.names)
        if !own.isEmpty { names.append((table.format.rawValue, own)) }
      }
      return SchemaEntry(field: field, formats: formats, names: names)
    }
  }
}
