import VedetteDocuments

extension LintCheck {
  private static let searchesMax = 12

  /// The condition and the searches it names.
  static let conditionChecks: [LintCheck] = [
    LintCheck("unused-search", .warning) { subject in
      guard let detection = subject.detection else { return [] }
      var used: Set<String> = []
      for condition in detection.conditions { condition.collectNames(&used, detection) }
      return detection.searches.filter { !used.contains($0.name) }.map { search in
        (search.position, "search '\(search.name)' is not used by the condition; remove it")
      }
    },
    LintCheck("condition-never-true", .error) { subject in
      guard let detection = subject.detection, outcomes(detection) == [false] else { return [] }
      return [(conditionPosition(subject), "the condition never holds, whatever the event")]
    },
    LintCheck("condition-always-true", .error) { subject in
      guard let detection = subject.detection, outcomes(detection) == [true] else { return [] }
      return [(conditionPosition(subject), "the condition always holds, whatever the event")]
    },
    LintCheck("all-of-them", .note) { subject in
      guard let detection = subject.detection,
        detection.conditions.contains(where: \.hasAllOfThem)
      else { return [] }
      return [
        (
          conditionPosition(subject),
          "'all of them' leaves no room for filters; write 'all of selection_*'"
        )
      ]
    },
    LintCheck("filter-not-excluding", .warning) { subject in
      guard case .filter(let filter) = subject.document,
        filter.detection.conditions.allSatisfy({ if case .not = $0 { false } else { true } })
      else { return [] }
      return [
        (
          conditionPosition(subject),
          "the filter keeps what it names and drops the rest; an exclusion is 'not selection'"
        )
      ]
    },
  ]

  private static func conditionPosition(_ subject: LintSubject) -> Position {
    let detection = subject.root["detection"] ?? subject.root["filter"]
    return detection?.mapping?["condition"]?.position ?? subject.position
  }

  /// What the condition can come to, over everything that its searches can come to.
  private static func outcomes(_ detection: Detection) -> Set<Bool> {
    var used: Set<String> = []
    for condition in detection.conditions { condition.collectNames(&used, detection) }
    let names = used.sorted()
    guard names.count <= searchesMax else { return [false, true] }
    var outcomes: Set<Bool> = []
    for bits in 0..<(1 << names.count) {
      var values: [String: Bool] = [:]
      for (index, name) in names.enumerated() { values[name] = bits >> index & 1 == 1 }
      outcomes.insert(detection.conditions.contains { $0.value(values, detection) })
      if outcomes.count == 2 { break }
    }
    return outcomes
  }
}

extension Condition {
  /// Adds the searches that it names.
  fileprivate func collectNames(_ names: inout Set<String>, _ detection: Detection) {
    switch self {
    case .search(let name): names.insert(name)
    case .some(let selector, _): names.formUnion(detection.searches(selector).map(\.name))
    case .not(let inner): inner.collectNames(&names, detection)
    case .and(let parts), .or(let parts):
      for part in parts { part.collectNames(&names, detection) }
    }
  }

  fileprivate func value(_ values: [String: Bool], _ detection: Detection) -> Bool {
    switch self {
    case .search(let name): values[name] ?? false
    case .some(let selector, let requiresAll):
      requiresAll
        ? detection.searches(selector).allSatisfy { values[$0.name] ?? false }
        : detection.searches(selector).contains { values[$0.name] ?? false }
    case .not(let inner): !inner.value(values, detection)
    case .and(let parts): parts.allSatisfy { $0.value(values, detection) }
    case .or(let parts): parts.contains { $0.value(values, detection) }
    }
  }

  fileprivate var hasAllOfThem: Bool {
    switch self {
    case .some(.them, requiresAll: true): true
    case .search, .some: false
    case .not(let inner): inner.hasAllOfThem
    case .and(let parts), .or(let parts): parts.contains(where: \.hasAllOfThem)
    }
  }
}
