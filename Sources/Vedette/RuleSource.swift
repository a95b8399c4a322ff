import VedetteDocuments
import VedetteContent
import VedetteEvent
import VedetteFindings
import VedetteIngest
public import VedetteRules

/// Where the rules of a pipeline come from: the binary, folders, and what is left out of them.
public enum RuleSource {
  private static let bytesMax = 64 << 20

  /// Loads the rules of a configuration.
  ///
  /// - Parameter configuration: Which folders, whether the built-in ones, which are left out.
  /// - Returns: The rules that can be used, and what is wrong with the others.
  public static func load(
    _ configuration: PipelineConfiguration
  ) -> (rules: RuleSet, errors: [RuleError]) {
    var files = configuration.usesBuiltInRules ? builtIn : []
    let found = RuleFolder.files(configuration.rulePaths)
    let known = Set(found.files.map(\.bytes))
    // A folder that holds a built-in rule as it is replaces it rather than repeating it.
    files.removeAll { known.contains($0.bytes) }
    var loader = RuleLoader()
    var mappingErrors: [RuleError] = []
    do throws(MappingError) {
      loader = RuleLoader(mapping: try mapping(of: configuration))
    } catch {
      mappingErrors = [RuleError(.notARule(detail: error.problem), at: error.location)]
    }
    let rules = loader.load(files + found.files)
    let errors = mappingErrors + (found.errors + rules.errors).sorted { $0.location < $1.location }
    let excluded = Set(configuration.excludedRules)
    guard !excluded.isEmpty || configuration.ruleLevelMin > .informational else {
      return (rules, errors)
    }
    let kept = rules.filtered { metadata in
      !excluded.contains(metadata.reference.id)
        && metadata.reference.level >= configuration.ruleLevelMin
    }
    return (kept, errors)
  }

  /// Reads the mappings and placeholders of a configuration.
  ///
  /// - Parameter configuration: Which files.
  /// - Returns: What they say together.
  /// - Throws: ``MappingError`` for the first thing that can't be done or is not understood: a
  ///   mapping is used as a whole or not at all.
  public static func mapping(
    of configuration: PipelineConfiguration
  ) throws(MappingError) -> RuleMapping {
    var mappings: [RuleMapping] = []
    for path in configuration.mappingPaths {
      mappings.append(try RuleMappingReader(path: path).read(try bytes(of: path)))
    }
    var mapping = RuleMapping.joined(mappings)
    for path in configuration.placeholderPaths {
      mapping.addPlaceholders(
        try RuleMappingReader(path: path).readPlaceholders(try bytes(of: path))
      )
    }
    return mapping
  }

  private static func bytes(of path: String) throws(MappingError) -> [UInt8] {
    let found = RuleFolder.file(path)
    if let bytes = found.bytes { return bytes }
    throw MappingError(found.reason, at: SourceLocation(path: path, position: .start))
  }

  /// The rules in the binary.
  public static var builtIn: [RuleFile] {
    guard
      let bytes = try? PackedBytes.unpack(VedetteContent.packedRules, bytesMax: bytesMax),
      let files = VedetteContent.files(in: bytes)
    else { preconditionFailure("the rules in the binary are damaged: build it anew") }
    return files.map { RuleFile(path: $0.path, relativePath: $0.path, bytes: $0.bytes) }
  }
}
