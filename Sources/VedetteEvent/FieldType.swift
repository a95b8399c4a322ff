/// How a field's values are stored and shown.
public enum FieldType: String, Sendable, Hashable, CaseIterable {
  /// Text, also for addresses and identifiers.
  case text
  /// Whole numbers.
  case integer
  /// Numbers with a fraction.
  case number
  /// `true` or `false`.
  case boolean
  /// An address per RFC 5952.
  case address
  /// RFC 3339 text of a time other than the event's own.
  case time

  /// Whether a column of this type keeps texts: truth values and addresses repeat, so they do.
  public var isStoredAsText: Bool { self != .integer && self != .number }
}
