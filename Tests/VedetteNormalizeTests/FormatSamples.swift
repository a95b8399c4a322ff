import Testing
import VedetteColumns
import VedetteEvent

@testable import VedetteNormalize

/// Lines as a product writes them, and what they must become.
struct FormatSample: Sendable, CustomTestStringConvertible {
  let name: String
  let format: LogFormat
  /// The records, each as the framer gives it.
  let lines: [String]
  var logSource = LogSource()
  var time: String?
  /// Fields of the last event.
  let fields: [String: String]
  /// Whether a record by itself shows its format; rows of tables do not.
  var isDetected = true
  var testDescription: String { "\(format.rawValue): \(name)" }
}

extension FormatSample {
  static let all = cloud + hosts + network + models + servers

  static let cloud: [FormatSample] = [
    FormatSample(
      name: "an activity of Azure",
      format: .azure,
      lines: [
        #"{"time":"2026-03-02T10:14:07.1200000Z","resourceId":"/SUBSCRIPTIONS/0000-1111/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.COMPUTE/VIRTUALMACHINES/VM1","operationName":"MICROSOFT.COMPUTE/VIRTUALMACHINES/DELETE","category":"Administrative","resultType":"Success","resultSignature":"Succeeded.","durationMs":"72","callerIpAddress":"203.0.113.9:50412","correlationId":"c-1","identity":{"claims":{"name":"Ann Other","http://schemas.microsoft.com/identity/claims/objectidentifier":"o-1"}},"level":"Information","location":"global","properties":"{\"statusCode\":\"OK\",\"eventCategory\":\"Administrative\"}"}"#
      ],
      logSource: LogSource(product: "azure", service: "activitylogs"),
      time: "2026-03-02T10:14:07.120Z",
      fields: [
        "event.action": "MICROSOFT.COMPUTE/VIRTUALMACHINES/DELETE", "event.outcome": "success",
        "source.ip": "203.0.113.9", "user.name": "Ann Other", "user.id": "o-1",
        "cloud.account.id": "0000-1111", "cloud.provider": "azure", "ai.request.id": "c-1",
        "event.duration": "72000000", "properties.eventCategory": "Administrative",
        "error.code": "OK",
      ]
    ),
    FormatSample(
      name: "a sign-in of Azure that failed",
      format: .azure,
      lines: [
        #"{"time":"2026-03-02T10:14:07Z","resourceId":"/tenants/t/providers/Microsoft.aadiam","operationName":"Sign-in activity","category":"SignInLogs","resultType":"50126","callerIpAddress":"198.51.100.4","location":"DE","properties":{"id":"s-1","userPrincipalName":"ann@example.org","userId":"u-1","appDisplayName":"Portal","status":{"errorCode":50126,"failureReason":"Invalid username or password."},"userAgent":"Mozilla/5.0","conditionalAccessStatus":"failure"}}"#
      ],
      logSource: LogSource(product: "azure", service: "signinlogs"),
      time: "2026-03-02T10:14:07Z",
      fields: [
        "event.outcome": "failure", "event.code": "50126", "user.name": "ann@example.org",
        "user.email": "ann@example.org", "user.id": "u-1", "source.ip": "198.51.100.4",
        "error.message": "Invalid username or password.", "cloud.service.name": "Portal",
        "properties.conditionalAccessStatus": "failure",
      ]
    ),
    FormatSample(
      name: "an audit entry of Google Cloud",
      format: .gcp,
      lines: [
        #"{"insertId":"i1","logName":"projects/p1/logs/cloudaudit.googleapis.com%2Factivity","protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog","authenticationInfo":{"principalEmail":"sa@p1.iam.gserviceaccount.com","serviceAccountKeyName":"//iam.googleapis.com/projects/p1/serviceAccounts/sa/keys/k9"},"authorizationInfo":[{"granted":true,"permission":"storage.buckets.setIamPolicy"}],"methodName":"storage.setIamPermissions","requestMetadata":{"callerIp":"203.0.113.7","callerSuppliedUserAgent":"gcloud"},"resourceName":"projects/_/buckets/b1","serviceName":"storage.googleapis.com","status":{"code":7,"message":"PERMISSION_DENIED"}},"resource":{"labels":{"project_id":"p1","location":"eu"},"type":"gcs_bucket"},"severity":"ERROR","timestamp":"2026-03-02T10:14:07.123456789Z"}"#
      ],
      logSource: LogSource(product: "gcp", service: "gcp.audit"),
      time: "2026-03-02T10:14:07.123456789Z",
      fields: [
        "event.action": "storage.setIamPermissions", "event.outcome": "failure",
        "source.ip": "203.0.113.7", "user.email": "sa@p1.iam.gserviceaccount.com",
        "cloud.access_key.id": "k9", "cloud.account.id": "p1", "cloud.region": "eu",
        "error.message": "PERMISSION_DENIED", "cloud.resource.id": "projects/_/buckets/b1",
        "protoPayload.authorizationInfo.permission": "storage.buckets.setIamPolicy",
      ]
    ),
    FormatSample(
      name: "an audit entry out of Pub/Sub, without a status",
      format: .gcp,
      lines: [
        #"{"data":{"insertId":"i2","logName":"projects/p1/logs/cloudaudit.googleapis.com%2Factivity","protoPayload":{"methodName":"google.iam.admin.v1.CreateServiceAccountKey","serviceName":"iam.googleapis.com","authenticationInfo":{"principalEmail":"ann@example.org"}},"timestamp":"2026-03-02T10:14:08Z"}}"#
      ],
      logSource: LogSource(product: "gcp", service: "gcp.audit"),
      time: "2026-03-02T10:14:08Z",
      fields: [
        "event.outcome": "success", "user.name": "ann@example.org",
        "data.protoPayload.methodName": "google.iam.admin.v1.CreateServiceAccountKey",
      ]
    ),
    FormatSample(
      name: "a request to Kubernetes through a proxy",
      format: .kubernetes,
      lines: [
        #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","auditID":"a-1","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/kube-system/secrets/s","verb":"get","user":{"username":"system:serviceaccount:default:web","uid":"u-7","groups":["system:authenticated"]},"sourceIPs":["192.0.2.9","10.0.0.5"],"userAgent":"kubectl/v1.31","objectRef":{"resource":"secrets","namespace":"kube-system","name":"s","apiVersion":"v1"},"responseStatus":{"metadata":{},"status":"Failure","reason":"Forbidden","code":403,"message":"secrets is forbidden"},"requestReceivedTimestamp":"2026-03-02T10:14:07.000000Z","stageTimestamp":"2026-03-02T10:14:07.250000Z"}"#
      ],
      logSource: LogSource(product: "kubernetes", category: "application", service: "audit"),
      time: "2026-03-02T10:14:07.250Z",
      fields: [
        "event.action": "get", "event.outcome": "failure", "source.ip": "192.0.2.9",
        "user.name": "system:serviceaccount:default:web", "user.id": "u-7",
        "orchestrator.namespace": "kube-system", "http.response.status_code": "403",
        "event.provider": "secrets", "user_agent.original": "kubectl/v1.31",
        "error.code": "Forbidden",
      ]
    ),
  ]
}
