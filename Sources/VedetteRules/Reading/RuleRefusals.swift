import VedetteDocuments
import VedetteEvent
import VedetteFindings

// What can be read, but can't be meant: rules that would never fire, or always, without a word.

extension RuleReader {
  /// Refuses a level that is none, and a document that is two things.
  func check(_ root: Mapping) throws(RuleError) {
    if let node = root["level"], let text = node.scalar?.text, !text.isEmpty,
      Severity(name: text) == nil
    {
      let hint = LintCheck.suggestion(text, Severity.allCases.map(\.name))
      throw refusal("invalid-level", "unknown level '\(text)'\(hint)", node.position)
    }
    let kinds = ["correlation", "filter", "detection"].compactMap { root.entry($0) }
    guard kinds.count < 2 else {
      throw refusal(
        "mixed-document",
        "'\(kinds[1].key)' beside '\(kinds[0].key)' is not read; give it a document of its own",
        kinds[1].keyPosition
      )
    }
  }

  /// Refuses a correlation whose bounds exclude each other.
  func check(_ correlation: CorrelationRule) throws(RuleError) {
    switch correlation.kind {
    case .eventCount, .valueCount:
      let most = correlation.bounds.reduce(0.0) { max($0, $1.value) }
      guard most <= Double(Limits.windowThresholdMax) else {
        throw refusal(
          "threshold-too-high",
          "a window holds at most \(Limits.windowThresholdMax) events; ask for fewer, in a shorter "
            + "timespan",
          correlation.metadata.location.position
        )
      }
    default: break
    }
    guard correlation.bounds.count > 1 else { return }
    // Counts are whole numbers, and only near a bound does an answer change.
    let candidates = correlation.bounds.flatMap { bound in
      [-1, -0.5, 0, 0.5, 1].map { bound.value + $0 }
    }
    let isPossible = candidates.contains { value in
      correlation.bounds.allSatisfy { $0.comparison.holds(value, $0.value) }
    }
    guard !isPossible else { return }
    throw refusal(
      "impossible-bounds",
      "no number satisfies every comparison of the condition; correct one",
      correlation.metadata.location.position
    )
  }

  private func refusal(_ check: String, _ detail: String, _ position: Position) -> RuleError {
    context.error(.refused(check: check, detail: detail), at: position)
  }
}

extension DetectionReader {
  /// Refuses a condition that comes to the same whatever the event is.
  func check(_ detection: Detection, _ position: Position) throws(RuleError) {
    // A condition that names each search once can come to both.
    var names: Set<String> = []
    guard detection.conditions.contains(where: { $0.repeats(&names, detection) }) else { return }
    switch ConditionTable(detection)?.outcomes {
    case [false]:
      throw context.error(
        .refused(
          check: "condition-never-true",
          detail:
            "the condition never holds, whatever the event; look for what excludes itself"
        ),
        at: position
      )
    case [true]:
      throw context.error(
        .refused(
          check: "condition-always-true",
          detail:
            "the condition always holds, whatever the event; look for what includes its opposite"
        ),
        at: position
      )
    default: break
    }
  }

  /// Refuses comparisons of one field that exclude each other.
  func checkRanges(_ mapping: Mapping) throws(RuleError) {
    guard mapping.entries.count > 1 else { return }
    var bounds: [Substring: [(NumberComparison, Double)]] = [:]
    for entry in mapping.entries where entry.key.hasSuffix("t") || entry.key.hasSuffix("te") {
      let parts = entry.key.split(separator: "|")
      guard parts.count == 2, let comparison = NumberComparison(rawValue: String(parts[1])),
        let text = entry.value.scalar?.text, let number = Double(text)
      else { continue }
      let all = bounds[parts[0], default: []] + [(comparison, number)]
      bounds[parts[0]] = all
      let candidates = all.flatMap { [$0.1, $0.1.nextUp, $0.1.nextDown] }
      let isPossible = candidates.contains { candidate in
        all.allSatisfy { $0.0.holds(candidate, $0.1) }
      }
      guard !isPossible else { continue }
      throw context.error(
        .refused(
          check: "impossible-range",
          detail: "no number satisfies every comparison of '\(parts[0])'; correct one"
        ),
        at: entry.keyPosition
      )
    }
  }
}

extension ItemReader {
  /// Refuses a minute, hour, day, week or month that does not exist.
  func check(_ part: TimePart, _ value: Double, _ position: Position) throws(RuleError) {
    guard let range = part.range, !range.contains(value) else { return }
    let shown = value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    throw context.error(
      .refused(
        check: "time-part-out-of-range",
        detail:
          "\(part.rawValue) \(shown) does not exist; it is \(Int(range.lowerBound)) to "
          + "\(Int(range.upperBound))"
      ),
      at: position
    )
  }
}

extension TimePart {
  /// The numbers that exist, or `nil` where all may.
  fileprivate var range: ClosedRange<Double>? {
    switch self {
    case .minute: 0...59
    case .hour: 0...23
    case .day: 1...31
    case .week: 1...53
    case .month: 1...12
    case .year: nil
    }
  }
}

extension Condition {
  /// Whether a search is named that is among the names already, or twice; adds those named.
  fileprivate func repeats(_ names: inout Set<String>, _ detection: Detection) -> Bool {
    switch self {
    case .search(let name): return !names.insert(name).inserted
    case .some(let selector, _):
      var isRepeated = false
      for search in detection.searches(selector) where !names.insert(search.name).inserted {
        isRepeated = true
      }
      return isRepeated
    case .not(let inner): return inner.repeats(&names, detection)
    case .and(let parts), .or(let parts):
      for part in parts where part.repeats(&names, detection) { return true }
      return false
    }
  }
}
