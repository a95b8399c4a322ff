// Amazon Bedrock's model invocation log.
//
// Traps, all seen in real records: `outputBodyJson` may be an array of stream deltas with a bare
// `"[DONE]"` among them; usage stands in `usage.input_tokens` or `usage.inputTokens`, split over
// `message_start` and `message_delta`, where the latter counts on; `modelId` may be the ARN of an
// inference profile; keys come in any order, `identity` last; large bodies lie in S3.

import VedetteColumns
import VedetteEvent

/// Derives the `gen_ai` fields of a Bedrock invocation.
struct BedrockShape: CodedShape {
  private enum Capture {
    static let timestamp = 0
    static let schemaType = 1
    static let operation = 2
    static let model = 3
    static let arn = 4
    static let errorCode = 5
    static let inputCount = 6
    static let outputCount = 7
    static let inputUsage = 8
    static let outputUsage = 9
    static let cacheRead = 10
    static let cacheWrite = 11
    static let stopReason = 12
    static let maxTokens = 13
    static let temperature = 14
    static let topP = 15
    static let topK = 16
    static let toolOffered = 17
    static let toolCalled = 18
    static let latency = 19
    static let guardrailAction = 20
    static let guardrailConfigured = 21
    static let responseModel = 22
    static let responseID = 23
    static let choices = 24
    static let logprobs = 25
    static let topLogprobs = 26
    static let guardrail = 27
  }

  private let context: ReadContext
  private var contentFields: ContentFields
  private var guardrail = BedrockGuardrail(
    first: Capture.guardrail,
    interventions: [Capture.guardrailAction, Capture.stopReason],
    configured: Capture.guardrailConfigured
  )
  private var cloud = DerivedField("cloud.provider")
  private var provider = DerivedField("gen_ai.provider.name")
  private var model = DerivedField("gen_ai.request.model")
  private var operation = DerivedField("gen_ai.operation.name")
  private var stream = DerivedField("gen_ai.request.stream")
  private var userName = DerivedField("user.name")
  private var outcome = DerivedField("event.outcome")
  private var errorKind = DerivedField("ai.error.kind")
  private var inputTokens = DerivedField("gen_ai.usage.input_tokens")
  private var outputTokens = DerivedField("gen_ai.usage.output_tokens")
  private var cacheRead = DerivedField("gen_ai.usage.cache_read.input_tokens")
  private var cacheWrite = DerivedField("gen_ai.usage.cache_creation.input_tokens")
  private var duration = DerivedField("event.duration")
  private var toolCount = DerivedField("ai.request.tool_count")
  private var toolName = DerivedField("gen_ai.tool.name")
  private var logprobs = DerivedField("ai.request.logprobs")
  private var copies: [(capture: Int, field: DerivedField)] = [
    (Capture.maxTokens, DerivedField("gen_ai.request.max_tokens")),
    (Capture.temperature, DerivedField("gen_ai.request.temperature")),
    (Capture.topP, DerivedField("gen_ai.request.top_p")),
    (Capture.topK, DerivedField("gen_ai.request.top_k")),
    (Capture.choices, DerivedField("gen_ai.request.choice.count")),
    (Capture.topLogprobs, DerivedField("ai.request.top_logprobs")),
    (Capture.responseModel, DerivedField("gen_ai.response.model")),
    (Capture.responseID, DerivedField("gen_ai.response.id")),
    (Capture.stopReason, DerivedField("gen_ai.response.finish_reasons")),
  ]

  private static let logSource = LogSource(product: "bedrock", category: "model_access")

  init(context: ReadContext) {
    self.context = context
    contentFields = ContentFields(context: context)
  }

  static func plan(keepsContent: Bool) -> JSONPlan {
    var plan = JSONPlan()
    plan.map(FormatMappings.of(.bedrock).fields)
    plan.regions = BedrockMapping.regions
    plan.kept = BedrockMapping.kept
    plan.capture([
      ("timestamp", Capture.timestamp), ("schemaType", Capture.schemaType),
      ("operation", Capture.operation), ("modelId", Capture.model), ("identity.arn", Capture.arn),
      ("errorCode", Capture.errorCode), ("input.inputTokenCount", Capture.inputCount),
      ("output.outputTokenCount", Capture.outputCount),
      ("input.cacheReadInputTokenCount", Capture.cacheRead),
      ("input.cacheWriteInputTokenCount", Capture.cacheWrite),
    ])
    plan.capture(inputCaptures.map { ("input.inputBodyJson." + $0, $1) })
    plan.capture(outputCaptures.map { ("output.outputBodyJson." + $0, $1) })
    plan.capture(BedrockGuardrail.captures(first: Capture.guardrail))
    plan.captureCount = Capture.guardrail + 2 * BedrockGuardrail.captureCount
    return plan
  }

  private static let inputCaptures: [(String, Int)] = [
    ("max_tokens", Capture.maxTokens), ("max_tokens_to_sample", Capture.maxTokens),
    ("maxTokens", Capture.maxTokens), ("max_gen_len", Capture.maxTokens),
    ("max_length", Capture.maxTokens), ("inferenceConfig.maxTokens", Capture.maxTokens),
    ("inferenceConfig.max_new_tokens", Capture.maxTokens),
    ("textGenerationConfig.maxTokenCount", Capture.maxTokens),
    ("temperature", Capture.temperature), ("inferenceConfig.temperature", Capture.temperature),
    ("textGenerationConfig.temperature", Capture.temperature), ("top_p", Capture.topP),
    ("topP", Capture.topP), ("p", Capture.topP), ("inferenceConfig.topP", Capture.topP),
    ("inferenceConfig.top_p", Capture.topP), ("textGenerationConfig.topP", Capture.topP),
    ("top_k", Capture.topK), ("topK", Capture.topK), ("k", Capture.topK),
    ("inferenceConfig.topK", Capture.topK), ("inferenceConfig.top_k", Capture.topK),
    ("additionalModelRequestFields.top_k", Capture.topK),
    ("additionalModelRequestFields.topK", Capture.topK), ("n", Capture.choices),
    ("num_generations", Capture.choices), ("logprobs", Capture.logprobs),
    ("top_logprobs", Capture.topLogprobs), ("tools.name", Capture.toolOffered),
    ("tools.function.name", Capture.toolOffered),
    ("toolConfig.tools.toolSpec.name", Capture.toolOffered),
    ("guardrailConfig.guardrailIdentifier", Capture.guardrailConfigured),
  ]

  private static let outputCaptures: [(String, Int)] = [
    ("usage.input_tokens", Capture.inputUsage), ("usage.inputTokens", Capture.inputUsage),
    ("usage.prompt_tokens", Capture.inputUsage), ("message.usage.input_tokens", Capture.inputUsage),
    ("inputTextTokenCount", Capture.inputUsage), ("prompt_token_count", Capture.inputUsage),
    ("amazon-bedrock-invocationMetrics.inputTokenCount", Capture.inputUsage),
    ("usage.output_tokens", Capture.outputUsage), ("usage.outputTokens", Capture.outputUsage),
    ("usage.completion_tokens", Capture.outputUsage),
    ("message.usage.output_tokens", Capture.outputUsage),
    ("results.tokenCount", Capture.outputUsage), ("generation_token_count", Capture.outputUsage),
    ("amazon-bedrock-invocationMetrics.outputTokenCount", Capture.outputUsage),
    ("usage.cache_read_input_tokens", Capture.cacheRead),
    ("usage.cacheReadInputTokens", Capture.cacheRead),
    ("message.usage.cache_read_input_tokens", Capture.cacheRead),
    ("usage.cache_creation_input_tokens", Capture.cacheWrite),
    ("usage.cacheWriteInputTokens", Capture.cacheWrite),
    ("message.usage.cache_creation_input_tokens", Capture.cacheWrite),
    ("stopReason", Capture.stopReason), ("stop_reason", Capture.stopReason),
    ("delta.stop_reason", Capture.stopReason), ("message.stop_reason", Capture.stopReason),
    ("finish_reason", Capture.stopReason), ("choices.finish_reason", Capture.stopReason),
    ("choices.stop_reason", Capture.stopReason), ("outputs.stop_reason", Capture.stopReason),
    ("results.completionReason", Capture.stopReason), ("metrics.latencyMs", Capture.latency),
    ("amazon-bedrock-invocationMetrics.invocationLatency", Capture.latency),
    ("amazon-bedrock-guardrailAction", Capture.guardrailAction),
    ("content.name", Capture.toolCalled), ("content_block.name", Capture.toolCalled),
    ("output.message.content.toolUse.name", Capture.toolCalled),
    ("choices.message.tool_calls.function.name", Capture.toolCalled),
    ("model", Capture.responseModel), ("message.model", Capture.responseModel),
    ("id", Capture.responseID), ("message.id", Capture.responseID),
  ]

  mutating func finish(
    _ values: borrowing CapturedValues,
    content: borrowing ContentCollector,
    into builder: EventBatchBuilder
  ) -> ReadOutcome {
    guard
      values.equals(Capture.schemaType, "ModelInvocationLog")
        || values.hasValue(Capture.operation) && values.hasValue(Capture.model)
    else { return .deadLetter(reason: "not a Bedrock invocation record") }
    cloud.append("aws" as StaticString, to: builder)
    provider.append("aws.bedrock" as StaticString, to: builder)
    appendRequest(values, to: builder)
    appendUsage(values, to: builder)
    for index in copies.indices where values.hasValue(copies[index].capture) {
      copies[index].field.append(copies[index].capture, of: values, to: builder)
    }
    guardrail.append(values, to: builder)
    contentFields.append(content, to: builder)
    return .event(
      time: values.withText(Capture.timestamp) { context.time($0) },
      isYearless: false,
      logSource: Self.logSource
    )
  }

  private mutating func appendRequest(
    _ values: borrowing CapturedValues,
    to builder: EventBatchBuilder
  ) {
    values.withText(Capture.model) { id in
      AmazonNames.withBaseModel(id) { if $0.count > 0 { model.append($0, to: builder) } }
    }
    let name = values.text(Capture.model) ?? ""
    values.withText(Capture.operation) { called in
      if let kind = AmazonNames.operation(called, model: name.utf8.span) {
        operation.append(kind, to: builder)
        stream.append(called.hasSuffix("Stream"), to: builder)
      }
    }
    values.withText(Capture.arn) { arn in
      AmazonNames.withUserName(arn: arn) { if $0.count > 0 { userName.append($0, to: builder) } }
    }
    let hasFailed = values.hasValue(Capture.errorCode)
    outcome.append(hasFailed ? "failure" as StaticString : "success", to: builder)
    if let kind = values.withText(Capture.errorCode, { AmazonNames.errorKind($0) }) {
      errorKind.append(kind, to: builder)
    }
    let offered = values.texts(Capture.toolOffered)
    if !offered.isEmpty { toolCount.append(Int64(offered.count), to: builder) }
    let called = values.texts(Capture.toolCalled)
    for tool in called.isEmpty ? offered : called { toolName.append(tool, to: builder) }
    if values.hasValue(Capture.logprobs) {
      let isOff = values.equals(Capture.logprobs, "false") || values.equals(Capture.logprobs, "0")
      logprobs.append(!isOff, to: builder)
    }
  }

  private mutating func appendUsage(
    _ values: borrowing CapturedValues,
    to builder: EventBatchBuilder
  ) {
    let input = values.integer(Capture.inputCount) ?? values.largestInteger(Capture.inputUsage)
    if let input { inputTokens.append(input, to: builder) }
    let output = values.integer(Capture.outputCount) ?? values.largestInteger(Capture.outputUsage)
    if let output { outputTokens.append(output, to: builder) }
    if let tokens = values.largestInteger(Capture.cacheRead) {
      cacheRead.append(tokens, to: builder)
    }
    if let tokens = values.largestInteger(Capture.cacheWrite) {
      cacheWrite.append(tokens, to: builder)
    }
    if let milliseconds = values.integer(Capture.latency) {
      let (nanoseconds, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
      if !overflow { duration.append(nanoseconds, to: builder) }
    }
  }
}
