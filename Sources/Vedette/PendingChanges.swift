import VedetteCorrelate
import VedetteEvent
import VedetteFindings
import VedetteNormalize

/// What changed since the last commit: of each finding and incident only its newest state.
struct PendingChanges {
  private(set) var findings: [FindingID: Finding] = [:]
  private(set) var mergedFindings: [(old: FindingID, heir: FindingID)] = []
  private(set) var incidents: [FindingID: Incident] = [:]
  private(set) var mergedIncidents: [(old: FindingID, heir: FindingID)] = []
  private(set) var checkpoints: [CheckpointKey: Checkpoint] = [:]
  private(set) var forgotten: [Checkpoint] = []
  private(set) var deadLetters: [(source: SourceID, letter: DeadLetter)] = []
  /// The number of chunks taken.
  private(set) var chunkCount = 0

  struct CheckpointKey: Hashable, Comparable {
    let source: SourceID
    let device: UInt64
    let inode: UInt64

    static func < (lhs: CheckpointKey, rhs: CheckpointKey) -> Bool {
      (lhs.source, lhs.device, lhs.inode) < (rhs.source, rhs.device, rhs.inode)
    }
  }

  var isEmpty: Bool { chunkCount == 0 && findings.isEmpty && incidents.isEmpty }

  mutating func take(_ parsed: ParsedChunk) {
    chunkCount += 1
    if let checkpoint = parsed.origin.checkpoint {
      let key = CheckpointKey(
        source: checkpoint.source,
        device: checkpoint.device,
        inode: checkpoint.inode
      )
      checkpoints[key] = checkpoint
    }
    forgotten += parsed.origin.forgotten
    let room = max(0, Limits.deadLettersKeptMax * 10 - deadLetters.count)
    deadLetters += parsed.normalized.deadLetters.prefix(room).map { letter in
      (parsed.origin.chunk.source, letter)
    }
  }

  mutating func take(_ changes: [FindingChange]) {
    for change in changes {
      switch change {
      case .upsert(let finding): findings[finding.id] = finding
      case .merged(let old, let heir):
        findings[old] = nil
        mergedFindings.append((old, heir))
      }
    }
  }

  mutating func take(_ changes: [IncidentChange]) {
    for change in changes {
      switch change {
      case .upsert(let incident): incidents[incident.id] = incident
      case .merged(let old, let heir):
        incidents[old] = nil
        mergedIncidents.append((old, heir))
      }
    }
  }
}
