import VedetteColumns

/// Compares two fields of an event.
enum PairComparison {
  /// Returns whether an item that compares fields holds.
  ///
  /// - Parameters:
  ///   - pair: The item.
  ///   - batch: The batch.
  ///   - row: The event's row.
  /// - Returns: Whether an element of the field compares so with an element of the others.
  static func holds(_ pair: RulePlan.Pair, _ batch: EventBatch, row: Int) -> Bool {
    guard let column = batch.column(pair.field), column.valid[row] else { return false }
    let values = column.texts(row).map { Array($0.utf8) }
    func holds(_ value: [UInt8], _ reference: FieldReference) -> Bool {
      guard let other = batch.column(reference.field), other.valid[row] else { return false }
      return other.texts(row).contains { compare(value, Array($0.utf8), reference) }
    }
    return values.contains { value in
      pair.requiresAll
        ? pair.values.allSatisfy { $0.contains { holds(value, $0) } }
        : pair.values.contains { $0.contains { holds(value, $0) } }
    }
  }

  private static func compare(
    _ value: [UInt8],
    _ other: [UInt8],
    _ reference: FieldReference
  ) -> Bool {
    let left = reference.isCased ? value : CaseFolding.folded(value)
    let right = reference.isCased ? other : CaseFolding.folded(other)
    switch reference.mode {
    case .equals: return left == right
    case .startswith: return left.starts(with: right)
    case .endswith: return left.reversed().starts(with: right.reversed())
    case .contains:
      let pieces: [TextPattern.Piece] = [.anyRun, .bytes(right), .anyRun]
      return right.isEmpty || PatternMatcher.matches(left.span, pieces)
    }
  }
}
