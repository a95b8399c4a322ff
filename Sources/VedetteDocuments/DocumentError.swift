/// A reason why a text can't be read as YAML, and where.
public struct DocumentError: Error, Hashable {
  /// What can be wrong with a text.
  public enum Problem: Sendable, Hashable {
    /// The text is longer than the limit.
    case tooLarge(bytes: Int, bytesMax: Int)
    /// The bytes are not UTF-8.
    case notUTF8
    /// The text is not YAML; `detail` is the reader's own words.
    case syntax(detail: String)
    /// A mapping has the key twice.
    case duplicateKey(String)
    /// A key is a list or a mapping, or is made of aliases.
    case keyNotText
    /// The documents have more values than the limit, counting each use of an alias.
    case tooManyNodes(nodesMax: Int)
    /// Lists and mappings are nested deeper than the limit.
    case tooDeep(depthMax: Int)
  }

  /// What is wrong.
  public let problem: Problem
  /// Where.
  public let position: Position

  /// Creates an error.
  ///
  /// - Parameters:
  ///   - problem: What is wrong.
  ///   - position: Where.
  public init(_ problem: Problem, at position: Position) {
    self.problem = problem
    self.position = position
  }
}

extension DocumentError: CustomStringConvertible {
  /// `line:column: what; what to do`.
  public var description: String { "\(position): \(problem)" }
}

extension DocumentError.Problem: CustomStringConvertible {
  /// What is wrong and, where we know it, what to write instead.
  public var description: String {
    switch self {
    case .tooLarge(let bytes, let bytesMax):
      "file is \(bytes) bytes long; the limit is \(bytesMax)"
    case .notUTF8:
      "file is not UTF-8; save it in that encoding"
    case .syntax(let detail):
      "not YAML: \(detail)"
    case .duplicateKey(let key):
      "key '\(key)' occurs twice in one mapping; keep one"
    case .keyNotText:
      "a key must be a single text, not a list, a mapping or an alias"
    case .tooManyNodes(let nodesMax):
      "file has more than \(nodesMax) values, counting what aliases repeat; split it"
    case .tooDeep(let depthMax):
      "lists and mappings are nested deeper than \(depthMax) levels; flatten them"
    }
  }
}
