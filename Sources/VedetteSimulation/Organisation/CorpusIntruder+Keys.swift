import VedetteEvent

// Attacks with a key that belongs to somebody else, and with one's own.
extension CorpusIntruder {
  /// Writes the attack.
  ///
  /// Easy: probing, then bulk with a new program. Medium: a question or two, then bulk with the
  /// usual program. Hard: nothing but requests like the owner's, from elsewhere, for other ends.
  mutating func jackModels(_ logs: inout CorpusLogs) {
    let key = victims[0]
    let address = Organisation.address(network: strangeNetwork(), host: 77)
    entities.append(LabelledEntity(type: "ip", value: address))
    entities.append(LabelledEntity(type: "user", value: key.name))
    let agent = by("python-requests/2.31.0", key.agent + " cfg/retry", key.agent)
    let thief = CloudCaller.user(key.name, key: key.accessKey, address: address, agent: agent)
    let questions = [
      "ListFoundationModels", "GetModelInvocationLoggingConfiguration", "GetUseCaseForModelAccess",
      "GetFoundationModelAvailability",
    ]
    var time = start
    for question in questions.prefix(by(4, 1, 0)) {
      add(CloudCall("bedrock", question), by: thief, named: key.name, at: time, to: &logs)
      time = time.plus(seconds: chance.integer(in: 8...25))
    }
    let purposes = templates(6)
    var request = ordinary(key)
    request.address = address
    request.agent = agent
    if difficulty != .hard { request.model = ModelUse.large }
    for _ in 0..<by(6, 0, 0) {
      request.error = "validation"
      add(request, by: key, at: time, to: &logs)
      time = time.plus(seconds: 14)
    }
    request.error = nil
    for _ in 0..<by(400, 110, 45) {
      request.prompt = strangerPrompt(purposes)
      request.outputTokens = chance.integer(in: by(600...1_000, 300...900, key.outputTokens))
      add(request, by: key, at: time, to: &logs)
      time = time.plus(seconds: chance.integer(in: by(3...9, 20...70, 120...360)))
    }
  }

  /// Writes the attack.
  ///
  /// Easy: a sweep with token probabilities. Medium: slower, warmer, without them. Hard: a dozen an
  /// hour among the owner's own, from the same place with the same program.
  mutating func extract(_ logs: inout CorpusLogs) {
    let key = victims[0]
    let purposes = templates(by(1, 1, 2))
    var request = ordinary(key)
    if difficulty != .hard { request.temperature = by("0", "0.3", "0.3") }
    request.asksForProbabilities = difficulty == .easy
    var time = start
    for _ in 0..<by(300, 200, 90) {
      request.prompt = strangerPrompt(purposes)
      request.outputTokens = chance.integer(in: by(500...900, 500...900, 300...700))
      add(request, by: key, at: time, to: &logs)
      time = time.plus(seconds: chance.integer(in: by(7...9, 30...45, 270...330)))
    }
  }

  /// Writes the attack.
  ///
  /// Easy: one program, two networks, dozens an hour. Medium: fewer. Hard: a network for each key,
  /// three programs, one or two requests an hour each.
  mutating func extractTogether(_ logs: inout CorpusLogs) {
    let purposes = templates(1)
    let common = (strangeNetwork(), strangeNetwork())
    let hours = by(1, 3, 6)
    for (index, key) in victims.enumerated() {
      var request = ordinary(key)
      request.temperature = by("0", "0.2", "0.7")
      let network = by(
        index.isMultiple(of: 2) ? common.0 : common.1,
        index.isMultiple(of: 2) ? common.0 : common.1,
        strangeNetwork()
      )
      request.address = Organisation.address(network: network, host: index)
      request.agent = by(
        "python-httpx/0.28.1",
        "python-httpx/0.28.1",
        ["aiohttp/3.9.5", "python-httpx/0.28.1", "OpenAI/Python 1.61.0"][index % 3]
      )
      let end = start.plus(minutes: hours * 60)
      for time in chance.times(by(40, 15, 8), from: start.plus(seconds: index * 7), to: end) {
        request.prompt = strangerPrompt(purposes)
        request.outputTokens = chance.integer(in: 400...800)
        add(request, by: key, at: time, to: &logs)
      }
    }
  }

  /// Writes the attack.
  ///
  /// Easy: ten addresses an hour. Medium: three networks and other programs, between the owner's
  /// requests. Hard: one other network, the owner's program, six an hour.
  mutating func shareKey(_ logs: inout CorpusLogs) {
    let key = victims[0]
    let count = by(10, 3, 1)
    let networks = (0..<count).map { _ in strangeNetwork() }
    let purposes = templates(by(10, 4, 3))
    var time = start
    for index in 0..<by(150, 90, 40) {
      var request = ordinary(key)
      request.address = Organisation.address(
        network: networks[index % count],
        host: 60 + index % count
      )
      if difficulty != .hard {
        request.agent = Organisation.agents[index % min(count, Organisation.agents.count)]
      }
      request.prompt = strangerPrompt(purposes)
      add(request, by: key, at: time, to: &logs)
      time = time.plus(seconds: chance.integer(in: by(10...40, 60...120, 400...800)))
    }
  }

  /// Writes the attack.
  ///
  /// Easy: a flood into the limits. Medium: the longest answers that can be had, for one person.
  /// Hard: the same, few an hour, for three.
  mutating func runUpCosts(_ logs: inout CorpusLogs) {
    let key = victims[0]
    let people = (0..<by(1, 1, 3)).map { "\(key.name)-u\(900 + $0)" }
    let purposes = templates(1)
    var time = start
    for index in 0..<by(700, 120, 60) {
      var request = ordinary(key)
      request.prompt = strangerPrompt(purposes)
      request.endUser = people[index % people.count]
      request.maxTokens = by(4_096, 8_192, 8_192)
      request.outputTokens = chance.integer(in: by(1_500...4_000, 6_000...8_192, 5_000...8_192))
      if difficulty == .easy, index > 200, index % 5 == 0 { request.error = "throttled" }
      add(request, by: key, at: time, to: &logs)
      time = time.plus(seconds: chance.integer(in: by(3...7, 40...80, 160...300)))
    }
  }
}
