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
  /// The newest state of each source that gave a chunk.
  private(set) var checkpoints: [SourceID: [Checkpoint]] = [:]
  private(set) var deadLetters: [(source: SourceID, letter: DeadLetter)] = []
  /// The number of chunks taken.
  private(set) var chunkCount = 0

  /// Whether the status of a source changed although nothing was read of it.
  private(set) var hasStatus = false

  var isEmpty: Bool { chunkCount == 0 && !hasStatus && findings.isEmpty && incidents.isEmpty }

  mutating func take(_ parsed: ParsedChunk) {
    chunkCount += 1
    if let state = parsed.origin.checkpoints { checkpoints[parsed.origin.chunk.source] = state }
    let room = max(0, Limits.deadLettersKeptMax * 10 - deadLetters.count)
    deadLetters += parsed.normalized.deadLetters.prefix(room).map { letter in
      (parsed.origin.chunk.source, letter)
    }
  }

  mutating func noteStatus() { hasStatus = true }

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
