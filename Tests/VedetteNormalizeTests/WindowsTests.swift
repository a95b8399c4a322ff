import Foundation
import Testing
import VedetteColumns
import VedetteEvent

@testable import VedetteNormalize

@Suite("Windows events")
struct WindowsTests {
  /// One process creation in the forms that the shippers write.
  static let forms: [(name: String, line: String)] = [
    (
      "flat",
      #"{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Provider_Name":"Microsoft-Windows-Sysmon","Computer":"pc1","UtcTime":"2026-03-02 10:14:07.632","Image":"C:\\Windows\\cmd.exe","CommandLine":"cmd /c \"whoami\"","User":"CORP\\ann"}"#
    ),
    (
      "evtx_dump",
      ##"{"Event":{"#attributes":{"xmlns":"http://schemas.microsoft.com/win/2004/08/events/event"},"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon","Guid":"5770385F"}},"EventID":1,"TimeCreated":{"#attributes":{"SystemTime":"2026-03-02T10:14:07.700000Z"}},"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"pc1"},"EventData":{"UtcTime":"2026-03-02 10:14:07.632","Image":"C:\\Windows\\cmd.exe","CommandLine":"cmd /c \"whoami\"","User":"CORP\\ann"}}}"##
    ),
    (
      "name and text pairs",
      ##"{"Event":{"System":{"Provider":{"@Name":"Microsoft-Windows-Sysmon"},"EventID":{"#text":"1"},"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"pc1"},"EventData":{"Data":[{"@Name":"UtcTime","#text":"2026-03-02 10:14:07.632"},{"#text":"C:\\Windows\\cmd.exe","@Name":"Image"},{"#attributes":{"Name":"CommandLine"},"#text":"cmd /c \"whoami\""},{"Name":"User","Value":"CORP\\ann"}]}}}"##
    ),
    (
      "winlogbeat",
      #"{"@timestamp":"2026-03-02T10:14:08.000Z","event":{"code":"1"},"host":{"name":"pc1"},"winlog":{"channel":"Microsoft-Windows-Sysmon/Operational","event_id":1,"provider_name":"Microsoft-Windows-Sysmon","computer_name":"pc1","event_data":{"UtcTime":"2026-03-02 10:14:07.632","Image":"C:\\Windows\\cmd.exe","CommandLine":"cmd /c \"whoami\"","User":"CORP\\ann"}}}"#
    ),
    (
      "NXLog",
      #"{"EventTime":"2026-03-02 11:14:07","Hostname":"pc1","SourceName":"Microsoft-Windows-Sysmon","EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","UtcTime":"2026-03-02 10:14:07.632","Image":"C:\\Windows\\cmd.exe","CommandLine":"cmd /c \"whoami\"","User":"CORP\\ann"}"#
    ),
  ]

  @Test("reaches Sigma's plain names in every form", arguments: forms)
  func reachesPlainNames(_ form: (name: String, line: String)) {
    let result = normalize([form.line], as: .windows)
    #expect(result.deadLetterCount == 0, "\(result.countsByReason)")
    let batch = result.batch
    let expected = [
      "EventID": "1", "event.code": "1", "Channel": "Microsoft-Windows-Sysmon/Operational",
      "Provider_Name": "Microsoft-Windows-Sysmon", "Computer": "pc1", "host.name": "pc1",
      "Image": #"C:\Windows\cmd.exe"#, "process.executable": #"C:\Windows\cmd.exe"#,
      "CommandLine": #"cmd /c "whoami""#, "process.command_line": #"cmd /c "whoami""#,
      "User": #"CORP\ann"#, "user.name": "ann",
    ]
    for (name, value) in expected { #expect(batch.text(name, row: 0) == value, "\(name)") }
    #expect(batch.time(0).map { "\($0)" } == "2026-03-02T10:14:07.632Z")
    #expect(
      batch.logSource(0)
        == LogSource(product: "windows", category: "process_creation", service: "sysmon")
    )
  }

  static let sources: [(channel: String, id: Int64, category: String?, service: String?)] = [
    ("Microsoft-Windows-Sysmon/Operational", 10, "process_access", "sysmon"),
    ("Microsoft-Windows-Sysmon/Operational", 13, "registry_set", "sysmon"),
    ("Microsoft-Windows-Sysmon/Operational", 22, "dns_query", "sysmon"),
    ("Microsoft-Windows-Sysmon/Operational", 26, "file_delete_detected", "sysmon"),
    ("Microsoft-Windows-Sysmon/Operational", 999, nil, "sysmon"),
    ("Security", 4688, nil, "security"),
    ("System", 7045, nil, "system"),
    ("Microsoft-Windows-PowerShell/Operational", 4104, "ps_script", "powershell"),
    ("PowerShellCore/Operational", 4103, "ps_module", "powershell"),
    ("Windows PowerShell", 400, "ps_classic_start", "powershell-classic"),
    ("Microsoft-Windows-Windows Defender/Operational", 1116, nil, "windefend"),
    ("Microsoft-Windows-AppLocker/EXE and DLL", 8004, nil, "applocker"),
    ("Some other channel", 1, nil, nil),
  ]

  @Test("Sysmon for Linux is of Linux", arguments: ["Linux-Sysmon/Operational", "Linux-Sysmon"])
  func linuxSysmon(channel: String) {
    #expect(
      WindowsLogSource.of(channel: channel, eventID: 1)
        == LogSource(product: "linux", category: "process_creation", service: "sysmon")
    )
  }

  @Test("knows the log source by channel and id", arguments: sources)
  func logSource(_ example: (channel: String, id: Int64, category: String?, service: String?)) {
    #expect(
      WindowsLogSource.of(channel: example.channel, eventID: example.id)
        == LogSource(
          product: "windows",
          category: example.category,
          service: example.service
        )
    )
  }

  private func security(_ id: Int, _ members: String) -> [String: [String]] {
    let line =
      #"{"EventID":\#(id),"Channel":"Security","SystemTime":"2020-08-07 14:32:45",\#(members)}"#
    return normalize([line], as: .windows).batch.fields(0)
  }

  @Test("tells who acts and who is acted on")
  func accounts() {
    let logon = security(
      4625,
      #""SubjectUserName":"-","TargetUserName":"bob","IpAddress":"::ffff:10.0.0.9""#
    )
    #expect(logon["user.name"] == ["bob"])
    #expect(logon["source.ip"] == ["10.0.0.9"])
    #expect(logon["IpAddress"] == ["::ffff:10.0.0.9"])
    #expect(logon["event.outcome"] == ["failure"])
    #expect(logon["event.category"] == ["authentication"])
    let created = security(4720, #""SubjectUserName":"ann","TargetUserName":"new""#)
    #expect(created["user.name"] == ["ann"])
    #expect(created["user.target.name"] == ["new"])
    let local = security(4624, #""TargetUserName":"bob","IpAddress":"-""#)
    #expect(local["source.ip"] == nil)
    #expect(local["event.outcome"] == ["success"])
  }

  @Test("takes members of user data and unnamed data")
  func otherMembers() {
    let line =
      ##"{"Event":{"System":{"EventID":{"#attributes":{"Qualifiers":0},"#text":8004},"Channel":"Microsoft-Windows-AppLocker/EXE and DLL"},"UserData":{"RuleAndFileData":{"PolicyName":"EXE"}},"EventData":{"Data":["one","two"]}}}"##
    let batch = normalize([line], as: .windows).batch
    #expect(batch.text("PolicyName", row: 0) == "EXE")
    #expect(batch.text("EventID", row: 0) == "8004")
    #expect(batch.column("Data")?.texts(0) == ["one", "two"])
    let bare =
      ##"{"Event":{"System":{"EventID":1,"Channel":"Application"},"EventData":{"Data":{"#text":["one","two"]}}}}"##
    #expect(normalize([bare], as: .windows).batch.column("Data")?.texts(0) == ["one", "two"])
  }

  @Test("buries what is no Windows event")
  func otherRecords() {
    let result = normalize(
      [#"{"_product":"zeek","ts":1}"#],
      as: .windows,
      detectsEachRecord: false
    )
    #expect(result.countsByReason.map(\.reason) == ["not a Windows event"])
  }

  @Test("keeps a member apart that is named like a part of the head")
  func memberLikeHead() {
    let line =
      #"{"Event":{"UserData":{"LogFileCleared":{"Channel":"Security"}},"System":{"EventID":104,"Channel":"System"}}}"#
    let batch = normalize([line], as: .windows).batch
    #expect(batch.column("Channel")?.texts(0) == ["System"])
    #expect(batch.text("Event.UserData.LogFileCleared.Channel", row: 0) == "Security")
    #expect(batch.logSource(0).service == "system")
  }

  @Test("reads the names of older shippers")
  func olderNames() {
    let line =
      #"{"log_name":"Security","event_id":4625,"computer_name":"pc1","event_data":{"TargetUserName":"bob"}}"#
    let batch = normalize([line], as: .windows).batch
    #expect(batch.text("EventID", row: 0) == "4625")
    #expect(batch.text("user.name", row: 0) == "bob")
    #expect(batch.text("Computer", row: 0) == "pc1")
    #expect(batch.logSource(0) == LogSource(product: "windows", service: "security"))
  }

  @Test("reads every real event, if the data is there")
  func realEvents() throws {
    let path = sharedFile("data/sigma/dev-events.ndjson.gz")
    guard let path else { return print("left out: no ../shared/data/sigma") }
    let lines = try gunzipLines(path)
    #expect(lines.count == 12_114)
    let normalizer = makeNormalizer { $0.contains("\"_product\"") ? .json : .windows }
    var counts: [LogSource: Int] = [:]
    var timeless = 0
    for start in stride(from: 0, to: lines.count, by: 1_000) {
      let part = chunk(Array(lines[start..<min(start + 1_000, lines.count)]))
      let result = normalizer.normalize(part, as: .windows, settings: SourceSettings())
      #expect(result.deadLetterCount == 0, "\(result.countsByReason)")
      timeless += result.timelessCount
      for row in 0..<result.batch.rowCount { counts[result.batch.logSource(row), default: 0] += 1 }
      expectSameValues(result, part)
    }
    #expect(timeless <= 34, "Zeek's list of loaded scripts has no times")
    #expect(counts[LogSource(product: "zeek", service: "dns")] == 85)
    #expect(counts.filter { $0.key.service == "sysmon" }.reduce(0) { $0 + $1.value } == 9_684)
    #expect(counts.filter { $0.key.service == "security" }.reduce(0) { $0 + $1.value } == 1_183)
  }

  /// Each member of each flat event must be found under its own name, as Foundation reads it.
  private func expectSameValues(_ result: NormalizedChunk, _ part: RecordChunk) {
    for row in stride(from: 0, to: result.batch.rowCount, by: 37) {
      let bytes = Data(result.batch.rawBytes(row))
      guard let tree = try? JSONSerialization.jsonObject(with: bytes) as? [String: Any] else {
        Issue.record("Foundation refuses line \(row)")
        continue
      }
      for (name, value) in tree.sorted(by: { $0.key < $1.key }) {
        guard let text = value as? String else { continue }
        #expect(result.batch.text(name, row: row) == text, "\(name)")
      }
    }
  }
}

/// A file of the folder of shared data beside the package, if it is there.
func sharedFile(_ name: String) -> String? {
  let root = URL(filePath: #filePath).appending(path: "../../../../shared").standardizedFileURL
  let path = root.appending(path: name).path
  return FileManager.default.fileExists(atPath: path) ? path : nil
}

/// The lines of a compressed file.
func gunzipLines(_ path: String) throws -> [String] {
  let process = Process()
  process.executableURL = URL(filePath: "/bin/gzip")
  process.arguments = ["-dc", path]
  let pipe = Pipe()
  process.standardOutput = pipe
  try process.run()
  let data = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
}
