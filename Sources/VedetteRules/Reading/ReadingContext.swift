import VedetteDocuments

/// What must be known beside a document to read it.
struct ReadingContext: Sendable {
  /// The file's path as the user gave it.
  var path: String
  /// The file's path below the folder that was given: the same wherever that folder is.
  var relativePath: String
  /// Whether rules that name no log source look at every event.
  var isForAnyLogSource: Bool
  /// The values of placeholders, by name.
  var placeholders: [String: [String]]
  /// Which placeholders without values stand for anything.
  var wildcards = RuleMapping.PlaceholderChoice.only([])

  /// Creates a context.
  init(_ file: RuleFile, placeholders: [String: [String]] = [:]) {
    path = file.path
    relativePath = file.relativePath
    isForAnyLogSource = file.isForAnyLogSource
    self.placeholders = placeholders
  }

  /// Makes an error at a place of the file.
  func error(_ problem: RuleError.Problem, at position: Position) -> RuleError {
    RuleError(problem, at: SourceLocation(path: path, position: position))
  }
}
