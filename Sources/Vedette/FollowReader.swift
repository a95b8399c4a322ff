import VedetteEvent
import VedetteIngest
import VedetteNormalize

/// What happened to sources while they were followed, shared with who tells people.
typealias SourceEvents = Monitor<[SourceEvent]>

/// Reads all followed files as one lane, in the order in which their lines arrive.
final class FollowReader: ChunkReader {
  private static let sampleCount = 100
  private static let heldChunksMax = 64
  private static let drainMilliseconds: Int64 = 10_000
  private static let waitMilliseconds = 1_000

  /// What was decided for a source, and on how many records.
  private struct Decision {
    var choice: FormatChoice
    var startYear: Int
    var sampled: Int
    var header = FileHeader()
  }

  private var follower: FileFollower
  private let configuration: PipelineConfiguration
  private let control: RunControl
  private let events: SourceEvents
  private let milliseconds: @Sendable () -> Int64
  private var held: [FollowedChunk] = []
  private var decisions: [String: Decision] = [:]
  private var stopSeen: Int64?
  private var isDone = false

  init(
    configuration: PipelineConfiguration,
    start: RunStart,
    checkpoints: [Checkpoint],
    control: RunControl,
    events: SourceEvents,
    milliseconds: @escaping @Sendable () -> Int64
  ) {
    var options = FileFollower.Options()
    options.start = start == .end ? .end : .beginning
    options.openLineMilliseconds = { source in
      configuration.settings(for: source.name).lineTimeoutNanoseconds.map { $0 / 1_000_000 }
    }
    follower = FileFollower(
      configuration.sources.map { SourcePath($0.path) },
      options: options,
      checkpoints: checkpoints,
      waker: control.waker
    )
    follower.adopt(control.streams.withLock { $0.take() })
    self.configuration = configuration
    self.control = control
    self.events = events
    self.milliseconds = milliseconds
  }

  func next() -> SourceChunk? {
    while held.isEmpty {
      if isDone { return nil }
      let now = milliseconds()
      if control.isStopping, stopSeen == nil { stopSeen = now }
      let isLate = stopSeen.map { now - $0 > Self.drainMilliseconds } ?? false
      if control.isReloading || isLate { return ended() }
      let hasMore = follower.poll(now: now) { chunk in
        held.append(chunk)
        return held.count < Self.heldChunksMax
      }
      let happened = follower.takeEvents()
      if !happened.isEmpty { events.withLock { $0 += happened } }
      guard held.isEmpty else { break }
      if follower.isEnded || (stopSeen != nil && !hasMore) { return ended() }
      if !hasMore { follower.wait(milliseconds: Self.waitMilliseconds) }
    }
    return prepared(held.removeFirst())
  }

  /// Keeps the streams for the next run; at the end of all it gives what is half read of them.
  private func ended() -> SourceChunk? {
    isDone = true
    if control.isReloading, !control.isStopping {
      let streams = follower.takeStreams()
      control.streams.withLock { $0 = streams }
      return nil
    }
    follower.endStreams { held.append($0) }
    return held.isEmpty ? nil : prepared(held.removeFirst())
  }

  private func prepared(_ followed: FollowedChunk) -> SourceChunk {
    let chunk = followed.chunk
    let settings = configuration.settings(for: chunk.path)
    var decision = decide(chunk, settings)
    let header = decision.header.take(chunk, as: decision.choice.format) {
      FileHead.chunk(of: chunk.path)
    }
    decisions[chunk.path] = decision
    return ChunkPreparation.prepared(
      chunk,
      choice: decision.choice,
      header: header,
      settings: settings,
      startYear: decision.startYear,
      checkpoints: followed.checkpoints
    )
  }

  /// Looks again until enough records were seen: a file that is followed may begin with one line.
  private func decide(_ chunk: RecordChunk, _ settings: SourceConfiguration) -> Decision {
    let known = decisions[chunk.path]
    if let known, known.sampled >= Self.sampleCount || known.choice.format.needsHeader,
      chunk.records.first?.line != 1
    {
      return known
    }
    let file = SourceFile(SourcePath(chunk.path))
    // What is read on in its middle is still what it was at its beginning.
    let isMiddle = known == nil && chunk.records.first?.line != 1
    let sample =
      isMiddle && settings.format == nil ? FileHead.chunk(of: chunk.path) ?? chunk : chunk
    var decision = Decision(
      choice: chunk.records.isEmpty
        ? known?.choice ?? ChunkPreparation.choice(for: sample, settings: settings)
        : ChunkPreparation.choice(for: sample, settings: settings),
      startYear: known?.startYear ?? configuration.year
        ?? StartYear.of(file, first: chunk, zone: settings.zone),
      sampled: (known?.sampled ?? 0) + chunk.records.count
    )
    if let known { decision.header = known.header }
    return decision
  }
}
