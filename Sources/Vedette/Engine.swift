import VedetteEvent
public import VedetteFindings
import VedetteBehavior
import VedetteCorrelate
import VedetteDigest
public import VedetteIncidents
import VedetteNormalize
public import VedetteRules
import VedetteStore

/// Rules, compiled once, and what makes a pipeline's stages of them.
public struct Engine: Sendable {
  /// The rules that are used.
  public let rules: RuleSet
  /// What analysts decided not to be told of.
  public var exceptions = ExceptionSet([])
  /// How critical entities are.
  public var assets = AssetTable()
  /// Hashes content under a key of this machine, where it is not kept.
  let contentHash: @Sendable ([UInt8]) -> String
  let plan: RulePlan
  private let rulesDigest: String

  /// Compiles rules.
  ///
  /// - Parameters:
  ///   - rules: The rules to use.
  ///   - contentKey: The key under which prompts are hashed; see ``ContentKey``.
  public init(rules: RuleSet, contentKey: [UInt8]) {
    self.rules = rules
    plan = RulePlan(rules)
    rulesDigest = Self.digest(rules)
    let digest = KeyedDigest(key: contentKey)
    contentHash = { bytes in String(digest.of(bytes).hex.prefix(32)) }
  }

  /// Hashes a whole key that was logged: the same on every machine, in exports and exceptions.
  public static let secretHash: @Sendable ([UInt8]) -> String = { Digest.of($0).hex }

  /// Makes finding ids: the first 128 bits of SHA-256.
  public static let identifier = FindingIdentifier { Digest.of($0).first128Bits }

  /// A digest of what the rules say, so that state learned under others is not taken up.
  private static func digest(_ rules: RuleSet) -> String {
    var builder = DigestBuilder()
    for descriptor in rules.descriptors {
      builder.update("\(descriptor.reference.id)\n\(descriptor.isSilent)\n")
    }
    for plan in rules.plans { builder.update("\(plan)\n") }
    return builder.digest.hex
  }

  /// Makes the stateful stage, without state.
  ///
  /// - Parameters:
  ///   - configuration: What it remembers, and how much.
  ///   - storeBytesMax: The most bytes of events kept in memory where the configuration is silent.
  /// - Returns: The stage.
  func makeDetection(
    _ configuration: PipelineConfiguration,
    storeBytesMax: Int
  ) -> Detection {
    var detection = Detection(
      configuration: configuration,
      storeBytesMax: configuration.storeBytesMax ?? storeBytesMax,
      descriptors: rules.descriptors,
      plans: rules.plans,
      assets: assets,
      identifier: Self.identifier
    )
    detection.exceptions = exceptions
    return detection
  }

  /// Returns what makes a worker's parser.
  func makeParser(
    _ configuration: PipelineConfiguration,
    profile: ProfileSink? = nil,
    reach: ReachSink? = nil
  ) -> @Sendable () -> EventParser {
    let keepsContent = configuration.keepsContent
    let enricher = EnrichmentFiles.modelEnricher(configuration.enrichment)
    return { [plan, contentHash] in
      EventParser(
        plan: plan,
        profile: profile,
        reach: reach,
        enricher: enricher,
        keepsContent: keepsContent,
        contentHash: contentHash
      )
    }
  }

  /// Says under what a detector's state is learned: what it does not depend on does not count.
  func digests(_ configuration: PipelineConfiguration, of detector: String) -> StateDigests {
    guard detector != BehaviorDetector.name, detector != ModelAccessDetector.name else {
      return Self.behaviorDigests(configuration)
    }
    let dependsOnRules = detector == RuleCorrelator.stateName
    let dependsOnConfiguration =
      detector != SourceLedger.stateName && detector != LogIntegrity.stateName
    return StateDigests(
      rules: dependsOnRules ? rulesDigest : "",
      configuration: dependsOnConfiguration
        ? Digest.of(configuration.stateDescription).hex : "",
      format: detector == IncidentCorrelator.stateName ? "3" : "1"
    )
  }

  /// Says under what the state of the baselines is learned: no rule, and the learning.
  static func behaviorDigests(_ configuration: PipelineConfiguration) -> StateDigests {
    StateDigests(
      rules: "",
      configuration: Digest.of("learning \(configuration.learningNanoseconds)").hex,
      format: "3"
    )
  }
}

extension PipelineConfiguration {
  /// What a detector's state depends on, as text.
  fileprivate var stateDescription: String {
    "window \(groupWindowNanoseconds) learning \(learningNanoseconds) opening \(openingSeverity)"
  }
}
