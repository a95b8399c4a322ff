import VedetteEvent
import VedetteFindings
import VedetteStatistics

/// Finds prompts of one wording that many keys begin to send: extraction spread over keys.
///
/// Only prompts for purposes that are new to their keys are looked at. Each key may stay under any
/// limit of its own: what counts is how many keys of how many teams there are.
struct SharedPurposes: Sendable, Equatable {
  struct Member: Sendable, Equatable {
    var subject: EntityKey
    var team: UInt64
    var count: UInt32
    var entities: [Entity]
  }

  struct Cluster: Sendable, Equatable {
    var purpose: Purposes.Purpose
    var members: [Member]
    /// Different prompts, at most ``promptsMax`` of them.
    var prompts: [UInt64]
    var cost: Int64
    var evidence: [WindowEvidence]
    var isTold = false
    var detected = Int64.max
  }

  static let distanceMax = 14
  static let clustersMax = 2_048
  static let membersMax = 256
  static let promptsMax = 512
  static let keysMin = 5
  static let teamsMin = 3
  static let promptsMin = 15
  private static let lifetime: Int64 = KeyHabits.day

  var clusters: [Cluster] = []
  var hasChanged = false

  /// Takes a prompt whose purpose is new to its key.
  ///
  /// - Returns: A finding, if the keys that ask for it are many.
  mutating func take(
    _ call: ModelCall,
    _ source: SourceID,
    _ identifier: FindingIdentifier
  ) -> Finding? {
    guard call.similarity != 0, !call.isFailure else { return nil }
    hasChanged = true
    let place = place(of: call)
    clusters[place].add(call)
    return clusters[place].finding(call.time, source, identifier)
  }

  private mutating func place(of call: ModelCall) -> Int {
    var best = -1
    var least = Self.distanceMax + 1
    for index in clusters.indices {
      let distance = (clusters[index].purpose.middle ^ call.similarity).nonzeroBitCount
      if distance < least, call.time - clusters[index].purpose.last < Self.lifetime {
        (best, least) = (index, distance)
      }
    }
    if best >= 0 {
      clusters[best].purpose.add(call.similarity, at: call.time)
      return best
    }
    if clusters.count >= Self.clustersMax {
      clusters.removeAll { call.time - $0.purpose.last >= Self.lifetime }
    }
    if clusters.count >= Self.clustersMax,
      let least = clusters.indices.min(by: {
        (clusters[$0].members.count, clusters[$0].purpose.last)
          < (clusters[$1].members.count, clusters[$1].purpose.last)
      })
    {
      clusters.remove(at: least)
    }
    clusters.append(
      Cluster(
        purpose: Purposes.Purpose(call.similarity, at: call.time),
        members: [],
        prompts: [],
        cost: 0,
        evidence: []
      )
    )
    return clusters.count - 1
  }
}

extension SharedPurposes.Cluster {
  fileprivate mutating func add(_ call: ModelCall) {
    cost += call.cost
    if call.prompt != 0, prompts.count < SharedPurposes.promptsMax, !prompts.contains(call.prompt) {
      prompts.append(call.prompt)
    }
    if let index = members.firstIndex(where: { $0.subject == call.subject }) {
      members[index].count &+= 1
    } else if members.count < SharedPurposes.membersMax {
      let entities = call.entities.filter { ![.model, .team, .tenant].contains($0.type) }
      members.append(
        SharedPurposes.Member(
          subject: call.subject,
          team: call.team,
          count: 1,
          entities: entities
        )
      )
      evidence.append(call.evidence)
    }
  }

  fileprivate mutating func finding(
    _ time: Int64,
    _ source: SourceID,
    _ identifier: FindingIdentifier
  ) -> Finding? {
    let several = members.filter { $0.count >= 2 }
    let count = Int(purpose.count)
    guard several.count >= SharedPurposes.keysMin,
      Set(several.map(\.team)).count >= SharedPurposes.teamsMin,
      count >= SharedPurposes.promptsMin,
      prompts.count * 10 >= min(count, SharedPurposes.promptsMax) * 9
    else { return nil }
    if !isTold {
      isTold = true
      detected = time
    }
    let teams = Set(several.map(\.team)).count
    let since = EventTime(nanosecondsSinceEpoch: purpose.first)
    let terms = [
      ExplanationTerm(
        feature: "keys",
        observed: Double(several.count),
        expected: Double(SharedPurposes.keysMin),
        contribution: 75
      ),
      ExplanationTerm(
        feature: "different_prompts",
        observed: Double(prompts.count),
        expected: Double(SharedPurposes.promptsMin),
        contribution: 0
      ),
    ]
    return BuiltInFinding.finding(
      BuiltInFinding.Basis(
        rule: BuiltInFinding.coordinated,
        id: [since.description, members[0].subject.description],
        time: purpose.first,
        lastTime: time,
        detected: detected,
        score: 75,
        count: count,
        techniques: ["AML.T0008.005", "AML.T0024.002", "AML.T0065"],
        tactics: ["exfiltration"],
        entities: BuiltInFinding.mergedActors(several.map(\.entities)),
        sources: [source],
        evidence: evidence,
        explanation: Explanation(
          summary:
            "\(several.count) keys of \(teams) teams began to ask in one wording, new to all "
            + "of them: \(count) prompts since \(since), \(prompts.count) of them different, at "
            + "about \(BuiltInFinding.dollars(cost)) USD",
          terms: terms
        )
      ),
      identifier
    )
  }
}
