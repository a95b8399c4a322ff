public import VedetteDocuments

/// A reason why a configuration can't be used, and where in its file.
public struct ConfigurationError: Error, Hashable, CustomStringConvertible {
  /// The file's path as the user gave it.
  public let path: String
  /// The place the problem was found.
  public let position: Position
  /// What is wrong and what to write instead.
  public let problem: String

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - position: The place in it.
  ///   - problem: What is wrong and what to write instead.
  public init(path: String, position: Position, problem: String) {
    self.path = path
    self.position = position
    self.problem = problem
  }

  /// A line in the compiler's form, `path:line:column: error: what; what to do`.
  public var description: String { "\(path):\(position): error: \(problem)" }
}
