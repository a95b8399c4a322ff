/// Finds the name that was probably meant.
package enum NearestName {
  /// Returns the nearest candidate, if it is near enough to be a slip of the pen.
  ///
  /// - Parameters:
  ///   - name: What was written.
  ///   - candidates: What could have been written.
  ///   - editsMax: The most edits that are a slip; a third of the name if it is not given.
  /// - Returns: The candidate with the least edit distance, the first in order among equals; `nil`
  ///   if more than a third of the name, at least one letter, would have to change.
  package static func of(
    _ name: String,
    in candidates: [String],
    editsMax: Int? = nil
  ) -> String? {
    let written = Array(name.lowercased().utf8)
    guard !written.isEmpty, written.count <= 100 else { return nil }
    let distanceMax = editsMax ?? max(1, written.count / 3)
    var best: (distance: Int, name: String)?
    for candidate in candidates.sorted() {
      let other = Array(candidate.lowercased().utf8)
      guard abs(other.count - written.count) <= distanceMax else { continue }
      let distance = distance(written, other)
      if distance <= distanceMax, distance < best?.distance ?? .max {
        best = (distance, candidate)
      }
    }
    return best?.name
  }

  /// Levenshtein's distance with swaps of neighbours as one edit (Damerau, restricted).
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var previous: [Int] = []
    var current = Array(0...right.count)
    for row in 1...max(1, left.count) where row <= left.count {
      let beforePrevious = previous
      previous = current
      current = [row]
      for column in 1...max(1, right.count) where column <= right.count {
        let isSame = left[row - 1] == right[column - 1]
        var cost = min(
          previous[column] + 1,
          current[column - 1] + 1,
          previous[column - 1] + (isSame ? 0 : 1)
        )
        if row > 1, column > 1, left[row - 1] == right[column - 2],
          left[row - 2] == right[column - 1]
        {
          cost = min(cost, beforePrevious[column - 2] + 1)
        }
        current.append(cost)
      }
    }
    return current[right.count]
  }
}
