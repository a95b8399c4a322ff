import VedetteEvent

/// One file that is followed: what is known of it, and the open reading of it if there is one.
struct FollowedFile {
  /// What came of reading on.
  enum Progress: Equatable {
    /// There is nothing more for now.
    case idle
    /// There is more, and others have their turn first.
    case more
    /// The file no longer holds what was read of it, or the path leads to another file.
    case displaced
    /// The file can't be read.
    case failed(IngestError)
  }

  var known: KnownFile
  /// What the last listing said.
  private(set) var listed: FileStatus
  /// Whether it has its log's own name, not that of a rotated part.
  private(set) var isLive: Bool
  /// When it was first missing from the listing, by the caller's clock.
  var missingSince: Int64?
  /// When it last grew or was first seen, by the caller's clock.
  private(set) var quietSince: Int64
  /// Records before this byte are left out: they were there before following began.
  var emitsFrom: Int64 = 0
  /// The last problem told, so that it is told once.
  var problem: IngestError.Problem?
  private var closedCounts = IngestCounts()

  private var reading: PlainReading?
  private var archive: ArchiveReading?
  private var isPacked = false
  /// How large the archive was when all of it was read: members may be added to it.
  private var packedBytesRead: Int64?
  /// The status for which everything was read.
  private var settled: FileStatus?

  init(_ known: KnownFile, _ seen: SeenFile, now: Int64) {
    self.known = known
    listed = seen.status
    isLive = !seen.rotation.isRotated
    quietSince = now
  }

  /// A file known from a checkpoint and not yet seen.
  init(_ known: KnownFile) {
    self.known = known
    listed = FileStatus()
    isLive = !RotationName(known.path.name).isRotated
    quietSince = 0
  }

  var isOpen: Bool { reading != nil || archive != nil }

  /// Whether it is expected to grow and yet not open.
  var isWaiting: Bool { !isOpen && !known.isFinished && missingSince == nil }

  /// Whether everything that was there at the last look is read.
  var isSettled: Bool { known.isFinished || settled != nil }

  /// The bytes that are there and not read, as far as that is known without unpacking.
  var lagBytes: Int64 {
    guard !isPacked, !known.isFinished else { return 0 }
    return max(0, listed.size - (reading?.offset ?? known.position.offset))
  }

  /// What was read of the file.
  var counts: IngestCounts {
    var counts = closedCounts
    if let reading {
      var open = reading.framer.counts
      open.storedBytes = open.bytes
      counts.add(open)
    }
    if let archive { counts.add(archive.counts) }
    return counts
  }

  /// Takes over what a listing says.
  mutating func note(_ seen: SeenFile, now: Int64) {
    listed = seen.status
    // Its writer may go on for a while after a rotation.
    if isLive, seen.rotation.isRotated { quietSince = now }
    isLive = !seen.rotation.isRotated
    missingSince = nil
    known.path = seen.path
    if reading != nil { reading?.framer.path = seen.path.description }
  }

  /// Goes on in another file that holds the same content.
  mutating func move(to seen: SeenFile, now: Int64) {
    close()
    isPacked = false
    packedBytesRead = nil
    settled = nil
    known.identity = seen.status.identity
    note(seen, now: now)
  }

  /// Marks the file as read to its end without reading it: it was there before its log was followed,
  /// or is a copy of what was read.
  mutating func skip() {
    do throws(PosixError) {
      let file = try OpenFile.open(known.path)
      known.head = ContentProbe.head(of: known.path) ?? []
      known.fingerprint = ContentMark(known.head)
      known.position.offset = listed.size
      let count = min(listed.size, Int64(ContentMark.bytesMax))
      known.marker = ContentMark(try file.bytes(at: listed.size - count, count: Int(count)))
      let head = try file.bytes(at: 0, count: CompressionFormat.headBytes)
      isPacked = CompressionFormat.detect(head.span) != .plain
      if isPacked { known.marker = .none }
    } catch {
      // What can't be opened now is not read later either: its inode is enough to know it.
    }
    known.isFinished = true
    settled = listed
  }

  /// Closes the file; it is opened again when it changes.
  mutating func close() {
    closedCounts = counts
    reading = nil
    archive = nil
  }

  /// Reads on, about `budget` bytes, and puts what it finds at the end of `updates`.
  mutating func advance(
    budget: Int,
    now: Int64,
    buffer: inout [UInt8],
    into updates: inout [FileUpdate]
  ) -> Progress {
    do throws(IngestError) {
      if !isOpen {
        guard wantsOpen else { return .idle }
        guard try open() else { return .displaced }
        problem = nil
      }
      if archive != nil { return try advanceArchive(budget, into: &updates) }
      return try advancePlain(budget, now: now, &buffer, into: &updates)
    } catch {
      close()
      // Without a free descriptor nothing is known about the file: try again.
      if error.problem != .tooManyOpenFiles { settled = listed }
      return .failed(error)
    }
  }

  /// Gives what is still open, and marks the file as read to its end.
  mutating func finish(into updates: inout [FileUpdate]) {
    var chunks: [PlainReading.Marked] = []
    reading?.finish(isTorn: false, into: &chunks)
    give(chunks, into: &updates)
    if let place = reading?.place { (known.position, known.marker) = place }
    known.isFinished = true
    updates.append(FileUpdate(chunk: nil, checkpoint: known.checkpoint))
    settled = listed
    close()
  }

  /// Gives what waits for more, since nothing came for long.
  mutating func giveWaiting(
    _ waiting: PlainReading.Waiting,
    into updates: inout [FileUpdate]
  ) {
    guard reading?.isWaiting == true, var open = reading else { return }
    reading = nil
    defer { reading = open }
    var chunks: [PlainReading.Marked] = []
    // What can't be read now waits on.
    do throws(PosixError) { try open.giveWaiting(waiting, into: &chunks) } catch {}
    give(chunks, into: &updates)
    (known.position, known.marker) = open.place
  }

  /// Gives an open record as a cut one, because its end will never be read.
  mutating func giveTorn(into updates: inout [FileUpdate]) {
    var chunks: [PlainReading.Marked] = []
    reading?.finish(isTorn: true, into: &chunks)
    for marked in chunks {
      updates.append(FileUpdate(chunk: marked.framed.chunk, checkpoint: known.checkpoint))
    }
    close()
  }

  /// Whether there is something to look at: a finished file is looked at again only if it grew.
  var wantsOpen: Bool {
    guard !isOpen, missingSince == nil, listed != settled else { return false }
    guard known.isFinished else { return true }
    return listed.size > (isPacked ? packedBytesRead ?? .max : known.position.offset)
  }

  /// Opens the file at the known place, and returns whether it still holds what is known of it.
  private mutating func open() throws(IngestError) -> Bool {
    do throws(PosixError) {
      let file = try OpenFile.open(known.path)
      let status = try file.status()
      guard status.kind == .regular, status.identity == known.identity else { return false }
      let head = try file.bytes(at: 0, count: CompressionFormat.headBytes)
      let format = CompressionFormat.detect(head.span)
      isPacked = format != .plain
      if !isPacked {
        reading = try PlainReading(file, known, emitsFrom: emitsFrom)
        known.isFinished = false
        return reading != nil
      }
    } catch {
      throw IngestError(error, path: known.path, action: .open)
    }
    var reader = try ContentReader(known.path)
    let content = reader.bytes(upTo: ContentMark.bytesMax)
    guard known.agrees(withHead: content) == true else { return false }
    known.head = content
    known.fingerprint = ContentMark(content)
    known.marker = .none
    known.isFinished = false
    archive = try ArchiveReading(known, emitsFrom: max(emitsFrom, known.position.offset))
    return true
  }

  private mutating func advancePlain(
    _ budget: Int,
    now: Int64,
    _ buffer: inout [UInt8],
    into updates: inout [FileUpdate]
  ) throws(IngestError) -> Progress {
    guard var open = reading else { return .idle }
    reading = nil
    var isBecomingArchive = false
    defer { reading = isBecomingArchive ? nil : open }
    var chunks: [PlainReading.Marked] = []
    do throws(PosixError) {
      let status = try open.file.status()
      guard status != settled else { return .idle }
      if status.size != listed.size { listed.size = status.size }
      guard try open.hasIntactHead() else { return .displaced }
      let isNew = open.offset == 0
      if isNew, try isArchive(open.file, status) {
        // It was empty when it was opened, and what came is not plain.
        isBecomingArchive = true
        return .more
      }
      var spent = 0
      while spent < budget {
        let outcome = try open.read(&buffer, into: &chunks)
        noteHead(open.head)
        switch outcome {
        case .displaced:
          give(chunks, into: &updates)
          return .displaced
        case .grew(let count):
          spent += count
          quietSince = now
          settled = nil
        case .end:
          try open.settle(into: &chunks)
          give(chunks, into: &updates)
          (known.position, known.marker) = open.place
          noteHead(open.head)
          settled = status
          endStart(into: &updates)
          return .idle
        }
      }
    } catch {
      give(chunks, into: &updates)
      throw IngestError(error, path: known.path, action: .read)
    }
    give(chunks, into: &updates)
    return .more
  }

  /// Stores where following began, once the older records are passed over.
  private mutating func endStart(into updates: inout [FileUpdate]) {
    guard emitsFrom > 0 else { return }
    emitsFrom = 0
    updates.append(FileUpdate(chunk: nil, checkpoint: known.checkpoint))
  }

  private func isArchive(_ file: OpenFile, _ status: FileStatus) throws(PosixError) -> Bool {
    guard status.size > 0 else { return false }
    let head = try file.bytes(at: 0, count: CompressionFormat.headBytes)
    return CompressionFormat.detect(head.span) != .plain
  }

  private mutating func advanceArchive(
    _ budget: Int,
    into updates: inout [FileUpdate]
  ) throws(IngestError) -> Progress {
    guard let archive else { return .idle }
    var spent = 0
    do throws(IngestError) {
      while spent < budget {
        guard let framed = try archive.next() else {
          packedBytesRead = listed.size
          finish(into: &updates)
          return .idle
        }
        spent += framed.chunk.bytes.count
        known.position = framed.end
        updates.append(FileUpdate(chunk: framed.chunk, checkpoint: known.checkpoint))
      }
    } catch {
      // An archive that is still being written is read again when it changes.
      if error.problem != .truncated { finish(into: &updates) }
      throw error
    }
    return .more
  }

  private mutating func noteHead(_ head: [UInt8]) {
    guard head.count != known.head.count || head.count != known.fingerprint.length else { return }
    known.head = head
    known.fingerprint = ContentMark(head)
  }

  private mutating func give(
    _ chunks: [PlainReading.Marked],
    into updates: inout [FileUpdate]
  ) {
    for marked in chunks {
      known.position = marked.framed.end
      known.marker = marked.marker
      updates.append(FileUpdate(chunk: marked.framed.chunk, checkpoint: known.checkpoint))
    }
  }
}

/// The open reading of a compressed file.
///
/// A class, since a reader can't be copied and a list of files can.
final class ArchiveReading {
  private var reader: FileReader

  init(_ known: KnownFile, emitsFrom: Int64) throws(IngestError) {
    reader = try FileReader(SourceFile(known.path, of: known.source), framing: nil)
    reader.emitsFrom = emitsFrom
    reader.givesTornEnd = false
  }

  var counts: IngestCounts { reader.counts }

  func next() throws(IngestError) -> FramedChunk? { try reader.nextFramedChunk() }
}
