import Foundation
import Vedette
import VedetteEvent
import VedetteFindings
import VedetteSimulation
import VedetteStore

/// How good incidents are on generated attacks among decoys, with default settings.
///
/// An incident is an attack's if most of its labelled events are of that attack. Events are those
/// that findings keep as evidence: of each the first and the last twenty-five.
struct IncidentQuality {
  /// What is asked of incidents.
  struct Score: Sendable, Equatable {
    /// Attacks that were written.
    var attacks = 0
    /// Attacks in exactly one incident that names actor and kind.
    var told = 0
    /// Incidents that are some attack's.
    var attackIncidents = 0
    /// Decoys that were written.
    var decoys = 0
    /// Decoys that raised an incident of medium severity or above.
    var raisedDecoys = 0
    /// Decoys that raised one of any severity.
    var mentionedDecoys = 0
    /// Incidents of medium severity or above of ordinary work.
    var ordinary = 0
    /// Incidents of an attack with less than 95 % of their labelled events of it.
    var impure = 0
    /// Labelled events of attacks' incidents.
    var events = 0
    /// Those of the attack that the incident is of.
    var ownEvents = 0

    /// Incidents per attack that was found.
    var incidentsPerAttack: Double { Double(attackIncidents) / Double(max(1, attacks)) }
    /// The share of labelled events that are of their incident's attack.
    var purity: Double { events == 0 ? 1 : Double(ownEvents) / Double(events) }

    /// Adds another score.
    static func += (left: inout Score, right: Score) {
      left.attacks += right.attacks
      left.told += right.told
      left.attackIncidents += right.attackIncidents
      left.decoys += right.decoys
      left.raisedDecoys += right.raisedDecoys
      left.mentionedDecoys += right.mentionedDecoys
      left.ordinary += right.ordinary
      left.impure += right.impure
      left.events += right.events
      left.ownEvents += right.ownEvents
    }

    /// Bars that are missed, in words; none if all are held.
    var misses: [String] {
      var misses: [String] = []
      if told < attacks {
        misses.append("\(attacks - told) attacks are not in exactly one incident")
      }
      if raisedDecoys * 20 > decoys { misses.append("more than one decoy in twenty raises one") }
      if incidentsPerAttack > 1.1 { misses.append("more than 1.1 incidents per attack") }
      if impure > 0 { misses.append("\(impure) incidents are less than 95 % one attack") }
      return misses
    }
  }

  /// The score of a corpus, and what went wrong in words.
  struct Outcome: Sendable {
    var score = Score()
    var problems: [String] = []
  }

  private let engine: Engine

  init() {
    engine = Engine(
      rules: RuleSource.load(PipelineConfiguration()).rules,
      contentKey: Array(repeating: 7, count: 32)
    )
  }

  /// Replays a corpus and scores what came out.
  ///
  /// - Parameters:
  ///   - corpus: The corpus.
  ///   - folder: A folder to write it to; emptied of it afterwards.
  /// - Returns: The score.
  /// - Throws: What writing or replaying it throws.
  func outcome(_ corpus: AttackCorpus, in folder: String) throws -> Outcome {
    let path = folder + "/" + corpus.name
    try? FileManager.default.removeItem(atPath: path)
    try FileManager.default.createDirectory(
      atPath: path + "/logs",
      withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700]
    )
    defer { try? FileManager.default.removeItem(atPath: path) }
    for file in corpus.files {
      try Data(file.bytes).write(to: URL(filePath: path + "/logs/" + file.path))
    }
    var configuration = PipelineConfiguration()
    configuration.year = 2026
    configuration.sources = [SourceConfiguration(path: path + "/logs")]
    let store = try IncidentStore.open(
      path + "/vedette.db",
      for: .pipeline,
      writtenBy: "benchmark"
    )
    _ = try Replay(configuration: configuration, engine: engine)
      .run(into: store, now: { EventTime(nanosecondsSinceEpoch: 0) })
    var details: [IncidentDetail] = []
    try store.forEachIncident { details.append($0) }
    try store.close()
    return judge(details, corpus)
  }

  private func judge(_ details: [IncidentDetail], _ corpus: AttackCorpus) -> Outcome {
    var outcome = Outcome()
    var own: [String: [IncidentDetail]] = [:]
    for detail in details {
      let counts = labels(of: detail, corpus)
      let isLoud = detail.incident.severity >= .medium
      guard let most = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }),
        let event = corpus.events.first(where: { $0.label == most.key })
      else {
        if isLoud {
          outcome.score.ordinary += 1
          outcome.problems.append("ordinary work: \(words(detail))")
        }
        continue
      }
      own[event.label, default: []].append(detail)
      guard event.isAttack else { continue }
      let total = counts.values.reduce(0, +)
      outcome.score.attackIncidents += 1
      outcome.score.events += total
      outcome.score.ownEvents += most.value
      if most.value * 100 < total * 95 {
        outcome.score.impure += 1
        outcome.problems.append("mixed: \(words(detail)): \(counts)")
      }
    }
    for event in corpus.events { judge(event, own[event.label] ?? [], &outcome) }
    return outcome
  }

  private func judge(
    _ event: AttackCorpus.Event,
    _ details: [IncidentDetail],
    _ outcome: inout Outcome
  ) {
    guard event.isAttack else {
      outcome.score.decoys += 1
      if !details.isEmpty { outcome.score.mentionedDecoys += 1 }
      if details.contains(where: { $0.incident.severity >= .medium }) {
        outcome.score.raisedDecoys += 1
      }
      outcome.problems += details.map { "\(event.label): \(words($0))" }
      return
    }
    outcome.score.attacks += 1
    let isTold =
      details.count == 1 && details[0].incident.severity >= .medium
      && details[0].incident.entities.contains { entity in
        (entity.role == .actor || entity.role == .source) && event.actors.contains(entity.key)
      }
      && details[0].incident.techniques.contains(where: event.techniques.contains)
    if isTold {
      outcome.score.told += 1
    } else {
      let found = details.isEmpty ? "missed" : "\(details.count) incidents"
      outcome.problems.append("\(event.label): \(found)")
      outcome.problems += details.map { "    " + words($0) }
    }
  }

  /// How many of an incident's events belong to what.
  private func labels(of detail: IncidentDetail, _ corpus: AttackCorpus) -> [String: Int] {
    struct Place: Hashable {
      var file: String
      var line: Int
    }
    var places: Set<Place> = []
    for finding in detail.findings {
      for one in finding.evidence {
        let name = one.origin.path.split(separator: "/").last.map(String.init) ?? ""
        places.insert(Place(file: name, line: one.origin.line))
      }
    }
    var counts: [String: Int] = [:]
    for place in places {
      guard let file = corpus.files.first(where: { $0.path == place.file }),
        file.labels.indices.contains(place.line - 1),
        let label = file.labels[place.line - 1]
      else { continue }
      counts[label, default: 0] += 1
    }
    return counts
  }

  private func words(_ detail: IncidentDetail) -> String {
    let incident = detail.incident
    let who = incident.entities.prefix(3).map { "\($0.role.rawValue) \($0.key)" }
    let titles = Set(detail.findings.map(\.title)).sorted().joined(separator: ", ")
    return "\(incident.severity.name) \(incident.risk) \(who.joined(separator: ", ")): \(titles)"
  }
}

extension IncidentQuality {
  /// Prints how good incidents are over the corpora of seeds.
  ///
  /// - Parameters:
  ///   - seeds: The seeds.
  ///   - explains: Whether what went wrong is said, too.
  /// - Returns: The bars that are missed.
  /// - Throws: What writing or replaying a corpus throws.
  func run(_ seeds: ClosedRange<UInt64>, explains: Bool) throws -> [String] {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "vedette-incidents-\(ProcessInfo.processInfo.processIdentifier)"
    ).path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var total = Score()
    var byKind: [String: Score] = [:]
    for seed in seeds {
      for corpus in AttackCorpus.all(seed: seed) {
        let outcome = try outcome(corpus, in: folder)
        total += outcome.score
        let kind = String(corpus.name.prefix { $0 != "-" })
        byKind[kind, default: Score()] += outcome.score
        if explains { for problem in outcome.problems { print("\(corpus.name)  \(problem)") } }
      }
    }
    for (kind, score) in byKind.sorted(by: { $0.key < $1.key }) { print(line(kind, score)) }
    print(line("all", total))
    return total.misses
  }

  private func line(_ name: String, _ score: Score) -> String {
    let perAttack = String(format: "%.2f", score.incidentsPerAttack)
    let purity = String(format: "%.1f", score.purity * 100)
    return
      "\(name): \(score.told) of \(score.attacks) attacks in exactly one incident with actor and kind,"
      + " \(perAttack) incidents per attack, purity \(purity) % (\(score.impure) below 95 %),"
      + " decoys raised \(score.raisedDecoys) of \(score.decoys) (mentioned \(score.mentionedDecoys)),"
      + " ordinary work raised \(score.ordinary)"
  }
}
