import Testing
import VedetteEvent

@testable import VedetteRules

@Suite("Routing")
struct RoutingTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let logSource: String
    /// The line of the rule's search.
    let item: String
    let matching: [String]
    let other: [String]
    var testDescription: String { name }
  }

  private static let sysmon = #""Channel":"Microsoft-Windows-Sysmon/Operational""#

  static let cases: [Case] = [
    Case(
      name: "a process creation is Sysmon's 1, or Security's 4688 under other names",
      logSource: "product: windows, category: process_creation",
      item: #"Image|endswith: '\cmd.exe'"#,
      matching: [
        #"{\#(sysmon),"EventID":1,"Image":"C:\\cmd.exe"}"#,
        #"{"Channel":"Security","EventID":"4688","NewProcessName":"C:\\cmd.exe"}"#,
        #"{"_product":"windows","_category":"process_creation","Image":"\\cmd.exe"}"#,
      ],
      other: [
        #"{\#(sysmon),"EventID":5,"Image":"C:\\cmd.exe"}"#,
        #"{"Channel":"Security","EventID":4689,"NewProcessName":"C:\\cmd.exe"}"#,
        #"{"Channel":"Security","EventID":4688,"Image":"C:\\cmd.exe"}"#,
        #"{"_product":"macos","_category":"process_creation","Image":"\\cmd.exe"}"#,
        #"{"_product":"linux","\#("Channel")":"Microsoft-Windows-Sysmon/Operational","EventID":1,"Image":"\\cmd.exe"}"#,
      ]
    ),
    Case(
      name: "a key is added by event 12 of type CreateKey",
      logSource: "product: windows, category: registry_add",
      item: "TargetObject: x",
      matching: [#"{\#(sysmon),"EventID":12,"EventType":"CreateKey","TargetObject":"x"}"#],
      other: [
        #"{\#(sysmon),"EventID":12,"EventType":"DeleteKey","TargetObject":"x"}"#,
        #"{\#(sysmon),"EventID":12,"TargetObject":"x"}"#,
      ]
    ),
    Case(
      name: "and deleted by event 12 of another",
      logSource: "product: windows, category: registry_delete",
      item: "TargetObject: x",
      matching: [
        #"{\#(sysmon),"EventID":12,"EventType":"DeleteValue","TargetObject":"x"}"#,
        #"{\#(sysmon),"EventID":12,"EventType":"deletekey","TargetObject":"x"}"#,
      ],
      other: [#"{\#(sysmon),"EventID":12,"EventType":"CreateKey","TargetObject":"x"}"#]
    ),
    Case(
      name: "a value is set by event 13, or Security's 4657 that modifies one",
      logSource: "product: windows, category: registry_set",
      item: "Details: y",
      matching: [
        #"{\#(sysmon),"EventID":13,"Details":"y"}"#,
        #"{"Channel":"Security","EventID":4657,"OperationType":"%%1905","NewValue":"y"}"#,
      ],
      other: [#"{"Channel":"Security","EventID":4657,"OperationType":"%%1906","NewValue":"y"}"#]
    ),
    Case(
      name: "an antivirus is Defender too",
      logSource: "category: antivirus",
      item: "Signature: Mimikatz",
      matching: [
        #"{"Channel":"Microsoft-Windows-Windows Defender/Operational","EventID":1116,"ThreatName":"mimikatz"}"#,
        #"{"_category":"antivirus","Signature":"mimikatz"}"#,
      ],
      other: [
        #"{"Channel":"Microsoft-Windows-Windows Defender/Operational","EventID":1117,"ThreatName":"mimikatz"}"#,
        #"{"_category":"other","Signature":"mimikatz"}"#,
      ]
    ),
    Case(
      name: "a service of Windows is a channel",
      logSource: "product: windows, service: security",
      item: "EventID: 4625",
      matching: [
        #"{"Channel":"Security","EventID":4625}"#,
        #"{"_product":"windows","_service":"security","EventID":4625}"#,
      ],
      other: [#"{"Channel":"System","EventID":4625}"#, #"{"_service":"security","EventID":4625}"#]
    ),
    Case(
      name: "category and service are both gates",
      logSource: "product: windows, category: ps_script, service: powershell",
      item: "x: 1",
      matching: [
        #"{"Channel":"PowerShellCore/Operational","EventID":4104,"x":1}"#,
        #"{"_product":"windows","_category":"ps_script","_service":"powershell","x":1}"#,
      ],
      other: [
        #"{"Channel":"PowerShellCore/Operational","EventID":4103,"x":1}"#,
        #"{"_product":"windows","_category":"ps_script","x":1}"#,
      ]
    ),
    Case(
      name: "a product alone is every event of it",
      logSource: "product: windows",
      item: "x: 1",
      matching: [
        #"{"Channel":"Anything","x":1}"#, #"{"_product":"Windows","_service":"q","x":1}"#,
      ],
      other: [#"{"x":1}"#, #"{"_product":"linux","x":1}"#]
    ),
    Case(
      name: "what Debian writes to auth.log is auth",
      logSource: "product: linux, service: auth",
      item: "x: 1",
      matching: [
        #"{"_product":"linux","_service":"auth","x":1}"#,
        #"{"_product":"linux","_service":"sshd","x":1}"#,
        #"{"_product":"linux","_service":"sudo","x":1}"#,
        #"{"_product":"linux","_service":"su","x":1}"#,
      ],
      other: [#"{"_product":"linux","_service":"cron","x":1}"#]
    ),
    Case(
      name: "but sshd is sshd",
      logSource: "product: linux, service: sshd",
      item: "x: 1",
      matching: [#"{"_product":"linux","_service":"sshd","x":1}"#],
      other: [#"{"_product":"linux","_service":"auth","x":1}"#]
    ),
    Case(
      name: "a category alone is of any product",
      logSource: "category: webserver",
      item: "x: 1",
      matching: [#"{"_product":"nginx","_category":"webserver","x":1}"#],
      other: [#"{"_product":"nginx","x":1}"#]
    ),
    Case(
      name: "words that no table knows are those of the event",
      logSource: "product: acme, category: model_access, service: thing",
      item: "x: 1",
      matching: [#"{"_product":"ACME","_category":"model_access","_service":"Thing","x":1}"#],
      other: [
        #"{"_product":"acme","_category":"model_access","x":1}"#,
        #"{"_category":"model_access","_service":"thing","x":1}"#,
      ]
    ),
  ]

  @Test("each word of a log source is a gate", arguments: cases)
  func gates(_ example: Case) throws {
    let rule = RuleText.rule("s: {\(example.item)}\ncondition: s", logSource: example.logSource)
    let rules = RuleText.load(rule)
    #expect(rules.errors == [])
    let expected = example.matching.map { _ in true } + example.other.map { _ in false }
    #expect(try RuleText.matches(rules, example.matching + example.other, nil) == expected)
  }

  @Test("an asserted log source opens the gate whatever the event's fields")
  func asserted() throws {
    let rules = RuleText.load(
      RuleText.rule("s: {x: 1}\ncondition: s", logSource: "product: windows, category: image_load")
    )
    let source = LogSource(product: "windows", category: "image_load")
    #expect(try RuleText.matches(rules, [#"{"x":1}"#], source) == [true])
    #expect(try RuleText.matches(rules, [#"{"x":1}"#], LogSource(product: "windows")) == [false])
  }
}
