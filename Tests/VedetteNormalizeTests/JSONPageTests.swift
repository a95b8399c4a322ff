import Testing
import VedetteColumns
import VedetteEvent

@testable import VedetteNormalize

/// Pages of audit APIs are the records that they hold.
@Suite("Pages of records")
struct JSONPageTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let page: String
    let format: LogFormat
    let count: Int
    var testDescription: String { name }
  }

  static let openAI = [
    #"{"object":"organization.audit_log","id":"a-1","type":"login.succeeded","effective_at":1767225600,"actor":{"type":"session"}}"#,
    #"{"object":"organization.audit_log","id":"a-2","type":"login.failed","effective_at":1767225601,"actor":{"type":"session"}}"#,
  ]

  static let cases: [Case] = [
    Case(
      name: "OpenAI's audit log",
      page:
        #"{"object":"list","data":[\#(openAI[0]),\#(openAI[1])],"first_id":"a-1","last_id":"a-2","has_more":false}"#,
      format: .openaiAudit,
      count: 2
    ),
    Case(
      name: "the same over several lines",
      page: "{\n  \"data\": [\n    \(openAI[0]),\n    \(openAI[1])\n  ],\n  \"has_more\": false\n}",
      format: .openaiAudit,
      count: 2
    ),
    Case(
      name: "Microsoft Graph's sign-ins",
      page:
        #"{"@odata.context":"https://graph","value":[{"createdDateTime":"2026-03-02T10:14:07Z","time":"2026-03-02T10:14:07Z","id":"x"}],"@odata.nextLink":"https://n"}"#,
      format: .json,
      count: 1
    ),
    Case(
      name: "Google Cloud's entries",
      page:
        #"{"entries":[{"logName":"projects/p/logs/cloudaudit.googleapis.com%2Factivity","timestamp":"2026-03-02T10:14:07Z","protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog","methodName":"m","serviceName":"s"}}],"nextPageToken":"t"}"#,
      format: .gcp,
      count: 1
    ),
    Case(
      name: "Kubernetes' list",
      page:
        #"{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"1","stage":"ResponseComplete","requestURI":"/api","verb":"get","user":{"username":"u"},"stageTimestamp":"2026-03-02T10:14:07Z","requestReceivedTimestamp":"2026-03-02T10:14:07Z"}]}"#,
      format: .kubernetes,
      count: 1
    ),
    Case(
      name: "records of nobody known",
      page:
        #"{"items":[{"time":"2026-03-02T10:14:07Z","a":1},{"time":"2026-03-02T10:14:08Z","a":2}]}"#,
      format: .json,
      count: 2
    ),
  ]

  @Test("each record is an event with its time and its own bytes", arguments: cases)
  func pages(_ example: Case) {
    #expect(FormatDetector.detectOne(Array(example.page.utf8).span) == example.format)
    let normalizer = Normalizer(
      configuration: NormalizerConfiguration(
        keepsContent: false,
        contentHash: { _ in "h" },
        secretHash: { _ in "h" }
      )
    )
    for format in [example.format, .json, .cloudtrail, .syslog] {
      let result = normalizer.normalize(
        chunk([example.page]),
        as: format,
        settings: SourceSettings()
      )
      #expect(result.deadLetterCount == 0, "\(format)")
      #expect(result.batch.rowCount == example.count, "\(format)")
      for row in 0..<result.batch.rowCount {
        #expect(result.batch.timed[row], "\(format)")
        let record = result.batch.records[row]
        let bytes = result.batch.raw[record.start..<record.start + record.length]
        #expect(bytes.first == UInt8(ascii: "{") && bytes.last == UInt8(ascii: "}"))
        #expect(example.page.contains(String(decoding: bytes, as: UTF8.self)))
        #expect(record.offset == Int64(record.start))
      }
    }
  }

  @Test("a record knows the line that it is on")
  func lines() {
    let result = normalize([Self.cases[1].page], as: .openaiAudit)
    #expect(result.batch.records.map(\.line) == [3, 4])
  }

  @Test(
    "an event with a list of objects stays one event",
    arguments: [
      #"{"user":"u","items":[{"a":1},{"a":2}]}"#, #"{"items":[1,2]}"#, #"{"items":[{"a":1},2]}"#,
      #"{"items":[]}"#, #"{"messages":[{"role":"user","content":"hello"}]}"#,
      #"{"object":"list","model":"m","data":[{"embedding":[1]}]}"#,
      #"{"data":[{"a":1}],"items":[{"a":1}]}"#, #"{"choices":[{"text":"x"}],"object":"y"}"#,
    ]
  )
  func events(_ line: String) {
    let result = normalize([line], as: .json)
    #expect(result.batch.rowCount == 1)
  }

  @Test("what was said in the records of a page is kept nowhere")
  func privacy() {
    let call =
      #"{"id":"c","call_type":"acompletion","response_cost":0.1,"model":"m","startTime":"2026-03-02T10:14:07Z","endTime":"2026-03-02T10:14:08Z","messages":[{"role":"user","content":"CANARY"}],"response":{"choices":[{"message":{"content":"CANARY"}}]},"metadata":{"user_api_key_hash":"h"}}"#
    let normalizer = Normalizer(
      configuration: NormalizerConfiguration(
        keepsContent: false,
        contentHash: { _ in "h" },
        secretHash: { _ in "h" }
      )
    )
    for format in [LogFormat.litellm, .json, .cloudtrail, .syslog] {
      let result = normalizer.normalize(
        chunk([#"{"data":[\#(call),\#(call)],"total":2}"#]),
        as: format,
        settings: SourceSettings()
      )
      #expect(result.batch.rowCount == 2, "\(format)")
      #expect(!String(decoding: result.batch.raw, as: UTF8.self).contains("CANARY"), "\(format)")
      for row in 0..<result.batch.rowCount {
        #expect(!result.batch.summary(row).contains("CANARY"))
      }
    }
  }
}
