/// A place in a text, both numbers counted from one.
public struct Position: Sendable, Hashable, Comparable {
  /// The line, from one.
  public var line: Int
  /// The column, from one, in Unicode scalars.
  public var column: Int

  /// Creates a position.
  ///
  /// - Parameters:
  ///   - line: The line, from one.
  ///   - column: The column, from one.
  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  /// The first character of a text.
  public static let start = Position(line: 1, column: 1)

  /// Orders as the text is read.
  ///
  /// - Parameters:
  ///   - lhs: A position.
  ///   - rhs: Another.
  /// - Returns: Whether the left one comes first.
  public static func < (lhs: Position, rhs: Position) -> Bool {
    (lhs.line, lhs.column) < (rhs.line, rhs.column)
  }
}

extension Position: CustomStringConvertible {
  /// `line:column`.
  public var description: String { "\(line):\(column)" }
}
