import VedetteBehavior
public import VedetteEvent
import VedetteIngest
public import VedetteNormalize
public import VedetteNotify

/// One source as the user gave it, on the command line or in `vedette.yml`.
public struct SourceConfiguration: Sendable, Hashable {
  /// A file, a glob, a folder, or `-`.
  public var path: String
  /// The format, or `nil` to detect it for each file.
  public var format: LogFormat?
  /// The log source to assert, or `nil` for what the format says.
  public var logSource: LogSource?
  /// The zone of times that name none.
  public var timeZone: TimeZoneTable
  /// How far behind its newest event the source may be, or `nil` for what its format needs.
  public var latenessNanoseconds: Int64?
  /// How long a run waits for the end of a line that is written in part, in nanoseconds by the clock,
  /// before it takes the line as it stands; `nil` for as long as it takes.
  public var lineTimeoutNanoseconds: Int64?

  /// Creates a source.
  ///
  /// - Parameters:
  ///   - path: A file, a glob, a folder, or `-`.
  ///   - format: The format, or `nil` to detect it.
  ///   - logSource: The log source to assert.
  ///   - timeZone: The zone of times that name none.
  ///   - latenessNanoseconds: How far behind the source may be.
  public init(
    path: String,
    format: LogFormat? = nil,
    logSource: LogSource? = nil,
    timeZone: TimeZoneTable = .utc,
    latenessNanoseconds: Int64? = nil
  ) {
    self.path = path
    self.format = format
    self.logSource = logSource
    self.timeZone = timeZone
    self.latenessNanoseconds = latenessNanoseconds
  }
}

/// The paths of the tables that add what a log does not say.
public struct EnrichmentConfiguration: Sendable, Hashable {
  /// Where networks are: a MaxMind DB file.
  public var geoPath: String?
  /// What networks are called and where they are: CSV.
  public var networksPath: String?
  /// How critical hosts, accounts and services are: CSV.
  public var assetsPath: String?
  /// Which principal and host hold which key: CSV.
  public var identitiesPath: String?
  /// What models cost: CSV.
  public var pricesPath: String?

  /// Creates a configuration that adds nothing.
  public init() {}
}

/// Everything that decides what a pipeline does: the same configuration, rules and input give the
/// same incidents.
public struct PipelineConfiguration: Sendable, Hashable {
  /// What to read.
  public var sources: [SourceConfiguration] = []
  /// Folders and files of rules, beside the built-in ones.
  public var rulePaths: [String] = []
  /// Files that say how a user's own events name fields and log sources.
  public var mappingPaths: [String] = []
  /// Files with the values of placeholders.
  public var placeholderPaths: [String] = []
  /// CSV files, and folders of them, whose values rules use by name.
  public var watchlistPaths: [String] = []
  /// Files of indicators: CSV, or STIX 2.1 bundles.
  public var intelPaths: [String] = []
  /// The tables that add what a log does not say.
  public var enrichment = EnrichmentConfiguration()
  /// When the validity of indicators is judged; `nil` for not at all, as in a replay.
  public var intelTime: EventTime?
  /// Files of exceptions.
  public var exceptionPaths: [String] = []
  /// Where a run sends messages about incidents.
  public var notifiers: [Notifier] = []
  /// How long after it was last seen a run keeps an incident, by event time; `nil` for always.
  public var retainNanoseconds: Int64?
  /// Whether the rules in the binary are used.
  public var usesBuiltInRules = true
  /// Ids of rules that are not used.
  public var excludedRules: [String] = []
  /// The year of the first time that names none, or `nil` for the file's modification time.
  public var year: Int?
  /// How many threads read and parse.
  public var workerCount = 2
  /// The most bytes of events kept in memory for queries, or `nil` for 128 MiB in a run and 8 MiB in
  /// a replay, which ends with its input and is asked nothing.
  public var storeBytesMax: Int?
  /// How long events are kept in memory, in nanoseconds of event time.
  public var storeAgeMaxNanoseconds: Int64 = 86_400_000_000_000
  /// The longest pause between findings of one entity that leaves them one incident.
  public var groupWindowNanoseconds: Int64 = 3_600_000_000_000
  /// The longest that a detector learns before it scores an entity's own history.
  public var learningNanoseconds: Int64 = 3 * 86_400_000_000_000
  /// How many findings of behaviour a day are wanted of the whole installation while nothing
  /// happens, 0 to 1,000; 0 wants none.
  public var falseAlarmsPerDay = 5.0
  /// Whether prompts, completions and tool arguments are kept.
  public var keepsContent = false
  /// The least severity of a finding that opens an incident.
  public var openingSeverity = Severity.medium
  /// The least level of a rule that is used.
  public var ruleLevelMin = Severity.informational
  /// The statuses of the rules that are used, in lower case; every rule's if there are none.
  public var ruleStatuses: [String] = []
  /// Tags of which a rule must have one, or the beginning of one up to a dot, in lower case; every
  /// rule is used if there are none.
  public var ruleTags: [String] = []

  /// Creates the default configuration without sources.
  public init() {}

  /// How the behaviour detectors learn: the same for every entity.
  var behavior: BehaviorConfiguration {
    var behavior = BehaviorConfiguration.standard
    behavior.learningNanoseconds = learningNanoseconds
    behavior.falseAlarmsPerDay = falseAlarmsPerDay
    behavior.sourcesExpected = max(1, sources.count)
    behavior.latenessNanoseconds = Self.defaultLateness(of: .cloudtrail)
    for source in sources {
      guard let lateness = source.latenessNanoseconds else { continue }
      behavior.latenessNanosecondsBySource[SourceID(source.path)] = lateness
    }
    return behavior
  }

  /// The settings of the first source whose path is the file, its folder or a pattern for it.
  func settings(for path: String) -> SourceConfiguration {
    sources.first { source in
      source.path == path || path.hasPrefix(source.path + "/")
        || path.hasPrefix(source.path + ".") || path.hasPrefix(source.path + "-")
        || SourcePath(path).isMatched(by: SourcePath(source.path))
    } ?? SourceConfiguration(path: path)
  }

  /// How late events of a format may be: cloud audit logs are delivered in files minutes after.
  ///
  /// - Parameter format: The format of a source that states no lateness.
  /// - Returns: Nanoseconds of event time: 20 minutes for cloud audit logs, else 5.
  public static func defaultLateness(of format: LogFormat) -> Int64 {
    let minute: Int64 = 60_000_000_000
    switch format {
    case .cloudtrail, .azure, .gcp, .azureOpenAI, .apim, .vertex, .openaiAudit, .anthropicAudit:
      return 20 * minute
    default: return 5 * minute
    }
  }
}
