// LiteLLM's standard logging payload, and the audit records of its proxy.
//
// Times are seconds since 1970 with a fraction. They are read from their digits, not through a
// binary fraction: 1767225600.1 is .100000000.

import VedetteColumns
import VedetteEvent

/// Derives the `gen_ai` and `ai` fields of a call through a LiteLLM proxy.
struct LiteLLMShape: CodedShape {
  private enum Capture {
    static let startTime = 0
    static let endTime = 1
    static let callType = 2
    static let callID = 3
    static let model = 4
    static let provider = 5
    static let status = 6
    static let address = 7
    static let metadataAddress = 8
    static let maxTokens = 9
    static let tool = 10
    static let toolCalled = 11
    static let errorClass = 12
    static let errorCode = 13
    static let rateLimit = 14
    static let budget = 15
    static let guardrailStatus = 16
    static let guardrailOutcome = 17
    static let guardrailAction = 18
    static let guardrailName = 19
    static let guardrailCategory = 20
    static let updatedAt = 21
    static let changedBy = 22
    static let tableName = 23
    static let action = 24
    static let cachedTokens = 25
    static let cacheCreated = 26
    static let guardrailMode = 27
    static let risk = 28
  }

  private let context: ReadContext
  private var contentFields: ContentFields
  private var gateway = DerivedField("ai.gateway.name")
  private var operation = DerivedField("gen_ai.operation.name")
  private var provider = DerivedField("gen_ai.provider.name")
  private var outcome = DerivedField("event.outcome")
  private var origin = OriginFields(side: "source")
  private var duration = DerivedField("event.duration")
  private var maxTokens = DerivedField("gen_ai.request.max_tokens")
  private var toolCount = DerivedField("ai.request.tool_count")
  private var toolName = DerivedField("gen_ai.tool.name")
  private var errorKind = DerivedField("ai.error.kind")
  private var guardrailID = DerivedField("ai.guardrail.id")
  private var guardrailAction = DerivedField("ai.guardrail.action")
  private var guardrailCategories = DerivedField("ai.guardrail.categories")
  private var guardrailConfidence = DerivedField("ai.guardrail.confidence")
  private var guardrailStage = DerivedField("ai.guardrail.stage")
  private var cachedTokens = DerivedField("gen_ai.usage.cache_read.input_tokens")
  private var cacheCreated = DerivedField("gen_ai.usage.cache_creation.input_tokens")
  private var auditAction = DerivedField("event.action")
  private var auditUser = DerivedField("user.id")

  private static let calls = LogSource(product: "litellm", category: "model_access")
  private static let audit = LogSource(
    product: "litellm",
    category: "model_access",
    service: "audit"
  )

  init(context: ReadContext) {
    self.context = context
    contentFields = ContentFields(context: context)
  }

  static func plan(keepsContent: Bool) -> JSONPlan {
    var plan = JSONPlan()
    plan.map(FormatMappings.of(.litellm).fields)
    plan.regions = LiteLLMMapping.regions
    plan.kept = LiteLLMMapping.kept
    plan.capture([
      ("startTime", Capture.startTime), ("endTime", Capture.endTime),
      ("call_type", Capture.callType), ("litellm_call_id", Capture.callID),
      ("model", Capture.model), ("custom_llm_provider", Capture.provider),
      ("status", Capture.status), ("requester_ip_address", Capture.address),
      ("metadata.requester_ip_address", Capture.metadataAddress),
      ("model_parameters.max_tokens", Capture.maxTokens),
      ("model_parameters.max_completion_tokens", Capture.maxTokens),
      ("model_parameters.max_output_tokens", Capture.maxTokens),
      ("model_parameters.tools.function.name", Capture.tool),
      ("model_parameters.tools.name", Capture.tool),
      ("response.choices.message.tool_calls.function.name", Capture.toolCalled),
      ("metadata.mcp_tool_call_metadata.name", Capture.toolCalled),
      ("error_information.error_class", Capture.errorClass),
      ("error_information.error_code", Capture.errorCode),
      ("error_information.error_rate_limit_type", Capture.rateLimit),
      ("error_information.error_budget_limit", Capture.budget),
      ("status_fields.guardrail_status", Capture.guardrailOutcome),
      ("response.usage.prompt_tokens_details.cached_tokens", Capture.cachedTokens),
      ("response.usage.cache_read_input_tokens", Capture.cachedTokens),
      ("response.usage.cache_creation_input_tokens", Capture.cacheCreated),
      ("updated_at", Capture.updatedAt), ("changed_by", Capture.changedBy),
      ("table_name", Capture.tableName), ("action", Capture.action),
    ])
    for place in ["guardrail_information.", "metadata.guardrail_information."] {
      plan.capture([
        (place + "guardrail_status", Capture.guardrailStatus),
        (place + "guardrail_action", Capture.guardrailAction),
        (place + "guardrail_name", Capture.guardrailName),
        (place + "guardrail_mode", Capture.guardrailMode),
        (place + "violation_categories", Capture.guardrailCategory),
        (place + "risk_score", Capture.risk),
      ])
    }
    return plan
  }

  mutating func finish(
    _ values: borrowing CapturedValues,
    content: borrowing ContentCollector,
    into builder: EventBatchBuilder
  ) -> ReadOutcome {
    if values.hasValue(Capture.tableName), values.hasValue(Capture.action) {
      return finishAudit(values, into: builder)
    }
    guard values.hasValue(Capture.callType) || values.hasValue(Capture.callID),
      values.has(Capture.model) || values.hasValue(Capture.startTime)
    else { return .deadLetter(reason: "not a LiteLLM record") }
    gateway.append("litellm" as StaticString, to: builder)
    let time = values.withText(Capture.startTime) { context.time($0) }
    appendCall(values, started: time, to: builder)
    appendError(values, to: builder)
    appendGuardrail(values, to: builder)
    contentFields.append(content, to: builder)
    return .event(time: time, isYearless: false, logSource: Self.calls)
  }

  private mutating func finishAudit(
    _ values: borrowing CapturedValues,
    into builder: EventBatchBuilder
  ) -> ReadOutcome {
    gateway.append("litellm" as StaticString, to: builder)
    auditAction.append(Capture.action, of: values, to: builder)
    auditUser.append(Capture.changedBy, of: values, to: builder)
    return .event(
      time: values.withText(Capture.updatedAt) { context.time($0) },
      isYearless: false,
      logSource: Self.audit
    )
  }

  private mutating func appendCall(
    _ values: borrowing CapturedValues,
    started: EventTime?,
    to builder: EventBatchBuilder
  ) {
    if let callType = values.text(Capture.callType),
      let kind = LiteLLMNames.operation(callType)
    {
      operation.append(kind, to: builder)
    }
    if let name = values.text(Capture.provider) {
      provider.append(LiteLLMNames.provider(name), to: builder)
    }
    let isCallerKnown = values.hasValue(Capture.address)
    values.withText(isCallerKnown ? Capture.address : Capture.metadataAddress) { text in
      origin.append(text, to: builder)
    }
    if let started, let ended = values.withText(Capture.endTime, { context.time($0) }) {
      duration.append(ended.nanoseconds(since: started), to: builder)
    }
    maxTokens.append(Capture.maxTokens, of: values, to: builder)
    cachedTokens.append(Capture.cachedTokens, of: values, to: builder)
    cacheCreated.append(Capture.cacheCreated, of: values, to: builder)
    let offered = values.texts(Capture.tool)
    if !offered.isEmpty { toolCount.append(Int64(offered.count), to: builder) }
    let called = values.texts(Capture.toolCalled)
    for tool in called.isEmpty ? offered : called { toolName.append(tool, to: builder) }
  }

  private mutating func appendError(
    _ values: borrowing CapturedValues,
    to builder: EventBatchBuilder
  ) {
    outcome.append(
      values.equals(Capture.status, "failure") ? "failure" as StaticString : "success",
      to: builder
    )
    let status = values.text(Capture.guardrailOutcome) ?? ""
    let kind = LiteLLMNames.errorKind(
      errorClass: values.text(Capture.errorClass) ?? "",
      code: values.text(Capture.errorCode) ?? ""
    )
    if values.hasValue(Capture.budget) {
      errorKind.append("budget" as StaticString, to: builder)
    } else if values.hasValue(Capture.rateLimit) {
      errorKind.append("throttled" as StaticString, to: builder)
    } else if status == "guardrail_intervened", values.equals(Capture.status, "failure") {
      errorKind.append("filtered" as StaticString, to: builder)
    } else if let kind {
      errorKind.append(kind, to: builder)
    }
  }

  private mutating func appendGuardrail(
    _ values: borrowing CapturedValues,
    to builder: EventBatchBuilder
  ) {
    let statuses = values.texts(Capture.guardrailStatus)
    let outcome = values.text(Capture.guardrailOutcome)
    let actions = values.texts(Capture.guardrailAction).joined(separator: " ")
    var found: [StaticString] = []
    for status in statuses.isEmpty ? [outcome ?? ""] : statuses {
      guard let action = LiteLLMNames.guardrailAction(status: status, action: actions) else {
        continue
      }
      found.append(action)
    }
    guard let strongest = Self.strongest(found) else { return }
    guardrailAction.append(strongest, to: builder)
    for name in values.texts(Capture.guardrailName) { guardrailID.append(name, to: builder) }
    for name in values.texts(Capture.guardrailCategory) {
      guardrailCategories.append(LiteLLMNames.category(name), to: builder)
    }
    guardrailConfidence.append(Capture.risk, of: values, to: builder)
    let modes = values.texts(Capture.guardrailMode)
    if modes.contains(where: { $0.hasPrefix("pre") || $0.hasPrefix("during") }) {
      guardrailStage.append("input" as StaticString, to: builder)
    }
    if modes.contains(where: { $0.hasPrefix("post") }) {
      guardrailStage.append("output" as StaticString, to: builder)
    }
  }

  /// Of several guardrails, what the one did that did most.
  private static func strongest(_ actions: [StaticString]) -> StaticString? {
    let order = ["blocked", "masked", "detected", "failed", "none", "not_run"]
    return actions.min { left, right in
      (order.firstIndex(of: "\(left)") ?? order.count)
        < (order.firstIndex(of: "\(right)") ?? order.count)
    }
  }
}
