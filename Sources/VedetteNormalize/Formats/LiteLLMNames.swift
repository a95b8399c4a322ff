/// What LiteLLM's words mean in those of OpenTelemetry and ours.
enum LiteLLMNames {
  /// The operation of a call type, `acompletion` and `completion` alike, or `nil`.
  static func operation(_ callType: String) -> StaticString? {
    let name =
      callType.hasPrefix("a") && callType != "anthropic_messages"
      ? String(callType.dropFirst()) : callType
    switch name {
    case "completion", "responses", "anthropic_messages", "generate_content",
      "generate_content_stream", "completion_with_retries":
      return "chat"
    case "text_completion": return "text_completion"
    case "embedding": return "embeddings"
    case "image_generation", "image_edit", "speech", "video_generation": return "generate_content"
    case "call_mcp_tool": return "execute_tool"
    case "vector_store_search", "search", "rerank": return "retrieval"
    default: return nil
    }
  }

  /// The provider in OpenTelemetry's spelling; one that it has no name for keeps its own.
  static func provider(_ name: String) -> String {
    switch name {
    case "azure": "azure.ai.openai"
    case "azure_ai": "azure.ai.inference"
    case "bedrock", "bedrock_converse": "aws.bedrock"
    case "vertex_ai", "vertex_ai_beta": "gcp.vertex_ai"
    case "gemini": "gcp.gemini"
    case "mistral": "mistral_ai"
    case "xai": "x_ai"
    case "watsonx", "watsonx_text": "ibm.watsonx.ai"
    default: name
    }
  }

  /// The kind of refusal that an error's class or code is, or `nil`.
  static func errorKind(errorClass: String, code: String) -> StaticString? {
    switch errorClass {
    case "BudgetExceededError": return "budget"
    case "RateLimitError": return "throttled"
    case "AuthenticationError", "PermissionDeniedError": return "denied"
    case "ContentPolicyViolationError", "GuardrailRaisedException", "BlockedPiiEntityError":
      return "filtered"
    case "BadRequestError", "ContextWindowExceededError", "InvalidRequestError",
      "UnprocessableEntityError", "UnsupportedParamsError":
      return "validation"
    default: break
    }
    switch code {
    case "429": return "throttled"
    case "401", "403": return "denied"
    case "400", "422": return "validation"
    default: return nil
    }
  }

  /// What a guardrail did, or `nil` if the status is unknown.
  ///
  /// - Parameters:
  ///   - status: `guardrail_status`, of the older spelling too.
  ///   - action: `guardrail_action`, where the guardrail says what it did.
  /// - Returns: One of the words of `ai.guardrail.action`.
  static func guardrailAction(status: String, action: String) -> StaticString? {
    let did = action.lowercased()
    switch status {
    case "guardrail_intervened", "blocked":
      return did.contains("mask") || did.contains("anonym") ? "masked" : "blocked"
    case "guardrail_failed_to_respond", "failure": return "failed"
    case "not_run": return "not_run"
    case "success":
      if did.contains("mask") || did.contains("anonym") { return "masked" }
      return did.isEmpty || did == "none" || did == "allow" || did == "allowed"
        ? "none" : "detected"
    default: return nil
    }
  }

  /// A category in our spelling: lower case, words joined by `_`.
  static func category(_ name: String) -> String {
    let joined = name.lowercased().map { $0 == " " || $0 == "-" || $0 == "/" ? "_" : $0 }
    return String(joined)
  }
}
