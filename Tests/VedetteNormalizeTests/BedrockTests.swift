import Testing
import VedetteColumns
import VedetteEvent

@testable import VedetteNormalize

@Suite("Bedrock")
struct BedrockTests {
  static let converse = #"""
    {"timestamp":"2026-08-10T21:12:39Z","accountId":"111122223333","region":"us-east-1","requestId":"304a166e-71c0-467a-b65c-8b8655354959","operation":"ConverseStream","modelId":"arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0","input":{"inputContentType":"application/json","inputBodyJson":{"messages":[{"role":"user","content":[{"text":"how é are you"}]}],"inferenceConfig":{"maxTokens":32000,"temperature":0.7},"additionalModelRequestFields":{"top_k":250}},"inputTokenCount":62},"output":{"outputContentType":"application/json","outputBodyJson":{"stopReason":"end_turn","metrics":{"latencyMs":1134},"output":{"message":{"role":"assistant","content":[{"text":"fine"}]}},"usage":{"inputTokens":62,"outputTokens":36,"totalTokens":98}},"outputTokenCount":36},"identity":{"arn":"arn:aws:iam::111122223333:user/bedrock-test"},"schemaType":"ModelInvocationLog","schemaVersion":"1.0"}
    """#

  @Test("reads a conversation")
  func conversation() {
    let batch = normalize([Self.converse], as: .bedrock).batch
    let expected = [
      "event.action": "ConverseStream", "cloud.account.id": "111122223333",
      "cloud.region": "us-east-1", "ai.request.id": "304a166e-71c0-467a-b65c-8b8655354959",
      "requestId": "304a166e-71c0-467a-b65c-8b8655354959",
      "gen_ai.request.model": "anthropic.claude-haiku-4-5-20251001-v1:0",
      "gen_ai.provider.name": "aws.bedrock", "gen_ai.operation.name": "chat",
      "gen_ai.request.stream": "true", "user.id": "arn:aws:iam::111122223333:user/bedrock-test",
      "user.name": "bedrock-test", "gen_ai.usage.input_tokens": "62",
      "gen_ai.usage.output_tokens": "36", "gen_ai.request.max_tokens": "32000",
      "gen_ai.request.temperature": "0.7", "gen_ai.request.top_k": "250",
      "gen_ai.response.finish_reasons": "end_turn", "event.duration": "1134000000",
      "ai.prompt.length": "13", "ai.prompt.hmac": "hash-of-14", "ai.output.length": "4",
      "event.outcome": "success", "output.outputBodyJson.usage.totalTokens": "98",
    ]
    for (name, value) in expected { #expect(batch.text(name, row: 0) == value, "\(name)") }
    #expect(batch.logSource(0) == LogSource(product: "bedrock", category: "model_access"))
    #expect(batch.text("ai.guardrail.action", row: 0) == nil)
    #expect(batch.column("input.inputBodyJson.messages.content.text") == nil)
  }

  @Test("blanks content in the bytes, which stay JSON of the same length")
  func blanks() {
    let batch = normalize([Self.converse], as: .bedrock).batch
    let raw = String(decoding: batch.rawBytes(0), as: UTF8.self)
    #expect(raw.utf8.count == Self.converse.utf8.count)
    #expect(raw.contains(#""content":[{"text":"**************"}]"#))
    #expect(raw.contains(#""content":[{"text":"****"}]"#))
    #expect(raw.contains(#""maxTokens":32000,"temperature":0.7"#))
    #expect((try? scan(Array(raw.utf8)).get()) != nil)
  }

  @Test("keeps content when asked")
  func keeps() {
    let batch = normalize([Self.converse], as: .bedrock, keepsContent: true).batch
    #expect(batch.text("gen_ai.input.messages", row: 0) == "how é are you")
    #expect(batch.text("gen_ai.output.messages", row: 0) == "fine")
    #expect(batch.text("input.inputBodyJson.messages.content.text", row: 0) == "how é are you")
    #expect(String(decoding: batch.rawBytes(0), as: UTF8.self) == Self.converse)
  }

  private func fields(
    input: String = "{}",
    output: String = "{}",
    rest: String = ""
  ) -> [String: [String]] {
    let line =
      #"{"schemaType":"ModelInvocationLog","operation":"InvokeModel","modelId":"anthropic.claude-v2","input":{"inputBodyJson":\#(input)},"output":{"outputBodyJson":\#(output)}\#(rest)}"#
    let result = normalize([line], as: .bedrock)
    #expect(result.deadLetterCount == 0, "\(result.countsByReason)")
    return result.batch.fields(0)
  }

  @Test("adds a stream up: usage in two of its parts, a bare text among them")
  func stream() {
    let read = fields(
      input: #"{"anthropic_version":"bedrock-2023-05-31","max_tokens":-1,"prompt":"Human: x"}"#,
      output: #"""
        [{"type":"message_start","message":{"id":"msg_1","model":"claude-x","stop_reason":null,"usage":{"input_tokens":25,"output_tokens":1}}},{"type":"content_block_delta","delta":{"type":"text_delta","text":"Hel"}},{"type":"content_block_delta","delta":{"type":"text_delta","text":"lo"}},{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":15}},"[DONE]"]
        """#
    )
    #expect(read["gen_ai.usage.input_tokens"] == ["25"])
    #expect(read["gen_ai.usage.output_tokens"] == ["15"])
    #expect(read["gen_ai.response.finish_reasons"] == ["end_turn"])
    #expect(read["gen_ai.response.model"] == ["claude-x"])
    #expect(read["gen_ai.response.id"] == ["msg_1"])
    #expect(read["gen_ai.request.max_tokens"] == ["-1"])
    #expect(read["ai.output.length"] == ["5"])
    #expect(read["ai.prompt.length"] == ["8"])
  }

  @Test("tells what kind of refusal an error is")
  func refusals() {
    let read = fields(rest: #","errorCode":"ValidationException""#)
    #expect(read["ai.error.kind"] == ["validation"])
    #expect(read["event.outcome"] == ["failure"])
    #expect(read["error.code"] == ["ValidationException"])
  }

  struct Guardrail: Sendable, CustomTestStringConvertible {
    let name: String
    let output: String
    let action: String?
    var categories: [String]?
    var stage: [String]?
    var id: String?
    var confidence: String?
    var testDescription: String { name }
  }

  static let guardrails: [Guardrail] = [
    Guardrail(
      name: "seen and let through",
      output:
        #"{"trace":{"guardrail":{"inputAssessment":{"gr-1":{"contentPolicy":{"filters":[{"type":"PROMPT_ATTACK","confidence":"HIGH","action":"NONE"}]}}}}}}"#,
      action: "detected",
      categories: ["prompt_attack"],
      stage: ["input"],
      id: "gr-1",
      confidence: "high"
    ),
    Guardrail(
      name: "blocked on a topic and a word",
      output:
        #"{"stopReason":"guardrail_intervened","trace":{"guardrail":{"inputAssessment":{"gr-1":{"topicPolicy":{"topics":[{"name":"weapons","type":"DENY","action":"BLOCKED"}]},"wordPolicy":{"customWords":[{"match":"CANARY","action":"BLOCKED"}]}}}}}}"#,
      action: "blocked",
      categories: ["topic", "word"],
      stage: ["input"],
      id: "gr-1"
    ),
    Guardrail(
      name: "personal data masked in the answer",
      output:
        #"{"stopReason":"guardrail_intervened","trace":{"guardrail":{"outputAssessments":{"gr-2":[{"sensitiveInformationPolicy":{"piiEntities":[{"type":"EMAIL","match":"CANARY","action":"ANONYMIZED"}]}}]}}}}"#,
      action: "masked",
      categories: ["pii"],
      stage: ["output"],
      id: "gr-2"
    ),
    Guardrail(
      name: "a stream's trace",
      output:
        #"[{"amazon-bedrock-guardrailAction":"INTERVENED","amazon-bedrock-trace":{"guardrail":{"input":{"gr-3":{"contentPolicy":{"filters":[{"type":"VIOLENCE","confidence":"MEDIUM","action":"BLOCKED"},{"type":"HATE","confidence":"LOW","action":"BLOCKED"}]}}}}}}]"#,
      action: "blocked",
      categories: ["violence", "hate"],
      stage: ["input"],
      id: "gr-3",
      confidence: "medium"
    ),
    Guardrail(
      name: "asked and silent",
      output: #"{"amazon-bedrock-guardrailAction":"NONE"}"#,
      action: "none"
    ),
    Guardrail(name: "not asked", output: "{}", action: nil),
  ]

  @Test("says what a guardrail did", arguments: guardrails)
  func guardrail(_ example: Guardrail) {
    let read = fields(output: example.output)
    #expect(read["ai.guardrail.action"]?.first == example.action)
    #expect(read["ai.guardrail.categories"] == example.categories)
    #expect(read["ai.guardrail.stage"] == example.stage)
    #expect(read["ai.guardrail.id"]?.first == example.id)
    #expect(read["ai.guardrail.confidence"]?.first == example.confidence)
    #expect(!read.values.joined().contains { $0.contains("CANARY") })
  }

  @Test("tells embeddings from chat")
  func operations() {
    func operation(_ name: String, _ model: String) -> String? {
      AmazonNames.operation(name.utf8.span, model: model.utf8.span).map { "\($0)" }
    }
    #expect(operation("InvokeModel", "amazon.titan-embed-text-v2:0") == "embeddings")
    #expect(operation("InvokeModelWithResponseStream", "anthropic.claude-v2") == "chat")
    #expect(operation("Converse", "x") == "chat")
    #expect(operation("InvokeModel", "amazon.titan-image-generator-v1") == "generate_content")
    #expect(operation("ListFoundationModels", "") == nil)
  }

  @Test("reads a record whose bodies lie in S3")
  func bodiesElsewhere() {
    let line =
      #"{"schemaType":"ModelInvocationLog","timestamp":"2026-08-10T21:12:39Z","operation":"InvokeModel","modelId":"anthropic.claude-v2","input":{"inputBodyS3Path":"s3://b/k","inputTokenCount":9},"output":{"outputBodyS3Path":"s3://b/l","outputTokenCount":8}}"#
    let read = normalize([line], as: .bedrock).batch.fields(0)
    #expect(read["gen_ai.usage.input_tokens"] == ["9"])
    #expect(read["input.inputBodyS3Path"] == ["s3://b/k"])
    #expect(read["ai.prompt.length"] == nil)
  }

  @Test("counts tools offered and names tools called")
  func tools() {
    let read = fields(
      input:
        #"{"tools":[{"name":"read","description":"CANARY"},{"name":"fetch","input_schema":{"CANARY":1}}]}"#,
      output:
        #"{"content":[{"type":"tool_use","id":"t1","name":"fetch","input":{"CANARY":"CANARY"}}]}"#
    )
    #expect(read["ai.request.tool_count"] == ["2"])
    #expect(read["gen_ai.tool.name"] == ["fetch"])
  }
}
