import VedetteEvent

/// Somebody who writes one attack into the logs of an organisation.
struct CorpusIntruder {
  let organisation: Organisation
  let difficulty: CorpusDifficulty
  /// What hostile events are labelled with, `extraction-1`.
  let name: String
  let start: EventTime
  var chance: Chance
  /// Keys that this attack has for itself.
  let victims: [OrganisationKey]
  /// Who is to be named by an incident that found it.
  var entities: [LabelledEntity] = []
  private(set) var last: EventTime

  init(
    organisation: Organisation,
    difficulty: CorpusDifficulty,
    name: String,
    start: EventTime,
    victims: [OrganisationKey]
  ) {
    self.organisation = organisation
    self.difficulty = difficulty
    self.name = name
    self.start = start
    self.victims = victims
    last = start
    chance = Chance(seed: organisation.seed, stream: "attack \(name) \(difficulty.rawValue)")
    entities = victims.map(\.entity)
  }

  /// One of three, by difficulty.
  func by<Value>(_ easy: Value, _ medium: Value, _ hard: Value) -> Value {
    switch difficulty {
    case .easy: easy
    case .medium: medium
    case .hard: hard
    }
  }

  /// A network that nobody of the organisation is in, as a key of an address.
  mutating func strangeNetwork() -> Int { chance.integer(in: Organisation.publicNetworks) }

  mutating func add(
    _ request: CorpusRequest,
    by key: OrganisationKey,
    at time: EventTime,
    to logs: inout CorpusLogs
  ) {
    var request = request
    request.attack = name
    last = max(last, time)
    logs.add(request, by: key, at: time)
  }

  mutating func add(
    _ call: CloudCall,
    by caller: CloudCaller,
    named key: String,
    at time: EventTime,
    to logs: inout CorpusLogs
  ) {
    last = max(last, time)
    logs.add(call, by: caller, named: key, attack: name, at: time)
  }

  /// A request of the key as its owner makes it, with nothing unusual.
  mutating func ordinary(_ key: OrganisationKey) -> CorpusRequest {
    var request = Session(key: key, &chance).request(&chance)
    request.error = nil
    request.blockedFor = nil
    request.isCached = false
    return request
  }

  /// A prompt of somebody else's, one of several purposes.
  mutating func strangerPrompt(_ templates: [String]) -> String {
    chance.pick(templates) + ": " + chance.words(chance.integer(in: 8...20), of: Vocabulary.content)
  }

  /// Instructions that nobody of the organisation gives.
  mutating func templates(_ count: Int) -> [String] {
    (0..<count).map { _ in chance.words(chance.integer(in: 24...40), of: Vocabulary.instructions) }
  }

  /// Writes the attack.
  mutating func write(_ kind: CorpusAttack, to logs: inout CorpusLogs) {
    switch kind {
    case .llmjacking: jackModels(&logs)
    case .extraction: extract(&logs)
    case .coordinatedExtraction: extractTogether(&logs)
    case .weights: takeWeights(&logs)
    case .poisoning: poison(&logs)
    case .jailbreak: varyPrompt(&logs)
    case .agent: turnAgent(&logs)
    case .denialOfWallet: runUpCosts(&logs)
    case .keySharing: shareKey(&logs)
    }
  }
}
