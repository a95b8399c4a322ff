import VedetteEvent

/// One log that is followed, with all its parts.
struct FollowedSource {
  let id: SourceID
  /// The log's own path.
  var logicalPath: SourcePath
  /// Whether checkpoints of an earlier run were given.
  let isRestored: Bool
  /// The parts, in the order in which to read them: what is no longer listed first, then by age.
  var files: [FollowedFile] = []

  /// Whether some part is at the log's own path.
  var hasLiveFile: Bool { files.contains { $0.isLive && $0.missingSince == nil } }

  var checkpoints: [Checkpoint] { files.map(\.known.checkpoint) }

  /// A chunk without records, which carries the state of all parts.
  var stateChunk: FollowedChunk { chunk(nil, checkpoints) }

  /// Reads on in one part.
  mutating func advance(
    _ place: Int,
    budget: Int,
    now: Int64,
    buffer: inout [UInt8],
    into outbox: inout [FollowedChunk]
  ) -> FollowedFile.Progress {
    var updates: [FileUpdate] = []
    let progress = files[place].advance(budget: budget, now: now, buffer: &buffer, into: &updates)
    join(updates, of: place, into: &outbox)
    return progress
  }

  /// Gives the open record of a part as a cut one.
  mutating func giveTorn(_ place: Int, into outbox: inout [FollowedChunk]) {
    var updates: [FileUpdate] = []
    files[place].giveTorn(into: &updates)
    join(updates, of: place, into: &outbox)
  }

  /// Ends the parts that are not expected to grow, and drops those that are gone for long.
  ///
  /// The newest rotated part may still be written to, until its writer was told to let go of it.
  mutating func tend(
    now: Int64,
    options: FileFollower.Options,
    into outbox: inout [FollowedChunk]
  ) -> (events: [SourceEvent], counts: IngestCounts) {
    giveWaiting(now: now, options, into: &outbox)
    let newestRotated = files.lastIndex { !$0.isLive && $0.missingSince == nil }
    for place in files.indices where mayEnd(place, place == newestRotated, now: now, options) {
      var updates: [FileUpdate] = []
      files[place].finish(into: &updates)
      join(updates, of: place, into: &outbox)
    }
    var (events, counts) = ([SourceEvent](), IngestCounts())
    let forgotten = files.indices.filter { place in
      guard !files[place].isOpen, let since = files[place].missingSince else { return false }
      return now - since >= options.forgetMilliseconds
    }
    guard !forgotten.isEmpty else { return (events, counts) }
    for place in forgotten.reversed() {
      let file = files.remove(at: place)
      counts.add(file.counts)
      guard file.isLive, !hasLiveFile else { continue }
      events.append(SourceEvent(source: id, path: "\(file.known.path)", kind: .gone))
    }
    outbox.append(stateChunk)
    return (events, counts)
  }

  /// Gives what waits in parts that were quiet for long.
  ///
  /// The lines of one record are written together, so that one that is quiet is over; but a line
  /// without its end may go on at any time, and is given only where its source says so.
  private mutating func giveWaiting(
    now: Int64,
    _ options: FileFollower.Options,
    into outbox: inout [FollowedChunk]
  ) {
    for place in files.indices where files[place].isOpen && files[place].isSettled {
      let quiet = now - files[place].quietSince
      guard quiet >= options.quietMilliseconds else { continue }
      var updates: [FileUpdate] = []
      files[place].giveWaiting(.lines, into: &updates)
      if let longest = options.openLineMilliseconds(id), quiet >= longest {
        files[place].giveWaiting(.openLine, into: &updates)
      }
      join(updates, of: place, into: &outbox)
    }
  }

  private func mayEnd(
    _ place: Int,
    _ isNewestRotated: Bool,
    now: Int64,
    _ options: FileFollower.Options
  ) -> Bool {
    let file = files[place]
    guard !file.known.isFinished || file.isOpen, file.isSettled, file.problem == nil else {
      return false
    }
    let isQuiet = now - file.quietSince >= options.quietMilliseconds
    guard let missingSince = file.missingSince else {
      return !file.isLive && (isQuiet || !isNewestRotated)
    }
    return file.isOpen && isQuiet && now - missingSince >= options.quietMilliseconds
  }

  /// Joins what one part brought with the state of the others.
  private func join(_ updates: [FileUpdate], of place: Int, into outbox: inout [FollowedChunk]) {
    guard !updates.isEmpty else { return }
    var all = checkpoints
    for update in updates {
      all[place] = update.checkpoint
      outbox.append(chunk(update.chunk, all))
    }
  }

  private func chunk(_ records: RecordChunk?, _ checkpoints: [Checkpoint]) -> FollowedChunk {
    let none = RecordChunk(source: id, path: logicalPath.description, bytes: [], records: [])
    return FollowedChunk(chunk: records ?? none, checkpoints: checkpoints)
  }
}
