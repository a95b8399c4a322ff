import VedetteColumns
import VedetteEvent
import VedetteFindings
import VedetteStatistics

/// What is remembered of a key value by value.
enum CallAttribute: Int, CaseIterable, Sendable {
  case network
  case agent
  case model
  case region
  case operation

  var name: String {
    switch self {
    case .network: "source_network"
    case .agent: "user_agent_family"
    case .model: "model"
    case .region: "region"
    case .operation: "operation"
    }
  }

  var field: String {
    switch self {
    case .network: "source.ip"
    case .agent: "user_agent.original"
    case .model: "gen_ai.request.model"
    case .region: "cloud.region"
    case .operation: "gen_ai.operation.name"
    }
  }

  func value(of text: String) -> String? {
    guard !text.isEmpty, text != "-" else { return nil }
    return switch self {
    case .network: NetworkAddress.network(of: text)
    case .agent: AgentFamily.family(of: text)
    case .model, .region, .operation: text
    }
  }
}

/// What a call does with the files that models are made of.
struct ArtifactFacts: Sendable, Equatable {
  var isDataset: Bool
  var isWrite: Bool
  /// The file, as a hash; never 0.
  var object: UInt64
  /// The part of the model, from one, or 0.
  var shard: Int
  var shards: Int
}

/// One call of a model, or of what models are made of.
struct ModelCall: Sendable, Equatable {
  enum Guardrail: UInt8, Sendable {
    case unknown
    case passed
    case blocked
    case notRun
  }

  var time: Int64
  /// Its place in its source.
  var ordinal: Int64
  var subject: EntityKey
  /// Hashes; 0 where it has none.
  var values = SIMD8<UInt64>(repeating: 0)
  var team: UInt64 = 0
  var conversation: UInt64 = 0
  var prompt: UInt64 = 0
  /// The similarity hash of its prompt; 0 where there is none.
  var similarity: UInt64 = 0
  var tool = ""
  var outputTokens: Int64 = 0
  /// In millionths of a dollar.
  var cost: Int64 = 0
  var guardrail = Guardrail.unknown
  var isFailure = false
  var isInvocation = false
  /// Whether it makes a model or an index from data.
  var isTraining = false
  var artifact: ArtifactFacts?
  var entities: [Entity] = []
  var evidence: WindowEvidence

  subscript(attribute: CallAttribute) -> UInt64 { values[attribute.rawValue] }

  static func precedes(_ left: ModelCall, _ right: ModelCall) -> Bool {
    (left.time, left.ordinal) < (right.time, right.ordinal)
  }
}

/// Reads calls out of a batch; `nil` for a batch that holds none.
///
/// Whatever depends on a text is worked out once for each code of its dictionary.
struct ModelCallReader {
  private let batch: EventBatch
  private var attributes: [CodedColumn?]
  private var team: CodedColumn?
  private var conversation: CodedColumn?
  private var prompt: CodedColumn?
  private let extractor: EntityExtractor
  private let columns: [String: Column]

  private static let training = [
    "CreateModelCustomizationJob", "StartIngestionJob", "CreateTrainingJob",
    "IngestKnowledgeBaseDocuments",
  ]
  private static let evidenceBytesMax = 4_096

  init?(_ batch: EventBatch) {
    let marks = ["gen_ai.request.model", "gen_ai.operation.name", "ai.artifact.kind"]
    guard marks.contains(where: { batch.column($0) != nil }) else { return nil }
    self.batch = batch
    let hashes = CodeHashes()
    attributes = CallAttribute.allCases.map { attribute in
      batch.column(attribute.field).map {
        CodedColumn($0, attribute.rawValue, hashes) { attribute.value(of: $0) }
      }
    }
    func plain(_ field: String) -> CodedColumn? {
      batch.column(field).map { CodedColumn($0, -1, hashes) { $0.isEmpty ? nil : $0 } }
    }
    team = plain("ai.team.id")
    conversation = plain("gen_ai.conversation.id")
    prompt = plain("ai.prompt.hmac")
    extractor = EntityExtractor(batch)
    let fields = [
      "ai.api_key.alias", "ai.api_key.hash", "user.name", "user.id", "gen_ai.agent.name",
      "gen_ai.tool.name", "gen_ai.usage.output_tokens", "ai.cost.usd", "ai.guardrail.action",
      "event.outcome", "ai.prompt.simhash", "ai.artifact.kind", "ai.artifact.shard",
      "ai.artifact.shards", "event.action", "ai.artifact.name", "cloud.resource.id",
      "requestParameters.key", "requestParameters.bucketName", "gen_ai.request.model",
      "gen_ai.operation.name",
    ]
    var columns: [String: Column] = [:]
    for field in fields { columns[field] = batch.column(field) }
    self.columns = columns
  }

  /// Reads an event, or returns `nil` if it is no such call or nobody is known to have made it.
  mutating func call(_ row: Int, ordinal: Int64) -> ModelCall? {
    let artifact = artifact(row)
    let action = text("event.action", row) ?? ""
    let isTraining = Self.training.contains(action)
    let isInvocation =
      text("gen_ai.request.model", row) != nil || text("gen_ai.operation.name", row) != nil
    guard artifact != nil || isTraining || isInvocation, let subject = subject(row) else {
      return nil
    }
    var call = ModelCall(
      time: batch.times[row],
      ordinal: ordinal,
      subject: subject,
      evidence: WindowEvidence(
        time: batch.times[row],
        origin: batch.origin(row),
        raw: Array(batch.rawBytes(row).prefix(Self.evidenceBytesMax))
      )
    )
    for attribute in CallAttribute.allCases {
      call.values[attribute.rawValue] = attributes[attribute.rawValue]?.hash(row) ?? 0
    }
    call.team = team?.hash(row) ?? 0
    call.conversation = conversation?.hash(row) ?? 0
    call.prompt = prompt?.hash(row) ?? 0
    call.similarity = text("ai.prompt.simhash", row).flatMap { UInt64($0, radix: 16) } ?? 0
    call.tool = text("gen_ai.tool.name", row) ?? ""
    call.outputTokens = Int64(clamped: columns["gen_ai.usage.output_tokens"]?.number(row) ?? 0)
    call.cost = Int64(clamped: (columns["ai.cost.usd"]?.number(row) ?? 0) * 1e6)
    call.isFailure = text("event.outcome", row) == "failure"
    call.guardrail =
      switch text("ai.guardrail.action", row) {
      case "blocked": .blocked
      case "not_run": .notRun
      case nil: .unknown
      default: .passed
      }
    call.isInvocation = isInvocation
    call.isTraining = isTraining
    call.artifact = artifact
    call.entities = extractor.entities(row)
    return call
  }

  /// The value behind a hash, in words.
  func words(_ attribute: CallAttribute, _ row: Int) -> String? {
    attributes[attribute.rawValue]?.value(row)
  }

  /// Whose habits they are: a key of a gateway, an agent, or a user or role of a cloud.
  private func subject(_ row: Int) -> EntityKey? {
    let parts: [(String, EntityType)] = [
      ("ai.api_key.alias", .apiKey), ("ai.api_key.hash", .apiKey), ("user.name", .user),
      ("user.id", .principal), ("gen_ai.agent.name", .service),
    ]
    for (field, type) in parts {
      if let value = text(field, row), !value.isEmpty, value != "-" {
        // The invocation log has an ARN only, CloudTrail the name at its end too.
        if type == .principal, value.contains(":user/") || value.contains(":assumed-role/") {
          let names = value.split(separator: "/")
          return EntityKey(type: .user, value: names.count > 1 ? String(names[1]) : value)
        }
        return EntityKey(type: type, value: value)
      }
    }
    return nil
  }

  private func artifact(_ row: Int) -> ArtifactFacts? {
    guard let kind = text("ai.artifact.kind", row), let action = text("event.action", row) else {
      return nil
    }
    let name = text("requestParameters.key", row) ?? text("ai.artifact.name", row) ?? ""
    let bucket = text("requestParameters.bucketName", row) ?? ""
    return ArtifactFacts(
      isDataset: kind == "dataset",
      isWrite: action.hasPrefix("Put") || action.hasPrefix("Copy") || action.hasPrefix("Complete"),
      object: max(1, StableHash.of(bucket + "/" + name)),
      shard: Int(columns["ai.artifact.shard"]?.number(row) ?? 0),
      shards: Int(columns["ai.artifact.shards"]?.number(row) ?? 0)
    )
  }

  private func text(_ field: String, _ row: Int) -> String? { columns[field]?.text(row) }
}

extension Int64 {
  /// A number from a log as a whole one: nothing negative, nothing beyond a trillion.
  fileprivate init(clamped number: Double) {
    self = number > 0 ? Int64(Swift.min(number, 1e12)) : 0
  }
}
