import Foundation
import Testing
import VedetteEvent

@testable import VedetteRules

/// The tables of fields behind the check `unknown-field`.
@Suite("Tables of fields")
struct FieldTaxonomyTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let logSource: String
    let known: [String]
    let unknown: [String: String]
    var testDescription: String { logSource }
  }

  static let cases: [Case] = [
    Case(
      logSource: "{product: aws, service: cloudtrail}",
      known: ["eventname", "userIdentity.arn", "requestParameters.a.b", "source.ip"],
      unknown: ["eventNmae": "eventName", "src_country": "", "requestParametersx": ""]
    ),
    Case(
      logSource: "{product: azure, service: signinlogs}",
      known: ["ResultType", "properties.appId", "ClientApp", "Status.errorCode"],
      unknown: ["ResultTpye": "resultType"]
    ),
    Case(
      logSource: "{product: okta, service: okta}",
      known: ["eventType", "actor.alternateId"],
      unknown: ["evenType": "eventType"]
    ),
    Case(
      logSource: "{product: zeek, service: dns}",
      known: ["query", "id.resp_p", "Z"],
      unknown: ["qeury": "query", "c-uri": ""]
    ),
    Case(
      logSource: "{product: kubernetes, service: audit}",
      known: ["verb", "objectRef.resource", "hostPath"],
      unknown: ["objectReference.resource": ""]
    ),
    Case(
      logSource: "{product: linux, service: auditd}",
      known: ["a0", "type", "SYSCALL", "exe"],
      unknown: ["CommandLine": ""]
    ),
    Case(
      logSource: "{product: x, service: y}",
      known: ["anything", "usr.nm", "source.ip", "sourc_ip"],
      unknown: ["source.ipp": "source.ip", "gen_ai.request.modl": "gen_ai.request.model"]
    ),
    Case(
      logSource: "{category: model_access}",
      known: ["requestId", "metadata.user_api_key", "my.own.name"],
      unknown: ["usr.name": "user.name"]
    ),
    Case(
      logSource: "{product: windows}",
      known: ["ServiceFileName", "ScriptBlockText", "LogonType", "TargetObject", "@timestamp"],
      unknown: ["timestamp": "@timestamp", "requestParametersx": ""]
    ),
    Case(
      logSource: "{product: windows, category: process_creation}",
      known: ["Image", "commandline", "ParentProcessName", "winlog.event_data.Image"],
      unknown: ["ComandLine": "CommandLine", "TargetObject": ""]
    ),
    Case(
      logSource: "{product: windows, service: security}",
      known: ["LogonType", "ServiceFileName", "AttributeLDAPDisplayName", "Provider_Name"],
      unknown: ["SubjectAccountName": "", "LogonTyp": "LogonType", "ScriptBlockText": ""]
    ),
    Case(
      logSource: "{product: windows, service: system}",
      known: ["ServiceName", "ImagePath", "param1", "HiveName", "Data"],
      unknown: ["ServcieName": "ServiceName", "RelativeTargetName": ""]
    ),
    Case(
      logSource: "{product: windows, service: application}",
      known: ["AppName", "ExceptionCode", "Data", "Message"],
      unknown: ["AppNmae": "AppName", "HiveName": ""]
    ),
    Case(
      logSource: "{product: windows, service: windefend}",
      known: ["ThreatName", "Path", "Feature_Name"],
      unknown: ["ThreatNmae": "ThreatName"]
    ),
    Case(
      logSource: "{product: windows, service: smbserver-connectivity}",
      known: ["EncyptionUsed", "ClientAddress"],
      unknown: ["ClientAdress": "ClientAddress"]
    ),
    Case(
      logSource: "{category: model_access}",
      known: ["gen_ai.request.model", "ai.error.kind", "department", "gen_ai.system"],
      unknown: [
        "gen_ai.usage.input_token": "gen_ai.usage.input_tokens", "ai.costs.usd": "ai.cost.usd",
      ]
    ),
    Case(
      logSource: "{product: gateway, category: model_access}",
      known: ["api_key", "tokens.in", "of.our.own"],
      unknown: ["gen_ai.request.modell": "gen_ai.request.model"]
    ),
    Case(
      logSource: "{product: azure, category: model_access}",
      known: ["callerIpAddress"],
      unknown: ["ai.api_key.ash": "ai.api_key.hash"]
    ),
    Case(
      logSource: "{product: bedrock, category: model_access}",
      known: ["modelId", "input.inputTokenCount", "gen_ai.request.model"],
      unknown: ["modleId": "modelId", "model_id": "modelId"]
    ),
    Case(
      logSource: "{product: openai, category: model_access, service: audit}",
      known: ["actor.session.ip_address", "api_key.created.data.scopes"],
      unknown: ["actr.session": "", "efective_at": "effective_at"]
    ),
    Case(
      logSource: "{product: litellm, category: model_access}",
      known: ["call_type", "metadata.user_api_key_alias"],
      unknown: ["call_typ": "call_type"]
    ),
  ]

  private static func messages(
    _ logSource: String,
    _ field: String,
    _ linter: RuleLinter = RuleLinter()
  ) -> [String] {
    let yaml = """
      title: A rule
      logsource: \(logSource)
      detection:
        selection:
          '\(field)': x
        condition: selection
      """
    let file = RuleFile(path: "a.yml", relativePath: "a.yml", bytes: Array(yaml.utf8))
    return linter.lint([file]).filter { $0.check == "unknown-field" }.map(\.message)
  }

  @Test("a field that events of the log source have is known", arguments: cases)
  func fields(_ example: Case) throws {
    for field in example.known { #expect(Self.messages(example.logSource, field) == []) }
    for (field, nearest) in example.unknown {
      let message = try #require(Self.messages(example.logSource, field).first, "\(field)")
      #expect(message.contains("'\(field)' is not known"))
      #expect(nearest.isEmpty || message.contains("did you mean '\(nearest)'?"), "\(message)")
    }
  }

  @Test("with a mapping a field is judged by the names that it is given")
  func mapped() throws {
    let logSource = "{product: okta, service: okta}"
    func linter(_ text: String) throws -> RuleLinter {
      RuleLinter(mapping: try RuleMappingReader(path: "m.yml").read(Array(text.utf8)))
    }
    let rename = try linter("transformations: [{type: field_name_mapping, mapping: {who: actor}}]")
    #expect(Self.messages(logSource, "who").count == 1)
    #expect(Self.messages(logSource, "who", rename) == [])
    #expect(Self.messages(logSource, "whom", rename).count == 1)
    let other = try linter(
      """
      transformations:
        - type: change_logsource
          service: own
          rule_conditions: [{type: logsource, product: okta}]
      """
    )
    #expect(Self.messages(logSource, "who", other) == [])
    #expect(Self.messages("{product: aws, service: cloudtrail}", "who", other).count == 1)
    let own = try linter(
      """
      logsources:
        - product: okta
          service: okta
          events: [{when: {kind: okta}, fields: {who: actor.id}}]
      """
    )
    #expect(Self.messages(logSource, "who", own) == [])
  }

  @Test(
    "a table that is not understood is an error at its place",
    arguments: [
      ("fields: [{names: [a]}]", "1:10: error: 'logsources' is missing"),
      ("fields: [{logsources: [{product: a}], names: [b, B]}]", "'B' is there twice"),
      ("fields: [{logsources: [{product: a}], below: [b], names: [b.c]}]", "known by 'below'"),
      ("fields: [{logsources: [{product: a}, {product: a}], names: [b]}]", "has a table already"),
      ("fields: [{logsources: [{product: a}], nams: [b]}]", "did you mean 'names'?"),
      ("field: []", "did you mean 'fields'?"),
      ("fields: [{logsources: [{product: a}], groups: [b]}]", "error: there is no group 'b'"),
      (
        "groups: {abc: {names: [x]}}\nfields: [{logsources: [{product: a}], groups: [abd]}]",
        "there is no group 'abd'; did you mean 'abc'?"
      ),
      (
        "groups: {g: {names: [b]}}\nfields: [{logsources: [{product: a}], groups: [g], names: [B]}]",
        "'B' is there twice"
      ),
      ("groups: {g: {nams: [b]}}\nfields: []", "did you mean 'names'?"),
      ("fields: [{logsources: [{product: a}], others: unknown}]", "'others' is 'known'"),
    ]
  )
  func faults(_ text: String, _ message: String) {
    do throws(MappingError) {
      _ = try FieldTableReader(path: "f.yml").read(Array(text.utf8))
      Issue.record("\(text) was read")
    } catch {
      #expect("\(error)".contains(message), "\(error)")
    }
  }

  @Test("what is below a log source with a table of its own is judged by that one")
  func fallback() {
    let anyModel = FieldTaxonomy.fields(LogSource(category: "model_access"))
    let bedrock = LogSource(product: "bedrock", category: "model_access")
    #expect(FieldTaxonomy.fields(bedrock).knowsOthers == false)
    #expect(anyModel.knowsOthers == true)
    // A table that lists all fields is of its own log source alone.
    let server = LogSource(product: "nginx", category: "webserver", service: "nginx")
    #expect(FieldTaxonomy.fields(server).knowsOthers)
    #expect(!FieldTaxonomy.fields(LogSource(product: "windows")).knowsOthers)
  }

  @Test("every table is of a log source that a rule can have events of")
  func tablesAreUsed() {
    let router = Router(.builtIn)
    for source in FieldTaxonomy.builtIn.keys.sorted(by: { $0.description < $1.description })
    where source.product != nil {
      #expect(router.reaches(source), "\(source)")
    }
  }
}
