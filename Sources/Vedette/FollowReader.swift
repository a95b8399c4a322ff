import VedetteEvent
import VedetteIngest
import VedetteNormalize

/// What happened to sources while they were followed, shared with who tells people.
typealias SourceEvents = Monitor<[SourceEvent]>

/// Reads all followed files, and what is received, as one lane, in the order in which lines arrive.
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

  /// What waits to be prepared.
  private struct Held {
    var followed: FollowedChunk
    /// What happened to the source before.
    var events: [SourceEvent] = []
  }

  private var follower: FileFollower
  private let configuration: PipelineConfiguration
  private let control: RunControl
  private let events: SourceEvents
  private let milliseconds: @Sendable () -> Int64
  private let now: @Sendable () -> EventTime
  private var intake: Intake?
  private var held: [Held] = []
  private var decisions: [String: Decision] = [:]
  private var stopSeen: Int64?
  private var isDone = false

  init(
    configuration: PipelineConfiguration,
    start: RunStart,
    checkpoints: [Checkpoint],
    control: RunControl,
    events: SourceEvents,
    now: @escaping @Sendable () -> EventTime,
    milliseconds: @escaping @Sendable () -> Int64
  ) {
    var options = FileFollower.Options()
    options.start = start == .end ? .end : .beginning
    if configuration.sources.contains(where: { $0.lineTimeoutNanoseconds != nil }) {
      options.openLineMilliseconds = { source in
        configuration.settings(for: source.name).lineTimeoutNanoseconds.map { $0 / 1_000_000 }
      }
    }
    let files = configuration.sources.filter { !IntakeAddress.isMeant(by: $0.path) }
    follower = FileFollower(
      files.map { SourcePath($0.path) },
      options: options,
      checkpoints: checkpoints.filter { !IntakeAddress.isMeant(by: $0.source.name) },
      waker: control.waker
    )
    follower.adopt(control.streams.withLock { $0.take() })
    self.configuration = configuration
    self.control = control
    self.events = events
    self.milliseconds = milliseconds
    self.now = now
    intake = control.intake.withLock { intake in
      defer { intake = nil }
      return intake
    }
    receive(from: configuration.intakes, start, checkpoints)
  }

  deinit { intake?.finish() }

  /// Goes on with what the run before received from, or begins to.
  private func receive(
    from addresses: [IntakeAddress],
    _ start: RunStart,
    _ checkpoints: [Checkpoint]
  ) {
    if intake == nil, !addresses.isEmpty {
      var options = ReceiveOptions()
      options.journalStart = start.journalArgument
      intake = Intake(options: options, readerWaker: control.waker, milliseconds: milliseconds)
    }
    intake?.set(addresses, checkpoints: checkpoints)
  }

  func next() -> SourceChunk? {
    while held.isEmpty {
      if isDone { return nil }
      let now = milliseconds()
      if control.isStopping, stopSeen == nil {
        stopSeen = now
        intake?.finish()
      }
      let isLate = stopSeen.map { now - $0 > Self.drainMilliseconds } ?? false
      if control.isReloading || isLate { return ended() }
      let hasMore = follower.poll(now: now) { chunk in
        held.append(Held(followed: chunk))
        return held.count < Self.heldChunksMax
      }
      tell(follower.takeEvents())
      if let (chunks, happened) = intake?.take() {
        held += chunks.map { Held(followed: $0) }
        tell(happened)
      }
      guard held.isEmpty else { break }
      let isReceiving = intake.map { !$0.isDone } ?? false
      let isOver = follower.isEnded || (stopSeen != nil && !hasMore)
      if isOver, !isReceiving { return ended() }
      if !hasMore { follower.wait(milliseconds: Self.waitMilliseconds) }
    }
    return prepared(held.removeFirst())
  }

  /// Passes on what happened; what was done to a file goes with the first records behind it, so
  /// that it is found once: with the place that does not show it again.
  private func tell(_ happened: [SourceEvent]) {
    let told = happened.filter { !$0.isTampering }
    if !told.isEmpty { events.withLock { $0 += told } }
    for event in happened where event.isTampering {
      if let place = held.firstIndex(where: { $0.followed.chunk.source == event.source }) {
        held[place].events.append(event)
      } else {
        let none = RecordChunk(source: event.source, path: event.path, bytes: [], records: [])
        let carrier = FollowedChunk(chunk: none, checkpoints: nil)
        held.insert(Held(followed: carrier, events: [event]), at: 0)
      }
    }
  }

  /// Keeps the streams for the next run; at the end of all it gives what is half read of them.
  private func ended() -> SourceChunk? {
    isDone = true
    if control.isReloading, !control.isStopping {
      let streams = follower.takeStreams()
      control.streams.withLock { $0 = streams }
      let going = intake
      intake = nil
      control.intake.withLock { $0 = going }
      return nil
    }
    follower.endStreams { held.append(Held(followed: $0)) }
    return held.isEmpty ? nil : prepared(held.removeFirst())
  }

  private func prepared(_ one: Held) -> SourceChunk {
    var chunk = prepared(one.followed)
    chunk.events = one.events
    return chunk
  }

  private func prepared(_ followed: FollowedChunk) -> SourceChunk {
    let chunk = followed.chunk
    let settings = configuration.settings(for: chunk.path)
    guard !IntakeAddress.isMeant(by: chunk.path) else { return received(followed, settings) }
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

  /// What is received has no beginning to look at, and its newest time is about the present.
  private func received(
    _ followed: FollowedChunk,
    _ settings: SourceConfiguration
  ) -> SourceChunk {
    let choice = settings.format.map { FormatChoice(format: $0, reason: "as asked for") }
    var prepared = ChunkPreparation.prepared(
      followed.chunk,
      choice: choice ?? .received(from: followed.chunk.path),
      header: nil,
      settings: settings,
      startYear: configuration.year
        ?? StartYear.of(received: followed.chunk, now: now(), zone: settings.zone),
      checkpoints: followed.checkpoints
    )
    prepared.losses = followed.losses
    return prepared
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

extension PipelineConfiguration {
  /// What is received rather than read from files.
  var intakes: [IntakeAddress] { sources.compactMap { try? IntakeAddress($0.path) } }
}

extension FormatChoice {
  /// What a listener or a journal gives, where nobody says otherwise.
  fileprivate static func received(from path: String) -> FormatChoice {
    if path.hasPrefix("journald:") {
      return FormatChoice(format: .journald, reason: "journalctl tells JSON")
    }
    return FormatChoice(format: .syslog, reason: "what is sent to a syslog listener")
  }
}

extension RunStart {
  /// Where `journalctl` begins, where no cursor is known.
  fileprivate var journalArgument: String? {
    switch self {
    case .beginning: nil
    case .end: "--lines=0"
    case .time(let time): "--since=@\(time.nanosecondsSinceEpoch / 1_000_000_000)"
    }
  }
}

extension SourceEvent {
  /// Whether something was done to the file that is found, and not only told.
  fileprivate var isTampering: Bool {
    switch kind {
    case .truncated, .overwritten: true
    case .gone, .unreadable, .readable, .polling: false
    }
  }
}
