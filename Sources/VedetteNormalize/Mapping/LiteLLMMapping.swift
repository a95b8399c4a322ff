/// The names of LiteLLM's standard logging payload.
enum LiteLLMMapping {
  static let regions: [(place: String, role: ContentRole)] = [
    ("messages", .prompt),
    ("messages/content/text", .prompt),
    ("prompt", .prompt),
    ("input", .prompt),
    // Providers repeat what they were asked in their errors.
    ("error_str", .other),
    ("error_information/error_message", .other),
    ("error_information/traceback", .other),
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
