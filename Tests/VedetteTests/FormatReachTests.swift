import Testing
import VedetteColumns
import VedetteEvent
import VedetteNormalize
import VedetteRules

@testable import Vedette

/// Rules as they are published fire on the records of the formats that they are for, from the bytes
/// of a file to the match.
@Suite("What rules reach in every format")
struct FormatReachTests {
  typealias Case = RuleReachTests.Case

  static let audit = """
    type=SYSCALL msg=audit(1767225600.123:7): arch=c000003e syscall=59 success=yes pid=101 uid=0 exe="/usr/bin/base64" key="k"
    type=EXECVE msg=audit(1767225600.123:7): argc=2 a0="truncate" a1="-s" a2="0"
    type=PATH msg=audit(1767225600.123:7): item=0 name="/etc/ld.so.preload" nametype=NORMAL
    type=PROCTITLE msg=audit(1767225600.123:7): proctitle="truncate"
    """

  static let cases: [Case] = [
    Case(
      name: "auditd, the values of several records of one serial",
      logSource: "product: linux, service: auditd",
      item: "type: EXECVE, a0: truncate, a1: '-s', name: /etc/ld.so.preload",
      lines: [audit]
    ),
    Case(
      name: "auditd, a path",
      logSource: "product: linux, service: auditd",
      item: "type: PATH, name|startswith: /etc/ld.so",
      lines: [audit]
    ),
    Case(
      name: "sshd in the journal",
      logSource: "product: linux, service: sshd",
      item: "message|contains: 'Failed password'",
      lines: [
        #"{"__REALTIME_TIMESTAMP":"1767225600000000","SYSLOG_IDENTIFIER":"sshd","MESSAGE":"Failed password for root from 203.0.113.9 port 22 ssh2"}"#
      ]
    ),
    Case(
      name: "a web server in a container",
      logSource: "category: webserver",
      item: "cs-method: GET, cs-uri-query|contains: union, sc-status: 200",
      lines: [
        #"{"log":"192.0.2.1 - - [02/Mar/2026:10:00:00 +0000] \"GET /a?q=union+select HTTP/1.1\" 200 5\n","stream":"stdout","time":"2026-03-02T10:00:00Z"}"#
      ]
    ),
    Case(
      name: "Azure's activity log",
      logSource: "product: azure, service: activitylogs",
      item: "operationName: MICROSOFT.COMPUTE/VIRTUALMACHINES/DELETE",
      lines: [
        #"{"time":"2026-03-02T10:14:07Z","resourceId":"/SUBSCRIPTIONS/S/R","operationName":"MICROSOFT.COMPUTE/VIRTUALMACHINES/DELETE","category":"Administrative"}"#,
        #"{"records":[{"time":"2026-03-02T10:14:07Z","resourceId":"/SUBSCRIPTIONS/S/R","operationName":"MICROSOFT.COMPUTE/VIRTUALMACHINES/DELETE","category":"Administrative"}]}"#,
      ]
    ),
    Case(
      name: "Azure's sign-ins, their properties an object or a text",
      logSource: "product: azure, service: signinlogs",
      item: "Username: ann@example.org, conditionalAccessStatus: failure",
      lines: [
        #"{"time":"2026-03-02T10:14:07Z","operationName":"Sign-in activity","category":"SignInLogs","properties":{"userPrincipalName":"ann@example.org","conditionalAccessStatus":"failure"}}"#,
        #"{"time":"2026-03-02T10:14:07Z","operationName":"Sign-in activity","category":"SignInLogs","properties":"{\"userPrincipalName\":\"ann@example.org\",\"conditionalAccessStatus\":\"failure\"}"}"#,
      ]
    ),
    Case(
      name: "Azure's audit log",
      logSource: "product: azure, service: auditlogs",
      item: "ActivityDisplayName: 'Add user'",
      lines: [
        #"{"time":"2026-03-02T10:14:07Z","operationName":"Add user","category":"AuditLogs","properties":{"activityDisplayName":"Add user","loggedByService":"Core Directory"}}"#
      ]
    ),
    Case(
      name: "Google Cloud's audit log",
      logSource: "product: gcp, service: gcp.audit",
      item: "gcp.audit.method_name|endswith: SetIamPolicy",
      lines: [
        #"{"logName":"projects/p/logs/cloudaudit.googleapis.com%2Factivity","timestamp":"2026-03-02T10:14:07Z","insertId":"i","protoPayload":{"serviceName":"iam.googleapis.com","methodName":"google.iam.admin.v1.SetIamPolicy"}}"#,
        #"{"data":{"logName":"projects/p/logs/cloudaudit.googleapis.com%2Factivity","protoPayload":{"serviceName":"iam.googleapis.com","methodName":"google.iam.admin.v1.SetIamPolicy"}}}"#,
      ]
    ),
    Case(
      name: "Vertex AI's is Google Cloud's audit log too",
      logSource: "product: gcp, service: gcp.audit",
      item: "gcp.audit.method_name|endswith: setPublisherModelConfig",
      lines: [
        #"{"logName":"projects/p/logs/cloudaudit.googleapis.com%2Factivity","timestamp":"2026-03-02T10:14:07Z","insertId":"i","protoPayload":{"serviceName":"aiplatform.googleapis.com","methodName":"google.cloud.aiplatform.v1.EndpointService.setPublisherModelConfig"}}"#
      ]
    ),
    Case(
      name: "Kubernetes' audit log",
      logSource: "product: kubernetes, category: application, service: audit",
      item: "verb: create, objectRef.resource: pods, objectRef.subresource: exec",
      lines: [
        #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"a","stage":"ResponseComplete","verb":"create","user":{"username":"u"},"objectRef":{"resource":"pods","subresource":"exec"},"stageTimestamp":"2026-03-02T10:14:07.000000Z"}"#
      ]
    ),
    Case(
      name: "Zeek as JSON and as a table",
      logSource: "product: zeek, service: dns",
      item: "query|endswith: '.example', qtype_name: A",
      lines: [
        #"{"ts":1767225600.5,"uid":"C1","id.orig_h":"192.0.2.1","query":"a.example","qtype_name":"A"}"#,
        "#separator \\x09\n#unset_field\t-\n#path\tdns\n#fields\tts\tuid\tid.orig_h\tquery\tqtype_name\n#types\ttime\tstring\taddr\tstring\tstring\n1767225600.5\tC1\t192.0.2.1\ta.example\tA",
      ]
    ),
    Case(
      name: "a firewall's CEF",
      logSource: "category: firewall",
      item: "dst_port: 22, dst_ip: 10.0.0.5",
      lines: [
        "date=2026-03-02 time=10:14:07 src_ip=192.0.2.1 dst_ip=10.0.0.5 dst_port=22"
      ]
    ),
    Case(
      name: "models behind any gateway or provider",
      logSource: "category: model_access",
      item: "ai.error.kind: throttled",
      lines: [
        #"{"ts":1767225600,"model":"m","key_id":"k","status":429}"#,
        #"{"timestamp":"2026-03-02T10:14:07Z","attributes":{"gen_ai.request.model":"m","error.type":"RateLimitError"}}"#,
        #"{"category":"RequestResponse","operationName":"ChatCompletions_Create","resourceId":"/s","resultSignature":"429","time":"2026-03-02T10:14:07Z"}"#,
        #"{"time":"2026-03-02T10:14:07Z","category":"GatewayLogs","operationName":"x","properties":{"method":"POST","responseCode":429}}"#,
      ]
    ),
    Case(
      name: "organizations of providers",
      logSource: "category: model_access",
      item: "event.action|endswith: deleted",
      lines: [
        #"{"object":"organization.audit_log","id":"a","type":"rate_limit.deleted","effective_at":1770979925,"actor":{"type":"session"}}"#,
        #"{"id":"a","created_at":"2026-03-02T10:14:07Z","organization_id":"o","type":"platform_spend_limit_deleted","actor":{"type":"user_actor"}}"#,
      ]
    ),
    Case(
      name: "servers of one's own",
      logSource: "category: model_access",
      item: "source.ip|cidr: 203.0.113.0/24, url.path|startswith: /",
      lines: [
        #"(APIServer pid=1) INFO:     203.0.113.9:59468 - "POST /v1/chat/completions HTTP/1.1" 200 OK"#,
        #"[GIN] 2025/10/03 - 13:18:05 | 200 |  1.1s |     203.0.113.9 | POST     "/api/pull""#,
      ]
    ),
  ]

  @Test("published rules fire", arguments: cases)
  func fires(_ example: Case) throws {
    try expectFiring(logSource: example.logSource, item: example.item, on: example.lines)
  }
}
