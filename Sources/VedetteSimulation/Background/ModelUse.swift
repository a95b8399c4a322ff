import VedetteEvent

/// An assistant's and a nightly job's use of models, in CloudTrail and the invocation log.
struct ModelUse {
  let first: EventTime
  let last: EventTime

  static let small = "anthropic.claude-3-haiku-20240307-v1:0"
  static let large = "anthropic.claude-3-5-sonnet-20240620-v1:0"

  /// The assistant's role.
  static let assistant = CloudCaller.role(
    "assistant-api",
    session: "i-0example9a8b7c6d",
    address: "192.0.2.44",
    agent: "Boto3/1.34.51 md/Botocore#1.34.51 ua/2.0 os/linux#6.1.79 lang/python#3.11.8"
  )
  /// A batch job with a long-term key, whose machine is gpu01.
  static let batch = CloudCaller.user(
    "svc-batch",
    key: "AKIAEXAMPLE7Q2KWD4MS",
    address: "192.0.2.50",
    agent: "Boto3/1.34.51 md/Botocore#1.34.51 ua/2.0 os/linux#6.1.79 lang/python#3.11.8"
  )

  /// Writes answered questions of both.
  func write(to trail: inout CloudTrailLog, _ invocations: inout BedrockLog, seed: UInt64) {
    var chance = Chance(seed: seed, stream: "model use")
    for time in chance.times(44, from: first, to: last) {
      let question = Self.question(&chance, model: Self.small)
      trail.add(question.call, by: Self.assistant, at: time)
      invocations.add(question, by: Self.assistant, at: time)
    }
    var time = first.plus(minutes: 6)
    while time < last {
      let question = Self.question(&chance, model: Self.small)
      trail.add(question.call, by: Self.batch, at: time)
      invocations.add(question, by: Self.batch, at: time)
      time = time.plus(minutes: 10)
    }
  }

  /// A question with an answer of ordinary length.
  static func question(_ chance: inout Chance, model: String) -> ModelInvocation {
    let topics = [
      "delivery times", "a return of two chairs", "the colour of the oak desk", "a missing screw",
      "an invoice for February", "a change of address", "the warranty of a lamp",
    ]
    return ModelInvocation(
      model: model,
      requestID: chance.uuid(),
      prompt: "Draft a short reply about \(chance.pick(topics)).",
      inputTokens: chance.integer(in: 180...420),
      outputTokens: chance.integer(in: 90...260)
    )
  }
}
