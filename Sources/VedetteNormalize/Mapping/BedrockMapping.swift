/// The names of Amazon Bedrock's model invocation log.
///
/// The bodies are those of whichever model was called, so that their content can't be listed.
/// Listed is what is not content; everything else in them is taken for a prompt or an answer.
enum BedrockMapping {
  static let regions: [(place: String, role: ContentRole)] =
    [
      ("input/inputBodyJson", .prompt),
      ("output/outputBodyJson", .output),
      // What a tool was called with belongs to the answer that called it, what it returned to the
      // next prompt; neither is the words of anybody.
      ("input/inputBodyJson/messages/content/toolUse/input", .other),
      ("input/inputBodyJson/messages/content/toolResult/content", .other),
      ("input/inputBodyJson/messages/content/input", .other),
      ("input/inputBodyJson/messages/tool_calls/function/arguments", .other),
      ("input/inputBodyJson/toolConfig", .other),
      ("input/inputBodyJson/tools", .other),
      ("output/outputBodyJson/content/input", .other),
      ("output/outputBodyJson/delta/partial_json", .other),
      ("output/outputBodyJson/output/message/content/toolUse/input", .other),
      ("output/outputBodyJson/choices/message/tool_calls/function/arguments", .other),
      ("output/outputBodyJson/trace", .other),
      ("output/outputBodyJson/amazon-bedrock-trace", .other),
      ("output/outputBodyJson/embedding", .other),
      ("output/outputBodyJson/embeddings", .other),
      ("output/outputBodyJson/embeddingsByType", .other),
    ] + promptTexts.map { ("input/inputBodyJson/" + $0, .prompt) }
    + outputTexts.map { ("output/outputBodyJson/" + $0, .output) }

  /// The usual places of texts, which would be content without this too.
  ///
  /// Named here, their keys stay readable in the blanked bytes.
  private static let promptTexts = [
    "inputText", "messages/content/text", "prompt",
    "system/text",
  ]

  private static let outputTexts = [
    "choices/message/content", "completion", "content/text", "delta/text", "delta/thinking",
    "generation", "output/message/content/text", "outputs/text", "results/outputText",
  ]

  static var kept: [String] {
    inputKept.map { "input/inputBodyJson/" + $0 } + outputKept.map { "output/outputBodyJson/" + $0 }
      + assessments.flatMap { place in assessmentKept.map { place + "/" + $0 } }
  }

  private static let inputKept = [
    "additionalModelRequestFields/max_tokens",
    "additionalModelRequestFields/thinking/budget_tokens",
    "additionalModelRequestFields/thinking/type", "additionalModelRequestFields/top_k",
    "additionalModelRequestFields/topK", "anthropic_beta", "anthropic_version",
    "guardrailConfig/guardrailIdentifier", "guardrailConfig/guardrailVersion",
    "guardrailConfig/trace", "inferenceConfig/maxTokens", "inferenceConfig/max_new_tokens",
    "inferenceConfig/temperature", "inferenceConfig/topK", "inferenceConfig/topP",
    "inferenceConfig/top_k", "inferenceConfig/top_p", "k", "logprobs", "max_gen_len", "max_length",
    "max_tokens", "max_tokens_to_sample", "maxTokens", "messages/content/toolResult/status",
    "messages/content/toolResult/toolUseId", "messages/content/toolUse/name",
    "messages/content/toolUse/toolUseId", "messages/content/tool_use_id", "messages/content/type",
    "messages/role", "model", "n", "num_generations", "p", "seed", "stream", "temperature",
    "textGenerationConfig/maxTokenCount", "textGenerationConfig/temperature",
    "textGenerationConfig/topP", "thinking/budget_tokens", "thinking/type",
    "toolConfig/tools/toolSpec/name", "tools/function/name", "tools/name", "top_k", "top_logprobs",
    "top_p", "topK", "topP",
  ]

  private static let outputKept = [
    "amazon-bedrock-guardrailAction", "amazon-bedrock-invocationMetrics/cacheReadInputTokenCount",
    "amazon-bedrock-invocationMetrics/cacheWriteInputTokenCount",
    "amazon-bedrock-invocationMetrics/firstByteLatency",
    "amazon-bedrock-invocationMetrics/inputTokenCount",
    "amazon-bedrock-invocationMetrics/invocationLatency",
    "amazon-bedrock-invocationMetrics/outputTokenCount", "choices/finish_reason", "choices/index",
    "choices/message/role", "choices/message/tool_calls/function/name", "choices/stop_reason",
    "content/id", "content/name", "content/type", "content_block/id", "content_block/name",
    "content_block/type", "created", "delta/stop_reason", "delta/type", "finish_reason",
    "generation_token_count", "id", "index", "inputTextTokenCount", "message/id", "message/model",
    "message/role", "message/stop_reason", "message/type",
    "message/usage/cache_creation_input_tokens",
    "message/usage/cache_read_input_tokens", "message/usage/input_tokens",
    "message/usage/output_tokens", "metrics/latencyMs", "model", "object",
    "output/message/content/toolUse/name", "output/message/content/toolUse/toolUseId",
    "output/message/role", "outputs/stop_reason", "prompt_token_count",
    "results/completionReason", "results/tokenCount", "role", "stopReason", "stop_reason", "type",
    "usage/cacheReadInputTokens", "usage/cacheWriteInputTokens",
    "usage/cache_creation_input_tokens", "usage/cache_read_input_tokens",
    "usage/completion_tokens", "usage/inputTokens", "usage/input_tokens", "usage/outputTokens",
    "usage/output_tokens", "usage/prompt_tokens", "usage/totalTokens", "usage/total_tokens",
  ]

  /// Where a guardrail says what it saw: below the guardrail's id.
  static let assessments = [
    "output/outputBodyJson/trace/guardrail/inputAssessment/*",
    "output/outputBodyJson/trace/guardrail/outputAssessments/*",
    "output/outputBodyJson/amazon-bedrock-trace/guardrail/input/*",
    "output/outputBodyJson/amazon-bedrock-trace/guardrail/outputs/*",
  ]

  /// What it matched is content (`match`); what kind it is and what became of it is not.
  private static let assessmentKept = [
    "contentPolicy/filters/action", "contentPolicy/filters/confidence",
    "contentPolicy/filters/type", "contextualGroundingPolicy/filters/action",
    "contextualGroundingPolicy/filters/type", "sensitiveInformationPolicy/piiEntities/action",
    "sensitiveInformationPolicy/piiEntities/type", "sensitiveInformationPolicy/regexes/action",
    "topicPolicy/topics/action", "topicPolicy/topics/name", "topicPolicy/topics/type",
    "wordPolicy/customWords/action", "wordPolicy/managedWordLists/action",
    "wordPolicy/managedWordLists/type",
  ]
}
