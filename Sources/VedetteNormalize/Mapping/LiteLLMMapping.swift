/// The names of LiteLLM's standard logging payload.
enum LiteLLMMapping {
  /// The normalized fields of LiteLLM's own names, where both always hold the same value.
  static let fields: [(raw: String, field: String)] = [
    ("cache_hit", "ai.cache.hit"),
    ("call_type", "event.action"),
    ("completion_tokens", "gen_ai.usage.output_tokens"),
    ("end_user", "ai.end_user.id"),
    ("error_information.error_code", "error.code"),
    ("error_information.error_message", "error.message"),
    ("id", "gen_ai.response.id"),
    ("litellm_call_id", "ai.request.id"),
    ("metadata.user_api_key_alias", "ai.api_key.alias"),
    ("metadata.user_api_key_hash", "ai.api_key.hash"),
    ("metadata.user_api_key_team_id", "ai.team.id"),
    ("metadata.user_api_key_user_email", "user.email"),
    ("metadata.user_api_key_user_id", "user.id"),
    ("model", "gen_ai.request.model"),
    ("model_parameters.logprobs", "ai.request.logprobs"),
    ("model_parameters.n", "gen_ai.request.choice.count"),
    ("model_parameters.temperature", "gen_ai.request.temperature"),
    ("model_parameters.top_k", "gen_ai.request.top_k"),
    ("model_parameters.top_logprobs", "ai.request.top_logprobs"),
    ("model_parameters.top_p", "gen_ai.request.top_p"),
    ("prompt_tokens", "gen_ai.usage.input_tokens"),
    ("response.choices.finish_reason", "gen_ai.response.finish_reasons"),
    ("response.model", "gen_ai.response.model"),
    (
      "response.usage.completion_tokens_details.reasoning_tokens",
      "gen_ai.usage.reasoning.output_tokens"
    ),
    ("response_cost", "ai.cost.usd"),
    ("stream", "gen_ai.request.stream"),
    ("user_agent", "user_agent.original"),
  ]

  static let regions: [(place: String, role: ContentRole)] = [
    ("messages", .prompt),
    ("messages/content/text", .prompt),
    ("response", .output),
    ("response/choices/message/content", .output),
    ("response/choices/message/function_call/arguments", .other),
    ("response/choices/message/tool_calls/function/arguments", .other),
    ("response/data", .other),
    ("response/output/arguments", .other),
    ("model_parameters", .other),
    ("proxy_server_request", .other),
    ("guardrail_information", .other),
    ("metadata/guardrail_information", .other),
    ("metadata/mcp_tool_call_metadata", .other),
    ("metadata/prompt_management_metadata", .other),
    ("metadata/requester_metadata", .other),
    ("metadata/vector_store_request_metadata", .other),
    ("standard_built_in_tools_params", .other),
  ]

  static let kept =
    [
      "messages/content/type", "messages/role", "messages/tool_call_id",
      "messages/tool_calls/function/name", "model_parameters/api_version",
      "model_parameters/frequency_penalty", "model_parameters/logprobs",
      "model_parameters/max_completion_tokens", "model_parameters/max_output_tokens",
      "model_parameters/max_tokens", "model_parameters/n", "model_parameters/presence_penalty",
      "model_parameters/seed", "model_parameters/stream", "model_parameters/temperature",
      "model_parameters/tools/function/name", "model_parameters/tools/name",
      "model_parameters/tools/type", "model_parameters/top_k", "model_parameters/top_logprobs",
      "model_parameters/top_p", "proxy_server_request/method", "proxy_server_request/url",
      "response/choices/finish_reason", "response/choices/index", "response/choices/message/role",
      "response/choices/message/tool_calls/function/name",
      "response/choices/message/tool_calls/id", "response/created", "response/id", "response/model",
      "response/object", "response/system_fingerprint", "response/usage/completion_tokens",
      "response/usage/completion_tokens_details/reasoning_tokens",
      "response/usage/cache_creation_input_tokens", "response/usage/cache_read_input_tokens",
      "response/usage/prompt_tokens", "response/usage/prompt_tokens_details/cached_tokens",
      "response/usage/total_tokens", "metadata/mcp_tool_call_metadata/name",
      "metadata/mcp_tool_call_metadata/mcp_server_name",
    ] + guardrailKept("guardrail_information") + guardrailKept("metadata/guardrail_information")

  private static func guardrailKept(_ place: String) -> [String] {
    [
      "duration", "end_time", "guardrail_action", "guardrail_mode", "guardrail_name",
      "guardrail_provider", "guardrail_status", "risk_score", "start_time", "violation_categories",
    ].map { place + "/" + $0 }
  }
}
