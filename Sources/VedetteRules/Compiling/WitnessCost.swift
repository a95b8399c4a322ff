/// Guesses how often an item holds, to choose the item by which a rule is found.
///
/// Only the order of guesses matters, and only for speed: long texts are rare, fields that say what
/// kind of event it is are not, and what asks for no text at all holds often.
enum WitnessCost {
  /// Returns the guess for an item.
  ///
  /// - Parameters:
  ///   - values: Its values.
  ///   - requiresAll: Whether every value must hold.
  ///   - field: The field, or `nil` for keywords.
  /// - Returns: A number that is greater for items that hold more often.
  static func of(_ values: [[ValueTest]], requiresAll: Bool, field: String?) -> Double {
    let costs = values.map { value in value.reduce(0) { $0 + cost($1) } }
    let whole = requiresAll ? costs.min() ?? 1 : costs.reduce(0, +)
    return isKindOfEvent(field) ? whole * 50 : whole
  }

  private static func isKindOfEvent(_ field: String?) -> Bool {
    switch field {
    case "EventID", "Channel", "Provider_Name", "EventType", "type", "eventSource": true
    default: false
    }
  }

  private static func cost(_ test: ValueTest) -> Double {
    switch test {
    case .text(let pattern, _):
      var length = 0
      for case .bytes(let bytes) in pattern.pieces { length = max(length, bytes.count) }
      if pattern.isAny { return 1_000 }
      return 1 / Double(1 + length * length)
    case .regex(let regex):
      let length = regex.regex.requiredLiteral?.count ?? 0
      return 1 / Double(1 + length * length)
    case .network, .number, .timePart, .field: return 1
    case .null, .exists: return 1_000
    }
  }
}
