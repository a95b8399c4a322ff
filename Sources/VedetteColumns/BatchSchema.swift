/// Which column holds which field, by every name that reaches it.
///
/// A source's own name (`eventName`) and the normalized one (`event.action`) reach the same column.
public struct BatchSchema: Sendable, Equatable {
  /// The normalized name of each column, or the raw one where there is no other; ``joinedName`` for
  /// a column that only holds what others hold.
  public private(set) var names: [String] = []
  private var exact: [String: Int] = [:]
  private var folded: [String: Int] = [:]
  /// Whether names that differ in nothing but case reach different columns.
  private var hasVariants = false

  /// What a column is called that holds, for a name with variants in other cases, what the columns of
  /// those hold; a NUL, since a field's name may be empty.
  public static let joinedName = "\0"

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
    if let first = folded[lower] {
      if first != index, exact[name] == index { hasVariants = true }
    } else {
      folded[lower] = index
    }
  }

  /// Returns the schema with a column of its own for each name that has variants in other cases.
  ///
  /// A name is looked up exactly, then without regard to case, event by event: what one event calls
  /// `FooBar` must not hide what the next one calls `foobar`.
  ///
  /// - Parameter columns: The columns; those of names with variants are added.
  /// - Returns: The schema that goes with them; itself where no name has variants.
  /// - Complexity: Linear in the number of names, and in rows for each name with variants.
  package func resolvingVariants(in columns: inout [Column]) -> BatchSchema {
    guard hasVariants else { return self }
    var schema = self
    let groups = Dictionary(grouping: exact.keys.sorted()) { $0.lowercased() }
    for (lower, variants) in groups.sorted(by: { $0.key < $1.key }) {
      let places = variants.compactMap { exact[$0] }
      guard Set(places).count > 1 else { continue }
      // In the order of the names, not in that in which events brought them.
      let known = columns
      func add(_ first: Int?) -> Int {
        let order = (first.map { [$0] } ?? []) + places.filter { $0 != first }
        columns.append(Column.joined(order.map { known[$0] }))
        schema.names.append(Self.joinedName)
        return columns.count - 1
      }
      for name in variants { schema.exact[name] = add(exact[name]) }
      schema.folded[lower] = add(nil)
    }
    return schema
  }

  /// Returns the column that a name reaches: exactly, else without regard to case.
  ///
  /// - Parameter name: A normalized or raw name.
  /// - Returns: The column's index, or `nil` if no event of the batch has the field.
  public func index(of name: String) -> Int? {
    exact[name] ?? folded[name.lowercased()]
  }

  /// Returns the columns of the members of an object, or of the objects of an array.
  ///
  /// - Parameter name: The object's name, in any case.
  /// - Returns: The columns of all names that begin with it and a dot, in order.
  /// - Complexity: Linear in the number of names.
  public func members(of name: String) -> [Int] {
    let prefix = name.lowercased() + "."
    return Set(exact.filter { $0.key.lowercased().hasPrefix(prefix) }.values).sorted()
  }

  /// Returns the column of exactly this name, or `nil` if there is none.
  package func exactIndex(of name: String) -> Int? { exact[name] }

  /// Every name with its column's index, in the order of the names.
  public var allNames: [(name: String, index: Int)] {
    exact.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
