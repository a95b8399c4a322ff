import Testing
import VedetteColumns
import VedetteEvent

@testable import VedetteNormalize

@Suite("LiteLLM")
struct LiteLLMTests {
  static let call = #"""
    {"id":"chatcmpl-1","litellm_call_id":"c0ffee","call_type":"acompletion","status":"success","status_fields":{"llm_api_status":"success","guardrail_status":"not_run"},"response_cost":0.0123,"model":"gpt-4o","custom_llm_provider":"openai","prompt_tokens":812,"completion_tokens":640,"total_tokens":1452,"startTime":1767225600.1,"endTime":1767225604.9,"requester_ip_address":"10.0.4.7","user_agent":"OpenAI/Python 1.58","cache_hit":false,"end_user":"eu-9","messages":[{"role":"user","content":"what is it"}],"response":{"model":"gpt-4o-2024-08-06","choices":[{"finish_reason":"stop","message":{"role":"assistant","content":"it is"}}]},"model_parameters":{"logprobs":true,"top_logprobs":20,"temperature":0,"n":4,"max_tokens":5},"metadata":{"user_api_key_hash":"88dc28","user_api_key_alias":"svc-search","user_api_key_team_id":"team-1","user_api_key_user_id":"u-1"}}
    """#

  @Test("reads a call")
  func call() {
    let batch = normalize([Self.call], as: .litellm).batch
    let expected = [
      "ai.request.id": "c0ffee", "gen_ai.operation.name": "chat", "event.action": "acompletion",
      "event.outcome": "success", "ai.cost.usd": "0.0123", "gen_ai.request.model": "gpt-4o",
      "gen_ai.response.model": "gpt-4o-2024-08-06", "gen_ai.provider.name": "openai",
      "gen_ai.usage.input_tokens": "812", "gen_ai.usage.output_tokens": "640",
      "prompt_tokens": "812", "total_tokens": "1452", "source.ip": "10.0.4.7",
      "user_agent.original": "OpenAI/Python 1.58", "ai.cache.hit": "false",
      "ai.end_user.id": "eu-9", "ai.request.logprobs": "true", "ai.request.top_logprobs": "20",
      "gen_ai.request.temperature": "0", "gen_ai.request.choice.count": "4",
      "gen_ai.request.max_tokens": "5", "ai.api_key.hash": "88dc28",
      "ai.api_key.alias": "svc-search", "ai.team.id": "team-1", "user.id": "u-1",
      "ai.gateway.name": "litellm", "event.duration": "4800000000",
      "gen_ai.response.finish_reasons": "stop", "ai.guardrail.action": "not_run",
      "ai.prompt.length": "10", "ai.prompt.hmac": "hash-of-10", "ai.output.length": "5",
      "status_fields.llm_api_status": "success",
    ]
    for (name, value) in expected { #expect(batch.text(name, row: 0) == value, "\(name)") }
    #expect(batch.time(0).map { "\($0)" } == "2026-01-01T00:00:00.100Z")
    #expect(batch.logSource(0) == LogSource(product: "litellm", category: "model_access"))
  }

  private func fields(_ members: String) -> [String: [String]] {
    let line =
      #"{"litellm_call_id":"c","call_type":"completion","model":"m","startTime":1767225600,\#(members)}"#
    return normalize([line], as: .litellm).batch.fields(0)
  }

  @Test(
    "texts that hold or repeat what was asked are not kept",
    arguments: [
      #""prompt":"ZEBRA one""#, #""input":["ZEBRA one","two"]"#, #""error_str":"bad: ZEBRA""#,
      #""error_information":{"error_class":"X","error_message":"ZEBRA","traceback":"ZEBRA"}"#,
    ]
  )
  func texts(_ members: String) {
    let line =
      #"{"litellm_call_id":"c","call_type":"completion","model":"m","startTime":1767225600,\#(members)}"#
    let batch = normalize([line], as: .litellm).batch
    #expect(batch.fields(0).values.joined().allSatisfy { !$0.contains("ZEBRA") })
    #expect(!String(decoding: batch.rawBytes(0), as: UTF8.self).contains("ZEBRA"))
  }

  static let errors: [(members: String, kind: String?)] = [
    (
      #""status":"failure","error_information":{"error_class":"RateLimitError","error_code":"429"}"#,
      "throttled"
    ),
    (#""status":"failure","error_information":{"error_class":"BudgetExceededError"}"#, "budget"),
    (
      #""status":"failure","error_information":{"error_class":"Other","error_code":"403"}"#,
      "denied"
    ),
    (
      #""status":"failure","error_information":{"error_class":"ContentPolicyViolationError"}"#,
      "filtered"
    ),
    (#""status":"failure","error_information":{"error_class":"BadRequestError"}"#, "validation"),
    (
      #""status":"failure","error_information":{"error_class":"RateLimitError","error_budget_limit":5}"#,
      "budget"
    ),
    (
      #""status":"failure","status_fields":{"guardrail_status":"guardrail_intervened"}"#, "filtered"
    ),
    (#""status":"success","error_information":{"error_class":"","error_code":null}"#, nil),
  ]

  @Test("tells what kind of refusal an error is", arguments: errors)
  func errorKind(_ example: (members: String, kind: String?)) {
    #expect(fields(example.members)["ai.error.kind"]?.first == example.kind)
  }

  @Test("says what the guardrails did")
  func guardrails() {
    let read = fields(
      #""guardrail_information":[{"guardrail_name":"presidio","guardrail_mode":"pre_call","guardrail_status":"success","guardrail_response":{"x":"CANARY"}},{"guardrail_name":"lakera","guardrail_mode":"post_call","guardrail_status":"guardrail_intervened","violation_categories":["Prompt Attack","pii"],"risk_score":0.9}]"#
    )
    #expect(read["ai.guardrail.action"] == ["blocked"])
    #expect(read["ai.guardrail.id"] == ["presidio", "lakera"])
    #expect(read["ai.guardrail.categories"] == ["prompt_attack", "pii"])
    #expect(read["ai.guardrail.stage"] == ["input", "output"])
    #expect(read["ai.guardrail.confidence"] == ["0.9"])
    #expect(!read.values.joined().contains { $0.contains("CANARY") })
  }

  static let calls: [(name: String, operation: String?)] = [
    ("completion", "chat"), ("acompletion", "chat"), ("aembedding", "embeddings"),
    ("atext_completion", "text_completion"), ("anthropic_messages", "chat"),
    ("aresponses", "chat"), ("call_mcp_tool", "execute_tool"), ("health", nil), ("", nil),
  ]

  @Test("names operations", arguments: calls)
  func operation(_ example: (name: String, operation: String?)) {
    #expect(LiteLLMNames.operation(example.name).map { "\($0)" } == example.operation)
  }

  @Test("reads the proxy's audit records")
  func audit() {
    let line =
      #"{"id":"a-1","updated_at":"2026-03-02T10:14:07Z","changed_by":"admin","action":"deleted","table_name":"LiteLLM_GuardrailsTable","object_id":"g-1","before_value":"{}","updated_values":null}"#
    let batch = normalize([line], as: .litellm).batch
    #expect(batch.text("event.action", row: 0) == "deleted")
    #expect(batch.text("user.id", row: 0) == "admin")
    #expect(batch.text("table_name", row: 0) == "LiteLLM_GuardrailsTable")
    #expect(batch.logSource(0).service == "audit")
    #expect(batch.time(0).map { "\($0)" } == "2026-03-02T10:14:07Z")
  }
}
