import VedetteEvent
public import VedetteFindings

/// The paragraph that tells an incident: who did what, since when, how sure that is, and what to do.
///
/// It follows from the findings alone, so it is the same in every run. Values stand in it as they
/// were logged: whoever shows it makes it safe to show.
public enum Narrative {
  /// Tells an incident.
  ///
  /// - Parameters:
  ///   - incident: The incident; its own narrative is not looked at.
  ///   - findings: Its findings, by time, then id.
  /// - Returns: Six sentences or fewer.
  public static func text(_ incident: Incident, findings: [Finding]) -> String {
    [
      who(incident, findings), what(findings), way(incident.tactics), confidence(findings),
      Advice.text(tactics: incident.tactics, entities: incident.entities),
    ].filter { !$0.isEmpty }.joined(separator: " ")
  }

  private static func who(_ incident: Incident, _ findings: [Finding]) -> String {
    let people = Participants(incident.entities) { $0.value }
    // An account that an address tried first and that acted afterwards is a victim, not the culprit.
    let takenOver = people.names.filter { triedByAddress(findings).contains($0) }
    let names =
      people.addresses.isEmpty ? people.names : people.names.filter { !takenOver.contains($0) }
    let actors = [names, people.keys, people.addresses].first { !$0.isEmpty } ?? []
    let isAddress = names.isEmpty && people.keys.isEmpty
    let from = isAddress || people.addresses.isEmpty ? "" : " from \(some(people.addresses))"
    let targets = people.accounts + people.machines
    let subject = actors.isEmpty ? "Somebody" : some(actors) + from
    var predicate =
      if !targets.isEmpty {
        "acted against \(some(targets))"
      } else {
        people.models.isEmpty ? "acted" : "used \(some(people.models))"
      }
    if !takenOver.isEmpty, !people.addresses.isEmpty {
      predicate += ", then as \(some(takenOver)),"
    }
    let span = incident.lastSeen.nanoseconds(since: incident.firstSeen)
    let length = span > 0 ? ", over \(Wording.duration(span))" : ""
    return "\(subject) \(predicate) since \(time(incident.firstSeen)) UTC\(length)."
  }

  /// The accounts that an address tried without being any of them.
  private static func triedByAddress(_ findings: [Finding]) -> Set<String> {
    var tried: Set<String> = []
    for finding in findings
    where finding.tactics.contains("credential-access")
      && finding.entities.contains(where: { $0.type == .ip && $0.role == .actor })
    {
      for entity in finding.entities where entity.type == .user { tried.insert(entity.value) }
    }
    return tried
  }

  /// The tactics in the order in which they first occurred.
  private static func way(_ tactics: [String]) -> String {
    guard tactics.count > 1 else { return "" }
    let names = tactics.map { $0.replacing("-", with: " ") }
    return "It went from \(names[0]) to \(Wording.sentence(Array(names.dropFirst()), most: 4))."
  }

  private static func what(_ findings: [Finding]) -> String {
    var titles: [String] = []
    for finding in findings where !titles.contains(finding.title) { titles.append(finding.title) }
    guard let first = titles.first, let worst = worst(findings) else { return "" }
    let summary = worst.explanation.summary
    let detail = summary.isEmpty ? "" : " (\(Wording.clause(summary)))"
    guard titles.count > 1 else { return "What was seen: \(first)\(detail)." }
    let rest = Array(titles.dropFirst())
    let most = rest.count > 1 ? "; the worst was \(worst.title)" : ""
    return "It began with \(first) and went on with \(some(rest))\(most)\(detail)."
  }

  private static func confidence(_ findings: [Finding]) -> String {
    let behaviour = findings.filter { finding in
      switch finding.detector {
      case .rule, .correlation: false
      case .newValue, .baseline, .outlier: true
      }
    }
    var rules: [String] = []
    for rule in findings.compactMap(\.rule?.id) where !rules.contains(rule) { rules.append(rule) }
    return switch (rules.count, behaviour.count) {
    case (0, 0): ""
    case (0, 1): "One measure of behaviour alone says so, and no known pattern fits: unsure."
    case (0, let count):
      "Behaviour is unusual in \(count) ways, but no known pattern fits: unsure."
    case (1, 0): "One rule alone says so: likely, but read its events first."
    case (let count, 0): "\(count) different rules agree: likely."
    default: "Known patterns and unusual behaviour agree: very likely."
    }
  }

  /// The finding with the highest score, of equal ones the first.
  private static func worst(_ findings: [Finding]) -> Finding? {
    var worst: Finding?
    for finding in findings where finding.score > worst?.score ?? -1 { worst = finding }
    return worst
  }

  private static func some(_ values: [String]) -> String { Wording.sentence(values, most: 2) }

  private static func time(_ time: EventTime) -> String {
    let text = time.description
    return text.prefix(10) + " " + text.dropFirst(11).prefix(5)
  }
}
