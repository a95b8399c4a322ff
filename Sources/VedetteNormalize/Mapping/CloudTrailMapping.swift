/// The normalized fields of CloudTrail's own names, where both always hold the same value.
enum CloudTrailMapping {
  static let fields: [(raw: String, field: String)] = [
    ("awsRegion", "cloud.region"),
    ("errorCode", "error.code"),
    ("errorMessage", "error.message"),
    ("eventID", "event.id"),
    ("eventName", "event.action"),
    ("eventSource", "event.provider"),
    ("requestID", "ai.request.id"),
    ("requestParameters.userName", "user.target.name"),
    ("resources.ARN", "cloud.resource.id"),
    ("userAgent", "user_agent.original"),
    ("userIdentity.accessKeyId", "cloud.access_key.id"),
    ("userIdentity.arn", "user.id"),
  ]
}
