import VedetteEvent

/// Writes Bedrock's model invocation log, and the event of the same call in CloudTrail.
struct BedrockLog {
  private var timeline = LogTimeline()

  var bytes: [UInt8] { timeline.bytes }

  /// Adds an answered invocation.
  mutating func add(_ invocation: ModelInvocation, by caller: CloudCaller, at time: EventTime) {
    let message: JSONText = [
      "role": "user", "content": [["text": .string(invocation.prompt)]],
    ]
    let usage: JSONText = [
      "inputTokens": .integer(invocation.inputTokens),
      "outputTokens": .integer(invocation.outputTokens),
      "totalTokens": .integer(invocation.inputTokens + invocation.outputTokens),
    ]
    let record: JSONText = [
      "timestamp": .string(time.wholeSecond.description),
      "accountId": .string(CloudCaller.account),
      "identity": ["arn": .string(caller.principal)],
      "region": .string(invocation.region),
      "requestId": .string(invocation.requestID),
      "operation": "Converse",
      "modelId": .string(invocation.model),
      "input": [
        "inputContentType": "application/json",
        "inputBodyJson": [
          "messages": [message],
          "inferenceConfig": [
            "maxTokens": .integer(invocation.maxTokens), "temperature": .number("0.7"),
          ],
        ],
        "inputTokenCount": .integer(invocation.inputTokens),
      ],
      "output": [
        "outputContentType": "application/json",
        "outputBodyJson": ["stopReason": "end_turn", "usage": usage],
        "outputTokenCount": .integer(invocation.outputTokens),
      ],
      "schemaType": "ModelInvocationLog",
      "schemaVersion": "1.0",
    ]
    timeline.add(record.text, at: time.wholeSecond)
  }
}

/// A question to a model.
struct ModelInvocation {
  var model: String
  var region = "us-east-1"
  var requestID: String
  var prompt: String
  var inputTokens: Int
  var outputTokens: Int
  var maxTokens = 1_024

  /// The call as CloudTrail has it.
  var call: CloudCall {
    CloudCall("bedrock", "Converse").with {
      $0.region = region
      $0.parameters = ["modelId": .string(model)]
      $0.requestID = requestID
    }
  }
}
