import VedetteEvent

/// Writes the payload lines of a LiteLLM proxy.
struct GatewayLog {
  private(set) var timeline = LogTimeline()
  private var chance: Chance

  init(chance: Chance) { self.chance = chance }

  var bytes: [UInt8] { timeline.bytes }

  /// What the lines that are added from now on belong to.
  var label: String? {
    get { timeline.label }
    set { timeline.label = newValue }
  }

  /// Adds a request.
  mutating func add(_ request: GatewayRequest, by client: GatewayClient, at time: EventTime) {
    let end = time.plus(milliseconds: 400 + request.outputTokens * 9)
    var parameters: JSONText = ["temperature": .number(request.temperature)]
    if request.asksForProbabilities {
      parameters = parameters.adding(["logprobs": true, "top_logprobs": 20])
    }
    let failed = request.blockedFor != nil || request.error != nil
    var line: JSONText = [
      "id": .string("chatcmpl-" + chance.hexadecimalDigits(8)),
      "litellm_call_id": .string(chance.uuid()),
      "call_type": .string(request.kind),
      "status": failed ? "failure" : "success",
      "status_fields": [
        "llm_api_status": failed ? "failure" : "success",
        "guardrail_status": request.blockedFor != nil ? "guardrail_intervened" : "success",
      ],
      "response_cost": .number(Self.cost(of: request)),
      "custom_llm_provider": "openai",
      "model": .string(request.model),
      "prompt_tokens": .integer(request.inputTokens),
      "completion_tokens": .integer(request.outputTokens),
      "startTime": .number(time.epochSecondsText),
      "endTime": .number(end.epochSecondsText),
      "cache_hit": .bool(request.isCached),
      "end_user": request.endUser.map { .string($0) } ?? .null,
      "requester_ip_address": .string(client.address),
      "user_agent": .string(client.agent),
      "messages": [["role": "user", "content": .string(request.prompt)]],
      "model_parameters": parameters,
      "metadata": [
        "user_api_key_hash": .string(client.keyHash),
        "user_api_key_alias": .string(client.alias),
        "user_api_key_team_id": .string(client.team),
      ],
    ]
    if let error = request.error {
      line = line.adding([
        "error_information": [
          "error_code": .string(error), "error_class": "ServiceUnavailableError",
        ]
      ])
    }
    if let category = request.blockedFor {
      line = line.adding(["guardrail_information": Self.verdict(category)])
    }
    timeline.add(line.text, at: time)
  }

  private static func verdict(_ category: String) -> JSONText {
    [
      [
        "guardrail_name": "prompt-shield", "guardrail_status": "guardrail_intervened",
        "violation_categories": [.string(category)],
      ]
    ]
  }

  /// Ten dollars a million tokens of output, two and a half of input; nothing from the cache.
  private static func cost(of request: GatewayRequest) -> String {
    guard !request.isCached, request.blockedFor == nil, request.error == nil else { return "0" }
    let microdollars = request.outputTokens * 10 + request.inputTokens * 5 / 2
    return "0." + padded(String(microdollars), to: 6, with: "0")
  }
}

/// Who asks the proxy.
struct GatewayClient {
  var alias: String
  var team: String
  var address: String
  var agent: String

  /// The key's hash, always the same for a name.
  var keyHash: String {
    hexadecimal(Int(StableHash.of(alias) >> 4), digits: 15) + "7"
  }
}

/// A request to the proxy and its outcome.
struct GatewayRequest {
  var kind = "acompletion"
  var model = "gpt-4o"
  var prompt: String
  var temperature = "0.7"
  var inputTokens: Int
  var outputTokens: Int
  var isCached = false
  var asksForProbabilities = false
  var endUser: String?
  /// The category for which the guardrail blocked the request.
  var blockedFor: String?
  /// The status with which the provider failed the request.
  var error: String?
}
