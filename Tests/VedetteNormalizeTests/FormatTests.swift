import Testing
import VedetteColumns
import VedetteEvent
import VedetteStatistics

@testable import VedetteNormalize

@Suite("Formats")
struct FormatTests {
  private func read(
    _ sample: FormatSample,
    as format: LogFormat? = nil,
    keepsContent: Bool = false
  ) -> NormalizedChunk {
    normalize(sample.lines, as: format ?? sample.format, keepsContent: keepsContent)
  }

  @Test("lines become events with these fields", arguments: FormatSample.all)
  func fields(_ sample: FormatSample) throws {
    let result = read(sample)
    try #require(result.deadLetters.map(\.reason) == [])
    let row = result.batch.rowCount - 1
    try #require(row >= 0)
    for (name, value) in sample.fields.sorted(by: { $0.key < $1.key }) {
      #expect(result.batch.text(name, row: row) == value, "\(name)")
    }
    #expect(result.batch.time(row).map { "\($0)" } == sample.time)
    #expect(result.batch.logSource(row) == sample.logSource)
  }

  @Test("no field of the schema has two values that are not a list", arguments: FormatSample.all)
  func once(_ sample: FormatSample) {
    let batch = read(sample).batch
    let lists: Set = [
      "file.path", "gen_ai.response.finish_reasons", "gen_ai.tool.name", "ai.guardrail.id",
      "ai.guardrail.categories", "ai.guardrail.stage",
    ]
    for field in FieldCatalog.fields where !lists.contains(field.name) {
      guard let column = batch.schema.index(of: field.name) else { continue }
      for row in 0..<batch.rowCount {
        #expect(batch.columns[column].texts(row).count <= 1, "\(field.name)")
      }
    }
  }

  @Test("a record is told to be of its format and of no other", arguments: FormatSample.all)
  func detection(_ sample: FormatSample) {
    let records = sample.lines.map { Array($0.utf8)[...] }
    if sample.isDetected {
      for line in sample.lines {
        let format = FormatDetector.detectOne(Array(line.utf8).span)
        #expect(format == sample.format)
      }
    }
    if sample.isDetected || sample.format != .gateway {
      #expect(FormatDetector.detect(records: records, path: "x").format == sample.format)
    }
  }

  @Test("a line among those of another format is read as what it is", arguments: FormatSample.all)
  func mixed(_ sample: FormatSample) {
    guard sample.isDetected else { return }
    let normalizer = Normalizer(
      configuration: NormalizerConfiguration(
        keepsContent: false,
        contentHash: { "hash-of-\($0.count)" },
        secretHash: { "secret-of-\($0.count)" }
      )
    )
    for other in [LogFormat.syslog, .cloudtrail, .access] {
      let result = normalizer.normalize(chunk(sample.lines), as: other, settings: SourceSettings())
      let alone = read(sample)
      #expect(result.batch.rowCount == alone.batch.rowCount, "\(other)")
      for row in 0..<min(result.batch.rowCount, alone.batch.rowCount) {
        #expect(result.batch.summary(row) == alone.batch.summary(row))
      }
    }
  }

  @Test(
    "torn lines are events or dead letters, never lost and never a crash",
    arguments: FormatSample.all
  )
  func torn(_ sample: FormatSample) {
    let line = Array((sample.lines.last ?? "").utf8)
    let head = sample.lines.dropLast().map { Array($0.utf8) }
    for cut in stride(from: 0, to: line.count, by: 3) {
      let result = makeNormalizer().normalize(
        chunk(head + [Array(line[..<cut])]),
        as: sample.format,
        settings: SourceSettings()
      )
      #expect(result.recordCount == result.batch.rowCount + result.deadLetterCount)
    }
  }

  @Test("hostile bytes are survived", arguments: FormatSample.all)
  func hostile(_ sample: FormatSample) {
    var random = SplitMix64(seed: 4711)
    let head = sample.lines.dropLast().map { Array($0.utf8) }
    var records: [[UInt8]] = []
    for _ in 0..<120 {
      var line = Array((sample.lines.last ?? "").utf8)
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        let place = Int.random(in: 0..<line.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: line[place] = UInt8.random(in: 0...255, using: &random)
        case 1: line.remove(at: place)
        case 2: line.insert(contentsOf: Array(#"\"{[=|,"#.utf8), at: place)
        default: line.insert(contentsOf: line[place...].prefix(9), at: place)
        }
        if line.isEmpty { line = [0x7b] }
      }
      records.append(line)
    }
    let result = makeNormalizer().normalize(
      chunk(head + records),
      as: sample.format,
      settings: SourceSettings()
    )
    #expect(result.recordCount == result.batch.rowCount + result.deadLetterCount)
    let again = makeNormalizer().normalize(
      chunk(head + records),
      as: sample.format,
      settings: SourceSettings()
    )
    #expect(again.batch.times == result.batch.times)
    #expect(again.countsByReason.map(\.count) == result.countsByReason.map(\.count))
  }

  @Test("chunks of any size give the same events", arguments: FormatSample.all)
  func chunks(_ sample: FormatSample) {
    guard sample.format != .csv, sample.lines.count == 1 else { return }
    let lines = [String](repeating: sample.lines[0], count: 9)
    let whole = normalize(lines, as: sample.format)
    let normalizer = makeNormalizer()
    for line in lines {
      let part = normalizer.normalize(chunk([line]), as: sample.format, settings: SourceSettings())
      #expect(part.batch.fields(0) == whole.batch.fields(0))
    }
  }
}

@Suite("Traps of formats")
struct FormatTrapTests {
  @Test("interleaved events of auditd are read apart")
  func interleaved() {
    let record = """
      type=SYSCALL msg=audit(1767225600.1:1): syscall=59 success=yes pid=1 comm="a"
      type=SYSCALL msg=audit(1767225600.2:2): syscall=59 success=no pid=2 comm="b"
      type=EXECVE msg=audit(1767225600.1:1): argc=1 a0="one"
      type=EXECVE msg=audit(1767225600.2:2): argc=1 a0="two"
      type=PROCTITLE msg=audit(1767225600.2:2): proctitle="two"
      type=PROCTITLE msg=audit(1767225600.1:1): proctitle="one"
      """
    let result = normalize([record], as: .auditd)
    let batch = result.batch
    #expect(result.recordCount == 2)
    #expect((0..<2).map { batch.text("process.command_line", row: $0) } == ["one", "two"])
    #expect((0..<2).map { batch.text("process.pid", row: $0) } == ["1", "2"])
    #expect((0..<2).map { batch.records[$0].line } == [1, 2])
    #expect(batch.time(1).map { "\($0)" } == "2026-01-01T00:00:00.200Z")
  }

  @Test("digits of auditd are bytes only where people's text stands")
  func hexadecimal() {
    let line =
      #"type=SYSCALL msg=audit(1767225600.1:1): a0=6162 a1=63 comm=6120622063 exe="6162" key=6B31016B32 pid=1"#
    let batch = normalize([line], as: .auditd).batch
    #expect(batch.text("process.name", row: 0) == "a b c")
    #expect(batch.text("process.executable", row: 0) == "6162")
    #expect(batch.text("a0", row: 0) == "6162")
    #expect(batch.text("key", row: 0) == "k1,k2")
  }

  @Test("who never logged in is not who acts")
  func unset() {
    let line =
      "type=SYSCALL msg=audit(1767225600.1:1): pid=1 uid=0\u{1d}AUID=\"unset\" UID=\"root\""
    let batch = normalize([line], as: .auditd).batch
    #expect(batch.text("user.name", row: 0) == "root")
    #expect(batch.text("user.id", row: 0) == nil)
  }

  @Test("where auditd gives no names, who logged in is a number; the end of an event is none")
  func numbers() {
    let line = { (auid: String) in
      "type=SYSCALL msg=audit(1767225600.1:1): pid=1 auid=\(auid) uid=0 exe=\"/bin/cat\""
    }
    #expect(normalize([line("1000")], as: .auditd).batch.text("user.name", row: 0) == "#1000")
    for unset in ["4294967295", "-1", "unset"] {
      #expect(normalize([line(unset)], as: .auditd).batch.text("user.name", row: 0) == nil)
    }
    let named = line("1000") + "\u{1d}AUID=\"alice\" UID=\"root\""
    #expect(normalize([named], as: .auditd).batch.text("user.name", row: 0) == "alice")
    let end = normalize(["type=EOE msg=audit(1767225600.1:1):"], as: .auditd)
    #expect(end.deadLetterCount == 0 && end.batch.rowCount == 0)
  }

  @Test("FortiGate's time is that since 1970, else the local one with its zone")
  func fortiGate() {
    let zone =
      #"date=2026-03-02 time=11:14:07 tz="+0100" devname="fw" action="deny" srcip=10.0.0.1"#
    let epoch =
      #"date=2026-03-02 time=23:14:07 eventtime=1772446447000000000 tz="+1300" devname="fw""#
    for line in [zone, epoch] {
      let batch = normalize([line], as: .kv).batch
      #expect(batch.timed[0] && batch.times[0] == 1_772_446_447_000_000_000, "\(line)")
    }
  }

  @Test("how an SSH client calls itself is no user; a principal of Kerberos is")
  func zeekClients() {
    let line = { (client: String) in
      #"{"ts":1767225600.5,"uid":"C1","id.orig_h":"10.0.0.1","client":"\#(client)"}"#
    }
    let ssh = normalize([line("SSH-2.0-OpenSSH_9.6")], as: .zeek).batch
    #expect(ssh.text("user.name", row: 0) == nil)
    #expect(ssh.text("client", row: 0) == "SSH-2.0-OpenSSH_9.6")
    let kerberos = normalize([line("alice/EXAMPLE.COM")], as: .zeek).batch
    #expect(kerberos.text("user.name", row: 0) == "alice/EXAMPLE.COM")
  }

  @Test("in Azure's audit log it is the account that acts, not a name for show")
  func azureAudit() {
    let line =
      #"{"time":"2026-03-02T10:14:07Z","operationName":"Add user","category":"AuditLogs","identity":"Jane Doe","properties":{"result":"success","initiatedBy":{"user":{"id":"u-1","userPrincipalName":"jane@example.com","ipAddress":"192.0.2.7"}}}}"#
    let batch = normalize([line], as: .azure).batch
    #expect(batch.text("user.name", row: 0) == "jane@example.com")
    #expect(batch.text("user.id", row: 0) == "u-1")
    #expect(batch.text("source.ip", row: 0) == "192.0.2.7")
    let nobody =
      #"{"time":"2026-03-02T10:14:07Z","operationName":"Sign-in","category":"SignInLogs","identity":"Jane Doe","properties":{}}"#
    #expect(normalize([nobody], as: .azure).batch.text("user.name", row: 0) == nil)
  }

  @Test("of the addresses that Kubernetes names the first is the client's")
  func kubernetesClient() {
    let line =
      #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"a","verb":"get","stageTimestamp":"2026-03-02T10:14:07Z","sourceIPs":["192.0.2.7","10.0.0.1"]}"#
    #expect(normalize([line], as: .kubernetes).batch.text("source.ip", row: 0) == "192.0.2.7")
  }

  @Test("a message of the journal that lost its end is counted")
  func longJournalMessage() {
    func line(_ count: Int) -> String {
      let bytes = Array(repeating: "97", count: count).joined(separator: ",")
      return
        #"{"__REALTIME_TIMESTAMP":"1767225600000000","SYSLOG_IDENTIFIER":"x","MESSAGE":[\#(bytes)]}"#
    }
    #expect(normalize([line(100)], as: .journald).droppedFieldCount == 0)
    let long = normalize([line(5_000)], as: .journald)
    #expect(long.droppedFieldCount == 1)
    #expect(long.batch.text("message", row: 0)?.utf8.count ?? 0 >= 4_096)
  }

  @Test("every record of an OTLP envelope is an event, with its resource")
  func envelope() {
    let record = { (model: String) in
      #"{"timeUnixNano":"1767225600000000000","attributes":[{"key":"gen_ai.request.model","value":{"stringValue":"\#(model)"}}]}"#
    }
    let resource = #"{"attributes":[{"key":"service.name","value":{"stringValue":"bot"}}]}"#
    let line =
      #"{"resourceLogs":[{"resource":\#(resource),"scopeLogs":[{"logRecords":[\#(record("a")),\#(record("b"))]}]},{"scopeLogs":[{"logRecords":[\#(record("c"))]}]}]}"#
    let result = normalize([line], as: .otel)
    #expect(result.recordCount == 3)
    let batch = result.batch
    #expect(
      (0..<3).map { batch.text("gen_ai.request.model", row: $0) } == ["a", "b", "c"]
    )
    #expect((0..<3).map { batch.text("process.name", row: $0) } == ["bot", "bot", nil])
    let first = batch.records[0]
    let bytes = batch.raw[first.start..<first.start + first.length]
    #expect(String(decoding: bytes, as: UTF8.self) == record("a"))
  }

  @Test(
    "every span of an OTLP envelope is an event, with its resource, its time and how long it took"
  )
  func spans() {
    let span = { (model: String, status: String) in
      #"{"traceId":"t","spanId":"s","name":"chat \#(model)","kind":3,"startTimeUnixNano":"1767225600000000000","endTimeUnixNano":"1767225601500000000","attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},{"key":"gen_ai.request.model","value":{"stringValue":"\#(model)"}},{"key":"gen_ai.usage.input_tokens","value":{"intValue":"12"}}],"events":[{"name":"e","attributes":[{"key":"k","value":{"stringValue":"v"}}]}],"status":{\#(status)}}"#
    }
    let resource = #"{"attributes":[{"key":"service.name","value":{"stringValue":"bot"}}]}"#
    let line =
      #"{"resourceSpans":[{"resource":\#(resource),"scopeSpans":[{"scope":{"name":"x"},"spans":[\#(span("a", "")),\#(span("b", #""code":2"#))]}]},{"instrumentationLibrarySpans":[{"spans":[\#(span("c", #""code":"STATUS_CODE_OK""#))]}]}]}"#
    let result = normalize([line], as: .otel)
    #expect(result.deadLetterCount == 0)
    let batch = result.batch
    func texts(_ name: String) -> [String?] {
      (0..<batch.rowCount).map { batch.text(name, row: $0) }
    }
    #expect(texts("gen_ai.request.model") == ["a", "b", "c"])
    #expect(texts("process.name") == ["bot", "bot", nil])
    #expect(texts("event.outcome") == ["success", "failure", "success"])
    #expect(texts("event.duration") == Array(repeating: "1500000000", count: 3))
    #expect(texts("gen_ai.usage.input_tokens") == Array(repeating: "12", count: 3))
    #expect(texts("event.action") == ["chat a", "chat b", "chat c"])
    #expect(texts("events.attributes.k") == ["v", "v", "v"])
    #expect(batch.times.allSatisfy { $0 == 1_767_225_600_000_000_000 })
    #expect(batch.logSources[0] == LogSource(product: "otel", category: "model_access"))
    let first = batch.records[0]
    let bytes = batch.raw[first.start..<first.start + first.length]
    #expect(String(decoding: bytes, as: UTF8.self) == span("a", ""))
  }

  @Test("an OTLP envelope without records is no event, or a dead letter if it has something else")
  func emptyEnvelope() {
    let empty = normalize([#"{"resourceSpans":[]}"#], as: .otel)
    #expect(empty.batch.rowCount == 0 && empty.deadLetterCount == 0)
    let other = normalize([#"{"resourceSpans":[{"x":[{"text":"CANARY"}]}]}"#], as: .otel)
    #expect(other.deadLetters.map(\.reason) == ["no record in an OTLP envelope"])
    #expect(!String(decoding: other.batch.raw, as: UTF8.self).contains("CANARY"))
  }

  @Test("a text of JSON that was cut stays a text")
  func cutDocument() {
    let line =
      #"{"time":"2026-03-02T10:14:07Z","operationName":"x","category":"Administrative","properties":"{\"a\":\"b"}"#
    let batch = normalize([line], as: .azure).batch
    #expect(batch.text("properties", row: 0) == #"{"a":"b"#)
  }

  @Test("documents inside documents are opened, so many and no more")
  func nested() {
    var text = #"{"deep":"bottom"}"#
    for _ in 0..<8 {
      let quoted = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      text = "{\"properties\":\"" + quoted + "\"}"
    }
    let line =
      #"{"time":"2026-03-02T10:14:07Z","operationName":"x","category":"Policy","p":\#(text)}"#
    let result = normalize([line], as: .azure)
    #expect(result.deadLetterCount == 0)
    let depth = result.batch.schema.names.map { $0.split(separator: ".").count }.max() ?? 0
    #expect(depth <= Limits.embeddedDepthMax + 2)
  }

  static let durations: [(text: String, nanoseconds: Int64?)] = [
    ("462.583µs", 462_583), ("4m14s", 254_000_000_000), ("300ms", 300_000_000),
    ("1.125268431s", 1_125_268_431), ("1h2m3.5s", 3_723_500_000_000), ("17ns", 17),
    ("", nil), ("12", nil), ("1x", nil), ("99999999999999999999h", nil), ("s", nil),
  ]

  @Test("durations of Go", arguments: durations)
  func duration(_ example: (text: String, nanoseconds: Int64?)) {
    let bytes = Array(example.text.utf8)
    #expect(GoDuration.nanoseconds(bytes.span, 0..<bytes.count) == example.nanoseconds)
  }

  @Test("Ollama's time is that of the source's zone")
  func localTime() {
    let line = #"[GIN] 2025/10/03 - 13:18:05 | 200 | 1s | ::1 | POST "/api/chat""#
    let batch = makeNormalizer().normalize(
      chunk([line]),
      as: .ollama,
      settings: SourceSettings(zone: { _ in 7_200 })
    ).batch
    #expect(batch.time(0).map { "\($0)" } == "2025-10-03T11:18:05Z")
  }

  @Test("a row that was torn is no row of a table with other values")
  func tornRow() {
    let head = [
      #"#separator \x09"#, "#path\tconn", "#fields\tts\tuid\tid.orig_h", "#types\ta\tb\tc",
    ]
    let result = normalize(head + ["1\tC", "1\tC\t10.0.0.1", "1\tC\tx\ty"], as: .zeek)
    #expect(result.batch.rowCount == 1)
    #expect(result.deadLetterCount == 2)
    let csv = normalize(["a,user", #"1,"x"#, "1,2,3", "1,ann"], as: .csv)
    #expect(csv.batch.rowCount == 1)
    #expect(csv.deadLetterCount == 2)
  }

  @Test("bytes that are not UTF-8 are read, repaired")
  func notUTF8() {
    let line = Array("user=".utf8) + [0xff, 0xfe] + Array(" host=a".utf8)
    let result = makeNormalizer().normalize(
      chunk([line]),
      as: .kv,
      settings: SourceSettings()
    )
    #expect(result.batch.text("user.name", row: 0) == "\u{FFFD}\u{FFFD}")
  }

  @Test("shapes leave out what differs")
  func shapes() {
    #expect(
      RecordShape.of("Failed from 203.0.113.9 port 50412 id deadbeef01".utf8)
        == "Failed from # port 0 id #"
    )
    let result = normalize(["x 1", "x 2", "y"], as: .access, detectsEachRecord: false)
    #expect(result.failureShapes.map(\.shape) == ["x 0", "y"])
    #expect(result.failureShapes.map(\.count) == [2, 1])
  }
}
