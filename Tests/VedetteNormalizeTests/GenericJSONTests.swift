import Testing
import VedetteColumns
import VedetteEvent

@testable import VedetteNormalize

@Suite("JSON lines of no known product")
struct GenericJSONTests {
  private func row(_ line: String) -> EventBatch {
    let result = normalize([line], as: .json)
    #expect(result.deadLetterCount == 0, "\(result.countsByReason)")
    return result.batch
  }

  @Test("takes ECS names as they are, nested or with dots")
  func commonSchema() {
    let batch = row(
      #"{"@timestamp":"2026-03-02T10:14:07Z","source":{"ip":"10.0.0.1"},"user.name":"ann","http":{"response":{"status_code":200}}}"#
    )
    #expect(batch.text("source.ip", row: 0) == "10.0.0.1")
    #expect(batch.text("user.name", row: 0) == "ann")
    #expect(batch.column("http.response.status_code")?.number(0) == 200)
    #expect(batch.time(0).map { "\($0)" } == "2026-03-02T10:14:07Z")
  }

  @Test("copies what other names say, and keeps those names apart")
  func synonyms() {
    let batch = row(
      #"{"ts":1772446447.5,"src_ip":"10.0.0.1","client_ip":"10.0.0.2","user":"ann","status":404,"msg":"hello"}"#
    )
    #expect(batch.column("source.ip")?.texts(0) == ["10.0.0.1"])
    #expect(batch.column("src_ip")?.texts(0) == ["10.0.0.1"])
    #expect(batch.column("client_ip")?.texts(0) == ["10.0.0.2"])
    #expect(batch.text("user.name", row: 0) == "ann")
    #expect(batch.text("http.response.status_code", row: 0) == "404")
    #expect(batch.text("message", row: 0) == "hello")
    #expect(row(#"{"status":"ok"}"#).text("http.response.status_code", row: 0) == nil)
    #expect(
      row(#"{"source":{"ip":"1.2.3.4"},"src_ip":"10.0.0.1"}"#).column("source.ip")?.texts(0) == [
        "1.2.3.4"
      ]
    )
  }

  static let times: [(line: String, time: String?)] = [
    (#"{"time":"2026-03-02T10:14:07Z"}"#, "2026-03-02T10:14:07Z"),
    (#"{"Timestamp":1772446447123}"#, "2026-03-02T10:14:07.123Z"),
    (#"{"eventTime":"2026-03-02T10:14:07Z"}"#, "2026-03-02T10:14:07Z"),
    (#"{"date":"nonsense","time":"2026-03-02T10:14:07Z"}"#, "2026-03-02T10:14:07Z"),
    (#"{"time":"nonsense"}"#, nil),
    (#"{"@timestamp":null}"#, nil),
    ("{}", nil),
  ]

  @Test("finds the time", arguments: times)
  func time(_ example: (line: String, time: String?)) {
    let result = normalize([example.line], as: .json)
    #expect(result.batch.time(0).map { "\($0)" } == example.time)
    #expect(result.timelessCount == (example.time == nil ? 1 : 0))
  }

  @Test("takes the log source that a line asserts")
  func logSource() {
    #expect(
      row(#"{"_product":"zeek","_service":"dns"}"#).logSource(0)
        == LogSource(product: "zeek", service: "dns")
    )
    #expect(row(#"{"_category":"made_up"}"#).logSource(0) == LogSource(category: "made_up"))
    #expect(row(#"{"a":1}"#).logSource(0) == LogSource())
    #expect(
      row(#"{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational"}"#).logSource(0)
        == LogSource(product: "windows", category: "process_creation", service: "sysmon")
    )
    #expect(row(#"{"gen_ai.request.model":"m"}"#).logSource(0).category == "model_access")
  }

  @Test("keeps keys with dots as they are")
  func dots() {
    let batch = row(
      #"{"type":"api_key.created","api_key.created":{"id":"k-1","data":{"scopes":["all"]}},"effective_at":1}"#
    )
    #expect(batch.text("api_key.created.id", row: 0) == "k-1")
    #expect(batch.text("api_key.created.data.scopes", row: 0) == "all")
  }

  @Test(
    "takes content out of OpenTelemetry records",
    arguments: [
      #"{"attributes":{"gen_ai.request.model":"m","gen_ai.input.messages":"CANARY"}}"#,
      #"{"gen_ai.request.model":"m","gen_ai.input.messages":[{"role":"CANARY","parts":[{"content":"CANARY"}]}]}"#,
      #"{"gen_ai.request.model":"m","gen_ai.prompt.0.content":"CANARY","gen_ai.completion.0.content":"CANARY"}"#,
      #"{"gen_ai.request.model":"m","prompt":"CANARY"}"#,
      #"{"gen_ai":{"request":{"model":"m"},"input":{"messages":[{"CANARY":"x"}]},"prompt":"CANARY"}}"#,
    ]
  )
  func content(_ line: String) {
    let batch = row(line)
    #expect(batch.text("gen_ai.request.model", row: 0) == "m")
    #expect(!String(decoding: batch.rawBytes(0), as: UTF8.self).contains("CANARY"))
    #expect(!batch.summary(0).contains("CANARY"))
    #expect(!batch.schema.allNames.contains { $0.name.contains("CANARY") })
    #expect(batch.column("ai.prompt.length") != nil)
  }
}
