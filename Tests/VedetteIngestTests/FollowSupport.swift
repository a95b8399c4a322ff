import VedetteEvent

@testable import VedetteIngest

/// A follower with a clock of its own and a store that keeps what the pipeline would keep.
final class Following {
  let paths: [String]
  let waker: FollowWaker
  var options: FileFollower.Options
  var follower: FileFollower
  var now: Int64 = 1_000_000
  var stored: [SourceID: [Checkpoint]] = [:]
  var records: [(source: String, path: String, record: Framed)] = []
  var events: [SourceEvent] = []
  /// The bytes of each record, beside ``records``.
  var recordBytes: [[UInt8]] = []
  /// Whether chunks wait for ``commit()``, as they do in the pipeline.
  var holdsBack = false
  private var uncommitted: [FollowedChunk] = []

  init(
    _ paths: [String],
    usesChangeReports: Bool = false,
    configure: (inout FileFollower.Options) -> Void = { _ in }
  ) throws {
    self.paths = paths
    waker = try FollowWaker()
    options = FileFollower.Options()
    options.usesChangeReports = usesChangeReports
    options.pollMilliseconds = 1
    configure(&options)
    follower = FileFollower(
      paths.map { SourcePath($0) },
      options: options,
      checkpoints: [],
      waker: waker
    )
  }

  /// All lines so far, in the order in which they came.
  var lines: [String] { records.map(\.record.text) }

  /// Polls until there is nothing more, and returns the lines that came.
  @discardableResult
  func poll() -> [String] {
    let before = records.count
    var rounds = 0
    var hasMore = true
    while hasMore, rounds < 1_000 {
      now += 10
      rounds += 1
      hasMore = follower.poll(now: now) { chunk in
        self.store(chunk)
        return true
      }
    }
    events += follower.takeEvents()
    return records[before...].map(\.record.text)
  }

  /// Polls as if a good while had passed, so that rotated files are finished.
  @discardableResult
  func pollLater() -> [String] {
    let before = records.count
    now += options.quietMilliseconds * 2
    poll()
    now += options.quietMilliseconds * 2
    poll()
    return records[before...].map(\.record.text)
  }

  /// Polls and stops the follower after a number of chunks with records, as a full queue does.
  func poll(chunks: Int) {
    now += 10
    var left = chunks
    _ = follower.poll(now: now) { chunk in
      self.store(chunk)
      if !chunk.chunk.records.isEmpty { left -= 1 }
      return left > 0
    }
  }

  /// Ends the follower, as a kill would, and starts another one with what was stored.
  func restart() {
    follower = FileFollower(
      paths.map { SourcePath($0) },
      options: options,
      checkpoints: checkpoints,
      waker: waker
    )
  }

  /// Stores what came since the last commit.
  func commit() {
    for chunk in uncommitted { take(chunk) }
    uncommitted = []
  }

  /// Ends the follower and forgets what was not committed.
  func kill() {
    uncommitted = []
    restart()
  }

  private func store(_ chunk: FollowedChunk) {
    if holdsBack { uncommitted.append(chunk) } else { take(chunk) }
  }

  private func take(_ chunk: FollowedChunk) {
    recordBytes += chunk.chunk.records.map { record in
      Array(chunk.chunk.bytes[record.start..<record.start + record.length])
    }
    records += chunk.chunk.framed.map { (chunk.chunk.source.name, chunk.chunk.path, $0) }
    guard let checkpoints = chunk.checkpoints else { return }
    stored[chunk.chunk.source] = checkpoints
  }

  /// All stored checkpoints.
  var checkpoints: [Checkpoint] { stored.keys.sorted().flatMap { stored[$0] ?? [] } }

  /// Changes every stored checkpoint.
  func change(_ body: (inout Checkpoint) -> Void) {
    stored = stored.mapValues { checkpoints in
      checkpoints.map {
        var checkpoint = $0
        body(&checkpoint)
        return checkpoint
      }
    }
  }

  var eventKinds: [SourceEvent.Kind] { events.map(\.kind) }
}
