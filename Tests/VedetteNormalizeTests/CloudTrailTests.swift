import Testing
import VedetteColumns
import VedetteEvent

@testable import VedetteNormalize

@Suite("CloudTrail")
struct CloudTrailTests {
  static let invoke = #"""
    {"eventVersion":"1.10","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::956882123456:user/himan","accountId":"956882123456","accessKeyId":"AKIA12345EXAMPLE67890","userName":"himan"},"eventTime":"2024-10-01T11:52:37Z","eventSource":"bedrock.amazonaws.com","eventName":"InvokeModel","awsRegion":"us-west-2","sourceIPAddress":"182.70.74.235","userAgent":"Boto3/1.34.162","requestParameters":{"modelId":"anthropic.claude-3-5-sonnet-20240620-v1:0"},"responseElements":null,"requestID":"r-1","eventID":"e-1","readOnly":true,"eventType":"AwsApiCall","managementEvent":true,"tlsDetails":{"clientProvidedHostHeader":"bedrock-runtime.us-west-2.amazonaws.com"}}
    """#

  @Test("reads a model call, by Amazon's names and by ours")
  func modelCall() {
    let batch = normalize([Self.invoke], as: .cloudtrail).batch
    let expected = [
      "event.action": "InvokeModel", "eventName": "InvokeModel", "eventname": "InvokeModel",
      "event.provider": "bedrock.amazonaws.com", "cloud.region": "us-west-2",
      "cloud.provider": "aws", "cloud.service.name": "bedrock",
      "source.ip": "182.70.74.235", "sourceIPAddress": "182.70.74.235",
      "user_agent.original": "Boto3/1.34.162", "user.name": "himan",
      "user.id": "arn:aws:iam::956882123456:user/himan",
      "userIdentity.arn": "arn:aws:iam::956882123456:user/himan",
      "cloud.access_key.id": "AKIA12345EXAMPLE67890", "cloud.account.id": "956882123456",
      "event.id": "e-1", "ai.request.id": "r-1", "event.outcome": "success",
      "gen_ai.request.model": "anthropic.claude-3-5-sonnet-20240620-v1:0",
      "gen_ai.provider.name": "aws.bedrock", "gen_ai.operation.name": "chat", "readOnly": "true",
      "tlsDetails.clientProvidedHostHeader": "bedrock-runtime.us-west-2.amazonaws.com",
    ]
    for (name, value) in expected { #expect(batch.text(name, row: 0) == value, "\(name)") }
    #expect(batch.column("responseElements")?.null[0] == true)
    #expect(batch.time(0).map { "\($0)" } == "2024-10-01T11:52:37Z")
    #expect(
      batch.logSource(0)
        == LogSource(product: "aws", category: "model_access", service: "cloudtrail")
    )
  }

  /// A record with a few members changed.
  private static func record(_ members: String) -> String {
    #"{"eventTime":"2024-10-01T11:52:37Z","eventSource":"x.amazonaws.com","eventName":"Y""#
      + (members.isEmpty ? "" : "," + members) + "}"
  }

  private static func fields(_ members: String) -> [String: [String]] {
    normalize([record(members)], as: .cloudtrail).batch.fields(0)
  }

  static let identities: [(members: String, name: String?)] = [
    (#""userIdentity":{"type":"IAMUser","userName":"ann"}"#, "ann"),
    (#""userIdentity":{"type":"Root","arn":"arn:aws:iam::1:root"}"#, "root"),
    (
      #""userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/app/i-1","sessionContext":{"sessionIssuer":{"userName":"app"}}}"#,
      "app"
    ),
    (#""userIdentity":{"type":"AWSService","invokedBy":"ec2.amazonaws.com"}"#, "ec2.amazonaws.com"),
    (#""userIdentity":null"#, nil),
    ("", nil),
  ]

  @Test("names the account behind a call", arguments: identities)
  func identity(_ example: (members: String, name: String?)) {
    #expect(Self.fields(example.members)["user.name"]?.first == example.name)
  }

  @Test("keeps a service's name apart from addresses")
  func origins() {
    let service = Self.fields(#""sourceIPAddress":"ec2.amazonaws.com""#)
    #expect(service["source.domain"] == ["ec2.amazonaws.com"])
    #expect(service["source.ip"] == nil)
    #expect(Self.fields(#""sourceIPAddress":"2001:DB8::0:1""#)["source.ip"] == ["2001:db8::1"])
  }

  @Test("tells failures and what kind of refusal they are")
  func failures() {
    func model(_ code: String) -> [String: [String]] {
      normalize(
        [
          #"{"eventTime":"2024-10-01T11:52:37Z","eventSource":"bedrock.amazonaws.com","eventName":"InvokeModel","errorCode":"\#(code)"}"#
        ],
        as: .cloudtrail
      ).batch.fields(0)
    }
    #expect(model("ValidationException")["ai.error.kind"] == ["validation"])
    #expect(model("AccessDenied")["ai.error.kind"] == ["denied"])
    #expect(model("AccessDeniedException")["ai.error.kind"] == ["denied"])
    #expect(model("ThrottlingException")["ai.error.kind"] == ["throttled"])
    #expect(model("ResourceNotFoundException")["ai.error.kind"] == nil)
    #expect(model("ValidationException")["event.outcome"] == ["failure"])
    #expect(Self.fields(#""errorCode":null"#)["event.outcome"] == ["success"])
    let login = Self.fields(#""responseElements":{"ConsoleLogin":"Failure"}"#)
    #expect(login["event.outcome"] == ["failure"])
  }

  static let models: [(id: String, base: String)] = [
    (
      "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0",
      "anthropic.claude-haiku-4-5-20251001-v1:0"
    ),
    (
      "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v1",
      "amazon.titan-embed-text-v1"
    ),
    ("eu.meta.llama3-2-1b-instruct-v1:0", "meta.llama3-2-1b-instruct-v1:0"),
    ("anthropic.claude-v2", "anthropic.claude-v2"),
    ("us.house", "us.house"),
    ("arn:aws:bedrock:us-east-1:1:provisioned-model/abc", "provisioned-model/abc"),
    ("arn:aws:bedrock", "arn:aws:bedrock"),
  ]

  @Test("finds the base model", arguments: models)
  func baseModel(_ example: (id: String, base: String)) {
    var base = ""
    AmazonNames.withBaseModel(example.id.utf8.span) { base = String($0) }
    #expect(base == example.base)
  }

  @Test("sees model weights leave a bucket, part by part")
  func weights() {
    let line = #"""
      {"eventTime":"2024-10-01T11:52:37Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","requestParameters":{"bucketName":"models","key":"llama/model-00003-of-00030.safetensors"},"additionalEventData":{"bytesTransferredOut":4976698672.0}}
      """#
    let batch = normalize([line], as: .cloudtrail).batch
    #expect(batch.text("ai.artifact.name", row: 0) == "model-00003-of-00030.safetensors")
    #expect(batch.text("ai.artifact.kind", row: 0) == "weights")
    #expect(batch.column("ai.artifact.shard")?.number(0) == 3)
    #expect(batch.column("ai.artifact.shards")?.number(0) == 30)
    #expect(batch.column("ai.artifact.bytes")?.number(0) == 4_976_698_672)
    #expect(batch.logSource(0) == LogSource(product: "aws", service: "cloudtrail"))
    let other =
      #"{"eventTime":"2024-10-01T11:52:37Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","requestParameters":{"key":"report.pdf"}}"#
    #expect(normalize([other], as: .cloudtrail).batch.text("ai.artifact.name", row: 0) == nil)
  }

  static let files: [(path: String, name: String?, shard: Int64?, shards: Int64?)] = [
    ("model.safetensors", "model.safetensors", nil, nil),
    ("a/b/pytorch_model-00001-of-00002.bin", "pytorch_model-00001-of-00002.bin", 1, 2),
    ("q4-of-8.gguf", "q4-of-8.gguf", nil, nil),
    ("x-of-.pt", "x-of-.pt", nil, nil),
    ("a.bin/readme.txt", nil, nil, nil),
    (".bin", ".bin", nil, nil),
  ]

  @Test("knows files of weights", arguments: files)
  func file(_ example: (path: String, name: String?, shard: Int64?, shards: Int64?)) {
    let file = ModelFile(path: example.path.utf8.span)
    #expect(file.map { String(example.path.dropFirst($0.nameStart)) } == example.name)
    #expect(file?.shard == example.shard)
    #expect(file?.shards == example.shards)
  }

  @Test("buries what is no CloudTrail record")
  func otherRecords() {
    let result = normalize(
      [#"{"a":1}"#, Self.invoke, "{"],
      as: .cloudtrail,
      detectsEachRecord: false
    )
    #expect(result.batch.rowCount == 1)
    #expect(
      result.countsByReason.map(\.reason) == [
        "invalid JSON: ends too early", "not a CloudTrail record",
      ]
    )
  }
}
