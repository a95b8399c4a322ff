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

  /// Ends the parts that are not expected to grow, and drops those that are gone for long.
  ///
  /// The newest rotated part may still be written to, until its writer was told to let go of it.
  mutating func tend(
    now: Int64,
    options: FileFollower.Options,
    into outbox: inout [FollowedChunk]
  ) -> (events: [SourceEvent], counts: IngestCounts) {
    let newestRotated = files.lastIndex { !$0.isLive && $0.missingSince == nil }
    var (kept, events, counts) = ([FollowedFile](), [SourceEvent](), IngestCounts())
    for (index, file) in files.enumerated() {
      var file = file
      let isQuiet = now - file.quietSince >= options.quietMilliseconds
      if let missingSince = file.missingSince {
        let isGone = now - missingSince >= options.quietMilliseconds
        if file.isOpen, file.isSettled, isQuiet, isGone { file.finish(into: &outbox) }
        if !file.isOpen, now - missingSince >= options.forgetMilliseconds {
          outbox.append(FollowedChunk(forgetting: file.known))
          counts.add(file.counts)
          if file.isLive, !hasLiveFile {
            let path = file.known.path.description
            events.append(SourceEvent(source: id, path: path, kind: .gone))
          }
          continue
        }
      } else if !file.isLive, !file.known.isFinished, file.isSettled, file.problem == nil {
        if isQuiet || index != newestRotated { file.finish(into: &outbox) }
      }
      kept.append(file)
    }
    files = kept
    return (events, counts)
  }
}
