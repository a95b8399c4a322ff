import VedetteEvent

/// Loads rules from files and folders, or from memory.
///
/// ```swift
/// let rules = RuleLoader().load(["rules", "more/rule.yml"])
/// for error in rules.errors { print(error) }
/// let detector = RuleDetector(RulePlan(rules))
/// ```
///
/// A rule that can't be used is an error of the set; the others are used.
public struct RuleLoader: Sendable {
  /// The values of placeholders, by name without percent signs.
  public var placeholders: [String: [String]]
  /// A user's own names of fields and log sources.
  public var mapping = RuleMapping.none

  /// Creates a loader that has no values for placeholders: a rule that uses one is rejected.
  public init() { placeholders = [:] }

  /// Creates a loader.
  ///
  /// - Parameter placeholders: The values of placeholders, by name without percent signs.
  public init(placeholders: [String: [String]]) { self.placeholders = placeholders }

  /// Creates a loader that reads rules as a mapping says, with the values that it has.
  ///
  /// - Parameter mapping: A user's own names of fields and log sources.
  public init(mapping: RuleMapping) {
    self.mapping = mapping
    placeholders = mapping.placeholders
  }

  /// Loads rules from the file system.
  ///
  /// - Parameter paths: Files and folders; among rules of one id the first is used.
  /// - Returns: The rules that can be used, and what is wrong with the others.
  public func load(_ paths: [String]) -> RuleSet {
    let (files, errors) = RuleFolder.files(paths)
    return load(files, errors: errors)
  }

  /// Loads rules from memory.
  ///
  /// - Parameter files: The files; among rules of one id the first is used.
  /// - Returns: The rules that can be used, and what is wrong with the others.
  public func load(_ files: [RuleFile]) -> RuleSet { load(files, errors: []) }

  private func load(_ files: [RuleFile], errors: [RuleError]) -> RuleSet {
    var documents: [RuleDocument] = []
    var errors = errors
    for file in files {
      let reader = RuleReader(context: context(of: file))
      for result in reader.read(file.bytes) {
        switch result {
        case .success(let document):
          guard documents.count < Limits.rulesMax else {
            let problem = RuleError.Problem.tooMany(what: "rules in the set", max: Limits.rulesMax)
            errors.append(RuleError(problem, at: document.metadata.location))
            return set(documents, errors)
          }
          documents.append(document)
        case .failure(let error): errors.append(error)
        }
      }
    }
    return set(documents, errors)
  }

  /// What must be known to read a file.
  func context(of file: RuleFile) -> ReadingContext {
    var context = ReadingContext(file, placeholders: placeholders)
    context.wildcards = mapping.wildcards
    return context
  }

  private func set(_ documents: [RuleDocument], _ errors: [RuleError]) -> RuleSet {
    var errors = errors
    let mapped = mapping.applied(to: documents, &errors)
    return RuleSet(mapped, errors: errors, routing: mapping.routing)
  }
}
