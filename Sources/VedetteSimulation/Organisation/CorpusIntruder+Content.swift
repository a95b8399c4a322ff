import VedetteEvent

// Attacks on what models are made of, on their guardrails and on their tools.
extension CorpusIntruder {
  /// Writes the attack.
  ///
  /// Easy: every shard in ten minutes, from outside. Medium: one every half hour. Hard: the same
  /// from inside, by a role that never read weights.
  mutating func takeWeights(_ logs: inout CorpusLogs) {
    let key = victims[0]
    let isInside = difficulty == .hard
    let network = isInside ? key.networks[0] : strangeNetwork()
    let address = Organisation.address(network: network, host: 91)
    let caller =
      difficulty == .easy
      ? CloudCaller.user(key.name, key: key.accessKey, address: address, agent: "aws-cli/2.15.30")
      : CloudCaller.role(
        "report-\(name)",
        session: "i-0example77",
        address: address,
        agent: key.agent
      )
    entities = [
      LabelledEntity(type: "access_key", value: caller.accessKey),
      LabelledEntity(type: "principal", value: caller.principal),
      LabelledEntity(type: "user", value: difficulty == .easy ? key.name : "report-\(name)"),
      LabelledEntity(type: "ip", value: address),
    ]
    var time = start
    for shard in 1...8 {
      let call = CorpusCalls.shard(shard, of: 8, model: "house-llm").with {
        if isInside { $0.endpoint = CloudOperations.endpoint }
      }
      add(call, by: caller, named: caller.accessKey, at: time, to: &logs)
      time = time.plus(seconds: chance.integer(in: by(40...90, 1_500...2_400, 1_900...3_000)))
    }
  }

  /// Writes the attack.
  ///
  /// Easy: a long-term key brings its own data and tunes a model with it. Medium: a person changes
  /// files of the dataset before the pipeline's job. Hard: a service's role changes one of them.
  mutating func poison(_ logs: inout CorpusLogs) {
    let key = victims[0]
    let address = Organisation.address(
      network: difficulty == .hard ? key.networks[0] : strangeNetwork(),
      host: 92
    )
    let user = by(key.name, "mallory-\(name)", "report-\(name)")
    let caller =
      difficulty == .easy
      ? CloudCaller.user(user, key: key.accessKey, address: address, agent: "aws-cli/2.15.30")
      : CloudCaller.role(user, session: user, address: address, agent: key.agent)
    entities = [
      LabelledEntity(type: "access_key", value: caller.accessKey),
      LabelledEntity(type: "principal", value: caller.principal),
      LabelledEntity(type: "user", value: user), LabelledEntity(type: "ip", value: address),
    ]
    var time = start
    for index in 0..<by(12, 5, 2) {
      let part = "train/support/part-\(chance.integer(in: 0...60))-\(index % 3).jsonl"
      let call = CorpusCalls.datasetWrite(part, bytes: chance.integer(in: 40_000...900_000))
      add(call, by: caller, named: user, at: time, to: &logs)
      time = time.plus(seconds: chance.integer(in: by(10...30, 60...300, 600...1_800)))
    }
    guard difficulty == .easy else { return }
    let source = CloudCall("bedrock", "CreateDataSource").with {
      $0.parameters = ["knowledgeBaseId": "KBEXAMPLE1", "name": "extra"]
    }
    add(source, by: caller, named: user, at: time, to: &logs)
    let job = CorpusCalls.tuning(bucket: "example-elsewhere")
    add(job, by: caller, named: user, at: time.plus(seconds: 60), to: &logs)
  }

  /// Writes the attack.
  ///
  /// Easy: six refusals of one person, then a long answer. Medium: refusals of one conversation over
  /// an hour. Hard: each try by another person in another conversation, and a short answer.
  mutating func varyPrompt(_ logs: inout CorpusLogs) {
    let key = victims[0]
    let wording = chance.words(30, of: Vocabulary.content)
    let conversation = chance.hexadecimalDigits(12)
    let tries = by(6, 4, 5)
    var time = start
    for index in 0...tries {
      var request = ordinary(key)
      let person = by("p-1", "p-2", "p-\(10 + index)")
      request.endUser = "\(key.name)-\(name)-\(person)"
      entities.append(LabelledEntity(type: "user", value: request.endUser ?? ""))
      request.conversation = difficulty == .hard ? chance.hexadecimalDigits(12) : conversation
      request.prompt =
        key.templates[0] + ": " + wording + " " + chance.words(5, of: Vocabulary.content)
      request.hasGuardrail = true
      if index < tries {
        request.blockedFor = "jailbreak"
        request.outputTokens = 0
      } else {
        request.outputTokens = chance.integer(in: by(1_100...1_800, 700...950, 400...900))
      }
      add(request, by: key, at: time, to: &logs)
      time = time.plus(seconds: chance.integer(in: by(30...70, 500...1_100, 1_200...2_400)))
    }
  }

  /// Writes the attack.
  ///
  /// Easy: a shell among the tools. Medium: a tool that the agent never had, behind a read. Hard:
  /// tools it has, in an order it never had.
  mutating func turnAgent(_ logs: inout CorpusLogs) {
    let key = victims[0]
    let network = by("run_shell", "http_post", "post_webhook")
    var time = start
    for _ in 0..<by(6, 3, 2) {
      var request = ordinary(key)
      request.conversation = chance.hexadecimalDigits(12)
      add(request, by: key, at: time, to: &logs)
      for tool in ["read_customer", "read_customer", network] {
        time = time.plus(milliseconds: chance.integer(in: 1_500...9_000))
        var call = request
        call.tool = tool
        call.inputTokens = 0
        call.outputTokens = 0
        add(call, by: key, at: time, to: &logs)
      }
      time = time.plus(seconds: chance.integer(in: by(20...60, 300...900, 1_200...2_400)))
    }
  }
}
