public import VedetteEvent

/// Follows files while they grow, are rotated, cut short, replaced and deleted.
///
/// One thread owns a follower. It polls for records until there are no more, waits, and polls again;
/// another thread may end the wait with the ``FollowWaker``.
///
/// ```swift
/// var follower = FileFollower(["/var/log/auth.log"], options, checkpoints: stored, waker: waker)
/// while !isStopped {
///   let hasMore = follower.poll(now: clock.milliseconds) { chunk in queue.append(chunk) }
///   if !hasMore { follower.wait(milliseconds: 1_000) }
/// }
/// ```
///
/// Each record of a file that is rotated by renaming comes exactly once and in order, also over a
/// restart with the stored checkpoints. A line comes when its line end does. The follower reads no
/// clock: the caller says what time it is, and only differences count.
public struct FileFollower: ~Copyable {
  /// How a follower does its work.
  public struct Options: Sendable {
    /// Where to begin in files never seen before.
    public enum Start: Sendable {
      /// At their beginning.
      case beginning
      /// Behind what they hold now; files that appear later are read from their beginning.
      case end
    }

    /// Where to begin in files that are there at the start without a checkpoint.
    public var start = Start.beginning
    /// How long a rotated or deleted file is watched for late writes after it grew last.
    public var quietMilliseconds: Int64 = 5_000
    /// How long a line without its end waits for it in a source, or `nil` for as long as it takes.
    public var openLineMilliseconds: @Sendable (SourceID) -> Int64? = { _ in nil }
    /// How long a file that is gone is remembered, to know it again when it is compressed.
    public var forgetMilliseconds: Int64 = 60_000
    /// How long a listing of the folders is good for when changes are reported.
    public var listMilliseconds: Int64 = 5_000
    /// How long to wait between looks when changes are not reported.
    public var pollMilliseconds = 250
    /// Bytes read of one file before the next has its turn.
    public var roundBytesMax = 1 << 20
    /// Files kept open; further ones are opened when they change.
    public var openFilesMax = Limits.openFilesMax
    /// Whether to ask the system to report changes, rather than only look in intervals.
    public var usesChangeReports = true

    /// Creates the usual options.
    public init() {}
  }

  /// How a wait ended.
  public enum WaitOutcome: Sendable {
    /// Something changed.
    case changed
    /// The waker was used.
    case woken
    /// The time is over.
    case timedOut
  }

  /// Everything the follower noticed about the sources themselves, by number.
  public private(set) var eventCount = 0

  let paths: [SourcePath]
  let options: Options
  var sources: [FollowedSource] = []
  /// Where in ``sources`` each is.
  var places: [SourceID: Int] = [:]
  var streams: [FollowedStream] = []
  var watcher: ChangeWatcher?
  var isListingDue = true
  var listedAt: Int64?
  /// Whether the last listing watches something that it did not watch while it looked.
  var hasNewWatches = false
  /// What was looked into at the last listing, so that unchanged files are not looked into again.
  var probed: [ProbeKey: Holding] = [:]
  /// Rotated files that were there before their log was followed, by their first bytes.
  var olderParts: [FileIdentity: ContentMark] = [:]
  var pathProblems: [String: IngestError.Problem] = [:]
  var watchProblem: IngestError.Problem?
  /// Where in ``sources`` something was read of an inode, at the last listing.
  var readPlaces: [FileIdentity: [Int]] = [:]
  /// Sources that a listing took a file from.
  var lostFiles: [Int] = []
  var outbox: [FollowedChunk] = []
  /// Called between a listing and the looks into its files: for tests, to force that moment.
  var listed: (() -> Void)?
  private var droppedCounts = IngestCounts()
  private var events: [SourceEvent] = []
  private var buffer = [UInt8](
    repeating: 0,
    count: ContentReader.pieceBytes + ContentMark.bytesMax
  )
  private let waker: FollowWaker
  private var openCount = 0
  /// The source that comes first next time, when the caller stopped before its turn.
  private var turn = 0

  /// Creates a follower; nothing is read before the first poll.
  ///
  /// - Parameters:
  ///   - paths: Files, patterns and folders, also ones that are not there yet; `-` for standard
  ///     input.
  ///   - options: How to follow.
  ///   - checkpoints: What an earlier follower of the same sources stored last.
  ///   - waker: Ends ``wait(milliseconds:)`` from another thread.
  public init(
    _ paths: [SourcePath],
    options: Options,
    checkpoints: [Checkpoint],
    waker: FollowWaker
  ) {
    self.paths = paths
    self.options = options
    self.waker = waker
    watcher = options.usesChangeReports ? ChangeWatcher() : nil
    restore(checkpoints)
  }

  /// What was read so far.
  public var counts: IngestCounts {
    var counts = droppedCounts
    for source in sources {
      for file in source.files { counts.add(file.counts) }
    }
    for stream in streams { counts.add(stream.counts) }
    return counts
  }

  /// What there is to say about each file, in reading order.
  public var statuses: [FollowStatus] {
    sources.flatMap { source in
      source.files.map { FollowStatus($0) }
    }
  }

  /// Whether all there is to follow are streams, and they have ended.
  public var isEnded: Bool {
    sources.isEmpty && !streams.isEmpty && streams.allSatisfy(\.isEnded)
  }

  /// Takes what happened to the sources since this was last asked.
  ///
  /// At most ``Limits/sourceEventsKeptMax`` are kept; ``eventCount`` counts all.
  ///
  /// - Returns: The events, oldest first.
  public mutating func takeEvents() -> [SourceEvent] {
    defer { events = [] }
    return events
  }

  /// Reads what there is, a bounded part of each file.
  ///
  /// - Parameters:
  ///   - now: The time by a clock that never goes back, in milliseconds.
  ///   - body: Takes a chunk; returns whether to go on. A chunk given is taken in any case.
  /// - Returns: Whether there is more to read right away.
  public mutating func poll(now: Int64, into body: (FollowedChunk) -> Bool) -> Bool {
    guard deliver(body) else { return true }
    listIfDue(now: now)
    guard deliver(body) else { return true }
    openCount = sources.reduce(0) { $0 + $1.files.count(where: \.isOpen) }
    var hasMore = false
    let wasListed = listedAt == now
    for step in sources.indices {
      let index = (turn + step) % sources.count
      let outcome = read(index, now: now)
      hasMore = hasMore || outcome == .more || (outcome == .displaced && !wasListed)
      guard deliver(body) else {
        turn = index
        return true
      }
    }
    turn = 0
    hasMore = readStreams() || hasMore
    for index in sources.indices {
      let (news, counts) = sources[index].tend(now: now, options: options, into: &outbox)
      droppedCounts.add(counts)
      for event in news { note(event) }
    }
    return !deliver(body) || hasMore || hasNewWatches
  }

  /// Waits until something changes.
  ///
  /// - Parameter milliseconds: How long to wait at most.
  /// - Returns: Why the wait ended.
  @discardableResult
  public mutating func wait(milliseconds: Int) -> WaitOutcome {
    var descriptors = [waker.descriptor] + streams.compactMap(\.descriptor)
    if let watcher { descriptors.append(watcher.descriptor) }
    let longest = isReported ? milliseconds : min(milliseconds, options.pollMilliseconds)
    let ready = Waiting.ready(descriptors, milliseconds: longest)
    guard ready.contains(waker.descriptor) else { return ready.isEmpty ? .timedOut : .changed }
    waker.reset()
    return .woken
  }

  /// Whether the system reports every change that matters.
  var isReported: Bool { watcher != nil && watchProblem == nil && streams.allSatisfy(\.isReported) }

  mutating func note(_ event: SourceEvent) {
    eventCount += 1
    if events.count < Limits.sourceEventsKeptMax { events.append(event) }
  }

  mutating func drop(_ counts: IngestCounts) { droppedCounts.add(counts) }

  /// Reads the parts of one log in their order; a younger one only when the older are read.
  private mutating func read(_ index: Int, now: Int64) -> FollowedFile.Progress {
    for place in sources[index].files.indices {
      let problemBefore = sources[index].files[place].problem
      let wasOpen = sources[index].files[place].isOpen
      if !wasOpen, openCount >= options.openFilesMax, sources[index].files[place].wantsOpen {
        makeRoom()
      }
      defer { openCount += (sources[index].files[place].isOpen ? 1 : 0) - (wasOpen ? 1 : 0) }
      let progress = sources[index].advance(
        place,
        budget: options.roundBytesMax,
        now: now,
        buffer: &buffer,
        into: &outbox
      )
      switch progress {
      case .idle:
        break
      case .more:
        return .more
      case .displaced where sources[index].files[place].missingSince != nil:
        sources[index].giveTorn(place, into: &outbox)
        continue
      case .displaced:
        isListingDue = true
        probed = [:]
        return .displaced
      case .failed(let error):
        sources[index].files[place].problem = error.problem
        if error.problem != problemBefore {
          note(index, place, .unreadable(error.problem))
        }
        continue
      }
      if problemBefore != nil, sources[index].files[place].problem == nil {
        note(index, place, .readable)
      }
    }
    return .idle
  }

  private mutating func readStreams() -> Bool {
    var hasMore = false
    for index in streams.indices {
      do throws(IngestError) {
        let isMore = try streams[index].advance(
          budget: options.roundBytesMax,
          buffer: &buffer,
          into: &outbox
        )
        hasMore = hasMore || isMore
        streams[index].problem = nil
      } catch {
        guard streams[index].problem != error.problem else { continue }
        streams[index].problem = error.problem
        let kind = SourceEvent.Kind.unreadable(error.problem)
        note(SourceEvent(source: streams[index].source, path: error.path, kind: kind))
      }
    }
    return hasMore
  }

  /// Closes files that were quiet for longest when too many are open.
  private mutating func makeRoom() {
    let open = sources.indices.flatMap { source in
      sources[source].files.indices.compactMap { place -> (Int, Int, Int64)? in
        let file = sources[source].files[place]
        return file.isOpen ? (source, place, file.quietSince) : nil
      }
    }
    let closable = open.filter { source, place, _ in
      let file = sources[source].files[place]
      return file.isSettled && file.missingSince == nil
    }
    let byQuiet = closable.sorted { ($0.2, $0.0, $0.1) < ($1.2, $1.0, $1.1) }
    for (source, place, _) in byQuiet.prefix(max(1, options.openFilesMax / 4)) {
      sources[source].files[place].close()
      openCount -= 1
    }
  }

  private mutating func note(_ index: Int, _ place: Int, _ kind: SourceEvent.Kind) {
    let path = sources[index].files[place].known.path.description
    note(SourceEvent(source: sources[index].id, path: path, kind: kind))
  }

  /// Hands over what is ready, and returns whether the caller takes more.
  private mutating func deliver(_ body: (FollowedChunk) -> Bool) -> Bool {
    var given = 0
    defer { outbox.removeFirst(given) }
    for chunk in outbox {
      given += 1
      guard body(chunk) else { return false }
    }
    return true
  }
}
