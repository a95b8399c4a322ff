/// CloudTrail records of one organization, one a line, in the order of keys that AWS writes.
///
/// 40 users and 1,500 sessions of 24 roles call 14 actions of nine services from 300 addresses,
/// about twenty a second; request and event ids are unique, object keys nearly so.
struct CloudTrailLines: LineSource {
  private struct Action {
    var service: String
    var name: String
    var isReadOnly = true
  }

  private var draw = Draw(seed: 0x4157_5363)
  private var clock = LineClock()
  private let users: [String]
  private let sessions: [(role: String, name: String)]
  private let addresses: [String]
  private let buckets: [String]
  private static let account = "111122223333"
  private static let regions = ["us-east-1", "eu-west-1", "eu-central-1", "us-west-2"]
  private static let actions = [
    Action(service: "s3", name: "GetObject"),
    Action(service: "sts", name: "AssumeRole"),
    Action(service: "s3", name: "PutObject", isReadOnly: false),
    Action(service: "ec2", name: "DescribeInstances"),
    Action(service: "kms", name: "Decrypt"),
    Action(service: "s3", name: "ListObjects"),
    Action(service: "logs", name: "CreateLogStream", isReadOnly: false),
    Action(service: "iam", name: "GetRole"),
    Action(service: "dynamodb", name: "DescribeTable"),
    Action(service: "ec2", name: "DescribeSecurityGroups"),
    Action(service: "lambda", name: "ListFunctions20150331"),
    Action(service: "bedrock", name: "InvokeModel"),
    Action(service: "iam", name: "ListAttachedRolePolicies"),
    Action(service: "ec2", name: "RunInstances", isReadOnly: false),
  ]
  private static let agents = [
    "aws-sdk-go/1.44.298 (go1.20.5; linux; amd64)",
    "aws-cli/2.15.10 Python/3.11.6 Linux/6.1.0 exe/x86_64.debian.12 prompt/off",
    "Boto3/1.34.14 md/Botocore#1.34.14 ua/2.0 os/linux#6.1.0 md/arch#x86_64 lang/python#3.11.2",
    "aws-sdk-java/2.21.45 Linux/5.10.205 OpenJDK_64-Bit_Server_VM/17.0.9 Java/17.0.9",
    "AWS Internal", "[S3Console/0.4, aws-internal/3 aws-sdk-java/1.12.488]",
  ]

  init() {
    users = (0..<40).map { "deploy-\($0)" }
    sessions = (0..<1_500).map { ("service-role-\($0 % 24)", "i-0\(1_000_000 + $0 * 7_919)") }
    var draw = Draw(seed: 0x6177_7369)
    addresses = (0..<300).map { _ in
      "\(11 + draw.below(180)).\(draw.below(256)).\(draw.below(256)).\(1 + draw.below(254))"
    }
    buckets = (0..<50).map { "acme-data-\($0)" }
  }

  mutating func write(to out: inout LineWriter) {
    clock.advance(seconds: draw.below(20) == 0 ? 1 : 0)
    let action = draw.pickSkewed(Self.actions)
    out.write("{\"eventVersion\":\"1.09\",\"userIdentity\":{")
    if draw.happens(percent: 20) { writeUser(&out) } else { writeRole(&out) }
    out.write("},\"eventTime\":\"\(clock.isoDate)T\(clock.clock)Z\",\"eventSource\":\"")
    out.write(action.service)
    out.write(".amazonaws.com\",\"eventName\":\"")
    out.write(action.name)
    out.write("\",\"awsRegion\":\"")
    out.write(draw.pickSkewed(Self.regions))
    out.write("\",\"sourceIPAddress\":\"")
    out.write(draw.pickSkewed(addresses))
    out.write("\",\"userAgent\":\"")
    out.write(draw.pickSkewed(Self.agents))
    if draw.happens(percent: 3) {
      out.write("\",\"errorCode\":\"AccessDenied\",\"errorMessage\":\"Access Denied")
    }
    out.write("\",\"requestParameters\":")
    writeParameters(of: action, to: &out)
    writeEnd(action, to: &out)
  }

  private mutating func writeUser(_ out: inout LineWriter) {
    let user = draw.pickSkewed(users)
    out.write("\"type\":\"IAMUser\",\"principalId\":\"AIDAEXAMPLE\(user)\",\"arn\":\"")
    out.write("arn:aws:iam::\(Self.account):user/\(user)\",\"accountId\":\"\(Self.account)\",")
    out.write("\"accessKeyId\":\"AKIAEXAMPLE\(user)\",\"userName\":\"\(user)\"")
  }

  private mutating func writeRole(_ out: inout LineWriter) {
    let session = draw.pickSkewed(sessions)
    let account = Self.account
    out.write("\"type\":\"AssumedRole\",\"principalId\":\"AROAEXAMPLE:\(session.name)\",\"arn\":\"")
    out.write("arn:aws:sts::\(account):assumed-role/\(session.role)/\(session.name)\",")
    out.write("\"accountId\":\"\(account)\",\"accessKeyId\":\"ASIAEXAMPLE\(session.name)\",")
    out.write("\"sessionContext\":{\"sessionIssuer\":{\"type\":\"Role\",\"principalId\":")
    out.write("\"AROAEXAMPLE\",\"arn\":\"arn:aws:iam::\(account):role/\(session.role)\",")
    out.write("\"accountId\":\"\(account)\",\"userName\":\"\(session.role)\"},\"attributes\":{")
    out.write("\"creationDate\":\"\(clock.isoDate)T00:00:00Z\",\"mfaAuthenticated\":\"false\"}}")
  }

  private mutating func writeParameters(of action: Action, to out: inout LineWriter) {
    switch action.service {
    case "s3":
      let bucket = draw.pickSkewed(buckets)
      out.write("{\"bucketName\":\"\(bucket)\",\"Host\":\"\(bucket).s3.amazonaws.com\"")
      out.write(",\"key\":\"events/\(clock.isoDate)/part-")
      out.write(draw.below(400_000), width: 6)
      out.write(".parquet\"},\"responseElements\":null,\"additionalEventData\":{")
      out.write("\"SignatureVersion\":\"SigV4\",\"CipherSuite\":\"TLS_AES_128_GCM_SHA256\",")
      out.write("\"bytesTransferredIn\":0,\"bytesTransferredOut\":\(draw.below(4_000_000))}")
    case "sts":
      let session = draw.pickSkewed(sessions)
      out.write("{\"roleArn\":\"arn:aws:iam::\(Self.account):role/\(session.role)\",")
      out.write("\"roleSessionName\":\"\(session.name)\",\"durationSeconds\":3600},")
      out.write("\"responseElements\":{\"credentials\":{\"accessKeyId\":\"ASIAEXAMPLE")
      out.write("\(session.name)\",\"expiration\":\"\(clock.isoDate)T23:00:00Z\"}}")
    case "kms":
      out.write("{\"encryptionAlgorithm\":\"SYMMETRIC_DEFAULT\",\"encryptionContext\":{")
      out.write("\"aws:s3:arn\":\"arn:aws:s3:::\(draw.pickSkewed(buckets))\"}}")
      out.write(",\"responseElements\":null")
    case "ec2":
      out.write("{\"instancesSet\":{\"items\":[{\"instanceId\":\"i-0")
      out.write(draw.below(9_000), width: 8)
      out.write("\"}]},\"filterSet\":{}},\"responseElements\":null")
    case "bedrock":
      out.write("{\"modelId\":\"anthropic.claude-3-5-sonnet-20240620-v1:0\"}")
      out.write(",\"responseElements\":null")
    default:
      out.write("{\"name\":\"resource-\(draw.below(600))\"},\"responseElements\":null")
    }
  }

  private mutating func writeEnd(_ action: Action, to out: inout LineWriter) {
    out.write(",\"requestID\":\"")
    out.writeUUID(&draw)
    out.write("\",\"eventID\":\"")
    out.writeUUID(&draw)
    out.write("\",\"readOnly\":\(action.isReadOnly),\"eventType\":\"AwsApiCall\",")
    out.write("\"managementEvent\":\(action.service != "s3"),\"recipientAccountId\":\"")
    out.write("\(Self.account)\",\"eventCategory\":")
    out.write(action.service == "s3" ? "\"Data\"" : "\"Management\"")
    out.write(",\"tlsDetails\":{\"tlsVersion\":\"TLSv1.3\",\"cipherSuite\":")
    out.write("\"TLS_AES_128_GCM_SHA256\",\"clientProvidedHostHeader\":\"")
    out.write("\(action.service).us-east-1.amazonaws.com\"}}\n")
  }
}
