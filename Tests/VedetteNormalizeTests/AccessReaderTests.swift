import Testing
import VedetteColumns
import VedetteEvent

@testable import VedetteNormalize

@Suite("Access reader")
struct AccessReaderTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let line: String
    let fields: [String: String]
    var testDescription: String { name }
  }

  private static let time = "[10/Oct/2000:13:55:36 -0700]"

  static let cases: [Case] = [
    Case(
      name: "common",
      line: #"127.0.0.1 - frank \#(time) "GET /apache_pb.gif HTTP/1.0" 200 2326"#,
      fields: [
        "source.ip": "127.0.0.1", "user.name": "frank", "http.request.method": "GET",
        "url.original": "/apache_pb.gif", "url.path": "/apache_pb.gif", "http.version": "1.0",
        "http.response.status_code": "200", "http.response.body.bytes": "2326",
        "event.outcome": "success",
      ]
    ),
    Case(
      name: "combined",
      line: #"192.0.2.7 - - \#(time) "POST /a/b?x=1&y=%20?z HTTP/1.1" 404 - "#
        + #""https://e.example/" "Mozilla/5.0 (X11; \"q\")""#,
      fields: [
        "source.ip": "192.0.2.7", "http.request.method": "POST",
        "url.original": "/a/b?x=1&y=%20?z", "url.path": "/a/b", "url.query": "x=1&y=%20?z",
        "http.version": "1.1", "http.response.status_code": "404", "event.outcome": "failure",
        "http.request.referrer": "https://e.example/",
        "user_agent.original": #"Mozilla/5.0 (X11; "q")"#,
      ]
    ),
    Case(
      name: "a virtual host first",
      line: #"www.example.org:443 2001:DB8::0:1 - - \#(time) "GET / HTTP/2.0" 301 0 "-" "-""#,
      fields: [
        "url.domain": "www.example.org", "source.ip": "2001:db8::1",
        "http.request.method": "GET", "url.original": "/", "url.path": "/", "http.version": "2.0",
        "http.response.status_code": "301", "http.response.body.bytes": "0",
        "event.outcome": "success",
      ]
    ),
    Case(
      name: "a client by name",
      line: #"host.example.net - - \#(time) "HEAD / HTTP/1.1" 200 0"#,
      fields: [
        "source.domain": "host.example.net", "http.request.method": "HEAD", "url.original": "/",
        "url.path": "/", "http.version": "1.1", "http.response.status_code": "200",
        "http.response.body.bytes": "0", "event.outcome": "success",
      ]
    ),
    Case(
      name: "time taken and forwarded address at the end",
      line: #"10.0.0.1 - - \#(time) "GET /v1 HTTP/1.1" 200 5 "-" "curl/8" rt=0.5 0.123 "#
        + #""203.0.113.9, 10.0.0.2""#,
      fields: [
        "source.ip": "10.0.0.1", "http.request.method": "GET", "url.original": "/v1",
        "url.path": "/v1", "http.version": "1.1", "http.response.status_code": "200",
        "http.response.body.bytes": "5", "event.outcome": "success",
        "user_agent.original": "curl/8", "event.duration": "123000000",
        "http.request.forwarded_for": "203.0.113.9, 10.0.0.2",
      ]
    ),
    Case(
      name: "no request",
      line: #"192.0.2.7 - - \#(time) "-" 408 0 "-" "-""#,
      fields: [
        "source.ip": "192.0.2.7", "http.response.status_code": "408",
        "http.response.body.bytes": "0", "event.outcome": "failure",
      ]
    ),
    Case(
      name: "a TLS handshake as request",
      line: #"192.0.2.7 - - \#(time) "\x16\x03\x01\x02" 400 150 "-" "-""#,
      fields: [
        "source.ip": "192.0.2.7", "url.original": #"\x16\x03\x01\x02"#,
        "http.response.status_code": "400", "http.response.body.bytes": "150",
        "event.outcome": "failure",
      ]
    ),
    Case(
      name: "a request without a version, and an empty one",
      line: #"192.0.2.7 - - \#(time) "GET /x" 400 0"#,
      fields: [
        "source.ip": "192.0.2.7", "http.request.method": "GET", "url.original": "/x",
        "url.path": "/x", "http.response.status_code": "400", "http.response.body.bytes": "0",
        "event.outcome": "failure",
      ]
    ),
    Case(
      name: "an absolute target",
      line: #"192.0.2.7 - - \#(time) "GET http://e.example:80/p?q HTTP/1.1" 200 1"#,
      fields: [
        "source.ip": "192.0.2.7", "http.request.method": "GET",
        "url.original": "http://e.example:80/p?q", "url.domain": "e.example", "url.path": "/p",
        "url.query": "q", "http.version": "1.1", "http.response.status_code": "200",
        "http.response.body.bytes": "1", "event.outcome": "success",
      ]
    ),
    Case(
      name: "a virtual host and an absolute target",
      line: #"v.example:80 192.0.2.7 - - \#(time) "GET http://e.example/p HTTP/1.1" 200 1"#,
      fields: [
        "url.domain": "v.example", "source.ip": "192.0.2.7", "http.request.method": "GET",
        "url.original": "http://e.example/p", "url.path": "/p", "http.version": "1.1",
        "http.response.status_code": "200", "http.response.body.bytes": "1",
        "event.outcome": "success",
      ]
    ),
    Case(
      name: "escapes of the server are undone, but for controls",
      line: #"192.0.2.7 - - \#(time) "GET /\x22\\x\xC3\xA9\x0a HTTP/1.1" 200 1 "-" "a\x22b\x5c""#,
      fields: [
        "source.ip": "192.0.2.7", "http.request.method": "GET",
        "url.original": "/\"\\x\u{e9}\\x0a", "url.path": "/\"\\x\u{e9}\\x0a",
        "http.version": "1.1", "http.response.status_code": "200",
        "http.response.body.bytes": "1", "event.outcome": "success",
        "user_agent.original": #"a"b\"#,
      ]
    ),
    Case(
      name: "a user name can't hide the time",
      line: #"192.0.2.7 - a [10/Oct/1999:00:00:00 +0000] x \#(time) "GET / HTTP/1.1" 200 1"#,
      fields: [
        "source.ip": "192.0.2.7", "user.name": "a [10/Oct/1999:00:00:00 +0000] x",
        "http.request.method": "GET", "url.original": "/", "url.path": "/", "http.version": "1.1",
        "http.response.status_code": "200", "http.response.body.bytes": "1",
        "event.outcome": "success",
      ]
    ),
    Case(
      name: "a line that lost its end",
      line: #"192.0.2.7 - - \#(time) "GET /x HTT"#,
      fields: [
        "source.ip": "192.0.2.7", "http.request.method": "GET", "url.original": "/x HTT",
        "url.path": "/x HTT",
      ]
    ),
    Case(
      name: "a path with blanks",
      line: #"192.0.2.7 - - \#(time) "GET /a b HTTP/1.1" 200 1"#,
      fields: [
        "source.ip": "192.0.2.7", "http.request.method": "GET", "url.original": "/a b",
        "url.path": "/a b", "http.version": "1.1", "http.response.status_code": "200",
        "http.response.body.bytes": "1", "event.outcome": "success",
      ]
    ),
  ]

  @Test("reads the forms that servers write", arguments: cases)
  func reads(_ example: Case) throws {
    let row = try #require(readText([example.line], as: AccessReader.self).first?.row)
    #expect(row.without(["event.category"]) == example.fields)
    #expect(row.fields["event.category"] == "web")
    #expect(row.time?.description == "2000-10-10T20:55:36Z")
    #expect(row.logSource == LogSource(category: "webserver"))
  }

  @Test(
    "a line without a time is a dead letter",
    arguments: ["", "hello", "1.2.3.4 - - [x] \"GET /\"", "[10/Oct/2000:13:55:36 -0700"]
  )
  func deadLetters(line: String) {
    #expect(readText([line], as: AccessReader.self).first?.deadLetter == "no access log time")
  }

  @Test("the names of public rules reach the fields")
  func rawNames() {
    let line = Array(Self.cases[1].line.utf8)
    let batch = readBatch([line], as: AccessReader.self).batch
    let expected = [
      "cs-method": "POST", "cs-uri-stem": "/a/b", "cs-uri-query": "/a/b?x=1&y=%20?z",
      "c-uri": "/a/b?x=1&y=%20?z", "sc-status": "404", "c-ip": "192.0.2.7",
      "cs-referer": "https://e.example/", "cs-user-agent": #"Mozilla/5.0 (X11; "q")"#,
      "c-useragent": #"Mozilla/5.0 (X11; "q")"#,
    ]
    for (name, value) in expected.sorted(by: { $0.key < $1.key }) {
      #expect(batch.text(name, row: 0) == value, "\(name)")
    }
  }
}

@Suite("Web error reader")
struct WebErrorReaderTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let line: String
    let time: String
    let fields: [String: String]
    var server = "apache"
    var testDescription: String { line }
  }

  static let cases: [Case] = [
    Case(
      line: "[Sun Dec 04 04:47:44 2005] [error] mod_jk child workerEnv in error state 6",
      time: "2005-12-04T04:47:44Z",
      fields: ["log.level": "error", "message": "mod_jk child workerEnv in error state 6"]
    ),
    Case(
      line: "[Sun Dec 04 05:15:09 2005] [error] [client 222.166.160.184] Directory index forbidden",
      time: "2005-12-04T05:15:09Z",
      fields: [
        "log.level": "error", "source.ip": "222.166.160.184",
        "message": "Directory index forbidden",
      ]
    ),
    Case(
      line: "[Fri Sep 09 10:42:29.902022 2011] [core:error] [pid 35708:tid 4328636416] "
        + "[client 72.15.99.187:4711] File does not exist: /x, client: 1.2.3.4, server: a",
      time: "2011-09-09T10:42:29.902022Z",
      fields: [
        "log.level": "error", "log.logger": "core", "process.pid": "35708",
        "source.ip": "72.15.99.187", "source.port": "4711",
        "message": "File does not exist: /x, client: 1.2.3.4, server: a",
      ]
    ),
    Case(
      line: "[Fri Sep 09 10:42:29.9 2011] [:warn] [pid 3] [client 2001:db8::1:4711] x",
      time: "2011-09-09T10:42:29.900Z",
      fields: [
        "log.level": "warn", "process.pid": "3", "source.ip": "2001:db8::1",
        "source.port": "4711", "message": "x",
      ]
    ),
    Case(
      line: "[Fri Sep 09 10:42:29 2011] [notalevel] x",
      time: "2011-09-09T10:42:29Z",
      fields: ["message": "[notalevel] x"]
    ),
    Case(
      line: "2026/03/02 10:14:07 [error] 1234#99: *5 open() \"/x\" failed (2: No such file), "
        + "client: 192.0.2.7, server: _, request: \"GET /x HTTP/1.1\", host: \"h\"",
      time: "2026-03-02T10:14:07Z",
      fields: [
        "log.level": "error", "process.pid": "1234", "source.ip": "192.0.2.7",
        "message": "*5 open() \"/x\" failed (2: No such file), client: 192.0.2.7, server: _, "
          + "request: \"GET /x HTTP/1.1\", host: \"h\"",
      ],
      server: "nginx"
    ),
    Case(
      line: "2026/03/02 10:14:07 [error] 1#1: *5 open() \"/, client: 10.0.0.1, server: _\" failed, "
        + "client: 192.0.2.7, server: _",
      time: "2026-03-02T10:14:07Z",
      fields: [
        "log.level": "error", "process.pid": "1",
        "message": "*5 open() \"/, client: 10.0.0.1, server: _\" failed, "
          + "client: 192.0.2.7, server: _",
      ],
      server: "nginx"
    ),
    Case(
      line: "2026/03/02 10:14:07 [alert] 7#7: worker process 8 exited on signal 11",
      time: "2026-03-02T10:14:07Z",
      fields: [
        "log.level": "alert", "process.pid": "7", "message": "worker process 8 exited on signal 11",
      ],
      server: "nginx"
    ),
  ]

  @Test("reads Apache's and nginx's forms", arguments: cases)
  func reads(_ example: Case) throws {
    let row = try #require(readText([example.line], as: WebErrorReader.self).first?.row)
    #expect(row.without(["event.category"]) == example.fields)
    #expect(row.time?.description == example.time)
    let server = example.server
    let logSource = LogSource(product: server, category: "webserver", service: server)
    #expect(row.logSource == logSource)
  }

  @Test("a line without a time is a dead letter", arguments: ["", "[error] x", "  at foo()"])
  func deadLetters(line: String) {
    let result = readText([line], as: WebErrorReader.self).first
    #expect(result?.deadLetter == "no web error log time")
  }
}
