import Foundation
import Testing
import Vedette
import VedetteColumns
import VedetteEvent
import VedetteFindings
import VedetteNormalize
import VedetteStore

/// No format leaves a word of prompts and answers on the disk, whole records and torn ones alike.
@Suite("Content of every format")
struct FormatContentTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let line: String
    var testDescription: String { name }
  }

  private static let canary = ContentTests.canary

  static let cases: [Case] = [
    Case(
      name: "apim",
      line:
        #"{"time":"2026-03-02T10:14:07Z","category":"GatewayLogs","operationName":"x","correlationId":"kept-id","properties":{"method":"POST","requestBody":"{\"model\":\"m\",\"messages\":[{\"content\":\"CANARY\"}]}","responseBody":"{\"choices\":[{\"message\":{\"content\":\"CANARY\"}}]}"}}"#
    ),
    Case(
      name: "azure-openai",
      line:
        #"{"time":"2026-03-02T10:14:07Z","category":"RequestResponse","operationName":"ChatCompletions_Create","resourceId":"/s","correlationId":"kept-id","properties":{"messages":[{"content":"CANARY"}]}}"#
    ),
    Case(
      name: "vertex",
      line:
        #"{"logName":"l","timestamp":"2026-03-02T10:14:07Z","insertId":"kept-id","protoPayload":{"serviceName":"aiplatform.googleapis.com","methodName":"m","request":{"contents":[{"parts":[{"text":"CANARY"}]}]},"response":{"candidates":[{"content":"CANARY"}]}}}"#
    ),
    Case(
      name: "gateway",
      line:
        #"{"ts":1772446447,"model":"m","key_id":"kept-id","request":{"messages":[{"content":"CANARY"}]},"response":"CANARY"}"#
    ),
    Case(
      name: "otel",
      line:
        #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1772446447000000000","body":{"stringValue":"CANARY"},"attributes":[{"key":"gen_ai.request.model","value":{"stringValue":"kept-id"}},{"key":"gen_ai.input.messages","value":{"stringValue":"CANARY"}}]}]}]}]}"#
    ),
    Case(
      name: "docker",
      line:
        #"{"log":"{\"ts\":1772446447,\"model\":\"m\",\"key_id\":\"kept-id\",\"prompt\":\"CANARY\"}\n","stream":"stdout","time":"2026-03-02T10:14:07Z"}"#
    ),
    Case(
      name: "journald",
      line:
        #"{"__REALTIME_TIMESTAMP":"1772446447000000","SYSLOG_IDENTIFIER":"kept-id","MESSAGE":"{\"ts\":1772446447,\"model\":\"m\",\"key_id\":\"k\",\"prompt\":\"CANARY\"}"}"#
    ),
    Case(
      name: "bedrock",
      line:
        #"{"schemaType":"ModelInvocationLog","timestamp":"2026-03-02T10:14:07Z","operation":"InvokeModel","modelId":"m","requestId":"kept-id","input":{"inputBodyJson":{"prompt":"CANARY"}}}"#
    ),
    Case(
      name: "litellm",
      line:
        #"{"litellm_call_id":"kept-id","call_type":"completion","model":"m","startTime":1772446447,"messages":[{"content":"CANARY"}],"response":"CANARY"}"#
    ),
  ]

  static let rule = """
    title: Any event of a model
    id: 0b6f2b0e-58d5-4b0c-9c0a-1f6f7e0d9a12
    level: high
    logsource:
      category: model_access
    detection:
      selection:
        '@timestamp|exists': true
      other:
        gen_ai.request.model|exists: true
      named:
        event.action|exists: true
      condition: selection or other or named
    """

  @Test("no word of it is on the disk after a replay", arguments: cases)
  func blanked(_ example: Case) throws {
    let folder = try TemporaryFolder()
    let logs = try TemporaryFolder()
    let line = example.line.replacing("CANARY", with: Self.canary)
    let torn = String(line.prefix(line.utf8.count * 9 / 10))
    try logs.write("a.ndjson", [line, line, torn, line, ""].joined(separator: "\n"))
    var configuration = PipelineConfiguration()
    configuration.sources = [SourceConfiguration(path: logs["a.ndjson"])]
    let rules = try TemporaryFolder()
    try rules.write("any.yml", Self.rule)
    configuration.rulePaths = [rules.path]
    let engine = Engine(
      rules: RuleSource.load(configuration).rules,
      contentKey: Array(repeating: 7, count: 32)
    )
    let store = try IncidentStore.open(folder["vedette.db"], for: .pipeline, writtenBy: "tests")
    let report = try Replay(configuration: configuration, engine: engine)
      .run(into: store, now: { EventTime(nanosecondsSinceEpoch: 0) })
    #expect(report.sources.first?.eventCount == 3)
    #expect(report.sources.first?.deadLetterCount == 1)
    var bytes = try folder.allBytes()
    try store.close()
    bytes += try folder.allBytes()
    #expect(bytes.range(of: Data("kept-id".utf8)) != nil)
    #expect(bytes.range(of: Data(Self.canary.utf8)) == nil)
  }
}

/// A table's header is known wherever reading begins.
@Suite("Headers of files")
struct FileHeaderTests {
  private func chunk(_ lines: [String], from line: Int) -> RecordChunk {
    var bytes: [UInt8] = []
    var records: [RecordChunk.Record] = []
    for (index, text) in lines.enumerated() {
      records.append(
        RecordChunk.Record(
          start: bytes.count,
          length: text.utf8.count,
          line: line + index,
          offset: Int64(bytes.count)
        )
      )
      bytes += Array(text.utf8) + [0x0a]
    }
    return RecordChunk(source: SourceID("t"), path: "t", bytes: bytes, records: records)
  }

  private func read(_ chunk: RecordChunk, as format: LogFormat, header: [UInt8]?) -> [String] {
    var settings = SourceSettings()
    settings.header = header
    let normalizer = Normalizer(
      detectingFormats: (),
      keepsContent: false,
      contentHash: { _ in "" },
      secretHash: { _ in "" }
    )
    let batch = normalizer.normalize(chunk, as: format, settings: settings).batch
    let name = batch.schema.index(of: "user.name") ?? batch.schema.index(of: "dns.question.name")
    guard let name else { return [] }
    return (0..<batch.rowCount).flatMap { batch.columns[name].texts($0) }
  }

  @Test("of comma-separated values")
  func csv() {
    let first = chunk(["timestamp,user,host", "1767225600,ann,a"], from: 1)
    let second = chunk(["1767225601,bob,b", "1767225602,cat,c"], from: 3)
    var header = FileHeader()
    let own = header.take(first, as: .csv) { nil }
    #expect(read(first, as: .csv, header: own) == ["ann"])
    let later = header.take(second, as: .csv) { nil }
    #expect(read(second, as: .csv, header: later) == ["bob", "cat"])
    // After a restart the head of the file is asked for.
    var fresh = FileHeader()
    let known = fresh.take(second, as: .csv) { first }
    #expect(read(second, as: .csv, header: known) == ["bob", "cat"])
    // A new file begins with another one.
    let other = chunk(["host,user", "a,dan"], from: 1)
    let changed = header.take(other, as: .csv) { nil }
    #expect(read(other, as: .csv, header: changed) == ["dan"])
  }

  @Test("of Zeek, also where files were put together")
  func zeek() {
    let head = [#"#separator \x09"#, "#path\tdns", "#fields\tts\tquery", "#types\ttime\tstring"]
    let first = chunk(head + ["1\ta.example"], from: 1)
    let second = chunk(["2\tb.example"], from: 6)
    let third = chunk(
      ["#close\tx", #"#separator \x09"#, "#path\tdns", "#fields\tquery\tts", "c.example\t3"],
      from: 7
    )
    let fourth = chunk(["d.example\t4"], from: 12)
    var header = FileHeader()
    for (chunk, names) in [
      (first, ["a.example"]), (second, ["b.example"]), (third, ["c.example"]),
      (fourth, ["d.example"]),
    ] {
      let known = header.take(chunk, as: .zeek) { nil }
      #expect(read(chunk, as: .zeek, header: known) == names)
    }
    var fresh = FileHeader()
    let known = fresh.take(second, as: .zeek) { first }
    #expect(read(second, as: .zeek, header: known) == ["b.example"])
  }

  @Test("rows without a header are told to be that")
  func none() {
    let normalizer = Normalizer(
      detectingFormats: (),
      keepsContent: false,
      contentHash: { _ in "" },
      secretHash: { _ in "" }
    )
    let result = normalizer.normalize(
      chunk(["1\ta"], from: 9),
      as: .zeek,
      settings: SourceSettings()
    )
    #expect(result.countsByReason.map(\.reason) == ["no '#fields' line came before"])
  }
}
