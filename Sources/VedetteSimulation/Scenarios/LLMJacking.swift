import VedetteEvent

extension Scenario {
  /// A machine is broken into, the key on it is probed and used for models at the owner's cost.
  static let llmjacking = Scenario(
    name: "llmjacking",
    title: "LLMjacking with a key from a broken machine",
    isBenign: false,
    content: LLMJacking.attack
  )

  /// A developer's first morning with models.
  static let llmjackingBenign = Scenario(
    name: "llmjacking-benign",
    title: "A developer's first morning with models",
    isBenign: true,
    content: LLMJacking.ordinary
  )
}

/// Two and a half hours of a machine with a key, CloudTrail and the model invocation log.
enum LLMJacking {
  private static let first = EventTime.at(8, 0)
  private static let last = EventTime.at(10, 30)
  private static let intruder = "203.0.113.80"

  private struct World {
    var hosts: AuthLog
    var trail: CloudTrailLog
    var invocations: BedrockLog
  }

  static func attack(seed: UInt64) -> ScenarioContent {
    var world = background(seed: seed)
    let broken = writeBreakIn(to: &world.hosts, seed: seed)
    let start = EventTime.at(9, 46, 20)
    let thief = CloudCaller.user(
      "svc-batch",
      key: ModelUse.batch.accessKey,
      address: intruder,
      agent: "python-requests/2.31.0"
    )
    writeProbing(to: &world.trail, by: thief, from: start)
    let end = writeUse(to: &world, by: thief, seed: seed, from: .at(9, 53, 5))
    return ScenarioContent(
      logs: logs(world),
      labels: labels(broken: broken, used: (start, end.wholeSecond)),
      incidents: 1...3,
      rules: [
        .sshBruteForceSuccess, .modelProbingThenUse, .modelEnumerationThenUse,
        .invocationLoggingRemoved,
      ],
      story: """
        \(intruder) guesses the password of batch on gpu01 from 09:31 and is let in. At 09:46 the key
        that lies on that machine asks about models and logging and sends requests that must fail;
        from 09:53 it invokes the largest model, removes the invocation log on the way and goes on,
        which CloudTrail alone then shows.
        """
    )
  }

  static func ordinary(seed: UInt64) -> ScenarioContent {
    var world = background(seed: seed)
    let workers = HomeWorkers(
      logins: People.remote.prefix(18).map {
        SSHLogin(user: $0.user, host: "gpu01", address: $0.address)
      },
      mistakesMax: 4
    )
    workers.write(to: &world.hosts, seed: seed, from: .at(8, 10), to: last)
    writeConfiguration(to: &world.trail)
    writeFirstMorning(to: &world, seed: seed)
    return ScenarioContent(
      logs: logs(world),
      labels: [],
      incidents: 0...0,
      rules: [],
      story: """
        A developer with a new key asks which models there are, gets two requests wrong and then
        asks one model as often as the thief does. A pipeline reads the logging configuration and
        sets it anew with delivery on. Eighteen people mistype their passwords on gpu01.
        """
    )
  }

  private static func background(seed: UInt64) -> World {
    var world = World(
      hosts: AuthLog(chance: Chance(seed: seed, stream: "auth.log")),
      trail: CloudTrailLog(chance: Chance(seed: seed, stream: "cloudtrail")),
      invocations: BedrockLog()
    )
    HostLife(hosts: ["gpu01"], first: first, last: last).write(to: &world.hosts, seed: seed)
    CloudOperations(first: first, last: last, monitoringMinutes: 20, applicationMinutes: 25)
      .write(to: &world.trail, seed: seed)
    ModelUse(first: first, last: last).write(to: &world.trail, &world.invocations, seed: seed)
    return world
  }

  private static func logs(_ world: World) -> [ScenarioLog] {
    [
      ScenarioLog(
        path: "auth.log",
        format: "syslog",
        summary: "sshd, sudo and cron of gpu01, RFC 3164",
        bytes: world.hosts.bytes
      ),
      ScenarioLog(
        path: "bedrock.ndjson",
        format: "bedrock",
        summary: "Bedrock's model invocation log",
        bytes: world.invocations.bytes
      ),
      ScenarioLog(
        path: "cloudtrail.ndjson",
        format: "cloudtrail",
        summary: "CloudTrail, one event a line",
        bytes: world.trail.bytes
      ),
    ]
  }

  private static func labels(
    broken: (first: EventTime, last: EventTime),
    used: (first: EventTime, last: EventTime)
  ) -> [AttackLabel] {
    let address = LabelledEntity(type: "ip", value: intruder)
    return [
      AttackLabel(
        attack: "llmjacking-1",
        kind: "ssh brute force that succeeds",
        first: broken.first,
        last: broken.last,
        entities: [
          address,
          LabelledEntity(type: "user", value: "batch"),
          LabelledEntity(type: "host", value: "gpu01"),
        ],
        severityMin: "high"
      ),
      AttackLabel(
        attack: "llmjacking-2",
        kind: "llmjacking",
        first: used.first,
        last: used.last,
        entities: [
          address,
          LabelledEntity(type: "access_key", value: ModelUse.batch.accessKey),
          LabelledEntity(type: "user", value: "svc-batch"),
        ],
        severityMin: "high"
      ),
    ]
  }

  private static func writeBreakIn(
    to log: inout AuthLog,
    seed: UInt64
  ) -> (first: EventTime, last: EventTime) {
    var chance = Chance(seed: seed, stream: "break-in")
    let login = SSHLogin(user: "batch", host: "gpu01", address: intruder)
    let start = EventTime.at(9, 31, 2)
    var time = start
    for _ in 0..<44 {
      log.refusedPassword(login, isKnown: true, at: time)
      time = time.plus(seconds: chance.integer(in: 4...8))
    }
    let end = time.plus(minutes: 6)
    log.session(login, from: time, to: end)
    return (start.plus(seconds: -2), end.plus(seconds: 1).wholeSecond)
  }

  private static func writeProbing(
    to log: inout CloudTrailLog,
    by thief: CloudCaller,
    from start: EventTime
  ) {
    let questions = [
      ("sts", "GetCallerIdentity"), ("bedrock", "ListFoundationModels"),
      ("bedrock", "GetModelInvocationLoggingConfiguration"),
      ("bedrock", "GetUseCaseForModelAccess"), ("bedrock", "GetFoundationModelAvailability"),
    ]
    for (index, question) in questions.enumerated() {
      let call = CloudCall(question.0, question.1)
      log.add(call, by: thief, at: start.plus(seconds: index * 17))
    }
    for index in 0..<6 {
      let probe = CloudCall("bedrock", "InvokeModel").with {
        $0.error = "ValidationException"
        $0.errorMessage = "max_tokens_to_sample: must be at least 1"
        $0.parameters = ["modelId": .string(index < 3 ? ModelUse.small : ModelUse.large)]
      }
      log.add(probe, by: thief, at: start.plus(seconds: 110 + index * 14))
    }
  }

  /// Writes the use and returns the time of its end.
  private static func writeUse(
    to world: inout World,
    by thief: CloudCaller,
    seed: UInt64,
    from start: EventTime
  ) -> EventTime {
    var chance = Chance(seed: seed, stream: "use")
    var time = start
    for index in 0..<80 {
      if index == 46 {
        let call = CloudCall("bedrock", "DeleteModelInvocationLoggingConfiguration")
        world.trail.add(call, by: thief, at: time)
        time = time.plus(seconds: 5)
      }
      var question = ModelUse.question(&chance, model: ModelUse.large)
      question.prompt = "Continue the story of chapter \(index + 1) in a thousand words."
      question.outputTokens = chance.integer(in: 900...1_024)
      world.trail.add(question.call, by: thief, at: time)
      if index < 46 { world.invocations.add(question, by: thief, at: time) }
      time = time.plus(seconds: chance.integer(in: 6...18))
    }
    return time
  }

  private static func writeConfiguration(to log: inout CloudTrailLog) {
    let pipeline = CloudOperations.infrastructure
    let get = CloudCall("bedrock", "GetModelInvocationLoggingConfiguration")
    log.add(get, by: pipeline, at: .at(9, 20, 4))
    let put = CloudCall("bedrock", "PutModelInvocationLoggingConfiguration").with {
      $0.parameters = ["loggingConfig": ["textDataDeliveryEnabled": true]]
    }
    log.add(put, by: pipeline, at: .at(9, 20, 9))
  }

  private static func writeFirstMorning(to world: inout World, seed: UInt64) {
    var chance = Chance(seed: seed, stream: "first morning")
    let developer = CloudCaller.user(
      "hana",
      key: "AKIAEXAMPLE3Y7GJR8PF",
      address: People.office,
      agent: "Boto3/1.34.51 md/Botocore#1.34.51 ua/2.0 os/macos#23.3.0 lang/python#3.12.2"
    )
    var time = EventTime.at(8, 31, 10)
    for (service, name) in [
      ("sts", "GetCallerIdentity"), ("bedrock", "ListFoundationModels"),
    ] {
      world.trail.add(CloudCall(service, name), by: developer, at: time)
      time = time.plus(seconds: 40)
    }
    for _ in 0..<2 {
      let wrong = CloudCall("bedrock", "Converse").with {
        $0.error = "ValidationException"
        $0.errorMessage = "Malformed input request, please reformat your input and try again."
        $0.parameters = ["modelId": .string(ModelUse.small)]
      }
      world.trail.add(wrong, by: developer, at: time)
      time = time.plus(seconds: 75)
    }
    for moment in chance.times(84, from: time, to: .at(10, 25)) {
      let question = ModelUse.question(&chance, model: ModelUse.small)
      world.trail.add(question.call, by: developer, at: moment)
      world.invocations.add(question, by: developer, at: moment)
    }
  }
}
