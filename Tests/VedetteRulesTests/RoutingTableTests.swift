import Testing
import VedetteEvent

@testable import VedetteRules

/// The tables of log sources: which events they take for what, and that they hold together.
@Suite("Routing tables")
struct RoutingTableTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let logSource: String
    /// The line of the rule's search.
    let item: String
    let matching: [String]
    var other: [String] = []
    var testDescription: String { logSource }
  }

  static let windows: [Case] = [
    Case(
      logSource: "product: windows, category: process_creation",
      item: "CommandLine: x",
      matching: [
        #"{"Channel":"ForwardedEvents","Provider_Name":"Microsoft-Windows-Sysmon","EventID":1,"CommandLine":"x"}"#,
        #"{"_product":"windows","_service":"sysmon","EventID":1,"CommandLine":"x"}"#,
      ],
      other: [
        #"{"Channel":"ForwardedEvents","Provider_Name":"Other","EventID":1,"CommandLine":"x"}"#
      ]
    ),
    Case(
      logSource: "product: windows, category: file_delete",
      item: "TargetFilename: x",
      matching: [
        #"{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":23,"TargetFilename":"x"}"#
      ],
      other: [
        #"{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":26,"TargetFilename":"x"}"#
      ]
    ),
    Case(
      logSource: "product: rpc_firewall, category: application",
      item: "EventLog: RPCFW",
      matching: [#"{"EventLog":"RPCFW","EventID":3}"#],
      other: [#"{"Channel":"RPCFW","EventID":3}"#, #"{"EventID":3,"EventLog":"x"}"#]
    ),
  ]

  static let unix: [Case] = [
    Case(
      logSource: "product: linux, service: auditd",
      item: "a0: x",
      matching: [
        #"{"type":"EXECVE","argc":2,"a0":"x"}"#, #"{"type":"SYSCALL","pid":7,"a0":"x"}"#,
        #"{"event.module":"auditd","auditd.data.a0":"x"}"#,
        #"{"_product":"linux","_service":"auditd","a0":"x"}"#,
      ],
      other: [#"{"type":"GET","pid":7,"a0":"x"}"#, #"{"type":"EXECVE","a0":"x"}"#]
    ),
    Case(
      logSource: "product: linux, category: process_creation",
      item: "Image|endswith: /sh",
      matching: [
        #"{"_product":"linux","Channel":"Linux-Sysmon/Operational","EventID":1,"Image":"/bin/sh"}"#,
        #"{"event.module":"endpoint","host.os.type":"linux","event.category":"process","process.executable":"/bin/sh"}"#,
      ],
      other: [
        #"{"event.module":"endpoint","host.os.type":"macos","event.category":"process","process.executable":"/bin/sh"}"#
      ]
    ),
    Case(
      logSource: "product: macos, category: process_creation",
      item: "Image|endswith: /sh",
      matching: [
        #"{"event.module":"endpoint","host.os.type":"macos","event.category":"process","process.executable":"/bin/sh"}"#
      ],
      other: [#"{"Image":"/bin/sh"}"#]
    ),
    Case(
      logSource: "product: cisco, service: aaa",
      item: "x: 1",
      matching: [#"{"_product":"cisco","_service":"syslog","x":1}"#],
      other: [#"{"_product":"linux","_service":"syslog","x":1}"#]
    ),
  ]

  static let clouds: [Case] = [
    Case(
      logSource: "product: aws, service: cloudtrail",
      item: "eventName: X",
      matching: [
        #"{"eventSource":"iam.amazonaws.com","eventName":"x","eventVersion":"1.08"}"#,
        #"{"_product":"aws","_service":"cloudtrail","eventName":"x"}"#,
      ],
      other: [#"{"eventSource":"Exchange","eventName":"x"}"#]
    ),
    Case(
      logSource: "product: azure, service: signinlogs",
      item: "AuthenticationRequirement: x",
      matching: [
        #"{"category":"SignInLogs","properties":{"authenticationRequirement":"x"}}"#,
        #"{"Type":"SigninLogs","AuthenticationRequirement":"x"}"#,
      ],
      other: [#"{"category":"AuditLogs","properties":{"authenticationRequirement":"x"}}"#]
    ),
    Case(
      logSource: "product: azure, service: activitylogs",
      item: "operationName: A/WRITE",
      matching: [
        #"{"category":"Administrative","resourceId":"/s","operationName":"a/write"}"#,
        #"{"CategoryValue":"Administrative","OperationNameValue":"a/write"}"#,
      ],
      other: [#"{"category":"Administrative","operationName":"a/write"}"#]
    ),
    Case(
      logSource: "product: gcp, service: gcp.audit",
      item: "gcp.audit.method_name|endswith: .insert",
      matching: [
        #"{"logName":"projects/p/logs/cloudaudit.googleapis.com%2Factivity","protoPayload":{"methodName":"a.insert"}}"#,
        #"{"data":{"logName":"x/cloudaudit.googleapis.com/y","protoPayload":{"methodName":"a.insert"}}}"#,
        #"{"event.dataset":"gcp.audit","gcp.audit.method_name":"a.insert"}"#,
      ],
      other: [#"{"logName":"projects/p/logs/other","protoPayload":{"methodName":"a.insert"}}"#]
    ),
    Case(
      logSource: "product: azure, service: pim",
      item: "riskEventType: x",
      matching: [#"{"riskEventType":"x"}"#, #"{"_product":"azure","riskEventType":"x"}"#],
      other: [#"{"_product":"azure","_service":"riskdetection","riskEventType":"x"}"#]
    ),
    Case(
      logSource: "product: m365, service: audit",
      item: "Operation: x",
      matching: [#"{"Workload":"Exchange","RecordType":2,"Operation":"x"}"#],
      other: [#"{"Workload":"Exchange","Operation":"x"}"#]
    ),
    Case(
      logSource: "product: okta, service: okta",
      item: "eventtype: a.b",
      matching: [
        #"{"eventType":"a.b","legacyEventType":"c"}"#,
        #"{"eventType":"a.b","actor":{"alternateId":"u"}}"#,
      ],
      other: [#"{"eventType":"a.b"}"#]
    ),
    Case(
      logSource: "product: github, service: audit",
      item: "action: repo.x",
      matching: [#"{"action":"repo.x","actor":"u","_document_id":"d"}"#],
      other: [#"{"action":"repo.x","actor":"u"}"#]
    ),
    Case(
      logSource: "product: kubernetes, category: application, service: audit",
      item: "verb: create",
      matching: [
        #"{"apiVersion":"audit.k8s.io/v1","verb":"create"}"#,
        #"{"auditID":"1","stage":"ResponseComplete","verb":"create"}"#,
      ],
      other: [#"{"apiVersion":"v1","verb":"create"}"#]
    ),
  ]

  static let kinds: [Case] = [
    Case(
      logSource: "product: zeek, service: dns",
      item: "query: a.b",
      matching: [
        #"{"_path":"dns","query":"a.b"}"#, #"{"uid":"C","qtype_name":"A","query":"a.b"}"#,
      ],
      other: [#"{"_path":"http","query":"a.b"}"#]
    ),
    Case(
      logSource: "category: proxy",
      item: "cs-method: POST",
      matching: [
        #"{"c-uri":"http://a/","cs-method":"POST"}"#,
        #"{"_category":"proxy","cs-method":"POST"}"#,
      ],
      other: [
        #"{"cs-method":"POST"}"#,
        #"{"_product":"zeek","_service":"http","c-uri":"/","cs-method":"POST"}"#,
        #"{"_category":"webserver","c-uri":"/","cs-method":"POST"}"#,
      ]
    ),
    Case(
      logSource: "category: dns",
      item: "query: a.b",
      matching: [
        #"{"record_type":"A","query":"a.b"}"#,
        #"{"dns":{"question":{"name":"a.b"}}}"#,
      ],
      other: [
        #"{"query":"a.b"}"#, #"{"_product":"zeek","record_type":"A","query":"a.b"}"#,
        #"{"Channel":"Microsoft-Windows-Sysmon/Operational","EventID":22,"query":"a.b","record_type":"A"}"#,
      ]
    ),
    Case(
      logSource: "category: firewall",
      item: "dst_port: 22",
      matching: [
        #"{"src_ip":"192.0.2.1","dst_ip":"192.0.2.2","dst_port":22}"#
      ],
      other: [#"{"dst_port":22}"#]
    ),
    Case(
      logSource: "category: webserver",
      item: "cs-method: GET",
      matching: [#"{"cs-uri-stem":"/","cs-method":"GET"}"#],
      other: [#"{"cs-method":"GET"}"#]
    ),
    Case(
      logSource: "category: model_access",
      item: "x: 1",
      matching: [#"{"_product":"litellm","_category":"model_access","x":1}"#],
      other: [#"{"_product":"litellm","x":1}"#]
    ),
  ]

  @Test("events are known by their fields", arguments: windows + unix + clouds + kinds)
  func forms(_ example: Case) throws {
    let rule = RuleText.rule("s: {\(example.item)}\ncondition: s", logSource: example.logSource)
    let rules = RuleText.load(rule)
    #expect(rules.errors == [])
    let expected = example.matching.map { _ in true } + example.other.map { _ in false }
    #expect(try RuleText.matches(rules, example.matching + example.other, nil) == expected)
    #expect(rules.logSources.map(\.isRouted) == [true])
  }

  @Test("what an entry rests on is in the tables, and no entry rests on itself")
  func resolves() throws {
    let table = RoutingTable.builtIn
    let entries = table.allEntries
    #expect(entries.count > 120 && table.readerSources.count > 15)
    for entry in entries {
      for passage in entry.passages {
        for condition in passage.conditions {
          #expect(!condition.field.isEmpty && !condition.values.isEmpty)
        }
        guard var base = passage.base else { continue }
        base.product = base.product ?? entry.product
        let isKnown =
          !table.entries(for: base).isEmpty
          || table.readerSources.contains(where: base.admits)
          // What PAM and login say is asserted, not read.
          || ["pam", "login"].contains(base.service)
        #expect(isKnown, "\(entry) rests on \(base)")
      }
      let source = LogSource(
        product: entry.product,
        category: entry.category,
        service: entry.service
      )
      #expect(Router(table).reaches(source), "\(source)")
      #expect(depth(source, table, 0) < 4, "\(source) rests on itself")
    }
  }

  private func depth(_ source: LogSource, _ table: RoutingTable, _ level: Int) -> Int {
    guard level < 10 else { return level }
    let passages = table.entries(for: source).flatMap { entry in
      entry.passages.compactMap { passage -> LogSource? in
        guard var base = passage.base else { return nil }
        base.product = base.product ?? entry.product
        return base
      }
    }
    return passages.map { depth($0, table, level + 1) }.max() ?? level
  }

  @Test("a table that rests on itself ends all the same")
  func circle() throws {
    var table = RoutingTable()
    let text = """
      logsources:
        - {category: a, events: [{of: {category: b}}, {when: {x: 1}}]}
        - {category: b, events: [{of: {category: a}}]}
      """
    try RoutingTableReader(path: "t.yml").read(Array(text.utf8), into: &table)
    let routes = Router(table).routes(LogSource(category: "a"))
    #expect(routes.count > 1 && routes.count < 20)
  }

  @Test("nearly all of SigmaHQ's rules are routed", .enabled(if: SharedData.isThere))
  func coverage() throws {
    let uses = try SharedData.rules.get().logSources
    let total = uses.reduce(0) { $0 + $1.ruleCount }
    let routed = uses.filter(\.isRouted).reduce(0) { $0 + $1.ruleCount }
    #expect(total == 3_755)
    #expect(routed >= 3_700)
    #expect(uses.first?.logSource == LogSource(product: "windows", category: "process_creation"))
    let missing = uses.filter { !$0.isRouted }.map(\.logSource.description)
    #expect(missing.contains("product=qualys"))
  }

  @Test(
    "a table that is not understood says where",
    arguments: [
      ("logsources: 1", "1:13: error: 'logsources' is a list, not a number"),
      ("logsorces: []", "1:1: error: unknown key 'logsorces'; did you mean 'logsources'?"),
      (
        "logsources:\n  - category: a\n    events: [{}]",
        "3:14: error: an entry of 'events' needs 'of' or 'when': else every event would be one"
      ),
      (
        "logsources:\n  - product: a",
        "2:5: error: a log source here has a 'category' or a 'service'"
      ),
      (
        "logsources:\n  - category: a",
        "2:5: error: 'events' is missing: say which events these are"
      ),
      (
        "logsources:\n  - category: a\n    events: [{when: {a: {}}}]",
        "3:25: error: 'a' is a text, not a mapping"
      ),
    ]
  )
  func mistakes(text: String, message: String) {
    var table = RoutingTable()
    do throws(MappingError) {
      try RoutingTableReader(path: "t.yml").read(Array(text.utf8), into: &table)
      Issue.record("no error")
    } catch {
      #expect(error.description == "t.yml:\(message)")
    }
  }
}
