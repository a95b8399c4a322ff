/// What a value must be, as a table writes it: without regard to case, `*` at either end.
///
/// `*` alone is any value, and `400..599` a whole number between these.
package struct TextPattern: Sendable, Hashable {
  private enum Kind: Sendable, Hashable {
    case any, exact, prefix, suffix, inside
    case range(ClosedRange<Int64>)
  }

  private let kind: Kind
  private let bytes: [UInt8]

  /// Reads a pattern.
  ///
  /// - Parameter text: The pattern.
  package init(_ text: String) {
    let ends = text.split(separator: "..").map { Int64($0) }
    if text == "*" {
      kind = .any
      bytes = []
    } else if ends.count == 2, let low = ends[0], let high = ends[1], low <= high {
      kind = .range(low...high)
      bytes = []
    } else {
      let starts = text.hasPrefix("*")
      let goesOn = text.hasSuffix("*")
      kind = starts ? (goesOn ? .inside : .suffix) : goesOn ? .prefix : .exact
      let middle = text.dropFirst(starts ? 1 : 0).dropLast(goesOn ? 1 : 0)
      bytes = Array(middle.lowercased().utf8)
    }
  }

  /// Whether a value fits.
  ///
  /// - Parameter text: The value.
  /// - Returns: Whether it is what the pattern says.
  package func matches(_ text: Span<UInt8>) -> Bool {
    switch kind {
    case .any: return true
    case .exact: return text.count == bytes.count && matches(text, at: 0)
    case .prefix: return text.count >= bytes.count && matches(text, at: 0)
    case .suffix: return text.count >= bytes.count && matches(text, at: text.count - bytes.count)
    case .inside:
      guard text.count >= bytes.count else { return false }
      return (0...text.count - bytes.count).contains { matches(text, at: $0) }
    case .range(let range): return text.integer.map { range.contains($0) } ?? false
    }
  }

  private func matches(_ text: Span<UInt8>, at start: Int) -> Bool {
    for index in bytes.indices {
      let byte = text[start + index]
      guard (byte.isLetter ? byte | 0x20 : byte) == bytes[index] else { return false }
    }
    return true
  }
}
