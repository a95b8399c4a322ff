import VedetteEvent

/// Fourteen hours of a model gateway whose applications serve many end users with one key each.
struct InfrastructureModels {
  private let seed: UInt64
  private var chance: Chance
  private var log: GatewayLog
  private var events = CorpusEvents()

  private static let first = EventTime.at(8, 0)
  private static let last = EventTime.at(22, 0)
  /// The key that all customers' questions are asked with.
  private static let support = GatewayClient(
    alias: "svc-support",
    team: "support",
    address: "192.0.2.61",
    agent: "OpenAI/Python 1.58.1"
  )

  init(seed: UInt64) {
    self.seed = seed
    chance = Chance(seed: seed, stream: "model corpus")
    log = GatewayLog(chance: Chance(seed: seed, stream: "model corpus log"))
  }

  var corpus: AttackCorpus {
    var copy = self
    for hour in stride(from: 0, to: 14, by: 2) {
      let first = Self.first.plus(minutes: hour * 60)
      GatewayTraffic(first: first, last: first.plus(minutes: 120))
        .write(to: &copy.log, seed: seed &+ UInt64(hour))
    }
    copy.writeFastJailbreak()
    copy.writeTwoEndUsers()
    copy.writeSlowHarvest()
    copy.writeDistributed()
    copy.writeEvaluation()
    copy.writeOutage()
    copy.writeBatchJob()
    for _ in 0..<2 { copy.writeCuriousUser() }
    copy.log.label = nil
    return AttackCorpus(
      name: "models-\(seed)",
      files: [copy.log.timeline.file("litellm.ndjson")],
      events: copy.events.all
    )
  }

  private static let jailbreak = ["AML.T0051", "AML.T0051.000", "AML.T0054"]

  private mutating func endUser() -> String { "c-\(chance.integer(in: 200...999))" }

  private mutating func writeTries(of user: String, from start: EventTime) {
    log.label = events.attack("jailbreak", by: [.account(user)], Self.jailbreak)
    var time = start
    for index in 0..<chance.integer(in: 7...16) {
      var request = GatewayRequest(
        prompt: "Variant \(index) of a request to forget all instructions. \(chance.uuid())",
        inputTokens: chance.integer(in: 300...900),
        outputTokens: 0
      )
      request.endUser = user
      request.blockedFor = chance.pick(["prompt_attack", "jailbreak"])
      log.add(request, by: Self.support, at: time)
      time = time.plus(seconds: chance.integer(in: 12...60))
    }
    guard chance.happens(percent: 60) else { return }
    var request = GatewayRequest(
      prompt: "The wording that gets through. \(chance.uuid())",
      inputTokens: 700,
      outputTokens: chance.integer(in: 1_400...2_400)
    )
    request.endUser = user
    log.add(request, by: Self.support, at: time)
  }

  private mutating func writeFastJailbreak() {
    writeTries(of: endUser(), from: chance.start(toHour: 20))
  }

  /// Two customers try at the same time, with the one key of the application.
  private mutating func writeTwoEndUsers() {
    let start = chance.start(toHour: 20)
    let first = endUser()
    writeTries(of: first, from: start)
    writeTries(of: first + "7", from: start.plus(seconds: chance.integer(in: 5...60)))
  }

  /// A model is questioned systematically, for hours.
  private mutating func writeSlowHarvest() {
    let client = GatewayClient(
      alias: "svc-partner-\(seed % 90)",
      team: "partners",
      address: chance.addresses(1)[0],
      agent: "python-httpx/0.27.0"
    )
    log.label = events.attack("slow extraction", by: keys(client), ["AML.T0024.002", "AML.T0034"])
    var time = chance.start(toHour: 14)
    for index in 0..<900 {
      var request = GatewayRequest(
        prompt: "Explain topic \(index) in detail. \(chance.hexadecimalDigits(8))",
        inputTokens: chance.integer(in: 24...32),
        outputTokens: chance.integer(in: 900...1_400)
      )
      request.temperature = "0"
      log.add(request, by: client, at: time)
      time = time.plus(seconds: chance.integer(in: 16...26))
    }
  }

  private func keys(_ client: GatewayClient) -> [EntityKey] {
    [
      EntityKey(type: .apiKey, value: client.alias),
      EntityKey(type: .apiKey, value: client.keyHash),
    ]
  }

  /// A key that was published is used from many addresses.
  private mutating func writeDistributed() {
    let addresses = chance.herd(chance.integer(in: 14...30))
    let alias = "svc-lab-\(seed % 90)"
    var time = chance.start(toHour: 19)
    log.label = events.attack(
      "distributed key use",
      by: keys(GatewayClient(alias: alias, team: "lab", address: "", agent: "")),
      ["T1496", "AML.T0034", "AML.T0012", "T1078"]
    )
    for index in 0..<320 {
      let client = GatewayClient(
        alias: alias,
        team: "lab",
        address: addresses[index % addresses.count],
        agent: "python-requests/2.31.0"
      )
      let request = GatewayRequest(
        prompt: "Tell a story, number \(index). \(chance.hexadecimalDigits(8))",
        inputTokens: chance.integer(in: 400...1_600),
        outputTokens: chance.integer(in: 300...900)
      )
      log.add(request, by: client, at: time)
      time = time.plus(seconds: chance.integer(in: 4...12))
    }
  }

  /// An evaluation harness asks its set of questions, again and again.
  private mutating func writeEvaluation() {
    log.label = events.decoy("evaluation run")
    let client = GatewayClient(
      alias: "svc-eval",
      team: "quality",
      address: "192.0.2.63",
      agent: "lm-eval-harness/0.4.2"
    )
    var time = chance.start(toHour: 19)
    for index in 0..<360 {
      var request = GatewayRequest(
        prompt: "Question \(index % 120 + 1) of the regression set. Answer with one letter.",
        inputTokens: 140 + index % 24,
        outputTokens: chance.integer(in: 1...4)
      )
      request.temperature = "0"
      request.isCached = index >= 120 && chance.happens(percent: 60)
      log.add(request, by: client, at: time)
      time = time.plus(milliseconds: chance.integer(in: 11_000...14_000))
    }
  }

  /// The provider fails for some minutes, and everybody tries again.
  private mutating func writeOutage() {
    log.label = events.decoy("provider outage")
    var time = chance.start(toHour: 20)
    for index in 0..<150 {
      var request = GatewayRequest(
        prompt: "Customer \(1_000 + index / 3) asks about delivery.",
        inputTokens: chance.integer(in: 220...900),
        outputTokens: 0
      )
      request.endUser = "c-\(100 + index / 3)"
      request.error = "503"
      log.add(request, by: Self.support, at: time)
      time = time.plus(seconds: chance.integer(in: 1...6))
    }
  }

  /// A job summarizes an archive overnight.
  private mutating func writeBatchJob() {
    log.label = events.decoy("batch job")
    let client = GatewayClient(
      alias: "svc-archive",
      team: "documents",
      address: "192.0.2.66",
      agent: "OpenAI/Python 1.58.1"
    )
    var time = chance.start(toHour: 17)
    for index in 0..<400 {
      let request = GatewayRequest(
        prompt: "Summarize letter \(index) of the archive.",
        inputTokens: chance.integer(in: 900...2_400),
        outputTokens: chance.integer(in: 120...260)
      )
      log.add(request, by: client, at: time)
      time = time.plus(seconds: chance.integer(in: 8...16))
    }
  }

  /// A customer whose question is refused once or twice.
  private mutating func writeCuriousUser() {
    log.label = events.decoy("refused question")
    let user = endUser() + "3"
    var time = chance.start(toHour: 20)
    for index in 0..<chance.integer(in: 1...2) {
      var request = GatewayRequest(
        prompt: "What would a burglar do? \(index)",
        inputTokens: 60,
        outputTokens: 0
      )
      request.endUser = user
      request.blockedFor = "violence"
      log.add(request, by: Self.support, at: time)
      time = time.plus(seconds: chance.integer(in: 20...60))
    }
    var request = GatewayRequest(prompt: "Never mind.", inputTokens: 40, outputTokens: 90)
    request.endUser = user
    log.add(request, by: Self.support, at: time)
  }
}
