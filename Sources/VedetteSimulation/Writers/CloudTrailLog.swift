import VedetteEvent

/// Writes CloudTrail events, as lines or as the objects with `Records` that S3 holds.
struct CloudTrailLog {
  private(set) var timeline = LogTimeline()
  private var chance: Chance

  init(chance: Chance) { self.chance = chance }

  /// One event a line.
  var bytes: [UInt8] { timeline.bytes }

  /// What the lines that are added from now on belong to.
  var label: String? {
    get { timeline.label }
    set { timeline.label = newValue }
  }

  /// The events of a stretch of time as one object with `Records`.
  func recordsFile(from first: EventTime, to last: EventTime) -> [UInt8] {
    let lines = timeline.sorted.filter { $0.time >= first && $0.time < last }
    let records = lines.map(\.text).joined(separator: ",\n")
    return Array("{\"Records\":[\(records)]}\n".utf8)
  }

  /// Adds a call.
  mutating func add(_ call: CloudCall, by caller: CloudCaller, at time: EventTime) {
    var event: JSONText = [
      "eventVersion": "1.10",
      "userIdentity": caller.identity,
      "eventTime": .string(time.wholeSecond.description),
      "eventSource": .string(call.service + ".amazonaws.com"),
      "eventName": .string(call.name),
      "awsRegion": .string(call.region),
      "sourceIPAddress": .string(caller.address),
      "userAgent": .string(caller.agent),
    ]
    if let error = call.error {
      event = event.adding([
        "errorCode": .string(error), "errorMessage": .string(call.errorMessage),
      ])
    }
    event = event.adding([
      "requestParameters": call.parameters, "responseElements": call.response,
    ])
    if let details = call.details { event = event.adding(["additionalEventData": details]) }
    event = event.adding([
      "requestID": .string(call.requestID ?? chance.uuid()),
      "eventID": .string(chance.uuid()),
      "readOnly": .bool(call.isReadOnly),
      "eventType": "AwsApiCall",
      "managementEvent": .bool(!call.isDataEvent),
      "recipientAccountId": .string(CloudCaller.account),
    ])
    if let endpoint = call.endpoint { event = event.adding(["vpcEndpointId": .string(endpoint)]) }
    event = event.adding(["eventCategory": call.isDataEvent ? "Data" : "Management"])
    timeline.add(event.text, at: time.wholeSecond)
  }
}

/// A call of the cloud's interface and its outcome.
struct CloudCall {
  var service: String
  var name: String
  var region = "us-east-1"
  var error: String?
  var errorMessage = "User is not authorized to perform this action"
  var parameters: JSONText = nil
  var response: JSONText = nil
  var details: JSONText?
  var requestID: String?
  /// The private endpoint through which the call came.
  var endpoint: String?
  var isDataEvent = false

  init(_ service: String, _ name: String) {
    self.service = service
    self.name = name
  }

  /// The same call with something changed.
  func with(_ change: (inout CloudCall) -> Void) -> CloudCall {
    var call = self
    change(&call)
    return call
  }

  /// The same call, denied for want of rights.
  var denied: CloudCall { with { $0.error = "AccessDenied" } }

  var isReadOnly: Bool {
    ["Get", "List", "Describe", "Invoke", "Converse", "Head"].contains { name.hasPrefix($0) }
  }

  /// An object read from a bucket.
  static func object(_ key: String, in bucket: String, bytes: Int) -> CloudCall {
    CloudCall("s3", "GetObject").with {
      $0.parameters = ["bucketName": .string(bucket), "key": .string(key)]
      $0.details = ["bytesTransferredIn": 0, "bytesTransferredOut": .integer(bytes)]
      $0.isDataEvent = true
    }
  }
}

/// Who makes a call, from where and with what.
struct CloudCaller {
  /// The account of the scenarios.
  static let account = "111122223333"

  var identity: JSONText
  var accessKey: String
  var principal: String
  var address: String
  var agent: String

  /// A user with a long-term key.
  static func user(_ name: String, key: String, address: String, agent: String) -> CloudCaller {
    let principal = "arn:aws:iam::\(account):user/\(name)"
    return CloudCaller(
      identity: [
        "type": "IAMUser",
        "principalId": .string("AIDAEXAMPLE" + suffix(of: name)),
        "arn": .string(principal),
        "accountId": .string(account),
        "accessKeyId": .string(key),
        "userName": .string(name),
      ],
      accessKey: key,
      principal: principal,
      address: address,
      agent: agent
    )
  }

  /// A session of a role.
  static func role(
    _ role: String,
    session: String,
    address: String,
    agent: String
  ) -> CloudCaller {
    let principal = "arn:aws:sts::\(account):assumed-role/\(role)/\(session)"
    let key = "ASIAEXAMPLE" + suffix(of: session)
    return CloudCaller(
      identity: [
        "type": "AssumedRole",
        "principalId": .string("AROAEXAMPLE\(suffix(of: role)):\(session)"),
        "arn": .string(principal),
        "accountId": .string(account),
        "accessKeyId": .string(key),
        "sessionContext": [
          "sessionIssuer": [
            "type": "Role",
            "arn": .string("arn:aws:iam::\(account):role/\(role)"),
            "userName": .string(role),
          ]
        ],
      ],
      accessKey: key,
      principal: principal,
      address: address,
      agent: agent
    )
  }

  /// Nine letters as key ids have them, always the same for a name.
  private static func suffix(of name: String) -> String {
    var chance = Chance(seed: StableHash.of(name), stream: "key")
    return chance.letters(9, of: Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
  }
}
