public import VedetteDocuments

/// A line and column of a rule file, both counted from one.
public struct SourceLocation: Sendable, Hashable, Comparable {
  /// The file's path as the user gave it.
  public var path: String
  /// The place in the file.
  public var position: Position

  /// The line, from one.
  public var line: Int { position.line }

  /// Creates a location.
  ///
  /// - Parameters:
  ///   - path: The file's path as the user gave it.
  ///   - position: The place in the file.
  public init(path: String, position: Position) {
    self.path = path
    self.position = position
  }

  /// Orders by path, then as the file is read.
  ///
  /// - Parameters:
  ///   - lhs: A location.
  ///   - rhs: Another.
  /// - Returns: Whether the left one comes first.
  public static func < (lhs: SourceLocation, rhs: SourceLocation) -> Bool {
    lhs.path == rhs.path ? lhs.position < rhs.position : lhs.path < rhs.path
  }
}

extension SourceLocation: CustomStringConvertible {
  /// `path:line:column`.
  public var description: String { "\(path):\(position)" }
}
