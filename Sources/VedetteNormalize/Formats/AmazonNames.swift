/// What Amazon's names for models, callers and errors say.
enum AmazonNames {
  /// Regions that a cross-region inference profile's id starts with.
  private static let geographies: [StaticString] = [
    "us.", "eu.", "apac.", "ap.", "global.", "us-gov.", "jp.", "au.", "ca.", "sa.", "me.", "il.",
  ]

  /// Calls a closure with the base model of a model id.
  ///
  /// `arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-v2` and
  /// `anthropic.claude-v2` are one model. A resource whose name does not tell its model, as a
  /// provisioned one, keeps its kind: `provisioned-model/abc`.
  static func withBaseModel(_ id: Span<UInt8>, _ body: (Span<UInt8>) -> Void) {
    guard id.hasPrefix("arn:") else { return withoutGeography(id, body) }
    var start = 0
    for _ in 0..<5 { start = min(id.offset(of: UInt8(ascii: ":"), from: start) + 1, id.count) }
    let resource = id.extracting(start..<id.count)
    let slash = resource.offset(of: UInt8(ascii: "/"))
    let kind = resource.extracting(0..<slash)
    guard slash < resource.count,
      kind.equals("inference-profile") || kind.equals("foundation-model")
    else { return body(resource.count > 0 ? resource : id) }
    withoutGeography(resource.extracting(slash + 1..<resource.count), body)
  }

  private static func withoutGeography(_ id: Span<UInt8>, _ body: (Span<UInt8>) -> Void) {
    for prefix in geographies where id.hasPrefix(prefix) {
      let rest = id.extracting(prefix.utf8CodeUnitCount..<id.count)
      if rest.offset(of: UInt8(ascii: ".")) < rest.count { return body(rest) }
    }
    body(id)
  }

  /// What a call of a model does, or `nil` if the operation calls none.
  ///
  /// - Parameters:
  ///   - operation: `InvokeModel`, `Converse`, and so on.
  ///   - model: The model's id.
  /// - Returns: One of OpenTelemetry's operation names.
  static func operation(_ operation: Span<UInt8>, model: Span<UInt8>) -> StaticString? {
    guard operation.hasPrefix("InvokeModel") || operation.hasPrefix("Converse") else { return nil }
    if model.contains("embed") { return "embeddings" }
    if model.contains("image") || model.contains("stability.") || model.contains("canvas") {
      return "generate_content"
    }
    return "chat"
  }

  /// What kind of refusal an error code is, or `nil` for none of them.
  static func errorKind(_ code: Span<UInt8>) -> StaticString? {
    if code.contains("Validation") { return "validation" }
    if code.contains("AccessDenied") || code.contains("Unauthorized") { return "denied" }
    if code.contains("Throttl") || code.contains("TooManyRequests") { return "throttled" }
    if code.contains("ServiceQuotaExceeded") { return "throttled" }
    return nil
  }

  /// Calls a closure with the account name of an ARN: the user's, or the role's behind a session.
  static func withUserName(arn: Span<UInt8>, _ body: (Span<UInt8>) -> Void) {
    var start = 0
    for _ in 0..<5 { start = min(arn.offset(of: UInt8(ascii: ":"), from: start) + 1, arn.count) }
    let resource = arn.extracting(start..<arn.count)
    if resource.hasPrefix("assumed-role/") {
      let role = resource.extracting(13..<resource.count)
      return body(role.extracting(0..<role.offset(of: UInt8(ascii: "/"))))
    }
    body(resource.extracting(resource.offset(afterLast: UInt8(ascii: "/"))..<resource.count))
  }
}

extension Span<UInt8> {
  /// Whether a text occurs in the bytes.
  func contains(_ text: StaticString) -> Bool {
    let length = text.utf8CodeUnitCount
    guard count >= length else { return false }
    for start in 0...(count - length) where extracting(start..<start + length).equals(text) {
      return true
    }
    return false
  }
}
