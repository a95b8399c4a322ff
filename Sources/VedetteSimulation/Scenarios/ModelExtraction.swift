import VedetteEvent

extension Scenario {
  /// A key asks a model systematically, with token probabilities, to copy it.
  static let modelExtraction = Scenario(
    name: "model-extraction",
    title: "Model extraction by volume",
    isBenign: false,
    content: ModelExtraction.attack
  )

  /// An evaluation asks as much, but the same questions again and again.
  static let modelExtractionBenign = Scenario(
    name: "model-extraction-benign",
    title: "An evaluation of the same volume",
    isBenign: true,
    content: ModelExtraction.ordinary
  )
}

/// Two and three quarter hours of a model gateway.
enum ModelExtraction {
  private static let first = EventTime.at(8, 0)
  private static let last = EventTime.at(10, 45)
  private static let requests = 290

  static func attack(seed: UInt64) -> ScenarioContent {
    var log = background(seed: seed)
    let partner = GatewayClient(
      alias: "svc-partner-7",
      team: "partners",
      address: "203.0.113.120",
      agent: "python-httpx/0.27.0"
    )
    var chance = Chance(seed: seed, stream: "partner")
    for time in chance.times(20, from: first, to: .at(9, 50)) {
      let request = GatewayRequest(
        prompt: "Which desk fits a room of \(chance.integer(in: 8...30)) square metres?",
        inputTokens: chance.integer(in: 30...60),
        outputTokens: chance.integer(in: 60...180)
      )
      log.add(request, by: partner, at: time)
    }
    let start = EventTime.at(9, 58, 30)
    let end = writeSweep(to: &log, by: partner, &chance, from: start)
    let label = AttackLabel(
      attack: "model-extraction-1",
      kind: "model extraction by volume",
      first: start,
      last: end.wholeSecond,
      entities: [
        LabelledEntity(type: "api_key", value: partner.alias),
        LabelledEntity(type: "api_key", value: partner.keyHash),
        LabelledEntity(type: "team", value: partner.team),
        LabelledEntity(type: "ip", value: partner.address),
      ],
      severityMin: "medium"
    )
    return ScenarioContent(
      logs: logs(log),
      labels: [label],
      incidents: 1...2,
      rules: [.logprobsHarvest, .promptSweep, .outputHarvest],
      story: """
        From 09:58 the key svc-partner-7, until then a modest caller, asks a model \(requests)
        different questions at a steady rhythm, at temperature zero and with the probabilities of
        twenty tokens: what a copy of the model is trained from. Around it three applications.
        """
    )
  }

  static func ordinary(seed: UInt64) -> ScenarioContent {
    var log = background(seed: seed)
    writeEvaluation(to: &log, seed: seed)
    return ScenarioContent(
      logs: logs(log),
      labels: [],
      incidents: 0...0,
      rules: [],
      story: """
        The key svc-eval runs an evaluation harness every morning: two dozen questions with short
        answers, again and again, more than half of them from the cache, without probabilities. It
        makes as many requests as the key of the attack. Around it three applications.
        """
    )
  }

  private static func background(seed: UInt64) -> GatewayLog {
    var log = GatewayLog(chance: Chance(seed: seed, stream: "litellm"))
    GatewayTraffic(first: first, last: last).write(to: &log, seed: seed)
    return log
  }

  private static func logs(_ log: GatewayLog) -> [ScenarioLog] {
    [
      ScenarioLog(
        path: "litellm.ndjson",
        format: "litellm",
        summary: "payload lines of a LiteLLM proxy",
        bytes: log.bytes
      )
    ]
  }

  /// Writes the systematic questions and returns the time of the last.
  private static func writeSweep(
    to log: inout GatewayLog,
    by client: GatewayClient,
    _ chance: inout Chance,
    from start: EventTime
  ) -> EventTime {
    let tasks = ["Explain", "Prove", "Translate", "Summarize", "Classify", "Refactor", "Debug"]
    let subjects = [
      "a binary search", "the tides", "a lease", "compound interest", "a hash table",
      "photosynthesis",
      "a rental contract", "the water cycle", "a linked list", "supply and demand", "a hash join",
    ]
    var time = start
    for index in 0..<requests {
      let task = tasks[index % tasks.count]
      let subject = subjects[index / tasks.count % subjects.count]
      var request = GatewayRequest(
        prompt: "\(task) \(subject), variant \(index / (tasks.count * subjects.count) + 1).",
        inputTokens: chance.integer(in: 24...32),
        outputTokens: chance.integer(in: 560...820)
      )
      request.temperature = "0"
      request.asksForProbabilities = true
      log.add(request, by: client, at: time)
      time = time.plus(milliseconds: chance.integer(in: 7_000...8_200))
    }
    return time
  }

  private static func writeEvaluation(to log: inout GatewayLog, seed: UInt64) {
    var chance = Chance(seed: seed, stream: "evaluation")
    let client = GatewayClient(
      alias: "svc-eval",
      team: "quality",
      address: "192.0.2.63",
      agent: "lm-eval-harness/0.4.2"
    )
    let runs: [(start: EventTime, count: Int)] = [
      (.at(8, 6), 62), (.at(8, 40), 62), (.at(9, 14), 62), (.at(9, 48), 62), (.at(10, 22), 62),
    ]
    for run in runs {
      var time = run.start
      for index in 0..<run.count {
        var request = GatewayRequest(
          prompt: "Question \(index % 24 + 1) of the regression set. Answer with one letter.",
          inputTokens: 140 + index % 24,
          outputTokens: chance.integer(in: 1...4)
        )
        request.temperature = "0"
        request.isCached = chance.happens(percent: 60)
        log.add(request, by: client, at: time)
        time = time.plus(milliseconds: chance.integer(in: 7_000...8_200))
      }
    }
  }
}
