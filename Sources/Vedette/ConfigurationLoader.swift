import VedetteDocuments
import VedetteEvent
import VedetteNormalize

/// Reads `vedette.yml`.
///
/// Whatever is not understood is an error at its place: a key that is silently passed over is a
/// setting that somebody believes in.
public struct ConfigurationLoader {
  /// What a configuration says beside what a pipeline does.
  public struct Loaded: Sendable, Hashable {
    /// What the pipeline does.
    public var pipeline: PipelineConfiguration
    /// Where incidents are kept, if it says so.
    public var database: String?
  }

  let path: String

  /// Creates a loader.
  ///
  /// - Parameter path: The file's path, as errors name it.
  public init(path: String) { self.path = path }

  /// Reads a configuration.
  ///
  /// - Parameter bytes: The file's bytes.
  /// - Returns: What it says, with defaults for what it leaves out.
  /// - Throws: ``ConfigurationError`` at the first thing that is not understood.
  public func load(_ bytes: [UInt8]) throws(ConfigurationError) -> Loaded {
    var loaded = Loaded(pipeline: PipelineConfiguration(), database: nil)
    guard let root = try documents(bytes).first else { return loaded }
    for entry in try mapping(root).entries { try read(entry, into: &loaded) }
    return loaded
  }

  /// Reads the documents of a file, of which there may be one.
  func documents(_ bytes: [UInt8]) throws(ConfigurationError) -> [Node] {
    let documents: [Node]
    do throws(DocumentError) {
      documents = try DocumentReader().read(bytes)
    } catch {
      throw ConfigurationError(path: path, position: error.position, problem: "\(error.problem)")
    }
    if documents.count > 1 { throw failure(documents[1], "a configuration is one document") }
    return documents
  }

  private static let keys = [
    "sources", "rules", "mapping", "placeholders", "store", "behaviour", "incidents", "privacy",
    "workers", "watchlists", "intel", "exceptions", "notify", "enrich",
  ]
  private static let sourceKeys = [
    "path", "listen", "journald", "format", "logsource", "timezone", "lateness", "line_timeout",
  ]
  private static let retainNanosecondsMin: Int64 = 86_400_000_000_000

  private func read(
    _ entry: Mapping.Entry,
    into loaded: inout Loaded
  ) throws(ConfigurationError) {
    switch entry.key {
    case "sources": try readSources(entry.value, into: &loaded.pipeline)
    case "rules": loaded.pipeline.rulePaths = try texts(entry.value)
    case "mapping": loaded.pipeline.mappingPaths = try texts(entry.value)
    case "placeholders": loaded.pipeline.placeholderPaths = try texts(entry.value)
    case "store": try readStore(entry.value, into: &loaded.pipeline)
    case "behaviour": try readBehaviour(entry.value, into: &loaded.pipeline)
    case "incidents": try readIncidents(entry.value, into: &loaded)
    case "privacy": try readPrivacy(entry.value, into: &loaded.pipeline)
    case "watchlists": loaded.pipeline.watchlistPaths = try texts(entry.value)
    case "intel": loaded.pipeline.intelPaths = try texts(entry.value)
    case "exceptions": loaded.pipeline.exceptionPaths = try texts(entry.value)
    case "notify": loaded.pipeline.notifiers = try notifiers(entry.value)
    case "workers": loaded.pipeline.workerCount = try count(entry.value, 1...64)
    case "enrich": try readEnrichment(entry.value, into: &loaded.pipeline)
    default: throw unknown(entry, of: Self.keys)
    }
  }

  private func readSources(
    _ node: Node,
    into pipeline: inout PipelineConfiguration
  ) throws(ConfigurationError) {
    guard let items = node.sequence else {
      throw failure(node, "'sources' is a list of entries with a 'path', not \(node.kind)")
    }
    for item in items {
      let fields = try mapping(item)
      let places = fields.entries.filter { Self.placeKeys.contains($0.key) }
      guard let place = places.first else {
        throw failure(item, "a source needs a 'path', 'listen' or 'journald'")
      }
      guard places.count == 1 else {
        throw failure(places[1], "a source has one of 'path', 'listen' and 'journald'")
      }
      var source = SourceConfiguration(path: try path(of: place))
      for entry in fields.entries where entry.key != place.key { try read(entry, into: &source) }
      pipeline.sources.append(source)
    }
  }

  private func read(
    _ entry: Mapping.Entry,
    into source: inout SourceConfiguration
  ) throws(ConfigurationError) {
    switch entry.key {
    case "format":
      let name = try text(entry.value)
      if name == "auto" { return }
      guard let format = LogFormat(rawValue: name) else {
        let names = LogFormat.allCases.map(\.rawValue) + ["auto"]
        throw failure(entry.value, "unknown format '\(name)'\(suggestion(name, names))")
      }
      source.format = format
    case "logsource":
      source.logSource = try logSource(entry.value)
    case "timezone":
      let name = try text(entry.value)
      do throws(TimeZoneError) {
        source.timeZone = try TimeZoneTable(named: name)
      } catch {
        throw failure(entry.value, "\(error)")
      }
    case "lateness": source.latenessNanoseconds = try duration(entry.value)
    case "line_timeout": source.lineTimeoutNanoseconds = try duration(entry.value)
    case "trusted_proxies":
      throw failure(entry, "'trusted_proxies' is not supported by this release; remove it")
    default: throw unknown(entry, of: Self.sourceKeys)
    }
  }

  private func readStore(
    _ node: Node,
    into pipeline: inout PipelineConfiguration
  ) throws(ConfigurationError) {
    for entry in try mapping(node).entries {
      switch entry.key {
      case "memory": pipeline.storeBytesMax = try bytes(entry.value)
      case "retain": pipeline.storeAgeMaxNanoseconds = try duration(entry.value)
      default: throw unknown(entry, of: ["memory", "retain"])
      }
    }
  }

  private func readBehaviour(
    _ node: Node,
    into pipeline: inout PipelineConfiguration
  ) throws(ConfigurationError) {
    for entry in try mapping(node).entries {
      switch entry.key {
      case "learning": pipeline.learningNanoseconds = try duration(entry.value)
      case "false_alarms_per_day":
        pipeline.falseAlarmsPerDay = try rate(entry.value)
      default: throw unknown(entry, of: ["learning", "false_alarms_per_day"])
      }
    }
  }

  private func readIncidents(
    _ node: Node,
    into loaded: inout Loaded
  ) throws(ConfigurationError) {
    for entry in try mapping(node).entries {
      switch entry.key {
      case "db": loaded.database = try text(entry.value)
      case "group_window": loaded.pipeline.groupWindowNanoseconds = try duration(entry.value)
      case "retain":
        let retained = try duration(entry.value)
        guard retained >= Self.retainNanosecondsMin else {
          throw failure(entry.value, "'retain' is 1d or more: what is younger may still grow")
        }
        loaded.pipeline.retainNanoseconds = retained
      default: throw unknown(entry, of: ["db", "group_window", "retain"])
      }
    }
  }

  private func readPrivacy(
    _ node: Node,
    into pipeline: inout PipelineConfiguration
  ) throws(ConfigurationError) {
    for entry in try mapping(node).entries {
      switch entry.key {
      case "keep_content": pipeline.keepsContent = try truth(entry.value)
      case "users":
        guard try text(entry.value) == "plain" else {
          throw failure(entry.value, "'users' can only be 'plain' in this release")
        }
      default: throw unknown(entry, of: ["keep_content", "users"])
      }
    }
  }
}
