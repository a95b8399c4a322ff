import VedetteEvent

/// What the keys of an organisation do on ordinary days.
struct OrganisationTraffic {
  let organisation: Organisation
  let days: Int

  /// Midnight before the first day.
  static let start = EventTime.at(0, 0)
  /// The first newcomer among the datasets' writers, and who is none.
  static let pipeline = CloudCaller.role(
    "data-pipeline",
    session: "airflow-worker",
    address: "10.200.3.9",
    agent: Organisation.cloudAgents[0]
  )

  /// Hundredths of a busy hour, by hour of the day.
  private static let office = [
    2, 1, 1, 1, 2, 5, 15, 45, 85, 100, 100, 95, 70, 85, 100, 95, 85, 60, 35, 20, 12, 8, 5, 3,
  ]

  func write(to logs: inout CorpusLogs) {
    for key in organisation.keys {
      var chance = Chance(seed: organisation.seed, stream: "traffic of \(key.name)")
      for day in 0..<days { write(key, day: day, &chance, to: &logs) }
    }
    writeData(to: &logs)
    writeModelServers(to: &logs)
  }

  private func write(
    _ key: OrganisationKey,
    day: Int,
    _ chance: inout Chance,
    to logs: inout CorpusLogs
  ) {
    let midnight = Self.start.plus(minutes: day * 1_440)
    let dayFactor = chance.pick([70, 85, 100, 100, 115, 140])
    if key.rhythm == .developer, chance.happens(percent: 15) { return }
    if key.rhythm == .nightly {
      writeBatch(key, at: midnight.plus(minutes: 90 + key.index % 60), &chance, to: &logs)
      return
    }
    var session = Session(key: key, &chance)
    for hour in 0..<24 {
      let weight = key.rhythm == .allDay ? 60 + Self.office[hour] / 3 : Self.office[hour]
      var hundredths = key.hourlyHundredths * weight / 100 * dayFactor / 100
      hundredths = hundredths * chance.heavyFactor() / 100
      if key.rhythm == .developer, chance.happens(percent: 50) { hundredths = 0 }
      let count = min(chance.count(ofHundredths: hundredths), 400)
      let from = midnight.plus(minutes: hour * 60)
      for _ in 0..<count {
        let time = from.plus(milliseconds: chance.integer(in: 0...3_599_999))
        write(session.request(&chance), by: key, at: time, &chance, to: &logs)
      }
      if key.rhythm == .developer, chance.happens(percent: 20) {
        session = Session(key: key, &chance)
      }
    }
  }

  private func write(
    _ request: CorpusRequest,
    by key: OrganisationKey,
    at time: EventTime,
    _ chance: inout Chance,
    to logs: inout CorpusLogs
  ) {
    guard key.home == .agent else { return logs.add(request, by: key, at: time) }
    // A conversation of an agent: a question, tools, an answer.
    var request = request
    request.conversation = chance.hexadecimalDigits(12)
    logs.add(request, by: key, at: time)
    let own = Self.tools(of: key)
    var later = time
    let course = chance.pick(own)
    for tool in course {
      later = later.plus(milliseconds: chance.integer(in: 900...6_000))
      var call = request
      call.tool = tool
      call.outputTokens = 0
      call.inputTokens = 0
      logs.add(call, by: key, at: later)
    }
    logs.add(request, by: key, at: later.plus(milliseconds: 1_500))
  }

  /// The courses of tools that an agent has: it reads in some and sends in others.
  static func tools(of key: OrganisationKey) -> [[String]] {
    key.index % 40 == 7
      ? [
        ["search_docs"], ["search_docs", "lookup_price"], ["read_customer"], ["lookup_price"],
        ["post_webhook"],
      ]
      : [
        ["read_ticket", "search_docs", "send_reply"], ["query_orders"], ["create_ticket"],
        ["read_customer", "query_orders"], ["post_webhook"],
      ]
  }

  private func writeBatch(
    _ key: OrganisationKey,
    at start: EventTime,
    _ chance: inout Chance,
    to logs: inout CorpusLogs
  ) {
    var session = Session(key: key, &chance)
    session.temperature = "0"
    var time = start
    for _ in 0..<chance.integer(in: 60...160) {
      logs.add(session.request(&chance), by: key, at: time)
      time = time.plus(milliseconds: chance.integer(in: 3_000...30_000))
    }
  }

  /// Datasets are written every hour and a model is tuned every evening, by the pipeline's role.
  private func writeData(to logs: inout CorpusLogs) {
    var chance = Chance(seed: organisation.seed, stream: "data")
    for hour in 0..<(days * 24) {
      let time = Self.start.plus(minutes: hour * 60 + 7)
      for part in 0..<3 {
        let name = "train/support/part-\(hour)-\(part).jsonl"
        let call = CorpusCalls.datasetWrite(name, bytes: chance.integer(in: 40_000...900_000))
        logs.add(call, by: Self.pipeline, named: "data-pipeline", at: time.plus(seconds: part * 9))
      }
      guard hour % 24 == 20 else { continue }
      let job = CorpusCalls.tuning(bucket: "example-training")
      logs.add(job, by: Self.pipeline, named: "data-pipeline", at: time.plus(minutes: 12))
    }
  }

  /// Model servers pull the shards of a model whenever one more of them starts.
  private func writeModelServers(to logs: inout CorpusLogs) {
    var chance = Chance(seed: organisation.seed, stream: "servers")
    for hour in stride(from: 3, to: days * 24, by: 5) {
      let caller = CloudCaller.role(
        "model-server",
        session: "i-0example\(chance.hexadecimalDigits(8))",
        address: "10.210.4.\(chance.integer(in: 10...200))",
        agent: Organisation.cloudAgents[0]
      )
      var time = Self.start.plus(minutes: hour * 60 + chance.integer(in: 0...50))
      for shard in 1...8 {
        let call = CorpusCalls.shard(shard, of: 8, model: "house-llm").with {
          $0.endpoint = CloudOperations.endpoint
        }
        logs.add(call, by: caller, named: "model-server", at: time)
        time = time.plus(milliseconds: chance.integer(in: 6_000...14_000))
      }
    }
  }
}

/// A while in which a key is used from one place with one program.
struct Session {
  let key: OrganisationKey
  var address: String
  var agent: String
  var temperature: String
  private let seen: [String]

  init(key: OrganisationKey, _ chance: inout Chance) {
    self.key = key
    let isDeveloper = key.rhythm == .developer
    address = Organisation.address(
      network: isDeveloper && chance.happens(percent: 12)
        ? chance.integer(in: Organisation.publicNetworks) : chance.pick(key.networks),
      host: isDeveloper ? key.index * 7 : key.index
    )
    agent =
      isDeveloper && chance.happens(percent: 30) ? chance.pick(Organisation.agents) : key.agent
    temperature = key.temperature
    seen = (0..<12).map { index in
      var fixed = Chance(seed: UInt64(key.index), stream: "frequent question \(index)")
      return key.templates[0] + ": " + fixed.words(12, of: Vocabulary.content)
    }
  }

  /// An ordinary request of the key.
  func request(_ chance: inout Chance) -> CorpusRequest {
    let isFrequent = key.rhythm == .office && chance.happens(percent: 15)
    let isFree = key.rhythm == .developer && chance.happens(percent: 50)
    let text =
      isFree
      ? chance.words(chance.integer(in: 6...40), of: Vocabulary.content + Vocabulary.instructions)
      : chance.pick(key.templates) + ": "
        + chance.words(chance.integer(in: 6...18), of: Vocabulary.content)
    var request = CorpusRequest(
      address: address,
      agent: agent,
      model: key.isEmbedding
        ? "text-embedding-3-small"
        : key.models.count > 1 ? chance.pick(key.models) : key.models[0],
      prompt: isFrequent ? chance.pick(seen) : text,
      inputTokens: 60 + chance.integer(in: 0...200),
      outputTokens: key.isEmbedding ? 0 : chance.integer(in: key.outputTokens)
    )
    if key.isEmbedding { request.kind = "aembedding" }
    if chance.integer(in: 1...200) == 1 {
      request.outputTokens = key.isEmbedding ? 0 : request.outputTokens * 4
    }
    request.temperature = isFree ? chance.pick(["0", "0.7", "1"]) : temperature
    request.isCached = isFrequent && chance.happens(percent: 60)
    request.hasGuardrail = key.hasGuardrail
    if key.endUserCount > 0 {
      request.endUser = "\(key.name)-u\(chance.integer(in: 1...key.endUserCount))"
      request.conversation = chance.hexadecimalDigits(12)
    }
    if key.hasGuardrail, chance.integer(in: 1...120) == 1 { request.blockedFor = "prompt_attack" }
    if chance.integer(in: 1...150) == 1 { request.error = "throttled" }
    if key.rhythm == .developer, chance.integer(in: 1...60) == 1 { request.error = "validation" }
    return request
  }
}

/// Calls of the cloud that are about models and their data.
enum CorpusCalls {
  static func datasetWrite(_ key: String, bytes: Int) -> CloudCall {
    CloudCall("s3", "PutObject").with {
      $0.parameters = ["bucketName": "example-training", "key": .string(key)]
      $0.details = ["bytesTransferredIn": .integer(bytes), "bytesTransferredOut": 0]
      $0.isDataEvent = true
    }
  }

  static func tuning(bucket: String) -> CloudCall {
    CloudCall("bedrock", "CreateModelCustomizationJob").with {
      $0.parameters = [
        "jobName": "support-tuning",
        "trainingDataConfig": ["s3Uri": .string("s3://\(bucket)/train/support/")],
      ]
    }
  }

  static func shard(_ shard: Int, of shards: Int, model: String) -> CloudCall {
    let number = padded(String(shard), to: 5, with: "0")
    let total = padded(String(shards), to: 5, with: "0")
    return .object(
      "\(model)/model-\(number)-of-\(total).safetensors",
      in: "example-models",
      bytes: 4_990_000_000
    )
  }
}
