/// A reason why a mapping or a file of placeholders can't be used, and where in it.
public struct MappingError: Error, Hashable {
  /// What is wrong and what to write instead.
  public let problem: String
  /// The place the problem was found.
  public let location: SourceLocation

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - problem: What is wrong and what to write instead.
  ///   - location: The place the problem was found.
  public init(_ problem: String, at location: SourceLocation) {
    self.problem = problem
    self.location = location
  }
}

extension MappingError: CustomStringConvertible {
  /// A line in the compiler's form, `path:line:column: error: what; what to do`.
  public var description: String { "\(location): error: \(problem)" }
}
