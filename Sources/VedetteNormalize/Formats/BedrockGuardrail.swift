import VedetteColumns

/// What a guardrail's assessment in a Bedrock record says, in the words of `ai.guardrail.*`.
struct BedrockGuardrail {
  /// The captures of one assessment: of the input or of the output.
  struct Stage {
    var id: Int
    /// Actions of every policy.
    var action: Int
    /// Types of content filters.
    var filter: Int
    var confidence: Int
    var topic: Int
    var word: Int
    var personal: Int
    var grounding: Int
  }

  /// The number of captures of one stage.
  static let captureCount = 8

  private let stages: [(name: StaticString, captures: Stage)]
  private let interventions: [Int]
  private let configured: Int
  private var id = DerivedField("ai.guardrail.id")
  private var action = DerivedField("ai.guardrail.action")
  private var categories = DerivedField("ai.guardrail.categories")
  private var confidence = DerivedField("ai.guardrail.confidence")
  private var stage = DerivedField("ai.guardrail.stage")

  /// Creates the fields.
  ///
  /// - Parameters:
  ///   - first: The first capture of the input's assessment; the output's follow it.
  ///   - interventions: Captures of `INTERVENED` and of `guardrail_intervened`.
  ///   - configured: The capture of the guardrail that the request named.
  init(first: Int, interventions: [Int], configured: Int) {
    stages = [
      ("input", Self.stage(first)), ("output", Self.stage(first + Self.captureCount)),
    ]
    self.interventions = interventions
    self.configured = configured
  }

  private static func stage(_ first: Int) -> Stage {
    Stage(
      id: first,
      action: first + 1,
      filter: first + 2,
      confidence: first + 3,
      topic: first + 4,
      word: first + 5,
      personal: first + 6,
      grounding: first + 7
    )
  }

  /// The captures of the paths of both stages.
  static func captures(first: Int) -> [(path: String, number: Int)] {
    var captures: [(path: String, number: Int)] = []
    for (index, place) in BedrockMapping.assessments.enumerated() {
      let stage = stage(first + (index % 2) * captureCount)
      let path = place.split(separator: "/").dropLast().joined(separator: ".")
      captures += [
        (path + ".*", stage.id),
        (path + ".contentPolicy.filters.action", stage.action),
        (path + ".contextualGroundingPolicy.filters.action", stage.action),
        (path + ".sensitiveInformationPolicy.piiEntities.action", stage.action),
        (path + ".sensitiveInformationPolicy.regexes.action", stage.action),
        (path + ".topicPolicy.topics.action", stage.action),
        (path + ".wordPolicy.customWords.action", stage.action),
        (path + ".wordPolicy.managedWordLists.action", stage.action),
        (path + ".contentPolicy.filters.type", stage.filter),
        (path + ".contentPolicy.filters.confidence", stage.confidence),
        (path + ".topicPolicy.topics.name", stage.topic),
        (path + ".wordPolicy.managedWordLists.type", stage.word),
        (path + ".sensitiveInformationPolicy.piiEntities.type", stage.personal),
        (path + ".contextualGroundingPolicy.filters.type", stage.grounding),
      ]
    }
    return captures
  }

  mutating func append(_ values: borrowing CapturedValues, to builder: EventBatchBuilder) {
    var actions: [String] = []
    var seen: [String] = []
    var strongest = -1
    for (name, captures) in stages {
      let found = values.texts(captures.action)
      guard !found.isEmpty else { continue }
      actions += found
      stage.append(name, to: builder)
      seen += Self.categories(values, captures, actionCount: found.count)
      for level in values.texts(captures.confidence) {
        strongest = max(strongest, Self.levels.firstIndex(of: level.lowercased()) ?? -1)
      }
    }
    appendIdentity(values, to: builder)
    guard let outcome = outcome(values, actions) else { return }
    action.append(outcome, to: builder)
    var written: [String] = []
    for category in seen where !written.contains(category) {
      written.append(category)
      categories.append(category, to: builder)
    }
    if strongest >= 0 { confidence.append(Self.levels[strongest], to: builder) }
  }

  private static let levels = ["none", "low", "medium", "high"]

  private mutating func appendIdentity(
    _ values: borrowing CapturedValues,
    to builder: EventBatchBuilder
  ) {
    for number in [stages[0].captures.id, stages[1].captures.id, configured]
    where values.hasValue(number) {
      return id.append(number, of: values, to: builder)
    }
  }

  /// `NONE` means seen and let through: detected, not blocked.
  private func outcome(
    _ values: borrowing CapturedValues,
    _ actions: [String]
  ) -> StaticString? {
    if actions.contains("BLOCKED") { return "blocked" }
    if actions.contains("ANONYMIZED") { return "masked" }
    for number in interventions
    where values.equals(number, "INTERVENED") || values.equals(number, "guardrail_intervened") {
      return "blocked"
    }
    if !actions.isEmpty { return "detected" }
    let wasAsked =
      values.hasValue(configured) || stages.contains { values.hasValue($0.captures.id) }
      || interventions.contains { values.equals($0, "NONE") }
    return wasAsked ? "none" : nil
  }

  private static func categories(
    _ values: borrowing CapturedValues,
    _ stage: Stage,
    actionCount: Int
  ) -> [String] {
    let filters = values.texts(stage.filter)
    let personal = values.texts(stage.personal)
    let topics = values.texts(stage.topic)
    let grounding = values.texts(stage.grounding)
    var found = filters.map { $0.lowercased() }
    if !personal.isEmpty { found.append("pii") }
    if !topics.isEmpty { found.append("topic") }
    if !grounding.isEmpty { found.append("grounding") }
    // A custom word has no type and a pattern has none that is kept: what is left over is theirs.
    let named = filters.count + personal.count + topics.count + grounding.count
    if !values.texts(stage.word).isEmpty || actionCount > named { found.append("word") }
    return found
  }
}
