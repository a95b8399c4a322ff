import Testing
import VedetteColumns
import VedetteEvent

@testable import VedetteNormalize

/// What people and models said must be nowhere but in the file that it came from.
@Suite("Privacy of formats")
struct FormatPrivacyTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let format: LogFormat
    let line: String
    var testDescription: String { "\(format.rawValue): \(name)" }
  }

  static func apim(_ members: String) -> String {
    #"{"time":"2026-03-02T10:14:07Z","category":"GatewayLogs","operationName":"x","properties":{"method":"POST",\#(members)}}"#
  }

  static func vertex(_ members: String) -> String {
    #"{"logName":"l","timestamp":"2026-03-02T10:14:07Z","protoPayload":{"serviceName":"aiplatform.googleapis.com","methodName":"m",\#(members)}}"#
  }

  static func gateway(_ members: String) -> String {
    #"{"ts":1767225600,"model":"m","key_id":"k",\#(members)}"#
  }

  static func otel(_ members: String) -> String {
    #"{"timeUnixNano":"1767225600000000000","attributes":{"gen_ai.request.model":"m"},\#(members)}"#
  }

  static func otlp(_ key: String, _ value: String) -> String {
    #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1767225600000000000","attributes":[{"key":"gen_ai.request.model","value":{"stringValue":"m"}},{"key":"\#(key)","value":\#(value)}]}]}]}]}"#
  }

  /// A span with one attribute, and one of an event during it.
  static func span(_ key: String, _ value: String, event: String = "") -> String {
    #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"t","spanId":"s","name":"chat","startTimeUnixNano":"1767225600000000000","endTimeUnixNano":"1767225601000000000","attributes":[{"key":"gen_ai.request.model","value":{"stringValue":"m"}},{"key":"\#(key)","value":\#(value)}],"events":[\#(event)],"status":{"code":1}}]}]}]}"#
  }

  private static func quoted(_ json: String) -> String {
    json.replacing(#"\"#, with: #"\\"#).replacing(#"""#, with: #"\""#)
  }

  static func docker(_ line: String) -> String {
    #"{"log":"\#(quoted(line))\n","stream":"stdout","time":"2026-01-01T00:00:00Z"}"#
  }

  static func journald(_ line: String) -> String {
    #"{"__REALTIME_TIMESTAMP":"1767225600000000","SYSLOG_IDENTIFIER":"bot","MESSAGE":"\#(quoted(line))"}"#
  }

  static let cases: [Case] =
    [
      Case(
        name: "bodies as texts",
        format: .apim,
        line: apim(
          #""requestBody":"{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"CANARY\"}],\"CANARY\":\"CANARY\"}","responseBody":"{\"choices\":[{\"message\":{\"content\":\"CANARY\"}}]}""#
        )
      ),
      Case(
        name: "a body that was cut",
        format: .apim,
        line: apim(
          #""requestBody":"{\"messages\":[{\"content\":\"CANARY and","backendRequestBody":"CANARY""#
        )
      ),
      Case(
        name: "bodies as objects",
        format: .apim,
        line: apim(
          #""requestBody":{"messages":[{"content":[{"type":"text","text":"CANARY"}],"tool_calls":[{"function":{"name":"f","arguments":"CANARY"}}]}]},"responseBody":{"error":{"message":"CANARY","code":"x"}}"#
        )
      ),
      Case(
        name: "properties as a text with bodies as texts",
        format: .apim,
        line:
          #"{"time":"2026-03-02T10:14:07Z","category":"GatewayLogs","operationName":"x","properties":"{\"requestBody\":\"{\\\"prompt\\\":\\\"CANARY\\\"}\"}"}"#
      ),
      Case(
        name: "lists of messages",
        format: .apim,
        line: apim(
          #""requestMessages":[{"content":"CANARY"}],"responseMessages":[{"content":"CANARY"}]"#
        )
      ),
      Case(
        name: "a prompt where none is expected",
        format: .azureOpenAI,
        line:
          #"{"time":"2026-03-02T10:14:07Z","category":"RequestResponse","operationName":"x","resourceId":"/s","properties":"{\"messages\":[{\"content\":\"CANARY\"}],\"prompt\":\"CANARY\"}"}"#
      ),
      Case(
        name: "request and response",
        format: .vertex,
        line: vertex(
          #""request":{"contents":[{"parts":[{"text":"CANARY"}]}],"instances":["CANARY"],"CANARY":"CANARY"},"response":{"candidates":[{"content":{"parts":[{"text":"CANARY"}]},"finishReason":"STOP"}]}"#
        )
      ),
      Case(
        name: "a prompt",
        format: .gateway,
        line: gateway(#""prompt":"CANARY","completion":"CANARY""#)
      ),
      Case(
        name: "further down",
        format: .gateway,
        line: gateway(
          #""request":{"messages":[{"role":"user","content":"CANARY"}],"user":"u"},"response":{"choices":[{"text":"CANARY"}],"model":"m","output":"CANARY"},"input":["CANARY"]"#
        )
      ),
      Case(
        name: "tools",
        format: .gateway,
        line: gateway(
          #""tool_calls":[{"name":"f","arguments":{"user":"CANARY","CANARY":1}}],"tool_input":"CANARY""#
        )
      ),
      Case(
        name: "request as a text",
        format: .gateway,
        line: gateway(#""request":"CANARY","response":"CANARY""#)
      ),
      Case(
        name: "attributes",
        format: .otel,
        line: otel(
          #""attributes2":0,"gen_ai.input.messages":"CANARY","body":{"content":"CANARY","message":{"content":"CANARY","tool_calls":[{"function":{"name":"f","arguments":"CANARY"}}]}}"#
        )
      ),
      Case(name: "a body", format: .otel, line: otel(#""body":"CANARY""#)),
      Case(
        name: "OTLP: messages as a text",
        format: .otel,
        line: otlp("gen_ai.input.messages", #"{"stringValue":"CANARY"}"#)
      ),
      Case(
        name: "OTLP: messages as a structure",
        format: .otel,
        line: otlp(
          "gen_ai.output.messages",
          #"{"arrayValue":{"values":[{"kvlistValue":{"values":[{"key":"content","value":{"stringValue":"CANARY"}},{"key":"gen_ai.request.model","value":{"stringValue":"CANARY"}},{"key":"CANARY","value":{"intValue":"7"}}]}}]}}"#
        )
      ),
      Case(
        name: "OTLP: the old spelling",
        format: .otel,
        line: otlp("gen_ai.prompt.0.content", #"{"stringValue":"CANARY"}"#)
      ),
      Case(
        name: "OTLP: a tool's arguments",
        format: .otel,
        line: otlp(
          "gen_ai.tool.call.arguments",
          #"{"kvlistValue":{"values":[{"key":"path","value":{"stringValue":"CANARY"}}]}}"#
        )
      ),
      Case(
        name: "a span: messages as a text",
        format: .otel,
        line: span("gen_ai.input.messages", #"{"stringValue":"CANARY"}"#)
      ),
      Case(
        name: "a span: messages as a structure",
        format: .otel,
        line: span(
          "gen_ai.output.messages",
          #"{"arrayValue":{"values":[{"kvlistValue":{"values":[{"key":"CANARY","value":{"stringValue":"CANARY"}}]}}]}}"#
        )
      ),
      Case(
        name: "a span: the old spelling",
        format: .otel,
        line: span("gen_ai.completion.0.content", #"{"stringValue":"CANARY"}"#)
      ),
      Case(
        name: "a span: another instrumentation's names",
        format: .otel,
        line: span("input.value", #"{"stringValue":"CANARY"}"#)
      ),
      Case(
        name: "a span: messages by number",
        format: .otel,
        line: span("llm.input_messages.0.message.content", #"{"stringValue":"CANARY"}"#)
      ),
      Case(
        name: "a span: what happened during it",
        format: .otel,
        line: span(
          "a",
          #"{"intValue":"1"}"#,
          event:
            #"{"timeUnixNano":"1767225600000000000","name":"gen_ai.content.prompt","attributes":[{"key":"gen_ai.prompt","value":{"stringValue":"CANARY"}}]},{"name":"gen_ai.user.message","attributes":[{"key":"content","value":{"stringValue":"CANARY"}}]},{"name":"exception","attributes":[{"key":"exception.message","value":{"stringValue":"CANARY"}}]}"#
        )
      ),
      Case(
        name: "a span in the other spelling",
        format: .otel,
        line:
          #"{"resource_spans":[{"scope_spans":[{"spans":[{"name":"chat","start_time_unix_nano":"1767225600000000000","attributes":[{"key":"gen_ai.request.model","value":{"string_value":"m"}},{"key":"gen_ai.input.messages","value":{"string_value":"CANARY"}}]}]}]}]}"#
      ),
      Case(
        name: "a span by itself",
        format: .otel,
        line:
          #"{"spanId":"s","name":"chat","startTimeUnixNano":"1767225600000000000","attributes":[{"key":"gen_ai.request.model","value":{"stringValue":"m"}},{"key":"gen_ai.prompt.0.content","value":{"stringValue":"CANARY"}}]}"#
      ),
      Case(
        name: "a span as the console exporter writes it",
        format: .otel,
        line:
          #"{"name":"chat","context":{"trace_id":"0x1","span_id":"0x2"},"start_time":"2026-03-02T10:14:07Z","attributes":{"gen_ai.request.model":"m","gen_ai.input.messages":"CANARY"},"status":{"status_code":"ERROR","description":"x"}}"#
      ),
      Case(
        name: "vLLM's request line with a time",
        format: .text,
        line:
          "2026-03-02 10:14:07 INFO [logger.py:39] Received request chatcmpl-1: prompt: 'CANARY', params: x, prompt_token_ids: [1]"
      ),
      Case(
        name: "vLLM's request line",
        format: .syslog,
        line:
          "Mar  2 10:14:07 gpu1 vllm[7]: INFO 03-02 10:14:07 [logger.py:39] Received request chatcmpl-1: prompt: 'CANARY', params: x"
      ),
      Case(
        name: "vLLM's answer",
        format: .syslog,
        line:
          "<14>1 2026-03-02T10:14:07Z gpu1 docker 7 - - INFO 03-02 10:14:07 Generated response chatcmpl-1: output: 'CANARY', output_token_ids: [1]"
      ),
      Case(
        name: "Ollama's request",
        format: .syslog,
        line:
          #"Mar  2 10:14:07 gpu1 ollama[7]: time=2026-03-02T10:14:07Z level=DEBUG msg="chat request" images=0 prompt="<|user|>CANARY""#
      ),
      Case(
        name: "a call as JSON",
        format: .syslog,
        line:
          #"Mar  2 10:14:07 gw litellm[7]: {"model":"m","messages":[{"role":"user","content":"CANARY"}]}"#
      ),
      Case(name: "pairs", format: .kv, line: #"ts=1767225600 level=info prompt="CANARY" model=m"#),
    ]
    + ["docker", "journald"].flatMap { carrier -> [Case] in
      let inner = [
        gateway(#""prompt":"CANARY""#), otlp("gen_ai.input.messages", #"{"stringValue":"CANARY"}"#),
        otel(#""body":"CANARY""#), apim(#""requestBody":"{\"prompt\":\"CANARY\"}""#),
        span("gen_ai.input.messages", #"{"stringValue":"CANARY"}"#),
        "INFO 11-14 22:13:20 [logger.py:39] Received request chatcmpl-1: prompt: 'CANARY', params: x",
        "2026-03-02 10:14:07 INFO Generated response cmpl-1: output: 'CANARY', finish_reason: stop",
        #"time=2026-03-02T10:14:07Z level=DEBUG msg="chat request" images=0 prompt="CANARY""#,
        #"{"schemaType":"ModelInvocationLog","operation":"InvokeModel","modelId":"m","input":{"inputBodyJson":{"prompt":"CANARY"}}}"#,
      ]
      return inner.map { line in
        Case(
          name: "what a program wrote: \(line.prefix(30))",
          format: carrier == "docker" ? .docker : .journald,
          line: carrier == "docker" ? docker(line) : journald(line)
        )
      }
    }

  private func expectNone(_ result: NormalizedChunk) {
    for row in 0..<result.batch.rowCount {
      #expect(!result.batch.summary(row).contains("CANARY"))
    }
    for (name, index) in result.batch.schema.allNames where name.contains("CANARY") {
      // What a record that was torn called things may be a column without a value.
      let rows = 0..<result.batch.rowCount
      #expect(rows.allSatisfy { result.batch.columns[index].texts($0).isEmpty })
    }
    let raw = String(decoding: result.batch.raw, as: UTF8.self)
    #expect(!raw.contains("CANARY"), "\(raw)")
    for letter in result.deadLetters {
      #expect(!String(decoding: letter.raw, as: UTF8.self).contains("CANARY"))
    }
    #expect(!result.failureShapes.contains { $0.shape.contains("CANARY") })
  }

  @Test("no content is kept: not in columns, names or bytes", arguments: cases)
  func none(_ example: Case) throws {
    let result = normalize([example.line], as: example.format)
    try #require(result.deadLetters.map(\.reason) == [])
    #expect(result.batch.rowCount == 1)
    expectNone(result)
    #expect(result.batch.raw.count == example.line.utf8.count + 1)
  }

  @Test("nor of a record that was torn, by itself or among others", arguments: cases)
  func torn(_ example: Case) {
    let line = Array(example.line.utf8)
    for cut in stride(from: 1, to: line.count, by: 7) {
      for format in [example.format, .cloudtrail, .json, .syslog] {
        let normalizer = Normalizer(
          configuration: NormalizerConfiguration(
            keepsContent: false,
            contentHash: { _ in "h" },
            secretHash: { _ in "h" }
          )
        )
        let result = normalizer.normalize(
          chunk([Array(line[..<cut])]),
          as: format,
          settings: SourceSettings()
        )
        expectNone(result)
      }
    }
  }

  @Test("a whole key is shown by its hash alone, a key's name as it is")
  func secrets() {
    let secret = "sk-proj-0123456789abcdefghij"
    let line = Self.gateway(#""request":{"api_key":"\#(secret)"},"prompt":"x""#)
      .replacing(#""key_id":"k","#, with: "")
    let result = normalize([line], as: .gateway)
    #expect(result.batch.text("ai.api_key.hash", row: 0) == "sha256:secret-of-28")
    #expect(!result.batch.summary(0).contains(secret))
    #expect(!String(decoding: result.batch.raw, as: UTF8.self).contains(secret))
    let named = normalize([Self.gateway(#""prompt":"x""#)], as: .gateway)
    #expect(named.batch.text("ai.api_key.hash", row: 0) == "k")
  }

  @Test("what a line says before a prompt is kept, and all of it if that is asked for")
  func promptLines() {
    let start = "INFO 03-02 10:14:07 [logger.py:39] Received request chatcmpl-1: prompt: "
    let line = "Mar  2 10:14:07 gpu1 vllm[7]: " + start + "'hello', params: x"
    #expect(normalize([line], as: .syslog).batch.text("message", row: 0) == start)
    let kept = normalize([line], as: .syslog, keepsContent: true).batch
    #expect(kept.text("message", row: 0) == start + "'hello', params: x")
  }

  @Test(
    "a line that speaks of prompts and requests stays whole",
    arguments: [
      "Received request to reload", "Request output: written to /tmp/x",
      "user asked at the prompt: none", "bad request for /prompt", "prompt: 'hello'",
      "login failed for 'Received request x: prompt: ' from 192.0.2.7",
      "[auth] user Received request x: prompt: logged in from 192.0.2.7",
      #"{"level":"info","msg":"started"}"#,
    ]
  )
  func noPrompt(_ message: String) {
    let text = normalize(["Mar  2 10:14:07 h app[7]: " + message], as: .syslog).batch
      .text("message", row: 0)
    #expect(text == message)
  }

  @Test("content that is asked for is kept")
  func kept() {
    let line = Self.gateway(#""prompt":"hello there","completion":"hi""#)
    let result = normalize([line], as: .gateway, keepsContent: true)
    #expect(result.batch.text("gen_ai.input.messages", row: 0) == "hello there")
    #expect(result.batch.text("gen_ai.output.messages", row: 0) == "hi")
  }

  @Test("what model servers log of prompts beside their access lines is hidden in dead letters")
  func besideAccessLines() throws {
    let line =
      "INFO 11-14 22:13:20 [logger.py:39] Received request chatcmpl-1: prompt: 'CANARY', params: x"
    for format in [LogFormat.vllm, .ollama, .triton] {
      let letter = try #require(normalize([line], as: format).deadLetters.first)
      #expect(!String(decoding: letter.raw, as: UTF8.self).contains("CANARY"), "\(format)")
    }
  }
}
