import Testing
import VedetteEvent

@testable import VedetteNormalize

@Suite("Format detector")
struct FormatDetectorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let record: String
    let format: LogFormat?
    var testDescription: String { record }
  }

  static let lines: [Case] = [
    Case(record: "Dec 10 06:55:46 LabSZ sshd[24200]: x", format: .syslog),
    Case(record: "<34>Oct 11 22:14:15 mymachine su: x", format: .syslog),
    Case(record: "<34>1 2026-03-02T10:14:07Z h a - - - x", format: .syslog),
    Case(record: "<34>text", format: .syslog),
    Case(record: "2026-03-02T10:14:07.120001+01:00 web1 sshd[1]: x", format: .syslog),
    Case(record: "*Mar  1 18:46:11.123: %SYS-5-CONFIG_I: x", format: .syslog),
    Case(record: "2026-03-02T10:14:07Z INFO main: started", format: .text),
    Case(record: "2026-03-02 10:14:07,120 INFO x", format: .text),
    Case(record: "[2026-03-02 10:14:07] x", format: .text),
    Case(record: "nova.log 2017-05-16 00:00:00.008 25746 INFO nova x", format: .text),
    Case(record: "1767225600.123 x", format: .text),
    Case(
      record: #"127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 1"#,
      format: .access
    ),
    Case(
      record: #"::1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 1"#,
      format: .access
    ),
    Case(
      record: #"www.e.org:80 1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] "-" 408 1"#,
      format: .access
    ),
    Case(record: "[Sun Dec 04 04:47:44 2005] [error] x", format: .webError),
    Case(record: "2026/03/02 10:14:07 [error] 1#1: x", format: .webError),
    Case(record: "2026/03/02 10:14:07 listening", format: .text),
    Case(record: "", format: nil),
    Case(record: "hello", format: nil),
    Case(record: "[section]", format: nil),
    Case(record: "<Event xmlns='x'>", format: nil),
    Case(record: "\tat java.lang.Thread.run(Thread.java:748)", format: nil),
  ]

  static let objects: [Case] = [
    Case(
      record: #"{"eventVersion":"1.08","userIdentity":{"type":"Root"},"eventTime":"x","#
        + #""eventSource":"s3.amazonaws.com","eventName":"GetObject"}"#,
      format: .cloudtrail
    ),
    Case(record: #"{"Records":[{"eventVersion":"1.08"}]}"#, format: .cloudtrail),
    Case(record: #"{ "Records" : [] }"#, format: .cloudtrail),
    Case(record: #"{"Records":3}"#, format: .json),
    Case(record: #"[{"eventSource":"a","eventName":"b"}]"#, format: .cloudtrail),
    Case(
      record: #"{"schemaType":"ModelInvocationLog","modelId":"m","input":{}}"#,
      format: .bedrock
    ),
    Case(record: #"{"schemaType":"Other","modelId":"m"}"#, format: .json),
    Case(record: #"{"id":"1","litellm_call_id":"c0ffee"}"#, format: .litellm),
    Case(record: #"{"id":"1","call_type":"acompletion","response_cost":0.1}"#, format: .litellm),
    Case(record: #"{"Event":{"System":{"EventID":1},"EventData":{}}}"#, format: .windows),
    Case(
      record: #"{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational"}"#,
      format: .windows
    ),
    Case(record: #"{"@timestamp":"x","winlog":{"event_id":1}}"#, format: .windows),
    Case(record: #"{"winlog.event_id":4624}"#, format: .windows),
    Case(record: #"{"System":{"EventID":1}}"#, format: .json),
    Case(record: #"{"message":"\"eventName\",\"eventSource\" {","level":"info"}"#, format: .json),
    Case(record: #"{"a":{"eventName":1,"eventSource":2}}"#, format: .json),
    Case(record: #"{"a":["eventName","eventSource"]}"#, format: .json),
    Case(record: "{}", format: .json),
    Case(record: "{", format: .json),
    Case(record: "[]", format: .json),
    Case(record: "[", format: .json),
    Case(record: " {\"a\":1}", format: .json),
    Case(record: String(repeating: "[{\"a\":", count: 200), format: .json),
  ]

  @Test("tells lines by how they start", arguments: lines)
  func tellsLines(_ example: Case) {
    check(example)
  }

  @Test("tells JSON products by their outer keys", arguments: objects)
  func tellsObjects(_ example: Case) {
    check(example)
  }

  private func check(_ example: Case) {
    let bytes = Array(example.record.utf8)
    let format = unsafe bytes.withUnsafeBufferPointer { unsafe FormatDetector.detectOne($0) }
    #expect(format == example.format)
  }

  private func detect(_ lines: [String], path: String = "x.log") -> FormatDecision {
    FormatDetector.detect(records: lines.map { Array($0.utf8)[...] }, path: path)
  }

  @Test("the most frequent form wins and says why")
  func majority() {
    let syslog = [String](repeating: "Dec 10 06:55:46 h a: b", count: 98)
    let decision = detect(["hello"] + syslog + ["{}"])
    #expect(decision.format == .syslog)
    #expect(decision.reason == "98 of 100 lines start like RFC 3164 syslog")
    #expect(
      detect([#"{"Records":[]}"#])
        == FormatDecision(
          format: .cloudtrail,
          reason: "the only record is JSON with CloudTrail's keys"
        )
    )
    #expect(
      detect(["{}", "x"]).reason == "1 of 2 records is JSON of no known product"
    )
  }

  @Test("of equally frequent forms the order of the forms decides, not that of the records")
  func ties() {
    let lines = ["{}", "Dec 10 06:55:46 h a: b"]
    #expect(detect(lines).format == .json)
    #expect(detect(lines.reversed()).format == .json)
  }

  @Test("where no record has a form the name decides, then text")
  func names() {
    #expect(detect([], path: "/var/log/auth.log").format == .syslog)
    #expect(
      detect([], path: "/var/log/auth.log").reason == "the file is empty, and its name has 'auth'"
    )
    #expect(detect(["x"], path: "/srv/error/a.JSONL").format == .json)
    let decision = detect(["x", "y"])
    #expect(decision.format == .text)
    #expect(
      decision.reason
        == "none of 2 lines has a known form, so only those that start with a time are read"
    )
  }

  @Test("a chunk is judged by its first hundred records")
  func chunk() {
    let good = Array("Dec 10 06:55:46 h a: b".utf8)
    var bytes: [UInt8] = []
    var records: [RecordChunk.Record] = []
    for line in 0..<300 {
      let record = line < 100 ? good : Array("{}".utf8)
      records.append(
        RecordChunk.Record(
          start: bytes.count,
          length: record.count,
          line: line + 1,
          offset: Int64(bytes.count)
        )
      )
      bytes += record + [10]
    }
    let chunk = RecordChunk(source: SourceID("a"), path: "a", bytes: bytes, records: records)
    let decision = FormatDetector.detect(chunk: chunk)
    #expect(decision.reason == "100 of 100 lines start like RFC 3164 syslog")
  }

  @Test("every format can be detected but those of no form of their own")
  func coverage() {
    let shown = FormatSample.all.filter(\.isDetected).map(\.format)
    let found = Set((Self.lines + Self.objects).compactMap(\.format) + shown)
    #expect(found == Set(LogFormat.allCases).subtracting([.csv]))
  }
}
