// AWS CloudTrail, one record a line or element.
//
// `user.name` is the account behind the call: the user's name, for a session that of the role it
// was issued for (the session's own name stays reachable in `userIdentity.arn`), `root` for the
// account itself and the service's name for a service. `source.ip` is the caller's address; a
// service that called on somebody's behalf stands in `source.domain`.

import VedetteColumns
import VedetteEvent

/// Derives what CloudTrail does not say in a field of its own.
struct CloudTrailShape: CodedShape {
  private enum Capture {
    static let eventTime = 0
    static let eventName = 1
    static let eventSource = 2
    static let sourceAddress = 3
    static let errorCode = 4
    static let identityType = 5
    static let userName = 6
    static let issuerName = 7
    static let invokedBy = 8
    static let recipientAccount = 9
    static let identityAccount = 10
    static let model = 11
    static let objectKey = 12
    static let bytesOut = 13
    static let consoleLogin = 14
  }

  private let context: ReadContext
  private var origin = OriginFields(side: "source")
  private var outcome = DerivedField("event.outcome")
  private var userName = DerivedField("user.name")
  private var account = DerivedField("cloud.account.id")
  private var cloud = DerivedField("cloud.provider")
  private var service = DerivedField("cloud.service.name")
  private var model = DerivedField("gen_ai.request.model")
  private var modelProvider = DerivedField("gen_ai.provider.name")
  private var operation = DerivedField("gen_ai.operation.name")
  private var errorKind = DerivedField("ai.error.kind")
  private var artifactName = DerivedField("ai.artifact.name")
  private var artifactKind = DerivedField("ai.artifact.kind")
  private var artifactBytes = DerivedField("ai.artifact.bytes")
  private var shard = DerivedField("ai.artifact.shard")
  private var shards = DerivedField("ai.artifact.shards")

  private static let plain = LogSource(product: "aws", service: "cloudtrail")
  private static let modelAccess = LogSource(
    product: "aws",
    category: "model_access",
    service: "cloudtrail"
  )

  init(context: ReadContext) { self.context = context }

  static func plan(keepsContent: Bool) -> JSONPlan {
    var plan = JSONPlan()
    plan.map(FormatMappings.of(.cloudtrail).fields)
    plan.capture([
      ("eventTime", Capture.eventTime),
      ("eventName", Capture.eventName),
      ("eventSource", Capture.eventSource),
      ("sourceIPAddress", Capture.sourceAddress),
      ("errorCode", Capture.errorCode),
      ("userIdentity.type", Capture.identityType),
      ("userIdentity.userName", Capture.userName),
      ("userIdentity.sessionContext.sessionIssuer.userName", Capture.issuerName),
      ("userIdentity.invokedBy", Capture.invokedBy),
      ("recipientAccountId", Capture.recipientAccount),
      ("userIdentity.accountId", Capture.identityAccount),
      ("requestParameters.modelId", Capture.model),
      ("requestParameters.key", Capture.objectKey),
      ("additionalEventData.bytesTransferredOut", Capture.bytesOut),
      ("responseElements.ConsoleLogin", Capture.consoleLogin),
    ])
    return plan
  }

  mutating func finish(
    _ values: borrowing CapturedValues,
    content: borrowing ContentCollector,
    into builder: EventBatchBuilder
  ) -> ReadOutcome {
    guard values.hasValue(Capture.eventName), values.hasValue(Capture.eventSource) else {
      return .deadLetter(reason: "not a CloudTrail record")
    }
    cloud.append("aws", to: builder)
    values.withText(Capture.sourceAddress) { origin.append($0, to: builder) }
    appendIdentity(values, to: builder)
    appendOutcome(values, to: builder)
    let isModelAccess = values.withText(Capture.eventSource) { source in
      let end = source.offset(of: UInt8(ascii: "."))
      service.append(source.extracting(0..<end), to: builder)
      return source.hasPrefix("bedrock") || source.hasPrefix("sagemaker")
    }
    if isModelAccess { appendModelAccess(values, to: builder) }
    if values.hasValue(Capture.objectKey) { appendArtifact(values, to: builder) }
    return .event(
      time: values.withText(Capture.eventTime) { context.time($0) },
      isYearless: false,
      logSource: isModelAccess ? Self.modelAccess : Self.plain
    )
  }

  private mutating func appendIdentity(
    _ values: borrowing CapturedValues,
    to builder: EventBatchBuilder
  ) {
    if values.hasValue(Capture.recipientAccount) {
      account.append(Capture.recipientAccount, of: values, to: builder)
    } else {
      account.append(Capture.identityAccount, of: values, to: builder)
    }
    if values.equals(Capture.identityType, "Root") {
      userName.append("root" as StaticString, to: builder)
    } else if values.hasValue(Capture.userName) {
      userName.append(Capture.userName, of: values, to: builder)
    } else if values.hasValue(Capture.issuerName) {
      userName.append(Capture.issuerName, of: values, to: builder)
    } else {
      userName.append(Capture.invokedBy, of: values, to: builder)
    }
  }

  private mutating func appendOutcome(
    _ values: borrowing CapturedValues,
    to builder: EventBatchBuilder
  ) {
    let failed =
      values.hasValue(Capture.errorCode) || values.equals(Capture.consoleLogin, "Failure")
    outcome.append(failed ? "failure" as StaticString : "success", to: builder)
  }

  private mutating func appendModelAccess(
    _ values: borrowing CapturedValues,
    to builder: EventBatchBuilder
  ) {
    if let kind = values.withText(Capture.errorCode, { AmazonNames.errorKind($0) }) {
      errorKind.append(kind, to: builder)
    }
    guard values.withText(Capture.eventSource, { $0.hasPrefix("bedrock") }) else { return }
    modelProvider.append("aws.bedrock" as StaticString, to: builder)
    values.withText(Capture.model) { id in
      AmazonNames.withBaseModel(id) { if $0.count > 0 { model.append($0, to: builder) } }
    }
    let name = values.text(Capture.model) ?? ""
    let kind = values.withText(Capture.eventName) { action in
      AmazonNames.operation(action, model: name.utf8.span)
    }
    if let kind { operation.append(kind, to: builder) }
  }

  private mutating func appendArtifact(
    _ values: borrowing CapturedValues,
    to builder: EventBatchBuilder
  ) {
    guard values.equals(Capture.eventSource, "s3.amazonaws.com") else { return }
    let file = values.withText(Capture.objectKey) { path in
      let file = ModelFile(path: path)
      if let file { artifactName.append(path.extracting(file.nameStart..<path.count), to: builder) }
      return file
    }
    guard let file else {
      let isDataset = values.withText(Capture.objectKey) { DatasetFile.isOne($0) }
      if isDataset {
        artifactKind.append("dataset" as StaticString, to: builder)
        values.withText(Capture.objectKey) { path in
          let start = path.offset(afterLast: UInt8(ascii: "/"))
          artifactName.append(path.extracting(start..<path.count), to: builder)
        }
      }
      return
    }
    artifactKind.append("weights" as StaticString, to: builder)
    if let part = file.shard { shard.append(part, to: builder) }
    if let parts = file.shards { shards.append(parts, to: builder) }
    // The figure is written with a fraction, `1048576.0`.
    let bytes = values.withText(Capture.bytesOut) { text in
      text.extracting(0..<text.offset(of: UInt8(ascii: "."))).integer
    }
    if let bytes { artifactBytes.append(bytes, to: builder) }
  }
}
