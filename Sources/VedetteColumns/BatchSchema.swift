/// Which column holds which field, by every name that reaches it.
///
/// A source's own name (`eventName`) and the normalized one (`event.action`) reach the same column.
public struct BatchSchema: Sendable, Equatable {
  /// The normalized name of each column, or the raw one where there is no other.
  public private(set) var names: [String] = []
  private var exact: [String: Int] = [:]
  private var folded: [String: Int] = [:]

  /// Creates a schema without columns.
  public init() {}

  /// Adds a column, or returns the one of that name.
  ///
  /// - Parameter name: The column's name.
  /// - Returns: The column's index.
  package mutating func add(_ name: String) -> Int {
    if let index = exact[name] { return index }
    names.append(name)
    link(name, to: names.count - 1)
    return names.count - 1
  }

  /// Makes another name reach a column, unless that name has one already.
  ///
  /// - Parameters:
  ///   - name: The other name.
  ///   - index: The column's index.
  package mutating func link(_ name: String, to index: Int) {
    if exact[name] == nil { exact[name] = index }
    let lower = name.lowercased()
    if folded[lower] == nil { folded[lower] = index }
  }

  /// Returns the column that a name reaches: exactly, else without regard to case.
  ///
  /// - Parameter name: A normalized or raw name.
  /// - Returns: The column's index, or `nil` if no event of the batch has the field.
  public func index(of name: String) -> Int? {
    exact[name] ?? folded[name.lowercased()]
  }

  /// Returns the column of exactly this name, or `nil` if there is none.
  package func exactIndex(of name: String) -> Int? { exact[name] }

  /// Every name with its column's index, in the order of the names.
  public var allNames: [(name: String, index: Int)] {
    exact.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
