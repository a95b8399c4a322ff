import VedetteEvent

/// A look into a file, by everything its answer depends on.
struct ProbeKey: Hashable {
  let identity: FileIdentity
  let size: Int64
  let changeStamp: Int64
  let fingerprint: ContentMark
  let offset: Int64
  let marker: ContentMark

  init(_ seen: SeenFile, _ known: KnownFile) {
    identity = seen.status.identity
    size = seen.status.size
    changeStamp = seen.status.changeStamp
    fingerprint = known.fingerprint
    offset = known.position.offset
    marker = known.marker
  }
}

// Looking at the folders: which files are there, and which of them are known.
extension FileFollower {
  mutating func restore(_ checkpoints: [Checkpoint]) {
    for checkpoint in checkpoints {
      let known = KnownFile(checkpoint)
      let place = places[known.source] ?? sources.count
      if place == sources.count {
        places[known.source] = place
        let logicalPath = SourcePath(known.source.name)
        let source = FollowedSource(id: known.source, logicalPath: logicalPath, isRestored: true)
        sources.append(source)
      }
      sources[place].files.append(FollowedFile(known))
    }
  }

  /// Looks at the folders if something changed in them, or if the last look is too old.
  mutating func listIfDue(now: Int64) {
    if let report = watcher?.report() {
      // A file that is closed says nothing about its growth.
      let hasClosed = report.hasGrowth && sources.contains { $0.files.contains(where: \.isWaiting) }
      if report.isStructural || hasClosed { isListingDue = true }
    }
    let age = listedAt.map { now - $0 } ?? .max
    let isOld = age >= (isReported ? options.listMilliseconds : Int64(options.pollMilliseconds))
    guard isListingDue || hasNewWatches || isOld else { return }
    isListingDue = false
    list(now: now)
    listedAt = now
  }

  private mutating func list(now: Int64) {
    let isFirst = listedAt == nil
    let followed = sources.map { (source: $0.id, logicalPath: $0.logicalPath) }
    let listing = FamilyListing(paths, followed: followed)
    listed?()
    if isFirst { rememberOlderParts(listing) }
    for path in listing.streams where !streams.contains(where: { $0.path == path }) {
      streams.append(FollowedStream(path))
    }
    tell(listing.problems)
    applyAll(listing, followed, isFirst: isFirst, now: now)
    removeEmptySources(wanted: listing.wanted)
    guard let watcher else { return }
    // What is made between the listing and the watching is found by one more listing.
    hasNewWatches = watcher.watch(listing.watched)
    if let problem = watcher.problem, watchProblem != problem {
      note(SourceEvent(source: SourceID("-"), path: "-", kind: .polling(problem)))
    }
    watchProblem = watcher.problem
  }

  /// Applies a listing; of a log that lost content, only after a second look.
  ///
  /// A copy is complete before its original is cut short. But the names of a folder can be listed
  /// just before the copy is there, and the original looked into just after it was cut: then content
  /// that was read seems to be nowhere, and the copy would later be taken for a file never read. The
  /// second listing begins when the original is short already, so that it has the copy.
  private mutating func applyAll(
    _ listing: FamilyListing,
    _ followed: [(source: SourceID, logicalPath: SourcePath)],
    isFirst: Bool,
    now: Int64
  ) {
    var probes: [ProbeKey: Holding] = [:]
    var unsure: Set<SourceID> = []
    readPlaces = [:]
    for place in sources.indices {
      for file in sources[place].files where file.known.isRead {
        readPlaces[file.known.identity, default: []].append(place)
      }
    }
    for family in listing.families
    where !apply(family, isSure: false, isFirst: isFirst, now: now, probes: &probes) {
      unsure.insert(family.source)
    }
    if !unsure.isEmpty {
      for family in FamilyListing(paths, followed: followed).families
      where unsure.contains(family.source) {
        _ = apply(family, isSure: true, isFirst: isFirst, now: now, probes: &probes)
      }
    }
    probed = probes
  }

  /// Takes over what a listing says of one log; returns whether it did.
  private mutating func apply(
    _ family: FamilyListing.Family,
    isSure: Bool,
    isFirst: Bool,
    now: Int64,
    probes: inout [ProbeKey: Holding]
  ) -> Bool {
    let place = source(family)
    let files = sources[place].files
    let match = FamilyMatch(
      seen: family.seen,
      known: files.map(\.known),
      holding: { seen, known in
        let key = ProbeKey(seen, known)
        let holding =
          probes[key] ?? probed[key]
          ?? ContentProbe.holding(known, in: seen.path, listedAs: seen.status.identity)
        if holding != .unreadable { probes[key] = holding }
        return holding
      },
      isBeginning: { ContentProbe.isBeginning($0.path, of: $1.path) }
    )
    guard isSure || match.displaced.isEmpty else { return false }
    var next = match.unlisted.map { index in
      var file = files[index]
      file.missingSince = file.missingSince ?? now
      return file
    }
    var torn: [FileUpdate] = []
    for displaced in match.displaced { drop(files[displaced.known], displaced, into: &torn) }
    for (seen, verdict) in zip(family.seen, match.verdicts) {
      let context = Context(place: place, isFirst: isFirst, now: now)
      if let file = judge(seen, verdict, files, context, into: &torn) { next.append(file) }
    }
    let hadChanges = Set(files.map(\.known.identity)) != Set(next.map(\.known.identity))
    sources[place].files = next
    for update in torn {
      guard let chunk = update.chunk else { continue }
      outbox.append(FollowedChunk(chunk: chunk, checkpoints: sources[place].checkpoints))
    }
    if hadChanges { outbox.append(sources[place].stateChunk) }
    for other in lostFiles { outbox.append(sources[other].stateChunk) }
    lostFiles = []
    return true
  }

  /// Where and when a file is judged.
  private struct Context {
    let place: Int
    let isFirst: Bool
    let now: Int64
  }

  /// Makes of a verdict the file to follow, if there is one.
  private mutating func judge(
    _ seen: SeenFile,
    _ verdict: FamilyMatch.Verdict,
    _ files: [FollowedFile],
    _ context: Context,
    into torn: inout [FileUpdate]
  ) -> FollowedFile? {
    let source = sources[context.place].id
    switch verdict {
    case .same(let index):
      var file = files[index]
      file.note(seen, now: context.now)
      return file
    case .moved(let index):
      var file = files[index]
      file.move(to: seen, now: context.now)
      return file
    case .readCopy(let index):
      var old = files[index]
      old.giveTorn(into: &torn)
      drop(old.counts)
      var file = FollowedFile(KnownFile(seen, source), seen, now: context.now)
      file.skip()
      return file
    case .copy, .waiting:
      return nil
    case .new:
      if let file = takeFromOtherSource(seen, context) { return file }
      var file = FollowedFile(KnownFile(seen, source), seen, now: context.now)
      if isOlder(seen, context) {
        file.skip()
      } else if context.isFirst, options.start == .end, !sources[context.place].isRestored {
        file.emitsFrom = seen.status.size
      }
      return file
    }
  }

  /// Whether a file never read was there before its log was followed, and is left out for that.
  private func isOlder(_ seen: SeenFile, _ context: Context) -> Bool {
    guard !sources[context.place].isRestored else { return false }
    if context.isFirst, options.start == .end { return seen.mayBeCopy }
    guard seen.isSibling, let mark = olderParts[seen.status.identity] else { return false }
    return ContentProbe.head(of: seen.path).map(mark.matches) ?? true
  }

  /// Takes over a file that was renamed from one log to another: its content was read there.
  private mutating func takeFromOtherSource(_ seen: SeenFile, _ context: Context) -> FollowedFile? {
    for other in readPlaces[seen.status.identity] ?? [] where other != context.place {
      let index = sources[other].files.firstIndex {
        $0.known.identity == seen.status.identity && $0.known.isRead
          && ContentProbe.holding($0.known, in: seen.path, listedAs: seen.status.identity) == .all
      }
      guard let index else { continue }
      var file = sources[other].files.remove(at: index)
      file.known.source = sources[context.place].id
      file.move(to: seen, now: context.now)
      // Told after the other source has it: in between it is known twice, which does no harm.
      lostFiles.append(other)
      return file
    }
    return nil
  }

  /// Ends a file whose content is nowhere any more.
  private mutating func drop(
    _ file: FollowedFile,
    _ displaced: FamilyMatch.Displaced,
    into torn: inout [FileUpdate]
  ) {
    var file = file
    file.giveTorn(into: &torn)
    drop(file.counts)
    // A file that was gone before gave its inode away; that is no tampering.
    guard file.missingSince == nil else { return }
    let before = file.known.position.offset
    let kind: SourceEvent.Kind =
      displaced.isShorter ? .truncated(bytesBefore: before) : .overwritten(bytesBefore: before)
    note(SourceEvent(source: file.known.source, path: "\(file.known.path)", kind: kind))
  }

  private mutating func source(_ family: FamilyListing.Family) -> Int {
    if let place = places[family.source] {
      sources[place].logicalPath = family.logicalPath
      return place
    }
    places[family.source] = sources.count
    sources.append(
      FollowedSource(id: family.source, logicalPath: family.logicalPath, isRestored: false)
    )
    return sources.count - 1
  }

  private mutating func removeEmptySources(wanted: Set<SourceID>) {
    sources.removeAll { $0.files.isEmpty && !wanted.contains($0.id) }
    places = [:]
    for (place, source) in sources.enumerated() { places[source.id] = place }
  }

  /// Notes which rotated files are older than the following of their logs.
  private mutating func rememberOlderParts(_ listing: FamilyListing) {
    var folders = listing.families.map(\.logicalPath.parent)
    folders += paths.filter { $0 != .standardInput }.map(\.parent).filter { !$0.isPattern }
    var done: Set<SourcePath> = []
    for folder in folders where done.insert(folder).inserted {
      for name in FamilyListing.rotatedNames(in: folder) {
        guard let seen = SeenFile(sibling: folder.appending(name)),
          seen.status.kind == .regular
        else { continue }
        olderParts[seen.status.identity] = ContentMark(ContentProbe.head(of: seen.path) ?? [])
      }
    }
  }

  /// Tells what can't be found or listed once, and once more when it can.
  private mutating func tell(_ problems: [IngestError]) {
    var current: [String: IngestError.Problem] = [:]
    for error in problems {
      current[error.path] = error.problem
      guard pathProblems[error.path] != error.problem else { continue }
      let kind = SourceEvent.Kind.unreadable(error.problem)
      note(SourceEvent(source: SourceID(error.path), path: error.path, kind: kind))
    }
    for path in pathProblems.keys.sorted() where current[path] == nil {
      note(SourceEvent(source: SourceID(path), path: path, kind: .readable))
    }
    pathProblems = current
  }
}

extension KnownFile {
  init(_ seen: SeenFile, _ source: SourceID) {
    self.init(source: source, path: seen.path, identity: seen.status.identity)
  }
}
