// What speaks of the logs themselves: silence, missing numbers, cut or overwritten files, clocks.
//
// Who breaks in turns logging off, clears what was logged, or moves a clock. None of that is an
// event of the log, so no rule sees it. Four questions are asked instead:
//
// 1. Silence. Is a source silent for longer than it ever is at this hour? ``SourceRhythm``.
// 2. Numbers. Are record ids or serials missing that the writer leaves none out of?
//    ``SequenceTracker``.
// 3. Tampering. Was a followed file cut short or overwritten without a rotation? The follower says
//    so; it is a signature, and opens an incident. Several logs of a host are one finding.
// 4. Clocks. Is a source's clock steadily far from this host's? ``ClockOffset``.
//
// The first two are functions of the events alone: a replay says the same. A silence is told when
// the source speaks again, when a replay ends, or in a run when everything there is was read and
// another source has gone on for long enough. The last two exist in a run only.

public import VedetteColumns
public import VedetteEvent
public import VedetteFindings

/// What was done to a file that is followed.
public enum LogTampering: Sendable, Equatable {
  /// It is shorter than what was read of it.
  case cutShort(bytesBefore: Int64)
  /// It holds something else where it was read.
  case overwritten(bytesBefore: Int64)
}

/// Finds what speaks of the logs themselves.
public struct LogIntegrity: Sendable {
  /// The name under which its state is saved.
  public static let stateName = "integrity"
  static let version = 1
  /// Sources whose rhythm is kept; further ones are not judged.
  static let sourcesMax = 4_096
  /// Writers of numbers kept for one source; then the one that is behind the others goes.
  static let sequencesMax = 256
  /// Hosts whose cut or overwritten logs are kept open; then the oldest goes.
  static let tamperedHostsMax = 256

  let identifier: FindingIdentifier
  let foldNanoseconds: Int64
  var sources: [SourceID: WatchedSource] = [:]
  var tampered: [String: TamperedHost] = [:]
  var changed: Set<SourceID> = []
  var changedHosts: Set<String> = []

  /// Creates a detector that has seen nothing.
  ///
  /// - Parameters:
  ///   - identifier: Makes the findings' ids.
  ///   - foldNanoseconds: The longest pause between two cut or overwritten logs of one host that
  ///     leaves them one finding.
  public init(identifier: FindingIdentifier, foldNanoseconds: Int64) {
    self.identifier = identifier
    self.foldNanoseconds = foldNanoseconds
  }

  /// Takes the next batch of a source.
  ///
  /// - Parameters:
  ///   - batch: Events of one source, with their years.
  ///   - latenessNanoseconds: How far behind its newest event the source may be.
  /// - Returns: What is new.
  public mutating func observe(
    _ batch: EventBatch,
    latenessNanoseconds: Int64
  ) -> [FindingChange] {
    guard batch.rowCount > 0 else { return [] }
    guard sources[batch.source] != nil || sources.count < Self.sourcesMax else { return [] }
    // Taken out while it changes: what two hold is copied with the first change.
    var source = sources.removeValue(forKey: batch.source) ?? WatchedSource(batch.source)
    source.latenessNanoseconds = latenessNanoseconds
    var findings: [Finding] = []
    source.followTimes(of: batch) { source, next in
      if let finding = silence(of: &source, until: next) { findings.append(finding) }
    }
    source.followNumbers(of: batch)
    findings += source.settle().map { gap(of: source, $0.key, $0.gap) }
    sources[batch.source] = source
    changed.insert(batch.source)
    return findings.map(FindingChange.upsert)
  }

  /// States which sources are silent, when all that there is was read.
  ///
  /// - Parameter now: The present, for sources whose events arrive as they happen; `nil` in a replay.
  /// - Returns: What is new.
  public mutating func silences(now: EventTime?) -> [FindingChange] {
    guard let newest = sources.values.map(\.rhythm.last).max() else { return [] }
    var findings: [Finding] = []
    for id in sources.keys.sorted() {
      guard var source = sources[id], source.statedFrom != source.rhythm.last,
        let most = source.rhythm.pauseMax
      else { continue }
      let present = source.isLive ? now?.nanosecondsSinceEpoch ?? .min : .min
      let reached = max(newest, present).subtractingHeld(source.rhythm.last)
      guard reached > most.addingHeld(source.latenessNanoseconds) else { continue }
      guard let finding = silence(of: &source, until: nil) else { continue }
      sources[id] = source
      changed.insert(id)
      findings.append(finding)
    }
    return findings.map(FindingChange.upsert)
  }

  /// States that a followed file was cut short or overwritten.
  ///
  /// - Parameters:
  ///   - tampering: What was done.
  ///   - path: The file.
  ///   - id: Its logical source.
  ///   - now: The time, where no event of the source tells one.
  /// - Returns: What is new or has grown.
  public mutating func note(
    _ tampering: LogTampering,
    of path: String,
    _ id: SourceID,
    at now: EventTime
  ) -> [FindingChange] {
    let source = sources[id]
    let time = source.flatMap { $0.rhythm.isEmpty ? nil : $0.rhythm.last }
    let host = source?.host ?? ""
    let at = time ?? now.nanosecondsSinceEpoch
    var one = tampered[host] ?? TamperedHost(from: at)
    if at > one.until.addingHeld(foldNanoseconds) || at < one.from.subtractingHeld(foldNanoseconds)
    {
      one = TamperedHost(from: at)
    }
    one.add(tampering, of: path, id, at: at, source?.newest)
    if tampered[host] == nil, tampered.count >= Self.tamperedHostsMax,
      let oldest = tampered.min(by: { ($0.value.until, $0.key) < ($1.value.until, $1.key) })?.key
    {
      tampered[oldest] = nil
      changedHosts.insert(oldest)
    }
    tampered[host] = one
    changedHosts.insert(host)
    return [.upsert(tamperFinding(of: host, one))]
  }

  /// Compares a source's newest event with the present.
  ///
  /// - Parameters:
  ///   - batch: What arrived.
  ///   - now: The present.
  /// - Returns: What is new.
  public mutating func noteArrival(_ batch: EventBatch, at now: EventTime) -> [FindingChange] {
    guard let newest = batch.newestTime, var source = sources.removeValue(forKey: batch.source)
    else { return [] }
    let present = now.nanosecondsSinceEpoch
    source.isLive = abs(newest.subtractingHeld(present)) < WatchedSource.liveNanoseconds
    defer { sources[batch.source] = source }
    guard let offset = source.clock.note(newest, at: present), source.mayStateOffset(newest) else {
      return []
    }
    source.offsetStatedAt = newest
    changed.insert(batch.source)
    return [.upsert(clockFinding(of: source, offset, at: newest))]
  }
}
