import VedetteEvent

/// A request of a corpus, before it is known which log it goes to.
struct CorpusRequest {
  var address: String
  var agent: String
  var model: String
  var prompt: String
  var inputTokens: Int
  var outputTokens: Int
  var temperature = "0.7"
  var kind = "acompletion"
  var region = "us-east-1"
  var endUser: String?
  var conversation: String?
  var isCached = false
  var asksForProbabilities = false
  var maxTokens = 1_024
  var hasGuardrail = false
  var blockedFor: String?
  /// `throttled`, `validation` or `unavailable`.
  var error: String?
  var tool: String?
  var attack: String?

  /// What it costs at the list prices that the proxy writes, in millionths of a dollar.
  var microdollars: Int {
    guard blockedFor == nil, error == nil, !isCached else { return 0 }
    return outputTokens * 10 + inputTokens * 5 / 2
  }
}

/// One event with the truth about it.
struct CorpusEvent: Sendable {
  var time: EventTime
  var key: String
  var attack: String?
  var microdollars: Int
}

/// The logs of a corpus while they are written.
struct CorpusLogs {
  private(set) var events: [CorpusEvent] = []
  var trail: CloudTrailLog
  private var proxy = LogTimeline()
  private var gateway = LogTimeline()
  private var agents = LogTimeline()
  private var invocations = BedrockLog()
  private var chance: Chance

  init(seed: UInt64) {
    trail = CloudTrailLog(chance: Chance(seed: seed, stream: "corpus trail"))
    chance = Chance(seed: seed, stream: "corpus ids")
  }

  /// The files, those without a line left out.
  var files: [ScenarioLog] {
    let all = [
      ScenarioLog(
        path: "litellm.ndjson",
        format: "litellm",
        summary: "payload lines of a LiteLLM proxy",
        bytes: proxy.bytes
      ),
      ScenarioLog(
        path: "gateway.ndjson",
        format: "gateway",
        summary: "access log of a gateway of one's own",
        bytes: gateway.bytes
      ),
      ScenarioLog(
        path: "otel.ndjson",
        format: "otel",
        summary: "GenAI log records of agents",
        bytes: agents.bytes
      ),
      ScenarioLog(
        path: "bedrock.ndjson",
        format: "bedrock",
        summary: "Bedrock's model invocation log",
        bytes: invocations.bytes
      ),
      ScenarioLog(
        path: "cloudtrail.ndjson",
        format: "cloudtrail",
        summary: "CloudTrail, one event a line",
        bytes: trail.bytes
      ),
    ]
    return all.filter { !$0.bytes.isEmpty }
  }

  /// Adds a request with a key.
  mutating func add(_ request: CorpusRequest, by key: OrganisationKey, at time: EventTime) {
    events.append(
      CorpusEvent(
        time: time,
        key: key.name,
        attack: request.attack,
        microdollars: request.microdollars
      )
    )
    switch key.home {
    case .proxy: proxy.add(proxyLine(request, key, time), at: time)
    case .gateway: gateway.add(gatewayLine(request, key, time), at: time)
    case .agent: agents.add(agentLine(request, key, time), at: time)
    case .cloud: addCloud(request, key, time)
    }
  }

  /// Adds a call of the cloud that is not an invocation.
  mutating func add(
    _ call: CloudCall,
    by caller: CloudCaller,
    named key: String,
    attack: String? = nil,
    at time: EventTime
  ) {
    events.append(CorpusEvent(time: time, key: key, attack: attack, microdollars: 0))
    trail.add(call, by: caller, at: time)
  }

  private mutating func addCloud(
    _ request: CorpusRequest,
    _ key: OrganisationKey,
    _ time: EventTime
  ) {
    let caller = CloudCaller.user(
      key.name,
      key: key.accessKey,
      address: request.address,
      agent: request.agent
    )
    var invocation = ModelInvocation(
      model: request.model,
      requestID: chance.uuid(),
      prompt: request.prompt,
      inputTokens: request.inputTokens,
      outputTokens: request.outputTokens
    )
    invocation.region = request.region
    invocation.maxTokens = request.maxTokens
    var call = invocation.call
    if request.error == "validation" { call.error = "ValidationException" }
    if request.error == "throttled" { call.error = "ThrottlingException" }
    if request.error == "unavailable" { call.error = "ServiceUnavailableException" }
    trail.add(call, by: caller, at: time)
    if request.error == nil { invocations.add(invocation, by: caller, at: time) }
  }

  private mutating func proxyLine(
    _ request: CorpusRequest,
    _ key: OrganisationKey,
    _ time: EventTime
  ) -> String {
    let failed = request.blockedFor != nil || request.error != nil
    let verdict = request.blockedFor != nil ? "guardrail_intervened" : "success"
    var parameters = "\"temperature\":\(request.temperature),\"max_tokens\":\(request.maxTokens)"
    if request.asksForProbabilities { parameters += ",\"logprobs\":true,\"top_logprobs\":20" }
    let end = time.plus(milliseconds: 400 + request.outputTokens * 9)
    var line =
      "{\"id\":\"chatcmpl-\(chance.hexadecimalDigits(8))\","
      + "\"trace_id\":\"\(request.conversation ?? chance.hexadecimalDigits(12))\","
      + "\"litellm_call_id\":\"\(chance.hexadecimalDigits(16))\",\"call_type\":\"\(request.kind)\","
      + "\"status\":\"\(failed ? "failure" : "success")\",\"status_fields\":{\"llm_api_status\":"
      + "\"\(failed ? "failure" : "success")\",\"guardrail_status\":\"\(request.hasGuardrail || request.blockedFor != nil ? verdict : "not_run")\"},"
      + "\"response_cost\":\(Self.dollars(request.microdollars)),\"custom_llm_provider\":\"openai\","
      + "\"model\":\"\(request.model)\",\"prompt_tokens\":\(request.inputTokens),"
      + "\"completion_tokens\":\(failed ? 0 : request.outputTokens),"
      + "\"startTime\":\(time.epochSecondsText),\"endTime\":\(end.epochSecondsText),"
      + "\"cache_hit\":\(request.isCached),"
      + "\"end_user\":\(request.endUser.map { "\"\($0)\"" } ?? "null"),"
      + "\"requester_ip_address\":\"\(request.address)\",\"user_agent\":\"\(request.agent)\","
      + "\"messages\":[{\"role\":\"user\",\"content\":\"\(request.prompt)\"}],"
      + "\"model_parameters\":{\(parameters)},"
      + "\"metadata\":{\"user_api_key_hash\":\"\(Self.hash(of: key.name))\","
      + "\"user_api_key_alias\":\"\(key.name)\",\"user_api_key_team_id\":\"\(key.team)\"}"
    if let category = request.blockedFor {
      line +=
        ",\"guardrail_information\":[{\"guardrail_name\":\"prompt-shield\",\"guardrail_status\":"
        + "\"guardrail_intervened\",\"violation_categories\":[\"\(category)\"]}]"
    } else if request.hasGuardrail {
      line +=
        ",\"guardrail_information\":[{\"guardrail_name\":\"prompt-shield\",\"guardrail_status\":"
        + "\"success\"}]"
    }
    if let error = request.error { line += Self.errorPart(error) }
    return line + "}"
  }

  private static func errorPart(_ error: String) -> String {
    switch error {
    case "throttled":
      ",\"error_information\":{\"error_code\":\"429\",\"error_class\":\"RateLimitError\"}"
    case "validation":
      ",\"error_information\":{\"error_code\":\"400\",\"error_class\":\"BadRequestError\"}"
    default:
      ",\"error_information\":{\"error_code\":\"503\",\"error_class\":\"ServiceUnavailableError\"}"
    }
  }

  private mutating func gatewayLine(
    _ request: CorpusRequest,
    _ key: OrganisationKey,
    _ time: EventTime
  ) -> String {
    let status =
      switch request.error {
      case nil: request.blockedFor == nil ? 200 : 400
      case "throttled": 429
      case "validation": 400
      default: 503
      }
    return
      "{\"ts\":\"\(time)\",\"request_id\":\"\(chance.hexadecimalDigits(16))\","
      + "\"api_key\":\"\(key.name)\",\"team\":\"\(key.team)\",\"model\":\"\(request.model)\","
      + "\"route\":\"/v1/chat/completions\",\"status\":\(status),"
      + "\"client\":{\"ip\":\"\(request.address)\",\"user_agent\":\"\(request.agent)\"},"
      + "\"user\":\(request.endUser.map { "\"\($0)\"" } ?? "null"),"
      + "\"tokens\":{\"in\":\(request.inputTokens),\"out\":\(status == 200 ? request.outputTokens : 0)},"
      + "\"cost_usd\":\(Self.dollars(request.microdollars)),"
      + "\"latency_ms\":\(400 + request.outputTokens * 9)}"
  }

  private mutating func agentLine(
    _ request: CorpusRequest,
    _ key: OrganisationKey,
    _ time: EventTime
  ) -> String {
    var attributes: JSONText = [
      "gen_ai.operation.name": .string(request.tool == nil ? "chat" : "execute_tool"),
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": .string(request.model),
      "gen_ai.agent.name": .string(key.name),
      "gen_ai.conversation.id": .string(request.conversation ?? ""),
      "client.address": .string(request.address),
      "user_agent.original": .string(request.agent),
      "ai.api_key.alias": .string(key.name),
      "ai.team.id": .string(key.team),
    ]
    if let tool = request.tool {
      attributes = attributes.adding(["gen_ai.tool.name": .string(tool)])
    } else {
      attributes = attributes.adding([
        "gen_ai.usage.input_tokens": .integer(request.inputTokens),
        "gen_ai.usage.output_tokens": .integer(request.outputTokens),
      ])
    }
    let record: JSONText = [
      "timeUnixNano": .string(String(time.nanosecondsSinceEpoch)),
      "eventName": "gen_ai.client.inference.operation.details",
      "attributes": attributes,
    ]
    return record.text
  }

  private static func dollars(_ microdollars: Int) -> String {
    "\(microdollars / 1_000_000)." + padded(String(microdollars % 1_000_000), to: 6, with: "0")
  }

  /// The hash that the proxy logs of a key.
  static func hash(of name: String) -> String {
    var chance = Chance(seed: 12, stream: "hash of \(name)")
    return chance.hexadecimalDigits(16)
  }
}
