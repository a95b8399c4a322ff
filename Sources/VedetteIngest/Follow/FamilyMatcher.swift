// Which file is which, after the files of one log were renamed, copied, cut short or replaced?
//
// Names lie after a rotation, inodes are given out again, and two logs may begin alike. So a file
// is known by its inode only if it still holds what was read from it, and otherwise by what it
// holds. The decisions are made here, on values; looking into files is the caller's.

/// One file of a log, as a folder shows it.
struct SeenFile: Sendable {
  let path: SourcePath
  let rotation: RotationName
  let status: FileStatus
  let isLink: Bool
  /// Whether it was found beside a followed file, and not asked for by itself.
  let isSibling: Bool

  /// Whether a rotation may have made it as a copy of the live file or of another part.
  var mayBeCopy: Bool { rotation.isRotated || rotation.isNamedCompressed }

  /// Whether, of two files with the same content, this one was made from the other.
  func isLikelierCopy(than other: SeenFile) -> Bool {
    guard !other.rotation.isNamedCompressed else { return false }
    return rotation.isNamedCompressed || !other.rotation.isRotated
  }
}

/// What became of the files of one log since they were last looked at.
struct FamilyMatch: Sendable, Equatable {
  /// What a file is; numbers are places in the list of known files.
  enum Verdict: Sendable, Equatable {
    /// The known file itself.
    case same(Int)
    /// The known file's content, now in another file: reading goes on here.
    case moved(Int)
    /// A copy of a known file's content that went on a little before it was cut short: all of the
    /// copy was read.
    case readCopy(Int)
    /// A copy of a file that is still there: left alone.
    case copy
    /// A file never read.
    case new
    /// A part without content, which a copy is probably about to fill.
    case waiting

    /// The known file a verdict is about.
    var known: Int? {
      switch self {
      case .same(let place), .moved(let place), .readCopy(let place): place
      case .copy, .new, .waiting: nil
      }
    }
  }

  /// Why a known file's content is not where it was.
  struct Displaced: Sendable, Equatable {
    let known: Int
    /// Whether the file is now shorter than what was read of it.
    let isShorter: Bool
  }

  /// A verdict for each file that is seen.
  var verdicts: [Verdict] = []
  /// Known files whose inode holds something else now, and whose content is nowhere.
  var displaced: [Displaced] = []
  /// Known files that are not seen under any name.
  var unlisted: [Int] = []

  /// Decides what each file is.
  ///
  /// - Parameters:
  ///   - seen: The files of one log, oldest part first.
  ///   - known: What is known of this log's files.
  ///   - holding: Looks into a file for what is known.
  ///   - isBeginning: Compares a file with the beginning of another one.
  init(
    seen: [SeenFile],
    known: [KnownFile],
    holding: (SeenFile, KnownFile) -> Holding,
    isBeginning: (SeenFile, SeenFile) -> Bool
  ) {
    verdicts = seen.map { _ in .new }
    let displacedBy = matchByInode(seen, known, holding)
    matchByContent(seen, known, holding)
    matchShorterCopies(seen, known, displacedBy, holding)
    findCopies(seen, known, holding, isBeginning)
    matchUnread(seen, known)
    sortOut(seen, known, displacedBy, holding)
  }

  /// The places of known files that have a verdict.
  private var taken: Set<Int> { Set(verdicts.compactMap(\.known)) }

  /// Finds the files that still hold what was read of their inode; returns, by known file, which
  /// file has its inode and something else in it.
  private mutating func matchByInode(
    _ seen: [SeenFile],
    _ known: [KnownFile],
    _ holding: (SeenFile, KnownFile) -> Holding
  ) -> [Int: Int] {
    var displacedBy: [Int: Int] = [:]
    var taken = taken
    for (index, file) in seen.enumerated() {
      for place in known.indices where known[place].identity == file.status.identity {
        guard known[place].isRead, verdicts[index] == .new, !taken.contains(place) else { continue }
        let isGiven = holding(file, known[place])
        if isGiven == .all || isGiven == .unreadable {
          verdicts[index] = .same(place)
          taken.insert(place)
        } else {
          displacedBy[place] = index
        }
      }
    }
    return displacedBy
  }

  /// Finds content that was read under another inode.
  private mutating func matchByContent(
    _ seen: [SeenFile],
    _ known: [KnownFile],
    _ holding: (SeenFile, KnownFile) -> Holding
  ) {
    var taken = taken
    for (index, file) in seen.enumerated() where verdicts[index] == .new {
      let orphan = known.indices.first { place in
        !taken.contains(place) && Self.mayMove(known[place], to: file)
          && holding(file, known[place]) == .all
      }
      guard let orphan else { continue }
      verdicts[index] = .moved(orphan)
      taken.insert(orphan)
    }
  }

  /// Finds copies of what was cut short that lack the last records read of it.
  private mutating func matchShorterCopies(
    _ seen: [SeenFile],
    _ known: [KnownFile],
    _ displacedBy: [Int: Int],
    _ holding: (SeenFile, KnownFile) -> Holding
  ) {
    let taken = taken
    for place in displacedBy.keys.sorted() where !taken.contains(place) {
      let copy = seen.indices.last { index in
        verdicts[index] == .new && seen[index].mayBeCopy
          && holding(seen[index], known[place]) == .beginning
      }
      if let copy { verdicts[copy] = .readCopy(place) }
    }
  }

  /// Tells copies of files that are still there, finished or being made, from files never read.
  private mutating func findCopies(
    _ seen: [SeenFile],
    _ known: [KnownFile],
    _ holding: (SeenFile, KnownFile) -> Holding,
    _ isBeginning: (SeenFile, SeenFile) -> Bool
  ) {
    for (index, file) in seen.enumerated() where verdicts[index] == .new && file.mayBeCopy {
      guard file.status.size > 0 else {
        verdicts[index] = .waiting
        continue
      }
      for (other, original) in seen.enumerated() where other != index {
        let isCopy =
          switch verdicts[other] {
          case .same(let place):
            holding(file, known[place]) == .all || isBeginning(file, original)
          case .moved(let place):
            holding(file, known[place]) == .all
          case .readCopy(let place):
            // A part is there plain and compressed for a moment.
            [.all, .beginning].contains(holding(file, known[place]))
          case .new:
            file.isLikelierCopy(than: original) && isBeginning(file, original)
          case .copy, .waiting:
            false
          }
        guard isCopy else { continue }
        verdicts[index] = .copy
        break
      }
    }
  }

  /// Knows files again that were seen and had nothing in them: by their inode, which says little,
  /// and so after everything else.
  private mutating func matchUnread(_ seen: [SeenFile], _ known: [KnownFile]) {
    for (index, file) in seen.enumerated()
    where verdicts[index] == .new || verdicts[index] == .waiting {
      let taken = taken
      let place = known.indices.first {
        !known[$0].isRead && known[$0].identity == file.status.identity && !taken.contains($0)
      }
      if let place { verdicts[index] = .same(place) }
    }
  }

  /// Says what became of the known files without a verdict.
  private mutating func sortOut(
    _ seen: [SeenFile],
    _ known: [KnownFile],
    _ displacedBy: [Int: Int],
    _ holding: (SeenFile, KnownFile) -> Holding
  ) {
    let taken = taken
    for place in known.indices where !taken.contains(place) {
      guard let index = displacedBy[place] else {
        unlisted.append(place)
        continue
      }
      // After a crash a copy may already be known by its own inode; then nothing was lost.
      let hasCopy = seen.contains {
        $0.mayBeCopy && $0.status.identity != known[place].identity
          && holding($0, known[place]) == .all
      }
      guard !hasCopy else { continue }
      let readBytes = max(known[place].position.offset, Int64(known[place].fingerprint.length))
      let isShorter = seen[index].status.size < readBytes
      displaced.append(Displaced(known: place, isShorter: isShorter))
    }
  }

  /// Whether content may be taken to have moved.
  ///
  /// A part of a rotation is expected to be a copy. A live file that begins like the last one is
  /// more likely a new log with the same heading, unless much more than a heading is the same.
  private static func mayMove(_ known: KnownFile, to file: SeenFile) -> Bool {
    guard known.isRead else { return false }
    return file.mayBeCopy || known.fingerprint.length == ContentMark.bytesMax
  }
}
