import Testing
import VedetteColumns
import VedetteEvent

@testable import VedetteNormalize

@Suite("Syslog reader")
struct SyslogReaderTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let line: String
    var time: String?
    var host: String?
    var program: String?
    var pid: String?
    let message: String
    var action = "syslog_other"
    var level: String?
    var service = "syslog"
    var testDescription: String { line }
  }

  static let cases: [Case] = [
    Case(
      line: "Dec 10 06:55:46 combo kernel: usbcore: registered new driver hub",
      time: "2000-12-10T06:55:46Z",
      host: "combo",
      program: "kernel",
      message: "usbcore: registered new driver hub",
      action: "kernel_other"
    ),
    Case(
      line: "<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8",
      time: "2000-10-11T22:14:15Z",
      host: "mymachine",
      program: "su",
      message: "'su root' failed for lonvick on /dev/pts/8",
      action: "su_other",
      level: "crit",
      service: "su"
    ),
    Case(
      line: "Dec 10 06:55:46 dbus[7]: no host here",
      time: "2000-12-10T06:55:46Z",
      program: "dbus",
      pid: "7",
      message: "no host here",
      action: "dbus_other"
    ),
    Case(
      line: "2026-03-02T10:14:07.120001+01:00 web1 nginx: started",
      time: "2026-03-02T09:14:07.120001Z",
      host: "web1",
      program: "nginx",
      message: "started",
      action: "nginx_other"
    ),
    Case(
      line: "Dec 10 06:55:46 combo syslogd 1.4.1: restart.",
      time: "2000-12-10T06:55:46Z",
      host: "combo",
      program: "syslogd",
      message: "1.4.1: restart.",
      action: "syslogd_other"
    ),
    Case(
      line: "Dec 10 06:55:46 combo  -- root[15633]: ROOT LOGIN ON tty2",
      time: "2000-12-10T06:55:46Z",
      host: "combo",
      program: "-- root",
      pid: "15633",
      message: "ROOT LOGIN ON tty2",
      action: "root_other"
    ),
    Case(
      line: "Dec 10 06:55:46 combo last message repeated 5 times",
      time: "2000-12-10T06:55:46Z",
      host: "combo",
      message: "last message repeated 5 times"
    ),
    Case(
      line: "Dec 10 06:55:46 mail postfix/smtpd[99]: connect from unknown[192.0.2.7]",
      time: "2000-12-10T06:55:46Z",
      host: "mail",
      program: "postfix/smtpd",
      pid: "99",
      message: "connect from unknown[192.0.2.7]",
      action: "smtpd_other"
    ),
    Case(
      line: "Dec 10 06:55:46 mac com.apple.xpc.launchd[1] (com.apple.x): Service exited",
      time: "2000-12-10T06:55:46Z",
      host: "mac",
      program: "com.apple.xpc.launchd",
      pid: "1",
      message: "(com.apple.x): Service exited",
      action: "com_apple_xpc_launchd_other"
    ),
    Case(
      line: "<13>tag[3]: no time",
      program: "tag",
      pid: "3",
      message: "no time",
      action: "tag_other",
      level: "notice"
    ),
    Case(line: "<13>just text", message: "just text", level: "notice"),
    Case(line: "<13>", message: "", level: "notice"),
    Case(
      line: "Dec 10 06:55:46",
      time: "2000-12-10T06:55:46Z",
      message: ""
    ),
    Case(
      line: "Dec 10 06:55:46 host tag:",
      time: "2000-12-10T06:55:46Z",
      host: "host",
      program: "tag",
      message: "",
      action: "tag_other"
    ),
    Case(
      line: "Dec 10 06:55:46 host tag[1]:text",
      time: "2000-12-10T06:55:46Z",
      host: "host",
      program: "tag",
      pid: "1",
      message: "text",
      action: "tag_other"
    ),
  ]

  @Test("reads the header, whatever is missing", arguments: cases)
  func header(_ example: Case) throws {
    let row = try #require(readText([example.line], as: SyslogReader.self).first?.row)
    #expect(row.time?.description == example.time)
    #expect(row.fields["host.name"] == example.host)
    #expect(row.fields["process.name"] == example.program)
    #expect(row.fields["process.pid"] == example.pid)
    #expect(row.fields["message"] == example.message)
    #expect(row.fields["event.action"] == example.action)
    #expect(row.fields["log.level"] == example.level)
    #expect(row.logSource == LogSource(product: "linux", service: example.service))
  }

  @Test("Cisco's own forms of time and tag")
  func cisco() throws {
    let lines = [
      "<189>29: *Mar  1 18:46:11.123: %SYS-5-CONFIG_I: Configured from console",
      "Mar  1 2026 18:46:11: %ASA-6-302013: Built outbound TCP connection",
    ]
    let rows = readText(lines, as: SyslogReader.self).compactMap(\.row)
    #expect(
      rows.map { $0.fields["process.name"] } == ["%SYS-5-CONFIG_I", "%ASA-6-302013"]
    )
    #expect(rows.map(\.isYearless) == [true, false])
    #expect(rows.map { $0.fields["message"]?.prefix(5) } == ["Confi", "Built"])
    #expect(rows.map(\.logSource.product) == ["cisco", "cisco"])
  }

  @Test("RFC 5424, with its structured data by raw names")
  func modern() throws {
    let line =
      #"<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog 42 ID47 [exampleSDID@32473 "#
      + #"iut="3" eventSource="App\"lication\]"][other@1 x="\a"] "# + "\u{FEFF}An event"
    let row = try #require(readText([line], as: SyslogReader.self).first?.row)
    #expect(row.time?.description == "2003-10-11T22:14:15.003Z")
    #expect(
      row.fields == [
        "host.name": "mymachine.example.com", "process.name": "evntslog", "process.pid": "42",
        "event.code": "ID47", "log.level": "notice", "message": "An event",
        "event.action": "evntslog_other", "exampleSDID@32473.iut": "3",
        "exampleSDID@32473.eventSource": #"App"lication]"#, "other@1.x": #"\a"#,
      ]
    )
  }

  @Test("RFC 5424 with nothing known but the message")
  func nilValues() throws {
    let results = readText(
      ["<13>1 - - - - - - hello", "<13>1 - - - - - -", "<13>1 - - - - - [broken hello"],
      as: SyslogReader.self
    )
    let rows = results.compactMap(\.row)
    #expect(rows.map { $0.fields["message"] } == ["hello", "", "[broken hello"])
    #expect(rows.allSatisfy { $0.time == nil && $0.fields["host.name"] == nil })
  }

  @Test("structured data can't pass for what we found")
  func forgedStructuredData() throws {
    let line = #"<38>1 - h a - - [source ip="10.0.0.1" port="1"][event action="x"] hello"#
    let row = try #require(readText([line], as: SyslogReader.self).first?.row)
    #expect(row.fields["source.ip"] == nil && row.fields["event.action"] == "a_other")
    #expect(row.fields["structured_data.source.ip"] == "10.0.0.1")
    #expect(row.fields["structured_data.event.action"] == "x")
  }

  @Test("a byte-order mark at the start of a file is read over")
  func byteOrderMark() throws {
    let line = "\u{FEFF}Dec 10 06:55:46 h a: b"
    let row = try #require(readText([line], as: SyslogReader.self).first?.row)
    #expect(row.time != nil && row.fields["host.name"] == "h")
    #expect(FormatDetector.detect(records: [Array(line.utf8)[...]], path: "").format == .syslog)
  }

  @Test("sshd through RFC 5424 is sshd")
  func modernSSH() throws {
    let line =
      "<38>1 2026-03-02T10:14:07.120Z h sshd 99 - - Failed password for root from 192.0.2.7 port 5 "
      + "ssh2"
    let row = try #require(readText([line], as: SyslogReader.self).first?.row)
    #expect(row.fields["event.action"] == "ssh_login" && row.fields["source.ip"] == "192.0.2.7")
    #expect(row.logSource.service == "sshd" && !row.isYearless)
  }

  @Test("the module in a tag is not part of the program")
  func moduleInTag() throws {
    let line =
      "Jun 14 15:16:01 combo sshd(pam_unix)[19939]: authentication failure; logname= uid=0 euid=0 "
      + "tty=NODEVssh ruser= rhost=218.188.2.4 "
    let row = try #require(readText([line], as: SyslogReader.self).first?.row)
    #expect(row.fields["process.name"] == "sshd" && row.fields["process.pid"] == "19939")
    #expect(row.fields["event.action"] == "pam_auth_failure")
    #expect(row.fields["source.ip"] == "218.188.2.4" && row.fields["user.name"] == nil)
    #expect(row.fields["event.category"] == "authentication")
  }

  @Test(
    "a line that is no syslog is a dead letter",
    arguments: [
      "", " ", "hello", "<", "<13", "<999>x", "<1234>x", "Dec 32 06:55:46 h t: m", "{\"a\":1}",
      "Dec 10 06:55:46x h t: m", "at java.lang.Thread.run(Thread.java:748)",
    ]
  )
  func deadLetters(line: String) {
    #expect(readText([line], as: SyslogReader.self).first?.deadLetter == "no syslog header")
  }

  @Test("an asserted log source replaces what the line says")
  func assertedLogSource() throws {
    let asserted = LogSource(product: "netscreen")
    let context = textContext(logSource: asserted)
    let line = "Dec 10 06:55:46 h sshd[1]: x"
    let row = try #require(readText([line], as: SyslogReader.self, context: context).first?.row)
    #expect(row.logSource == asserted)
  }

  @Test("raw names reach the fields")
  func rawNames() {
    let line = Array("Dec 10 06:55:46 h sudo: a : PWD=/ ; USER=#-1 ; COMMAND=/bin/sh".utf8)
    let batch = readBatch([line], as: SyslogReader.self).batch
    #expect(batch.text("USER", row: 0) == "#-1")
    #expect(batch.text("user", row: 0) == "a")
    #expect(batch.text("COMMAND", row: 0) == "/bin/sh")
    #expect(batch.text("program", row: 0) == "sudo")
  }
}
