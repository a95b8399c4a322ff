import Testing
import VedetteCorrelate
import VedetteEvent
import VedetteFindings
import VedetteStatistics

@testable import Vedette

@Suite("Changes of findings")
struct FindingChangesTests {
  private static func finding(_ number: Int, count: Int, random: inout SplitMix64) -> Finding {
    let start = Int64(number) * 300_000_000_000
    let address = Entity(
      type: .ip,
      value: "192.0.2.\(Int.random(in: 1...4, using: &random))",
      role: .actor
    )
    return Finding(
      id: id(number),
      time: EventTime(nanosecondsSinceEpoch: start),
      lastTime: EventTime(nanosecondsSinceEpoch: start),
      detector: .rule,
      title: "t\(number)",
      rule: nil,
      severity: number % 3 == 0 ? .low : .high,
      score: 60,
      entities: [address],
      techniques: [],
      tactics: [],
      sources: [],
      count: count,
      evidence: [],
      explanation: Explanation(summary: "")
    )
  }

  private static func id(_ number: Int) -> FindingID {
    FindingID(high: UInt64(number), low: 0)
  }

  @Test("of each finding only the newest state is left, of one that was merged only that")
  func newest() {
    var random = SplitMix64(seed: 1)
    let first = Self.finding(1, count: 1, random: &random)
    let other = Self.finding(2, count: 1, random: &random)
    var grown = first
    grown.count = 2
    var changes = FindingChanges()
    changes.take([.upsert(first), .upsert(other)])
    changes.take([.upsert(grown), .merged(other.id, into: first.id)])
    #expect(changes.all == [.upsert(grown), .merged(other.id, into: first.id)])
    #expect(FindingChanges().all.isEmpty)
  }

  @Test(
    "incidents told at the end are those told after each change",
    arguments: 0..<64 as Range<UInt64>
  )
  func incidents(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var standing: [Int: Finding] = [:]
    var changes: [FindingChange] = []
    for number in 1...40 {
      let new = Self.finding(number, count: 1, random: &random)
      standing[number] = new
      changes.append(.upsert(new))
      let known = standing.keys.sorted()
      let old = known[Int.random(in: 0..<known.count, using: &random)]
      guard var heir = standing[number], var grown = standing[old], old != number else { continue }
      if Bool.random(using: &random), grown.severity == heir.severity {
        heir.time = min(heir.time, grown.time)
        heir.entities += grown.entities
        standing[old] = nil
        standing[number] = heir
        changes += [.merged(grown.id, into: heir.id), .upsert(heir)]
      } else {
        grown.count += 1
        standing[old] = grown
        changes.append(.upsert(grown))
      }
    }
    var told = FindingChanges()
    for change in changes { told.take([change]) }
    #expect(Self.incidents([told.all]) == Self.incidents(changes.map { [$0] }))
  }

  /// The incidents that stand at the end, without the names they once had.
  private static func incidents(_ batches: [[FindingChange]]) -> [Incident] {
    var correlator = IncidentCorrelator(
      windowNanoseconds: 1_200_000_000_000,
      openingSeverity: .medium
    )
    var standing: [FindingID: Incident] = [:]
    for change in batches.flatMap({ correlator.take($0) }) {
      switch change {
      case .upsert(let incident): standing[incident.id] = incident
      case .merged(let old, _): standing[old] = nil
      }
    }
    return standing.values.map { incident in
      var bare = incident
      bare.aliases = []
      return bare
    }.sorted { $0.id < $1.id }
  }
}
