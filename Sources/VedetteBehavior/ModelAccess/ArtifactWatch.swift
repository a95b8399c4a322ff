import VedetteEvent
import VedetteFindings
import VedetteStatistics

/// Watches who reads the weights of models and who writes the data they are made from.
///
/// Both are done by a few roles, day by day. Who was never among them is a newcomer for a day.
struct ArtifactWatch: Sendable, Equatable {
  /// What a newcomer has read so far.
  struct Reading: Sendable, Equatable {
    var first: Int64
    var shards: UInt64 = 0
    var total: Int = 0
    var detected = Int64.max
    var entities: [Entity] = []
    var evidence: [WindowEvidence] = []
  }

  private static let objectsMax = 65_536
  private static let readersMax = 4_096
  /// So many events by others make it known who usually does it.
  private static let othersMin: UInt64 = 8
  private static let slow: Int64 = 30 * 60 * 1_000_000_000

  var readers: [EntityKey: Int64] = [:]
  var writers: [EntityKey: Int64] = [:]
  var reads: UInt64 = 0
  var writes: UInt64 = 0
  var firstTime = Int64.max
  var readings: [EntityKey: Reading] = [:]
  /// Who wrote a file of a dataset first, by its hash.
  var owners: [UInt64: EntityKey] = [:]

  /// Takes a call.
  ///
  /// - Returns: A finding, if a newcomer reads or writes what is not theirs.
  mutating func take(
    _ call: ModelCall,
    _ source: SourceID,
    _ identifier: FindingIdentifier
  ) -> Finding? {
    firstTime = min(firstTime, call.time)
    guard let artifact = call.artifact, !call.isFailure else { return nil }
    if artifact.isDataset {
      return artifact.isWrite ? takeWrite(call, artifact, source, identifier) : nil
    }
    return artifact.isWrite ? nil : takeRead(call, artifact, source, identifier)
  }

  private func isNewcomer(_ since: Int64?, _ call: ModelCall, after others: UInt64) -> Bool {
    guard call.time - firstTime >= KeyHabits.day, others >= Self.othersMin else { return false }
    return since.map { call.time - $0 < KeyHabits.day } ?? true
  }

  private mutating func takeRead(
    _ call: ModelCall,
    _ artifact: ArtifactFacts,
    _ source: SourceID,
    _ identifier: FindingIdentifier
  ) -> Finding? {
    reads &+= 1
    let isNew = isNewcomer(readers[call.subject], call, after: reads)
    if readers[call.subject] == nil {
      if readers.count < Self.readersMax {
        readers[call.subject] = isNew ? call.time : call.time - KeyHabits.day
      }
    }
    guard isNew, artifact.shard > 0, artifact.shards > 1 else { return nil }
    if readings.count >= Self.readersMax {
      readings = readings.filter { call.time - $0.value.first < 3 * KeyHabits.day }
    }
    var reading = readings[call.subject] ?? Reading(first: call.time)
    reading.total = max(reading.total, artifact.shards)
    let isFresh = reading.shards >> UInt64(artifact.shard & 63) & 1 == 0
    reading.shards |= 1 << UInt64(artifact.shard & 63)
    if isFresh, reading.evidence.count < Limits.evidenceRecordsMax {
      reading.evidence.append(call.evidence)
    }
    reading.entities = BuiltInFinding.merged([reading.entities, call.entities])
    defer { readings[call.subject] = reading }
    // A server that starts reads all parts in a minute or two; who takes half an hour does not.
    let count = reading.shards.nonzeroBitCount
    guard count * 2 >= min(reading.total, 64), count >= 3, call.time - reading.first >= Self.slow
    else { return nil }
    reading.detected = min(reading.detected, call.time)
    return weightsFinding(call, reading, count, source, identifier)
  }

  private func weightsFinding(
    _ call: ModelCall,
    _ reading: Reading,
    _ count: Int,
    _ source: SourceID,
    _ identifier: FindingIdentifier
  ) -> Finding {
    let since = EventTime(nanosecondsSinceEpoch: reading.first)
    return BuiltInFinding.finding(
      BuiltInFinding.Basis(
        rule: BuiltInFinding.weights,
        id: [call.subject.description, since.description],
        time: reading.first,
        lastTime: call.time,
        detected: reading.detected,
        score: 75,
        count: reading.evidence.count,
        techniques: ["AML.T0025", "AML.T0035", "AML.T0048.004", "T1530"],
        tactics: ["collection", "exfiltration"],
        entities: reading.entities,
        sources: [source],
        evidence: reading.evidence,
        explanation: Explanation(
          summary:
            "\(count) of \(reading.total) parts of a model read one by one since \(since) by "
            + "\(call.subject.value), who never read weights before",
          terms: [
            ExplanationTerm(
              feature: "parts",
              observed: Double(count),
              expected: Double(reading.total),
              contribution: 75
            )
          ]
        )
      ),
      identifier
    )
  }

  private mutating func takeWrite(
    _ call: ModelCall,
    _ artifact: ArtifactFacts,
    _ source: SourceID,
    _ identifier: FindingIdentifier
  ) -> Finding? {
    writes &+= 1
    let isNew = isNewcomer(writers[call.subject], call, after: writes)
    if writers[call.subject] == nil, writers.count < Self.readersMax {
      writers[call.subject] = isNew ? call.time : call.time - KeyHabits.day
    }
    let owner = owners[artifact.object]
    if owner == nil, owners.count < Self.objectsMax { owners[artifact.object] = call.subject }
    guard isNew, let owner, owner != call.subject else { return nil }
    let time = EventTime(nanosecondsSinceEpoch: call.time)
    return BuiltInFinding.finding(
      BuiltInFinding.Basis(
        rule: BuiltInFinding.dataset,
        id: [call.subject.description, String(artifact.object, radix: 16), time.description],
        time: call.time,
        lastTime: call.time,
        detected: call.time,
        score: 52,
        count: 1,
        techniques: ["AML.T0020", "AML.T0059", "T1565.001"],
        tactics: ["impact", "persistence"],
        entities: call.entities,
        sources: [source],
        evidence: [call.evidence],
        explanation: Explanation(
          summary:
            "\(call.subject.value), who never wrote training data before, replaced a file of "
            + "\(owner.value)",
          terms: [
            ExplanationTerm(
              feature: "writer",
              observed: 1,
              expected: 0,
              contribution: 52,
              value: call.subject.value
            )
          ]
        )
      ),
      identifier
    )
  }
}
