import Testing
import VedetteEvent
import VedetteFindings
import VedetteStatistics

@testable import VedetteStore

/// What the store should hold, kept in the plainest way.
private struct Model {
  var incidents: [FindingID: Incident] = [:]
  var findings: [FindingID: (finding: Finding, incident: FindingID)] = [:]
  var aliases: [FindingID: FindingID] = [:]

  mutating func merge(_ id: FindingID, into target: FindingID) {
    incidents[id] = nil
    aliases[id] = target
    for (alias, old) in aliases where old == id { aliases[alias] = target }
    for (key, value) in findings where value.incident == id { findings[key]?.incident = target }
  }

  func detail(_ id: FindingID) throws -> IncidentDetail {
    var incident = try #require(incidents[id])
    let members = findings.values.filter { $0.incident == id }.map(\.finding)
      .sorted { ($0.time, $0.id) < ($1.time, $1.id) }
    incident.findings = members.map(\.id)
    incident.findingCount = members.count
    incident.aliases = aliases.filter { $0.value == id }.map(\.key).sorted()
    return IncidentDetail(incident: incident, findings: members)
  }
}

@Suite("The store against a model")
struct ModelTests {
  @Test("holds the same after any sequence of commits", arguments: 0..<24 as Range<UInt64>)
  func agrees(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let folder = try TemporaryFolder()
    var store = try folder.open()
    var model = Model()
    for step in 0..<12 {
      var batch = CommitBatch(at: Example.time(step))
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        upsert(&batch, &model, &random)
      }
      merge(&batch, &model, &random)
      try store.commit(batch)
      if Int.random(in: 0..<4, using: &random) == 0 {
        try store.close()
        store = try folder.open()
      }
    }
    var found: [IncidentDetail] = []
    try store.forEachIncident { found.append($0) }
    let expected = try model.incidents.keys
      .sorted { left, right in
        let (first, second) = (model.incidents[left], model.incidents[right])
        return (first?.firstSeen ?? Example.start, left) < (
          second?.firstSeen ?? Example.start, right
        )
      }
      .map { try model.detail($0) }
    #expect(found == expected, "seed \(seed)")
    for (alias, target) in model.aliases {
      #expect(try store.incident(alias.hex).incident.id == target, "seed \(seed)")
    }
  }

  private func upsert(
    _ batch: inout CommitBatch,
    _ model: inout Model,
    _ random: inout SplitMix64
  ) {
    let number = UInt64.random(in: 1...12, using: &random)
    let id = Example.id(number)
    guard model.aliases[id] == nil, !batch.incidents.contains(where: { $0.id == id }) else {
      return
    }
    var incident = Example.incident(number, at: Int.random(in: 0...5, using: &random))
    incident.title = "title \(random.next() % 100)"
    if Bool.random(using: &random) {
      incident.entities.append(Entity(type: .user, value: "u\(random.next() % 4)", role: .target))
    }
    batch.incidents.append(incident)
    model.incidents[id] = incident
    for other in [number, number + 20] where Bool.random(using: &random) {
      let evidence = (0..<Int.random(in: 0...6, using: &random)).map { index in
        Example.evidence(index, at: Int.random(in: 0...2, using: &random))
      }
      let finding = Example.finding(
        other,
        at: Int.random(in: 0...3, using: &random),
        evidence: evidence
      )
      batch.findings.append(.init(finding, in: id))
      model.findings[finding.id] = (finding, id)
    }
  }

  private func merge(
    _ batch: inout CommitBatch,
    _ model: inout Model,
    _ random: inout SplitMix64
  ) {
    let ids = model.incidents.keys.sorted()
    guard ids.count > 2, let id = ids.randomElement(using: &random),
      let target = ids.randomElement(using: &random), id != target,
      Bool.random(using: &random)
    else { return }
    // Findings are written after merges, so those of the part follow it.
    for index in batch.findings.indices where batch.findings[index].incident == id {
      batch.findings[index].incident = target
    }
    batch.mergedIncidents = [.init(id, of: target)]
    model.merge(id, into: target)
  }
}
