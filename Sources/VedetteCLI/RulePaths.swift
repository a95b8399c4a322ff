import Vedette
import VedetteRules

/// The rules that a command of `vedette rules` looks at: those of paths, else the built-in ones.
struct RulePaths {
  /// What stands for the rules in the binary where a path is asked for.
  static let builtInWord = "builtin"

  let files: [RuleFile]
  let rules: RuleSet
  let errors: [RuleError]

  /// Loads the rules of paths.
  ///
  /// - Parameter paths: Files and folders, and `builtin` for the rules in the binary; these alone
  ///   if there are none.
  init(_ paths: [String]) {
    var configuration = PipelineConfiguration()
    configuration.rulePaths = paths.filter { $0 != Self.builtInWord }
    configuration.usesBuiltInRules = paths.isEmpty || paths.contains(Self.builtInWord)
    let found = RuleSource.files(configuration)
    files = found.files
    (rules, errors, _) = RuleSource.load(configuration, found)
  }

  /// Whether a path could not be read at all.
  var isUnreadable: Bool {
    errors.contains(where: \.isUnreadable)
  }

  /// The file that a rule stands in.
  func file(of metadata: RuleMetadata) -> RuleFile? {
    files.first { $0.path == metadata.location.path }
  }
}

extension RuleError {
  /// Whether a file or folder of rules could not be read, as opposed to not understood.
  var isUnreadable: Bool { if case .unreadable = problem { true } else { false } }
}
