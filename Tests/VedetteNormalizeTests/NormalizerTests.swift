import Testing
import VedetteColumns
import VedetteEvent
import VedetteStatistics

@testable import VedetteNormalize

@Suite("Normalizer")
struct NormalizerTests {
  static let windows = WindowsTests.forms[0].line
  static let generic =
    #"{"_product":"zeek","_service":"dns","ts":1693979332.023661,"id.orig_h":"10.0.0.1"}"#

  /// What a detector would say of the lines used here.
  @Sendable
  static func detect(_ text: String) -> LogFormat? {
    if text.contains("ModelInvocationLog") { return .bedrock }
    if text.contains("litellm_call_id") { return .litellm }
    if text.contains("eventSource") { return .cloudtrail }
    if text.contains("\"EventID\"") { return .windows }
    return text.hasPrefix("{") ? .json : nil
  }

  @Test("reads a mixed file record by record, in the order of the file")
  func mixed() {
    let lines = [Self.windows, Self.generic, "no JSON", CloudTrailTests.invoke, Self.windows]
    let result = makeNormalizer(detect: Self.detect)
      .normalize(chunk(lines), as: .windows, settings: SourceSettings())
    #expect(result.batch.records.map(\.line) == [1, 2, 4, 5])
    #expect(
      (0..<4).map { result.batch.logSource($0).product } == ["windows", "zeek", "aws", "windows"]
    )
    #expect(result.recordCount == 5)
    #expect(result.deadLetterCount == 1)
    #expect(result.countsByReason.map(\.count) == [1])
    #expect(result.deadLetters.map(\.reason) == [JSONFault.notObject.reason])
    #expect(result.deadLetters.first?.origin.line == 3)
    #expect(result.deadLetters.first?.raw == Array("no JSON".utf8))
  }

  @Test("reads as plain JSON what only looks like the file's format")
  func lookalike() {
    let line = #"{"EventID":7,"time":"2026-03-02T10:14:07Z"}"#
    let result = makeNormalizer(detect: Self.detect)
      .normalize(chunk([Self.windows, line]), as: .windows, settings: SourceSettings())
    #expect(result.deadLetterCount == 0)
    #expect(result.batch.text("EventID", row: 1) == "7")
    #expect(result.batch.time(1).map { "\($0)" } == "2026-03-02T10:14:07Z")
  }

  @Test("keeps to the format it was told, if so told")
  func certain() {
    let result = makeNormalizer(detect: Self.detect).normalize(
      chunk([Self.generic]),
      as: .windows,
      settings: SourceSettings(detectsEachRecord: false)
    )
    #expect(result.deadLetterCount == 1)
  }

  @Test("puts an asserted log source in place of the record's")
  func assertedLogSource() {
    let asserted = LogSource(product: "own", category: "thing")
    let result = makeNormalizer().normalize(
      chunk([Self.generic]),
      as: .json,
      settings: SourceSettings(logSource: asserted)
    )
    #expect(result.batch.logSource(0) == asserted)
  }

  @Test("leaves nothing of a dead letter in the columns")
  func cancelled() {
    let result = normalize([#"{"a":"1","b":"x","#, #"{"b":"y"}"#, #"{"a":"2","c":["#], as: .json)
    #expect(result.batch.rowCount == 1)
    #expect(result.batch.fields(0) == ["b": ["y"]])
  }

  @Test("keeps a bounded number of dead letters and counts all")
  func manyDeadLetters() {
    let lines = (0..<Limits.deadLettersKeptMax + 50).map { $0 % 2 == 0 ? "x" : "{" }
    let result = normalize(lines, as: .json)
    #expect(result.deadLetters.count == Limits.deadLettersKeptMax)
    #expect(result.deadLetterCount == lines.count)
    #expect(
      result.countsByReason.map(\.reason) == ["invalid JSON: ends too early", "not a JSON object"]
    )
    #expect(result.countsByReason.map(\.count) == [lines.count / 2, lines.count / 2])
  }

  @Test("buries records that lost their end, and places outside the chunk")
  func cutRecords() {
    var part = chunk([#"{"a":1}"#, #"{"a":2}"#])
    part.records[0].isCut = true
    part.records.append(RecordChunk.Record(start: 10, length: 1 << 40, line: 3, offset: 0))
    part.records.append(RecordChunk.Record(start: -1, length: 2, line: 4, offset: 0))
    let result = makeNormalizer().normalize(part, as: .json, settings: SourceSettings())
    #expect(result.batch.rowCount == 1)
    #expect(result.countsByReason.map(\.reason) == ["record outside its chunk", "record too long"])
    #expect(result.deadLetterCount == 3)
  }

  static let sample: [(format: LogFormat, lines: [String])] = [
    (.cloudtrail, [CloudTrailTests.invoke, Self.generic, "x", CloudTrailTests.invoke]),
    (.windows, WindowsTests.forms.map(\.line) + [Self.generic]),
    (.bedrock, [BedrockTests.converse, CloudTrailTests.invoke, BedrockTests.converse]),
    (.litellm, [LiteLLMTests.call, Self.windows, LiteLLMTests.call]),
    (.json, [Self.generic, Self.windows, #"{"a":1,"b":{"c":[1,2]}}"#, Self.generic]),
  ]

  @Test("gives the same rows however the records are cut into chunks", arguments: sample)
  func cuts(_ sample: (format: LogFormat, lines: [String])) {
    let whole = makeNormalizer(detect: Self.detect)
      .normalize(chunk(sample.lines), as: sample.format, settings: SourceSettings())
    let expected = (0..<whole.batch.rowCount).map { whole.batch.fields($0) }
    for size in 1...sample.lines.count {
      let normalizer = makeNormalizer(detect: Self.detect)
      var rows: [[String: [String]]] = []
      for start in stride(from: 0, to: sample.lines.count, by: size) {
        let end = min(start + size, sample.lines.count)
        let part = chunk(Array(sample.lines[start..<end]))
        let result = normalizer.normalize(part, as: sample.format, settings: SourceSettings())
        rows += (0..<result.batch.rowCount).map { result.batch.fields($0) }
      }
      #expect(rows == expected, "chunks of \(size)")
    }
  }

  @Test("gives the same of a chunk whatever the worker did before")
  func workers() {
    var random = SplitMix64(seed: 9)
    let worn = makeNormalizer(detect: Self.detect)
    for _ in 0..<3 {
      for sample in Self.sample {
        var lines = sample.lines.shuffled(using: &random)
        // Names that no other chunk has: a worker must not run out of room for the next.
        lines.append(
          "{" + (0..<600).map { "\"n\(random.next() % 100_000)-\($0)\":1" }.joined(separator: ",")
            + "}"
        )
        let part = chunk(lines)
        let fresh = makeNormalizer(detect: Self.detect)
        let expected = fresh.normalize(part, as: sample.format, settings: SourceSettings())
        let result = worn.normalize(part, as: sample.format, settings: SourceSettings())
        #expect(result.batch.rowCount == expected.batch.rowCount)
        for row in 0..<min(result.batch.rowCount, expected.batch.rowCount) {
          #expect(result.batch.summary(row) == expected.batch.summary(row))
        }
        #expect(result.batch.raw == expected.batch.raw)
        #expect(result.droppedFieldCount == expected.droppedFieldCount)
        #expect(result.deadLetters == expected.deadLetters)
      }
    }
  }

  @Test("leaves nothing out for want of room that earlier chunks took")
  func roomForNames() {
    func lines(_ count: Int, _ prefix: String) -> [String] {
      (0..<count).map { line in
        "{" + (0..<500).map { "\"\(prefix)\(line)-\($0)\":1" }.joined(separator: ",") + "}"
      }
    }
    let normalizer = makeNormalizer()
    let first = normalizer.normalize(
      chunk(lines(2, "a")),
      as: .json,
      settings: SourceSettings()
    )
    let second = normalizer.normalize(
      chunk(lines(8, "b")),
      as: .json,
      settings: SourceSettings()
    )
    #expect(first.droppedFieldCount == 0)
    #expect(second.droppedFieldCount == 0)
    #expect(second.batch.text("b7-499", row: 7) == "1")
  }

  @Test("keeps the columns of a bounded number of sources")
  func manySources() {
    let normalizer = makeNormalizer()
    for index in 0..<Limits.normalizerSourcesMax * 2 {
      let part = chunk([#"{"a":1}"#], source: "source \(index)")
      let result = normalizer.normalize(part, as: .json, settings: SourceSettings())
      #expect(result.batch.text("a", row: 0) == "1")
    }
  }
}

@Suite("Privacy")
struct PrivacyTests {
  static let canary = "CANARY"

  static let lines: [(format: LogFormat, line: String)] = [
    (
      .bedrock,
      bedrock(
        input:
          #"{"messages":[{"role":"user","content":[{"text":"CANARY"}]}],"system":[{"text":"CANARY"}]}"#
      )
    ),
    (.bedrock, bedrock(input: #"{"prompt":"CANARY"}"#)),
    (
      .bedrock,
      bedrock(input: #"{"inputText":"CANARY","new_field_of_next_year":{"CANARY":["CANARY"]}}"#)
    ),
    (.bedrock, bedrock(input: #""CANARY""#)),
    (
      .bedrock,
      bedrock(
        input:
          #"{"messages":[{"content":[{"toolUse":{"name":"t","input":{"CANARY":"CANARY"}}},{"toolResult":{"content":[{"json":{"CANARY":1}}]}}]}]}"#
      )
    ),
    (.bedrock, bedrock(input: #"{"prompt":"x","prompt":"CANARY"}"#)),
    (.bedrock, bedrock(input: #"{"\u0070rompt":"CANARY \u0041"}"#)),
    (
      .bedrock,
      bedrock(
        output:
          #"{"output":{"message":{"content":[{"text":"CANARY"},{"reasoningContent":{"reasoningText":{"text":"CANARY"}}}]}}}"#
      )
    ),
    (
      .bedrock,
      bedrock(
        output: #"[{"delta":{"text":"CANARY"}},{"delta":{"partial_json":"CANARY"}},"CANARY"]"#
      )
    ),
    (.bedrock, bedrock(output: #"{"results":[{"outputText":"CANARY"}],"generation":"CANARY"}"#)),
    (
      .bedrock,
      bedrock(
        output:
          #"{"trace":{"guardrail":{"modelOutput":["CANARY"],"inputAssessment":{"g":{"sensitiveInformationPolicy":{"piiEntities":[{"match":"CANARY","type":"NAME","action":"BLOCKED"}]}}}}}}"#
      )
    ),
    (.litellm, litellm(#""messages":[{"role":"user","content":"CANARY"}]"#)),
    (.litellm, litellm(#""messages":"CANARY","response":"CANARY""#)),
    (
      .litellm,
      litellm(
        #""response":{"choices":[{"message":{"content":"CANARY","tool_calls":[{"function":{"name":"f","arguments":"CANARY"}}]}}]}"#
      )
    ),
    (
      .litellm,
      litellm(
        #""model_parameters":{"tools":[{"function":{"name":"f","description":"CANARY"}}],"prediction":{"content":"CANARY"}}"#
      )
    ),
    (
      .litellm,
      litellm(
        #""metadata":{"mcp_tool_call_metadata":{"name":"f","arguments":{"CANARY":"CANARY"}},"vector_store_request_metadata":[{"query":"CANARY"}]}"#
      )
    ),
    (.litellm, litellm(#""proxy_server_request":{"body":{"messages":[{"content":"CANARY"}]}}"#)),
  ]

  private static func bedrock(input: String = "{}", output: String = "{}") -> String {
    #"{"schemaType":"ModelInvocationLog","operation":"InvokeModel","modelId":"m","input":{"inputBodyJson":\#(input)},"output":{"outputBodyJson":\#(output)}}"#
  }

  private static func litellm(_ members: String) -> String {
    #"{"litellm_call_id":"c","call_type":"completion","model":"m","startTime":1767225600,\#(members)}"#
  }

  @Test("keeps no content: not in columns, names or bytes", arguments: lines)
  func noContent(_ example: (format: LogFormat, line: String)) throws {
    let result = normalize([example.line], as: example.format)
    try #require(result.batch.rowCount == 1)
    #expect(!result.batch.summary(0).contains(Self.canary))
    #expect(!result.batch.schema.allNames.contains { $0.name.contains(Self.canary) })
    let raw = String(decoding: result.batch.raw, as: UTF8.self)
    #expect(!raw.contains(Self.canary), "\(raw)")
    #expect(raw.utf8.count == example.line.utf8.count + 1)
    #expect((try? scan(Array(raw.utf8)).get()) != nil, "no longer JSON: \(raw)")
  }

  @Test("keeps only the shape of broken records of such formats", arguments: lines)
  func brokenRecords(_ example: (format: LogFormat, line: String)) {
    for cut in stride(from: 1, to: example.line.utf8.count, by: 29) {
      let line = String(example.line.prefix(cut))
      // Broken in a file of the format, and in one where only the record looks like it.
      for format in [example.format, .cloudtrail] {
        let result = makeNormalizer(detect: { _ in example.format })
          .normalize(chunk([line]), as: format, settings: SourceSettings())
        #expect(!String(decoding: result.batch.raw, as: UTF8.self).contains(Self.canary))
        for letter in result.deadLetters {
          #expect(!String(decoding: letter.raw, as: UTF8.self).contains(Self.canary))
          #expect(letter.origin.length == line.utf8.count)
        }
      }
    }
  }
}
