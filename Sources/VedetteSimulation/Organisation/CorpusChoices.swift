/// How hard an attack of a corpus is to see.
///
/// - `easy`: what public write-ups describe: probing, bursts, new programs; rules find it.
/// - `medium`: no probing, slower, below the windows of most rules.
/// - `hard`: nothing that a signature could name, and hostile keys stay below the 95th percentile
///   of benign ones in requests an hour.
public enum CorpusDifficulty: String, Sendable, CaseIterable {
  case easy
  case medium
  case hard
}

/// The attacks on model services that a corpus can hold.
public enum CorpusAttack: String, Sendable, CaseIterable {
  /// A stolen cloud key is used for models at the owner's cost.
  case llmjacking
  /// One key asks systematically to copy a model.
  case extraction
  /// Many keys do so together, each below its limit.
  case coordinatedExtraction = "coordinated-extraction"
  /// The files of a model are read shard by shard.
  case weights
  /// Training data or an index is changed by somebody else than its pipeline.
  case poisoning
  /// The wording of a refused prompt is varied until it passes.
  case jailbreak
  /// An agent reads what it should not and sends it out.
  case agent
  /// Requests that cost as much as can be.
  case denialOfWallet = "denial-of-wallet"
  /// A key works for strangers besides its owner.
  case keySharing = "key-sharing"

  /// What happens, in a line.
  public var title: String {
    switch self {
    case .llmjacking: "LLMjacking: a stolen cloud key used for models"
    case .extraction: "Model extraction by one key"
    case .coordinatedExtraction: "Model extraction by many keys together"
    case .weights: "Weights read shard by shard"
    case .poisoning: "Training data changed by a stranger to it"
    case .jailbreak: "A refused prompt varied until it passes"
    case .agent: "An agent that reads, then sends"
    case .denialOfWallet: "Denial of wallet"
    case .keySharing: "A key shared with strangers"
    }
  }
}

/// The ordinary work that resembles attacks; every corpus holds each of them once.
enum BenignTwin: String, CaseIterable {
  case batchEvaluation = "batch evaluation"
  case launch
  case reindex
  case modelUpgrade = "model upgrade"
  case providerOutage = "provider outage"
  case regionRollout = "new region rollout"
  case loadTest = "load test"
}
