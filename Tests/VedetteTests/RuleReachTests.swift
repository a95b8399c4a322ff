import Testing
import VedetteColumns
import VedetteEvent
import VedetteNormalize
import VedetteRules

@testable import Vedette

/// Whichever way a record is shipped, a rule reaches its fields: real readers, real matching.
@Suite("What rules reach")
struct RuleReachTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let logSource: String
    let item: String
    /// The same event as several shippers write it.
    let lines: [String]
    var testDescription: String { name }
  }

  private static let sysmon = "Microsoft-Windows-Sysmon/Operational"

  static let windows: [Case] = [
    Case(
      name: "a process creation of Sysmon",
      logSource: "product: windows, category: process_creation",
      item: #"Image|endswith: '\cmd.exe', CommandLine|contains: 'whoami', User|endswith: '\ann'"#,
      lines: [
        #"{"EventID":1,"Channel":"\#(sysmon)","Provider_Name":"Microsoft-Windows-Sysmon","Image":"C:\\cmd.exe","CommandLine":"cmd /c whoami","User":"C\\ann"}"#,
        ##"{"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon"}},"EventID":1,"Channel":"\##(sysmon)"},"EventData":{"Image":"C:\\cmd.exe","CommandLine":"cmd /c whoami","User":"C\\ann"}}}"##,
        ##"{"Event":{"System":{"EventID":{"#text":"1"},"Channel":"\##(sysmon)"},"EventData":{"Data":[{"@Name":"Image","#text":"C:\\cmd.exe"},{"@Name":"CommandLine","#text":"cmd /c whoami"},{"@Name":"User","#text":"C\\ann"}]}}}"##,
        #"{"@timestamp":"2026-03-02T10:14:08.000Z","winlog":{"channel":"\#(sysmon)","event_id":1,"provider_name":"Microsoft-Windows-Sysmon","event_data":{"Image":"C:\\cmd.exe","CommandLine":"cmd /c whoami","User":"C\\ann"}}}"#,
        #"{"winlog.channel":"\#(sysmon)","winlog.event_id":"1","winlog.event_data.Image":"C:\\cmd.exe","winlog.event_data.CommandLine":"cmd /c whoami","winlog.event_data.User":"C\\ann"}"#,
        #"{"EventTime":"2026-03-02 11:14:07","Hostname":"pc1","SourceName":"Microsoft-Windows-Sysmon","EventID":1,"Channel":"\#(sysmon)","Image":"C:\\cmd.exe","CommandLine":"cmd /c whoami","User":"C\\ann"}"#,
        #"{"Channel":"ForwardedEvents","Provider_Name":"Microsoft-Windows-Sysmon","EventID":1,"Image":"C:\\cmd.exe","CommandLine":"cmd /c whoami","User":"C\\ann"}"#,
        #"{"Event":{"System":{"Provider":{"@Name":"Microsoft-Windows-Sysmon"},"EventID":1,"Channel":"ForwardedEvents"},"EventData":{"Image":"C:\\cmd.exe","CommandLine":"cmd /c whoami","User":"C\\ann"}}}"#,
        #"{"data":{"win":{"system":{"eventID":"1","channel":"\#(sysmon)","providerName":"Microsoft-Windows-Sysmon"},"eventdata":{"image":"C:\\cmd.exe","commandLine":"cmd /c whoami","user":"C\\ann"}}}}"#,
      ]
    ),
    Case(
      name: "a process creation of Security",
      logSource: "product: windows, category: process_creation",
      item: #"Image|endswith: '\cmd.exe', ParentImage|endswith: '\w.exe', CommandLine: x"#,
      lines: [
        #"{"EventID":4688,"Channel":"Security","NewProcessName":"C:\\cmd.exe","ParentProcessName":"C:\\w.exe","CommandLine":"x"}"#,
        #"{"Event":{"System":{"EventID":4688,"Channel":"Security"},"EventData":{"NewProcessName":"C:\\cmd.exe","ParentProcessName":"C:\\w.exe","CommandLine":"x"}}}"#,
        #"{"winlog":{"channel":"Security","event_id":4688,"event_data":{"NewProcessName":"C:\\cmd.exe","ParentProcessName":"C:\\w.exe","CommandLine":"x"}}}"#,
        #"{"SourceName":"Microsoft-Windows-Security-Auditing","EventID":4688,"Channel":"ForwardedEvents","NewProcessName":"C:\\cmd.exe","ParentProcessName":"C:\\w.exe","CommandLine":"x"}"#,
      ]
    ),
    Case(
      name: "a value of the registry, as Sysmon and as Security say it",
      logSource: "product: windows, category: registry_set",
      item: #"TargetObject|endswith: '\Run\a', Details: 'x.exe'"#,
      lines: [
        #"{"EventID":13,"Channel":"\#(sysmon)","TargetObject":"HKLM\\Run\\a","Details":"x.exe"}"#,
        #"{"EventID":4657,"Channel":"Security","OperationType":"%%1905","ObjectName":"\\REGISTRY\\Run\\a","NewValue":"x.exe"}"#,
        #"{"winlog":{"channel":"Security","event_id":4657,"event_data":{"OperationType":"%%1905","ObjectName":"\\REGISTRY\\Run\\a","NewValue":"x.exe"}}}"#,
      ]
    ),
    Case(
      name: "a script block of PowerShell",
      logSource: "product: windows, category: ps_script",
      item: "ScriptBlockText|contains: IEX",
      lines: [
        #"{"EventID":4104,"Channel":"Microsoft-Windows-PowerShell/Operational","ScriptBlockText":"iex(x)"}"#,
        #"{"Event":{"System":{"EventID":4104,"Channel":"PowerShellCore/Operational"},"EventData":{"ScriptBlockText":"iex(x)"}}}"#,
      ]
    ),
    Case(
      name: "what Defender found",
      logSource: "category: antivirus",
      item: "Signature|contains: Mimikatz",
      lines: [
        #"{"Event":{"System":{"EventID":1116,"Channel":"Microsoft-Windows-Windows Defender/Operational"},"EventData":{"Threat Name":"x","ThreatName":"HackTool:Mimikatz"}}}"#
      ]
    ),
  ]

  static let others: [Case] = [
    Case(
      name: "an element of an array, and of an array of objects",
      logSource: "product: okta, service: okta",
      item: "target.displayName: Admins, eventType: a.b",
      lines: [
        #"{"eventType":"a.b","legacyEventType":"x","target":[{"displayName":"u"},{"displayName":"Admins"}]}"#
      ]
    ),
    Case(
      name: "Zeek's dotted names",
      logSource: "product: zeek, service: conn",
      item: "id.resp_h: 192.0.2.7, id.resp_p: 22",
      lines: [
        #"{"_path":"conn","uid":"C","id.orig_h":"192.0.2.1","id.resp_h":"192.0.2.7","id.resp_p":22}"#,
        #"{"_product":"zeek","_service":"conn","id":{"resp_h":"192.0.2.7","resp_p":22}}"#,
      ]
    ),
    Case(
      name: "a firewall",
      logSource: "category: firewall",
      item: "dst_ip: 192.0.2.7, dst_port: 22",
      lines: [#"{"src_ip":"192.0.2.1","dst_ip":"192.0.2.7","dst_port":22}"#]
    ),
    Case(
      name: "auditd",
      logSource: "product: linux, service: auditd",
      item: "type: EXECVE, a0: cat",
      lines: [#"{"type":"EXECVE","argc":2,"a0":"cat","a1":"/etc/shadow"}"#]
    ),
    Case(
      name: "CloudTrail",
      logSource: "product: aws, service: cloudtrail",
      item: "eventName: StopLogging, userIdentity.type: IAMUser",
      lines: [
        #"{"eventVersion":"1.08","eventTime":"2026-03-02T10:00:00Z","eventSource":"cloudtrail.amazonaws.com","eventName":"StopLogging","userIdentity":{"type":"IAMUser"}}"#
      ]
    ),
    Case(
      name: "an access log",
      logSource: "category: webserver",
      item: "cs-method: GET, cs-uri-query|contains: union, sc-status: 200",
      lines: [
        #"192.0.2.1 - - [02/Mar/2026:10:00:00 +0000] "GET /a?q=union+select HTTP/1.1" 200 5 "-" "curl""#
      ]
    ),
    Case(
      name: "sshd",
      logSource: "product: linux, service: sshd",
      item: "message|contains: 'Failed password'",
      lines: [
        "Mar  2 10:00:00 web01 sshd[7]: Failed password for root from 203.0.113.5 port 22 ssh2"
      ]
    ),
  ]

  @Test("the same fields, however they are shipped", arguments: windows + others)
  func forms(_ example: Case) throws {
    try expectFiring(logSource: example.logSource, item: example.item, on: example.lines)
  }
}
