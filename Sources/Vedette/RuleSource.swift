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
  /// - Returns: The rules that can be used, what is wrong with the others, and the words of the
  ///   configuration that choose none, each as a sentence.
  public static func load(
    _ configuration: PipelineConfiguration
  ) -> (rules: RuleSet, errors: [RuleError], idle: [String]) {
    let (files, errors, notes) = filesAndNotes(configuration)
    let loaded = load(configuration, (files, errors))
    return (loaded.rules, loaded.errors, notes + loaded.idle)
  }

  /// Loads the rules of files that were read already.
  ///
  /// - Parameters:
  ///   - configuration: Which rules are left out.
  ///   - found: The files, and what could not be read.
  /// - Returns: The rules that can be used, what is wrong with the others, and the words of the
  ///   configuration that choose none, each as a sentence.
  public static func load(
    _ configuration: PipelineConfiguration,
    _ found: (files: [RuleFile], errors: [RuleError])
  ) -> (rules: RuleSet, errors: [RuleError], idle: [String]) {
    let (loader, mappingErrors) = loader(of: configuration)
    let rules = loader.load(found.files)
    let errors = mappingErrors + (found.errors + rules.errors).sorted { $0.location < $1.location }
    guard configuration.leavesRulesOut else { return (rules, errors, []) }
    return (rules.filtered(configuration.uses), errors, configuration.idleWords(rules))
  }

  /// Loads the rules on single events of a configuration, without the correlations.
  ///
  /// What a correlation rests on is like any other rule here: nobody runs the correlation, so a
  /// rule that is left out has no matches.
  ///
  /// - Parameter configuration: Which folders, whether the built-in ones, which are left out.
  /// - Returns: The rules that can be used, the correlations that were asked for too, what is wrong
  ///   with the others, and the words of the configuration that choose none, each as a sentence.
  public static func loadSingle(
    _ configuration: PipelineConfiguration
  ) -> (rules: RuleSet, correlations: [RuleMetadata], errors: [RuleError], idle: [String]) {
    let found = filesAndNotes(configuration)
    let (loader, mappingErrors) = loader(of: configuration)
    let all = loader.load(found.files)
    let correlations = all.plans.map { all.entries[$0.rule].metadata }.filter(configuration.uses)
    let ids = Set(all.plans.map { all.entries[$0.rule].metadata.id })
    let isWhole = ids.isEmpty && !configuration.leavesRulesOut
    return (
      isWhole ? all : all.filtered { !ids.contains($0.id) && configuration.uses($0) }, correlations,
      mappingErrors + (found.errors + all.errors).sorted { $0.location < $1.location },
      found.notes + configuration.idleWords(all)
    )
  }

  /// Reads the rule files of a configuration.
  ///
  /// - Parameter configuration: Which folders, and whether the built-in ones.
  /// - Returns: The files, and what could not be read.
  public static func files(
    _ configuration: PipelineConfiguration
  ) -> (files: [RuleFile], errors: [RuleError]) {
    let found = filesAndNotes(configuration)
    return (found.files, found.errors)
  }

  /// Reads the rule files of a configuration, and says which indicators can't be used.
  private static func filesAndNotes(
    _ configuration: PipelineConfiguration
  ) -> (files: [RuleFile], errors: [RuleError], notes: [String]) {
    var files = configuration.usesBuiltInRules ? builtIn : []
    var found = RuleFolder.files(configuration.rulePaths)
    var notes: [String] = []
    for path in configuration.intelPaths {
      do throws(ConfigurationError) {
        let feed = try IndicatorReader.read(path, now: configuration.intelTime)
        found.files += IndicatorRules.files(feed, path: path)
        if let note = skippedNote(feed, path) { notes.append(note) }
      } catch {
        let place = SourceLocation(path: error.path, position: error.position)
        found.errors.append(RuleError(.notARule(detail: error.problem), at: place))
      }
    }
    guard !files.isEmpty else { return (found.files, found.errors, notes) }
    let known = Set(found.files.map(\.bytes))
    // A folder that holds a built-in rule as it is replaces it rather than repeating it.
    files.removeAll { known.contains($0.bytes) }
    return (files + found.files, found.errors, notes)
  }

  private static func skippedNote(_ feed: IndicatorReader.Feed, _ path: String) -> String? {
    guard feed.skippedCount > 0 else { return nil }
    let more = feed.skippedCount - feed.skipped.count
    return "\(path): \(feed.skippedCount) indicators are not used: "
      + feed.skipped.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
  }

  private static func loader(
    of configuration: PipelineConfiguration
  ) -> (loader: RuleLoader, errors: [RuleError]) {
    do throws(MappingError) {
      return (RuleLoader(mapping: try mapping(of: configuration)), [])
    } catch {
      return (RuleLoader(), [RuleError(.notARule(detail: error.problem), at: error.location)])
    }
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
    do throws(ConfigurationError) {
      mapping.addPlaceholders(try WatchlistReader.read(configuration.watchlistPaths))
    } catch {
      throw MappingError(
        error.problem,
        at: SourceLocation(path: error.path, position: error.position)
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
  public static var builtIn: [RuleFile] { unpacked(VedetteContent.packedRules) }

  /// The tests of the rules in the binary.
  public static var builtInTests: [RuleFile] { unpacked(VedetteContent.packedTests) }

  private static func unpacked(_ pack: [UInt8]) -> [RuleFile] {
    guard
      let bytes = try? PackedBytes.unpack(pack, bytesMax: bytesMax),
      let files = VedetteContent.files(in: bytes)
    else { preconditionFailure("the rules in the binary are damaged: build it anew") }
    return files.map { RuleFile(path: $0.path, relativePath: $0.path, bytes: $0.bytes) }
  }
}

extension PipelineConfiguration {
  /// Whether any rule is left out.
  fileprivate var leavesRulesOut: Bool {
    !excludedRules.isEmpty || ruleLevelMin > .informational || !ruleStatuses.isEmpty
      || !ruleTags.isEmpty
  }

  /// What is asked for of rules and none of them has.
  fileprivate func idleWords(_ rules: RuleSet) -> [String] {
    let all = rules.entries.lazy.map(\.metadata)
    let ids = Set(excludedRules.isEmpty ? [] : all.map(\.id))
    let excluded = excludedRules.filter { !ids.contains($0) }.map { id in
      let hint = NearestName.of(id, in: ids.sorted()).map { "; did you mean '\($0)'?" } ?? ""
      return "no rule has the id '\(id)', which is to be left out\(hint)"
    }
    let tags = ruleTags.filter { tag in !all.contains { $0.hasTag(tag) } }
      .map { "no rule has the tag '\($0)'" }
    let statuses = ruleStatuses.filter { status in
      !all.contains { $0.status?.lowercased() == status }
    }.map { "no rule has the status '\($0)'" }
    return excluded + tags + statuses
  }

  /// Whether a rule is used.
  fileprivate func uses(_ metadata: RuleMetadata) -> Bool {
    guard !excludedRules.contains(metadata.id),
      metadata.reference.level >= ruleLevelMin
    else { return false }
    if !ruleStatuses.isEmpty, !ruleStatuses.contains(metadata.status?.lowercased() ?? "") {
      return false
    }
    return ruleTags.isEmpty || ruleTags.contains { metadata.hasTag($0) }
  }
}
