import Testing
import VedetteEvent

@testable import VedetteNormalize

@Suite("Text reader")
struct TextReaderTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let line: String
    let time: String
    let fields: [String: String]
    var testDescription: String { line }
  }

  static let cases: [Case] = [
    Case(
      line: "nova-api.log.1.2017-05-16_13:53:08 2017-05-16 00:00:00.008 25746 INFO "
        + "nova.osapi_compute.wsgi.server [req-38101a0b 113d3a 54fadb - - -] 10.11.10.1 "
        + "\"GET /v2/54fadb/servers/detail?limit=1 HTTP/1.1\" status: 200 len: 1893 time: 0.2477829",
      time: "2017-05-16T00:00:00.008Z",
      fields: [
        "process.pid": "25746", "log.level": "INFO",
        "process.name": "nova.osapi_compute.wsgi.server", "source.ip": "10.11.10.1",
        "http.request.method": "GET", "url.original": "/v2/54fadb/servers/detail?limit=1",
        "url.path": "/v2/54fadb/servers/detail", "url.query": "limit=1", "http.version": "1.1",
        "http.response.status_code": "200",
        "message": "[req-38101a0b 113d3a 54fadb - - -] 10.11.10.1 "
          + "\"GET /v2/54fadb/servers/detail?limit=1 HTTP/1.1\" status: 200 len: 1893 "
          + "time: 0.2477829",
      ]
    ),
    Case(
      line: "2017-05-16 00:00:00.008 7 INFO nova.metadata [-] 10.0.0.2,10.0.0.1 \"GET / HTTP/1.1\"",
      time: "2017-05-16T00:00:00.008Z",
      fields: [
        "process.pid": "7", "log.level": "INFO", "process.name": "nova.metadata",
        "message": "[-] 10.0.0.2,10.0.0.1 \"GET / HTTP/1.1\"",
      ]
    ),
    Case(
      line: "2026-03-02 10:14:07,120 INFO started",
      time: "2026-03-02T10:14:07.120Z",
      fields: ["log.level": "INFO", "message": "started"]
    ),
    Case(
      line: "2026-03-02 10:14:07,120 - ERROR - app - boom",
      time: "2026-03-02T10:14:07.120Z",
      fields: ["log.level": "ERROR", "message": "app - boom"]
    ),
    Case(
      line: "[2026-03-02T10:14:07Z] [warn]: disk is nearly full",
      time: "2026-03-02T10:14:07Z",
      fields: ["log.level": "warn", "message": "disk is nearly full"]
    ),
    Case(
      line: "WARN 2026-03-02T10:14:07Z low disk",
      time: "2026-03-02T10:14:07Z",
      fields: ["log.level": "WARN", "message": "low disk"]
    ),
    Case(
      line: "1767225600.5 -12 degrees",
      time: "2026-01-01T00:00:00.500Z",
      fields: ["message": "-12 degrees"]
    ),
    Case(
      line: "2026-03-02T10:14:07Z 42 apples",
      time: "2026-03-02T10:14:07Z",
      fields: ["message": "42 apples"]
    ),
    Case(line: "2026-03-02T10:14:07Z", time: "2026-03-02T10:14:07Z", fields: ["message": ""]),
  ]

  @Test("reads lines that start with a time", arguments: cases)
  func reads(_ example: Case) throws {
    let row = try #require(readText([example.line], as: TextReader.self).first?.row)
    #expect(row.fields == example.fields)
    #expect(row.time?.description == example.time)
    #expect(row.logSource == LogSource())
  }

  @Test(
    "a line without a time is a dead letter",
    arguments: ["", "hello world", "2026-03-02T10:14:07Zulu", "1767225600-x", "a b 1767225600 c"]
  )
  func deadLetters(line: String) {
    let result = readText([line], as: TextReader.self).first
    #expect(result?.deadLetter == "no time at the start of the line")
  }
}
