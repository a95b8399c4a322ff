import VedetteEvent

/// Where a key's requests are logged.
enum KeyHome: Sendable {
  /// A LiteLLM proxy, with prompts.
  case proxy
  /// A gateway of one's own, an access log in JSON without prompts.
  case gateway
  /// Bedrock: CloudTrail has who and where, the invocation log what.
  case cloud
  /// An agent with tools, as OpenTelemetry records.
  case agent
}

/// How a key is used over the day.
enum KeyRhythm: Sendable {
  case office
  case allDay
  case nightly
  case developer
}

/// A key of the organisation, and how its owner uses it.
struct OrganisationKey: Sendable {
  var index: Int
  var name: String
  var team: String
  var home: KeyHome
  var rhythm: KeyRhythm
  /// Requests in a busy hour, in hundredths.
  var hourlyHundredths: Int
  var networks: [Int]
  var agent: String
  var models: [String]
  var templates: [String]
  var temperature: String
  var outputTokens: ClosedRange<Int>
  var hasGuardrail: Bool
  var endUserCount: Int
  var isEmbedding = false

  /// The id in CloudTrail, with the letters that examples have.
  var accessKey: String {
    var chance = Chance(seed: 11, stream: "access key \(name)")
    return "AKIAEXAMPLE" + chance.letters(9, of: Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
  }

  /// How the key is named in an incident.
  var entity: LabelledEntity {
    home == .cloud
      ? LabelledEntity(type: "access_key", value: accessKey)
      : LabelledEntity(type: "api_key", value: name)
  }
}

/// A company with teams and keys.
struct Organisation: Sendable {
  static let proxyModels = ["gpt-4o", "gpt-4o-mini", "claude-3-5-sonnet-20241022"]
  static let cloudModels = [ModelUse.small, ModelUse.large]
  static let agents = [
    "OpenAI/Python 1.58.1", "OpenAI/Python 1.61.0", "OpenAI/NodeJS/4.28.0", "python-httpx/0.27.0",
    "langchain/0.3.14", "Go-http-client/2.0",
  ]
  static let cloudAgents = [
    "Boto3/1.34.51 md/Botocore#1.34.51 ua/2.0 os/linux#6.1.79 lang/python#3.11.8",
    "aws-sdk-java/2.24.5 Linux/6.1.79 OpenJDK_64-Bit_Server_VM/21.0.2",
    "aws-sdk-go-v2/1.25.2 os/linux lang/go#1.22.0",
  ]
  static let tools = [
    "search_docs", "read_customer", "read_ticket", "send_reply", "query_orders", "post_webhook",
    "create_ticket", "lookup_price",
  ]

  let seed: UInt64
  let keys: [OrganisationKey]

  init(seed: UInt64, keyCount: Int) {
    self.seed = seed
    var chance = Chance(seed: seed, stream: "organisation")
    let teamCount = max(4, keyCount / 12)
    keys = (0..<keyCount).map { Self.key($0, teamCount: teamCount, &chance) }
  }

  /// The keys that something can happen to.
  func keys(
    at home: KeyHome,
    _ matches: (OrganisationKey) -> Bool = { _ in true }
  )
    -> [OrganisationKey]
  {
    keys.filter { $0.home == home && matches($0) }
  }

  private static func key(_ index: Int, teamCount: Int, _ chance: inout Chance) -> OrganisationKey {
    let team = "team-\(padded(String(index % teamCount), to: 2, with: "0"))"
    // In each twenty keys the same mix, so that small organisations have some of each.
    let slot = index % 20
    let home: KeyHome =
      switch slot {
      case 0, 4, 8, 12, 16: .cloud
      case 3, 11, 19: .gateway
      case 7, 15: .agent
      default: .proxy
      }
    let rhythm: KeyRhythm =
      switch slot {
      case 2, 4, 9, 11, 16: .allDay
      case 5: .nightly
      case 6, 13, 18: .developer
      default: .office
      }
    let isDeveloper = rhythm == .developer
    let models = home == .cloud ? cloudModels : proxyModels
    let templates = (0..<(isDeveloper ? 5 : chance.integer(in: 1...3))).map { _ in
      chance.words(chance.integer(in: 24...40), of: Vocabulary.instructions)
    }
    let usual = chance.integer(in: 60...260)
    return OrganisationKey(
      index: index,
      name: "\(isDeveloper ? "dev" : rhythm == .nightly ? "batch" : "svc")-"
        + padded(String(index), to: 3, with: "0"),
      team: team,
      home: home,
      rhythm: rhythm,
      hourlyHundredths: chance.pick([120, 180, 240, 300, 400, 500, 700, 1_000, 1_600, 2_800]),
      networks: isDeveloper
        ? (0..<4).map { _ in chance.integer(in: publicNetworks) }
        : [ownNetwork + index % teamCount],
      agent: chance.pick(home == .cloud ? cloudAgents : agents),
      models: isDeveloper ? models : [models[chance.integer(in: 0...models.count - 1)]],
      templates: templates,
      temperature: chance.pick(["0", "0.2", "0.7", "0.7", "1"]),
      outputTokens: usual / 2...usual * 2,
      hasGuardrail: slot % 3 == 1,
      endUserCount: rhythm == .office ? chance.integer(in: 8...60) : 0,
      isEmbedding: slot == 9
    )
  }

  /// The networks that belong to nobody in particular: homes, hotels, strangers.
  static let publicNetworks = 0...16_383
  /// The first of the organisation's own networks.
  static let ownNetwork = 20_000

  /// An address of a network; no range tells friend from foe.
  static func address(network: Int, host: Int) -> String {
    let last = host % 250 + 2
    return network < ownNetwork
      ? "100.\(64 + network / 256).\(network % 256).\(last)"
      : "10.\(network - ownNetwork).7.\(last)"
  }
}
